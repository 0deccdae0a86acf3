"""Milliseconds a frame that the stage takes at 1280x720 and 1920x1080, by the clock: python dev/play.py

Drawn by one painter, by two, and by two into a take, as films do. 41.7 is real time. Both painters are at work
already, as they are from the second shot of a film on.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from yingxi.core.clip import Frames
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.media.video import write_take
from yingxi.world.play import play
from yingxi.world.stage import Stage
from yingxi.world.stagecraft import shot_from_prompt

FPS, SECONDS = 24, 4.0
PROMPTS = (
    "a monk walks over the bridge at dusk",
    "the monkey king fights a general on a mountain by day, long shot",
    "a lady dances in a garden, long shot, the camera pans right",
    "a scholar talks in a study, close-up",
    "a knight and a wolf in the snow, medium shot, the camera dollies in",
    "a pirate in a storm on a ship, long shot",
)


def alone(prompt: str, size: Size) -> Iterator[Frames]:
    return play(shot_from_prompt(prompt), size, FPS, SECONDS)


def together(stage: Stage, prompt: str, size: Size) -> Iterator[Frames]:
    return stage.stream(Request(prompt, seconds=SECONDS, size=size, fps=FPS), lambda *_: None)


def measure(frames: Iterator[Frames], path: Path | None = None) -> str:
    """Milliseconds for each frame."""
    began = time.perf_counter()
    count = write_take(path, frames, FPS) if path else sum(1 for _ in frames)
    return f"{1000 * (time.perf_counter() - began) / count:.1f}"


print("| shot | size | one painter | two | take of two |\n| --- | --- | --- | --- | --- |")
with tempfile.TemporaryDirectory() as folder:
    stage = Stage()
    for size in (Size(1280, 720), Size(1920, 1080)):
        next(together(stage, PROMPTS[0], size))
        for prompt in PROMPTS:
            drawn = [measure(alone(prompt, size)), measure(together(stage, prompt, size))]
            taken = measure(together(stage, prompt, size), Path(folder) / "take.mp4")
            print(f"| {prompt} | {size} | {' | '.join(drawn)} | {taken} |", flush=True)
    stage.close()
