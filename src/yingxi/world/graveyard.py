"""Among the graves: mounds, headstones and crosses, iron railings, crows."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, strokes
from yingxi.world.country import crow
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Crows(Element):
    """Crows that sit about (x, y), one beside another."""

    kind: Literal["crows"]
    y: float = 5.0
    size: float = 0.3
    count: int = 2

    def paint(self, brush: Brush) -> None:
        for k in range(self.count):
            brush.canvas.save()
            brush.canvas.translate(self.size * 3.6 * (k - (self.count - 1) / 2), brush.spread(-0.05, 0.05))
            brush.canvas.scale(-1 if brush.random.random() < 0.5 else 1, 1)
            crow(brush, self.size)
            brush.canvas.restore()


class Grave(Element):
    """A grave: a mound with a stele, a headstone or a cross."""

    kind: Literal["grave"]
    form: Literal["mound", "headstone", "cross"] = "mound"
    height: float = 1.6
    stone: Pigment = "stone"

    def paint(self, brush: Brush) -> None:
        h = self.height
        if self.form == "mound":
            mound = curve(
                [(-h * 1.1, 0.12), (-h * 0.8, -h * 0.4), (0, -h * 0.78), (h * 0.8, -h * 0.4), (h * 1.1, 0.12)]
            )
            mound.close()
            brush.leather(mound, brush.snowed("moss"), "umber", 0.045)
            tufts = skia.Path()
            for k in range(9):
                a = math.pi * (0.1 + 0.1 * k)
                x, y = -math.cos(a) * h * 0.95, -math.sin(a) * h * 0.7
                tufts.addPath(strokes([[(x, y + 0.1), (x - 0.05, y - 0.1)], [(x, y + 0.1), (x + 0.07, y - 0.08)]]))
            brush.line(tufts, 0.035, "leaf")
        if self.form == "cross":
            cross = strokes([[(0, 0.05), (0, -h)], [(-h * 0.3, -h * 0.68), (h * 0.3, -h * 0.68)]])
            brush.line(cross, h * 0.2 + 0.06)
            brush.line(cross, h * 0.2, self.stone)
            brush.line(circle(0, -h * 0.68, h * 0.2), 0.11)
            brush.line(circle(0, -h * 0.68, h * 0.2), 0.06, self.stone)
            brush.cut(strokes([[(0, -h * 0.2), (0, -h * 0.9)]]), 0.03, 0.6)
            return
        w = h * 0.56
        stone = box(-w / 2, -h * 0.74, w / 2, 0.08)
        stone.addArc(skia.Rect(-w / 2, -h, w / 2, -h * 0.48), 180, 180)
        stone = skia.Simplify(stone)
        brush.leather(stone, self.stone, "slate", 0.05)
        inner = curve(
            [(-w * 0.36, -0.1), (-w * 0.36, -h * 0.7), (0, -h * 0.92), (w * 0.36, -h * 0.7), (w * 0.36, -0.1)],
            tension=0.5,
        )
        brush.cut(inner, 0.03, 0.65)
        marks = strokes(
            [
                [(-w * 0.18 + dx, -h * (0.66 - 0.11 * k)), (w * 0.06 + dx, -h * (0.64 - 0.11 * k))]
                for k in range(5)
                for dx in (0.0, w * 0.12)
            ]
        )
        brush.line(marks, 0.035, "lacquer" if self.form == "mound" else "soot", 0.85)


class IronFence(Element):
    """A fence of iron spears with scrolls between."""

    kind: Literal["iron_fence"]
    width: float = 6.0
    height: float = 1.4

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        bars: list[list[Point]] = [[(-w / 2, -h * y), (w / 2, -h * y)] for y in (0.16, 0.76)]
        tips, scrolls = skia.Path(), skia.Path()
        for k in range(round(w / 0.34) + 1):
            x = -w / 2 + 0.34 * k
            bars.append([(x, 0.06), (x, -h * 0.9)])
            tips.addPath(polygon([(x - 0.08, -h * 0.88), (x, -h * 1.06), (x + 0.08, -h * 0.88), (x, -h * 0.82)]))
            scrolls.addCircle(x + 0.17, -h * 0.66, 0.11)
        brush.line(strokes(bars), 0.06, "soot")
        brush.line(scrolls, 0.04, "soot")
        brush.leather(tips, "soot", "ink", 0.025)


Painted = Annotated[Crows | Grave | IronFence, Field(discriminator="kind")]
