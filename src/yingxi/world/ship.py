"""Ships: the junk that is seen from the shore, and mast, sail and rigging as seen from its deck."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


def sail(brush: Brush, width: float, height: float, cloth: str, furled: bool = False) -> None:
    """A battened sail hung from the head of its mast at (0, 0), down over `height`."""
    w, rows = width, 6
    tall = height * (0.16 if furled else 1.0)
    edge: list[tuple[Point, Point]] = []
    for k in range(rows + 1):
        t = k / rows
        bulge = 0.1 * w * math.sin(math.pi * t)
        edge.append(((-w * (0.3 + 0.14 * t) - bulge * 0.3, tall * (t * 0.98 + 0.02)),
                     (w * (0.36 + 0.26 * t**0.7) + bulge, tall * (t * 0.9 - 0.06 * (1 - t)))))  # fmt: skip
    for k in range(rows):
        (a, b), (d, c) = edge[k], edge[k + 1]
        panel = skia.Path()
        panel.moveTo(*a)
        panel.lineTo(*b)
        panel.quadTo(max(b[0], c[0]) + w * 0.04, (b[1] + c[1]) / 2, *c)
        panel.lineTo(*d)
        panel.quadTo(min(a[0], d[0]) + w * 0.02, (a[1] + d[1]) / 2, *a)
        brush.leather(panel, cloth, "sand" if k % 2 else "ivory", 0.03)
        if not furled:
            slits = [[(a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s + 0.08 * tall / rows),
                      (d[0] + (c[0] - d[0]) * s, d[1] + (c[1] - d[1]) * s - 0.12 * tall / rows)]
                     for s in (0.14, 0.28, 0.42, 0.56, 0.7, 0.84)]  # fmt: skip
            brush.cut(strokes(slits), 0.022, 0.55)
    battens = strokes([[a, b] for a, b in edge])
    brush.line(battens, 0.085)
    brush.line(battens, 0.05, "umber")


class Ship(Element):
    """A junk under sail: high stern, painted eye at the bow, battened sails, pennants that stream. It heads right."""

    kind: Literal["ship"]
    width: float = 5.0
    hull: Pigment = "umber"
    cloth: Pigment = "amber"
    furled: bool = False

    def paint(self, brush: Brush) -> None:
        w = self.width
        for x, tall, wide in ((-0.3, 0.52, 0.2), (0.3, 0.5, 0.2), (0.02, 0.72, 0.3)):
            brush.line(strokes([[(w * x, 0), (w * x, -w * tall)]]), 0.05 * w / 3 + 0.03)
            brush.line(strokes([[(w * x, 0), (w * x, -w * tall)]]), 0.05 * w / 3, "umber")
            brush.canvas.save()
            brush.canvas.translate(w * x, -w * (0.26 if self.furled else tall * 0.95))
            sail(brush, w * wide, w * (tall - 0.22), self.cloth, self.furled)
            brush.canvas.restore()
            wave = 0.02 * w * math.sin(brush.seconds * 3 + x * 9)
            pennant = polygon([(w * x, -w * tall), (w * (x + 0.05), -w * (tall - 0.004) - wave), (w * (x + 0.16),
                -w * (tall - 0.02) + wave),
                               (w * (x + 0.05), -w * (tall - 0.024) - wave), (w * x,
                               -w * (tall - 0.03))])  # fmt: skip
            brush.leather(pennant, "cinnabar", "crimson", 0.015)
        rigging = strokes(
            [[(w * 0.02, -w * 0.7), (w * 0.55, -w * 0.17)], [(w * 0.02, -w * 0.7), (-w * 0.5, -w * 0.26)]]
        )
        brush.line(rigging, 0.018, alpha=0.7)
        hull = curve([(-w * 0.56, -w * 0.27), (-w * 0.5, -w * 0.06), (-w * 0.3, w * 0.04), (w * 0.2, w * 0.05),
                      (w * 0.46, -w * 0.02), (w * 0.6, -w * 0.2)], tension=0.9)  # fmt: skip
        hull.lineTo(w * 0.46, -w * 0.13)
        hull.quadTo(w * 0.1, -w * 0.07, -w * 0.26, -w * 0.09)
        hull.lineTo(-w * 0.3, -w * 0.17)
        hull.close()
        brush.leather(hull, self.hull, "lacquer", 0.045)
        brush.canvas.save()
        brush.canvas.clipPath(hull, skia.ClipOp.kIntersect, True)
        planks = skia.Path()
        for k in range(4):
            planks.addPath(
                curve(
                    [
                        (-w * 0.55, -w * (0.2 - 0.05 * k)),
                        (0, -w * (0.045 - 0.03 * k)),
                        (w * 0.6, -w * (0.15 - 0.045 * k)),
                    ]
                )
            )
        brush.cut(planks, 0.03, 0.6)
        brush.line(curve([(-w * 0.3, -w * 0.1), (0.1 * w, -w * 0.075), (w * 0.47, -w * 0.14)]), 0.03 * w, "gold")
        brush.canvas.restore()
        stern = polygon(
            [(-w * 0.57, -w * 0.27), (-w * 0.3, -w * 0.25), (-w * 0.3, -w * 0.16), (-w * 0.53, -w * 0.13)]
        )
        brush.leather(stern, "cinnabar", "lacquer", 0.035)
        panes = skia.Path()
        for k in range(4):
            panes.addRect(skia.Rect.MakeXYWH(-w * (0.52 - 0.055 * k), -w * 0.235, w * 0.032, w * 0.05))
        brush.hole(panes, 0.9)
        if brush.light.night:
            brush.fill(panes, "amber", "gold", 0.9, lit=True)
        brush.leather(circle(w * 0.42, -w * 0.075, w * 0.026), "ivory", None, 0.025)
        brush.fill(circle(w * 0.427, -w * 0.075, w * 0.012), "ink")


class Mast(Element):
    """A mast that goes up out of the picture, with its sail, shrouds and a coil of rope about its foot."""

    kind: Literal["mast"]
    height: float = 11.0
    girth: float = 0.34
    cloth: Pigment = "amber"
    wide: float = 6.0
    drop: float = 6.4

    def paint(self, brush: Brush) -> None:
        h, g = self.height, self.girth
        shrouds = [[(side * g * (8 + 2 * k), 0), (0, -h)] for side in (-1, 1) for k in (0, 1)]
        brush.line(strokes(shrouds), 0.04, alpha=0.8)
        rungs: list[list[Point]] = []
        for side in (-1, 1):
            for k in range(1, 14):
                t = k / 16
                rungs.append([(side * g * 8 * (1 - t), -h * t), (side * g * 10 * (1 - t), -h * t)])
        brush.line(strokes(rungs), 0.03, alpha=0.7)
        pole = polygon([(-g / 2, 0), (-g * 0.36, -h), (g * 0.36, -h), (g / 2, 0)])
        brush.leather(pole, "umber", "bark", 0.05)
        brush.cut(strokes([[(-g * 0.15, -0.4), (-g * 0.1, -h)], [(g * 0.15, -0.9), (g * 0.12, -h)]]), 0.03, 0.55)
        if self.wide:
            brush.canvas.save()
            brush.canvas.translate(0, -h)
            sail(brush, self.wide, self.drop, self.cloth)
            brush.canvas.restore()
        for k in range(4):
            band = box(-g * 0.66, -0.3 - 0.14 * k, g * 0.66, -0.18 - 0.14 * k, 0.06)
            brush.leather(band, "straw", "ochre", 0.025)
        brush.leather(box(-g, -0.18, g, 0.05, 0.05), "lacquer", "soot", 0.04)


class Mooring(Element):
    """A bollard with its rope, and chests and jars put down beside it. `size` is the bollard's height."""

    kind: Literal["mooring"]
    size: float = 0.9

    def paint(self, brush: Brush) -> None:
        s = self.size
        for left, top, name in ((0.6, 0.8, "ochre"), (1.35, 0.6, "umber"), (0.95, 1.4, "bark")):
            low = top - 0.7 if top > 1 else 0.0
            crate = box(s * left, -s * top, s * (left + 0.75), -s * low + 0.04)
            brush.leather(crate, name, "soot", 0.035)
            a, b, c, d = s * (left + 0.08), s * (left + 0.67), -s * (top - 0.08), -s * (low + 0.06)
            brush.line(strokes([[(a, c), (b, c), (b, d), (a, d), (a, c), (b, d)]]), 0.04, "gold", 0.7)
        brush.leather(box(-s * 0.2, -s, s * 0.2, 0.06, 0.05), "umber", "soot", 0.04)
        brush.leather(box(-s * 0.3, -s * 1.1, s * 0.3, -s * 0.86, 0.08), "bark", None, 0.04)
        for k in range(3):
            coil = curve(
                [(-s * 0.24, -s * (0.3 + 0.13 * k)), (0, -s * (0.24 + 0.13 * k)), (s * 0.24, -s * (0.3 + 0.13 * k))]
            )
            brush.line(coil, 0.12 * s)
            brush.line(coil, 0.08 * s, "straw")
        brush.line(spiral(-s * 0.62, -s * 0.05, s * 0.3, 2.5), 0.06 * s, "straw")


Painted = Annotated[Ship | Mast | Mooring, Field(discriminator="kind")]
