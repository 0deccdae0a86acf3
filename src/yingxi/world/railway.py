"""Rails and roofs: a steam train, its rails, a platform's lamp, and tiles to stand on over a city."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment
from yingxi.world.war import wheel


class Engine(Element):
    """A steam locomotive with its carriages behind it, heading right, its wheels' foot at y = 0."""

    kind: Literal["engine"]
    length: float = 6.0
    cars: int = 2
    body: Pigment = "pine"
    trim: Pigment = "gold"
    coach: Pigment = "lacquer"

    def paint(self, brush: Brush) -> None:
        n = self.length
        for k in range(self.cars):
            self._coach(brush, -n * 0.5 - (k + 1) * n * 0.92, n * 0.88)
        brush.leather(box(-n * 0.48, -n * 0.13, n * 0.44, -n * 0.07), "cinnabar", "lacquer", 0.045)
        boiler = box(-n * 0.2, -n * 0.31, n * 0.4, -n * 0.12, n * 0.04)
        brush.leather(boiler, self.body, "soot", 0.05)
        for k in range(5):
            x = n * (-0.12 + 0.11 * k)
            brush.line(strokes([[(x, -n * 0.305), (x, -n * 0.125)]]), 0.07, self.trim)
        for k in range(4):
            brush.cut(spiral(n * (-0.065 + 0.11 * k), -n * 0.215, n * 0.03, 1.4, k, 1 if k % 2 else -1), 0.035, 0.7)
        brush.leather(circle(n * 0.4, -n * 0.215, n * 0.075), "soot", "ink", 0.045)
        brush.glow(n * 0.44, -n * 0.34, n * 0.16, "gold", 0.7)
        brush.leather(circle(n * 0.42, -n * 0.33, n * 0.032), "gold", "ivory", 0.035)
        chimney = polygon([(n * 0.29, -n * 0.3), (n * 0.27, -n * 0.46), (n * 0.37, -n * 0.46), (n * 0.35, -n * 0.3)])
        brush.leather(chimney, "soot", "ink", 0.045)
        brush.leather(box(n * 0.255, -n * 0.49, n * 0.385, -n * 0.455, 0.04), self.trim, "ochre", 0.035)
        for x, r in ((0.14, 0.045), (0.0, 0.038)):
            dome = circle(n * x, -n * 0.315, n * r)
            brush.leather(dome, self.trim, "amber", 0.035)
        cab = box(-n * 0.44, -n * 0.42, -n * 0.19, -n * 0.1)
        brush.leather(cab, self.body, "pine", 0.05)
        brush.leather(
            curve([(-n * 0.48, -n * 0.42), (-n * 0.32, -n * 0.47), (-n * 0.15, -n * 0.42)], tension=1.2),
            "soot",
            None,
            0.09,
        )
        for x in (-0.4, -0.29):
            pane = box(n * x, -n * 0.38, n * (x + 0.08), -n * 0.27, 0.05)
            brush.hole(pane, 0.95)
            if brush.light.night:
                brush.fill(pane, "amber", "gold", 0.9, lit=True)
            brush.line(pane, 0.05, self.trim)
        brush.line(box(-n * 0.42, -n * 0.24, -n * 0.21, -n * 0.12), 0.035, self.trim)
        plough = polygon([(n * 0.42, -n * 0.12), (n * 0.52, -n * 0.01), (n * 0.4, -n * 0.01)])
        brush.leather(plough, "cinnabar", "crimson", 0.04)
        brush.cut(strokes([[(n * 0.42, -n * 0.1), (n * t, -n * 0.015)] for t in (0.42, 0.45, 0.48)]), 0.03, 0.7)
        for x, r in ((-0.34, 0.095), (-0.12, 0.095), (0.1, 0.095), (0.3, 0.055)):
            wheel(brush, n * x, -n * r, n * r, 10)
        rod = strokes([[(-n * 0.34, -n * 0.075), (n * 0.1, -n * 0.075), (n * 0.34, -n * 0.12)]])
        brush.line(rod, 0.13)
        brush.line(rod, 0.08, "stone")

    def _coach(self, brush: Brush, left: float, n: float) -> None:
        brush.leather(box(left, -n * 0.47, left + n, -n * 0.1), self.coach, "crimson", 0.05)
        brush.leather(box(left - 0.05, -n * 0.52, left + n + 0.05, -n * 0.46, 0.08), "soot", "ink", 0.045)
        for k in range(5):
            x = left + n * (0.06 + 0.185 * k)
            pane = box(x, -n * 0.41, x + n * 0.13, -n * 0.25, 0.05)
            brush.hole(pane, 0.95)
            if brush.light.night:
                brush.fill(pane, "amber", "gold", 0.9, lit=True)
            brush.line(pane, 0.055, self.trim)
            brush.line(curve([(x, -n * 0.41), (x + n * 0.05, -n * 0.35), (x, -n * 0.29)]), 0.05, "cinnabar")
        brush.line(strokes([[(left, -n * y), (left + n, -n * y)] for y in (0.2, 0.15)]), 0.045, self.trim)
        for x in (0.12, 0.26, 0.74, 0.88):
            wheel(brush, left + n * x, -n * 0.06, n * 0.06, 8)


