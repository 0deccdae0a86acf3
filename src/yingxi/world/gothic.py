"""A Western hall: pointed windows of coloured glass, ribbed vaults, tapestries, a tall clock, gabled houses."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment

GLASS = ("cinnabar", "azurite", "gold", "malachite", "plum", "orange")


def pointed(left: float, right: float, top: float, bottom: float) -> skia.Path:
    """A pointed arch: its apex at `top`, its feet at `bottom`."""
    middle, rise = (left + right) / 2, (right - left) * 0.95
    path = skia.Path()
    path.moveTo(left, bottom)
    path.lineTo(left, top + rise)
    path.cubicTo(left, top + rise * 0.45, middle - (right - left) * 0.14, top + rise * 0.16, middle, top)
    path.cubicTo(middle + (right - left) * 0.14, top + rise * 0.16, right, top + rise * 0.45, right, top + rise)
    path.lineTo(right, bottom)
    path.close()
    return path


class Window(Element):
    """A pointed window of coloured glass in lead, with a rose at its head. `glass` limits it to one colour."""

    kind: Literal["window"]
    width: float = 1.6
    height: float = 4.4
    glass: tuple[Pigment, ...] = GLASS

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        arch = pointed(-w / 2, w / 2, -h, 0)
        brush.glow(0, -h * 0.5, h * 0.75, self.glass[0] if len(self.glass) == 1 else "gold", 0.3)
        brush.fill(arch, brush.light.core, lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(arch, skia.ClipOp.kIntersect, True)
        self._panes(brush, w, h)
        brush.canvas.restore()
        stone = pointed(-w * 0.62, w * 0.62, -h - w * 0.16, 0.1)
        frame = skia.Op(stone, arch, skia.PathOp.kDifference_PathOp)
        brush.leather(frame, "stone", "slate", 0.04)
        brush.cut(pointed(-w * 0.56, w * 0.56, -h - w * 0.08, 0.05), 0.03, 0.5)

    def _panes(self, brush: Brush, w: float, h: float) -> None:
        lead = skia.Path()
        step = w / 4
        rows = math.ceil(h / step)
        for j in range(rows):
            for i in range(4):
                name = self.glass[brush.random.randrange(len(self.glass))]
                x, y = -w / 2 + i * step, -step * (j + 1)
                middle = (x + step / 2, y + step / 2)
                diamond = polygon([(x, middle[1]), (middle[0], y), (x + step, middle[1]), (middle[0], y + step)])
                brush.fill(box(x, y, x + step, y + step), self.glass[(i + j) % len(self.glass)], alpha=0.5, lit=True)
                brush.fill(diamond, name, alpha=0.85, lit=True)
                lead.addPath(diamond)
        brush.line(lead, 0.035)
        for x in (-w / 6, w / 6):
            brush.line(strokes([[(x, 0), (x, -h * 0.72)]]), 0.07, "slate")
            brush.line(strokes([[(x, 0), (x, -h * 0.72)]]), 0.02)
        centre, r = -h + w * 0.52, w * 0.3
        brush.fill(circle(0, centre, r * 1.15), "ink")
        for k in range(8):
            angle = math.tau * k / 8
            petal = circle(math.cos(angle) * r * 0.66, centre + math.sin(angle) * r * 0.66, r * 0.3)
            brush.fill(petal, self.glass[k % len(self.glass)], alpha=0.95, lit=True)
        brush.fill(circle(0, centre, r * 0.28), "gold", lit=True)


class Vault(Element):
    """Clustered piers carrying pointed arches: the arcade of a hall. The spans are `width` apart."""

    kind: Literal["vault"]
    width: float = 5.4
    height: float = 9.5
    spans: int = 6
    girth: float = 0.62
    top: Pigment = "slate"
    bottom: Pigment = "stone"

    def paint(self, brush: Brush) -> None:
        total = self.width * self.spans
        body = box(-total / 2 - 3, -self.height - 4, total / 2 + 3, 0)
        ribs: list[tuple[float, float]] = []
        for i in range(self.spans):
            left = -total / 2 + i * self.width + self.girth / 2
            right = left + self.width - self.girth
            ribs.append((left, right))
            body = skia.Op(body, pointed(left, right, -self.height, 1), skia.PathOp.kDifference_PathOp)
        brush.leather(body, self.top, self.bottom, 0.045)
        for left, right in ribs:
            for inset in (0.14, 0.3):
                arch = pointed(left - inset, right + inset, -self.height - inset, 1)
                brush.line(arch, 0.035, alpha=0.5)
                brush.canvas.save()
                brush.canvas.translate(0.05, 0.03)
                brush.cut(arch, 0.03, 0.4)
                brush.canvas.restore()
        for i in range(self.spans + 1):
            x, g = -total / 2 + i * self.width, self.girth
            brush.leather(
                box(x - g * 0.8, -self.height * 0.62, x + g * 0.8, -self.height * 0.62 + 0.3), self.bottom, None, 0.04
            )
            brush.leather(box(x - g * 0.8, -0.4, x + g * 0.8, 0.05), self.bottom, None, 0.04)
            boss = [circle(x + dx * g, -self.height * 0.62 + 0.15, 0.07) for dx in (-0.5, 0, 0.5)]
            for leafwork in boss:
                brush.cut(leafwork, 0.03, 0.7)


class Tapestry(Element):
    """A hanging cloth with a border, a device at its middle and a fringe."""

    kind: Literal["tapestry"]
    y: float = 2.0
    width: float = 1.7
    height: float = 3.2
    field: Pigment = "crimson"
    trim: Pigment = "gold"
    device: Literal["lion", "lily", "cross", "sun"] = "lily"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(-w * 0.62, 0), (w * 0.62, 0)]]), 0.11)
        for x in (-w * 0.62, w * 0.62):
            brush.leather(circle(x, 0, 0.1), "gold", None, 0.03)
        cloth = polygon([(-w / 2, 0), (w / 2, 0), (w / 2, h * 0.86), (0, h), (-w / 2, h * 0.86)])
        brush.leather(cloth, self.field, "lacquer", 0.045)
        for inset in (0.09, 0.16):
            k = 1 - 2 * inset
            brush.line(
                polygon(
                    [
                        (-w / 2 * k, inset * w),
                        (w / 2 * k, inset * w),
                        (w / 2 * k, h * 0.86 - inset * w),
                        (0, h - inset * w * 1.2),
                        (-w / 2 * k, h * 0.86 - inset * w),
                    ]
                ),
                0.035,
                self.trim,
            )
        for t in (-0.8, -0.4, 0, 0.4, 0.8):
            x, y = w / 2 * t, h - h * 0.14 * abs(t)
            brush.line(strokes([[(x, y), (x, y + 0.2)]]), 0.05, self.trim)
        brush.canvas.save()
        brush.canvas.translate(0, h * 0.46)
        brush.canvas.scale(w * 0.3, w * 0.3)
        self._device(brush)
        brush.canvas.restore()

    def _device(self, brush: Brush) -> None:
        if self.device == "cross":
            shape = polygon(
                [
                    (-0.2, -1.2),
                    (0.2, -1.2),
                    (0.2, -0.35),
                    (0.9, -0.35),
                    (0.9, 0.05),
                    (0.2, 0.05),
                    (0.2, 1.3),
                    (-0.2, 1.3),
                    (-0.2, 0.05),
                    (-0.9, 0.05),
                    (-0.9, -0.35),
                    (-0.2, -0.35),
                ]
            )
        elif self.device == "sun":
            shape = polygon(
                [
                    (
                        math.cos(math.tau * k / 32) * (1.15 if k % 2 else 0.62),
                        math.sin(math.tau * k / 32) * (1.15 if k % 2 else 0.62),
                    )
                    for k in range(32)
                ]
            )
        elif self.device == "lion":
            shape = curve(
                [
                    (-0.9, 1.2),
                    (-0.5, 0.2),
                    (-0.75, -0.5),
                    (-0.3, -1.1),
                    (0.35, -1.15),
                    (0.75, -0.8),
                    (0.45, -0.45),
                    (0.95, -0.3),
                    (0.5, 0.05),
                    (0.95, 0.45),
                    (0.35, 0.55),
                    (0.75, 1.25),
                    (0.25, 1.2),
                    (0.0, 0.7),
                    (-0.3, 1.2),
                ],
                closed=True,
            )
        else:
            shape = curve(
                [
                    (0, -1.3),
                    (0.32, -0.6),
                    (0.2, 0.0),
                    (0.6, -0.45),
                    (1.0, -0.2),
                    (0.85, 0.25),
                    (0.5, 0.2),
                    (0.2, 0.45),
                    (0.3, 1.1),
                    (0, 0.9),
                    (-0.3, 1.1),
                    (-0.2, 0.45),
                    (-0.5, 0.2),
                    (-0.85, 0.25),
                    (-1.0, -0.2),
                    (-0.6, -0.45),
                    (-0.2, 0.0),
                    (-0.32, -0.6),
                ],
                closed=True,
            )
        brush.leather(shape, self.trim, "ochre", 0.06)
        brush.hole(circle(0, 0.2, 0.1), 0.8)


class Clock(Element):
    """A tall case clock of ebony with a brass face and a pendulum that swings."""

    kind: Literal["clock"]
    height: float = 4.6
    time: tuple[float, float] = (11.95, 57.0)

    def paint(self, brush: Brush) -> None:
        h = self.height
        w = h * 0.24
        brush.leather(box(-w * 0.62, -h * 0.16, w * 0.62, 0.02), "soot", "ink", 0.045)
        brush.leather(box(-w * 0.42, -h * 0.62, w * 0.42, -h * 0.16), "umber", "soot", 0.045)
        brush.leather(box(-w * 0.6, -h * 0.9, w * 0.6, -h * 0.62), "umber", "soot", 0.045)
        crown = curve(
            [
                (-w * 0.66, -h * 0.9),
                (-w * 0.5, -h * 0.97),
                (-w * 0.12, -h * 0.95),
                (0, -h * 1.02),
                (w * 0.12, -h * 0.95),
                (w * 0.5, -h * 0.97),
                (w * 0.66, -h * 0.9),
            ]
        )
        crown.close()
        brush.leather(crown, "soot", None, 0.045)
        glass = pointed(-w * 0.28, w * 0.28, -h * 0.59, -h * 0.2)
        brush.hole(glass, 0.85)
        brush.fill(glass, "amber", alpha=0.35, lit=True)
        brush.line(glass, 0.035, "gold")
        swing = math.sin(math.pi * brush.seconds) * 0.16
        bob = (math.sin(swing) * h * 0.27, -h * 0.58 + math.cos(swing) * h * 0.3)
        brush.line(strokes([[(0, -h * 0.58), bob]]), 0.035)
        brush.leather(circle(*bob, w * 0.13), "gold", "ochre", 0.03)
        centre, r = -h * 0.76, w * 0.46
        brush.leather(circle(0, centre, r), "gold", "ochre", 0.04)
        brush.fill(circle(0, centre, r * 0.84), "ivory", lit=True)
        marks = strokes([
            [
                (math.sin(math.tau * k / 12) * r * 0.66, centre - math.cos(math.tau * k / 12) * r * 0.66),
                (math.sin(math.tau * k / 12) * r * 0.8, centre - math.cos(math.tau * k / 12) * r * 0.8),
            ]
            for k in range(12)
        ])  # fmt: skip
        brush.line(marks, 0.035)
        for turn, length, width in ((self.time[0] / 12, 0.45, 0.05), (self.time[1] / 60, 0.7, 0.035)):
            tip = (math.sin(math.tau * turn) * r * length, centre - math.cos(math.tau * turn) * r * length)
            brush.line(strokes([[(0, centre), tip]]), width)


class Gable(Element):
    """A tall timbered house with a steep gable, such as stands in an old town of Europe."""

    kind: Literal["gable"]
    width: float = 2.8
    height: float = 4.6
    wall: Pigment = "ivory"
    roof: Pigment = "cinnabar"
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w / 2, -h * 0.66, w / 2, 0.05), self.wall, "sand", 0.04)
        brush.leather(
            polygon([(-w * 0.58, -h * 0.62), (0, -h * 1.08), (w * 0.58, -h * 0.62)]), self.roof, "lacquer", 0.045
        )
        face = polygon([(-w * 0.4, -h * 0.64), (0, -h * 0.96), (w * 0.4, -h * 0.64)])
        brush.leather(face, self.wall, None, 0.035)
        timber: list[list[Point]] = [[(-w / 2, -h * k), (w / 2, -h * k)] for k in (0.34, 0.64)]
        timber += [[(w * k, -h * 0.64), (w * k, 0)] for k in (-0.48, -0.16, 0.16, 0.48)]
        timber += [
            [(-w * 0.48, -h * 0.34), (-w * 0.16, -h * 0.64)],
            [(w * 0.48, -h * 0.34), (w * 0.16, -h * 0.64)],
            [(0, -h * 0.64), (0, -h * 0.94)],
        ]
        brush.line(strokes(timber), 0.1, self.wood)
        for x, y in ((-0.32, 0.52), (0.0, 0.52), (0.32, 0.52), (-0.32, 0.2)):
            pane = box(w * x - w * 0.09, -h * y - h * 0.06, w * x + w * 0.09, -h * y + h * 0.06)
            brush.hole(pane, 0.9)
            if brush.light.night:
                brush.fill(pane, "amber", "gold", 0.85, lit=True)
            cross = strokes(
                [
                    [(w * x, -h * y - h * 0.06), (w * x, -h * y + h * 0.06)],
                    [(w * x - w * 0.09, -h * y), (w * x + w * 0.09, -h * y)],
                ]
            )
            brush.line(cross, 0.03)
            brush.line(pane, 0.045, self.wood)
        door = pointed(w * 0.08, w * 0.4, -h * 0.28, 0.05)
        brush.leather(door, "lacquer", "soot", 0.04)
        brush.cut(strokes([[(w * k, -h * 0.2), (w * k, 0)] for k in (0.16, 0.24, 0.32)]), 0.025, 0.5)


Painted = Annotated[Window | Vault | Tapestry | Clock | Gable, Field(discriminator="kind")]
