"""Frames a second that the stage draws at 1280x720, by the clock and by CPU time, one thread: python dev/play.py"""

import time

from yingxi.core.shapes import Size
from yingxi.world.play import play
from yingxi.world.stagecraft import shot_from_prompt

PROMPTS = (
    "a monk walks over the bridge at dusk",
    "the monkey king fights a general on a mountain by day, long shot",
    "a lady dances in a garden, long shot, the camera pans right",
    "a scholar talks in a study, close-up",
)

for prompt in PROMPTS:
    clock, cpu = time.perf_counter(), time.process_time()
    frames = sum(1 for _ in play(shot_from_prompt(prompt), Size(1280, 720), 24, 4))
    by_clock, by_cpu = frames / (time.perf_counter() - clock), frames / (time.process_time() - cpu)
    print(f"| {prompt} | {by_clock:.0f} | {by_cpu:.0f} |")
