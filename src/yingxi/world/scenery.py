"""Places of the stage, read from data: layers of painted leather at several depths."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import skia
from pydantic import Field

from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.shot import TimeOfDay, Weather
from yingxi.core.story import Language
from yingxi.world import (
    architecture,
    blossom,
    castle,
    cavern,
    cosmos,
    country,
    court,
    furnishing,
    gothic,
    graveyard,
    homely,
    interior,
    landscape,
    masonry,
    nether,
    plant,
    railway,
    regalia,
    school,
    ship,
    sky,
    trade,
    tree,
    war,
    water,
    wayside,
)
from yingxi.world.brush import Brush
from yingxi.world.foreground import Piece, Spots
from yingxi.world.hour import hour, seen
from yingxi.world.sprite import Sprite
from yingxi.world.weather import Falling

Painted = Annotated[
    sky.Painted
    | landscape.Painted
    | water.Painted
    | plant.Painted
    | tree.Painted
    | blossom.Painted
    | cavern.Painted
    | architecture.Painted
    | masonry.Painted
    | regalia.Painted
    | gothic.Painted
    | wayside.Painted
    | interior.Painted
    | furnishing.Painted
    | castle.Painted
    | cosmos.Painted
    | country.Painted
    | graveyard.Painted
    | court.Painted
    | homely.Painted
    | nether.Painted
    | railway.Painted
    | school.Painted
    | ship.Painted
    | trade.Painted
    | war.Painted,
    Field(discriminator="kind"),
]


SOFTNESS = 0.12
"""Blur, in units, a unit of depth before the cloth: of sheets that slide; the stage softens the still ones."""


class Motion(Document):
    """How a layer moves as a whole: drifting (units a second, wrapped at `wrap`), rocking and bobbing."""

    drift: float = 0.0
    wrap: float = Field(32.0, gt=0)
    rock: float = 0.0
    bob: float = 0.0
    period: float = Field(6.0, gt=0)


class Sheet(Document):
    """One layer of a place. `fade` is how far its colours have turned into haze."""

    depth: float = Field(ge=0, le=3)
    fade: float = Field(0.0, ge=0, le=1)
    ink: float = Field(1.0, ge=0, le=4)
    alive: bool = False
    motion: Motion | None = None
    hours: tuple[TimeOfDay, ...] = ()
    elements: tuple[Painted, ...]


class PlaceFile(Document):
    """A place as its YAML file holds it. Where there is no ground, figures `hover` that high above it."""

    words: dict[Language, tuple[str, ...]]
    interior: bool = False
    hover: float = Field(0.0, ge=0)
    layers: tuple[Sheet, ...]


@dataclass(frozen=True)
class Layer:
    """Paints at a depth: 0 the far sky, 1 the puppets' plane, above 1 in front of them. `draw(canvas, seconds)`
    works in world units; a `still` layer is the same at every second. `pieces` are what one in front is made of."""

    depth: float
    draw: Callable[[skia.Canvas, float], None]
    still: bool
    pieces: tuple[Piece, ...] = ()

    def make_way(self, figures: Sequence[Spots]) -> None:
        """Set what would hide a figure farther out. Before the layer is first drawn."""
        for piece in self.pieces:
            piece.make_way(figures)


def _folder() -> Path:
    return Path(str(resources.files("yingxi.world") / "places"))


@lru_cache
def place_names() -> tuple[str, ...]:
    """Names of the places there are: the file stems of `places/*.yaml`."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


@lru_cache
def read_place(name: str) -> PlaceFile:
    """A place by name. Raises YingxiError if there is none, or its file is wrong."""
    path = _folder() / f"{name}.yaml"
    if name not in place_names():
        raise YingxiError(f"the stage has no place called {name!r}; there is {', '.join(place_names())}")
    return load_yaml(path, PlaceFile)


class Scenery:
    """A place in the light of an hour and a weather. `seed` varies details, never the composition."""

    def __init__(self, stage: str, time: TimeOfDay = "day", weather: Weather = "clear", seed: int = 0) -> None:
        place = read_place(stage)
        self.interior = place.interior
        self.hover = place.hover
        outside = seen(weather, place.interior)
        self._light = hour(time, outside, place.interior)
        self._seed = seed
        layers = [
            self._layer(sheet, number)
            for number, sheet in enumerate(place.layers)
            if not sheet.hours or time in sheet.hours
        ]
        if outside != "clear":
            layers += [
                Layer(depth, Falling(outside, self._light, seed, near).draw, still=False)
                for depth, near in ((0.82 if outside == "fire" else 0.6, False), (1.2, True))
            ]
        self.layers: tuple[Layer, ...] = tuple(sorted(layers, key=lambda layer: layer.depth))

    def _layer(self, sheet: Sheet, number: int) -> Layer:
        pieces = tuple(self._pieces(sheet, number)) if sheet.depth > 1 else ()

        def paint(canvas: skia.Canvas, seconds: float) -> None:
            if sheet.depth > 1:
                for piece in pieces:
                    piece.draw(canvas, seconds)
                return
            for index, element in enumerate(sheet.elements):
                element.place(self._brush(canvas, sheet, seconds), f"{self._seed}/{number}/{index}")

        motion = sheet.motion
        if motion is None:
            return Layer(sheet.depth, paint, not sheet.alive, pieces)
        blur = SOFTNESS * min(sheet.depth - 1, 0.6) if sheet.depth > 1 else 0.0
        sprite = Sprite(lambda canvas: paint(canvas, 0.0), blur)

        def slide(canvas: skia.Canvas, seconds: float) -> None:
            turn = math.tau * (seconds / motion.period + number * 0.37)
            dx, dy = motion.rock * math.sin(turn), motion.bob * math.cos(turn)
            offset = (motion.drift * seconds) % motion.wrap
            for shift in (offset, offset - motion.wrap) if motion.drift else (0.0,):
                sprite.draw(canvas, dx + shift, dy)

        return Layer(sheet.depth, slide, False, pieces)

    def _pieces(self, sheet: Sheet, number: int) -> Iterator[Piece]:
        for index, element in enumerate(sheet.elements):
            for copy, x in enumerate(element.across):

                def paint(
                    canvas: skia.Canvas,
                    seconds: float,
                    element: Painted = element,
                    index: int = index,
                    copy: int = copy,
                ) -> None:
                    element.put(self._brush(canvas, sheet, seconds), f"{self._seed}/{number}/{index}", copy)

                yield Piece(x, paint, sheet.alive)

    def _brush(self, canvas: skia.Canvas, sheet: Sheet, seconds: float) -> Callable[[str], Brush]:
        return lambda seed: Brush(canvas, self._light, sheet.fade, seconds, seed, sheet.ink)
