"""What is sold and drunk: wine jars, a tavern's counter and flag, baskets of goods, parasols."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, strokes
from yingxi.world.element import Element
from yingxi.world.lettering import font
from yingxi.world.pigment import Pigment


def sign(brush: Brush, text: str, x: float, y: float, size: float, name: str = "ink") -> None:
    """A character, its middle at (x, y)."""
    letters = font("zh", size, bold=True)
    brush.canvas.drawString(
        text, x - letters.measureText(text) / 2, y + size * 0.36, letters, brush.paint(name, lit=True)
    )


class Jars(Element):
    """Wine jars in a heap, sealed with red cloth, a square of paper on each with the character for wine."""

    kind: Literal["jars"]
    size: float = 0.9
    rows: int = 2
    clay: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        s = self.size
        for row in range(self.rows):
            count = self.rows - row + 1
            for k in range(count):
                self._jar(brush, (k - (count - 1) / 2) * s * 1.02, -row * s * 0.92, s, row + k)

    def _jar(self, brush: Brush, x: float, y: float, s: float, number: int) -> None:
        body = curve([(x - s * 0.2, y - s * 0.95), (x - s * 0.46, y - s * 0.62), (x - s * 0.3, y), (x + s * 0.3, y),
                      (x + s * 0.46, y - s * 0.62), (x + s * 0.2, y - s * 0.95)], closed=True,
                      tension=0.8)  # fmt: skip
        brush.leather(body, self.clay if number % 2 else "bark", "soot", 0.04)
        brush.cut(curve([(x - s * 0.4, y - s * 0.74), (x, y - s * 0.68), (x + s * 0.4, y - s * 0.74)]), 0.03, 0.6)
        cap = curve([(x - s * 0.3, y - s * 0.84), (x - s * 0.24, y - s * 1.06), (x, y - s * 1.12), (x + s * 0.24,
            y - s * 1.06),
                     (x + s * 0.3, y - s * 0.84), (x, y - s * 0.9)], closed=True)  # fmt: skip
        brush.leather(cap, "cinnabar", "crimson", 0.03)
        brush.line(strokes([[(x - s * 0.23, y - s * 0.93), (x + s * 0.23, y - s * 0.93)]]), 0.05, "gold")
        paper = polygon(
            [(x, y - s * 0.66), (x + s * 0.23, y - s * 0.4), (x, y - s * 0.14), (x - s * 0.23, y - s * 0.4)]
        )
        brush.leather(paper, "cinnabar", None, 0.025)
        sign(brush, "酒", x, y - s * 0.4, s * 0.24, "gold")


class Counter(Element):
    """A tavern's counter of carved wood, with cups, a scale and an abacus on it, and shelves of jars behind."""

    kind: Literal["counter"]
    width: float = 4.4
    height: float = 1.5
    wood: Pigment = "lacquer"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for row in range(2):
            y = -h - 1.15 - row * 1.05
            brush.leather(box(-w * 0.46, y, w * 0.46, y + 0.12), "umber", "bark", 0.035)
            for k in range(7):
                x = w * (-0.39 + 0.13 * k)
                pot = curve([(x - 0.1, y - 0.52), (x - 0.23, y - 0.34), (x - 0.14, y), (x + 0.14, y), (x + 0.23,
                    y - 0.34), (x + 0.1, y - 0.52)],
                            closed=True)  # fmt: skip
                brush.leather(pot, ("azurite", "umber", "malachite", "ivory")[(k + row) % 4], "slate", 0.03)
                brush.leather(circle(x, y - 0.56, 0.1), "cinnabar", None, 0.025)
                brush.cut(circle(x, y - 0.25, 0.08), 0.03, 0.75)
        for x in (-0.46, 0.46):
            brush.leather(box(w * x - 0.07, -h - 2.9, w * x + 0.07, -h), "umber", None, 0.03)
        brush.leather(box(-w * 0.48, -h * 0.9, w * 0.48, 0.05), self.wood, "crimson", 0.04)
        for k in range(5):
            left = -w * 0.48 + w * 0.192 * k
            brush.line(box(left + 0.1, -h * 0.78, left + w * 0.192 - 0.1, -h * 0.14), 0.035, "gold")
            x, y, r = left + w * 0.096, -h * 0.46, h * 0.18
            petals = skia.Path()
            for j in range(6):
                petals.addCircle(x + math.cos(j * 1.047) * r * 0.6, y + math.sin(j * 1.047) * r * 0.6, r * 0.34)
            brush.cut(petals, 0.03, 0.75)
        brush.leather(box(-w / 2, -h, w / 2, -h * 0.88, 0.04), "umber", self.wood, 0.04)
        for x in (-0.36, -0.28, 0.1):
            cup = polygon(
                [(w * x - 0.11, -h - 0.18), (w * x + 0.11, -h - 0.18), (w * x + 0.07, -h), (w * x - 0.07, -h)]
            )
            brush.leather(cup, "azurite", "ivory", 0.025)
        brush.leather(box(w * 0.22, -h - 0.3, w * 0.44, -h, 0.03), "umber", None, 0.03)
        beads = skia.Path()
        for k in range(6):
            for j in range(2):
                beads.addCircle(w * (0.245 + 0.034 * k), -h - 0.1 - 0.11 * j, 0.04)
        brush.fill(beads, "gold")


