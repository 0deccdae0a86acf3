"""Videos are written whole or not at all, and read back as they were."""

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yingxi.core.clip import Frames, Provenance
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.media.container import rate
from yingxi.media.video import probe, read_clip, read_frames, write_take

STAGE = Provenance("stage", "animation")


def moving(count: int, width: int = 64, height: int = 48) -> Iterator[Frames]:
    """A light square that walks over a dark gradient."""
    rows, columns = np.mgrid[0:height, 0:width]
    for index in range(count):
        frame = np.stack([rows * 80 // height, columns * 60 // width, np.full_like(rows, 40)], -1).astype(np.uint8)
        frame[4:12, index : index + 8] = (230, 180, 90)
        yield frame


def test_a_take_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "takes" / "clip.mp4"
    assert write_take(path, moving(12), 24) == 12
    info = probe(path)
    assert (info.size, info.fps, info.frames) == (Size(64, 48), 24, 12)
    assert info.seconds == pytest.approx(0.5)
    assert [s.kind for s in info.streams] == ["video"]
    assert info.streams[0].codec == "h264"
    for written, read in zip(moving(12), read_frames(path), strict=True):
        assert np.abs(written.astype(int) - read).mean() < 3
    clip = read_clip(path, STAGE)
    assert clip.frames.shape == (12, 48, 64, 3)
    assert (clip.fps, clip.sound, clip.provenance) == (24, None, STAGE)
    assert [p.name for p in path.parent.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30), (20, 120, 40), (30, 40, 160)])
def test_colours_survive(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    flat = np.full((32, 32, 3), colour, np.uint8)
    write_take(tmp_path / "flat.mp4", [flat] * 3, 24)
    for frame in read_frames(tmp_path / "flat.mp4"):
        assert np.abs(frame.astype(int) - flat).max() <= 4


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(16, 70), st.integers(16, 70), st.integers(1, 5))
def test_any_size_is_kept_odd_ones_too(tmp_path: Path, width: int, height: int, count: int) -> None:
    path = tmp_path / "take.mp4"
    assert write_take(path, moving(count, width, height), 12) == count
    frames = list(read_frames(path))
    assert len(frames) == count
    assert frames[0].shape == (height, width, 3)


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(24, Fraction(24)), (23.976, Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)), (12.5, Fraction(25, 2))],
)
def test_frame_rates(fps: float, expected: Fraction) -> None:
    assert rate(fps) == expected


@pytest.mark.parametrize("fps", [0, -1, 1e6, float("nan")])
def test_impossible_frame_rates_are_refused(fps: float) -> None:
    with pytest.raises(YingxiError, match="frame rate"):
        rate(fps)


def test_no_frames_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "none.mp4"
    path.write_bytes(b"what was there")
    with pytest.raises(YingxiError, match="no frames"):
        write_take(path, [], 24)
    assert path.read_bytes() == b"what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["none.mp4"]


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    frames = [np.zeros((32, 32, 3), np.uint8), np.zeros((32, 34, 3), np.uint8)]
    with pytest.raises(YingxiError, match="frame 1"):
        write_take(tmp_path / "take.mp4", frames, 24)
    assert not list(tmp_path.iterdir())


def test_a_maker_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def failing() -> Iterator[Frames]:
        yield from moving(3)
        raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError, match="lamp"):
        write_take(tmp_path / "take.mp4", failing(), 24)
    assert not list(tmp_path.iterdir())


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "story.mp4").write_text("Once upon a time")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(YingxiError, match="not a whole video"):
        probe(tmp_path / "story.mp4")
    with pytest.raises(YingxiError, match="not a whole video"):
        list(read_frames(tmp_path / "empty.mp4"))
    (tmp_path / "story.txt").write_text("Once upon a time\n" * 99)
    with pytest.raises(YingxiError, match="is text"):
        probe(tmp_path / "story.txt")
    with pytest.raises(YingxiError, match="no such file"):
        probe(tmp_path / "absent.mp4")
    with pytest.raises(YingxiError, match="folder"):
        probe(tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_told(tmp_path: Path, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (24, 48, 64, 3), dtype=np.uint8)
    write_take(tmp_path / "take.mp4", noise, 24)
    data = (tmp_path / "take.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(YingxiError, match=r"cut\.mp4"):
        list(read_frames(tmp_path / "cut.mp4"))


def test_what_is_appended_to_a_file_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    write_take(path, moving(3), 24)
    path.write_bytes(path.read_bytes() + b"\x80\x00\xff\x01 trailer of another program")
    assert len(list(read_frames(path))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are POSIX")
@pytest.mark.parametrize("room", [2_000, 60_000])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, room: int, small_disk) -> None:
    path = tmp_path / "take.mp4"
    path.write_bytes(b"what was there")
    noise = np.random.default_rng(0).integers(0, 255, (30, 96, 160, 3), dtype=np.uint8)
    with small_disk(room), pytest.raises(YingxiError, match=r"cannot write .*take\.mp4"):
        write_take(path, noise, 24)
    assert path.read_bytes() == b"what was there"
    assert len(list(tmp_path.iterdir())) == 1
