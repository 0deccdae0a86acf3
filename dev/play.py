"""Milliseconds a frame that the stage takes at 1280x720: drawing alone, and drawing into a take: python dev/play.py

By the clock, by the CPU time of the drawing thread (what the clock would be where the encoder's threads have cores of
their own), and by that of all threads (what it would be on one core). 41.7 is real time.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.media.video import write_take
from yingxi.world.play import play
from yingxi.world.stagecraft import shot_from_prompt

FPS, SECONDS = 24, 4.0
PROMPTS = (
    "a monk walks over the bridge at dusk",
    "the monkey king fights a general on a mountain by day, long shot",
    "a lady dances in a garden, long shot, the camera pans right",
    "a scholar talks in a study, close-up",
)


def frames(prompt: str) -> Iterator[Frames]:
    return play(shot_from_prompt(prompt), Size(1280, 720), FPS, SECONDS)


def measure(work: Callable[[], int]) -> str:
    """Clock, drawing thread and all threads, in milliseconds for each frame that `work` says it made."""
    clocks = (time.perf_counter, time.thread_time, time.process_time)
    began = [clock() for clock in clocks]
    count = work()
    return " | ".join(f"{1000 * (clock() - start) / count:.1f}" for clock, start in zip(clocks, began, strict=True))


print("| shot | drawn: clock | thread | all | take: clock | thread | all |\n| --- " + "| --- " * 6 + "|")
with tempfile.TemporaryDirectory() as folder:
    for prompt in PROMPTS:
        drawn = measure(lambda prompt=prompt: sum(1 for _ in frames(prompt)))
        taken = measure(lambda prompt=prompt: write_take(Path(folder) / "clip.mp4", frames(prompt), FPS))
        print(f"| {prompt} | {drawn} | {taken} |", flush=True)
