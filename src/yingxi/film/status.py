"""What of a film is current, stale, missing or blocked, from digests alone: nothing is made, nothing loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from yingxi.core.errors import YingxiError
from yingxi.film.crew import Crew, Deferred
from yingxi.film.cut import Cut
from yingxi.film.documents import is_edited, waiting
from yingxi.film.finish import finished_key, is_finished
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.plan import Plan, plan
from yingxi.film.script import Script, adaptation_inputs, read_script
from yingxi.film.settings import FilmSettings, load_settings
from yingxi.film.setup import Setup, set_up_shot
from yingxi.film.speech import speeches
from yingxi.film.take import Take, read_take

State = Literal["current", "stale", "missing", "blocked"]


@dataclass(frozen=True)
class Part:
    """One part of a film and how it stands."""

    name: str
    state: State
    note: str = ""


class _NotKnownYet(Exception):
    """What a part depends on is itself to be made first."""


def status(root: Path, identities: dict[str, str] | None = None) -> list[Part]:
    """Every part of the film in `root`, in the order they are made.

    `identities` are those of the crew that would make it; without them, of the crew that last did. Raises
    YingxiError where `root` holds no film or a document in it has a mistake.
    """
    folder = Folder(root)
    if not folder.settings.is_file():
        raise YingxiError(f"{root} holds no film: there is no film.toml in it")
    settings = load_settings(folder.settings)
    if not folder.ledger.is_file() or not folder.ledger.stat().st_size:  # killed at its very beginning
        return [Part(name, "missing") for name in ("story", "cast", "screenplay", "shots", "cut", "film")]
    with Ledger.copy_of(folder.ledger) as ledger:
        crew = _crew(identities or ledger.fact("crew") or {})
        return list(_Survey(folder, ledger, settings, crew).parts())


def _crew(identities: dict[str, str]) -> Crew:
    def unavailable() -> NoReturn:
        raise _NotKnownYet

    def member(name: str) -> Deferred[Any]:
        return Deferred(identities.get(name, ""), unavailable)

    model, judge = (member(name) if name in identities else None for name in ("model", "judge"))
    return Crew(member("stage"), member("stagecraft"), member("voice"), model, judge)


@dataclass
class _Survey:
    folder: Folder
    ledger: Ledger
    settings: FilmSettings
    crew: Crew

    def parts(self) -> Iterator[Part]:
        yield from self._documents()
        paths = (self.folder.story, self.folder.cast, self.folder.shots)
        script = self._script() if all(path.is_file() for path in paths) else None
        if script is None:
            yield self._file(self.folder.cut, "cut", None)
            yield self._file(self.folder.film, "film", None)
            return
        whole, stage, film = True, [], []
        for shot in script.shots.shots:
            for part in self._shot(shot.slate, script, stage, film):
                yield part
                whole = whole and part.state in ("current", "blocked")
        yield from self._finished(script, stage, film, whole)

    def _documents(self) -> Iterator[Part]:
        folder, ledger = self.folder, self.ledger
        yield self._document("story", folder.story, None)
        inputs = None
        if folder.story.is_file():
            inputs = adaptation_inputs(folder, ledger, self.settings, self.crew.identities)
        behind = None if ledger.fact("adapted from") == inputs else "its story, its settings or the program changed"
        blocked = waiting({"cast": folder.cast, "screenplay": folder.screenplay, "shots": folder.shots})
        for name, path in (("cast", folder.cast), ("screenplay", folder.screenplay), ("shots", folder.shots)):
            if name in blocked:
                new = folder.proposal(path).name
                yield Part(name, "blocked", f"choose between {path.name} and {new}, and delete {new}")
            else:
                yield self._document(name, path, behind)

    def _document(self, name: str, path: Path, behind: str | None) -> Part:
        if not path.is_file():
            return Part(name, "missing")
        if behind is not None:
            return Part(name, "stale", behind)
        return Part(name, "current", "edited by hand" if is_edited(path, self.ledger) else "")

    def _script(self) -> Script | None:
        try:
            return read_script(self.folder, self.ledger, self.settings, self.crew)
        except _NotKnownYet:
            return None

    def _shot(
        self, slate: str, script: Script, stage: list[tuple[Plan, Take]], film: list[tuple[Plan, Take]]
    ) -> Iterator[Part]:
        behind: State = "stale" if self.ledger.takes(slate) else "missing"
        try:
            setup = self._setup(slate, script)
        except _NotKnownYet:
            yield Part(f"take {slate}", behind)
            return
        if setup.rule is not None:
            yield Part(f"take {slate}", "blocked", f"{setup.rule}: {setup.why}")
            return
        voice = self.crew.voice.identity
        spoken = speeches(setup.shot, script.cast, script.shots.language, voice, self.folder, self.ledger)
        seconds = [s.seconds for s in spoken if s.seconds is not None]
        if spoken:
            silent = len(spoken) - len(seconds)
            note = f"{silent} of {len(spoken)} lines to be spoken" if silent else ""
            yield Part(f"voice {slate}", behind if silent else "current", note)
        if len(seconds) < len(spoken):
            yield Part(f"take {slate}", behind)
            return
        made = plan(setup.shot, spoken, seconds, self.settings, self.crew)
        yield from self._takes(made, behind, stage, film)

    def _setup(self, slate: str, script: Script) -> Setup:
        shot = next(s for s in script.shots.shots if s.slate == slate)
        return set_up_shot(shot, script.shots.language, script.cast, self.crew, self.ledger, self.folder.shots)

    def _takes(
        self, made: Plan, behind: State, stage: list[tuple[Plan, Take]], film: list[tuple[Plan, Take]]
    ) -> Iterator[Part]:
        slate, name = made.shot.slate, "animatic" if made.shoot_key else "take"
        take = read_take(self.folder, made.stage_key)
        yield self._take(f"{name} {slate}", take, made.stage_key, behind)
        if take is not None:
            stage.append((made, take))
        if made.shoot_key is None:
            film += stage[-1:] if take is not None else []
            return
        done = self.ledger.done("shoot", made.shoot_key)
        shot = read_take(self.folder, done["take"]) if done else None
        yield self._take(f"take {slate}", shot, made.shoot_key, behind)
        if shot is not None:
            film.append((made, shot))

    def _take(self, name: str, take: Take | None, key: str, behind: State) -> Part:
        refusal = self.ledger.done("refused", key)
        if take is not None:
            return Part(name, "current")
        return Part(name, "blocked", f"{refusal['rule']}: {refusal['why']}") if refusal else Part(name, behind)

    def _finished(
        self, script: Script, stage: list[tuple[Plan, Take]], film: list[tuple[Plan, Take]], whole: bool
    ) -> Iterator[Part]:
        def cut(parts: list[tuple[Plan, Take]]) -> Cut | None:
            return Cut(tuple(parts), self.settings.fps, script.shots.language, script.title) if whole else None

        of_film, folder = cut(film), self.folder
        if self.crew.model is not None:
            yield self._file(folder.animatic, "animatic", cut(stage))
        blocked = [f.name for f in (folder.cut, folder.subtitles) if folder.proposal(f).exists()]
        if blocked:
            yield Part("cut", "blocked", f"{' and '.join(blocked)}: choose between it and the .new beside it")
        elif not (folder.cut.is_file() and folder.subtitles.is_file()):
            yield Part("cut", "missing")
        else:
            same = of_film is not None and self.ledger.fact("cut from") == of_film.key
            yield Part("cut", "current" if same else "stale")
        yield self._file(folder.film, "film", of_film)

    def _file(self, path: Path, name: str, cut: Cut | None) -> Part:
        if not path.is_file():
            return Part(name, "missing")
        if cut is None:
            return Part(name, "stale")
        key = finished_key(path, cut, self.folder, self.settings)
        return Part(name, "current" if is_finished(path, key, self.ledger) else "stale")
