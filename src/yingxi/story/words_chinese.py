"""Chinese words: cut and tagged by jieba, and which of its dictionary could be names."""

import re
from functools import cache
from typing import Any

from yingxi.story.lexicon import speech

_COMMON, _RARE = 200, 10
"""Of jieba's sixty million words, how many make a common one, and how few a rare one."""


@cache
def _tagger() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():
        # jieba's sources hold escapes and imports that newer Pythons warn of.
        warnings.simplefilter("ignore")
        import jieba
        import jieba.posseg

        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
    return jieba.posseg


@cache
def dictionary() -> set[str]:
    """All words that are known."""
    _tagger()
    import jieba

    return {w for w, n in jieba.dt.FREQ.items() if n > 0 and 2 <= len(w) <= 4}


@cache
def nameless() -> set[str]:
    """Words that are not names of persons."""
    tags: dict[str, str] = _tagger().dt.word_tag_tab
    named = ("nr", "nrt", "nrfg", "nz")
    names = {w for w in dictionary() if tags.get(w) in named and (len(w) > 2 or tags[w] == "nrt" or not common(w))}
    return {w for w in dictionary() - names if not rare(w)}


def rare(word: str) -> bool:
    """Whether a word is so seldom used that it is likelier a name: 狗蛋."""
    import jieba

    return jieba.dt.FREQ.get(word, 0) < _RARE


def common(word: str) -> bool:
    """Whether a word is so frequent that it is likely to be itself, though it could be a name."""
    _tagger()
    import jieba

    return jieba.dt.FREQ.get(word, 0) >= _COMMON


def tagged(text: str) -> list[tuple[str, str]]:
    """Words with jieba's parts of speech."""
    return [(pair.word, pair.flag) for pair in _tagger().cut(text)]


def verbs_of_speech() -> str:
    """A pattern for a verb of speech, with what may stand before it."""
    return "(?:" + "|".join(map(re.escape, speech("zh"))) + ")"
