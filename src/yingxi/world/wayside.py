"""What stands by the way: fences, flags, shop signs, stalls, gates of honour, a caravan, a boat, banners."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.architecture import roof
from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Fence(Element):
    """A fence of woven stakes."""

    kind: Literal["fence"]
    width: float = 3.0
    height: float = 0.8
    wood: Pigment = "ochre"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        stakes: list[list[Point]] = []
        count = max(3, round(w / (h * 0.34)))
        for i in range(count + 1):
            x = -w / 2 + w * i / count
            stakes.append(
                [
                    (x + brush.spread(-0.04, 0.04), 0.06),
                    (x + brush.spread(-0.05, 0.05), -h * brush.spread(0.85, 1.08)),
                ]
            )
        rails = [
            curve([(-w / 2 - 0.1, -h * y), (0, -h * (y + brush.spread(-0.05, 0.05))), (w / 2 + 0.1, -h * y)])
            for y in (0.35, 0.7)
        ]
        for width, name in ((0.13 * h + 0.04, "ink"), (0.13 * h, self.wood)):
            brush.line(strokes(stakes), width, name, 1.0)
        for rail in rails:
            brush.line(rail, 0.1 * h + 0.04)
            brush.line(rail, 0.1 * h, "umber", 1.0)


class Cord(Element):
    """Cords across a street from house to house, hung with little flags."""

    kind: Literal["cord"]
    y: float = 1.2
    width: float = 34.0
    height: float = 0.8
    spans: int = 4

    def paint(self, brush: Brush) -> None:
        span = self.width / self.spans
        flags = [(name, skia.Path()) for name in ("cinnabar", "gold", "malachite", "azurite", "ivory")]
        cord = skia.Path()
        for i in range(self.spans):
            left = -self.width / 2 + i * span
            line = [(left + span * k / 16, self.height * math.sin(math.pi * k / 16)) for k in range(17)]
            cord.addPath(curve(line))
            for k in range(1, 16):
                x, y = line[k]
                blow = 0.07 * math.sin(brush.seconds * 2.2 + k * 0.8 + i)
                flags[(k + i) % len(flags)][1].addPath(polygon([(x - 0.15, y), (x + 0.15, y), (x + blow, y + 0.42)]))
        for name, path in flags:
            brush.leather(path, name, None, 0.022)
        brush.line(cord, 0.035)


class Signboard(Element):
    """A shop's hanging sign with a coin or a gourd on it."""

    kind: Literal["signboard"]
    y: float = 1.6
    width: float = 0.8
    height: float = 2.0
    cloth: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(-w * 1.6, 0), (w * 0.7, 0)]]), 0.1)
        board = polygon(
            [(-w / 2, 0.12), (w / 2, 0.12), (w / 2, h * 0.86), (w * 0.3, h), (-w * 0.3, h), (-w / 2, h * 0.86)]
        )
        brush.leather(board, self.cloth, "lacquer", 0.045)
        brush.line(
            polygon(
                [(-w * 0.38, 0.24), (w * 0.38, 0.24), (w * 0.38, h * 0.82), (0, h * 0.92), (-w * 0.38, h * 0.82)]
            ),
            0.03,
            "gold",
        )
        for y in (0.3, 0.62):
            brush.leather(circle(0, h * y, w * 0.24), "gold", "ochre", 0.03)
            brush.hole(
                polygon(
                    [
                        (-w * 0.08, h * y - w * 0.08),
                        (w * 0.08, h * y - w * 0.08),
                        (w * 0.08, h * y + w * 0.08),
                        (-w * 0.08, h * y + w * 0.08),
                    ]
                ),
                0.85,
            )
        brush.line(strokes([[(x * w, h), (x * w, h + 0.3)] for x in (-0.2, -0.07, 0.07, 0.2)]), 0.045, "gold")


