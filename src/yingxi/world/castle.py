"""A castle of the West, and what its great rooms hold: towers and pennants, chandeliers, arcades of tall windows."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.furnishing import candle
from yingxi.world.gothic import pointed
from yingxi.world.pigment import Pigment


class Tower(Element):
    """A round tower with a parapet and a conical roof, a pennant on its tip."""

    kind: Literal["tower"]
    width: float = 1.6
    height: float = 5.0
    wall: Pigment = "stone"
    roof: Pigment = "azurite"
    flag: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        body = polygon([(-w * 0.5, 0.1), (-w * 0.44, -h), (w * 0.44, -h), (w * 0.5, 0.1)])
        brush.leather(body, self.wall, "slate", 0.045)
        courses, slits = skia.Path(), skia.Path()
        rows = max(4, round(h / 0.3))
        for row in range(rows):
            y = -h * (row + 0.5) / rows
            for k in range(3):
                if brush.random.random() < 0.55:
                    x = w * (-0.4 + 0.26 * k + (0.13 if row % 2 else 0)) + brush.spread(-0.03, 0.03)
                    courses.addRect(skia.Rect.MakeXYWH(x, y, w * 0.2, h / rows * 0.5))
        brush.line(courses, 0.022, "umber", 0.45)
        for k in range(max(1, round(h / 1.9))):
            y = -h * 0.82 + 1.7 * k
            if y < -0.9:
                slits.addPath(pointed(-w * 0.09, w * 0.09, y, y + 0.55))
        brush.hole(slits, 0.9)
        if brush.light.night:
            brush.fill(slits, "amber", "gold", 0.9, lit=True)
        brush.line(slits, 0.03)
        crown = box(-w * 0.6, -h - w * 0.14, w * 0.6, -h + w * 0.06)
        for k in range(5):
            crown.addRect(skia.Rect.MakeXYWH(-w * 0.6 + w * 0.255 * k, -h - w * 0.3, w * 0.18, w * 0.17))
        brush.leather(skia.Simplify(crown), self.wall, "slate", 0.04)
        cone = curve([(-w * 0.5, -h - w * 0.22), (-w * 0.2, -h - w * 0.95), (0, -h - w * 1.75)])
        cone.quadTo(w * 0.18, -h - w * 0.95, w * 0.5, -h - w * 0.22)
        cone.close()
        brush.leather(cone, brush.snowed(self.roof), "indigo", 0.045)
        tiles = skia.Path()
        for k in range(1, 6):
            y, half = -h - w * (0.22 + 0.25 * k), w * 0.46 * (1 - k / 6.4) ** 1.2
            tiles.addPath(curve([(-half, y), (0, y + 0.07 * w), (half, y)]))
        brush.cut(tiles, 0.03, 0.65)
        wave = brush.spread(-0.06, 0.06)
        tip = -h - w * 1.75
        brush.line(strokes([[(0, tip + 0.1), (0, tip - w * 0.5)]]), 0.04)
        pennant = curve([(0, tip - w * 0.5), (w * 0.3, tip - w * 0.46 + wave), (w * 0.62, tip - w * 0.34 - wave),
                         (w * 0.3, tip - w * 0.28 + wave), (0, tip - w * 0.22)], closed=True,
                         tension=0.7)  # fmt: skip
        brush.leather(pennant, self.flag, "crimson", 0.025)


class Keep(Element):
    """The gatehouse of a castle: walls with merlons, a pointed gate with a portcullis, a shield over it."""

    kind: Literal["keep"]
    width: float = 8.0
    height: float = 3.4
    wall: Pigment = "stone"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        body = box(-w / 2, -h, w / 2, 0.1)
        step = 0.62
        for k in range(math.floor(w / step)):
            body.addRect(skia.Rect.MakeXYWH(-w / 2 + k * step, -h - 0.34, step * 0.58, 0.36))
        body = skia.Simplify(body)
        gate = pointed(-0.85, 0.85, -h * 0.74, 0.12)
        body = skia.Op(body, gate, skia.PathOp.kDifference_PathOp)
        brush.leather(body, self.wall, "slate", 0.05)
        bricks = skia.Path()
        for row in range(math.floor(h / 0.3)):
            x = -w / 2 + brush.spread(0.1, 0.7)
            while x < w / 2 - 0.6:
                if brush.random.random() < 0.4 and not -1.5 < x < 0.95:
                    bricks.addRect(skia.Rect.MakeXYWH(x, -h + 0.1 + row * 0.3, 0.5, 0.2))
                x += 0.7
        brush.line(bricks, 0.022, "umber", 0.45)
        brush.cut(strokes([[(-w / 2, -h + 0.1), (w / 2, -h + 0.1)]]), 0.04, 0.6)
        bars: list[list[Point]] = [[(x, -h * 0.7), (x, -h * 0.42)] for x in (-0.5, -0.25, 0, 0.25, 0.5)]
        bars += [[(-0.7, -h * y), (0.7, -h * y)] for y in (0.5, 0.58)]
        brush.line(strokes(bars), 0.06, "soot")
        for grow in (0.08, 0.24):
            brush.line(pointed(-0.85 - grow, 0.85 + grow, -h * 0.74 - grow, 0.12), 0.06, "umber")
        shield = curve(
            [(-0.34, -h * 0.97), (0.34, -h * 0.97), (0.3, -h * 0.86), (0, -h * 0.78), (-0.3, -h * 0.86)],
            closed=True,
            tension=0.4,
        )
        brush.leather(shield, "cinnabar", "crimson", 0.04)
        brush.line(strokes([[(0, -h * 0.96), (0, -h * 0.8)], [(-0.28, -h * 0.9), (0.28, -h * 0.9)]]), 0.06, "gold")
        for x in (-w * 0.36, -w * 0.22, w * 0.22, w * 0.36):
            window = pointed(x - 0.17, x + 0.17, -h * 0.72, -h * 0.42)
            brush.hole(window, 0.9)
            if brush.light.night:
                brush.fill(window, "amber", "gold", 0.9, lit=True)
            brush.line(window, 0.05, "umber")
            brush.line(strokes([[(x, -h * 0.7), (x, -h * 0.42)]]), 0.03)


class Chandelier(Element):
    """A chandelier of gilt arms and drops of crystal, its candles alight, hung at (x, y)."""

    kind: Literal["chandelier"]
    y: float = 2.0
    width: float = 3.0

    def paint(self, brush: Brush) -> None:
        w = self.width
        brush.line(strokes([[(0, -6), (0, 0)]]), 0.06)
        brush.glow(0, 0, w * 1.1, "gold", 0.5)
        links = skia.Path()
        for k in range(12):
            links.addCircle(0, -0.6 - 0.4 * k, 0.09)
        brush.line(links, 0.045, "gold")
        for y, size in ((0.28, 1.0), (-0.22, 0.62)):
            for side in (-1, 1):
                for share in (1.0, 0.52):
                    x = side * w * 0.5 * size * share
                    arm = curve([(0, y), (x * 0.4, y + 0.34 * size), (x * 0.85, y + 0.22 * size), (x, y - 0.08)])
                    brush.line(arm, 0.1)
                    brush.line(arm, 0.055, "gold")
                    brush.line(spiral(x * 0.5, y + 0.1, 0.12 * size, 1.3, 0, side), 0.04, "gold")
                    self._drops(brush, x, y - 0.02)
                    brush.canvas.save()
                    brush.canvas.translate(x, y - 0.08)
                    candle(brush, 0.28)
                    brush.canvas.restore()
            swag = curve(
                [
                    (-w * 0.5 * size, y),
                    (-w * 0.25 * size, y + 0.46),
                    (0, y + 0.3),
                    (w * 0.25 * size, y + 0.46),
                    (w * 0.5 * size, y),
                ]
            )
            brush.line(swag, 0.03, "ivory", lit=True)
            beads = skia.Path()
            for k in range(1, 12):
                t = k / 6 - 1
                beads.addCircle(w * 0.5 * size * t, y + 0.42 * (1 - abs(abs(t) - 0.5) * 2) ** 0.7 + 0.02, 0.035)
            brush.fill(beads, "ivory", lit=True)
        hub = curve(
            [(-0.2, -0.5), (-0.08, -0.1), (-0.26, 0.24), (0, 0.62), (0.26, 0.24), (0.08, -0.1), (0.2, -0.5)],
            closed=True,
        )
        brush.leather(hub, "gold", "ochre", 0.04)
        self._drops(brush, 0, 0.6)

    def _drops(self, brush: Brush, x: float, y: float) -> None:
        for dx, long in ((-0.12, 0.2), (0.0, 0.3), (0.12, 0.2)):
            drop = polygon(
                [(x + dx, y), (x + dx + 0.04, y + long * 0.6), (x + dx, y + long), (x + dx - 0.04, y + long * 0.6)]
            )
            brush.fill(drop, "ivory", "sky", lit=True)
            brush.line(drop, 0.014, alpha=0.7)


class Arcade(Element):
    """A wall of tall round-headed windows between gilded pilasters, with looped curtains and a painted frieze."""

    kind: Literal["arcade"]
    width: float = 34.0
    height: float = 7.6
    spans: int = 9
    wall: Pigment = "#f1dfba"
    cloth: Pigment = "rose"
    trim: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        h, step = self.height, self.width / self.spans
        wall = box(-self.width / 2, -h - 5, self.width / 2, 0.1)
        panes: list[tuple[float, skia.Path]] = []
        for k in range(self.spans):
            x = -self.width / 2 + step * (k + 0.5)
            half = step * 0.3
            pane = box(x - half, -h * 0.62, x + half, -h * 0.1)
            pane.addArc(skia.Rect(x - half, -h * 0.62 - half, x + half, -h * 0.62 + half), 180, 180)
            pane = skia.Simplify(pane)
            panes.append((x, pane))
            wall = skia.Op(wall, pane, skia.PathOp.kDifference_PathOp)
        for _, pane in panes:
            brush.fill(
                pane,
                *(("#5d7fc0", "#b4c8ea") if brush.light.night else (brush.light.core, brush.light.sky[2])),
                lit=True,
            )
        brush.leather(wall, self.wall, "peach", 0.045)
        for x, pane in panes:
            self._window(brush, x, pane, h, step * 0.3)
        for k in range(self.spans + 1):
            x = -self.width / 2 + step * k
            brush.leather(box(x - 0.2, -h * 0.92, x + 0.2, 0), "ivory", self.wall, 0.04)
            brush.cut(strokes([[(x + d, -h * 0.86), (x + d, -0.5)] for d in (-0.1, 0, 0.1)]), 0.03, 0.7)
            brush.leather(box(x - 0.3, -h * 0.92, x + 0.3, -h * 0.86, 0.03), self.trim, "ochre", 0.035)
            brush.leather(box(x - 0.28, -0.42, x + 0.28, 0.04, 0.03), self.trim, "ochre", 0.035)
            for side in (-1, 1):
                brush.line(spiral(x + side * 0.24, -h * 0.84, 0.11, 1.3, math.pi / 2, side), 0.045, self.trim)
        brush.leather(box(-self.width / 2, -h * 1.02, self.width / 2, -h * 0.92), self.trim, "amber", 0.04)
        knots = skia.Path()
        for k in range(round(self.width / 0.42)):
            knots.addPath(spiral(-self.width / 2 + 0.42 * (k + 0.5), -h * 0.97, 0.13, 1.2, 0, 1 if k % 2 else -1))
        brush.cut(knots, 0.035, 0.85)

    def _window(self, brush: Brush, x: float, pane: skia.Path, h: float, half: float) -> None:
        bars: list[list[Point]] = [[(x, -h * 0.62 - half), (x, -h * 0.1)]]
        bars += [[(x - half, -h * y), (x + half, -h * y)] for y in (0.22, 0.36, 0.5, 0.62)]
        bars += [[(x + d, -h * 0.62), (x + d, -h * 0.1)] for d in (-half / 2, half / 2)]
        bars += [[(x, -h * 0.62), (x + math.cos(a) * half, -h * 0.62 - math.sin(a) * half)] for a in (0.78, 2.36)]
        brush.line(strokes(bars), 0.035, "umber", 0.8)
        for width, name in ((0.2, "ink"), (0.15, self.trim)):
            brush.line(pane, width, name)
        for side in (-1, 1):
            edge = [(x + side * half * 0.1, -h * 0.78), (x + side * half * 0.66, -h * 0.6), (x + side * half * 1.06,
                -h * 0.4),
                    (x + side * half * 0.98, -h * 0.26), (x + side * half * 0.86, -h * 0.04)]  # fmt: skip
            curtain = curve(edge)
            curtain.lineTo(x + side * half * 1.34, -h * 0.04)
            curtain.lineTo(x + side * half * 1.3, -h * 0.78)
            curtain.close()
            brush.leather(curtain, self.cloth, "crimson", 0.04)
            for share in (0.3, 0.6):
                fold = [(px + (x + side * half * 1.3 - px) * share, py) for px, py in edge]
                brush.line(curve(fold), 0.035, "crimson", 0.6)
            brush.line(curve(edge), 0.05, self.trim)
            brush.leather(
                box(x + side * half * 1.12 - 0.16, -h * 0.43, x + side * half * 1.12 + 0.16, -h * 0.38, 0.04),
                self.trim,
                None,
                0.03,
            )
        swag = curve([(x - half * 1.34, -h * 0.8), (x - half * 0.6, -h * 0.7), (x, -h * 0.77), (x + half * 0.6,
            -h * 0.7),
                      (x + half * 1.34, -h * 0.8), (x, -h * 0.86)], closed=True)  # fmt: skip
        brush.leather(swag, self.cloth, "crimson", 0.04)
        brush.leather(circle(x, -h * 0.82, 0.14), self.trim, "ochre", 0.03)


Painted = Annotated[Tower | Keep | Chandelier | Arcade, Field(discriminator="kind")]
