"""Weather falls or drifts, evenly, the same for the same seed and second."""

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.world.hour import hour, seen
from yingxi.world.pigment import rgb, turned
from yingxi.world.tempest import FLASH, PERIOD
from yingxi.world.weather import HEIGHT, LEFT, TOP, WIDTH, Falling

SEEN = ["rain", "storm", "snow", "fog", "petals", "leaves", "fire"]


def falling(weather: str, seconds: float, seed: int = 0, near: bool = False, scale: int = 6) -> np.ndarray:
    surface = skia.Surface(round(WIDTH * scale), round(HEIGHT * scale))
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    canvas.scale(scale, scale)
    canvas.translate(-LEFT, -TOP)
    Falling(weather, hour("day", weather), seed, near).draw(canvas, seconds)  # type: ignore[arg-type]
    return surface.makeImageSnapshot().toarray()[..., 3]


@pytest.mark.parametrize("weather", SEEN)
@pytest.mark.parametrize("near", [False, True])
def test_weather_is_seen_and_moves(weather, near):
    first, later = falling(weather, 0.0, near=near), falling(weather, 0.5, near=near)
    assert first.max() > 0
    assert not np.array_equal(first, later)


def test_clear_weather_is_nothing():
    assert falling("clear", 1.0).max() == 0


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(SEEN), st.floats(0, 3600), st.integers(0, 2**40))
def test_weather_repeats_for_seed_and_second(weather, seconds, seed):
    assert np.array_equal(falling(weather, seconds, seed), falling(weather, seconds, seed))


@pytest.mark.parametrize("weather", ["rain", "storm", "snow", "petals", "leaves"])
@pytest.mark.parametrize("seconds", [0.0, 100.0, 1000.0])
def test_weather_covers_the_whole_stage_at_any_time(weather, seconds):
    picture = falling(weather, seconds)
    quarters = [half for band in np.array_split(picture, 2) for half in np.array_split(band, 4, axis=1)]
    assert all(quarter.any() for quarter in quarters)


@pytest.mark.parametrize("weather", SEEN)
def test_weather_leaves_figures_to_be_seen(weather):
    assert falling(weather, 2.0).mean() < 255 * 0.6
    assert falling(weather, 2.0, near=True)[: (9 * 6)].mean() < 255 * 0.25


def test_rain_falls_and_snow_falls_more_slowly():
    def drop(weather: str) -> float:
        """Rows that a curtain sinks in a twentieth of a second, by correlation."""
        a, b = (falling(weather, t, scale=12).astype(float) for t in (1.0, 1.05))
        scores = [(a[: len(a) - k] * b[k:]).sum() if k else (a * b).sum() for k in range(14)]
        return float(np.argmax(scores))

    assert drop("rain") > drop("snow") >= 0


def test_lightning_flashes_and_is_gone():
    light = [falling("storm", float(t), near=True).mean() for t in np.arange(0, 2 * PERIOD, FLASH / 4)]
    dark = min(light)
    bright = [value > dark + 5 for value in light]
    assert bright[0]
    assert 0.05 < sum(bright) / len(bright) < 0.5
    assert any(bright[len(bright) // 2 :])


def test_flames_stand_higher_at_the_sides_than_where_the_actors_are():
    burning = falling("fire", 1.0, scale=8) == 255
    tall = burning[: round((7.6 - TOP) * 8)].sum(axis=0)
    middle = tall[round((6.5 - LEFT) * 8) : round((9.5 - LEFT) * 8)].mean()
    assert tall[round(8 * (1 - LEFT)) : round(8 * (4 - LEFT))].mean() > 1.6 * middle > 0


def test_only_fire_is_seen_indoors():
    assert [w for w in SEEN if seen(w, interior=True) != "clear"] == ["fire"]
    assert all(seen(w, interior=False) == w for w in SEEN)
    assert hour("day", "rain", interior=True) == hour("day", "clear", interior=True)
    assert hour("day", "fire", interior=True).haze != hour("day", "clear", interior=True).haze


def test_autumn_turns_what_is_green_and_nothing_else():
    red, green, _ = turned(rgb("leaf"), 1.0)
    assert red > green
    for name in ("cinnabar", "azurite", "ivory", "umber", "gold"):
        assert turned(rgb(name), 1.0) == pytest.approx(rgb(name), abs=0.02)
