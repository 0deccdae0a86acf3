"""Buildings: halls with upturned eaves, pagodas, walls and gates, columns, bridges, railings, moon gates."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


def lattice(brush: Brush, left: float, top: float, right: float, bottom: float, step: float, width: float) -> None:
    """A window of fretwork: bright paper behind wooden bars set in steps."""
    frame = box(left, top, right, bottom)
    brush.hole(frame, 0.9)
    if brush.light.night:
        brush.fill(frame, "amber", "gold", 0.75, lit=True)
    bars: list[list[Point]] = []
    columns, rows = max(2, round((right - left) / step)), max(2, round((bottom - top) / step))
    dx, dy = (right - left) / columns, (bottom - top) / rows
    for i in range(columns):
        for j in range(rows):
            x, y = left + i * dx, top + j * dy
            if (i + j) % 2:
                bars.append([(x, y + dy / 2), (x + dx, y + dy / 2)])
            else:
                bars.append([(x + dx / 2, y), (x + dx / 2, y + dy)])
    bars += [[(left + i * dx, top), (left + i * dx, bottom)] for i in range(1, columns, 2)]
    bars += [[(left, top + j * dy), (right, top + j * dy)] for j in range(1, rows, 2)]
    brush.line(strokes(bars), width, "lacquer", 0.95)
    brush.line(frame, width * 1.8, "lacquer", 1.0)


def roof(brush: Brush, width: float, height: float, name: str, ridge: str, curl: float = 0.28) -> None:
    """A tiled roof on its eaves (y=0), its corners turned up."""
    half, top = width / 2, width * 0.3
    body = skia.Path()
    body.moveTo(-top, -height)
    body.cubicTo(-top * 1.06, -height * 0.5, -half * 0.8, -height * 0.12, -half * 1.06, -curl * 1.35)
    body.cubicTo(-half * 0.92, 0.02, -half * 0.6, 0.04, 0, 0.05)
    body.cubicTo(half * 0.6, 0.04, half * 0.92, 0.02, half * 1.06, -curl * 1.35)
    body.cubicTo(half * 0.8, -height * 0.12, top * 1.06, -height * 0.5, top, -height)
    body.close()
    brush.leather(body, name, "ink", 0.045)
    tiles = skia.Path()
    count = max(6, round(width / 0.3))
    for i in range(1, count):
        t = i / count * 2 - 1
        tiles.moveTo(top * t * 0.97, -height * 0.94)
        tiles.cubicTo(
            top * t * 1.05, -height * 0.5, half * t * 0.84, -height * 0.2, half * t * 0.97, -0.06 - curl * abs(t) ** 6
        )
    brush.cut(tiles, 0.028, 0.6)
    rim = skia.Path()
    for i in range(count):
        t = (i + 0.5) / count * 2 - 1
        rim.addCircle(half * t * 0.99, -0.03 - curl * 0.9 * abs(t) ** 7, 0.055)
    brush.fill(rim, ridge)
    bar = box(-top * 1.08, -height - 0.14, top * 1.08, -height + 0.04, 0.05)
    brush.leather(bar, ridge, name, 0.035)
    for side in (-1, 1):
        horn = curve(
            [
                (side * top * 0.95, -height - 0.08),
                (side * top * 1.13, -height - 0.2),
                (side * top * 1.1, -height - 0.46),
            ]
        )
        brush.line(horn, 0.12, ridge)
        brush.line(spiral(side * top * 1.04, -height - 0.42, 0.1, 1.0, 0.0, side), 0.05, ridge)
        brush.line(spiral(side * half * 1.09, -curl * 1.6, 0.09, 1.1, math.pi / 2, -side), 0.05, ridge)


class House(Element):
    """A hall or cottage: a platform, pillars, fretwork windows, a door, and one roof or several."""

    kind: Literal["house"]
    width: float = 4.0
    height: float = 2.0
    storeys: int = 1
    bays: int = 3
    open: bool = False
    roof: Pigment = "slate"
    ridge: Pigment = "ochre"
    wall: Pigment = "ivory"
    pillar: Pigment = "cinnabar"
    pitch: float = 0.34

    def paint(self, brush: Brush) -> None:
        base, w = 0.0, self.width
        for side in (box(-w * 0.56, -0.22, w * 0.56, 0.1), box(-w * 0.6, -0.08, w * 0.6, 0.14)):
            brush.leather(side, "stone", "slate", 0.035)
        base = -0.22
        for storey in range(self.storeys):
            h = self.height * (1.0 if storey == 0 else 0.5)
            brush.canvas.save()
            brush.canvas.translate(0, base)
            self._storey(brush, w, h, storey)
            brush.canvas.translate(0, -h)
            rise = w * self.pitch * (0.55 if storey < self.storeys - 1 else 1.0)
            roof(brush, w * 1.28, rise, self.roof, self.ridge)
            brush.canvas.restore()
            base -= h + rise * 0.8
            w *= 0.74

    def _storey(self, brush: Brush, w: float, h: float, storey: int) -> None:
        if not self.open:
            brush.leather(box(-w / 2, -h, w / 2, 0), self.wall, None, 0.035)
        bay = w / self.bays
        for i in range(self.bays):
            left = -w / 2 + i * bay + bay * 0.12
            right = left + bay * 0.76
            if self.open:
                continue
            if i == self.bays // 2 and storey == 0:
                self._door(brush, left, right, h)
            else:
                lattice(brush, left, -h * 0.74, right, -h * (0.3 if storey == 0 else 0.12), 0.2, 0.035)
        for i in range(self.bays + 1):
            x = -w / 2 + i * bay
            brush.leather(box(x - 0.075, -h, x + 0.075, 0), self.pillar, "lacquer", 0.03)
        beam = box(-w / 2 - 0.1, -h, w / 2 + 0.1, -h + 0.2)
        brush.leather(beam, "azurite", "malachite", 0.03)
        marks = skia.Path()
        for i in range(max(3, round(w / 0.4))):
            x = -w / 2 + w * (i + 0.5) / max(3, round(w / 0.4))
            marks.addCircle(x, -h + 0.1, 0.05)
        brush.fill(marks, "gold")

    def _door(self, brush: Brush, left: float, right: float, h: float) -> None:
        brush.leather(box(left, -h * 0.78, right, 0), "lacquer", "crimson", 0.035)
        middle = (left + right) / 2
        brush.line(strokes([[(middle, -h * 0.78), (middle, 0)]]), 0.035)
        lattice(brush, left + 0.06, -h * 0.72, middle - 0.05, -h * 0.32, 0.16, 0.025)
        lattice(brush, middle + 0.05, -h * 0.72, right - 0.06, -h * 0.32, 0.16, 0.025)
        for x in (middle - 0.1, middle + 0.1):
            brush.line(circle(x, -h * 0.24, 0.05), 0.03, "gold")


class Hut(Element):
    """A peasant's cottage: mud wall, thatched roof, a door and a small window."""

    kind: Literal["hut"]
    width: float = 3.2
    height: float = 1.5
    thatch: Pigment = "straw"
    wall: Pigment = "peach"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w / 2, -h, w / 2, 0.05), self.wall, "sand", 0.04)
        brush.leather(box(-w * 0.1, -h * 0.78, w * 0.16, 0.05), "umber", "soot", 0.035)
        brush.cut(strokes([[(w * x, -h * 0.7), (w * x, -0.02)] for x in (-0.04, 0.03, 0.1)]), 0.025, 0.5)
        lattice(brush, w * 0.25, -h * 0.72, w * 0.42, -h * 0.36, 0.14, 0.03)
        cracks = skia.Path()
        for _ in range(8):
            x, y = brush.spread(-0.45, -0.14) * w, -brush.spread(0.1, 0.8) * h
            cracks.addRect(skia.Rect(x, y, x + 0.22, y + 0.09))
        brush.line(cracks, 0.02, "umber", 0.5)
        top = curve([
            (-w * 0.68, -h * 0.82), (-w * 0.5, -h * 1.35), (-w * 0.3, -h * 1.85), (0, -h * 1.95),
            (w * 0.3, -h * 1.85), (w * 0.5, -h * 1.35), (w * 0.68, -h * 0.82), (w * 0.3, -h * 0.92),
            (0, -h * 0.88), (-w * 0.3, -h * 0.92),
        ], closed=True, tension=0.8)  # fmt: skip
        brush.leather(top, self.thatch, "ochre", 0.045)
        straws, dark = skia.Path(), skia.Path()
        for i in range(44):
            t = brush.spread(-1, 1)
            s = brush.spread(0.1, 0.9)
            x, y = w * t * (0.28 + 0.36 * s), -h * (1.85 - 0.92 * s)
            path = straws if i % 2 else dark
            path.moveTo(x, y)
            path.lineTo(x + t * 0.16, y + 0.22)
        brush.cut(straws, 0.028, 0.6)
        brush.line(dark, 0.025, "umber", 0.7)
        brush.line(box(-w * 0.34, -h * 1.98, w * 0.34, -h * 1.86, 0.06), 0.07, "umber")


