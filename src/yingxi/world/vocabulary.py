"""The stage's names and the words for them: what the data of puppets, places, actions and the lexicon say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from yingxi.core.protocols import Vocabulary
from yingxi.core.story import Language
from yingxi.world.spotting import is_chinese

PREPOSITION = re.compile(r"^(in front of|on|in|at|by|beside|below|before|among|above|inside|outside) ")
SKIRT = "skirt"
"""The role of a garment that is spoken of beside the main one where it has another colour."""
MAIN_ROLES = ("robe", "dress", "armour", "armor", "coat", "cape", "cloak", "fur", "hide", "body", "jacket", "gown")
"""Roles whose colour is spoken of: of a puppet's, the first that may change."""


@dataclass(frozen=True)
class Phrases:
    """What captions say in each language, the canonical phrase first, and what else means the same."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    means: tuple[str, ...] = ()
    zh_short: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        return self.en + self.zh + self.zh_short + self.means


@dataclass(frozen=True)
class PuppetWords(Phrases):
    """A puppet's nouns and what may change about it: colours by role, headwear and props, the default first."""

    name: str = ""
    measure: tuple[str, ...] = ("一个",)
    proper: int = 0
    gender: str = "none"
    age: str = "adult"
    animal: bool = False
    garment_en: tuple[str, ...] = ()
    garment_zh: tuple[str, ...] = ()
    top: tuple[str, str] = ("", "")
    unsaid: str | None = None
    mass: bool = False
    in_names: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    tradition: str | None = None
    elsewhere: str | None = None
    colours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headwear: tuple[str, ...] = ()
    props: tuple[str, ...] = ()

    @property
    def role(self) -> str | None:
        """The role whose colour is spoken of."""
        many = [role for role, dyes in self.colours.items() if len(dyes) > 1]
        return next((role for role in many if role in MAIN_ROLES), next(iter(many), None))


@dataclass(frozen=True)
class PlaceWords(Phrases):
    zh_name: tuple[str, ...] = ()
    inside: bool = False


@dataclass(frozen=True)
class Thing(Phrases):
    """A dye, a piece of headwear or a prop. `near` are dyes like a dye."""

    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verb:
    """An English verb phrase: third person, participle, plural. `X` in it is the other figure."""

    third: str
    participle: str
    plural: str

    @classmethod
    def read(cls, text: str) -> "Verb":
        """From ``walks | walking | walk``, or ``walking | walk`` for two figures."""
        forms = [part.strip() for part in text.split("|")]
        return cls(forms[0] if len(forms) > 2 else "", forms[-2], forms[-1])


@dataclass(frozen=True)
class ActionWords:
    """How captions say an action. One that `holds` has hands for nothing of the figure's own."""

    strength: int
    going: bool
    en: tuple[Verb, ...]
    zh: tuple[str, ...]
    zh_going: tuple[str, ...] = ()
    en_to: tuple[Verb, ...] = ()
    zh_to: tuple[str, ...] = ()
    en_both: tuple[Verb, ...] = ()
    zh_both: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    holds: bool = False

    def all(self) -> tuple[str, ...]:
        english = [form for verb in self.en + self.en_both for form in (verb.third, verb.participle, verb.plural)]
        toward = [form for verb in self.en_to for form in (verb.third, verb.participle, verb.plural)]
        parts = [part.strip(" 在") for phrase in (*toward, *self.zh_to) for part in phrase.split("X")]
        return (*english, *self.zh, *self.zh_going, *self.zh_both, *(p for p in parts if _says(p)), *self.means)


@dataclass(frozen=True)
class Lexicon:
    puppets: Mapping[str, PuppetWords]
    places: Mapping[str, PlaceWords]
    actions: Mapping[str, ActionWords]
    camera: Mapping[str, Mapping[str, Phrases]]
    colours: Mapping[str, Thing]
    headwear: Mapping[str, Thing]
    props: Mapping[str, Thing]
    idioms: tuple[str, ...] = ()
    passed_over: frozenset[str] = frozenset()
    garments: tuple[str, ...] = ()
    nearest: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """By table: what people ask for besides, by the name of what plays it."""
    counts: Mapping[str, int] = field(default_factory=dict)


