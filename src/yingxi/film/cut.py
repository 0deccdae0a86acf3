"""The cut: takes one after the other, voices where they are spoken, and the subtitles."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from yingxi.core.digest import digest
from yingxi.core.story import Language
from yingxi.film.documents import propose
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.plan import Plan
from yingxi.film.take import Take

if TYPE_CHECKING:
    from yingxi.media.subtitles import Cue


@dataclass(frozen=True)
class Cut:
    """The film's shots in order, each with the take that is used of it."""

    parts: tuple[tuple[Plan, Take], ...]
    fps: float
    language: Language
    title: str

    @property
    def key(self) -> str:
        parts = [(p.shot.slate, t.digest, p.frames) for p, t in self.parts]
        return digest("cut", parts, list(self.spoken()), self.fps, self.language, self.title)

    @property
    def frames(self) -> int:
        return sum(p.frames for p, _ in self.parts)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    def spoken(self) -> Iterator[tuple[float, float, str, str, str | None]]:
        """Each line's start and seconds in the film, its voice's digest, its text, and who speaks."""
        frames = 0
        for plan, _ in self.parts:
            for speech, line in zip(plan.speeches, plan.shot.lines, strict=True):
                start = frames / self.fps + (line.start or 0.0)
                yield start, line.seconds or 0.0, speech.digest, line.text, line.who
            frames += plan.frames

    def heard(self) -> Iterator[tuple[float, float, Take]]:
        """Each take that has a sound: its start and seconds in the film."""
        frames = 0
        for plan, take in self.parts:
            if take.sound:
                yield frames / self.fps, plan.frames / self.fps, take
            frames += plan.frames

    def cues(self) -> "list[Cue]":
        """The film's subtitles, set in lines that can be read."""
        from yingxi.media.subtitles import Cue, wrap

        said = [Cue(at, at + seconds, text) for at, seconds, _, text, _ in self.spoken() if text.strip()]
        return wrap(said, self.language)


def write_cut(cut: Cut, folder: Folder, ledger: Ledger) -> list[str]:
    """Write `cut.otio` and `film.srt`. Returns what is to be said of files that a person has edited."""
    from yingxi.media.subtitles import write_srt
    from yingxi.media.timeline import TimelineShot, TimelineSound, write_timeline

    cues = cut.cues()
    shots = [
        TimelineShot(p.shot.slate, t.path(folder).relative_to(folder.root).as_posix(), p.frames, _metadata(p, t))
        for p, t in cut.parts
    ]
    sounds = [
        TimelineSound(who or "unresolved", f"{folder.voices.name}/{key}.wav", start, seconds, {"text": text})
        for start, seconds, key, text, who in cut.spoken()
    ]
    beds = [
        TimelineSound(t.slate, t.sound_path(folder).relative_to(folder.root).as_posix(), start, seconds)
        for start, seconds, t in cut.heard()
    ]
    with TemporaryDirectory() as scratch:
        timeline, subtitles = Path(scratch, folder.cut.name), Path(scratch, folder.subtitles.name)
        write_timeline(timeline, cut.title, cut.fps, shots, {"Voices": sounds, "Clips": beds}, cues)
        write_srt(subtitles, cues)
        notes = []
        if propose(folder.cut, _text(timeline), ledger) == "aside":
            notes.append("cut.otio was edited by hand and is kept, but the film follows shots.yaml; see cut.new.otio")
        if propose(folder.subtitles, _text(subtitles), ledger) == "aside":
            notes.append("film.srt was edited by hand and is kept; the new subtitles are in film.new.srt")
    return notes


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _metadata(plan: Plan, take: Take) -> dict[str, Any]:
    by = take.provenance
    return {"take": take.digest, "model": by.model, "kind": by.kind, "seed": by.seed}
