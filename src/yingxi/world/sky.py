"""The sky: the bright cloth itself, sun and moon, stars, and the ruyi clouds of Chinese painting."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, circle, colour, curve, spiral
from yingxi.world.element import Element
from yingxi.world.pigment import RGB, Pigment, mix

REACH = skia.Rect(-10, -5, 26, 12.5)
"""All that any camera may show, with a margin."""
_NOON = 1.1
"""Units that the sun of the day is higher than the moon."""


class Wash(Element):
    """The cloth: from the top of the sky to the horizon at `y`, brightest about `core`. `colours` replaces
    the hour's own sky (top, middle, horizon)."""

    kind: Literal["wash"]
    x: float | tuple[float, ...] = 0.0
    y: float = 0.0
    horizon: float = 7.0
    core: tuple[float, float, float] = (8.0, 4.4, 7.5)
    colours: tuple[Pigment, Pigment, Pigment] | None = None

    def paint(self, brush: Brush) -> None:
        stops: tuple[RGB, ...] = brush.light.sky
        if self.colours:
            stops = tuple(mix(brush.tone(c), s, 0.25) for c, s in zip(self.colours, stops, strict=True))
        ends = [skia.Point(0, -2.5), skia.Point(0, self.horizon)]
        shader = skia.GradientShader.MakeLinear(ends, [colour(c) for c in stops], [0.0, 0.55, 1.0])
        brush.canvas.drawRect(REACH, skia.Paint(Shader=shader))
        x, y, radius = self.core
        brush.glow(x, y, radius, brush.light.core, 0.85)


class Heavenly(Element):
    """What goes over the sky: `x` and `y` are the moon's. The sun is higher by day, and `low` on one of two `sides`
    when it rises and sets."""

    sides: tuple[float, float] = (5.4, 10.6)
    low: float = 3.9

    def course(self, brush: Brush) -> tuple[float, float]:
        """How far from its place at night it stands at the hour of the light."""
        light = brush.light
        x = self.across[0]
        if light.low:
            return self.sides[light.low > 0] - x, self.low - self.y
        return 0.0, 0.0 if light.night else -_NOON


class Orb(Heavenly):
    """The sun, or at night the moon, with its halo."""

    kind: Literal["orb"]
    y: float = 2.2
    radius: float = 0.62

    def paint(self, brush: Brush) -> None:
        brush.canvas.translate(*self.course(brush))
        r, cover = self.radius, brush.light.cover
        tone = mix(brush.light.orb, brush.light.sky[1], cover)
        brush.glow(0, 0, r * 4.5, tone, 0.55 * (1 - cover))
        brush.fill(circle(0, 0, r), tone, mix(tone, brush.light.core, 0.25), lit=True)
        brush.line(circle(0, 0, r), 0.03, mix(tone, (0.3, 0.1, 0.05), 0.45), 0.6 * (1 - cover), lit=True)
        if brush.light.night:
            for x, y, size in ((-0.2, -0.15, 0.18), (0.22, 0.12, 0.13), (0.0, 0.34, 0.09)):
                brush.fill(
                    circle(x * r / 0.62, y * r / 0.62, size * r / 0.62),
                    mix((0.86, 0.84, 0.75), brush.light.sky[1], cover),
                    lit=True,
                )


class Stars(Element):
    """Stars that the cloth is pricked with."""

    kind: Literal["stars"]
    x: float | tuple[float, ...] = 0.0
    y: float = 0.0
    count: int = 90
    low: float = 4.5

    def paint(self, brush: Brush) -> None:
        for _ in range(self.count):
            x, y = brush.spread(-8, 24), -3 + (self.low + 3) * brush.random.random() ** 1.4
            size = brush.spread(0.015, 0.045)
            alpha = (0.65 + 0.35 * math.sin(brush.seconds * brush.spread(1, 3) + x * 7)) * (1 - brush.light.cover)
            if size > 0.038:
                brush.glow(x, y, size * 5, (1, 1, 0.92), 0.5 * alpha)
            brush.fill(circle(x, y, size), (1, 1, 0.92), alpha=alpha, lit=True)


