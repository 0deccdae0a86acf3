"""Walls and what is built of stone: battlements, bridges, balustrades, the round gate of a garden."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Battlement(Element):
    """A wall of brick with merlons: a city wall, a castle's parapet. `gate` cuts an arch at its middle."""

    kind: Literal["battlement"]
    width: float = 34.0
    height: float = 3.0
    merlon: float = 0.7
    brick: float = 0.42
    gate: float = 0.0
    top: Pigment = "stone"
    bottom: Pigment = "slate"

    def paint(self, brush: Brush) -> None:
        half, h, m = self.width / 2, self.height, self.merlon
        body = box(-half, -h, half, 0.4)
        for i in range(math.floor(self.width / (2 * m))):
            body.addRect(skia.Rect(-half + i * 2 * m, -h - m * 0.95, -half + i * 2 * m + m * 1.1, -h + 0.02))
        body = skia.Op(body, skia.Path(), skia.PathOp.kUnion_PathOp)
        arch = skia.Path()
        if self.gate:
            g = self.gate
            arch.addArc(skia.Rect(-g / 2, -g * 1.25, g / 2, -g * 0.25), 180, 180)
            arch.addRect(skia.Rect(-g / 2, -g * 0.76, g / 2, 0.4))
            body = skia.Op(body, arch, skia.PathOp.kDifference_PathOp)
        brush.leather(body, self.top, self.bottom, 0.045)
        brush.canvas.save()
        brush.canvas.clipPath(body, skia.ClipOp.kIntersect, True)
        joints: list[list[Point]] = []
        y, row = -h, 0
        while y < 0.4:
            joints.append([(-half, y), (half, y)])
            x = -half + (row % 2) * self.brick
            while x < half:
                if brush.random.random() < 0.8:
                    joints.append([(x, y), (x, y + self.brick * 0.5)])
                x += self.brick * 2
            y, row = y + self.brick * 0.5, row + 1
        brush.line(strokes(joints), 0.022, "umber", 0.4)
        holes = skia.Path()
        for i in range(math.floor(self.width / (2 * m))):
            x = -half + i * 2 * m + m * 0.55
            holes.addRect(skia.Rect(x - 0.06, -h - m * 0.55, x + 0.06, -h - m * 0.25))
        brush.hole(holes, 0.8)
        brush.canvas.restore()
        brush.cut(strokes([[(-half, -h + 0.07), (half, -h + 0.07)]]), 0.04, 0.5)
        if self.gate:
            for grow in (0.0, 0.2):
                ring = skia.Path()
                g = self.gate + grow * 2
                ring.addArc(skia.Rect(-g / 2, -g * 1.25 + grow * 0.5, g / 2, -g * 0.25 + grow * 0.5), 180, 180)
                brush.line(ring, 0.06, "umber", 0.9)


class Bridge(Element):
    """An arched stone bridge with its balustrade."""

    kind: Literal["bridge"]
    width: float = 6.0
    height: float = 1.5
    top: Pigment = "stone"
    bottom: Pigment = "slate"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height

        def deck(t: float) -> Point:
            return (w / 2 * t, -h * (math.cos(math.pi * t) + 1) / 2)

        deck_line = [deck(i / 12 - 1) for i in range(25)]
        body = curve(deck_line)
        body.lineTo(w / 2, 0.3)
        body.lineTo(-w / 2, 0.3)
        body.close()
        arch = skia.Path()
        arch.addOval(skia.Rect(-w * 0.17, -h * 0.76, w * 0.17, h * 0.76))
        body = skia.Op(body, arch, skia.PathOp.kDifference_PathOp)
        brush.leather(body, self.top, self.bottom, 0.045)
        stones = skia.Path()
        for k in range(13):
            angle = math.pi * (1 + k / 12)
            stones.moveTo(math.cos(angle) * w * 0.17, math.sin(angle) * h * 0.76)
            stones.lineTo(math.cos(angle) * w * 0.205, math.sin(angle) * h * 0.9)
        brush.line(stones, 0.03, "umber", 0.7)
        brush.cut(curve([(x, y + 0.13) for x, y in deck_line]), 0.04, 0.6)
        brush.line(curve([(x, y - 0.42) for x, y in deck_line]), 0.07, self.top)
        brush.line(curve([(x, y - 0.47) for x, y in deck_line]), 0.03)
        for i in range(1, 24, 2):
            x, y = deck_line[i]
            brush.leather(box(x - 0.05, y - 0.55, x + 0.05, y), self.top, self.bottom, 0.025)
            brush.leather(circle(x, y - 0.6, 0.08), self.top, None, 0.025)


