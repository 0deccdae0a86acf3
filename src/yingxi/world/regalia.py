"""What rank and faith are shown by: a throne, an altar, a burner of incense."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Throne(Element):
    """The dragon throne on its dais, a carved back with a sun and clouds."""

    kind: Literal["throne"]
    width: float = 3.0
    height: float = 4.4

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for k in range(3):
            step = box(-w * (1.3 - 0.2 * k), -0.26 * (k + 1), w * (1.3 - 0.2 * k), -0.26 * k + 0.02)
            brush.leather(step, "stone", "slate", 0.04)
            brush.line(
                strokes(
                    [[(-w * (1.3 - 0.2 * k), -0.26 * (k + 1) + 0.09), (w * (1.3 - 0.2 * k), -0.26 * (k + 1) + 0.09)]]
                ),
                0.03,
                "gold",
            )
        brush.canvas.save()
        brush.canvas.translate(0, -0.78)
        h -= 0.78
        back = curve(
            [
                (-w * 0.5, 0),
                (-w * 0.56, -h * 0.4),
                (-w * 0.5, -h * 0.62),
                (-w * 0.34, -h * 0.74),
                (-w * 0.2, -h * 0.92),
                (0, -h),
                (w * 0.2, -h * 0.92),
                (w * 0.34, -h * 0.74),
                (w * 0.5, -h * 0.62),
                (w * 0.56, -h * 0.4),
                (w * 0.5, 0),
            ]
        )
        back.close()
        brush.leather(back, "gold", "amber", 0.055)
        brush.line(
            curve(
                [
                    (x * 0.85, y * 0.92)
                    for x, y in [
                        (-w * 0.5, 0),
                        (-w * 0.54, -h * 0.4),
                        (-w * 0.34, -h * 0.74),
                        (0, -h),
                        (w * 0.34, -h * 0.74),
                        (w * 0.54, -h * 0.4),
                        (w * 0.5, 0),
                    ]
                ]
            ),
            0.05,
            "cinnabar",
        )
        brush.leather(circle(0, -h * 0.68, w * 0.13), "cinnabar", "orange", 0.035)
        for side in (-1, 1):
            for x, y, r in ((0.3, 0.52, 0.12), (0.18, 0.4, 0.09), (0.36, 0.28, 0.1), (0.2, 0.8, 0.07)):
                brush.cut(spiral(side * w * x, -h * y, w * r, 1.5, 0.4, side), 0.045, 0.85)
            dragon = [(side * w * (0.62 + 0.06 * math.sin(k)), -h * (0.1 + 0.055 * k)) for k in range(9)]
            brush.line(curve(dragon), 0.26)
            brush.line(curve(dragon), 0.19, "gold")
            brush.leather(circle(dragon[-1][0], dragon[-1][1] - 0.08, 0.19), "gold", "ochre", 0.035)
        brush.leather(box(-w * 0.52, -h * 0.3, w * 0.52, -h * 0.2, 0.05), "cinnabar", "crimson", 0.04)
        brush.leather(box(-w * 0.48, -h * 0.2, w * 0.48, 0), "amber", "ochre", 0.04)
        brush.canvas.restore()


class Altar(Element):
    """A Buddha on a lotus before a flaming halo, an incense table in front of him."""

    kind: Literal["altar"]
    height: float = 4.6

    def paint(self, brush: Brush) -> None:
        h = self.height
        s = h / 4.6
        brush.canvas.save()
        brush.canvas.scale(s, s)
        brush.glow(0, -3.0, 3.2, "gold", 0.7)
        halo = polygon(
            [
                (
                    math.sin(math.tau * k / 48) * (1.62 if k % 2 else 1.42),
                    -2.75 - math.cos(math.tau * k / 48) * (1.75 if k % 2 else 1.55),
                )
                for k in range(48)
            ]
        )
        brush.leather(halo, "orange", "gold", 0.04)
        brush.leather(circle(0, -2.75, 1.22), "ivory", "gold", 0.035)
        brush.cut(circle(0, -2.75, 1.34), 0.05, 0.8)
        robe = curve(
            [
                (-0.2, -2.75),
                (-0.62, -2.45),
                (-0.82, -1.75),
                (-1.35, -1.3),
                (-1.1, -1.0),
                (1.1, -1.0),
                (1.35, -1.3),
                (0.82, -1.75),
                (0.62, -2.45),
                (0.2, -2.75),
            ],
            closed=True,
        )
        brush.leather(robe, "amber", "cinnabar", 0.05)
        folds = skia.Path()
        for k in range(4):
            folds.moveTo(-0.45 + 0.1 * k, -2.4 + 0.1 * k)
            folds.quadTo(0.2, -1.9 + 0.2 * k, 0.75 - 0.05 * k, -1.7 + 0.14 * k)
        brush.cut(folds, 0.045, 0.75)
        brush.leather(circle(0, -3.12, 0.42), "peach", "ochre", 0.045)
        hair = curve(
            [
                (-0.42, -3.2),
                (-0.3, -3.5),
                (-0.12, -3.56),
                (0, -3.74),
                (0.12, -3.56),
                (0.3, -3.5),
                (0.42, -3.2),
                (0, -3.34),
            ],
            closed=True,
        )
        brush.leather(hair, "indigo", None, 0.035)
        face = strokes(
            [[(-0.22, -3.12), (-0.08, -3.1)], [(0.08, -3.1), (0.22, -3.12)], [(-0.09, -2.9), (0.09, -2.9)]]
        )
        brush.line(face, 0.03)
        for row, (count, y, r) in enumerate(((7, -0.95, 0.32), (8, -0.72, 0.3))):
            for k in range(count):
                x = (k - (count - 1) / 2) * 0.36
                petal = curve([(x, y - r), (x + r * 0.62, y), (x, y + r * 0.55), (x - r * 0.62, y)], closed=True)
                brush.leather(petal, "rose" if row else "peach", "crimson", 0.03)
        brush.leather(box(-1.7, -0.55, 1.7, -0.36, 0.04), "lacquer", "umber", 0.04)
        brush.leather(box(-1.5, -0.36, 1.5, 0.05), "cinnabar", "crimson", 0.04)
        for k in range(-3, 4):
            brush.cut(spiral(k * 0.42, -0.15, 0.11, 1.3, 0, 1 if k % 2 else -1), 0.03, 0.75)
        brush.canvas.restore()


class Burner(Element):
    """A bronze tripod for incense, with smoke that winds upwards."""

    kind: Literal["burner"]
    height: float = 1.3
    metal: Pigment = "teal"

    def paint(self, brush: Brush) -> None:
        h = self.height
        for strand in range(2):
            points: list[Point] = []
            for k in range(9):
                t = k / 8
                sway = math.sin(brush.seconds * 1.2 - t * 5 + strand * 2.4) * h * 0.22 * t
                points.append((sway + (strand - 0.5) * 0.1, -h - t * h * 2.2))
            brush.line(curve(points), 0.1 + 0.08 * strand, brush.light.core, 0.35, lit=True)
            brush.line(curve(points), 0.03, "slate", 0.35)
        for side in (-1, 1):
            leg = curve([(side * h * 0.24, -h * 0.4), (side * h * 0.34, -h * 0.15), (side * h * 0.28, 0)])
            brush.line(leg, 0.14)
            brush.line(leg, 0.09, self.metal)
            ear = box(side * h * 0.36 - 0.07, -h * 0.98, side * h * 0.36 + 0.07, -h * 0.7, 0.04)
            brush.leather(ear, self.metal, None, 0.035)
        pot = curve(
            [
                (-h * 0.42, -h * 0.78),
                (-h * 0.44, -h * 0.5),
                (-h * 0.2, -h * 0.28),
                (h * 0.2, -h * 0.28),
                (h * 0.44, -h * 0.5),
                (h * 0.42, -h * 0.78),
            ]
        )
        pot.close()
        brush.leather(pot, self.metal, "pine", 0.045)
        brush.cut(spiral(-h * 0.16, -h * 0.54, h * 0.11, 1.4), 0.03, 0.7)
        brush.cut(spiral(h * 0.16, -h * 0.54, h * 0.11, 1.4, math.pi, -1), 0.03, 0.7)
        brush.leather(box(-h * 0.48, -h * 0.84, h * 0.48, -h * 0.75, 0.03), self.metal, None, 0.035)


Painted = Annotated[Throne | Altar | Burner, Field(discriminator="kind")]
