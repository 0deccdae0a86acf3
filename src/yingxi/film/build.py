"""The build that makes a film: each step from the digests of its inputs, nothing twice."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yingxi.core.errors import Refused, YingxiError
from yingxi.core.story import Language
from yingxi.film.crew import Crew
from yingxi.film.cut import Cut, write_cut
from yingxi.film.finish import finish, finished_key, is_finished
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.plan import Plan, plan
from yingxi.film.progress import Progress, Silent
from yingxi.film.script import Script, adapt_story, import_story, read_script
from yingxi.film.settings import FilmSettings, change_settings, save_settings
from yingxi.film.setup import Setup, check_vocabulary, set_up
from yingxi.film.shoot import Shoot, units
from yingxi.film.speech import Speech, speak, speeches
from yingxi.film.stage_take import check_stage, play
from yingxi.film.take import Take, read_take


@dataclass
class BuildResult:
    """What a build made (``take 2B``, ``voice 2B.1``, ``cut``, ``film``), kept, and could not make.

    `blocked` maps slates to the rule that refused them; `notes` are sentences for the person.
    """

    film: Path
    made: list[str] = field(default_factory=list)
    kept: int = 0
    blocked: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def build(
    root: Path,
    crew: Callable[[FilmSettings], Crew],
    *,
    story: Path | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Make the film in the folder `root`, or go on with it.

    `story` begins a film, or renews its story; without it the folder's own story is used. `changes` are settings
    given for this and later builds (None means: as it is). `crew` hands over who makes a film of such settings. A
    second build of the same folder at the same time is refused; a killed one is taken up where it was. Raises
    YingxiError with one sentence.
    """
    folder = Folder(root)
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    if not folder.is_film:
        _check_beginning(folder, story, given)
        folder.create()
    with folder.locked():
        settings = _settings(folder, given)
        members = crew(settings)
        folder.prepare()
        try:
            with Ledger(folder.ledger) as ledger:
                return _Build(folder, ledger, settings, members, progress or Silent()).run(story)
        finally:
            members.close()


def _check_beginning(folder: Folder, story: Path | None, given: Mapping[str, Any]) -> None:
    """Raise YingxiError, before anything is written, where a new film cannot be begun."""
    settings = FilmSettings.model_validate({}).changed(given)
    if story is None:
        reason = "it holds no film" if folder.root.exists() else "there is no such folder"
        raise YingxiError(f"cannot go on with {folder.root}: {reason}; name a story to begin one")
    from yingxi.story.era import find_era
    from yingxi.story.importer import read_story

    if settings.era != "auto":
        find_era(settings.era)
    read_story(story, settings.language)


def _settings(folder: Folder, given: Mapping[str, Any]) -> FilmSettings:
    if folder.settings.is_file():
        return change_settings(folder.settings, given)
    settings = FilmSettings.model_validate({}).changed(given)
    save_settings(folder.settings, settings)
    return settings


