"""The model `stage`: plays a shot's structure in the shadow theatre. Drawn, not sampled."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.errors import Refused
from yingxi.core.protocols import Capabilities, OnStep
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.story import Language, language_of
from yingxi.core.time import frame_count

if TYPE_CHECKING:
    from yingxi.world.painter import Painter


class Stage:
    """The shadow theatre as a model. A request without a shot is read from its prompt."""

    name = "stage"
    capabilities = Capabilities(
        kind="animation", fps=24.0, default_size=Size(1280, 720), default_seconds=4.0, max_seconds=600.0,
        min_size=Size(96, 64), max_size=Size(3840, 2160), grid=2, any_fps=True, shots=True, reads_shot=True,
    )  # fmt: skip

    def __init__(self) -> None:
        self._painter: Painter | None = None

    def check(self, request: Request) -> None:
        """Raise Refused, naming what the stage cannot take."""
        given = {
            "pins": bool(request.pins), "source": request.source is not None,
            "strength": request.strength is not None,
            "loop": request.loop, "guidance": request.guidance is not None, "negative": request.negative is not None,
            "steps": request.steps is not None,
        }  # fmt: skip
        for rule, is_given in given.items():
            if is_given:
                raise Refused(rule, f"the stage draws a shot from its structure and takes no {rule}")
        size, limits = request.size or self.capabilities.default_size, self.capabilities
        low, high = limits.min_size, limits.max_size
        if not (low.width <= size.width <= high.width and low.height <= size.height <= high.height):
            raise Refused("size", f"the stage draws from {low} to {high}, not {size}")
        if size.width % limits.grid or size.height % limits.grid:
            raise Refused("size", f"width and height must be even, not {size}")
        if request.fps is not None and not 1 <= request.fps <= 120:
            raise Refused("fps", f"the stage plays 1 to 120 frames a second, not {request.fps:g}")
        scenes = self._scenes(request)
        if not scenes:
            raise Refused("prompt", "the stage was given no shot and no prompt to play")
        for _, seconds, _ in scenes:
            if not 0 <= seconds <= limits.max_seconds:
                raise Refused("seconds", f"a shot lasts 0 to {limits.max_seconds:g} seconds, not {seconds:g}")

    def stream(self, request: Request, on_step: OnStep) -> Iterator[Frames]:
        """Frames `[H,W,3]` one by one, the same as `run` gives. A step is a frame."""
        self.check(request)
        size = request.size or self.capabilities.default_size
        fps = request.fps or self.capabilities.fps
        scenes = self._scenes(request)
        total = sum(frame_count(seconds, fps) for _, seconds, _ in scenes)
        done = 0
        for shot, seconds, language in scenes:
            for frame in self._play(shot, size, fps, seconds, request.seed, language):
                done += 1
                on_step(done, total)
                yield frame

    def run(self, request: Request, on_step: OnStep) -> Clip:
        """The whole clip. Raises Refused for what the stage cannot take."""
        frames = np.stack(list(self.stream(request, on_step)))
        return Clip(frames, request.fps or self.capabilities.fps, self.provenance(request))

    def provenance(self, request: Request) -> Provenance:
        """What `run`'s clip says of itself."""
        return request.provenance(self.name, "animation", None)

    def close(self) -> None:
        """Send the second painter home, if there is one."""
        if self._painter:
            self._painter.close()
            self._painter = None

    def _play(
        self, shot: Shot, size: Size, fps: float, seconds: float, seed: int, language: Language
    ) -> Iterator[Frames]:
        """As `play`, with a second painter where there is a core for it and enough to paint."""
        from yingxi.world.painter import WORTH, Painter, drawn
        from yingxi.world.play import Staging, play

        frames = frame_count(seconds, fps)
        if shot.card is not None or frames * size.width * size.height < WORTH or (os.cpu_count() or 1) < 2:
            yield from play(shot, size, fps, seconds, seed, language)
            return
        if self._painter is None or self._painter.ended:
            self._painter = Painter()
        self._painter.begin(shot, size, seconds, seed)
        stage = Staging(shot, size, seconds, seed)
        yield from drawn(stage, [number / fps for number in range(frames)], self._painter)

    def _scenes(self, request: Request) -> list[tuple[Shot, float, Language]]:
        """(shot, seconds, language) in order."""
        if request.shot is not None:
            seconds = request.shot.seconds if request.seconds is None else request.seconds
            return [(request.shot, seconds, language_of(request.shot.prompt))]
        from yingxi.world.prompt import understood_in_turn

        default = self.capabilities.default_seconds
        if isinstance(request.prompt, str):
            prompts = [(request.prompt, default if request.seconds is None else request.seconds)]
        else:
            prompts = list(request.prompt)
        readings = understood_in_turn(text for text, _ in prompts)
        return [
            (reading.shot, seconds, language_of(text))
            for reading, (text, seconds) in zip(readings, prompts, strict=True)
        ]
