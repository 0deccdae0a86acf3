"""Flowers: plum and peach trees, flowering boughs, falling petals, lotus."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, circle, curve
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment
from yingxi.world.plant import leaf, trunk


class Blossom(Element):
    """A flowering tree, plum or peach: angular boughs, five-petalled flowers, buds."""

    kind: Literal["blossom"]
    height: float = 4.4
    flowers: int = 60
    petals: Pigment = "rose"
    heart: Pigment = "gold"
    bark: Pigment = "soot"

    def paint(self, brush: Brush) -> None:
        tips: list[Point] = []
        self._bough(brush, (0.0, 0.1), -math.pi / 2 + 0.15, self.height * 0.34, self.height * 0.075, 4, tips)
        for i in range(self.flowers):
            x, y = tips[i % len(tips)]
            x, y = x + brush.spread(-0.35, 0.35), y + brush.spread(-0.3, 0.25)
            flower(brush, x, y, self.height * brush.spread(0.028, 0.045), self.petals, self.heart)

    def _bough(
        self, brush: Brush, start: Point, angle: float, length: float, width: float, level: int, tips: list[Point]
    ) -> None:
        kink = angle + brush.spread(-0.35, 0.35)
        mid = (start[0] + math.cos(kink) * length * 0.5, start[1] + math.sin(kink) * length * 0.5)
        end = (mid[0] + math.cos(angle) * length * 0.55, mid[1] + math.sin(angle) * length * 0.55)
        if level:
            for turn in (brush.spread(0.35, 0.8), -brush.spread(0.35, 0.8)):
                self._bough(
                    brush, end, angle + turn, length * brush.spread(0.68, 0.85), width * 0.62, level - 1, tips
                )
        else:
            tips.append(end)
        tips.append(mid) if level < 2 else None
        trunk(brush, [start, mid, end], [width, width * 0.8, width * 0.62], self.bark)


def flower(brush: Brush, x: float, y: float, r: float, petals: str, heart: str) -> None:
    """A five-petalled flower with its stamens."""
    path = skia.Path()
    turn = brush.spread(0, 2)
    for k in range(5):
        angle = turn + math.tau * k / 5
        path.addCircle(x + math.cos(angle) * r * 0.62, y + math.sin(angle) * r * 0.62, r * 0.48)
    brush.fill(path, petals)
    brush.line(path, 0.014, "crimson", 0.5)
    brush.fill(circle(x, y, r * 0.26), heart, lit=True)


class Lotus(Element):
    """Lotus leaves and flowers standing in water."""

    kind: Literal["lotus"]
    width: float = 3.0
    count: int = 5
    height: float = 0.9
    leaves: Pigment = "malachite"
    petals: Pigment = "rose"

    def paint(self, brush: Brush) -> None:
        for i in range(self.count):
            x = self.width * ((i + 0.5) / self.count - 0.5) + brush.spread(-0.2, 0.2)
            top = -self.height * brush.spread(0.25, 0.8)
            stem = curve([(x, 0.15), (x + 0.06, top * 0.5), (x, top)])
            brush.line(stem, 0.05, self.leaves)
            if i % 3 == 1:
                for spread in (0.95, -0.95, 0.5, -0.5, 0.0):
                    petal = skia.Path()
                    leaf(petal, x, top + 0.1, -math.pi / 2 + spread, 0.5, 0.16)
                    brush.leather(petal, self.petals, "ivory", 0.02)
                continue
            pad = skia.Path()
            r = self.width * brush.spread(0.11, 0.17)
            pad.addOval(skia.Rect(x - r, top - r * 0.34, x + r, top + r * 0.34))
            brush.leather(pad, self.leaves, "pine", 0.03)
            veins = skia.Path()
            for k in range(8):
                angle = math.tau * k / 8
                veins.moveTo(x, top)
                veins.lineTo(x + math.cos(angle) * r * 0.8, top + math.sin(angle) * r * 0.27)
            brush.cut(veins, 0.02, 0.6)


class Bough(Element):
    """A flowering bough that reaches into the picture from the side, as painters frame a view."""

    kind: Literal["bough"]
    y: float = 0.6
    length: float = 4.5
    flowers: int = 34
    petals: Pigment = "rose"
    heart: Pigment = "gold"
    bark: Pigment = "soot"

    def paint(self, brush: Brush) -> None:
        n = self.length
        main: list[Point] = [
            (-n * 1.6, -n * 0.7),
            (-n * 0.5, -n * 0.2),
            (0, 0),
            (n * 0.3, n * 0.02),
            (n * 0.58, n * 0.16),
            (n * 0.98, n * 0.12),
        ]
        twigs: list[list[Point]] = [
            [(n * 0.3, n * 0.02), (n * 0.46, -n * 0.1), (n * 0.7, -n * 0.12)],
            [(n * 0.12, 0.0), (n * 0.22, n * 0.16), (n * 0.36, n * 0.3)],
            [(n * 0.58, n * 0.16), (n * 0.68, n * 0.28), (n * 0.84, n * 0.33)],
        ]
        for twig in twigs:
            trunk(brush, twig, [n * 0.022, n * 0.016, n * 0.008], self.bark)
        trunk(brush, main, [n * 0.09, n * 0.06, n * 0.045, n * 0.034, n * 0.024, n * 0.01], self.bark)
        lines = [main[2:], *twigs]
        for i in range(self.flowers):
            line = lines[i % len(lines)]
            k = brush.random.randrange(len(line) - 1)
            t = brush.random.random()
            x = line[k][0] + (line[k + 1][0] - line[k][0]) * t + brush.spread(-0.22, 0.22)
            y = line[k][1] + (line[k + 1][1] - line[k][1]) * t + brush.spread(-0.22, 0.22)
            flower(brush, x, y, n * brush.spread(0.022, 0.04), self.petals, self.heart)


class Petals(Element):
    """Petals or leaves in the air, over a width and a height about (x, y)."""

    kind: Literal["petals"]
    width: float = 32.0
    height: float = 9.0
    count: int = 40
    colour: Pigment = "rose"

    def paint(self, brush: Brush) -> None:
        path = skia.Path()
        for _ in range(self.count):
            fall = brush.seconds * brush.spread(0.25, 0.5)
            x = (brush.spread(0, self.width) - fall * 0.9) % self.width - self.width / 2
            y = (brush.spread(0, self.height) + fall) % self.height - self.height / 2
            turn = brush.spread(0, math.tau) + brush.seconds * brush.spread(-2, 2)
            leaf(path, x, y + 0.25 * math.sin(brush.seconds * 1.3 + x), turn, 0.2, 0.085)
        brush.fill(path, self.colour)
        brush.line(path, 0.014, "crimson", 0.5)


Painted = Annotated[Blossom | Bough | Petals | Lotus, Field(discriminator="kind")]
