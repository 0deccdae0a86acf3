"""From a story to the documents that a film is made of: import, adaptation, casting."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from yingxi.core.cast import Cast, Character, Look
from yingxi.core.digest import bytes_digest, digest, file_digest
from yingxi.core.documents import dump_yaml, load_yaml, read_text
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_bytes
from yingxi.core.shot import ShotList
from yingxi.core.story import Story
from yingxi.film.crew import Crew
from yingxi.film.documents import is_edited, merge, propose
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.merging import merge_cast, merge_shots
from yingxi.film.settings import FilmSettings
from yingxi.film.setup import remember_prompts

CAST_HEADING = "Who, where and what. Edit freely: what you change here stays."
SHOTS_HEADING = "The shots of the film. Edit freely: only what depends on your change is made again."


@dataclass(frozen=True)
class Script:
    """The documents as they lie on disk, with looks and voices for those to whom nobody gave one."""

    cast: Cast
    shots: ShotList
    title: str


def import_story(
    folder: Folder, ledger: Ledger, source: Path | None, language: str = "auto"
) -> tuple[list[str], list[str]]:
    """Copy the story into the film, its text only where it is a book in some format. Returns what was made and what
    is to be said.

    A `story.txt` that a person has edited stays. Raises YingxiError where there is no story to be had.
    """
    from yingxi.story.importer import as_text

    if source is None or source.resolve() == folder.story.resolve():
        if not folder.story.exists():
            raise YingxiError(f"{folder.root} has no story.txt; name the story: yingxi make STORY -o {folder.root}")
        return [], []
    story = _read(source, language)
    text = source.read_bytes() if story.plain else as_text(story).encode()
    new = bytes_digest(text)
    if folder.story.exists() and file_digest(folder.story) == new:
        ledger.about_to_write(folder.story.name, new)
        if ledger.fact("title") is None:
            ledger.set_fact("title", story.title)
        return [], []
    if is_edited(folder.story, ledger):
        return [], [f"story.txt was edited by hand and is kept; {source} was not imported again"]
    ledger.set_fact("title", story.title)
    ledger.about_to_write(folder.story.name, new)
    write_bytes(folder.story, text)
    return ["story"], []


def _read(path: Path, language: str) -> Story:
    from yingxi.story.importer import read_story

    return read_story(path, language)  # pyright: ignore[reportArgumentType]


def adaptation_inputs(folder: Folder, ledger: Ledger, settings: FilmSettings, identities: dict[str, str]) -> str:
    """The digest that the documents depend on."""
    parts = {k: identities.get(k) for k in ("stagecraft", "voice")}
    title = settings.title or ledger.fact("title")
    told = [settings.language, settings.seconds, settings.era]
    if is_edited(folder.screenplay, ledger):
        told.append(file_digest(folder.screenplay))
    told += [part for part in (settings.chapters, settings.begins, settings.ends, settings.reader) if part]
    return digest("adapt", file_digest(folder.story), title, *told, parts)


def adapt_story(folder: Folder, ledger: Ledger, settings: FilmSettings, crew: Crew) -> tuple[list[str], list[str]]:
    """Propose cast, screenplay and shots, unless that has been done. Returns what was made and what is to be said."""
    documents = (folder.cast, folder.screenplay, folder.shots)
    inputs = adaptation_inputs(folder, ledger, settings, crew.identities)
    if ledger.fact("adapted from") == inputs and all(path.exists() for path in documents):
        return [], []
    from yingxi.story.adapt import adapt
    from yingxi.story.closely import read_closely
    from yingxi.story.fountain import to_fountain
    from yingxi.story.selecting import select
    from yingxi.voice.casting import cast_voices

    begun = time.monotonic()
    story = select(_read(folder.story, settings.language), settings.chapters, settings.begins, settings.ends)
    title = settings.title or ledger.fact("title")
    story = replace(story, title=title) if title else story
    closely = None
    if crew.reader is not None:
        closely = partial(read_closely, reader=crew.reader.get(), cache=folder.root / "reader")
    edited = read_text(folder.screenplay) if is_edited(folder.screenplay, ledger) else ""
    adaptation = adapt(story, crew.stagecraft.get(), settings.seconds, settings.language, closely, edited)
    shots = adaptation.shots
    cast = cast_voices(adaptation.cast, crew.voice.get(), shots.language)
    cast = cast.model_copy(update={"era": _era(settings, story)})
    remember_prompts(shots, ledger)
    kept_cast = load_yaml(folder.cast, Cast) if is_edited(folder.cast, ledger) else None
    kept_shots = load_yaml(folder.shots, ShotList) if is_edited(folder.shots, ledger) else None
    if kept_cast is not None:
        kept_cast = merge(folder.cast, Cast, merge_cast, kept_cast, cast, CAST_HEADING, ledger)
    if kept_shots is not None:
        kept_shots = merge(folder.shots, ShotList, merge_shots, kept_shots, shots, SHOTS_HEADING, ledger)
    # Cast and shots are one proposal: where only one was edited, the other follows only if the two still fit.
    outcome = {
        "cast": propose(
            folder.cast,
            _document(cast, CAST_HEADING),
            ledger,
            aside=kept_shots is not None and not fits(kept_shots, cast),
        ),
        "screenplay": propose(folder.screenplay, to_fountain(adaptation.screenplay, cast), ledger),
        "shots": propose(
            folder.shots,
            _document(shots, SHOTS_HEADING),
            ledger,
            aside=kept_cast is not None and not fits(shots, kept_cast),
        ),
    }
    ledger.record("adapt", inputs, outcome, time.monotonic() - begun)
    ledger.set_fact("adapted from", inputs)
    notes = [
        f"{path.name} was edited by hand and is kept; the new proposal is in {folder.proposal(path).name}"
        for path in documents
        if outcome[path.stem] == "aside"
    ]
    for path, document in ((folder.cast, cast), (folder.shots, shots)):
        if outcome[path.stem] != "aside":
            ledger.set_fact(f"proposed {path.name}", document.model_dump(mode="json"))
    return [name for name, done in outcome.items() if done == "written"], [*adaptation.notes, *notes]


def _era(settings: FilmSettings, story: Story) -> str:
    """The name of the era that was set or, if it can be told, of the story's."""
    from yingxi.story.dating import infer
    from yingxi.story.era import find_era

    if settings.era != "auto":
        find_era(settings.era)
        return settings.era
    era = infer(story.text).era
    return era.id if era else ""