def _says(part: str) -> bool:
    """Whether half of a phrase such as ``在 X 面前`` means its action by itself."""
    return part not in {"", "对", "和", "跟", "向", "给", "与", "冲", "朝", "对着", "something", "面前"}


def _read(folder: str) -> dict[str, dict[str, Any]]:
    """The YAML files of a folder of data, by name; {} if there is none."""
    room = files("yingxi.world").joinpath(folder)
    if not room.is_dir():
        return {}
    return {
        path.name.removesuffix(".yaml"): yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
        for path in sorted(room.iterdir(), key=lambda p: p.name)
        if path.name.endswith(".yaml")
    }


def _read_one(name: str) -> dict[str, Any]:
    path = files("yingxi.world").joinpath(name)
    if not path.is_file():
        return {}
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}


def _merged(data: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Thing]:
    """Things by name: the lexicon's phrases before the data's own words. What the stage lacks is left out."""
    things = {}
    for name in data or said:
        mine, own = said.get(name) or {}, (data.get(name) or {}).get("words") or {}
        things[name] = Thing(
            en=_join(_strings(mine.get("en")), _strings(own.get("en"))) or (name.replace("_", " "),),
            zh=_join(_strings(mine.get("zh")), _strings(own.get("zh"))) or (name.replace("_", " "),),
            means=_strings(mine.get("means")),
            near=_strings(mine.get("near")),
        )
    return things


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(str(key) for key in value)
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value or ())


def _join(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase for group in groups for phrase in group if phrase))


