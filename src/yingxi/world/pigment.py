"""Pigments of the scenery: the mineral colours of Chinese painting by name, or any `#rrggbb`."""

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

RGB = tuple[float, float, float]
"""Red, green and blue, 0 to 1, as sRGB stores them."""

PIGMENTS = {
    "ink": "#2a1a12",
    "soot": "#3b2a20",
    "umber": "#6b4426",
    "bark": "#7a4e2c",
    "ochre": "#c8893a",
    "sand": "#e2b56c",
    "straw": "#e9cb84",
    "ivory": "#fbf0d2",
    "white": "#ffffff",
    "gold": "#e8b13a",
    "amber": "#e39a2e",
    "orange": "#dd6b28",
    "cinnabar": "#c8321f",
    "crimson": "#9c1f2a",
    "lacquer": "#7d2018",
    "rose": "#e58a86",
    "peach": "#f2b79a",
    "azurite": "#2f6f9f",
    "indigo": "#27446f",
    "sky": "#8fbcc9",
    "malachite": "#3c8a63",
    "jade": "#7fb58a",
    "pine": "#2e5f45",
    "moss": "#7d8a3c",
    "leaf": "#5f9440",
    "teal": "#2b7d7d",
    "slate": "#6d7780",
    "stone": "#a29a88",
    "plum": "#6d3a5e",
    "violet": "#7a5a94",
}


@lru_cache(maxsize=1024)
def rgb(name: str) -> RGB:
    """The colour that a name or `#rrggbb` stands for. Raises ValueError for anything else."""
    text = PIGMENTS.get(name, name)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"no pigment is called {name!r}; write #rrggbb or one of {', '.join(PIGMENTS)}")
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`a` with a share (0 to 1) of `b`."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def turned(tone: RGB, share: float) -> RGB:
    """A tone as autumn leaves it: what is green goes to amber and rust, the rest stays."""
    red, green, blue = tone
    green_is = min(1.0, max(0.0, 9 * (green - max(red, blue))))
    light = 0.3 * red + 0.6 * green + 0.1 * blue
    return mix(tone, (min(1.0, 1.75 * light), 0.98 * light, 0.32 * light), share * green_is)


def _known(name: str) -> str:
    rgb(name)
    return name


Pigment = Annotated[str, AfterValidator(_known)]
"""A document's colour: a pigment's name or `#rrggbb`."""
