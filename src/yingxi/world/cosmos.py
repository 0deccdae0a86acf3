"""Beyond the sky: planets with their bands and rings, wheels of stars, comets, drifting stones."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, circle, curve, polygon, spiral
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Planet(Element):
    """A planet about (x, y), its bands cut like clouds. `ring` is its ring's radius over its own, 0 for none."""

    kind: Literal["planet"]
    y: float = 3.0
    radius: float = 1.6
    ring: float = 0.0
    top: Pigment = "amber"
    bottom: Pigment = "cinnabar"
    bands: int = 5

    def paint(self, brush: Brush) -> None:
        r = self.radius
        brush.glow(0, 0, r * 1.7, self.top, 0.4)
        brush.canvas.save()
        brush.canvas.rotate(-16)
        self._ring(brush, r, 180)
        ball = circle(0, 0, r)
        brush.fill(ball, self.top, self.bottom, lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(ball, skia.ClipOp.kIntersect, True)
        for k in range(self.bands):
            y = r * (2 * (k + 0.5) / self.bands - 1)
            points: list[Point] = [(-r + r * j / 4, y + r * 0.09 * math.sin(j * 1.7 + k * 2.1)) for j in range(9)]
            band = curve(points)
            brush.line(band, r * 0.17, self.bottom if k % 2 else "ivory", 0.35, lit=True)
            brush.cut(band, 0.03, 0.75)
        for _ in range(3):
            x, y, s = brush.spread(-0.6, 0.5) * r, brush.spread(-0.6, 0.6) * r, brush.spread(0.1, 0.2) * r
            brush.line(spiral(x, y, s, 1.8, brush.spread(0, 6)), 0.035, "lacquer", 0.8)
        shade = skia.Op(ball, circle(-r * 0.42, -r * 0.3, r * 1.12), skia.PathOp.kDifference_PathOp)
        brush.fill(shade, "indigo", alpha=0.4, lit=True)
        brush.canvas.restore()
        brush.line(ball, 0.05)
        self._ring(brush, r, 0)
        brush.canvas.restore()

    def _ring(self, brush: Brush, r: float, start: float) -> None:
        """The half of the ring that lies behind (180) or before (0) the planet."""
        if not self.ring:
            return
        for share, width, name in ((1.0, 0.16, "gold"), (0.88, 0.1, "ivory"), (0.78, 0.08, "rose")):
            a, b = r * self.ring * share, r * self.ring * share * 0.24
            arc = skia.Path()
            arc.addArc(skia.Rect(-a, -b, a, b), start, 180)
            brush.line(arc, width * r + 0.05, alpha=0.8)
            brush.line(arc, width * r, name, lit=True)
            brush.cut(arc, 0.02, 0.8)


class Galaxy(Element):
    """A wheel of stars: two bright arms that curl about a heart, in a tilted disc."""

    kind: Literal["galaxy"]
    y: float = 4.0
    radius: float = 4.0
    tilt: float = 0.5
    arms: int = 3
    colour: Pigment = "rose"
    heart: Pigment = "ivory"

    def paint(self, brush: Brush) -> None:
        r = self.radius
        brush.canvas.save()
        brush.canvas.rotate(-14)
        brush.canvas.scale(1, self.tilt)
        brush.glow(0, 0, r * 1.25, self.colour, 0.55)
        brush.glow(0, 0, r * 0.7, self.heart, 0.95)
        for k in range(self.arms):
            for j in range(46):
                t = j / 45
                angle, reach = math.tau * (k / self.arms + 1.15 * t), r * (1 - t) ** 0.8
                x, y = math.cos(angle) * reach, math.sin(angle) * reach
                brush.glow(x, y, r * 0.17 * brush.spread(0.8, 1.2), self.heart if j % 3 else self.colour, 0.34)
            brush.line(spiral(0, 0, r, 1.15, math.tau * k / self.arms), 0.03, "ivory", 0.55, lit=True)
        stars = skia.Path()
        for _ in range(240):
            t, k = brush.random.random() ** 0.7, brush.random.randrange(self.arms)
            angle = math.tau * (k / self.arms + 1.15 * (1 - t)) + brush.spread(-0.35, 0.35)
            reach = r * t**0.8 * brush.spread(0.85, 1.15)
            stars.addCircle(math.cos(angle) * reach, math.sin(angle) * reach, brush.spread(0.02, 0.06))
        brush.fill(stars, "white", lit=True)
        brush.canvas.restore()


class Comet(Element):
    """A comet with a streaming tail that crosses slowly."""

    kind: Literal["comet"]
    y: float = 1.6
    length: float = 3.0
    colour: Pigment = "sky"

    def paint(self, brush: Brush) -> None:
        brush.canvas.save()
        brush.canvas.translate((brush.seconds * 0.22) % 8 - 0.5, (brush.seconds * 0.05) % 2)
        brush.canvas.rotate(194)
        for k in range(5):
            bend = (k - 2) * 0.14
            tail = curve([(0, bend * 0.3), (self.length * 0.5, bend), (self.length * (1 - 0.09 * abs(k - 2)),
                bend * 2.4),
                          (self.length * 0.5, bend + 0.07)], closed=True)  # fmt: skip
            brush.fill(tail, self.colour if k % 2 else "ivory", alpha=0.7, lit=True)
        brush.glow(0, 0, 0.7, "ivory", 0.9)
        brush.fill(circle(0, 0, 0.15), "white", lit=True)
        brush.line(circle(0, 0, 0.15), 0.025, "azurite")
        brush.canvas.restore()


class Stones(Element):
    """Stones that drift in the void, pitted with holes."""

    kind: Literal["stones"]
    size: float = 0.6
    top: Pigment = "violet"
    bottom: Pigment = "plum"

    def paint(self, brush: Brush) -> None:
        s = self.size * brush.spread(0.7, 1.3)
        brush.canvas.rotate(brush.spread(0, 360))
        outline = [(math.cos(a) * s * brush.spread(0.75, 1.1) * 1.3, math.sin(a) * s * brush.spread(0.75, 1.1) * 0.8)
                   for a in (math.tau * k / 9 for k in range(9))]  # fmt: skip
        body = curve(outline, closed=True, tension=0.7)
        brush.leather(body, self.top, self.bottom, 0.045)
        facet = polygon([(outline[k][0] * 0.5, outline[k][1] * 0.5) for k in (0, 3, 6)])
        brush.cut(facet, 0.03, 0.6)
        for _ in range(3):
            x, y = brush.spread(-0.7, 0.7) * s, brush.spread(-0.4, 0.4) * s
            brush.hole(circle(x, y, s * 0.1), 0.7)
            brush.line(circle(x, y, s * 0.13), 0.03)


Painted = Annotated[Planet | Galaxy | Comet | Stones, Field(discriminator="kind")]
