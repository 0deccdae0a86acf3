"""Where sentences end, in English and Chinese."""

import re
from collections.abc import Iterator

from yingxi.core.story import Language, Span

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "prof",
        "rev",
        "hon",
        "capt",
        "col",
        "gen",
        "lieut",
        "lt",
        "sgt",
        "messrs",
        "mme",
        "mlle",
        "esq",
        "jr",
        "sr",
        "vs",
        "etc",
        "viz",
        "no",
        "vol",
        "fig",
        "cf",
    ]
)
_EN_END = re.compile(r"[.!?…]+[\"'”’)\]_]*(?=\s|--|—|$)")
_ZH_END = re.compile(r"(?:[。！？!?]+|……|…)[”’」』）\"]*")
_OPENING = "\"'“‘(["


def _english(text: str, start: int, end: int) -> Iterator[int]:
    for match in _EN_END.finditer(text, start, end):
        rest = match.end()
        while rest < end and (text[rest].isspace() or text[rest] in "-—_"):
            rest += 1
        if rest < end:
            following = text[rest : min(rest + 2, end)].lstrip(_OPENING + "_")
            if following and not (following[0].isupper() or following[0].isdigit()):
                continue
            if match[0] == ".":
                word = re.search(r"[\w’']*$", text[max(start, match.start() - 12) : match.start()])
                last = word[0] if word else ""
                if last.lower() in _ABBREVIATIONS or (len(last) == 1 and last.isupper() and last != "I"):
                    continue
        yield match.end()


def _chinese(text: str, start: int, end: int) -> Iterator[int]:
    for match in _ZH_END.finditer(text, start, end):
        yield match.end()


def sentences(text: str, start: int, end: int, language: Language) -> tuple[Span, ...]:
    """Sentences of `text[start:end]` as spans without the white space around them."""
    found: list[Span] = []
    begin = start
    ends = _chinese(text, start, end) if language == "zh" else _english(text, start, end)
    for stop in (*ends, end):
        while begin < stop and text[begin].isspace():
            begin += 1
        last = stop
        while last > begin and text[last - 1].isspace():
            last -= 1
        if any(c.isalnum() for c in text[begin:last]):
            found.append(Span(begin, last))
        elif found and last > begin:
            found[-1] = Span(found[-1].start, last)
        begin = max(begin, stop)
    return tuple(found)
