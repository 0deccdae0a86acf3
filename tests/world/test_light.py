"""The lamp: brighter in the middle, darker at the edges, quick, quiet, and at home at any size."""

import time

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.shapes import Size
from yingxi.world.light import Lamp

TIMES = ["dawn", "day", "dusk", "night"]


def lit(size: Size, hour: str = "day", seconds: float = 0.0, seed: int = 0, weather="clear", grey=190) -> np.ndarray:
    surface = skia.Surface(size.width, size.height)
    surface.getCanvas().clear(skia.Color(grey, grey, grey))
    Lamp(hour, weather, False, size, seed).finish(surface.getCanvas(), seconds)  # type: ignore[arg-type]
    return surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].astype(float)


@pytest.mark.parametrize("hour", TIMES)
@pytest.mark.parametrize("size", [Size(160, 96), Size(320, 180), Size(180, 320), Size(240, 240)])
def test_the_middle_is_brighter_than_the_edges(hour, size):
    picture = lit(size, hour)
    h, w = size.height, size.width
    middle = picture[h * 2 // 5 : h * 3 // 5, w * 2 // 5 : w * 3 // 5].mean()
    corners = np.mean([picture[:4, :4].mean(), picture[-4:, -4:].mean(), picture[:4, -4:].mean()])
    assert middle > corners + 60
    assert middle > 190


def test_hours_have_their_colours():
    red, _, blue = lit(Size(160, 96), "dusk").mean(axis=(0, 1))
    assert red > blue + 8
    red, _, blue = lit(Size(160, 96), "night").mean(axis=(0, 1))
    assert blue > red + 4


def test_the_weave_melts_away_when_small():
    def grain(size: Size) -> float:
        picture = lit(size, grey=150)[..., 1]
        return float(np.abs(np.diff(picture, axis=1)).mean())

    assert grain(Size(160, 96)) < grain(Size(1280, 720)) + 0.5
    small = lit(Size(160, 96), grey=150)[40:56, 60:100, 1]
    assert np.abs(np.diff(small, axis=1)).mean() < 1.0


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 3600), st.integers(0, 2**31), st.booleans())
def test_the_flicker_is_slight_and_repeatable(seconds, seed, interior):
    lamp = Lamp("night", "clear", interior, Size(32, 18), seed)
    assert 0.6 <= lamp.flicker(seconds) <= 1.0
    assert lamp.flicker(seconds) == Lamp("night", "clear", interior, Size(32, 18), seed).flicker(seconds)
    assert abs(lamp.flicker(seconds) - lamp.flicker(seconds + 1 / 24)) < 0.1


def test_the_same_seed_gives_the_same_light():
    assert np.array_equal(lit(Size(160, 96), seconds=1.25, seed=3), lit(Size(160, 96), seconds=1.25, seed=3))


def test_the_canvas_keeps_its_matrix():
    surface = skia.Surface(64, 36)
    canvas = surface.getCanvas()
    canvas.scale(3, 3)
    before = canvas.getTotalMatrix()
    Lamp("day", "clear", False, Size(64, 36), 0).finish(canvas, 0.5)
    assert list(canvas.getTotalMatrix().get9()) == list(before.get9())


@pytest.mark.slow
def test_a_frame_is_lit_in_a_few_milliseconds():
    size = Size(1280, 720)
    surface = skia.Surface(size.width, size.height)
    lamp = Lamp("day", "clear", False, size, 0)
    best = 1.0
    for k in range(12):
        start = time.process_time()
        lamp.finish(surface.getCanvas(), k / 24)
        best = min(best, time.process_time() - start)
    assert best < 0.008