class Cloud(Element):
    """A ruyi cloud: curled lobes over a trailing tail. `width` and `height` of the whole."""

    kind: Literal["cloud"]
    width: float = 4.0
    height: float = 1.2
    lobes: int = 4
    colour: Pigment = "ivory"
    rim: Pigment = "azurite"
    alpha: float = 0.9

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        heads: list[tuple[float, float, float]] = []
        for i in range(self.lobes):
            t = (i + 0.5) / self.lobes
            swell = math.sin(math.pi * (0.18 + 0.7 * t))
            r = h * (0.26 + 0.24 * swell) * brush.spread(0.9, 1.1)
            heads.append((-w * 0.34 + w * 0.66 * t, -r * 0.9 - h * 0.16 * swell, r))
        body = skia.Path()
        for x, y, r in heads:
            body = skia.Op(body, circle(x, y, r), skia.PathOp.kUnion_PathOp)
        tail = curve([
            (-w * 0.36, -h * 0.55), (-w * 0.1, -h * 0.5), (w * 0.3, -h * 0.45), (w * 0.36, -h * 0.1),
            (w * 0.1, h * 0.04), (-w * 0.2, -h * 0.02), (-w * 0.46, h * 0.1), (-w * 0.72, h * 0.04),
            (-w * 0.5, -h * 0.06), (-w * 0.4, -h * 0.2),
        ], closed=True)  # fmt: skip
        body = skia.Op(body, tail, skia.PathOp.kUnion_PathOp)
        brush.fill(body, self.colour, self.rim, self.alpha)
        brush.line(body, 0.04, alpha=0.55 * self.alpha)
        for i, (x, y, r) in enumerate(heads):
            way = 1 if i % 2 else -1
            curl = spiral(x, y, r * 0.72, 1.6, brush.spread(-0.6, 0.6) + (math.pi if way < 0 else 0), way)
            brush.line(curl, 0.03, self.rim, 0.8 * self.alpha)
            brush.cut(spiral(x, y, r * 0.86, 0.75, math.pi * 0.9, 1), 0.03, 0.8)
        sweep: list[Point] = [(-w * 0.6, h * 0.02), (-w * 0.25, -h * 0.1), (w * 0.12, -h * 0.08), (w * 0.3, -h * 0.2)]
        brush.cut(curve(sweep), 0.035, 0.7)


class CloudFloor(Element):
    """A sea of clouds to walk on: rows of curled heads with a bright crest."""

    kind: Literal["cloud_floor"]
    width: float = 36.0
    rows: int = 3
    radius: float = 0.62
    colour: Pigment = "ivory"
    rim: Pigment = "sky"

    def paint(self, brush: Brush) -> None:
        y, r = 0.0, self.radius
        for row in range(self.rows):
            body, curls, slits = skia.Path(), skia.Path(), skia.Path()
            x = -self.width / 2 - brush.spread(0, r)
            while x < self.width / 2 + r:
                size = r * brush.spread(0.8, 1.3)
                flat = 0.42
                body.addOval(skia.Rect(x - size * 1.2, y, x + size * 1.2, y + size * 2 * flat + r))
                way = 1 if brush.random.random() < 0.5 else -1
                lift = y + size * flat + 0.12
                curls.addPath(spiral(x, lift, size * 0.36, 1.6, 0.4 if way > 0 else 2.7, way))
                slits.addPath(
                    curve([(x - size * 0.9, lift + 0.08), (x - size * 0.4, y + 0.14), (x + size * 0.5, y + 0.13)])
                )
                x += size * 1.55
            body.addRect(skia.Rect(-self.width / 2, y + r * 0.9, self.width / 2, y + 4))
            body = skia.Simplify(body)
            brush.fill(body, self.colour, self.rim)
            brush.line(body, 0.04, alpha=0.55)
            brush.line(curls, 0.035, "azurite" if row % 2 else "rose", 0.8)
            brush.cut(slits, 0.04, 0.9)
            y, r = y + r * 0.95, r * 1.35


