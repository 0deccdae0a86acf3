"""A story adapted for the screen: its cast, a screenplay and shots that tell it in the time there is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from yingxi.core.cast import Cast, Character, Look, Place
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Stagecraft
from yingxi.core.screenplay import Action, Element, Screenplay
from yingxi.core.shot import ShotList
from yingxi.core.story import Story
from yingxi.story.attribution import Attribution, attribute, speakers
from yingxi.story.beats import Beat, beats
from yingxi.story.closely import CloseReading
from yingxi.story.edits import revise
from yingxi.story.finished import read_finished
from yingxi.story.fountain import as_story, to_fountain
from yingxi.story.quotes import Quote
from yingxi.story.reading import Reading, read
from yingxi.story.scenes import Setting, settings
from yingxi.story.selection import choose
from yingxi.story.shooting import CARD_SECONDS, FilmPlace, Shooting, runs
from yingxi.story.simplified import Restore, as_simplified, restored, restorer, simplified

# Characters read closely: enough for a film of an hour, and a bound on memory and time for the longest novel.
_CLOSELY = {"en": 60_000, "zh": 30_000}


@dataclass(frozen=True)
class Adaptation:
    """`notes` say what was left out, for the person."""

    cast: Cast
    screenplay: Screenplay
    shots: ShotList
    notes: tuple[str, ...] = ()


Closely = Callable[[Reading, Sequence[Attribution], Sequence[Setting]], CloseReading]
"""Reads again what was read offline."""


def adapt(
    story: Story,
    stagecraft: Stagecraft,
    seconds: float = 60,
    language: Literal["auto", "en", "zh"] = "auto",
    closely: Closely | None = None,
    edited: str = "",
) -> Adaptation:
    """Choose what to film and how, by rules and small models, and by a language model where `closely` asks one.

    `seconds` is about how long the film is, at least 8. A story longer than is read closely is filmed as far as it
    was read, by whole chapters where one fits, and ends on *To be continued*. A finished screenplay is filmed whole,
    as it is. `edited` is the screenplay as a person has changed it, in Fountain: the shots are of that. Raises
    YingxiError where nothing in the story can be told.
    """
    if language != "auto" and language != story.language:
        story = replace(story, language=language)
    if seconds < 8:
        raise YingxiError(f"a film needs 8 seconds or more to tell a story, not {seconds:g}")
    written, story, spoken = story, as_simplified(story), story.language
    if story.screenplay:
        return _filmed(_finished(story), stagecraft, edited, written)
    reading = read(story, int(_CLOSELY[spoken] * max(1.0, seconds / 300)))
    close = CloseReading(attribute(reading), settings(reading))
    if closely is not None:
        close = closely(reading, close.said, close.scenes)
    spoken_by, scenes, notes = speakers(close.said), close.scenes, list(close.notes)
    every = beats(reading, spoken_by, scenes, _shows(stagecraft), close.essential)
    told = choose(every, seconds - sum(CARD_SECONDS), spoken)
    if not told:
        raise YingxiError(f"nothing in {story.title!r} is short enough to be told in {seconds:g} seconds")
    if not reading.whole:
        read_to = reading.paragraphs[-1].end - reading.paragraphs[0].start
        notes.append(f"the story is long: its first {read_to:,} characters were read and filmed")
    return _filmed(_Source(reading, spoken_by, tuple(scenes), told, None, tuple(notes)), stagecraft, edited, written)


@dataclass(frozen=True)
class _Source:
    """What was read, and what of it is told; `groups` are its beats by scene where the text itself has scenes."""

    reading: Reading
    speakers: dict[Quote, str]
    settings: tuple[Setting, ...]
    told: Sequence[Beat]
    groups: Sequence[Sequence[Beat]] | None
    notes: tuple[str, ...] = ()


def _finished(story: Story) -> _Source:
    finished = read_finished(story)
    told = [b for group in finished.groups for b in group]
    minutes = sum(b.seconds for b in told) / 60
    notes = (f"a finished screenplay: filmed whole, about {max(1, round(minutes))} min",)
    return _Source(finished.reading, speakers(finished.said), finished.settings, told, finished.groups, notes)


def _filmed(source: _Source, craft: Stagecraft, edited: str, written: Story) -> Adaptation:
    """Cast, screenplay and shots of what is told; the shots of the `edited` screenplay where there is one."""
    reading, spoken = source.reading, source.reading.story.language
    cast, places = _cast(reading, source.told, source.settings, craft)
    shooting = Shooting(reading, source.speakers, cast, places, source.settings, craft)
    groups = shooting.groups(source.told) if source.groups is None else source.groups
    shots = shooting.shoot(groups)
    screenplay = Screenplay(reading.story.title, spoken, shooting.scenes)
    if edited:
        before = read_finished(as_story("", to_fountain(screenplay, cast), spoken, True), cast.characters)
        changed = simplified(edited) if spoken == "zh" else edited
        after = read_finished(as_story("", changed, spoken, True), cast.characters)
        if not after.scenes:
            raise YingxiError("the edited screenplay has no scene in it; a scene begins with INT. or EXT.")
        revised = revise([runs(g, source.groups is not None) for g in groups], source.settings, before, after)
        ids = {c.id for c in reading.people}
        reading.people = [*reading.people, *(c for c in after.reading.people if c.id not in ids)]
        told = [b for group in revised.groups for b in group]
        cast, places = _cast(reading, told, revised.settings, craft)
        shots = Shooting(reading, source.speakers, cast, places, revised.settings, craft).shoot(revised.groups)
    made = Adaptation(cast, screenplay, ShotList(language=spoken, shots=shots), source.notes)
    if written.text == reading.story.text:
        return made
    restore = restorer(written.text, reading.story.text)
    return _as_written(made, restore, restorer(edited, simplified(edited)))


def _as_written(made: Adaptation, restore: Restore, again: Restore) -> Adaptation:
    """What was read in simplified characters, in the author's own; `again` restores what a person wrote anew."""

    def words(text: str, passage: tuple[int, int] | None) -> str:
        return restore(text, passage) if passage and passage[0] < passage[1] else again(text)

    def element(e: Element) -> Element:
        if isinstance(e, Action):
            return e  # The stage's words.
        return replace(e, text=words(e.text, (e.source.start, e.source.end) if e.source else None))

    cast = made.cast.model_copy(update={
        "characters": tuple(restored(c, restore) for c in made.cast.characters),
        "places": tuple(p.model_copy(update={"name": restore(p.name)}) for p in made.cast.places),
    })  # fmt: skip
    scenes = tuple(
        replace(s, place=restore(s.place), elements=tuple(map(element, s.elements))) for s in made.screenplay.scenes
    )
    shots = tuple(
        s.model_copy(update={
            "lines": tuple(n.model_copy(update={"text": words(n.text, s.source)}) for n in s.lines),
        })
        for s in made.shots.shots
    )  # fmt: skip
    screenplay = replace(made.screenplay, scenes=scenes)
    return replace(made, cast=cast, screenplay=screenplay, shots=made.shots.model_copy(update={"shots": shots}))


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
