"""Rooms of learning: blackboards, benches, globes, ladders, glass vessels on a bench, an orrery."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.lettering import font
from yingxi.world.pigment import Pigment


class Blackboard(Element):
    """A board in a frame hung at (x, y), with what a teacher has chalked on it: letters, a theorem, planets."""

    kind: Literal["blackboard"]
    y: float = 2.2
    width: float = 5.4
    height: float = 2.6
    frame: Pigment = "umber"
    board: Pigment = "#5f9a84"
    lines: tuple[str, ...] = ("天地玄黄", "a² + b² = c²", "日月盈昃")

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w / 2, 0, w / 2, h), self.frame, "bark", 0.05)
        pane = box(-w / 2 + 0.16, 0.16, w / 2 - 0.16, h - 0.16)
        brush.leather(pane, self.board, "malachite", 0.04)
        knots = skia.Path()
        for k in range(round(w / 0.3)):
            for y in (0.08, h - 0.08):
                knots.addCircle(-w / 2 + 0.15 + 0.3 * k, y, 0.03)
        brush.cut(knots, 0.02, 0.8)
        step = (h - 0.4) / len(self.lines)
        for k, line in enumerate(self.lines):
            letters = font("zh", step * 0.58, bold=True)
            brush.canvas.drawString(
                line, -w * 0.43, 0.24 + step * (k + 0.72), letters, brush.paint("ivory", 0.95, lit=True)
            )
        x, y, r = w * 0.27, h * 0.5, h * 0.3
        brush.cut(polygon([(x - r, y + r * 0.7), (x + r, y + r * 0.7), (x - r, y - r * 0.8)]), 0.035, 0.95)
        brush.cut(box(x - r, y + r * 0.46, x - r * 0.76, y + r * 0.7), 0.025, 0.9)
        brush.cut(circle(x + r * 0.5, y - r * 0.3, r * 0.38), 0.03, 0.9)
        brush.leather(box(-w * 0.4, h, w * 0.4, h + 0.1), self.frame, None, 0.03)
        for k, name in enumerate(("ivory", "rose", "ivory")):
            brush.leather(box(-w * 0.3 + 0.4 * k, h - 0.07, -w * 0.3 + 0.4 * k + 0.28, h), name, None, 0.02)


class Desk(Element):
    """A pupil's desk and stool, with a book, a brush and an ink stone."""

    kind: Literal["desk"]
    width: float = 1.7
    height: float = 1.05
    wood: Pigment = "ochre"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        legs = strokes([[(x * w, -h), (x * w * 1.06, 0)] for x in (-0.44, -0.32, 0.32, 0.44)])
        brush.line(legs, 0.13)
        brush.line(legs, 0.08, self.wood)
        brush.leather(box(-w * 0.46, -h * 0.92, w * 0.46, -h * 0.66), self.wood, "umber", 0.035)
        for x in (-0.23, 0.23):
            brush.line(box(w * (x - 0.18), -h * 0.88, w * (x + 0.18), -h * 0.7), 0.025)
            brush.leather(circle(w * x, -h * 0.79, 0.035), "gold", None, 0.02)
        brush.leather(box(-w / 2, -h, w / 2, -h * 0.9, 0.03), self.wood, "umber", 0.035)
        for side in (-1, 1):
            page = polygon(
                [
                    (-w * 0.1, -h - 0.02),
                    (-w * 0.1 + side * w * 0.17, -h - 0.1),
                    (-w * 0.1 + side * w * 0.17, -h - 0.01),
                ]
            )
            brush.leather(page, "ivory", "sand", 0.025)
        brush.leather(box(w * 0.24, -h - 0.16, w * 0.36, -h), "azurite", "ivory", 0.025)
        brush.line(strokes([[(w * 0.3, -h - 0.12), (w * 0.36, -h - 0.5)]]), 0.045, "umber")


