"""Caves: hollows with ragged mouths, standing stones, crystals, fires."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, curve, polygon
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Cavern(Element):
    """A wall of rock with a hollow in it, `width` by `height` on its foot: one sheet of a cave."""

    kind: Literal["cavern"]
    width: float = 10.0
    height: float = 7.0
    top: Pigment = "plum"
    bottom: Pigment = "slate"

    def paint(self, brush: Brush) -> None:
        mouth: list[Point] = []
        steps = 22
        for i in range(steps + 1):
            angle = math.pi * i / steps
            tooth = brush.spread(0.9, 1.06) if i % 2 else brush.spread(0.8, 0.92)
            grip = abs(math.cos(angle)) ** 0.6 * math.copysign(1, math.cos(angle))
            mouth.append(
                (-grip * self.width / 2 * (1 + (tooth - 0.93) * 0.5), -(math.sin(angle) ** 0.7) * self.height * tooth)
            )
        hollow = curve(mouth, tension=0.75)
        hollow.lineTo(self.width / 2, 8)
        hollow.lineTo(-self.width / 2, 8)
        hollow.close()
        wall = skia.Path()
        wall.addRect(skia.Rect(-19, -15, 19, 8))
        wall = skia.Op(wall, hollow, skia.PathOp.kDifference_PathOp)
        brush.fill(wall, self.top, self.bottom)
        brush.canvas.save()
        brush.canvas.clipPath(wall, skia.ClipOp.kIntersect, True)
        for k in range(1, 11):
            grow = 1 + 0.085 * k + 0.012 * k * k
            ring = curve([(x * grow, y * grow) for x, y in mouth], tension=0.75)
            brush.cut(ring, 0.045, 0.5 / k**0.6)
        grain = skia.Path()
        for _ in range(70):
            angle, away = brush.spread(0.05, math.pi - 0.05), brush.spread(1.1, 2.4)
            x, y = -math.cos(angle) * self.width / 2 * away, -math.sin(angle) * self.height * away
            grain.moveTo(x, y)
            grain.quadTo(x * 1.03 + 0.1, y * 1.02, x * 1.06, y * 1.06 + 0.25)
        brush.line(grain, 0.035, alpha=0.4)
        brush.canvas.restore()
        brush.line(curve(mouth, tension=0.75), 0.06, alpha=0.85)


class Stalagmites(Element):
    """A cluster of standing stones, grown drop by drop."""

    kind: Literal["stalagmites"]
    height: float = 1.8
    count: int = 4
    top: Pigment = "violet"
    bottom: Pigment = "soot"

    def paint(self, brush: Brush) -> None:
        for i in range(self.count):
            x = (i - (self.count - 1) / 2) * self.height * 0.26
            tall = self.height * (1 - 0.42 * abs(i - (self.count - 1) / 2) / self.count * 2) * brush.spread(0.75, 1.0)
            half = self.height * 0.14
            cone = curve(
                [
                    (x - half, 0.15),
                    (x - half * 0.55, -tall * 0.45),
                    (x - half * 0.16, -tall * 0.95),
                    (x + half * 0.1, -tall),
                    (x + half * 0.5, -tall * 0.5),
                    (x + half, 0.15),
                ]
            )
            cone.close()
            brush.leather(cone, self.top, self.bottom, 0.04)
            rings = skia.Path()
            for share in (0.25, 0.45, 0.65):
                reach = half * (0.75 - 0.6 * share)
                rings.moveTo(x - reach, -tall * share)
                rings.quadTo(x, -tall * share + 0.1, x + reach * 0.7, -tall * share)
            brush.cut(rings, 0.03, 0.55)


class Crystals(Element):
    """Crystals that shine by themselves."""

    kind: Literal["crystals"]
    height: float = 1.2
    colour: Pigment = "jade"

    def paint(self, brush: Brush) -> None:
        h = self.height
        brush.glow(0, -h * 0.4, h * 1.3, self.colour, 0.6)
        for lean, size in ((-0.5, 0.62), (0.5, 0.7), (-0.22, 0.85), (0.2, 1.0), (0.0, 0.8)):
            tip, half = (lean * h * size, -h * size), h * 0.1
            side = (tip[0] * 0.78, tip[1] * 0.8)
            gem = polygon(
                [
                    (-half + lean * 0.3, 0),
                    (side[0] - half, side[1]),
                    tip,
                    (side[0] + half, side[1]),
                    (half + lean * 0.3, 0),
                ]
            )
            brush.fill(gem, self.colour, "azurite", lit=True)
            brush.line(gem, 0.03)
            ridge = polygon([(lean * 0.3, 0), side, tip], closed=False)
            brush.cut(ridge, 0.03, 0.85)


class Fire(Element):
    """A fire of logs, its flames and sparks alive."""

    kind: Literal["fire"]
    size: float = 1.0

    def paint(self, brush: Brush) -> None:
        s, t = self.size, brush.seconds
        brush.glow(0, -s * 0.6, s * 2.8, "orange", 0.55 + 0.06 * math.sin(t * 7))
        for log in ([(-s * 0.6, 0.02), (s * 0.5, -s * 0.16)], [(-s * 0.5, -s * 0.16), (s * 0.6, 0.02)]):
            path = polygon(log, closed=False)
            brush.line(path, 0.2 * s)
            brush.line(path, 0.13 * s, "umber")
        for grow, name, inner in ((1.0, "cinnabar", "orange"), (0.68, "orange", "gold"), (0.4, "gold", "ivory")):
            flame = skia.Path()
            for k in (-1, 0, 1):
                tall = s * grow * (1.35 - 0.45 * abs(k)) * (1 + 0.13 * math.sin(t * (8 + k) + k * 2))
                x, sway = k * s * 0.24 * grow, 0.1 * s * math.sin(t * 5.1 + k * 1.7)
                flame.addPath(
                    curve(
                        [
                            (x - s * 0.2 * grow, -s * 0.1),
                            (x - s * 0.16 * grow, -tall * 0.45),
                            (x + sway, -tall),
                            (x + s * 0.18 * grow, -tall * 0.4),
                            (x + s * 0.2 * grow, -s * 0.1),
                        ],
                        closed=True,
                    )
                )
            flame = skia.Simplify(flame)
            brush.fill(flame, name, inner, 0.95, lit=True)
            if grow == 1.0:
                brush.line(flame, 0.03, "crimson", 0.8, lit=True)
        sparks = skia.Path()
        for k in range(7):
            rise = (t * 0.7 + k / 7) % 1
            sparks.addCircle(
                math.sin(k * 2.3 + rise * 4) * s * 0.5, -s * (0.6 + 2.0 * rise), 0.035 * (1 - rise) + 0.008
            )
        brush.fill(sparks, "gold", lit=True)


Painted = Annotated[Cavern | Stalagmites | Crystals | Fire, Field(discriminator="kind")]
