"""Chinese in traditional characters: read as if in simplified ones of the same length, so that every offset stays,
and given back as the author wrote it."""

from dataclasses import replace
from functools import cache
from typing import Any, Protocol

from yingxi.core.cast import Character
from yingxi.core.story import Story

_TRADITIONAL = 0.1
"""Share of characters that are other ones in simplified Chinese, from which a text is traditional."""
_NEAR = 300


@cache
def _converter(kind: str = "t2s") -> Any:
    import opencc

    return opencc.OpenCC(kind)


def simplified(text: str) -> str:
    """The text in simplified characters, of the same length; the same text where it is not in traditional ones."""
    if text.isascii():
        return text
    sample = text[:20_000]
    changed = sum(a != b for a, b in zip(sample, _converter().convert(sample), strict=False))
    if changed < _TRADITIONAL * sum("\u3400" <= c <= "\u9fff" for c in sample) or not changed:
        return text
    folded = _converter().convert(text)
    if len(folded) == len(text):
        return folded
    # A phrase became longer or shorter: character by character.
    one = {c: s if len(s := _converter().convert(c)) == 1 else c for c in set(text)}
    return "".join(one[c] for c in text)


def as_simplified(story: Story) -> Story:
    """The story to read: the same, or its text in simplified characters with the same offsets."""
    return replace(story, text=simplified(story.text)) if story.language == "zh" else story


class Restore(Protocol):
    def __call__(self, words: str, passage: tuple[int, int] | None = None) -> str: ...


def restored(person: Character, restore: Restore) -> Character:
    """A member of the cast with the names and looks as the author wrote them; the id stays."""
    looks, parts, at = person.description, list[str](), 0
    for passage in person.described:
        parts.append(restore(looks[at : at + passage[1] - passage[0]], passage))
        at += passage[1] - passage[0] + 1
    return person.model_copy(update={
        "name": restore(person.name),
        "aliases": tuple(map(restore, person.aliases)),
        "description": "；".join(parts) if at == len(looks) + 1 else restore(looks, (person.described or [None])[0]),
    })  # fmt: skip


def restorer(written: str, read: str) -> Restore:
    """What gives words of `read`, the simplified text, back as they stand in `written`: from a passage, given as
    offsets, of which they are a part or what is left after cuts, or from wherever they stand first."""

    def restore(words: str, passage: tuple[int, int] | None = None) -> str:
        if written is read:
            return words
        start, end = passage or (0, len(read))
        found = read.find(words, start, end)
        if found >= 0:
            return written[found : found + len(words)]
        if passage is None:
            # A name that the text does not have in full: each character as the text first has it.
            places = ((letter, read.find(letter)) for letter in words)
            return "".join(written[at] if at >= 0 else _converter("s2t").convert(letter) for letter, at in places)
        letters, at = [], start
        for letter in words:
            found = read.find(letter, at, min(end, at + _NEAR))
            letters.append(written[found] if found >= 0 else letter)
            at = found + 1 if found >= 0 else at
        return "".join(letters)

    return restore
