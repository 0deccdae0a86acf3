"""How many a noun of a prompt is."""

import re
from functools import lru_cache

from yingxi.world.spotting import Spot
from yingxi.world.vocabulary import lexicon

_IRREGULAR = {
    "children",
    "men",
    "women",
    "mice",
    "wolves",
    "oxen",
    "geese",
    "thieves",
    "policemen",
    "firemen",
    "people",
}


def count_of(text: str, spot: Spot) -> int:
    """How many a number before a noun makes of it: two knights, three old monks, 两个将军."""
    counts = lexicon().counts
    number = "|".join(counts)
    before = re.search(rf"({number})[个位名只匹头条具道](?:[^，。；]{{0,12}}的)?$|一(群)$", text[: spot.start])
    if not before:
        words = r"(?: (?!and\b|the\b|an?\b)[a-z-]+){0,2} $"
        before = re.search(rf"\b({number}){words}", text[: spot.start].lower())
    if before:
        return counts[next(number for number in before.groups() if number)]
    return 2 if _plural(text[spot.start : spot.end].lower()) or text[spot.end : spot.end + 1] == "们" else 1


def _plural(noun: str) -> bool:
    """Whether an English noun is the plural of a noun of some puppet."""
    if noun.split()[-1] in _IRREGULAR:
        return True
    ones = [noun.removesuffix("s"), noun.removesuffix("es"), noun.removesuffix("ies") + "y"]
    return noun.endswith("s") and not noun.endswith("ss") and any(one != noun and one in _nouns() for one in ones)


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    """Every noun of a puppet without its article, and what each of them plays."""
    words = lexicon()
    told = [noun for entry in words.puppets.values() for noun in entry.all()]
    told += [noun for nouns in words.nearest["puppets"].values() for noun in nouns]
    return frozenset(noun.lower().removeprefix("an ").removeprefix("a ") for noun in told)
