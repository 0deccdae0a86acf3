"""The shoot with a sampled model: stills first, a judge chooses, the chosen still is set in motion."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from yingxi.core.clip import Clip, Frames, Provenance, Sound
from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Capabilities, VideoModel
from yingxi.core.request import Pin, Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.story import language_of
from yingxi.core.time import frame_count
from yingxi.film.crew import Crew
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger, TakeRecord
from yingxi.film.plan import Plan, still_structure, structure
from yingxi.film.progress import Advance
from yingxi.film.settings import FilmSettings
from yingxi.film.take import SOUND, Kind, Take, read_take, store_take

TAIL = 2 / 3
"""Seconds of a clip that are pinned to extend it: enough to carry movement over the seam."""


@dataclass
class Shoot:
    """One shot before one sampled model. `made` names what was made, `kept` counts what lay there already."""

    plan: Plan
    settings: FilmSettings
    crew: Crew
    folder: Folder
    ledger: Ledger
    advance: Advance

    def __post_init__(self) -> None:
        if self.crew.model is None:
            raise YingxiError("there is no model to shoot with")
        self.identity = self.crew.model.identity
        self.model: VideoModel = self.crew.model.get()
        self.can: Capabilities = self.model.capabilities
        self.plan = replace(self.plan, shot=worded(self.plan.shot, self.can))
        self.size = native_size(self.can, self.settings.frame)
        self.fps = self.settings.fps if self.can.any_fps else self.can.fps
        self.made: list[str] = []
        self.kept = 0

    def run(self) -> Take:
        """The shot's take. Raises Refused where the model refuses it."""
        plan = self.plan
        first = self._request(seconds=self._window(plan.shot.seconds))
        self.model.check(first)
        if self.can.kind == "animation":
            chosen = take = self._clip(self.settings.seed, None)
        elif self.can.pins == "none":
            seeds = range(self.settings.seed, self.settings.seed + self.settings.takes)
            chosen = take = self._choose([self._clip(seed, None) for seed in seeds])
        else:
            seeds = range(self.settings.seed, self.settings.seed + self.settings.takes)
            chosen = self._choose([self._still(seed, number) for number, seed in enumerate(seeds, 1)])
            take = self._clip(chosen.provenance.seed, chosen)
        self.ledger.record("shoot", str(plan.shoot_key), {"take": take.digest, "chosen": chosen.digest})
        return take

    def _request(self, *, seconds: float, seed: int = 0, pin: Pin | None = None) -> Request:
        shot = self.plan.shot
        pins: dict[int | float, Pin] = {} if pin is None else {0: pin}
        fps = self.fps if self.can.any_fps else None
        return Request(
            shot.prompt, seconds=seconds, size=self.size, fps=fps, seed=seed, pins=pins,
            shot=shot if self.can.reads_shot else None,
        )  # fmt: skip

    def _still(self, seed: int, number: int) -> Take:
        key = digest("still", self.identity, still_structure(self.plan.shot), str(self.size), seed)
        if (take := self._there(key)) is not None:
            self.advance(1)
            return take
        from yingxi.media.picture import write_png

        begun = time.monotonic()
        clip = self.model.run(self._request(seconds=0, seed=seed), lambda done, total: None)

        def fill(place: Path) -> Take:
            write_png(place / "still.png", clip.frames[0])
            return self._take(key, "still", 1, clip.provenance)

        self.advance(1)
        return self._stored(store_take(self.folder, key, fill), f"still {self.plan.shot.slate}.{number}", begun)

    def _clip(self, seed: int, still: Take | None) -> Take:
        """A clip of the whole shot, from a still where there is one."""
        shot = self.plan.shot
        origin = still.digest if still else None
        key = digest("clip", self.identity, origin, structure(shot), str(self.size), self.fps, seed)
        if (take := self._there(key)) is not None:
            self.advance(shot.seconds)
            return take
        from yingxi.media.audio import write_wav
        from yingxi.media.picture import read_picture
        from yingxi.media.video import write_take
        from yingxi.voice.mix import mix

        begun = time.monotonic()
        pin = read_picture(still.path(self.folder)) if still else None
        made_by: list[Provenance] = []
        heard: list[tuple[float, Sound]] = []

        def fill(place: Path) -> Take:
            count = write_take(place / "clip.mp4", self._motion(seed, pin, made_by, heard), self.fps)
            if heard:
                write_wav(place / SOUND, mix(heard, count / self.fps, heard[0][1].rate))
            parents = (still.digest,) if still else ()
            base = replace(made_by[0], parents=parents)
            take = self._take(key, "clip", count, base, extended=len(made_by) - 1)
            return take.model_copy(update={"sound": bool(heard)})

        return self._stored(store_take(self.folder, key, fill), f"take {shot.slate}", begun)

    def _motion(
        self, seed: int, pin: Pin | None, made_by: list[Provenance], heard: list[tuple[float, Sound]]
    ) -> Iterator[Frames]:
        """Frames of the whole shot; where it is longer than the model's reach, of clips that extend each other.

        What of them is heard is noted with its seconds in the shot.
        """
        wanted = frame_count(self.plan.shot.seconds, self.fps)
        pinned, made = 0, 0
        while made < wanted:
            seconds = self._window((wanted - made + pinned) / self.fps)
            clip = self.model.run(self._request(seconds=seconds, seed=seed, pin=pin), self._steps(seconds))
            made_by.append(clip.provenance)
            stop = min(len(clip.frames), pinned + wanted - made)
            if stop <= pinned:
                raise YingxiError(f"{self.model.name} added nothing to shot {self.plan.shot.slate} when extending it")
            fresh = clip.part(pinned, stop)
            if fresh.sound is not None:
                heard.append((made / self.fps, fresh.sound))
            yield from fresh.frames
            made += stop - pinned
            pin, pinned = self._tail(clip)

    def _tail(self, clip: Clip) -> tuple[Pin | None, int]:
        """What the next clip goes on from, and how many frames of it repeat."""
        if self.can.pins == "none":
            return None, 0
        if self.can.pins == "first":
            return clip.frames[-1], 1
        count = max(1, min(frame_count(TAIL, self.fps), len(clip.frames) // 2))
        return clip.part(len(clip.frames) - count, len(clip.frames)), count

    def _window(self, seconds: float) -> float:
        return min(seconds, self.can.max_seconds)

    def _steps(self, seconds: float):
        done_before = 0.0

        def on_step(done: int, total: int) -> None:
            nonlocal done_before
            now = seconds * done / max(1, total)
            self.advance(max(0.0, now - done_before))
            done_before = max(done_before, now)

        return on_step

    def _take(self, key: str, kind: Kind, frames: int, made_by: Provenance, extended: int = 0) -> Take:
        notes = (f"extended {extended} times",) if extended else ()
        return Take(
            digest=key, kind=kind, slate=self.plan.shot.slate, size=str(self.size), fps=self.fps, frames=frames,
            bytes=0, provenance=made_by, notes=notes,
        )  # fmt: skip

    def _there(self, key: str) -> Take | None:
        take = read_take(self.folder, key)
        self.kept += take is not None
        return take

    def _stored(self, take: Take, name: str, begun: float) -> Take:
        by = take.provenance
        self.ledger.add_take(
            TakeRecord(
                take.digest, take.kind, take.slate, by.model, by.seed, by.prompt, by.parents, time.monotonic() - begun
            )
        )
        self.made.append(name)
        return take

    def _choose(self, candidates: list[Take]) -> Take:
        """The take with the best overall score; the first where there is no judge."""
        slate, among = self.plan.shot.slate, digest([c.digest for c in candidates])
        judge = self.crew.judge
        if judge is None or len(candidates) == 1:
            return candidates[0]
        among = digest(among, judge.identity)
        selected = self.ledger.selected(slate, among)
        known = next((c for c in candidates if c.digest == selected), None)
        if known is not None:
            return known
        overall = {c.digest: self._score(c)["overall"] for c in candidates}
        best = max(candidates, key=lambda c: overall[c.digest])
        self.ledger.select(slate, among, best.digest, judge.identity)
        return best

    def _score(self, take: Take) -> dict[str, float]:
        from yingxi.media.picture import read_picture
        from yingxi.media.video import read_clip

        judge = self.crew.judge
        if judge is None:
            raise YingxiError("there is no judge to score takes")
        path = take.path(self.folder)
        if take.kind == "still":
            clip = Clip(read_picture(path)[None], take.fps, take.provenance)
        else:
            clip = read_clip(path, take.provenance)
        scores = {name: float(value) for name, value in judge.get().score(clip, self.plan.shot).items()}
        self.ledger.add_scores(take.digest, judge.identity, scores)
        return scores


def worded(shot: Shot, can: Capabilities) -> Shot:
    """The shot with its period told in its prompt, for a model that reads prose and not the stage's own captions."""
    if not shot.period or can.captions or can.reads_shot:
        return shot
    between = "" if language_of(shot.prompt) == "zh" else " "
    return shot.model_copy(update={"prompt": f"{shot.prompt}{between}{shot.period}"})


def native_size(can: Capabilities, film: Size) -> Size:
    """The size to sample at: of those a model is made for, the one whose aspect is nearest to the film's.

    A model of any size samples at the film's aspect, on its grid, with at most as many pixels as it makes by default.
    """
    aspect = film.width / film.height
    if can.fixed_sizes:
        return min(can.fixed_sizes, key=lambda s: (abs(np.log(s.width / s.height / aspect)), -s.width * s.height))
    default = can.default_size
    pixels = min(film.width * film.height, default.width * default.height)

    def side(wanted: float, low: int, high: int) -> int:
        return min(max(round(wanted / can.grid) * can.grid, low), high)

    return Size(
        side((pixels * aspect) ** 0.5, can.min_size.width, can.max_size.width),
        side((pixels / aspect) ** 0.5, can.min_size.height, can.max_size.height),
    )


def units(plan: Plan, settings: FilmSettings) -> float:
    """How much progress a shoot makes: one for each still, one for each second of clip."""
    return settings.takes + plan.shot.seconds