class Pagoda(Element):
    """A tower of many roofs, each narrower than the one below it."""

    kind: Literal["pagoda"]
    width: float = 2.2
    height: float = 6.0
    storeys: int = 6
    roof: Pigment = "malachite"
    wall: Pigment = "peach"

    def paint(self, brush: Brush) -> None:
        step = self.height / (self.storeys + 1.0)
        w, y = self.width, 0.0
        for _ in range(self.storeys):
            brush.leather(box(-w * 0.36, y - step * 0.95, w * 0.36, y + 0.02), self.wall, "cinnabar", 0.035)
            door = skia.Path()
            door.addArc(skia.Rect(-w * 0.1, y - step * 0.6, w * 0.1, y - step * 0.6 + w * 0.2), 180, 180)
            door.addRect(skia.Rect(-w * 0.1, y - step * 0.6 + w * 0.1 - 0.01, w * 0.1, y - 0.02))
            brush.hole(door, 0.9)
            brush.canvas.save()
            brush.canvas.translate(0, y - step * 0.66)
            roof(brush, w * 1.05, step * 0.42, self.roof, "ochre", 0.14)
            brush.canvas.restore()
            y -= step
            w *= 0.9
        brush.leather(
            polygon([(-0.05, y - step * 0.75), (0.05, y - step * 0.75), (0.1, y), (-0.1, y)]), "gold", None, 0.025
        )
        for k in range(3):
            brush.leather(circle(0, y - step * (0.2 + 0.2 * k), 0.1 - 0.02 * k), "gold", "ochre", 0.025)


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