class Gate(Element):
    """One tower of a gate of honour: a lacquered pillar wound with cloud, under roofs of its own."""

    kind: Literal["gate"]
    width: float = 2.0
    height: float = 5.2
    pillar: Pigment = "cinnabar"
    roof: Pigment = "azurite"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for side in (-1, 1):
            x = side * w * 0.3
            brush.leather(box(x - 0.16, -h * 0.82, x + 0.16, 0), self.pillar, "lacquer", 0.04)
            brush.leather(box(x - 0.28, -0.42, x + 0.28, 0.02, 0.06), "stone", "slate", 0.04)
            for k in range(4):
                brush.cut(spiral(x, -h * (0.2 + 0.13 * k), 0.12, 1.2, 0.5 * k, side), 0.03, 0.75)
        for y, tall in ((0.62, 0.14), (0.78, 0.16)):
            brush.leather(box(-w * 0.46, -h * y - tall * 2, w * 0.46, -h * y), "malachite", "azurite", 0.04)
            knots = skia.Path()
            for k in range(5):
                knots.addCircle(w * 0.17 * (k - 2), -h * y - tall, 0.075)
            brush.fill(knots, "gold")
        plate = box(-w * 0.2, -h * 0.76, w * 0.2, -h * 0.66)
        brush.leather(plate, "gold", "amber", 0.03)
        brush.canvas.save()
        brush.canvas.translate(0, -h * 0.84)
        roof(brush, w * 1.25, h * 0.13, self.roof, "gold", 0.2)
        brush.canvas.restore()


class Camels(Element):
    """A caravan of camels far off, walking on the crest of a dune."""

    kind: Literal["camels"]
    size: float = 0.8
    count: int = 4
    colour: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        for i in range(self.count):
            brush.canvas.save()
            brush.canvas.translate((i - (self.count - 1) / 2) * self.size * 1.7, 0.04 * math.sin(i * 2.0))
            brush.canvas.scale(self.size, self.size)
            self._camel(brush, i)
            brush.canvas.restore()

    def _camel(self, brush: Brush, number: int) -> None:
        legs = [
            [(x, -0.55), (x + d, -0.28), (x + d * 0.6, 0)]
            for x, d in ((-0.38, -0.05), (-0.26, 0.07), (0.28, -0.05), (0.4, 0.06))
        ]
        brush.line(strokes(legs), 0.09, self.colour, 1.0)
        body = curve([
            (-0.5, -0.72), (-0.36, -0.92), (-0.22, -1.14), (-0.06, -0.9), (0.12, -1.14), (0.28, -0.9), (0.46, -0.8),
            (0.62, -0.94), (0.7, -1.16), (0.86, -1.22), (1.0, -1.12), (0.98, -1.04), (0.82, -1.05), (0.74, -0.78),
            (0.5, -0.52), (0.0, -0.46), (-0.42, -0.5),
        ], closed=True)  # fmt: skip
        brush.leather(body, self.colour, "soot", 0.04)
        pack = ("cinnabar", "azurite", "gold")[number % 3]
        brush.leather(box(-0.14, -0.98, 0.2, -0.6, 0.05), pack, None, 0.03)


