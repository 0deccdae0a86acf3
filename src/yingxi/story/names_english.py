"""Which English names mean one person: Mr. Holmes and Sherlock Holmes, but not Mr. and Mrs. Bennet."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from yingxi.story.lexicon import lexicon, persons, titles

_SAME_TITLE = {"mr.": "mr", "mrs.": "mrs", "ms.": "ms", "dr.": "dr", "doctor": "dr", "capt.": "captain",
               "col.": "colonel", "gen.": "general", "prof.": "professor"}  # fmt: skip
_WIVES = frozenset(["wife", "mother", "mamma", "lady"])
_HUSBANDS = frozenset(["husband", "father", "papa"])


@dataclass
class Person:
    """A name or noun under study, with what speaks for its being a character. A `key` is in lower case and has the
    title, as *mr holmes*, in its first place."""

    key: tuple[str, ...]
    places: list[tuple[int, int]] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)
    spoke: int = 0
    acted: int = 0
    person: int = 0
    place: int = 0
    told: int = 0
    land: int = 0
    article: int = 0
    owned: int = 0
    called: int = 0
    nominal: bool = False
    title: str = ""
    beside: str = ""

    @property
    def bare(self) -> tuple[str, ...]:
        return self.key[1:] if self.title and not self.nominal else self.key

    @property
    def gender(self) -> str:
        """As the title or the first name tells it."""
        if self.nominal:
            return persons("en").get(self.key[-1], {}).get("gender", "unknown")
        told = titles().get(self.title, "unknown") if self.title else "unknown"
        if told == "unknown" and (len(self.bare) > 1 or not self.title):
            first = next(iter(self.bare), "")
            told = next((g for g in ("male", "female") if first in lexicon("names")[g]), "unknown")
        return told

    def __len__(self) -> int:
        return len(self.places)


def same_title(title: str) -> str:
    return _SAME_TITLE.get(title, title)


def full(name: str) -> str:
    return lexicon("names")["short"].get(name, name)


def join_names(people: Iterable[Person]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Key -> the key of the name that it is joined to, itself where there is none."""
    names = sorted((p for p in people if not p.nominal), key=lambda p: (-len(p.bare), not p.title, -len(p)))
    parent = {p.key: p.key for p in names}

    def root(key: tuple[str, ...]) -> tuple[str, ...]:
        while parent[key] != key:
            key = parent[key]
        return key

    by_word: dict[str, list[Person]] = defaultdict(list)
    for p in names:
        for word in {full(w) for w in p.bare}:
            by_word[word].append(p)
    for p in names:
        weights: Counter[tuple[str, ...]] = Counter()
        for q in by_word[full(p.bare[-1])] + by_word[full(p.bare[0])]:
            if q is not p and _may_be(p, q):
                likely = 20 if q.bare == p.bare and q.gender == "male" else 4
                # A last name alone is hardly a lady's: Temple is Mr. Temple, not Charlotte Temple.
                if p.bare[-1:] == q.bare[-1:] and len(q.bare) > 1 and q.gender == "female" and not p.title:
                    likely = 1 if len(p.bare) == 1 else 4
                # Tom is rather Tom Sawyer than Mars Tom.
                if p.gender != "unknown" and not p.title and [*map(full, p.bare[:1])] != [*map(full, q.bare[:1])]:
                    likely = 1
                weights[root(q.key)] += likely * len(q)
        best = weights.most_common(2)
        if best and (len(best) == 1 or best[0][1] >= 3 * best[1][1]) and root(best[0][0]) != p.key:
            parent[root(p.key)] = root(best[0][0])
    return {key: root(key) for key in parent}


def _may_be(short: Person, long: Person) -> bool:
    """Whether `long` can be a fuller name of the person named `short`."""
    a, b = {full(w) for w in short.bare}, {full(w) for w in long.bare}
    if not a <= b or (short.gender != long.gender and "unknown" not in (short.gender, long.gender)):
        return False
    if a == b and short.title != long.title and "female" in (short.gender, long.gender):
        # Mrs. Newland Archer is the wife of Newland Archer, and Mrs. Lennox the captain's.
        told = any(word in lexicon("names")["female"] for word in short.bare)
        if (short.title and long.title) or ("mrs" in (short.title, long.title) and len(a) > 1 and not told):
            return False
    if a == b and short.bare != long.bare and bool(short.title) != bool(long.title):
        return False  # Kitty is not Lady Catherine.
    if a == b:
        # Bennet is Mr. Bennet; Dr. Howard is Mr. Howard; Tom is Thomas.
        return bool(long.title) > bool(short.title) or (len(short.key) <= len(long.key) and len(short) <= len(long))
    if len(long.bare) <= len(short.bare):
        return False
    surname = full(short.bare[-1]) == full(long.bare[-1])
    # A wife has her husband's name, and the first name that stands before it may be a daughter's.
    if surname and len(short.bare) == 1 and "mrs" in (short.title, long.title) and short.title != long.title:
        return False
    first = full(short.bare[0]) == full(long.bare[0])
    return surname or (first and not short.title) or (first and len(short.bare) == 1)


def couple(people: Iterable[Person], roots: dict[tuple[str, ...], tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """*mother*, *wife* -> the one lady of the book, and *father*, *husband* -> her man, where there is only one."""
    found: dict[str, tuple[str, ...]] = {}
    for title, nouns in (("mrs", _WIVES), ("mr", _HUSBANDS)):
        counts: Counter[tuple[str, ...]] = Counter()
        for p in people:
            # Not one of whom the others only talk.
            if p.title == title and p.key in roots and p.told * 2 >= len(p):
                counts[roots[p.key]] += len(p)
        best = counts.most_common(2)
        if best and best[0][1] >= 2 and (len(best) == 1 or best[0][1] >= 4 * best[1][1]):
            found |= dict.fromkeys(nouns, best[0][0])
    return found
