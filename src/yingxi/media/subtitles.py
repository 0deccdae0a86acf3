"""Subtitles: cues in time, set in lines that can be read, and SRT files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pysubs2

from yingxi.core.documents import read_text
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text
from yingxi.core.story import Language

LINES = 2
LINE_LENGTH: dict[Language, int] = {"en": 42, "zh": 18}  # characters that fit and are read at a glance


@dataclass(frozen=True)
class Cue:
    """Text shown from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


def wrap(cues: Sequence[Cue], language: Language) -> list[Cue]:
    """Cues of at most two lines of readable length; a longer text becomes several, time shared by length.

    Texts are cut after sentences if possible, else after clauses, else between words (in Chinese: between
    characters, and never before punctuation that closes or after what opens).
    """
    wrapped: list[Cue] = []
    for cue in cues:
        screens = _screens(cue.text, LINE_LENGTH[language], language)
        lengths = [sum(map(len, lines)) for lines in screens]
        start, done = cue.start, 0
        for lines, length in zip(screens, lengths, strict=True):
            done += length
            end = cue.start + (cue.end - cue.start) * done / sum(lengths)
            wrapped.append(Cue(start, end, "\n".join(lines)))
            start = end
    return wrapped


def write_srt(path: Path, cues: Sequence[Cue]) -> None:
    """A SubRip file in UTF-8, whole or not at all."""
    file = pysubs2.SSAFile()
    for cue in sorted(cues, key=lambda cue: cue.start):
        event = pysubs2.SSAEvent(round(cue.start * 1000), round(cue.end * 1000))
        event.plaintext = cue.text
        file.append(event)
    write_text(path, file.to_string("srt"))


def read_srt(path: Path) -> list[Cue]:
    """The cues of a SubRip file. Raises YingxiError if it is not there or holds none."""
    text = read_text(path)
    try:
        file = pysubs2.SSAFile.from_string(text, format_="srt")
    except pysubs2.exceptions.Pysubs2Error as error:
        raise YingxiError(f"{path} is not a SubRip file: {error}") from error
    if text.strip() and not file.events:
        raise YingxiError(f"{path} is not a SubRip file: it has no cues")
    return [Cue(event.start / 1000, event.end / 1000, event.plaintext) for event in file]


# What it costs to break after a token: nothing after a sentence, little after a clause, most between words.
_SENTENCE, _CLAUSE = re.compile(r"[.!?。！？…]+[\"'”’」』）)]*$"), re.compile(r"[,;:，；：、—-]+[\"'”’」』）)]*$")
_TOKEN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\S+"),
    # A character with the brackets that open before it and the punctuation that closes after it; Latin as words.
    "zh": re.compile(r"[“‘「『（《〈]*(?:[A-Za-z0-9.'%-]+|\S)[，。！？；：、…—”’」』）》〉]*"),
}


def _screens(text: str, limit: int, language: Language) -> list[list[str]]:
    """The text as screens of lines: few screens, broken where it hurts least."""
    tokens = _TOKEN[language].findall(text)
    space = " " if language == "en" else ""
    best: list[tuple[float, int]] = [(0.0, 0)]  # least cost of the first i tokens, and where the last screen begins
    for end in range(1, len(tokens) + 1):
        choices = []
        for start in range(end - 1, -1, -1):
            lines = _lines(tokens[start:end], limit, space)
            if len(lines) > LINES and start < end - 1:
                break
            choices.append((best[start][0] + limit + _cost(tokens[end - 1], limit), start))
        best.append(min(choices))
    screens: list[list[str]] = []
    end = len(tokens)
    while end:
        start = best[end][1]
        screens.insert(0, _lines(tokens[start:end], limit, space))
        end = start
    return screens


def _lines(tokens: Sequence[str], limit: int, space: str) -> list[str]:
    """One line where it fits; two, as even as can be and broken at punctuation, where they fit; else more."""
    whole = space.join(tokens)
    if len(whole) <= limit:
        return [whole]
    pairs = [
        (max(len(upper), len(lower)) + _cost(tokens[i - 1], limit / 4), upper, lower)
        for i in range(1, len(tokens))
        if max(len(upper := space.join(tokens[:i])), len(lower := space.join(tokens[i:]))) <= limit
    ]
    if pairs:
        _, upper, lower = min(pairs)
        return [upper, lower]
    lines = [tokens[0]]
    for token in tokens[1:]:
        if len(lines[-1]) + len(space) + len(token) <= limit:
            lines[-1] += space + token
        else:
            lines.append(token)
    return lines


def _cost(token: str, most: float) -> float:
    if _SENTENCE.search(token):
        return 0
    return most / 4 if _CLAUSE.search(token) else most