@dataclass
class _Build:
    folder: Folder
    ledger: Ledger
    settings: FilmSettings
    crew: Crew
    progress: Progress

    def __post_init__(self) -> None:
        self.result = BuildResult(self.folder.film)
        if self.ledger.fact("crew") != self.crew.identities:
            self.ledger.set_fact("crew", self.crew.identities)

    def run(self, story: Path | None) -> BuildResult:
        self._said(import_story(self.folder, self.ledger, story, self.settings.language))
        script, setups = self._script()
        plans = self._speak([s for s in setups if not self._is_blocked(s)], script)
        animatic = self._play(plans)
        if self.crew.model is not None:
            self._finish(self._cut(animatic, script), self.folder.animatic)
            film = self._shoot(animatic)
        else:
            film = animatic
        cut = self._cut(film, script)
        self._write_cut(cut)
        self._finish(cut, self.folder.film)
        self.result.notes += made_by(cut, self.settings)
        return self.result

    def _script(self) -> tuple[Script, list[Setup]]:
        with self.progress.task("script", 1) as advance:
            self._said(adapt_story(self.folder, self.ledger, self.settings, self.crew))
            script = read_script(self.folder, self.ledger, self.settings, self.crew)
            setups = set_up(script.shots, script.cast, self.crew, self.ledger, self.folder.shots)
            check_vocabulary(setups, self.crew, self.ledger, self.folder.shots)
            advance(1)
        return script, setups

    def _said(self, outcome: tuple[list[str], list[str]]) -> None:
        made, notes = outcome
        self.result.made += made
        self.result.notes += notes

    def _block(self, slate: str, rule: str, why: str) -> None:
        self.result.blocked[slate] = rule
        self.result.notes.append(f"shot {slate} is blocked by {rule}: {why}")

    def _is_blocked(self, setup: Setup) -> bool:
        if setup.rule is not None:
            self._block(setup.shot.slate, setup.rule, setup.why)
        return setup.rule is not None

    def _speak(self, setups: list[Setup], script: Script) -> list[Plan]:
        """Speak what has not been spoken, and place the lines in their shots."""
        language = script.shots.language
        voice = self.crew.voice.identity
        lines = [
            (setup.shot, speeches(setup.shot, script.cast, language, voice, self.folder, self.ledger))
            for setup in setups
        ]
        missing = [speech for _, spoken in lines for speech in spoken if speech.seconds is None]
        seconds: dict[str, float] = {}
        if missing:
            with self.progress.task("voices", len(missing)) as advance:
                for shot, spoken in lines:
                    for number, speech in enumerate(spoken, 1):
                        if speech.seconds is None:
                            self._say(f"voice {shot.slate}.{number}", speech, language, seconds)
                            advance(1)
        self.result.kept += sum(len(spoken) for _, spoken in lines) - len(missing)
        return [
            plan(
                shot,
                spoken,
                [seconds[s.digest] if s.seconds is None else s.seconds for s in spoken],
                self.settings,
                self.crew,
            )
            for shot, spoken in lines
        ]

    def _say(self, name: str, speech: Speech, language: Language, seconds: dict[str, float]) -> None:
        if speech.digest not in seconds:  # the same words by the same voice, twice in a film
            seconds[speech.digest] = speak(speech, language, self.crew, self.folder, self.ledger)
            self.result.made.append(name)

    def _play(self, plans: list[Plan]) -> list[tuple[Plan, Take]]:
        """The stage's take of every shot."""
        found = {p.stage_key: read_take(self.folder, p.stage_key) for p in plans}
        missing = [p for p in plans if found[p.stage_key] is None and not self._was_refused(p, p.stage_key)]
        self.result.kept += len(plans) - len(missing)
        if missing:
            check_stage(self.crew, self.settings)
            name = "take" if self.crew.model is None else "animatic"
            with self.progress.task("stage", sum(p.frames for p in missing)) as advance:
                for p in missing:
                    if found[p.stage_key] is not None:  # two shots alike share a take
                        continue
                    with self._refusing(p, p.stage_key):
                        found[p.stage_key] = play(p, self.settings, self.crew, self.folder, self.ledger, advance)
                        self.result.made.append(f"{name} {p.shot.slate}")
        return [(p, take) for p in plans if (take := found[p.stage_key]) is not None]

    def _shoot(self, animatic: list[tuple[Plan, Take]]) -> list[tuple[Plan, Take]]:
        """The model's take of every shot; cards stay the stage's."""
        takes: dict[str, Take | None] = {}
        for p, stage_take in animatic:
            key = p.shoot_key
            done = self.ledger.done("shoot", key) if key else None
            takes[p.shot.slate] = (read_take(self.folder, done["take"]) if done else None) if key else stage_take
        missing = [
            p
            for p, _ in animatic
            if p.shoot_key and takes[p.shot.slate] is None and not self._was_refused(p, p.shoot_key)
        ]
        self.result.kept += sum(1 for p, _ in animatic if p.shoot_key and takes[p.shot.slate] is not None)
        if missing:
            with self.progress.task("shoot", sum(units(p, self.settings) for p in missing)) as advance:
                for p in missing:
                    with self._refusing(p, str(p.shoot_key)):
                        shoot = Shoot(p, self.settings, self.crew, self.folder, self.ledger, advance)
                        takes[p.shot.slate] = shoot.run()
                        self.result.made += shoot.made
                        self.result.kept += shoot.kept
        return [(p, take) for p, _ in animatic if (take := takes[p.shot.slate]) is not None]

    def _was_refused(self, p: Plan, key: str) -> bool:
        refusal = self.ledger.done("refused", key)
        if refusal is not None:
            self._block(p.shot.slate, refusal["rule"], refusal["why"])
        return refusal is not None

    @contextmanager
    def _refusing(self, p: Plan, key: str) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            self.ledger.record("refused", key, {"rule": refusal.rule, "why": str(refusal)})
            self._block(p.shot.slate, refusal.rule, str(refusal))

    def _cut(self, parts: list[tuple[Plan, Take]], script: Script) -> Cut:
        if not parts:
            rules = ", ".join(sorted(set(self.result.blocked.values())))
            raise YingxiError(f"every shot of {self.folder.shots} is blocked ({rules}); there is no film to make")
        return Cut(tuple(parts), self.settings.fps, script.shots.language, script.title)

    def _write_cut(self, cut: Cut) -> None:
        lies_there = self.folder.cut.is_file() and self.folder.subtitles.is_file()
        if lies_there and self.ledger.fact("cut from") == cut.key:
            self.result.kept += 1
            return
        self.result.notes += write_cut(cut, self.folder, self.ledger)
        self.ledger.set_fact("cut from", cut.key)
        self.result.made.append("cut")

    def _finish(self, cut: Cut, path: Path) -> None:
        if is_finished(path, finished_key(path, cut, self.folder, self.settings), self.ledger):
            self.result.kept += 1
            return
        finish(path, cut, self.folder, self.settings, self.ledger, self.progress)
        self.result.made.append(path.stem)


def made_by(cut: Cut, settings: FilmSettings) -> list[str]:
    """What made each shot, in sentences."""
    makers: dict[tuple[str, str, float], list[str]] = {}
    for p, take in cut.parts:
        makers.setdefault((take.provenance.model, take.size, take.fps), []).append(p.shot.slate)
    notes = []
    for (model, size, fps), slates in makers.items():
        note = f"{model} made {'shot' if len(slates) == 1 else 'shots'} {', '.join(slates)}"
        if size != settings.size:
            note += f"; its {size} pictures were enlarged to {settings.size} (Lanczos)"
        if fps != settings.fps:
            note += f"; its {fps:g} frames a second were repeated to {settings.fps:g}"
        notes.append(note)
    return notes
