"""Along a country road and beside it: the road itself, milestones, signposts, crops, scarecrows."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, limb, polygon, strokes
from yingxi.world.element import Element
from yingxi.world.lettering import font
from yingxi.world.pigment import Pigment


class Way(Element):
    """A road that winds away from (0, 0) to the horizon `length` above, `width` wide where it begins."""

    kind: Literal["way"]
    width: float = 7.0
    length: float = 1.6
    bend: float = 2.0
    top: Pigment = "ivory"
    bottom: Pigment = "sand"

    def paint(self, brush: Brush) -> None:
        def edge(side: int) -> list[Point]:
            points: list[Point] = []
            for k in range(13):
                t = k / 12
                near = (1 - t) ** 1.5
                points.append((self.bend * math.sin(t * 5.4) * (1 - t * 0.7) + side * self.width / 2 * (near + 0.012),
                               -self.length * t))  # fmt: skip
            return points

        left, right = edge(-1), edge(1)
        path = curve(left)
        path.addPath(curve(right[::-1]), skia.Path.AddPathMode.kExtend_AddPathMode)
        path.close()
        brush.fill(path, self.top, self.bottom)
        for side in (left, right):
            brush.line(curve(side), 0.04, "umber", 0.7)
        ruts = skia.Path()
        for share in (0.3, 0.7):
            ruts.addPath(curve([(a[0] + (b[0] - a[0]) * share, a[1]) for a, b in zip(left, right, strict=True)]))
        brush.line(ruts, 0.035, "ochre", 0.8)


class Milestone(Element):
    """A stone by the road with a distance cut into it."""

    kind: Literal["milestone"]
    height: float = 1.4
    text: str = "十里"
    top: Pigment = "stone"

    def paint(self, brush: Brush) -> None:
        h, w = self.height, self.height * 0.52
        stone = box(-w / 2, -h * 0.78, w / 2, 0.08)
        stone.addArc(skia.Rect(-w / 2, -h, w / 2, -h * 0.56), 180, 180)
        stone = skia.Simplify(stone)
        brush.leather(stone, self.top, "slate", 0.05)
        brush.cut(
            strokes([[(-w * 0.36, -h * 0.1), (-w * 0.36, -h * 0.74)], [(w * 0.36, -h * 0.1), (w * 0.36, -h * 0.74)]]),
            0.03,
            0.6,
        )
        size = h * 0.8 / max(2, len(self.text))
        letters = font("zh", size, bold=True)
        for k, mark in enumerate(self.text):
            brush.canvas.drawString(
                mark, -letters.measureText(mark) / 2, -h * 0.78 + size * (k + 0.9), letters, brush.paint("lacquer")
            )
        blades = strokes(
            [
                [(w * x, 0.08), (w * x * 1.2, -h * brush.spread(0.12, 0.24))]
                for x in (-0.6, -0.5, -0.4, 0.42, 0.52, 0.62)
            ]
        )
        brush.line(blades, 0.05, "leaf")


class Signpost(Element):
    """A post at a crossroads with boards that point both ways."""

    kind: Literal["signpost"]
    height: float = 3.0
    wood: Pigment = "ochre"

    def paint(self, brush: Brush) -> None:
        h = self.height
        brush.leather(box(-0.1, -h, 0.1, 0.08), "umber", "bark", 0.04)
        brush.leather(polygon([(-0.16, -h), (0, -h - 0.22), (0.16, -h)]), "umber", None, 0.035)
        for side, y, long in ((1, 0.9, 1.3), (-1, 0.72, 1.15), (1, 0.56, 0.9)):
            board = polygon([(-side * 0.16, -h * y), (side * long, -h * y), (side * (long + 0.24), -h * y + 0.2),
                (side * long, -h * y + 0.4),
                             (-side * 0.16, -h * y + 0.4)])  # fmt: skip
            brush.leather(board, self.wood, "umber", 0.04)
            marks = strokes(
                [
                    [(side * (0.16 + 0.22 * k), -h * y + 0.13), (side * (0.3 + 0.22 * k), -h * y + 0.27)]
                    for k in range(4)
                ]
            )
            brush.line(marks, 0.045, "lacquer")


class Crop(Element):
    """Rows of grain, heavy in the ear, that bend in the wind when they are alive; `rows` one before another."""

    kind: Literal["crop"]
    width: float = 10.0
    height: float = 1.0
    rows: int = 2
    stalk: Pigment = "leaf"
    ear: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        for row in range(self.rows):
            h, count = self.height * (1 + 0.12 * row), round(self.width / 0.17)
            stalks, ears, beards = skia.Path(), skia.Path(), skia.Path()
            for k in range(count):
                x = self.width * ((k + 0.5) / count - 0.5) + brush.spread(-0.06, 0.06)
                tall = h * brush.spread(0.78, 1.1)
                lean = 0.16 * tall + 0.12 * tall * math.sin(x * 0.9 + brush.seconds * 1.4)
                foot = row * 0.16
                top = (x + lean * 0.6, foot - tall * 0.86)
                stalks.moveTo(x, foot + 0.1)
                stalks.quadTo(x, foot - tall * 0.5, *top)
                if k % 3 == 0:
                    stalks.moveTo(x, foot - tall * 0.25)
                    stalks.quadTo(x - 0.12, foot - tall * 0.62, x - 0.26, foot - tall * 0.5)
                ears.addPath(limb([top, (top[0] + lean * 0.5, top[1] - tall * 0.08), (top[0] + lean * 0.5 + 0.16,
                    top[1] + tall * 0.05)],
                                  [0.03, 0.11, 0.02]))  # fmt: skip
                beards.moveTo(top[0] + lean * 0.4, top[1] - tall * 0.06)
                beards.lineTo(top[0] + lean * 0.5 + 0.2, top[1] - tall * 0.16)
            brush.line(stalks, 0.055)
            brush.line(stalks, 0.035, self.stalk)
            brush.leather(ears, self.ear, "amber", 0.018)
            brush.line(beards, 0.018, self.ear)


class Paddy(Element):
    """Fields of standing water between banks, with rows of young rice, stepping down a slope from `y`."""

    kind: Literal["paddy"]
    width: float = 34.0
    steps: int = 4
    rise: float = 0.34
    water: Pigment = "sky"
    bank: Pigment = "moss"

    def paint(self, brush: Brush) -> None:
        y = 0.0
        for step in range(self.steps):
            deep = self.rise * (1 + 0.35 * step)
            edge = [(-self.width / 2 + self.width * k / 12, y + brush.spread(-0.3, 0.3) * deep) for k in range(13)]
            field = curve(edge)
            field.lineTo(self.width / 2, y + deep * 2.6)
            field.lineTo(-self.width / 2, y + deep * 2.6)
            field.close()
            brush.fill(field, brush.light.sky[1], self.water)
            brush.line(curve(edge), 0.12 + 0.03 * step)
            brush.line(curve(edge), 0.08 + 0.03 * step, self.bank)
            gleams, rice = skia.Path(), skia.Path()
            for _ in range(26):
                x, d = brush.spread(-0.5, 0.5) * self.width, brush.spread(0.35, 1.0) * deep + y
                gleams.moveTo(x, d)
                gleams.lineTo(x + brush.spread(0.3, 1.0), d)
            size = 0.1 + 0.05 * step
            for k in range(round(self.width / (size * 3.2))):
                x = -self.width / 2 + k * size * 3.2 + brush.spread(-0.04, 0.04)
                foot = y + deep * (0.75 if k % 2 else 0.48)
                for dx in (-0.6, 0.0, 0.6):
                    rice.moveTo(x, foot)
                    rice.lineTo(x + dx * size, foot - size * 1.5)
            brush.cut(gleams, 0.03, 0.8)
            brush.line(rice, 0.03 + 0.008 * step, "leaf")
            y += deep


class Scarecrow(Element):
    """A scarecrow of straw in an old coat and hat, a crow on its arm."""

    kind: Literal["scarecrow"]
    height: float = 2.6
    coat: Pigment = "azurite"

    def paint(self, brush: Brush) -> None:
        h = self.height
        poles = strokes([[(0, 0.1), (0, -h * 0.8)], [(-h * 0.42, -h * 0.64), (h * 0.42, -h * 0.68)]])
        brush.line(poles, 0.11)
        brush.line(poles, 0.06, "ochre")
        coat = polygon([(-h * 0.4, -h * 0.71), (h * 0.4, -h * 0.75), (h * 0.38, -h * 0.56), (h * 0.14, -h * 0.54),
            (h * 0.19, -h * 0.24), (h * 0.1, -h * 0.3),
                        (h * 0.03, -h * 0.2), (-h * 0.06, -h * 0.29), (-h * 0.19, -h * 0.22), (-h * 0.14,
                        -h * 0.52), (-h * 0.38, -h * 0.5)])  # fmt: skip
        brush.leather(coat, self.coat, "indigo", 0.04)
        brush.leather(box(-h * 0.12, -h * 0.4, -h * 0.02, -h * 0.31), "cinnabar", None, 0.025)
        brush.cut(strokes([[(0, -h * 0.7), (0, -h * 0.28)]]), 0.03, 0.7)
        straw = strokes(
            [
                [(side * h * 0.38, -h * (0.62 + 0.02 * d)), (side * h * 0.5, -h * (0.56 + 0.05 * d))]
                for side in (-1, 1)
                for d in range(4)
            ]
        )
        brush.line(straw, 0.045, "straw")
        brush.leather(circle(0, -h * 0.84, h * 0.11), "straw", "sand", 0.035)
        brush.fill(circle(h * 0.04, -h * 0.86, 0.035), "ink")
        brush.line(curve([(h * 0.01, -h * 0.79), (h * 0.05, -h * 0.775), (h * 0.09, -h * 0.8)]), 0.03)
        hat = curve([(-h * 0.2, -h * 0.88), (-h * 0.08, -h * 0.93), (0, -h * 1.1), (h * 0.08, -h * 0.93), (h * 0.2,
            -h * 0.88), (0, -h * 0.9)],
                    closed=True, tension=0.6)  # fmt: skip
        brush.leather(hat, "ochre", "umber", 0.04)
        brush.canvas.save()
        brush.canvas.translate(h * 0.3, -h * 0.74)
        crow(brush, 0.3)
        brush.canvas.restore()


def crow(brush: Brush, s: float) -> None:
    """A crow that sits, facing left."""
    body = curve([(-s * 1.25, -s * 0.95), (-s * 0.85, -s * 1.2), (-s * 0.4, -s * 0.95), (s * 0.4, -s * 0.55),
        (s * 1.3, s * 0.1), (s * 0.5, -s * 0.05),
                  (-s * 0.2, 0), (-s * 0.6, -s * 0.4), (-s * 0.8, -s * 0.85)], closed=True)  # fmt: skip
    brush.leather(body, "soot", "ink", 0.03)
    brush.cut(curve([(-s * 0.2, -s * 0.6), (s * 0.3, -s * 0.3), (s * 0.9, 0)]), 0.025, 0.6)
    brush.hole(circle(-s * 0.82, -s * 0.98, s * 0.08), 0.9)


Painted = Annotated[Way | Milestone | Signpost | Crop | Paddy | Scarecrow, Field(discriminator="kind")]