class Mist(Element):
    """A band of mist of a height, lying about `y`: what is behind it sinks into the haze."""

    kind: Literal["mist"]
    width: float = 34.0
    height: float = 1.6
    alpha: float = 0.8
    strands: int = 0

    def paint(self, brush: Brush) -> None:
        haze = mix(brush.light.haze, brush.light.core, 0.35)
        ends = [skia.Point(0, -self.height / 2), skia.Point(0, self.height / 2)]
        colours = [colour(haze, 0), colour(haze, self.alpha), colour(haze, 0)]
        shader = skia.GradientShader.MakeLinear(ends, colours, [0.0, 0.55, 1.0])
        band = skia.Rect(-self.width / 2, -self.height / 2, self.width / 2, self.height / 2)
        brush.canvas.drawRect(band, skia.Paint(Shader=shader))
        for _ in range(self.strands):
            x, y = brush.spread(-self.width / 2, self.width / 2), brush.spread(-0.4, 0.3) * self.height
            length, sag = brush.spread(1.5, 4.5), brush.spread(0.05, 0.14)
            strand = curve([
                (x, y), (x + length * 0.3, y - sag), (x + length * 0.7, y - sag), (x + length, y),
                (x + length * 0.7, y + sag), (x + length * 0.3, y + sag),
            ], closed=True)  # fmt: skip
            brush.fill(strand, haze, alpha=0.75 * self.alpha, lit=True)


class Halo(Element):
    """A soft light that an opening or a flame leaves on the cloth. It may breathe."""

    kind: Literal["halo"]
    radius: float = 3.0
    colour: Pigment = "gold"
    alpha: float = 0.5
    breath: float = 0.0

    def paint(self, brush: Brush) -> None:
        swell = 1 + self.breath * math.sin(brush.seconds * 2.1 + self.seed) * 0.5
        brush.glow(0, 0, self.radius * swell, self.colour, self.alpha)


class Rays(Heavenly):
    """Rays of light fanning out from a point, or from the `sun`."""

    kind: Literal["rays"]
    sun: bool = False
    radius: float = 9.0
    count: int = 18
    colour: Pigment = "gold"
    alpha: float = 0.3

    def paint(self, brush: Brush) -> None:
        if self.sun:
            brush.canvas.translate(*self.course(brush))
        path = skia.Path()
        for i in range(self.count):
            angle, half = math.tau * i / self.count, math.pi / self.count * 0.5
            path.moveTo(0, 0)
            path.lineTo(math.cos(angle - half) * self.radius, math.sin(angle - half) * self.radius)
            path.lineTo(math.cos(angle + half) * self.radius, math.sin(angle + half) * self.radius)
            path.close()
        tone = brush.tone(self.colour, lit=True)
        colours = [colour(tone, self.alpha), colour(tone, 0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), self.radius, colours)
        brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))


class Birds(Element):
    """Cranes in flight, far off, beating their wings."""

    kind: Literal["birds"]
    y: float = 2.5
    size: float = 0.5
    count: int = 4

    def paint(self, brush: Brush) -> None:
        for i in range(self.count):
            beat = math.sin(brush.seconds * 3.2 + i * 1.3)
            brush.canvas.save()
            brush.canvas.translate(
                i * self.size * 2.1, (i % 2 - i * 0.45) * self.size + 0.1 * math.sin(brush.seconds + i)
            )
            brush.canvas.scale(self.size, self.size)
            for side, share in ((-1, 0.8), (1, 1.0)):
                wing = curve([
                    (-0.2, 0.0), (0.0, -0.35 * beat - 0.12), (side * 0.3 - 0.1, -0.75 * beat - 0.25 * share),
                    (side * 0.35 - 0.35, -0.95 * beat - 0.2), (-0.35, -0.2 * beat), (-0.45, 0.05),
                ], closed=True)  # fmt: skip
                brush.leather(wing, "white", "slate", 0.04)
            body = curve([
                (1.15, -0.16), (0.95, -0.2), (0.6, -0.04), (0.2, -0.12), (-0.4, 0.0), (-0.95, 0.12), (-1.2, 0.14),
                (-0.5, 0.16), (0.1, 0.14), (0.55, 0.06), (0.9, -0.12),
            ], closed=True)  # fmt: skip
            brush.leather(body, "white", None, 0.04)
            brush.fill(circle(0.93, -0.17, 0.07), "cinnabar")
            brush.canvas.restore()


Painted = Annotated[Wash | Orb | Stars | Cloud | CloudFloor | Mist | Halo | Rays | Birds, Field(discriminator="kind")]
