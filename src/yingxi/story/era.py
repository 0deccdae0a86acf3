"""Era packs: how people lived at a time and place, as data with sources. A new era is a YAML file, and no Python."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.shot import TimeOfDay
from yingxi.core.story import Language, Span

Group = Literal[
    "dress", "armour", "hair", "architecture", "furniture", "light", "transport", "weapons", "food", "writing"
]
Region = Literal["world", "china", "japan", "europe", "britain", "america"]
_WITHIN: Mapping[Region, tuple[Region, ...]] = {
    "world": ("world",),
    "china": ("china", "world"),
    "japan": ("japan", "world"),
    "europe": ("europe", "world"),
    "britain": ("britain", "europe", "world"),
    "america": ("america", "europe", "world"),  # What Europe had, its settlers brought.
}
_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})


class Words(Document):
    """The same in English and Chinese."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def of(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


class Terms(Document):
    """Words to be looked for in a text. English with a capital is looked for as it is written."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.en, *self.zh)


class Sign(Terms):
    """Words that speak for an era: 3 is a name that belongs to no other, 1 a thing of this era and some others."""

    weight: float = Field(gt=0, le=5)


class Fact(Words):
    """A thing as it was, in words that a video model draws, and the `source` that says so (a key of the sources).

    `who` are roles, `where` kinds of place, `time` times of day that it belongs to (`roles.yaml`); none is any.
    """

    source: str
    who: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    time: tuple[TimeOfDay, ...] = ()


class Time(Document):
    """A time and place, and the words that tell it. `years` are the first and last, negative before our era."""

    name: Words
    years: tuple[int, int]
    signs: tuple[Sign, ...] = ()

    @field_validator("years")
    @classmethod
    def _in_order(cls, years: tuple[int, int]) -> tuple[int, int]:
        if years[0] >= years[1]:
            raise ValueError(f"the first year, {years[0]}, is not before the last, {years[1]}")
        return years


class Era(Time):
    """`brief` begins the clause that prompts take.

    `borrows` names the era that lends a group its facts, after the pack's own. `mixes` says, with its source, how a
    tale or a stage mixes eras on purpose; only such packs have it.
    """

    id: str = ""
    brief: Words
    region: Region
    facts: dict[Group, tuple[Fact, ...]] = Field(default_factory=dict)
    borrows: dict[Group, str] = Field(default_factory=dict)
    mixes: str = ""
    source: str = ""
    sources: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _cited(self) -> "Era":
        known = bibliography().keys() | self.sources.keys()
        cited = {fact.source for facts in self.facts.values() for fact in facts} | ({self.source} - {""})
        if missing := sorted(cited - known):
            raise ValueError(f"no source is called {', '.join(missing)}")
        if self.mixes and not self.source:
            raise ValueError("a pack that mixes eras names its source")
        return self

    @property
    def span(self) -> str:
        """Its years, as ``202 BC to AD 220``."""
        first, last = self.years
        begun = f"{-first} BC" if first < 0 else str(first)
        return f"{begun} to {'AD ' if first < 0 else ''}{last}"

    def within(self, other: "Era") -> bool:
        """Whether its land is, or lies in, that of another: Britain in Europe."""
        return other.region in _WITHIN[self.region]

    def citation(self, source: str) -> str:
        return self.sources.get(source) or bibliography()[source]

    def told(self, group: Group) -> tuple[Fact, ...]:
        """The facts of a group: its own, then those it borrows."""
        lender = self.borrows.get(group)
        return (*self.facts.get(group, ()), *(find_era(lender).told(group) if lender else ()))


class Thing(Document):
    """What was not always there. `since` and `until` are years by region, of the first and the last that are known.

    Found only in a sentence that has one of `needs`, if there are any, and none of `unless`.
    """

    name: str
    words: Terms
    needs: Terms = Terms()
    unless: Terms = Terms()
    since: dict[Region, int] = Field(default_factory=dict)
    until: dict[Region, int] = Field(default_factory=dict)
    fact: str
    source: str

    @model_validator(mode="after")
    def _dated(self) -> "Thing":
        if not self.since and not self.until:
            raise ValueError("neither since nor until is given")
        if self.source not in bibliography():
            raise ValueError(f"no source is called {self.source}")
        return self

    def breaks(self, era: Era) -> bool:
        """Whether an era was over before the thing came, or began after it had gone."""
        began, ended = (_nearest(table, era.region) for table in (self.since, self.until))
        return (began is not None and era.years[1] < began) or (ended is not None and era.years[0] >= ended)


class _Bibliography(Document):
    sources: dict[str, str]


class _Elsewhere(Document):
    times: tuple[Time, ...]


class _Things(Document):
    things: tuple[Thing, ...]


class Roles(Document):
    """Puppet -> its roles, the closest first; place of the stage -> its kinds."""

    puppets: dict[str, tuple[str, ...]]
    places: dict[str, tuple[str, ...]]


def folder() -> Path:
    return Path(str(files("yingxi.story") / "eras"))


_NO_ERAS = ("sources", "inventions", "roles", "elsewhere")


@cache
def bibliography() -> Mapping[str, str]:
    """Key -> a book, with its author and year, or an object and its museum."""
    return load_yaml(folder() / "sources.yaml", _Bibliography).sources


@cache
def things() -> tuple[Thing, ...]:
    """All that was not always there."""
    return load_yaml(folder() / "inventions.yaml", _Things).things


@cache
def roles() -> Roles:
    return load_yaml(folder() / "roles.yaml", Roles)


@cache
def elsewhere() -> tuple[Time, ...]:
    """Times and places that no pack describes; known so that their stories are not taken for others."""
    return load_yaml(folder() / "elsewhere.yaml", _Elsewhere).times


@cache
def eras() -> Mapping[str, Era]:
    """Every pack by its name, the oldest first."""
    names = sorted(path.stem for path in folder().glob("*.yaml") if path.stem not in _NO_ERAS)
    found = {name: _load(folder() / f"{name}.yaml") for name in names}
    return dict(sorted(found.items(), key=lambda item: item[1].years))


def find_era(name: str) -> Era:
    """The pack that is called `name`, or that lies in the file `name`, which ends in ``.yaml``.

    Raises YingxiError where there is none, or a mistake in it.
    """
    if name in eras():
        return eras()[name]
    if name.endswith((".yaml", ".yml")):
        return _load(Path(name))
    raise YingxiError(f"no era is called {name!r}; there are {', '.join(eras())}, and a pack of your own, FILE.yaml")


def _load(path: Path) -> Era:
    era = load_yaml(path, Era)
    return era.model_copy(update={"id": path.stem})


def _nearest(table: Mapping[Region, Any], region: Region) -> Any:
    return next((table[r] for r in _WITHIN[region] if r in table), None)


def lowered(text: str) -> str:
    """The text with the letters A to Z small; every character stays where it was."""
    return text.translate(_LOWER)


def occurrences(text: str, low: str, terms: Iterable[str]) -> Iterator[tuple[str, Span]]:
    """Where terms stand in a text (`low` is its `lowered`): English as whole words, also in the plural."""
    for term in terms:
        where = low if term.islower() else text
        at = where.find(term)
        while at >= 0:
            end = at + len(term)
            if not term.isascii():
                yield term, Span(at, end)
            elif not _letter(text, at - 1) and not (text[at - 1 : at] in ("'", "’") and _letter(text, at - 2)):
                endings = (len(s) for s in ("s", "es") if low.startswith(s, end) and not _letter(text, end + len(s)))
                end += next(endings, 0)
                if not _letter(text, end):
                    yield term, Span(at, end)
            at = where.find(term, end)


def _letter(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()
