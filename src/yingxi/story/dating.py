"""The era of a story, told from its words: persons, reigns, offices, objects, years."""

import math
import re
from dataclasses import dataclass

from yingxi.core.story import Span
from yingxi.story.era import Era, eras, lowered, occurrences
from yingxi.story.simplified import simplified

_ENOUGH = 3.5
"""Weight of the evidence below which no era is named: a name read often, or several words."""
_CLEAR = 1.15
"""How much more must speak for an era than for the next."""
_YEAR = re.compile(r"(?<![\d.,])(1[0-9]{3}|20[0-9]{2})(?![\d,.]\d|\d)(?:年|\b)")
_YEARS_WEIGH = 1.5


@dataclass(frozen=True)
class Evidence:
    """A word that speaks for an era: how often it stands in the text, where first, and how much it weighs in all."""

    word: str
    count: int
    first: Span
    weight: float


@dataclass(frozen=True)
class Guess:
    """`sure` is the share, 0 to 1, of the weight of `era` in that of it and the next likely, `other`."""

    era: Era | None
    sure: float
    evidence: tuple[Evidence, ...]
    other: Era | None = None

    def __str__(self) -> str:
        if self.era is None:
            return "era unknown: too few words tell it"
        words = ", ".join(f"{e.word} ({e.count})" if e.count > 1 else e.word for e in self.evidence[:6])
        return f"era {self.era.id}: {self.era.name.en}, {self.era.span}; told by {words}"


def infer(text: str) -> Guess:
    """The era that most in a text speaks for, with the evidence, the weightiest first.

    A name that is read often weighs more than one that is mentioned, so that a tale is of the time of its plot and
    not of the older times that it recalls. A year counts only for eras for which something else speaks.
    """
    text = simplified(text)
    low = lowered(text)
    scored: list[tuple[float, Era, tuple[Evidence, ...]]] = []
    for era in eras().values():
        evidence = _evidence(text, low, era)
        scored.append((sum(e.weight for e in evidence), era, evidence))
    scored.sort(key=lambda item: -item[0])
    (best, era, evidence), (next_best, other, _) = scored[:2]
    if best < _ENOUGH or best < next_best * _CLEAR:
        return Guess(None, 0.0, ())
    return Guess(era, round(best / (best + next_best), 2), evidence, other if next_best else None)


def _evidence(text: str, low: str, era: Era) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for sign in era.signs:
        spans: dict[str, list[Span]] = {}
        for word, span in occurrences(text, low, sign.all):
            spans.setdefault(word, []).append(span)
        found += [Evidence(w, len(s), s[0], sign.weight * (1 + math.log10(len(s)))) for w, s in spans.items()]
    if found:
        years = [m for m in _YEAR.finditer(text) if era.years[0] <= int(m[1]) <= era.years[1]]
        if years:
            weight = _YEARS_WEIGH * (1 + math.log10(len(years)))
            found.append(Evidence(years[0][1], len(years), Span(*years[0].span(1)), weight))
    return tuple(sorted(found, key=lambda e: (-e.weight, e.first.start)))
