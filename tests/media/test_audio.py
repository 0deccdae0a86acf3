"""WAV files keep their samples."""

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yingxi.core.clip import Sound
from yingxi.core.errors import YingxiError
from yingxi.media.audio import SoundTrack, decode_sound, read_wav, write_wav


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrays(np.float32, st.integers(0, 300), elements=st.floats(-1, 1, width=32)),
    st.sampled_from([(16, 2e-5), (24, 1e-7)]),
    st.sampled_from([8_000, 24_000, 48_000]),
)
def test_samples_come_back(tmp_path: Path, samples: np.ndarray, depth, rate: int) -> None:
    bits, tolerance = depth
    write_wav(tmp_path / "a.wav", Sound(samples, rate), bits)
    read = read_wav(tmp_path / "a.wav")
    assert read.rate == rate
    assert read.samples.dtype == np.float32
    np.testing.assert_allclose(read.samples, samples, atol=tolerance)


def test_what_is_too_loud_is_clipped(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Sound(np.array([-3, 3], np.float32), 8_000))
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav").samples, [-1, 1])


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_two_channels_are_averaged(tmp_path: Path, width: int) -> None:
    top = 2 ** (8 * width - 1) - 1
    pairs = np.array([[top // 2, 0], [-top // 2, -top // 2]], "<i4")
    raw = (pairs + 128).astype(np.uint8) if width == 1 else pairs.view(np.uint8).reshape(-1, 4)[:, :width]
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(width)
        file.setframerate(8_000)
        file.writeframes(raw.tobytes())
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav").samples, [0.25, -0.5], atol=0.01)


def test_the_decoder_reads_wav_too(tmp_path: Path) -> None:
    samples = np.sin(np.arange(2_000) / 9).astype(np.float32)
    write_wav(tmp_path / "a.wav", Sound(samples, 24_000))
    sound = decode_sound(tmp_path / "a.wav")
    assert sound.rate == 24_000
    np.testing.assert_allclose(sound.samples, samples, atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound at all, by any means"])
def test_what_is_no_wav_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(YingxiError, match=r"a\.wav"):
        read_wav(tmp_path / "a.wav")


def test_a_cut_wav_and_an_absent_one_are_told(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Sound(np.zeros(4_000, np.float32), 8_000))
    (tmp_path / "cut.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:2_001])
    with pytest.raises(YingxiError, match="cut off"):
        read_wav(tmp_path / "cut.wav")
    with pytest.raises(YingxiError, match="cannot read"):
        read_wav(tmp_path / "absent.wav")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, small_disk) -> None:
    (tmp_path / "a.wav").write_bytes(b"what was there")
    with small_disk(1_000), pytest.raises(YingxiError, match="cannot write"):
        write_wav(tmp_path / "a.wav", Sound(np.zeros(48_000, np.float32), 8_000))
    assert (tmp_path / "a.wav").read_bytes() == b"what was there"
    assert len(list(tmp_path.iterdir())) == 1


@given(st.lists(st.floats(0, 3), min_size=1, max_size=20), st.integers(0, 3_000))
def test_a_sound_track_hands_out_every_sample_once(times: list[float], length: int) -> None:
    samples = np.linspace(-1, 1, length, dtype=np.float32)
    track = SoundTrack(Sound(samples, 1_000), 1_000)
    parts = [f.to_ndarray()[0] for t in sorted(times) if (f := track.until(t)) is not None]
    heard = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    assert len(heard) == round(max(times) * 1_000)
    padded = np.pad(samples, (0, max(0, len(heard) - length)))
    np.testing.assert_array_equal(heard, padded[: len(heard)])
