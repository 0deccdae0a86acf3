"""The world below: the gate of ghosts, flowers of the far shore, wandering flames, chains."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.architecture import roof
from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.lettering import font
from yingxi.world.pigment import Pigment


class GhostGate(Element):
    """The gate of the dead: a demon's face whose open mouth is the way in, under eaves, between pillars."""

    kind: Literal["ghost_gate"]
    width: float = 5.0
    height: float = 5.6
    skin: Pigment = "malachite"
    name: str = "鬼门关"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for side in (-1, 1):
            x = side * w * 0.52
            brush.leather(box(x - 0.22, -h * 0.8, x + 0.22, 0.05), "plum", "soot", 0.045)
            for k in range(6):
                brush.cut(spiral(x, -h * (0.1 + 0.12 * k), 0.15, 1.2, 0.7 * k, side), 0.03, 0.7)
            brush.leather(box(x - 0.36, -0.4, x + 0.36, 0.05, 0.05), "slate", "soot", 0.04)
        face = curve([(-w * 0.42, 0.05), (-w * 0.46, -h * 0.3), (-w * 0.4, -h * 0.62), (-w * 0.2, -h * 0.76), (0,
            -h * 0.72),
                      (w * 0.2, -h * 0.76), (w * 0.4, -h * 0.62), (w * 0.46, -h * 0.3), (w * 0.42,
                      0.05)])  # fmt: skip
        face.close()
        mouth = curve([(-w * 0.27, 0.06), (-w * 0.27, -h * 0.24), (-w * 0.14, -h * 0.34), (0, -h * 0.31), (w * 0.14,
            -h * 0.34),
                       (w * 0.27, -h * 0.24), (w * 0.27, 0.06)])  # fmt: skip
        mouth.close()
        face = skia.Op(face, mouth, skia.PathOp.kDifference_PathOp)
        brush.glow(0, -h * 0.2, w * 0.5, "gold", 0.9)
        brush.leather(face, self.skin, "pine", 0.055)
        brush.line(mouth, 0.12, "cinnabar")
        teeth = skia.Path()
        for k in range(-3, 4):
            x, long = w * 0.072 * k, h * (0.11 if abs(k) == 2 else 0.055)
            top = -h * (0.325 - 0.008 * k * k)
            teeth.addPath(polygon([(x - w * 0.034, top), (x + w * 0.034, top), (x, top + long)]))
        brush.leather(teeth, "ivory", "sand", 0.03)
        for side in (-1, 1):
            x, y = side * w * 0.2, -h * 0.53
            brow = curve([(side * w * 0.05, y - h * 0.04), (side * w * 0.16, y - h * 0.13), (side * w * 0.34,
                y - h * 0.15),
                          (side * w * 0.38, y - h * 0.07), (side * w * 0.2, y - h * 0.07)], closed=True)  # fmt: skip
            brush.leather(circle(x, y, w * 0.088), "gold", "orange", 0.045)
            brush.leather(circle(x, y, w * 0.058), "ivory", None, 0.03)
            brush.fill(circle(x + side * -0.02 * w, y + 0.02 * h, w * 0.026), "ink")
            brush.leather(brow, "cinnabar", "crimson", 0.035)
            brush.cut(spiral(side * w * 0.3, -h * 0.4, w * 0.075, 1.5, 0.4 if side > 0 else 2.7, side), 0.045, 0.8)
            brush.cut(spiral(side * w * 0.36, -h * 0.16, w * 0.055, 1.5, 0.4 if side > 0 else 2.7, side), 0.04, 0.8)
            horn = curve([(side * w * 0.22, -h * 0.73), (side * w * 0.32, -h * 0.84), (side * w * 0.28, -h * 0.97),
                          (side * w * 0.4, -h * 0.86), (side * w * 0.38, -h * 0.66)], closed=True)  # fmt: skip
            brush.leather(horn, "ivory", "ochre", 0.04)
        nose = curve([(-w * 0.07, -h * 0.37), (-w * 0.03, -h * 0.47), (0, -h * 0.56), (w * 0.03, -h * 0.47),
            (w * 0.07, -h * 0.37),
                      (0, -h * 0.4)], closed=True)  # fmt: skip
        brush.leather(nose, "jade", "malachite", 0.035)
        brush.canvas.save()
        brush.canvas.translate(0, -h * 0.94)
        roof(brush, w * 1.36, h * 0.15, "indigo", "violet", 0.3)
        brush.canvas.restore()
        plate = box(-w * 0.2, -h * 0.93, w * 0.2, -h * 0.77)
        brush.leather(plate, "ink", "soot", 0.05)
        brush.line(plate, 0.04, "gold")
        letters = font("zh", w * 0.36 / len(self.name), bold=True)
        wide = letters.measureText(self.name)
        brush.canvas.drawString(self.name, -wide / 2, -h * 0.82, letters, brush.paint("gold", lit=True))


