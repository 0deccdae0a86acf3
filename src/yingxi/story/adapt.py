"""A story adapted for the screen: its cast, a screenplay and shots that tell it in the time there is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from yingxi.core.cast import Cast, Character, Look, Place
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Stagecraft
from yingxi.core.screenplay import Screenplay
from yingxi.core.shot import ShotList
from yingxi.core.story import Story
from yingxi.story.attribution import Attribution, attribute, speakers
from yingxi.story.beats import Beat, beats
from yingxi.story.reading import Reading, read
from yingxi.story.scenes import Setting, settings
from yingxi.story.selection import choose
from yingxi.story.shooting import CARD_SECONDS, FilmPlace, Shooting

# Characters read closely: enough for a film of an hour, and a bound on memory and time for the longest novel.
_CLOSELY = {"en": 60_000, "zh": 30_000}


@dataclass(frozen=True)
class Adaptation:
    """`notes` say what was left out, for the person."""

    cast: Cast
    screenplay: Screenplay
    shots: ShotList
    notes: tuple[str, ...] = ()


Closely = Callable[[Reading, Sequence[Attribution]], tuple[list[Attribution], list[str]]]
"""Reads again what was read offline: better attributions, and notes for the person."""


def adapt(
    story: Story,
    stagecraft: Stagecraft,
    seconds: float = 60,
    language: Literal["auto", "en", "zh"] = "auto",
    closely: Closely | None = None,
) -> Adaptation:
    """Choose what to film and how, by rules and small models, and by a language model where `closely` asks one.

    `seconds` is about how long the film is, at least 8. A story longer than is read closely is filmed as far as it
    was read, by whole chapters where one fits, and ends on *To be continued*. Raises YingxiError where nothing in
    the story can be told.
    """
    if language != "auto" and language != story.language:
        story = replace(story, language=language)
    if seconds < 8:
        raise YingxiError(f"a film needs 8 seconds or more to tell a story, not {seconds:g}")
    spoken = story.language
    reading = read(story, int(_CLOSELY[spoken] * max(1.0, seconds / 300)))
    said, notes = attribute(reading), []
    if closely is not None:
        said, notes = closely(reading, said)
    spoken_by = speakers(said)
    scenes = settings(reading)
    told = choose(beats(reading, spoken_by, scenes, _shows(stagecraft)), seconds - sum(CARD_SECONDS), spoken)
    if not told:
        raise YingxiError(f"nothing in {story.title!r} is short enough to be told in {seconds:g} seconds")
    cast, places = _cast(reading, told, scenes, stagecraft)
    shooting = Shooting(reading, spoken_by, cast, places, scenes, stagecraft)
    shots = shooting.shoot(told)
    screenplay = Screenplay(story.title, spoken, shooting.scenes)
    if not reading.whole:
        read_to = reading.paragraphs[-1].end - reading.paragraphs[0].start
        notes.append(f"the story is long: its first {read_to:,} characters were read and filmed")
    return Adaptation(cast, screenplay, ShotList(language=spoken, shots=shots), tuple(notes))


def _shows(craft: Stagecraft) -> Callable[[str], bool]:
    return lambda deed: craft.action(deed) not in ("stand", "talk")


def _cast(
    reading: Reading, told: Sequence[Beat], scenes: Sequence[Setting], craft: Stagecraft
) -> tuple[Cast, dict[int, FilmPlace]]:
    """Everybody who is seen, and the main cast, with looks; every place that is filmed, with the stage's name."""
    seen = {p for b in told for p in b.people} | {b.who for b in told if b.who}
    people: list[Character] = []
    looks: list[Look] = []
    for number, person in enumerate(reading.people):
        if person.id not in seen and number >= 6:
            continue
        look = craft.look(person, tuple(looks))
        looks.append(look)
        people.append(person.model_copy(update={"look": look}))
    places: dict[int, FilmPlace] = {}
    by_id: dict[str, Place] = {}
    text = reading.story.text
    for number in sorted({b.setting for b in told}):
        setting = scenes[number]
        words = setting.words or next((s.words for s in scenes[number:] if s.words), "")
        stage = craft.place(words or text[setting.span.start : setting.span.start + 300])
        same = next((p for p in by_id.values() if p.stage == stage and _alike(p.name, words)), None)
        name = same.name if same else (words or stage)
        identifier = same.id if same else _identifier(name)
        by_id.setdefault(identifier, Place(id=identifier, name=name, stage=stage))
        places[number] = FilmPlace(identifier, name, by_id[identifier].stage)
    return Cast(characters=tuple(people), places=tuple(by_id.values())), places


def _alike(name: str, words: str) -> bool:
    return not words or name == words or name.split()[-1:] == words.split()[-1:] or name in words or words in name


def _identifier(name: str) -> str:
    return re.sub(r"[^\w]+", "_", name.lower()).strip("_") or "place"
