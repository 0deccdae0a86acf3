"""The hour and the weather as light: what they do to the sky, to every pigment and to the lamp."""

from dataclasses import dataclass, replace
from typing import Literal

from yingxi.core.shot import TimeOfDay, Weather
from yingxi.world.pigment import RGB, mix, rgb


@dataclass(frozen=True)
class Hour:
    """`sky` runs from the top to the horizon; `core` is where the lamp is brightest; `haze` is what distance
    turns into; `dye` multiplies every pigment; `shade` is the colour of the picture's dark edge. `cover` (0 to 1) is
    how much of sun and stars the weather hides, `snow` how white what lies under the sky has become, `autumn` how far
    green has turned. `low` is where the sun rises (-1, left) or sets (1, right)."""

    sky: tuple[RGB, RGB, RGB]
    core: RGB
    haze: RGB
    dye: RGB
    shade: RGB
    orb: RGB
    night: bool = False
    cover: float = 0.0
    snow: float = 0.0
    autumn: float = 0.0
    low: Literal[-1, 0, 1] = 0


HOURS: dict[TimeOfDay, Hour] = {
    "dawn": Hour(
        (rgb("#c3c6e2"), rgb("#f7d3c8"), rgb("#ffe9c9")),
        rgb("#fff4df"), rgb("#fbe2d0"), (1.0, 0.93, 0.93), rgb("#7c3f4c"), rgb("#f0836a"), low=-1,
    ),
    "day": Hour(
        (rgb("#d3e2d0"), rgb("#fbf4da"), rgb("#fae9c0")),
        rgb("#fffbee"), rgb("#fbf0d2"), (1.0, 1.0, 1.0), rgb("#7a4a1c"), rgb("#f3b545"),
    ),
    "dusk": Hour(
        (rgb("#b8614f"), rgb("#f2a45c"), rgb("#ffd692")),
        rgb("#ffe7b0"), rgb("#f8c283"), (0.97, 0.80, 0.68), rgb("#5c1c14"), rgb("#d8361c"), low=1,
    ),
    "night": Hour(
        (rgb("#2c4a8a"), rgb("#7394cf"), rgb("#a9c1e6")),
        rgb("#dbe6f7"), rgb("#8ba7d6"), (0.40, 0.56, 0.92), rgb("#0c1638"), rgb("#fdf6dc"), night=True,
    ),
}  # fmt: skip


def seen(weather: Weather, interior: bool) -> Weather:
    """What of the weather is seen: indoors only fire."""
    return weather if not interior or weather == "fire" else "clear"


def hour(time: TimeOfDay, weather: Weather = "clear", interior: bool = False) -> Hour:
    """The light of an hour. Rain greys it, snow and fog whiten it; indoors the lamp is candles, not the sky."""
    light = _indoors(HOURS[time]) if interior else HOURS[time]
    weather = seen(weather, interior)
    grey, share = {
        "clear": (light.haze, 0.0),
        "rain": (mix(light.haze, rgb("#74858f"), 0.6), 0.62),
        "snow": (mix(light.haze, rgb("#b9c6d2"), 0.6), 0.6),
        "fog": (mix(light.haze, rgb("#e4e0d2"), 0.35), 0.6),
        "storm": (mix(light.haze, rgb("#56657a"), 0.6), 0.8),
        "fire": (mix(light.haze, rgb("#f06a34"), 0.75), 0.7),
        "petals": (mix(light.haze, rgb("#f7cfc9"), 0.6), 0.25),
        "leaves": (mix(light.haze, rgb("#f0b765"), 0.5), 0.3),
    }[weather]
    sky = (mix(light.sky[0], grey, share), mix(light.sky[1], grey, share), mix(light.sky[2], grey, share))
    return replace(
        light, sky=sky, haze=mix(light.haze, grey, share), core=mix(light.core, grey, share * 0.5),
        cover={"rain": 0.85, "storm": 0.95, "snow": 0.7, "fog": 0.55, "fire": 0.6}.get(weather, 0.0),
        snow=0.65 if weather == "snow" else 0.0, autumn=0.9 if weather == "leaves" else 0.0,
    )  # fmt: skip


def _indoors(light: Hour) -> Hour:
    """Rooms keep the hour as a tint; at night they are dim and blue, but where flames light them."""
    if light.night:
        walls = (rgb("#3d4f8c"), rgb("#a79a9c"), rgb("#c2a283"))
        dim = (0.74, 0.67, 0.78)
        return Hour(walls, rgb("#ffe0a0"), rgb("#a39aa8"), dim, rgb("#0b1030"), light.orb, night=True)
    ivory = rgb("#fbeecb")
    sky = (mix(light.sky[0], ivory, 0.3), mix(light.sky[1], ivory, 0.3), mix(light.sky[2], ivory, 0.3))
    return replace(light, sky=sky, haze=mix(light.haze, ivory, 0.3))
