"""The era of a story, told from its words: persons, reigns, offices, objects, years."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from yingxi.core.story import Span
from yingxi.story.era import Era, Time, elsewhere, eras, lowered, occurrences
from yingxi.story.simplified import simplified

_ENOUGH = 3.5
"""Weight of the evidence below which no era is named: a name read often, or several words."""
_CLEAR = 1.15
"""How much more must speak for an era than for the next, unless they are neighbours."""
_NEAR = 45
"""Years between eras of one land that are neighbours still."""
_LINGERS = 0.8
"""Share of the weight of an era that is enough for its later neighbour: old things last, new ones are never early."""
_PASSAGE = 12_000
"""Characters of a text, some 2,000 English words, in which a sign that stands once has its full weight."""
_YEAR = re.compile(r"(?<![\d.,])(1[0-9]{3}|20[0-9]{2})(?![\d,.]\d|\d)(?:年|\b)")
_YEARS_WEIGH = 1.5
_WORD = re.compile("[a-z0-9]+")


@dataclass(frozen=True)
class Evidence:
    """A word that speaks for an era: how often it stands in the text, where first, and how much it weighs in all."""

    word: str
    count: int
    first: Span
    weight: float


@dataclass(frozen=True)
class Guess:
    """`sure` is the share, 0 to 1, of the weight of `era` in that of it and the next likely, `other`.

    `elsewhere` is a time and place that the words tell, but that no pack describes; there is no era then.
    """

    era: Era | None
    sure: float
    evidence: tuple[Evidence, ...]
    other: Era | None = None
    elsewhere: Time | None = None

    def __str__(self) -> str:
        words = ", ".join(f"{e.word} ({e.count})" if e.count > 1 else e.word for e in self.evidence[:6])
        if self.elsewhere is not None:
            return f"era unknown: no pack describes {self.elsewhere.name.en}, told by {words}"
        if self.era is None:
            return "era unknown: too few words tell it"
        return f"era {self.era.id}: {self.era.name.en}, {self.era.span}; told by {words}"


def infer(text: str) -> Guess:
    """The era that most in a text speaks for, with the evidence, the weightiest first.

    A name that is read often weighs more than one that is mentioned, so that a tale is of the time of its plot and
    not of the older times that it recalls; what a long novel mentions once weighs next to nothing. A year counts half
    as much as what else speaks for its era, at the most. Between neighbours, eras of one land that follow on each
    other, the one with more evidence is taken, though it be little more, since most things of daily life belong to
    both; where they have nearly as much, the later.
    """
    text = simplified(text)
    low = lowered(text)
    stands = standing(text, low)
    scored: list[tuple[float, Time, tuple[Evidence, ...]]] = []
    for time in (*eras().values(), *elsewhere()):
        evidence = _evidence(text, low, stands, time)
        scored.append((sum(e.weight for e in evidence), time, evidence))
    scored.sort(key=lambda item: -item[0])
    best, first, evidence = scored[0]
    rival = next((weight for weight, other, _ in scored if other is not first and not _neighbours(first, other)), 0.0)
    if best < _ENOUGH or best < rival * _CLEAR:
        return Guess(None, 0.0, ())
    if not isinstance(first, Era):
        return Guess(None, 0.0, evidence, elsewhere=first)
    packs = [(weight, era, evidence) for weight, era, evidence in scored if isinstance(era, Era)]
    near = [p for p in packs if p[0] >= best * _LINGERS and (p[1] is first or _neighbours(first, p[1]))]
    weight, era, evidence = max(near, key=lambda pack: pack[1].years[1])
    if weight < _ENOUGH:
        return Guess(None, 0.0, ())
    next_best, other = next((weight, other) for weight, other, _ in packs if other is not era)
    return Guess(era, round(weight / (weight + next_best), 2), evidence, other if next_best else None)


def _neighbours(one: Time, other: Time) -> bool:
    """Whether both are packs of one land, or of a land and that around it, with little or no time between them."""
    if not (isinstance(one, Era) and isinstance(other, Era)) or one.mixes or other.mixes:
        return False
    gap = max(one.years[0], other.years[0]) - min(one.years[1], other.years[1])
    return gap <= _NEAR and (one.within(other) or other.within(one))


def standing(text: str, low: str) -> Callable[[str], bool]:
    """Whether a term can stand in a text, told quickly: most do not, and a novel is long to look through."""
    letters, words = set(text), set(_WORD.findall(low))

    def may(term: str) -> bool:
        if not term.isascii():
            return term[0] in letters or term[0].lower() in letters
        begun = _WORD.match(lowered(term))
        return begun is None or any(begun[0] + ending in words for ending in ("", "s", "es"))

    return may


def _evidence(text: str, low: str, stands: Callable[[str], bool], time: Time) -> tuple[Evidence, ...]:
    passages = max(1.0, len(text) / _PASSAGE)
    found: list[Evidence] = []
    for sign in time.signs:
        spans: dict[str, list[Span]] = {}
        for word, span in occurrences(text, low, filter(stands, sign.all)):
            spans.setdefault(word, []).append(span)
        found += [Evidence(w, len(s), s[0], sign.weight * _often(len(s), passages)) for w, s in spans.items()]
    if found:
        years = [m for m in _YEAR.finditer(text) if time.years[0] <= int(m[1]) <= time.years[1]]
        if years:
            weight = min(_YEARS_WEIGH * _often(len(years), passages), sum(e.weight for e in found) / 2)
            found.append(Evidence(years[0][1], len(years), Span(*years[0].span(1)), weight))
    return tuple(sorted(found, key=lambda e: (-e.weight, e.first.start)))


def _often(count: int, passages: float) -> float:
    """1 for what stands once in a passage, 2 for ten times, 0.3 for once in ten passages."""
    return math.log10(1 + 10 * count / passages) / math.log10(11)