def _document(document: Cast | ShotList, heading: str) -> str:
    return f"# {heading}\n" + dump_yaml(document)


def fits(shots: ShotList, cast: Cast) -> bool:
    """Whether everyone and everywhere in the shots is in the cast."""
    people = {f.who for s in shots.shots for f in s.figures} | {n.who for s in shots.shots for n in s.lines}
    places = {s.place for s in shots.shots}
    return people <= {c.id for c in cast.characters} | {None, "narrator"} and places <= {
        p.id for p in cast.places
    } | {None}


def read_script(folder: Folder, ledger: Ledger, settings: FilmSettings, crew: Crew) -> Script:
    """Read the documents back. Raises YingxiError naming file, line and key of a mistake in them."""
    cast, shots = load_yaml(folder.cast, Cast), load_yaml(folder.shots, ShotList)
    if settings.era != "auto":
        cast = cast.model_copy(update={"era": settings.era})
    if not shots.shots:
        raise YingxiError(f"{folder.shots} has no shots; add one, or delete the file to have it written again")
    title = settings.title or ledger.fact("title") or folder.root.stem
    return Script(_complete(cast, shots, ledger, crew), shots, title)


def _complete(cast: Cast, shots: ShotList, ledger: Ledger, crew: Crew) -> Cast:
    whole = cast.narrator is not None and all(c.look and c.voice for c in cast.characters)
    if whole:
        return cast
    inputs = digest("complete", cast, shots.language, crew.stagecraft.identity, crew.voice.identity)
    done = ledger.done("complete", inputs)
    if done is not None:
        return Cast.model_validate(done)
    from yingxi.voice.casting import cast_voices

    looks: list[Look] = [c.look for c in cast.characters if c.look]
    characters: list[Character] = []
    for character in cast.characters:
        if character.look is None:
            looks.append(_look(crew, character, looks))
            character = character.model_copy(update={"look": looks[-1]})
        characters.append(character)
    cast = cast_voices(cast.model_copy(update={"characters": tuple(characters)}), crew.voice.get(), shots.language)
    ledger.record("complete", inputs, cast.model_dump(mode="json"))
    return cast


def _look(crew: Crew, character: Character, taken: Sequence[Look]) -> Look:
    return crew.stagecraft.get().look(character, taken)
