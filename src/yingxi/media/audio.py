"""Sound files: PCM WAV written and read, and the sound of any other file."""

import wave
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import numpy as np
from av import AudioFrame, AudioResampler

from yingxi.core.clip import Sound
from yingxi.core.errors import YingxiError
from yingxi.core.files import writing
from yingxi.media.container import reading


def read_wav(path: Path) -> Sound:
    """A PCM WAV file of 8 to 32 bits as one channel (several are averaged).

    Raises YingxiError if it is not there, not whole, or not plain PCM.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data, frames = file.readframes(file.getnframes()), file.getnframes()
    except (wave.Error, EOFError) as error:
        raise YingxiError(f"{path} is not a plain PCM WAV file: {error or 'it is cut off'}") from error
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    if len(data) != frames * width * channels:
        raise YingxiError(f"{path} is cut off: {frames} samples are announced and fewer are there")
    samples = _from_pcm(data, width).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    return Sound(samples, rate)


def write_wav(path: Path, sound: Sound, bits: Literal[16, 24] = 16) -> None:
    """A mono PCM WAV file, whole or not at all. What is outside -1..1 is clipped."""
    with writing(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(bits // 8)
        file.setframerate(sound.rate)
        file.writeframes(_to_pcm(sound.samples, bits))


def decode_sound(path: Path) -> Sound:
    """The first sound stream of any media file as one channel at its own rate."""
    with reading(path) as container:
        if not container.streams.audio:
            raise YingxiError(f"{path} has no sound in it")
        stream = container.streams.audio[0]
        resampler = AudioResampler(format="flt", layout="mono", rate=stream.rate)
        parts = [
            cast(np.ndarray, part.to_ndarray()).reshape(-1)
            for frame in [*container.decode(stream), None]
            for part in resampler.resample(frame)
        ]
        samples = np.concatenate(parts) if parts else np.zeros(0)
        return Sound(samples.astype(np.float32), stream.rate)


class SoundTrack:
    """Hands out a sound as audio frames at `rate` hertz, as far as the picture has come, silence after its end."""

    def __init__(self, sound: Sound, rate: int) -> None:
        self._rate = rate
        self._samples = _resampled(sound, rate)
        self._done = 0

    def until(self, seconds: float) -> AudioFrame | None:
        """The samples from where the last call ended up to `seconds`; None where there are none."""
        end = round(seconds * self._rate)
        if end <= self._done:
            return None
        part = self._samples[self._done : end]
        part = np.pad(part, (0, end - self._done - len(part)))
        frame = AudioFrame.from_ndarray(part[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._done, Fraction(1, self._rate)
        self._done = end
        return frame


def _resampled(sound: Sound, rate: int) -> np.ndarray:
    samples = np.ascontiguousarray(sound.samples, np.float32)
    if sound.rate == rate or not len(samples):
        return samples
    frame = AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = sound.rate
    resampler = AudioResampler(format="fltp", layout="mono", rate=rate)
    return np.concatenate([p.to_ndarray()[0] for f in (frame, None) for p in resampler.resample(f)])


def _to_pcm(samples: np.ndarray, bits: int) -> bytes:
    top = 2 ** (bits - 1) - 1
    whole = np.round(np.clip(samples.astype(np.float64), -1, 1) * top).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes()


def _from_pcm(data: bytes, width: int) -> np.ndarray:
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 127
    raw = np.frombuffer(data, np.uint8).reshape(-1, width)
    whole = np.zeros((len(raw), 4), np.uint8)
    whole[:, 4 - width :] = raw  # in the high bytes, so that the sign is right
    scale = (2 ** (8 * width - 1) - 1) * 2.0 ** (32 - 8 * width)
    return (whole.view("<i4")[:, 0] / scale).astype(np.float32)
