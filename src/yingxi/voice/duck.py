"""What a film's clips let be heard, under its speech."""

from collections.abc import Sequence

import numpy as np

from yingxi.core.clip import Sound
from yingxi.voice.loudness import loudness

BED = -22.0
"""LUFS that the sound of clips is brought down to where it is louder: speech is at -16."""
DUCK = 14.0
"""Decibels that it is lowered by while a line is spoken: speech is then 20 dB louder, as WCAG 2.2 asks (1.4.7)."""
DOWN, UP = 0.25, 0.5
"""Seconds that it takes to get there before a line begins, and to come back after it has ended."""


def level(sound: Sound) -> Sound:
    """The sound at no more than `BED`."""
    gain = min(1.0, 10 ** ((BED - loudness(sound)) / 20))
    return Sound(sound.samples * np.float32(gain), sound.rate)


def duck(sound: Sound, spoken: Sequence[tuple[float, float]]) -> Sound:
    """The sound, `DUCK` decibels lower from the start to the end, in seconds, of each line that is spoken.

    It falls and rises evenly in decibels; between two lines it rises as far as there is time.
    """
    depth = np.zeros(len(sound.samples), np.float32)
    for start, end in spoken:
        first, last = max(0, round((start - DOWN) * sound.rate)), round((end + UP) * sound.rate)
        part = depth[first:last]
        times = (first + np.arange(len(part))) / sound.rate
        np.maximum(part, np.interp(times, (start - DOWN, start, end, end + UP), (0, 1, 1, 0)), out=part)
    return Sound(sound.samples * np.exp(depth * np.float32(-DUCK / 20 * np.log(10))), sound.rate)
