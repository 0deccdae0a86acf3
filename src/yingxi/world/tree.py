"""Trees: pine, willow, broad leaves, trunks and the leaves overhead, bare boughs."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, curve
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment
from yingxi.world.plant import leaf, trunk


class Pine(Element):
    """A pine with a crooked trunk and flat pads of needles. `reach` throws it to one side (positive: right)."""

    kind: Literal["pine"]
    height: float = 5.0
    reach: float = 1.0
    pads: int = 7
    leaves: Pigment = "pine"
    tips: Pigment = "malachite"
    bark: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        h = self.height
        spine: list[Point] = [(0.0, 0.1)]
        for i in range(1, 7):
            t = i / 6
            sway = math.sin(t * 5 + brush.spread(-0.4, 0.4)) * 0.09 * h
            spine.append((self.reach * h * 0.28 * t * t + sway * (0.3 + t), -h * 0.92 * t))
        widths = [h * 0.09, h * 0.075, h * 0.065, h * 0.055, h * 0.045, h * 0.032, h * 0.015]
        tufts: list[tuple[float, float, float]] = []
        boughs = []
        for i in range(self.pads - 1):
            t = 0.42 + 0.52 * i / max(1, self.pads - 2)
            k = min(5, int(t * 6))
            f = t * 6 - k
            x = spine[k][0] + (spine[k + 1][0] - spine[k][0]) * f
            y = spine[k][1] + (spine[k + 1][1] - spine[k][1]) * f
            side = 1 if (i % 2 == 0) == (self.reach >= 0) else -1
            length = h * (0.36 - 0.2 * (t - 0.42)) * brush.spread(0.75, 1.1)
            end = (x + side * length, y - h * 0.03 + h * brush.spread(-0.02, 0.04))
            boughs.append([(x, y), (x + side * length * 0.5, y + h * 0.03), end])
            tufts.append((end[0] - side * length * 0.1, end[1] - h * 0.02, h * brush.spread(0.17, 0.23)))
            tufts.append((x + side * length * 0.4, y - h * 0.02, h * brush.spread(0.11, 0.15)))
        for bough in boughs:
            trunk(brush, bough, [h * 0.03, h * 0.022, h * 0.012], self.bark)
        trunk(brush, spine, widths, self.bark)
        tufts.append((spine[-1][0], spine[-1][1] - h * 0.02, h * 0.2))
        for x, y, r in sorted(tufts, key=lambda tuft: tuft[1]):
            self._pad(brush, x, y, r)

    def _pad(self, brush: Brush, x: float, y: float, r: float) -> None:
        outline: list[Point] = []
        for i in range(12):
            angle = math.pi * i / 11
            bump = r * (1.0 + (0.1 if i % 2 else -0.05))
            outline.append((x - math.cos(angle) * bump, y - math.sin(angle) * bump * 0.52))
        outline += [(x + r * 0.5, y + r * 0.13), (x, y + r * 0.06), (x - r * 0.5, y + r * 0.13)]
        pad = curve(outline, closed=True, tension=0.9)
        brush.leather(pad, brush.snowed(self.tips), self.leaves, 0.032)
        needles = skia.Path()
        for i in range(9):
            angle = math.pi * (i + 0.5) / 9
            needles.moveTo(x - math.cos(angle) * r * 0.2, y - math.sin(angle) * r * 0.12)
            needles.lineTo(x - math.cos(angle) * r * 0.84, y - math.sin(angle) * r * 0.42)
        brush.cut(needles, 0.024, 0.7)


class Willow(Element):
    """A weeping willow: strands of small leaves that hang from a leaning trunk."""

    kind: Literal["willow"]
    height: float = 5.6
    strands: int = 30
    leaves: Pigment = "leaf"
    bark: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        h = self.height
        spine = [(0.0, 0.1), (0.1 * h, -0.3 * h), (0.05 * h, -0.6 * h), (0.14 * h, -0.86 * h)]
        trunk(
            brush,
            [(0.05 * h, -0.55 * h), (-0.1 * h, -0.78 * h), (-0.26 * h, -0.9 * h)],
            [h * 0.06, h * 0.045, h * 0.02],
            self.bark,
        )
        trunk(
            brush,
            [(0.08 * h, -0.6 * h), (0.26 * h, -0.82 * h), (0.42 * h, -0.88 * h)],
            [h * 0.05, h * 0.035, h * 0.02],
            self.bark,
        )
        trunk(brush, spine, [h * 0.11, h * 0.085, h * 0.07, h * 0.02], self.bark)
        blades, stems = skia.Path(), skia.Path()
        for i in range(self.strands):
            t = (i + brush.random.random()) / self.strands
            x0 = h * (-0.34 + 0.86 * t)
            y0 = -h * (0.86 + 0.13 * math.sin(math.pi * t)) + brush.spread(-0.1, 0.25)
            length, blow = h * brush.spread(0.35, 0.68), h * 0.05 * math.sin(brush.seconds * 1.1 + i * 0.7)
            stems.moveTo(x0, y0)
            stems.quadTo(x0 + 0.1 * h * (t - 0.5), y0 + length * 0.4, x0 + 0.12 * h * (t - 0.5) + blow, y0 + length)
            steps = round(length / 0.17)
            for k in range(steps):
                s = k / steps
                x = x0 + 0.12 * h * (t - 0.5) * s + blow * s * s
                leaf(blades, x, y0 + length * s, math.pi / 2 + (0.55 if k % 2 else -0.55), 0.26, 0.045)
        brush.line(stems, 0.022, self.leaves)
        brush.fill(blades, self.leaves)


class Broadleaf(Element):
    """A round-crowned tree: scalloped pads of leaves, veined with light."""

    kind: Literal["broadleaf"]
    height: float = 5.0
    girth: float = 3.4
    pads: int = 9
    leaves: Pigment = "leaf"
    shade: Pigment = "pine"
    bark: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        h, g = self.height, self.girth
        top = -h * 0.62
        for side in (-1, 1):
            trunk(
                brush,
                [(0, top * 0.55), (side * g * 0.12, top * 0.9), (side * g * 0.3, top * 1.12)],
                [h * 0.05, h * 0.035, h * 0.015],
                self.bark,
            )
        trunk(
            brush,
            [(0.0, 0.1), (0.06 * g, top * 0.4), (-0.03 * g, top * 0.8), (0.02 * g, top * 1.2)],
            [h * 0.12, h * 0.08, h * 0.06, h * 0.02],
            self.bark,
        )
        crown: list[tuple[float, float, float]] = []
        for i in range(self.pads):
            angle, away = math.tau * i / self.pads, brush.spread(0.24, 0.36)
            crown.append(
                (math.cos(angle) * g * away, -h * 0.72 + math.sin(angle) * h * 0.2, g * brush.spread(0.2, 0.27))
            )
        crown.append((0.0, -h * 0.74, g * 0.27))
        for x, y, r in crown:
            leafage(brush, x, y, r, self.leaves, self.shade)


def leafage(brush: Brush, x: float, y: float, r: float, leaves: str, shade: str) -> None:
    """A scalloped pad of leaves about (x, y), its veins cut through."""
    outline: list[Point] = []
    for k in range(18):
        angle, bump = math.tau * k / 18, 1.08 if k % 2 else 0.9
        outline.append((x + math.cos(angle) * r * bump, y + math.sin(angle) * r * 0.78 * bump))
    brush.leather(curve(outline, closed=True), brush.snowed(leaves), shade, 0.034)
    veins = skia.Path()
    for k in range(7):
        c, s = math.cos(math.pi * (1.05 + 0.9 * k / 6)) * r, math.sin(math.pi * (1.05 + 0.9 * k / 6)) * r
        veins.moveTo(x + c * 0.15, y + r * 0.3 + s * 0.2)
        veins.quadTo(x + c * 0.4, y + s * 0.4, x + c * 0.75, y + s * 0.6)
    brush.cut(veins, 0.026, 0.65)


class Trunks(Element):
    """A stand of tall straight trunks over a width, for the depth of a wood."""

    kind: Literal["trunks"]
    width: float = 30.0
    height: float = 9.0
    count: int = 20
    girth: float = 0.35
    bark: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        for i in range(self.count):
            x = self.width * ((i + brush.spread(0.15, 0.85)) / self.count - 0.5)
            g, bow, h = self.girth * brush.spread(0.6, 1.2), brush.spread(-0.3, 0.3), self.height
            spine = [(x, 0.1), (x + bow * 0.4, -h * 0.35), (x + bow, -h * 0.7), (x + bow * 0.8, -h)]
            trunk(brush, spine, [g * 1.5, g, g * 0.9, g * 0.7], self.bark)
            if i % 2:
                side, (rx, ry) = brush.random.choice((-1, 1)), spine[1]
                bough = [(rx, ry), (rx + side * 0.5, ry - h * 0.13), (rx + side, ry - h * 0.17)]
                trunk(brush, bough, [g * 0.4, g * 0.3, 0.02], self.bark)


class Canopy(Element):
    """Leaves that hang into the picture from above, less in the middle."""

    kind: Literal["canopy"]
    y: float = 0.0
    width: float = 34.0
    height: float = 2.0
    count: int = 20
    middle: float = 0.3
    leaves: Pigment = "leaf"
    shade: Pigment = "pine"

    def paint(self, brush: Brush) -> None:
        step = self.width / self.count
        pads: list[tuple[float, float, float]] = []
        for i in range(self.count):
            x = -self.width / 2 + step * (i + 0.5)
            share = 1 - (1 - self.middle) * math.exp(-((x / 4.0) ** 2))
            for row in range(2):
                drop = self.height * share * brush.spread(0.45, 0.8) - row * step * 0.7
                pads.append((x + brush.spread(-0.3, 0.3), drop - step * 0.5, step * brush.spread(0.62, 0.85)))
        body = skia.Path()
        body.addRect(skia.Rect(-self.width / 2, -8, self.width / 2, -step * 0.6))
        brush.fill(body, self.leaves)
        for x, y, r in sorted(pads, key=lambda pad: pad[1]):
            leafage(brush, x, y, r, self.leaves, self.shade)


class Bare(Element):
    """A leafless tree, as in winter or in a desert."""

    kind: Literal["bare"]
    height: float = 4.5
    bark: Pigment = "soot"
    levels: int = 4
    snowy: bool = False

    def paint(self, brush: Brush) -> None:
        self._bough(brush, (0.0, 0.1), -math.pi / 2, self.height * 0.3, self.height * 0.08, self.levels)

    def _bough(self, brush: Brush, start: Point, angle: float, length: float, width: float, level: int) -> None:
        kink = angle + brush.spread(-0.4, 0.4)
        mid = (start[0] + math.cos(kink) * length * 0.5, start[1] + math.sin(kink) * length * 0.5)
        end = (mid[0] + math.cos(angle) * length * 0.5, mid[1] + math.sin(angle) * length * 0.5)
        if level:
            for turn in (brush.spread(0.25, 0.75), -brush.spread(0.25, 0.75)):
                self._bough(brush, end, angle + turn, length * brush.spread(0.66, 0.86), width * 0.62, level - 1)
        trunk(brush, [start, mid, end], [width, width * 0.8, width * 0.6], self.bark)
        if self.snowy and width > 0.04:
            lift = width * 0.42
            snow = curve([(start[0], start[1] - lift), (mid[0], mid[1] - lift), (end[0], end[1] - lift * 0.7)])
            brush.line(snow, width * 0.45, "white", 0.95, lit=True)


Painted = Annotated[Pine | Willow | Broadleaf | Trunks | Canopy | Bare, Field(discriminator="kind")]