class Lilies(Element):
    """Flowers of the far shore (bi'an hua): red, rayed, on bare stems."""

    kind: Literal["lilies"]
    width: float = 3.0
    height: float = 0.9
    count: int = 9
    petals: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        for k in range(self.count):
            x = self.width * ((k + 0.5 + brush.spread(-0.3, 0.3)) / self.count - 0.5)
            h, lean = self.height * brush.spread(0.65, 1.1), brush.spread(-0.1, 0.1)
            stem = curve([(x, 0.08), (x + lean * 0.4, -h * 0.5), (x + lean, -h * 0.82)])
            brush.line(stem, 0.06)
            brush.line(stem, 0.035, "leaf")
            top, r = (x + lean, -h * 0.86), self.height * 0.26
            rays, threads = skia.Path(), skia.Path()
            for j in range(9):
                angle = math.pi * (1.02 + 0.12 * j)
                tip = (top[0] + math.cos(angle) * r * 1.15, top[1] + math.sin(angle) * r)
                rays.moveTo(*top)
                rays.quadTo(top[0] + math.cos(angle) * r * 1.1, top[1] + math.sin(angle) * r * 1.2 - r * 0.2, *tip)
                threads.moveTo(*top)
                far = (top[0] + math.cos(angle + 0.09) * r * 1.6, top[1] + math.sin(angle + 0.09) * r * 1.6)
                threads.quadTo((top[0] + far[0]) / 2, (top[1] + far[1]) / 2 + r * 0.25, *far)
            brush.line(threads, 0.02, "crimson", 0.8)
            brush.line(rays, r * 0.28)
            brush.line(rays, r * 0.2, self.petals)


class Wisps(Element):
    """Pale flames without a hearth that drift about their place."""

    kind: Literal["wisps"]
    y: float = 5.0
    size: float = 0.4
    flame: Pigment = "#7fd8d0"
    heart: Pigment = "#e4fff4"

    def paint(self, brush: Brush) -> None:
        s, t = self.size, brush.seconds
        phase = brush.spread(0, math.tau)
        x, y = 0.4 * math.sin(t * 0.5 + phase), 0.25 * math.sin(t * 0.8 + phase * 2)
        brush.glow(x, y, s * 3.4, self.flame, 0.6 + 0.1 * math.sin(t * 3 + phase))
        for grow, name in ((1.0, self.flame), (0.55, self.heart)):
            sway = 0.3 * s * math.sin(t * 3.1 + phase)
            flame = curve([(x, y + s * 0.45 * grow), (x + s * 0.4 * grow, y + s * 0.1 * grow), (x + s * 0.15 * grow,
                y - s * 0.5 * grow),
                           (x + sway, y - s * 1.2 * grow), (x - s * 0.25 * grow, y - s * 0.4 * grow),
                           (x - s * 0.4 * grow, y + s * 0.1 * grow)], closed=True)  # fmt: skip
            brush.fill(flame, name, lit=True)
            if grow == 1.0:
                brush.line(flame, 0.025, "teal", 0.8, lit=True)


class Chains(Element):
    """Chains that hang from the dark, with a hook or a shackle at the end."""

    kind: Literal["chains"]
    y: float = -1.0
    length: float = 3.6
    iron: Pigment = "slate"

    def paint(self, brush: Brush) -> None:
        links = max(3, round(self.length / 0.26))
        swing = 0.02 * math.sin(brush.seconds * 0.9 + self.seed)
        spots: list[Point] = [(swing * k, self.length * k / links) for k in range(links + 1)]
        for k, (x, y) in enumerate(spots):
            ring = skia.Path()
            half = 0.1 if k % 2 else 0.045
            ring.addOval(skia.Rect(x - half, y - 0.17, x + half, y + 0.17))
            brush.line(ring, 0.085)
            brush.line(ring, 0.045, self.iron)
        x, y = spots[-1]
        hook = curve([(x, y + 0.1), (x + 0.05, y + 0.5), (x - 0.2, y + 0.62), (x - 0.3, y + 0.36)])
        brush.line(hook, 0.13)
        brush.line(hook, 0.075, self.iron)


class Skulls(Element):
    """A heap of old bones."""

    kind: Literal["skulls"]
    width: float = 1.8
    rows: int = 2
    bone: Pigment = "ivory"

    def paint(self, brush: Brush) -> None:
        r = self.width / 9
        bones = strokes(
            [[(brush.spread(-0.55, 0.55) * self.width, -brush.spread(0, 0.12)) for _ in range(2)] for _ in range(6)]
        )
        brush.line(bones, 0.13)
        brush.line(bones, 0.08, self.bone)
        for row in range(self.rows):
            for k in range(4 - row):
                x = (k - (3 - row) / 2) * r * 2.2 + brush.spread(-0.04, 0.04)
                self._skull(brush, x, -r * (0.8 + 1.5 * row), r)

    def _skull(self, brush: Brush, x: float, y: float, r: float) -> None:
        head = circle(x, y, r)
        head = skia.Op(
            head, box(x - r * 0.5, y + r * 0.4, x + r * 0.5, y + r * 1.25, 0.05), skia.PathOp.kUnion_PathOp
        )
        brush.leather(head, self.bone, "sand", 0.035)
        for side in (-1, 1):
            brush.fill(circle(x + side * r * 0.38, y + r * 0.06, r * 0.24), "ink")
        brush.fill(polygon([(x, y + r * 0.3), (x - r * 0.13, y + r * 0.55), (x + r * 0.13, y + r * 0.55)]), "ink")
        brush.line(strokes([[(x + r * d, y + r * 0.85), (x + r * d, y + r * 1.2)] for d in (-0.25, 0, 0.25)]), 0.025)


Painted = Annotated[GhostGate | Lilies | Wisps | Chains | Skulls, Field(discriminator="kind")]
