"""Buildings of wood and clay: halls with upturned eaves, cottages, pagodas, lacquered columns and beams."""

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
    brush.leather(body, brush.snowed(name), "ink", 0.045)
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
        brush.leather(top, brush.snowed(self.thatch), "ochre", 0.045)
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


Painted = Annotated[House | Hut | Pagoda | Column | Beam, Field(discriminator="kind")]
