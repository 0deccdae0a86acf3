"""Water: rows of wave scales, curling crests, the lines of a river, a fall."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, curve, spiral
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Scales(Element):
    """Rows of overlapping wave scales (haishui) from `y` down, each row larger than the one behind it."""

    kind: Literal["scales"]
    width: float = 34.0
    rows: int = 4
    radius: float = 0.7
    growth: float = 1.18
    top: Pigment = "azurite"
    bottom: Pigment = "indigo"
    rings: int = 3

    def paint(self, brush: Brush) -> None:
        y, r = 0.0, self.radius
        for row in range(self.rows):
            body, rings, rim = skia.Path(), skia.Path(), skia.Path()
            count = math.ceil(self.width / (2 * r * 0.92)) + 2
            for i in range(count):
                x = -self.width / 2 + (i + (row % 2) / 2) * 2 * r * 0.92
                body.addArc(skia.Rect(x - r, y, x + r, y + 2 * r), 180, 180)
                rim.addArc(skia.Rect(x - r, y, x + r, y + 2 * r), 180, 180)
                for k in range(1, self.rings + 1):
                    q = r * (1 - k / (self.rings + 1))
                    rings.addArc(skia.Rect(x - q, y + r - q, x + q, y + r + q), 180, 180)
            body.addRect(skia.Rect(-self.width / 2 - r, y + r - 0.01, self.width / 2 + r, y + r * 2.4))
            brush.fill(body, self.top, self.bottom)
            brush.cut(rings, 0.03 + 0.012 * row, 0.7)
            brush.line(rim, 0.035, alpha=0.75)
            y, r = y + r * 0.62, r * self.growth


class Crest(Element):
    """A great wave that curls over, with claws of foam."""

    kind: Literal["crest"]
    width: float = 4.0
    height: float = 2.6
    top: Pigment = "azurite"
    bottom: Pigment = "indigo"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        body = skia.Path()
        body.moveTo(-w * 0.55, h * 0.12)
        body.cubicTo(-w * 0.3, -h * 0.02, -w * 0.3, -h * 0.7, 0.0, -h * 0.94)
        body.cubicTo(w * 0.16, -h * 1.06, w * 0.36, -h * 0.94, w * 0.4, -h * 0.66)
        body.cubicTo(w * 0.3, -h * 0.8, w * 0.14, -h * 0.74, w * 0.12, -h * 0.52)
        body.cubicTo(w * 0.1, -h * 0.24, w * 0.3, -h * 0.06, w * 0.55, h * 0.12)
        body.close()
        brush.leather(body, self.top, self.bottom, 0.05)
        for k, share in enumerate((0.14, 0.28, 0.42, 0.56)):
            slit = skia.Path()
            slit.moveTo(-w * (0.46 - share * 0.75), h * 0.06)
            slit.cubicTo(
                -w * (0.26 - share * 0.55), -h * 0.1, -w * (0.22 - share * 0.4), -h * (0.6 - 0.04 * k),
                w * (0.02 + share * 0.2), -h * (0.86 - share * 0.4),
            )  # fmt: skip
            brush.cut(slit, 0.05, 0.75)
        for k in range(5):
            t = k / 4
            x, y = w * (0.02 + 0.38 * t), -h * (0.99 - 0.3 * t * t)
            r = h * (0.075 + 0.03 * math.sin(math.pi * t))
            foam = skia.Path()
            foam.addCircle(x, y, r)
            brush.leather(foam, "ivory", "sky", 0.03)
            brush.line(spiral(x, y, r * 0.7, 1.2, t * 2), 0.025, "azurite")


class Ripples(Element):
    """The surface of still or flowing water from `y` down over `depth`: lens-shaped lights that slide sideways."""

    kind: Literal["ripples"]
    width: float = 34.0
    depth: float = 3.0
    count: int = 90
    top: Pigment = "sky"
    bottom: Pigment = "azurite"
    speed: float = 0.15
    surface: bool = True

    def paint(self, brush: Brush) -> None:
        half = self.width / 2
        if self.surface:
            body = skia.Path()
            body.addRect(skia.Rect(-half, 0, half, self.depth))
            brush.fill(body, self.top, self.bottom)
        lights, darks = skia.Path(), skia.Path()
        for i in range(self.count):
            t = brush.random.random()
            y = self.depth * t**1.3
            length = (0.3 + 1.6 * t) * brush.spread(0.5, 1.1)
            x = brush.spread(0, self.width) + brush.seconds * self.speed * (0.5 + 2 * t)
            x = x % self.width - half
            lift = 0.02 + 0.05 * t + 0.02 * math.sin(brush.seconds * 1.7 + i)
            path = lights if i % 3 else darks
            path.moveTo(x, y)
            path.quadTo(x + length / 2, y - lift * 2, x + length, y)
            path.quadTo(x + length / 2, y + lift, x, y)
        brush.canvas.drawPath(lights, brush.paint(brush.light.core, 0.6, lit=True))
        brush.fill(darks, self.bottom, alpha=0.6)


class Cascade(Element):
    """A waterfall of a `width` from a height, its threads sliding down."""

    kind: Literal["cascade"]
    width: float = 0.8
    height: float = 4.0
    alpha: float = 0.9

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        sheet = curve(
            [(-w * 0.35, -h), (-w * 0.42, -h * 0.6), (-w * 0.5, 0), (w * 0.5, 0), (w * 0.4, -h * 0.6), (w * 0.35, -h)]
        )
        brush.fill(sheet, "white", "sky", self.alpha)
        threads, foam = skia.Path(), skia.Path()
        for _ in range(14):
            x, length = brush.spread(-0.42, 0.42) * w, brush.spread(0.2, 0.5) * h
            y = (brush.random.random() * h + brush.seconds * 2.2) % h
            threads.moveTo(x * 0.8, -h + y)
            threads.lineTo(x, min(0.0, -h + y + length))
        brush.line(threads, 0.03, "azurite", 0.55)
        for _ in range(9):
            x, swell = brush.spread(-0.9, 0.9) * w, math.sin(brush.seconds * 3 + brush.spread(0, 6))
            foam.addCircle(x, -0.05 * h * abs(swell) * 0.4, w * (0.16 + 0.05 * swell))
        brush.fill(foam, "ivory", alpha=0.75)


Painted = Annotated[Scales | Crest | Ripples | Cascade, Field(discriminator="kind")]
