"""Loudness by ITU-R BS.1770, and a limiter for true peaks."""

import numpy as np
from numpy.typing import NDArray

from yingxi.core.clip import Sound

BLOCK = 0.4
CEILING = 10 ** (-1 / 20)
LOOK = 0.005
OVERSAMPLING = 4
MARGIN = 64
ROUNDS = 4


def loudness(sound: Sound) -> float:
    """Integrated loudness in LUFS of one channel, minus infinity for silence (below -70)."""
    import pyloudnorm

    samples = sound.samples.astype(np.float64)
    if not np.any(samples):
        return float("-inf")
    short = round(BLOCK * sound.rate) + 1 - len(samples)
    if short > 0:
        samples = np.pad(samples, (0, short))
    with np.errstate(divide="ignore"):
        return float(pyloudnorm.Meter(sound.rate, block_size=BLOCK).integrated_loudness(samples))


def normalise(sound: Sound, lufs: float = -16.0) -> Sound:
    """The sound at `lufs` integrated, its true peak at most -1 dBTP. Silence stays silence.

    Sound that has only brief peaks may end below the target: the limiter comes first.
    """
    start = loudness(sound)
    if not np.isfinite(start):
        return sound
    gain = lufs - start
    result = sound
    for _ in range(ROUNDS):
        result = limited(Sound(sound.samples * np.float32(10 ** (gain / 20)), sound.rate))
        missing = lufs - loudness(result)
        if abs(missing) < 0.05 or gain > lufs - start + 12:
            break
        gain += missing
    return result


def limited(sound: Sound) -> Sound:
    """The sound with its true peak at most -1 dBTP, turned down smoothly five milliseconds around each peak."""
    peaks = _peaks(sound.samples)
    if not len(peaks) or peaks.max() <= CEILING:
        return sound
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    look = max(1, round(LOOK * sound.rate))
    gain = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    # Averaging what was the least over the same window never rises above the least itself.
    gain = uniform_filter1d(minimum_filter1d(gain, 2 * look + 1, mode="nearest"), 2 * look + 1, mode="nearest")
    samples = (sound.samples * gain).astype(np.float32)
    over = float(_peaks(samples).max()) / CEILING
    return Sound(samples / np.float32(over) if over > 1 else samples, sound.rate)


def true_peak(sound: Sound) -> float:
    """The largest magnitude of the signal four times oversampled (BS.1770-4, annex 2); 1.0 is full scale."""
    return float(np.max(_peaks(sound.samples), initial=0))


def _peaks(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """The largest magnitude between each sample and the next, from the oversampled signal, block by block."""
    from scipy.signal import resample_poly

    peaks = np.empty(len(samples))
    block = 1 << 18
    for start in range(0, len(samples), block):
        before = min(start, MARGIN)
        part = samples[start - before : start + block + MARGIN].astype(np.float64)
        fine = np.abs(resample_poly(part, OVERSAMPLING, 1)).reshape(-1, OVERSAMPLING).max(axis=1)
        length = min(block, len(samples) - start)
        peaks[start : start + length] = fine[before : before + length]
    return peaks
