"""What the reader cannot know, as data: persons, verbs of speech, well-known names, places, times, deeds."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yingxi.core.story import Language


@cache
def lexicon(name: str) -> Any:
    """The data of `lexicon/<name>.yaml`."""
    text = (files("yingxi.story") / "lexicon" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


@cache
def persons(language: Language) -> dict[str, dict[str, str]]:
    """Noun -> gender, age and kind."""
    found = {}
    for group in lexicon("persons")[language]:
        for word in group["words"]:
            found[word] = {key: group[key] for key in ("gender", "age", "kind")}
    return found


@cache
def titles() -> dict[str, str]:
    """English title in lower case -> gender."""
    return {word: gender for gender, words in lexicon("persons")["titles"].items() for word in words}


@cache
def called() -> dict[str, str]:
    """What stands after a Chinese surname, 老师, 先生 -> gender."""
    return {word: gender for gender, words in lexicon("persons")["called"].items() for word in words}


@cache
def words(name: str) -> frozenset[str]:
    """A list of `lexicon/english.yaml` as a set."""
    return frozenset(lexicon("english")[name])


_ABOUT = 60
"""How many times as often as a name a noun may stand that means the same person."""


@cache
def speech(language: Language) -> tuple[str, ...]:
    """Verbs of speech, the longest first."""
    return tuple(sorted(lexicon("speech")[language], key=len, reverse=True))


def classics(text: str) -> list[dict[str, Any]]:
    """The people of well-known Chinese novels that a text names: name, aliases, gender, age, kind."""
    found = []
    for group in lexicon("classics"):
        if sum(text.count(name) for name in group["by"]) < 2 or sum(name in text for name in group["by"]) < 2:
            continue
        for person in group["people"]:
            own, here = (person["name"], *person["aliases"]), person.get("here", ())
            named = sum(text.count(n) for n in own)
            if not named:
                continue
            about = named * _ABOUT >= sum(text.count(n) for n in here)
            found.append({**person, "aliases": [*person["aliases"], *(here if about else ())]})
    return found
