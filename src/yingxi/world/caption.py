"""Captions: a shot's structure as a sentence, from a few words to all of it, in English and Chinese.

Without a random generator a caption is canonical: the same for the same shot, with every detail. With one it varies
in what it tells, in its words and in their order, so that a model that learns from captions can read what people
write.
"""

import re

import numpy as np

from yingxi.core.shot import Shot
from yingxi.core.story import Language
from yingxi.world import chinese, english
from yingxi.world.telling import Choice, telling

LONGEST = 63
"""Words, or Chinese characters, of the longest caption that varies: what a model that learns from them reads."""


def caption(shot: Shot, language: Language, rng: np.random.Generator | None = None) -> str:
    """A shot as a sentence or two of English or Chinese.

    `figures[*].look` and `stage` should be filled in; what is not is told as the stage would show it. Without `rng`
    the caption is canonical and complete, and a look's own `words` are used where they are in the language.
    """
    choice = Choice(rng)
    while True:
        told = telling(shot, choice)
        text = english.write(told, choice) if language == "en" else chinese.write(told, choice)
        if rng is None or len(re.findall(r"[A-Za-z]+|\d+|[\u3400-\u9fff]", text)) <= LONGEST:
            return text