class Globe(Element):
    """A globe of the earth on its stand."""

    kind: Literal["globe"]
    height: float = 1.6
    sea: Pigment = "azurite"
    land: Pigment = "jade"

    def paint(self, brush: Brush) -> None:
        h = self.height
        r, y = h * 0.34, -h * 0.62
        brush.leather(box(-h * 0.24, -h * 0.07, h * 0.24, 0.02, 0.03), "lacquer", "umber", 0.035)
        brush.line(strokes([[(0, -h * 0.06), (0, -h * 0.24)]]), 0.12)
        brush.line(strokes([[(0, -h * 0.06), (0, -h * 0.24)]]), 0.07, "gold")
        ball = circle(0, y, r)
        brush.leather(ball, "sky", self.sea, 0.04)
        brush.canvas.save()
        brush.canvas.clipPath(ball, skia.ClipOp.kIntersect, True)
        for x, dy, size in ((-0.5, -0.35, 0.5), (0.3, 0.1, 0.6), (-0.3, 0.6, 0.35)):
            coast = [(r * (x + size * math.cos(a) * (1.2 if k % 2 else 0.75)),
                y + r * (dy + size * 0.6 * math.sin(a)))
                     for k, a in enumerate(math.tau * k / 9 for k in range(9))]  # fmt: skip
            brush.leather(curve(coast, closed=True), self.land, "malachite", 0.022)
        for k in (-0.5, 0.0, 0.5):
            brush.cut(curve([(-r, y + r * k), (0, y + r * (k + 0.14)), (r, y + r * k)]), 0.018, 0.6)
        brush.canvas.restore()
        ring = skia.Path()
        ring.addArc(skia.Rect(-r * 1.2, y - r * 1.2, r * 1.2, y + r * 1.2), -75, 190)
        brush.line(ring, 0.1)
        brush.line(ring, 0.055, "gold")


class Ladder(Element):
    """A ladder that leans against shelves."""

    kind: Literal["ladder"]
    height: float = 5.0
    width: float = 0.7
    wood: Pigment = "ochre"

    def paint(self, brush: Brush) -> None:
        h, w = self.height, self.width
        rungs: list[list[Point]] = [[(-w / 2, -h * k / 11), (w / 2, -h * k / 11)] for k in range(1, 11)]
        poles: list[list[Point]] = [[(x, 0.05), (x * 0.9, -h)] for x in (-w / 2, w / 2)]
        for lines in (rungs, poles):
            brush.line(strokes(lines), 0.13)
            brush.line(strokes(lines), 0.075, self.wood)