class Column(Element):
    """A red-lacquered pillar with a stone foot and a painted head; `dragon` winds one about it."""

    kind: Literal["column"]
    height: float = 10.5
    girth: float = 0.7
    body: Pigment = "cinnabar"
    trim: Pigment = "gold"
    dragon: bool = False

    def paint(self, brush: Brush) -> None:
        g, h = self.girth, self.height
        brush.leather(box(-g / 2, -h, g / 2, 0), self.body, "lacquer", 0.045)
        brush.cut(strokes([[(-g * 0.27, -h), (-g * 0.27, -g * 0.8)]]), g * 0.1, 0.3)
        foot = skia.Path()
        foot.addOval(skia.Rect(-g * 0.82, -g * 0.5, g * 0.82, g * 0.24))
        brush.leather(foot, "stone", "slate", 0.045)
        if self.dragon:
            body = [(math.sin(k * 0.8) * g * 0.42, -g * 1.2 - k * (h - g * 2) / 26) for k in range(27)]
            brush.line(curve(body), g * 0.34, "ink", 0.85)
            brush.line(curve(body), g * 0.25, self.trim)
            scales = skia.Path()
            for k in range(26):
                (ax, ay), (bx, by) = body[k], body[k + 1]
                scales.moveTo((ax + bx) / 2 - g * 0.1, (ay + by) / 2 + 0.02)
                scales.lineTo((ax + bx) / 2 + g * 0.1, (ay + by) / 2 - 0.02)
            brush.line(scales, 0.03, "crimson", 0.9)
        for k in range(2):
            brush.line(
                strokes([[(-g / 2, -g * (0.75 + 0.22 * k)), (g / 2, -g * (0.75 + 0.22 * k))]]), 0.05, self.trim
            )


class Beam(Element):
    """A painted beam across the top of a room, with brackets and a fringe of carved work."""

    kind: Literal["beam"]
    y: float = 0.6
    width: float = 34.0
    height: float = 0.9
    top: Pigment = "malachite"
    bottom: Pigment = "azurite"

    def paint(self, brush: Brush) -> None:
        half, h = self.width / 2, self.height
        brush.leather(box(-half, -h * 6, half, -h), "lacquer", "crimson", 0.04)
        brush.leather(box(-half, -h, half, 0), self.top, self.bottom, 0.05)
        step = h * 1.6
        motif, rim = skia.Path(), skia.Path()
        for i in range(math.ceil(self.width / step)):
            x = -half + (i + 0.5) * step
            motif.addCircle(x, -h / 2, h * 0.2)
            motif.addPath(
                polygon(
                    [
                        (x + step / 2 - h * 0.2, -h / 2),
                        (x + step / 2, -h * 0.8),
                        (x + step / 2 + h * 0.2, -h / 2),
                        (x + step / 2, -h * 0.2),
                    ]
                )
            )
            rim.addCircle(x, -h / 2, h * 0.31)
        brush.fill(motif, "gold")
        brush.cut(rim, 0.035, 0.7)
        fringe = skia.Path()
        for i in range(math.ceil(self.width / (h * 0.7))):
            x = -half + (i + 0.5) * h * 0.7
            fringe.addArc(skia.Rect(x - h * 0.35, -h * 0.3, x + h * 0.35, h * 0.34), 0, 180)
        brush.leather(fringe, "cinnabar", "gold", 0.03)


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


Painted = Annotated[
    House | Hut | Pagoda | Battlement | Column | Beam | Bridge | Railing | MoonGate, Field(discriminator="kind")
]