def _own(data: Mapping[str, Any], said: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    """The data's own words in a language, but for those that the lexicon takes back with `not`."""
    never = _strings(said.get("not"))
    return tuple(word for word in _strings((data.get("words") or {}).get(language)) if word not in never)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Everything that can be said, read once. Data that the lexicon does not know speaks by its own `words`."""
    said = _read("lexicon")
    dyes = _merged(_read_one("palette.yaml").get("dyes") or {}, said["colours"])
    parts = {n: part for sheet in _read("parts").values() for n, part in (sheet.get("parts") or {}).items()}
    puppets = _present("puppets", said)
    worn, held = (
        _merged({n: parts[n] for data in puppets.values() for n in _strings(data.get(kind)) if n in parts},
                said["things"][kind])
        for kind in ("headwear", "props")
    )  # fmt: skip
    camera = {
        table: {str(name): _phrases(entry) for name, entry in entries.items()}
        for table, entries in said["camera"].items()
    }
    return Lexicon(
        puppets={n: _puppet(n, d, said["puppets"].get(n, {})) for n, d in puppets.items()},
        places={n: _place(n, d, said["places"].get(n, {})) for n, d in _present("places", said).items()},
        actions={n: _action(n, d, said["actions"].get(n, {})) for n, d in _present("actions", said).items()},
        camera=camera,
        colours=dyes,
        headwear=worn,
        props=held,
        idioms=_strings(said["idioms"].get("en")) + _strings(said["idioms"].get("zh")),
        passed_over=frozenset((*_strings(said["reading"]["en"]), *said["reading"]["zh"])),
        garments=_strings(said["reading"]["garments"]),
        nearest={t: {n: _strings(w) for n, w in names.items()} for t, names in said["nearest"].items()},
        counts=said["reading"]["counts"],
    )


def _present(kind: str, said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The names that the stage can show, in the order of the lexicon; its own, until the stage has any."""
    data = _read(kind)
    known = said[kind]
    if not data:
        return {name: {} for name in known}
    return {name: data[name] for name in [*(n for n in known if n in data), *(n for n in data if n not in known)]}


def _phrases(entry: Mapping[str, Any]) -> Phrases:
    return Phrases(*(_strings(entry.get(key)) for key in ("en", "zh", "means", "zh_short")))


def _article(noun: str) -> str:
    """A bare noun of a puppet's own words with its article."""
    if noun.startswith(("a ", "an ", "the ")) or noun[:1].isupper():
        return noun
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _puppet(name: str, data: Mapping[str, Any], said: Mapping[str, Any]) -> PuppetWords:
    en, zh = _own(data, said, "en"), _own(data, said, "zh")
    wears = said.get("wears") or {}
    return PuppetWords(
        en=_strings(said.get("en")) or tuple(_article(noun) for noun in en) or (_article(name.replace("_", " ")),),
        zh=_strings(said.get("zh")) or zh or (name,),
        means=_join(en, zh, _strings(said.get("means"))),
        name=name,
        measure=_strings(said.get("measure")) or ("一个",),
        proper=int(said.get("proper", 0)),
        gender=str(said.get("gender", "none")),
        tradition=said.get("tradition"),
        elsewhere=said.get("elsewhere"),
        age=str(said.get("age", "adult")),
        animal=bool(said.get("animal")),
        garment_en=_strings(wears.get("en")),
        garment_zh=_strings(wears.get("zh")),
        top=(str(wears.get("top_en") or ""), str(wears.get("top_zh") or "")),
        unsaid=said.get("unsaid"),
        mass=bool(said.get("mass")),
        in_names=_strings(said.get("in_names")),
        does=_strings(said.get("does")),
        colours={str(role): _strings(dyes) for role, dyes in (data.get("colours") or {}).items()},
        headwear=_strings(data.get("headwear")),
        props=_strings(data.get("props")),
    )


def _place(name: str, data: Mapping[str, Any], said: Mapping[str, Any]) -> PlaceWords:
    en, zh = _own(data, said, "en"), _own(data, said, "zh")
    return PlaceWords(
        en=_strings(said.get("en")) or (f"in {_article((en or (name,))[0])}",),
        zh=_strings(said.get("zh")) or tuple(f"{noun}里" for noun in zh[:1]) or (name,),
        means=_join(en, zh, _strings(said.get("zh_name")), _strings(said.get("means"))),
        zh_name=_strings(said.get("zh_name")) or zh[:1] or (name,),
        inside=bool(data.get("interior", said.get("inside", False))),
    )


def _action(name: str, data: Mapping[str, Any], said: Mapping[str, Any]) -> ActionWords:
    en, zh = _own(data, said, "en"), _own(data, said, "zh")
    plain = en[0] if en else name

    def verbs(key: str) -> tuple[Verb, ...]:
        return tuple(Verb.read(text) for text in _strings(said.get(key)))

    return ActionWords(
        strength=int(said.get("strength", 2)),
        going=bool(said.get("going")),
        en=verbs("en") or (Verb(f"{plain}s", f"{plain}ing", plain),),
        zh=_strings(said.get("zh")) or zh or (name,),
        zh_going=_strings(said.get("zh_going")),
        en_to=verbs("en_to"),
        zh_to=_strings(said.get("zh_to")),
        en_both=verbs("en_both"),
        zh_both=_strings(said.get("zh_both")),
        means=_join(en, zh, _strings(said.get("means"))),
        holds="holds" in data,
    )


def vocabulary() -> Vocabulary:
    """The names of the stage with every word that means them, by language."""
    words = lexicon()

    def split(phrases: Iterable[str]) -> dict[Language, list[str]]:
        told = _join(phrases)
        return {"en": [p for p in told if not is_chinese(p)], "zh": [p for p in told if is_chinese(p)]}

    return Vocabulary(
        puppets={name: split(entry.all()) for name, entry in words.puppets.items()},
        places={name: split((*entry.all(), *entry.zh_name)) for name, entry in words.places.items()},
        actions={name: split(entry.all()) for name, entry in words.actions.items()},
    )