class Rails(Element):
    """Rails on their sleepers, seen from beside, in a bed of stones."""

    kind: Literal["rails"]
    width: float = 40.0

    def paint(self, brush: Brush) -> None:
        half = self.width / 2
        brush.leather(polygon([(-half, 0.16), (half, 0.16), (half, 0.62), (-half, 0.62)]), "stone", "slate", 0.04)
        gravel = skia.Path()
        for _ in range(260):
            gravel.addCircle(brush.spread(-half, half), brush.spread(0.22, 0.58), brush.spread(0.03, 0.07))
        brush.line(gravel, 0.022, "umber", 0.6)
        for k in range(round(self.width / 0.62)):
            x = -half + 0.62 * k
            brush.leather(box(x, 0.06, x + 0.36, 0.24), "umber", "soot", 0.03)
        brush.leather(box(-half, 0.0, half, 0.09), "slate", "soot", 0.035)


class StreetLamp(Element):
    """A lamp of cast iron with a scrolled bracket, alight at night. `clock` hangs a station clock under it."""

    kind: Literal["street_lamp"]
    height: float = 4.2
    clock: bool = False

    def paint(self, brush: Brush) -> None:
        h = self.height
        brush.leather(
            polygon([(-0.1, -h * 0.82), (0.1, -h * 0.82), (0.16, 0.05), (-0.16, 0.05)]), "soot", "ink", 0.04
        )
        for y, r in ((0.03, 0.3), (0.16, 0.2), (0.5, 0.15), (0.8, 0.16)):
            brush.leather(box(-r, -h * y - 0.1, r, -h * y, 0.04), "slate", "soot", 0.035)
        for side in (-1, 1):
            arm = curve([(0, -h * 0.72), (side * 0.35, -h * 0.74), (side * 0.62, -h * 0.8)])
            brush.line(arm, 0.08, "soot")
            brush.line(spiral(side * 0.3, -h * 0.68, 0.17, 1.4, -1.2, side), 0.06, "soot")
        brush.glow(0, -h * 0.9, 1.7 if brush.light.night else 0.8, "gold", 0.8 if brush.light.night else 0.35)
        glass = polygon([(-0.2, -h * 0.83), (0.2, -h * 0.83), (0.3, -h * 0.97), (-0.3, -h * 0.97)])
        brush.fill(glass, "gold" if brush.light.night else "ivory", "amber", lit=True)
        brush.line(glass, 0.045)
        brush.line(strokes([[(0, -h * 0.83), (0, -h * 0.97)]]), 0.03)
        cap = curve([(-0.38, -h * 0.97), (-0.2, -h * 1.02), (0, -h * 1.08), (0.2, -h * 1.02), (0.38, -h * 0.97)])
        cap.close()
        brush.leather(cap, "soot", "ink", 0.04)
        if self.clock:
            brush.leather(circle(0.75, -h * 0.62, 0.46), "soot", "ink", 0.05)
            brush.fill(circle(0.75, -h * 0.62, 0.37), "ivory", lit=True)
            marks = [[(0.75 + math.cos(a) * 0.28, -h * 0.62 + math.sin(a) * 0.28), (0.75 + math.cos(a) * 0.34,
                -h * 0.62 + math.sin(a) * 0.34)]
                     for a in (math.tau * k / 12 for k in range(12))]  # fmt: skip
            brush.line(strokes(marks), 0.035)
            brush.line(
                strokes(
                    [[(0.75, -h * 0.62), (0.75, -h * 0.62 - 0.26)], [(0.75, -h * 0.62), (0.92, -h * 0.62 + 0.08)]]
                ),
                0.045,
            )
            brush.line(strokes([[(0, -h * 0.62 - 0.3), (0.75, -h * 0.62 - 0.46)]]), 0.07, "soot")


