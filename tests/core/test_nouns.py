"""Sizes, times, clips and digests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.clip import Clip, Provenance
from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.time import clock, frame_count

DRAWN = Provenance("stage", "animation")


@given(st.integers(1, 99999), st.integers(1, 99999))
def test_a_size_reads_what_it_writes(width: int, height: int) -> None:
    assert Size.parse(str(Size(width, height))) == Size(width, height)


@pytest.mark.parametrize("text", ["", "1280", "1280x", "x720", "0x720", "1280x720x3", "-1x2", "12.5x4", "wide"])
def test_what_is_no_size_says_so(text: str) -> None:
    with pytest.raises(YingxiError, match="WIDTHxHEIGHT"):
        Size.parse(text)


@given(st.floats(0, 3600), st.sampled_from([12.0, 16.0, 24.0, 25.0, 30.0]))
def test_frames_of_a_duration(seconds: float, fps: float) -> None:
    frames = frame_count(seconds, fps)
    assert frames >= 1
    assert abs(frames / fps - seconds) <= max(0.5 / fps, 1 / fps - seconds) + 1e-9


def test_clock() -> None:
    assert [clock(s) for s in (0, 59.4, 75.2, 3600)] == ["0:00", "0:59", "1:15", "60:00"]


def test_a_clip_checks_its_frames() -> None:
    with pytest.raises(YingxiError, match="uint8"):
        Clip(np.zeros((2, 4, 4, 3), np.float32), 24, DRAWN)  # pyright: ignore[reportArgumentType]


def test_a_clip_is_known_by_its_pixels() -> None:
    black = Clip(np.zeros((2, 4, 6, 3), np.uint8), 24, DRAWN)
    white = Clip(np.full((2, 4, 6, 3), 255, np.uint8), 24, DRAWN)
    assert black.digest == Clip(black.frames.copy(), 24, DRAWN).digest
    assert len({black.digest, white.digest, Clip(black.frames, 12, DRAWN).digest}) == 3
    assert (black.size, black.shape.frames, black.seconds) == (Size(6, 4), 2, 2 / 24)


def test_a_digest_is_of_content() -> None:
    assert digest(Shot(slate="1A"), {"b": 1, "a": 2}) == digest(Shot(slate="1A"), {"a": 2, "b": 1})
    assert digest(Shot(slate="1A")) != digest(Shot(slate="1B"))
    with pytest.raises(TypeError):
        digest(object())
