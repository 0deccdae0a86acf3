import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.clip import Sound
from yingxi.core.errors import YingxiError
from yingxi.voice.loudness import CEILING, loudness, normalise, true_peak
from yingxi.voice.mix import mix


def tone(seconds: float, rate: int = 24000, hertz: float = 440, level: float = 0.3) -> Sound:
    time = np.arange(round(seconds * rate)) / rate
    return Sound((level * np.sin(2 * np.pi * hertz * time)).astype(np.float32), rate)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 2)), max_size=5),
    st.floats(0, 4),
    st.sampled_from([16000, 24000, 44100, 48000]),
)
def test_a_mix_is_as_long_as_asked_and_never_clips(
    lines: list[tuple[float, float]], seconds: float, rate: int
) -> None:
    mixed = mix([(start, tone(length, level=0.9)) for start, length in lines], seconds, rate)
    assert len(mixed.samples) == round(seconds * rate)
    assert mixed.samples.dtype == np.float32
    assert np.max(np.abs(mixed.samples), initial=0) <= 0.8901


def test_a_line_lies_where_it_starts() -> None:
    mixed = mix([(1.0, tone(0.5))], 3.0)
    heard = np.flatnonzero(np.abs(mixed.samples) > 0.05) / mixed.rate
    assert heard[0] == pytest.approx(1.0, abs=0.01)
    assert heard[-1] == pytest.approx(1.5, abs=0.01)


def test_a_tone_keeps_its_pitch_at_another_rate() -> None:
    mixed = mix([(0.0, tone(1.0, hertz=1000))], 1.0)
    spectrum = np.abs(np.fft.rfft(mixed.samples))
    assert np.argmax(spectrum) == 1000


def test_edges_are_soft() -> None:
    mixed = mix([(0.0, Sound(np.ones(2400, np.float32) * 0.5, 24000))], 0.05)
    assert abs(mixed.samples[0]) < 0.01
    assert abs(mixed.samples[-1]) < 0.01


def test_a_line_before_the_track_is_refused() -> None:
    with pytest.raises(YingxiError, match="before its track begins"):
        mix([(-0.5, tone(1))], 2)


def test_a_sine_measures_as_the_standard_says() -> None:
    # BS.1770: a 997 Hz sine at full scale in one channel reads -3.01 LUFS.
    assert loudness(tone(5, 48000, 997, 1.0)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.9])
def test_loudness_is_brought_to_the_target(level: float) -> None:
    result = normalise(tone(3, 48000, level=level))
    assert loudness(result) == pytest.approx(-16, abs=0.1)
    assert true_peak(result) <= CEILING * 1.001


def test_peaks_are_limited_and_speech_keeps_its_loudness() -> None:
    random = np.random.default_rng(0)
    samples = (random.standard_normal(48000 * 4) * 0.05).astype(np.float32)
    samples[::12000] = 0.9
    result = normalise(Sound(samples, 48000))
    assert true_peak(result) <= CEILING * 1.001
    assert loudness(result) == pytest.approx(-16, abs=0.5)


def test_silence_and_nothing_stay() -> None:
    for length in (0, 100, 48000):
        assert not np.any(normalise(Sound(np.zeros(length, np.float32), 48000)).samples)


def test_true_peak_sees_between_samples() -> None:
    time = np.arange(48000)
    between = Sound(np.sin(np.pi / 2 * time + np.pi / 4).astype(np.float32), 48000)
    assert np.max(np.abs(between.samples)) == pytest.approx(0.7071, abs=0.001)
    assert true_peak(between) == pytest.approx(1.0, abs=0.05)