class Railing(Element):
    """A balustrade of fretwork panels between posts."""

    kind: Literal["railing"]
    width: float = 6.0
    height: float = 1.1
    panel: float = 1.5
    wood: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        h, count = self.height, max(1, round(self.width / self.panel))
        step = self.width / count
        for i in range(count):
            left = -self.width / 2 + i * step
            bars: list[list[Point]] = []
            for inset in (0.0, 0.16, 0.32):
                near, far = left + step * (0.08 + inset), left + step * (0.92 - inset)
                t, b = -h * (0.84 - inset * 0.7), -h * (0.12 + inset * 0.7)
                bars.append([(near, t), (far, t), (far, b), (near, b), (near, t)])
            middle = left + step / 2
            bars.append([(middle, -h * 0.84), (middle, -h * 0.62)])
            bars.append([(middle, -h * 0.34), (middle, -h * 0.12)])
            brush.line(strokes(bars), 0.085)
            brush.line(strokes(bars), 0.05, self.wood)
        brush.leather(box(-self.width / 2, -h * 0.98, self.width / 2, -h * 0.86), self.wood, "lacquer", 0.035)
        brush.leather(box(-self.width / 2, -h * 0.12, self.width / 2, 0), self.wood, "lacquer", 0.035)
        for i in range(count + 1):
            x = -self.width / 2 + i * step
            brush.leather(box(x - 0.08, -h * 1.1, x + 0.08, 0.05), self.wood, "lacquer", 0.035)
            brush.leather(circle(x, -h * 1.17, 0.11), "gold", "ochre", 0.03)


class MoonGate(Element):
    """A garden wall with a round gate, and fretwork windows beside it."""

    kind: Literal["moon_gate"]
    width: float = 34.0
    height: float = 4.2
    radius: float = 1.75
    wall: Pigment = "ivory"
    tiles: Pigment = "slate"
    windows: tuple[float, ...] = (-7.0, -4.2, 4.2, 7.0)

    def paint(self, brush: Brush) -> None:
        half, h, r = self.width / 2, self.height, self.radius
        body = box(-half, -h, half, 0.3)
        gate = circle(0, -r * 0.92, r)
        body = skia.Op(body, gate, skia.PathOp.kDifference_PathOp)
        brush.leather(body, self.wall, "sand", 0.04)
        for grow, width, name in ((0.1, 0.2, self.tiles), (0.1, 0.1, "stone")):
            brush.line(circle(0, -r * 0.92, r + grow), width, name)
        brush.line(circle(0, -r * 0.92, r + 0.21), 0.03)
        for x in self.windows:
            flower = skia.Path()
            for k in range(6):
                angle = math.tau * k / 6
                flower.addCircle(x + math.cos(angle) * 0.4, -h * 0.52 + math.sin(angle) * 0.4, 0.34)
            brush.hole(flower, 0.9)
            brush.canvas.save()
            brush.canvas.clipPath(flower, skia.ClipOp.kIntersect, True)
            bars = [
                [(x + a, -h * 0.52 - 1), (x + a + b, -h * 0.52 + 1)]
                for a in (-0.9, -0.45, 0, 0.45, 0.9)
                for b in (0.7, -0.7)
            ]
            brush.line(strokes(bars), 0.035, "slate")
            brush.canvas.restore()
            brush.line(flower, 0.05, "slate")
        brush.leather(box(-half, -h - 0.34, half, -h), self.tiles, "ink", 0.04)
        tiles = skia.Path()
        for i in range(math.ceil(self.width / 0.3)):
            x = -half + i * 0.3
            tiles.moveTo(x, -h - 0.32)
            tiles.lineTo(x, -h)
            tiles.addArc(skia.Rect(x - 0.13, -h - 0.13, x + 0.13, -h + 0.13), 0, 180)
        brush.cut(tiles, 0.03, 0.6)


Painted = Annotated[Battlement | Bridge | Railing | MoonGate, Field(discriminator="kind")]