class Glassware(Element):
    """A laboratory bench: flasks that bubble over a flame, a retort, a coil, tubes in a rack."""

    kind: Literal["glassware"]
    width: float = 4.6
    height: float = 1.35
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w * 0.47, -h * 0.9, w * 0.47, 0.04), self.wood, "soot", 0.04)
        for k in range(4):
            x = -w * 0.47 + w * 0.235 * k
            brush.line(box(x + 0.1, -h * 0.76, x + w * 0.235 - 0.1, -h * 0.12), 0.03, "gold", 0.7)
            brush.leather(circle(x + w * 0.117, -h * 0.6, 0.045), "gold", None, 0.02)
        brush.leather(box(-w / 2, -h, w / 2, -h * 0.88, 0.03), "bark", self.wood, 0.035)
        brush.canvas.save()
        brush.canvas.translate(0, -h)
        self._flask(brush, -w * 0.36, 0.42, "malachite", 0.35)
        self._retort(brush, -w * 0.08, w * 0.2)
        self._flask(brush, w * 0.16, 0.34, "rose", 0.0)
        self._rack(brush, w * 0.36)
        brush.canvas.restore()

    def _flask(self, brush: Brush, x: float, r: float, name: str, raised: float) -> None:
        """A round flask, over a burner where it is raised."""
        t = brush.seconds
        y = -raised - r
        if raised:
            brush.line(
                strokes([[(x - r * 0.9, 0), (x - r * 0.5, -raised), (x + r * 0.5, -raised), (x + r * 0.9, 0)]]),
                0.06,
                "soot",
            )
            tall = raised * (0.8 + 0.12 * math.sin(t * 9))
            brush.glow(x, -raised * 0.5, 0.7, "orange", 0.6)
            brush.fill(curve([(x, 0), (x + 0.09, -tall * 0.4), (x + 0.02 * math.sin(t * 7), -tall), (x - 0.09,
                -tall * 0.4)], closed=True),
                       "gold", "orange", lit=True)  # fmt: skip
        body = skia.Op(
            circle(x, y, r), box(x - r * 0.22, y - r * 1.9, x + r * 0.22, y - r * 0.5), skia.PathOp.kUnion_PathOp
        )
        brush.glow(x, y, r * 2, name, 0.35)
        brush.fill(body, "#e4f4f0", alpha=0.7, lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(circle(x, y, r * 0.92), skia.ClipOp.kIntersect, True)
        brush.fill(box(x - r, y - r * 0.05, x + r, y + r), name, alpha=0.9, lit=True)
        bubbles = skia.Path()
        for k in range(6):
            rise = (t * 0.6 + k * 0.31) % 1
            bubbles.addCircle(x + r * 0.5 * math.sin(k * 2.4), y + r * (0.85 - 0.9 * rise), r * 0.07)
        brush.cut(bubbles, 0.02, 0.9)
        brush.canvas.restore()
        brush.line(body, 0.03)
        brush.line(strokes([[(x - r * 0.34, y - r * 1.9), (x + r * 0.34, y - r * 1.9)]]), 0.06)

    def _retort(self, brush: Brush, x: float, reach: float) -> None:
        y, r = -0.95, 0.26
        coil = [(x + 0.2 + reach * k / 22, y + 0.35 + 0.012 * k + 0.13 * math.sin(k * 1.15)) for k in range(22)]
        brush.line(strokes([[(x, 0), (x, -0.7)], [(x - 0.25, 0), (x + 0.25, 0)]]), 0.06, "soot")
        neck = curve([(x - 0.05, y - 0.24), (x + 0.25, y - 0.32), (x + 0.5, y + 0.05), (x + 0.2, y + 0.35)])
        brush.line(neck, 0.13)
        brush.line(neck, 0.08, "ivory")
        brush.line(curve(coil), 0.07)
        brush.line(curve(coil), 0.035, "ivory")
        brush.fill(circle(x, y, r), "#f2e4bc", lit=True)
        brush.fill(curve([(x - r, y + 0.05), (x + r, y + 0.05), (x + r * 0.7, y + r * 0.7), (x, y + r),
            (x - r * 0.7, y + r * 0.7)],
                         closed=True, tension=0.6), "amber", "orange", 0.9, lit=True)  # fmt: skip
        brush.line(circle(x, y, r), 0.03)

    def _rack(self, brush: Brush, x: float) -> None:
        for k, name in enumerate(("cinnabar", "gold", "azurite", "malachite")):
            left = x - 0.36 + 0.2 * k
            tube = box(left, -0.62, left + 0.13, -0.08, 0.06)
            brush.fill(tube, "#e4f4f0", alpha=0.8, lit=True)
            brush.fill(box(left, -0.36 - 0.06 * (k % 2), left + 0.13, -0.08, 0.06), name, alpha=0.9, lit=True)
            brush.line(tube, 0.025)
        for y in (-0.5, -0.12):
            brush.leather(box(x - 0.46, y, x + 0.5, y + 0.1), "ochre", None, 0.025)


class Orrery(Element):
    """A machine of brass that carries the planets about the sun, hung at (x, y); it turns."""

    kind: Literal["orrery"]
    y: float = 2.6
    radius: float = 1.5

    def paint(self, brush: Brush) -> None:
        r, t = self.radius, brush.seconds
        brush.line(strokes([[(0, -5), (0, 0)]]), 0.05)
        brush.glow(0, 0, r * 0.9, "gold", 0.7)
        for k, (size, name) in enumerate(((0.34, "rose"), (0.58, "azurite"), (0.8, "cinnabar"), (1.0, "amber"))):
            ring = skia.Path()
            ring.addOval(skia.Rect(-r * size, -r * size * 0.42, r * size, r * size * 0.42))
            brush.line(ring, 0.055)
            brush.line(ring, 0.028, "gold")
            angle = t * (0.9 - 0.2 * k) + k * 1.9
            x, y = math.cos(angle) * r * size, math.sin(angle) * r * size * 0.42
            brush.leather(circle(x, y, r * (0.07 + 0.02 * k)), name, "umber", 0.028)
            if k == 3:
                brush.line(curve([(x - 0.26, y + 0.05), (x, y + 0.08), (x + 0.26, y - 0.05)]), 0.035, "gold")
        brush.leather(circle(0, 0, r * 0.16), "gold", "orange", 0.03)
        rays = skia.Path()
        for k in range(12):
            a = math.tau * k / 12
            rays.moveTo(math.cos(a) * r * 0.19, math.sin(a) * r * 0.19)
            rays.lineTo(math.cos(a) * r * 0.27, math.sin(a) * r * 0.27)
        brush.line(rays, 0.035, "gold", lit=True)
        brush.cut(spiral(0, 0, r * 0.12, 1.4), 0.02)


Painted = Annotated[Blackboard | Desk | Globe | Ladder | Glassware | Orrery, Field(discriminator="kind")]