class Stall(Element):
    """A market stall: a striped awning on poles over a counter of goods, with a shop sign."""

    kind: Literal["stall"]
    width: float = 2.6
    height: float = 2.5
    cloth: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for x in (-w * 0.46, w * 0.46):
            brush.line(strokes([[(x, 0), (x, -h)]]), 0.1)
            brush.line(strokes([[(x, 0), (x, -h)]]), 0.055, "ochre")
        brush.leather(box(-w * 0.5, -h * 0.36, w * 0.5, 0), "umber", "soot", 0.04)
        brush.cut(
            strokes(
                [[(-w * 0.46 + w * 0.92 * k / 6, -h * 0.3), (-w * 0.46 + w * 0.92 * k / 6, -0.06)] for k in range(7)]
            ),
            0.03,
            0.5,
        )
        for k in range(6):
            x = -w * 0.4 + w * 0.8 * k / 5
            name = ("orange", "gold", "malachite")[k % 3]
            for dx, dy in ((-0.08, 0), (0.08, 0), (0, -0.13)):
                brush.leather(circle(x + dx, -h * 0.36 - 0.08 + dy, 0.085), name, None, 0.02)
        bands = 8
        for k in range(bands):
            left, right = -w * 0.6 + w * 1.2 * k / bands, -w * 0.6 + w * 1.2 * (k + 1) / bands
            flap = polygon(
                [(left * 0.86, -h * 1.12), (right * 0.86, -h * 1.12), (right, -h * 0.84), (left, -h * 0.84)]
            )
            flap.addArc(skia.Rect(left, -h * 0.84 - 0.1, right, -h * 0.84 + 0.12), 0, 180)
            brush.leather(flap, self.cloth if k % 2 else "ivory", None, 0.03)


class Banner(Element):
    """A tall flag on a pole, its cloth moving in the wind."""

    kind: Literal["banner"]
    height: float = 4.0
    width: float = 0.9
    cloth: Pigment = "cinnabar"
    trim: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        h, w = self.height, self.width
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.08)
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.04, "ochre")
        wave = [math.sin(brush.seconds * 2.4 - k * 0.9 + self.seed) * 0.1 * k / 6 for k in range(7)]
        edge = [(w + wave[k], -h * 0.97 + h * 0.6 * k / 6) for k in range(7)]
        cloth = curve([(0.04, -h * 0.97), *edge])
        cloth.lineTo(0.04, -h * 0.42)
        cloth.close()
        brush.leather(cloth, self.cloth, "crimson", 0.04)
        brush.line(curve([(x - 0.12, y + 0.02) for x, y in edge]), 0.05, self.trim)
        brush.hole(circle(w * 0.45 + wave[3], -h * 0.68, w * 0.2), 0.75)
        brush.line(circle(w * 0.45 + wave[3], -h * 0.68, w * 0.28), 0.035, self.trim)
        brush.leather(polygon([(-0.06, -h), (0, -h - 0.3), (0.06, -h)]), self.trim, None, 0.025)


class Boat(Element):
    """A river boat with a woven awning."""

    kind: Literal["boat"]
    width: float = 4.0
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w = self.width
        hull = curve(
            [
                (-w * 0.56, -w * 0.14),
                (-w * 0.4, 0),
                (0, w * 0.06),
                (w * 0.4, 0),
                (w * 0.58, -w * 0.17),
                (w * 0.3, -w * 0.07),
                (-w * 0.3, -w * 0.06),
            ],
            closed=True,
            tension=0.8,
        )
        awning = skia.Path()
        awning.addArc(skia.Rect(-w * 0.26, -w * 0.29, w * 0.2, w * 0.13), 180, 180)
        awning.close()
        brush.leather(awning, "straw", "ochre", 0.04)
        weave = strokes(
            [
                [(-w * 0.26 + w * 0.46 * k / 7, -w * 0.07), (-w * 0.03 + (k - 3.5) * w * 0.04, -w * 0.29)]
                for k in range(8)
            ]
        )
        brush.canvas.save()
        brush.canvas.clipPath(awning, skia.ClipOp.kIntersect, True)
        brush.line(weave, 0.03, "umber", 0.7)
        brush.canvas.restore()
        brush.leather(hull, self.wood, "soot", 0.045)
        brush.cut(curve([(-w * 0.44, -w * 0.05), (0, w * 0.0), (w * 0.44, -w * 0.06)]), 0.04, 0.6)
        brush.line(strokes([[(w * 0.36, -w * 0.34), (w * 0.52, w * 0.08)]]), 0.05, "ochre")


Painted = Annotated[Fence | Cord | Signboard | Gate | Camels | Stall | Banner | Boat, Field(discriminator="kind")]