class WineFlag(Element):
    """A tavern's flag hung from a bracket at (x, y), with the character for wine or tea, moving in the draught."""

    kind: Literal["wine_flag"]
    y: float = 1.4
    height: float = 2.2
    cloth: Pigment = "ivory"
    trim: Pigment = "cinnabar"
    text: str = "酒"

    def paint(self, brush: Brush) -> None:
        h, w = self.height, self.height * 0.56
        sway = [0.05 * math.sin(brush.seconds * 1.6 - k * 0.8 + self.seed) * k / 5 for k in range(6)]
        sides: list[list[Point]] = [[(side * w / 2 + sway[k], h * k / 5) for k in range(6)] for side in (-1, 1)]
        brush.line(strokes([[(-w * 0.7, 0), (w * 0.7, 0)], [(0, -4), (0, 0)]]), 0.08)
        cloth = curve(sides[1])
        for k in range(6):
            x = w / 2 - w * k / 5
            cloth.lineTo(x + sway[5], h + (0.16 if k % 2 else 0.0))
        for point in sides[0][::-1]:
            cloth.lineTo(*point)
        cloth.close()
        brush.leather(cloth, self.cloth, "sand", 0.04)
        for side in sides:
            inner = [(x * 0.84, y) for x, y in side]
            brush.line(curve(inner), 0.06, self.trim)
        ring = circle(sway[2], h * 0.5, w * 0.34)
        brush.line(ring, 0.05, self.trim)
        sign(brush, self.text, sway[2], h * 0.5, w * 0.46)


class Baskets(Element):
    """Baskets and sacks of fruit, fish and flour, put down on the ground."""

    kind: Literal["baskets"]
    size: float = 0.8

    def paint(self, brush: Brush) -> None:
        s = self.size
        for k, (x, name, rim) in enumerate(((-1.05, "orange", 0.0), (0.0, "leaf", 0.1), (1.0, "cinnabar", -0.05))):
            wide = s * (0.46 + rim)
            for j in range(9):
                px = s * x + wide * 0.8 * (j % 5 - 2) / 2 * (0.72 if j > 4 else 1.0)
                brush.leather(
                    circle(px, -s * (0.62 + 0.16 * (j > 4)), s * 0.13),
                    name,
                    "amber" if k != 1 else "malachite",
                    0.025,
                )
            basket = curve(
                [
                    (s * x - wide, -s * 0.6),
                    (s * x - wide * 0.76, 0.02),
                    (s * x + wide * 0.76, 0.02),
                    (s * x + wide, -s * 0.6),
                ]
            )
            basket.close()
            brush.leather(basket, "straw", "ochre", 0.035)
            weave: list[list[Point]] = [[(s * x - wide * (0.95 - 0.05 * r), -s * (0.48 - 0.14 * r)),
                (s * x + wide * (0.95 - 0.05 * r), -s * (0.48 - 0.14 * r))]
                                        for r in range(3)]  # fmt: skip
            weave += [
                [(s * x + wide * t, -s * 0.58), (s * x + wide * t * 0.78, 0)]
                for t in (-0.75, -0.45, -0.15, 0.15, 0.45, 0.75)
            ]
            brush.line(strokes(weave), 0.03, "umber", 0.7)
            brush.leather(
                box(s * x - wide * 1.06, -s * 0.66, s * x + wide * 1.06, -s * 0.56, 0.05), "ochre", None, 0.03
            )


class Parasol(Element):
    """A large parasol of oiled paper on a pole, over somebody's wares."""

    kind: Literal["parasol"]
    width: float = 3.2
    height: float = 3.2
    paper: Pigment = "amber"
    trim: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.13)
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.08, "umber")
        shade = skia.Path()
        shade.moveTo(-w / 2, -h * 0.78)
        shade.quadTo(-w * 0.3, -h * 1.04, 0, -h * 1.1)
        shade.quadTo(w * 0.3, -h * 1.04, w / 2, -h * 0.78)
        for k in range(6):
            x = w / 2 - w * (k + 1) / 6
            shade.quadTo(x + w / 12, -h * 0.84, x, -h * 0.78)
        shade.close()
        brush.leather(shade, self.paper, "orange", 0.04)
        ribs = skia.Path()
        for k in range(-3, 4):
            ribs.moveTo(0, -h * 1.09)
            ribs.quadTo(w * k * 0.13, -h * 1.0, w * k / 6, -h * 0.79)
        brush.cut(ribs, 0.03, 0.7)
        brush.line(curve([(-w * 0.4, -h * 0.87), (0, -h * 0.93), (w * 0.4, -h * 0.87)]), 0.07, self.trim)
        tassels = strokes([[(w * k / 6, -h * 0.78), (w * k / 6, -h * 0.7)] for k in range(-3, 4)])
        brush.line(tassels, 0.05, self.trim)
        brush.leather(circle(0, -h * 1.12, 0.09), self.trim, None, 0.03)


Painted = Annotated[Jars | Counter | WineFlag | Baskets | Parasol, Field(discriminator="kind")]