class Tiles(Element):
    """A roof to stand on: its ridge at y = 0 with beasts in a row, its tiles running down out of the picture."""

    kind: Literal["tiles"]
    y: float = 7.6
    width: float = 38.0
    depth: float = 5.0
    top: Pigment = "slate"
    bottom: Pigment = "indigo"
    beasts: tuple[float, ...] = (-10.4, -9.8, -5.9, 5.9, 9.8, 10.4)

    def paint(self, brush: Brush) -> None:
        half = self.width / 2
        brush.leather(box(-half, 0.2, half, self.depth), self.top, self.bottom, 0.05)
        ribs, bows = skia.Path(), skia.Path()
        for k in range(-40, 41):
            ribs.moveTo(k * 0.62, 0.3)
            ribs.lineTo(k * 1.05, self.depth)
            for j in range(5):
                t = (j + (0.5 if k % 2 else 0.0)) / 5
                x, y, r = (
                    k * (0.62 + 0.43 * t) + 0.31 * (1 + 0.7 * t),
                    0.35 + (self.depth - 0.3) * t**1.2,
                    0.27 + 0.2 * t,
                )
                bows.addArc(skia.Rect(x - r, y - r * 0.5, x + r, y + r * 0.5), 0, 180)
        brush.line(ribs, 0.1)
        brush.line(ribs, 0.05, "stone")
        brush.cut(bows, 0.035, 0.6)
        brush.leather(box(-half, 0.0, half, 0.34), "umber", "soot", 0.045)
        knots = skia.Path()
        for k in range(round(self.width / 0.5)):
            knots.addPath(spiral(-half + 0.5 * (k + 0.5), 0.18, 0.13, 1.2, 0, 1 if k % 2 else -1))
        brush.cut(knots, 0.035, 0.75)
        for x in self.beasts:
            self._beast(brush, x)

    def _beast(self, brush: Brush, x: float) -> None:
        """A beast of glazed clay, seated, looking to the middle."""
        d = 1 if x < 0 else -1
        body = curve([(x - d * 0.34, 0.02), (x - d * 0.42, -0.3), (x - d * 0.2, -0.62), (x - d * 0.06, -1.0),
            (x + d * 0.12, -1.12),
                      (x + d * 0.36, -1.0), (x + d * 0.42, -0.86), (x + d * 0.2, -0.78), (x + d * 0.24, -0.4),
                      (x + d * 0.3, 0.02)],
                     closed=True)  # fmt: skip
        brush.leather(body, "malachite", "pine", 0.04)
        brush.line(spiral(x - d * 0.5, -0.42, 0.2, 1.4, 0, d), 0.08, "gold")
        mane = skia.Path()
        for k in range(4):
            mane.addCircle(x - d * 0.1, -0.98 + 0.17 * k, 0.08)
        brush.leather(mane, "gold", "amber", 0.025)
        brush.hole(circle(x + d * 0.2, -0.98, 0.045), 0.9)
        brush.cut(
            strokes([[(x - d * 0.1, -0.2), (x + d * 0.1, -0.32)], [(x - d * 0.14, -0.36), (x + d * 0.06, -0.48)]]),
            0.03,
            0.7,
        )


Painted = Annotated[Engine | Rails | StreetLamp | Tiles, Field(discriminator="kind")]
