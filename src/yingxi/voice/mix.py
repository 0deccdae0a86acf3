"""Spoken lines laid on one track."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from yingxi.core.clip import Sound
from yingxi.core.errors import YingxiError

FADE = 0.008
PEAK = 0.89


def mix(lines: Sequence[tuple[float, Sound]], seconds: float, rate: int = 48000) -> Sound:
    """One track of `seconds` with each sound at its start in seconds; what runs past the end is faded out there.

    Sounds may overlap. The whole is turned down where its peak would pass -1 dBFS. Raises YingxiError for a start
    before zero.
    """
    track = np.zeros(max(0, round(seconds * rate)), np.float32)
    for start, sound in lines:
        if start < 0:
            raise YingxiError(f"a line starts at {start:g} s, before its track begins")
        at = round(start * rate)
        samples = resampled(sound, rate).samples[: max(0, len(track) - at)]
        track[at : at + len(samples)] += _faded(samples, round(FADE * rate))
    peak = float(np.max(np.abs(track), initial=0))
    return Sound(track * np.float32(PEAK / peak) if peak > PEAK else track, rate)


def resampled(sound: Sound, rate: int) -> Sound:
    """The same sound at another rate, by a polyphase filter."""
    if sound.rate == rate:
        return sound
    from scipy.signal import resample_poly

    ratio = Fraction(rate, sound.rate)
    samples = resample_poly(sound.samples, ratio.numerator, ratio.denominator)
    return Sound(np.asarray(samples, np.float32), rate)


def _faded(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """The samples with raised-cosine edges of `length`, shorter where there is no room."""
    length = min(length, len(samples) // 2)
    if not length:
        return samples
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)).astype(np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[-length:] *= ramp[::-1]
    return faded
