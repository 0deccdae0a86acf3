"""Kokoro speaks lines in English and Mandarin."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yingxi.core.cast import VoiceProfile
from yingxi.core.clip import Sound
from yingxi.core.digest import digest
from yingxi.core.story import Language
from yingxi.voice import timbres
from yingxi.voice.phonemes import breaths, phonemes
from yingxi.voice.speaker import RATE, Speaker, styles, weights_digest
from yingxi.voice.timbres import Timbre

SILENCE = 0.1
EDGE = 0.03
QUIET = 0.004
LEVEL, PEAK = 0.12, 0.95
SENTENCE_PAUSE, CLAUSE_PAUSE = 0.32, 0.14


def identity() -> str:
    """The speaker's name and what its lines depend on: the digest of its weights and of the voices in the box."""
    return f"kokoro {digest(weights_digest(), timbres.table())}"


class Kokoro:
    """The voice in the box. The network is loaded by the first line that is spoken."""

    name = "kokoro"

    @cached_property
    def _speaker(self) -> Speaker:
        return Speaker()

    @cached_property
    def _styles(self) -> dict[str, NDArray[np.float32]]:
        return styles()

    def say(self, text: str, profile: VoiceProfile, language: Language) -> Sound:
        """Speak a line: mono, 24 kHz, without silence at its ends; a short silence if nothing can be spoken.

        Raises YingxiError for a voice that is not in the table of timbres.
        """
        timbre = timbres.find(profile.name)
        style = timbre.style(self._styles)
        parts: list[NDArray[np.float32]] = []
        for piece in breaths(phonemes(text, language)):
            if any(sound.isalpha() for sound in piece):
                parts += [self._breath(piece, style, timbre, profile), _pause(piece, profile.tempo)]
        if not parts:
            return Sound(np.zeros(round(SILENCE * RATE), np.float32), RATE)
        return Sound(_levelled(np.concatenate(parts[:-1])), RATE)

    def profiles(self, language: Language) -> Sequence[VoiceProfile]:
        """The voices that a recogniser understands in a language, the narrator's first."""
        return tuple(timbre.profile for timbre in timbres.table() if language in timbre.languages)

    def _breath(
        self, piece: str, style: NDArray[np.float32], timbre: Timbre, profile: VoiceProfile
    ) -> NDArray[np.float32]:
        """One piece of speech. Another throat is the whole sound resampled, with speed and pitch set against it."""
        throat = timbre.throat
        samples = self._speaker.speak(
            piece, style, speed=profile.tempo * timbre.speed / throat, pitch=2 ** (profile.pitch / 12) / throat
        )
        if throat != 1:
            samples = _resampled(samples, throat)
        return _trimmed(samples)


def _resampled(samples: NDArray[np.float32], faster: float) -> NDArray[np.float32]:
    """The samples played `faster` times as fast."""
    from fractions import Fraction

    from scipy.signal import resample_poly

    ratio = Fraction(1 / faster).limit_denominator(100)
    return np.asarray(resample_poly(samples, ratio.numerator, ratio.denominator), np.float32)


def _trimmed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    if not len(loud):
        return samples[:0]
    edge = round(EDGE * RATE)
    return samples[max(0, loud[0] - edge) : loud[-1] + edge]


def _levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every line equally loud: what is heard of it at LEVEL (root mean square), its peak at most PEAK."""
    heard = samples[np.abs(samples) > QUIET]
    if not len(heard):
        return samples
    gain = min(LEVEL / float(np.sqrt(np.mean(heard**2))), PEAK / float(np.max(np.abs(heard))))
    return samples * np.float32(gain)


def _pause(piece: str, tempo: float) -> NDArray[np.float32]:
    """Silence after a piece: longer after a sentence than after a clause."""
    end = piece.rstrip("”) ")[-1:]
    seconds = SENTENCE_PAUSE if end in ".!?…" else CLAUSE_PAUSE
    return np.zeros(round(seconds / tempo * RATE), np.float32)
