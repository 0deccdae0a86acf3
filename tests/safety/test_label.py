"""The visible label is where, as large and as long as GB 45438-2025 asks, measured from pixels."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.story import Language
from yingxi.safety.label import LABEL_SECONDS, label_opening, labelled


def ink_rows(width: int, height: int, language: Language, ground: int = 0) -> tuple[int, np.ndarray]:
    """Height in pixels of the label's letters on a plain ground, and which pixels are letters."""
    picture = np.full((height, width, 3), ground, np.uint8)
    ink = labelled(picture, language).min(axis=-1) > 150 if ground < 100 else None
    assert ink is not None
    rows = np.flatnonzero(ink.any(axis=1))
    return rows[-1] - rows[0] + 1, ink


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "size", [(1280, 720), (720, 1280), (1920, 1080), (640, 360), (320, 180), (160, 96), (96, 96)]
)
def test_letters_are_high_enough_and_at_an_edge(size: tuple[int, int], language: Language) -> None:
    width, height = size
    letters, ink = ink_rows(width, height, language)
    assert letters >= math.ceil(0.05 * min(size))
    assert letters <= 0.16 * min(size)  # and not a banner
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert rows[-1] < 0.2 * height
    assert columns[-1] > 0.9 * width
    assert columns[0] > 0


def test_capitals_alone_are_high_enough() -> None:
    """The A, leftmost in the English label, has no part below the line as g has."""
    _, ink = ink_rows(1280, 720, "en")
    columns = ink.any(axis=0)
    left = np.flatnonzero(columns)[0]
    right = left + np.flatnonzero(~columns[left:])[0]
    rows = np.flatnonzero(ink[:, left:right].any(axis=1))
    assert rows[-1] - rows[0] + 1 >= 36


@pytest.mark.parametrize("ground", [0, 64, 128, 200, 255])
def test_it_can_be_read_on_any_ground(ground: int) -> None:
    picture = np.full((360, 640, 3), ground, np.uint8)
    changed = labelled(picture, "en")
    area = changed[(changed != picture).any(axis=-1)].astype(float)
    light, dark = np.percentile(area.mean(axis=-1), [99, 10])

    def luminance(value: float) -> float:
        return (value / 255) ** 2.2

    assert (luminance(light) + 0.05) / (luminance(dark) + 0.05) >= 4.5  # WCAG 2, ordinary text


@pytest.mark.parametrize("fps", [12, 24, 30])
def test_it_stays_three_seconds_then_fades(fps: int) -> None:
    frames = [np.full((48, 64, 3), 30, np.uint8)] * (5 * fps)
    out = list(label_opening(frames, fps, "zh"))
    assert len(out) == len(frames)
    full = labelled(frames[0], "zh")
    whole = [np.array_equal(frame, full) for frame in out]
    assert whole.index(False) == round(LABEL_SECONDS * fps)
    assert all(np.array_equal(a, b) for a, b in zip(out[4 * fps :], frames[4 * fps :], strict=True))


def test_a_short_clip_has_it_throughout() -> None:
    frames = [np.full((48, 64, 3), 30, np.uint8)] * 10
    assert all((frame != 30).any() for frame in label_opening(frames, 24, "en"))


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 400), st.integers(2, 400), st.sampled_from(["en", "zh"]))
def test_any_size_can_be_labelled(width: int, height: int, language: Language) -> None:
    picture = np.full((height, width, 3), 30, np.uint8)
    result = labelled(picture, language)
    assert result.shape == picture.shape
    assert (picture == 30).all()
    assert (result != picture).any()
