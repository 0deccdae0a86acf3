"""The walls of rooms: fretwork panels, round windows, wainscots, hanging pictures and streamers."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.architecture import lattice
from yingxi.world.brush import Brush, box, circle, curve, limb, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Panels(Element):
    """A wall of tall doors with fretwork above and carved boards below."""

    kind: Literal["panels"]
    width: float = 34.0
    height: float = 6.0
    count: int = 14
    wood: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width / self.count, self.height
        for i in range(self.count):
            left = -self.width / 2 + i * w
            brush.leather(box(left, -h - 4, left + w, 0), self.wood, "crimson", 0.04)
            lattice(brush, left + 0.16, -h * 0.94, left + w - 0.16, -h * 0.36, 0.3, 0.04)
            brush.line(box(left + 0.2, -h * 0.31, left + w - 0.2, -h * 0.24), 0.035, "gold")
            brush.line(box(left + 0.2, -h * 0.2, left + w - 0.2, -h * 0.03), 0.035, "gold")
            for side in (-1, 1):
                x = left + w / 2 + side * w * 0.14
                brush.cut(spiral(x, -h * 0.115, h * 0.045, 1.4, 0.4 if side > 0 else 2.7, side), 0.035, 0.75)


class RoundWindow(Element):
    """A round window with fretwork about its rim and bamboo outside."""

    kind: Literal["round_window"]
    y: float = 3.4
    width: float = 3.4
    wood: Pigment = "lacquer"

    def paint(self, brush: Brush) -> None:
        r = self.width / 2
        pane = circle(0, 0, r)
        brush.glow(0, 0, r * 2.0, brush.light.core, 0.9)
        if brush.light.night:
            brush.fill(pane, "#5d7fc0", "#a9c1e6", lit=True)
            brush.fill(circle(r * 0.35, -r * 0.4, r * 0.2), "ivory", lit=True)
        else:
            brush.hole(pane, 1.0)
        brush.canvas.save()
        brush.canvas.clipPath(pane, skia.ClipOp.kIntersect, True)
        for x, bend in ((-0.55, 0.16), (-0.3, -0.1), (0.62, -0.2)):
            stalk = [(r * (x + bend * t * t), r * (1.1 - 2.2 * t)) for t in (0, 0.25, 0.5, 0.75, 1.0)]
            brush.line(curve(stalk), 0.09, "malachite", 0.75)
            for k, (px, py) in enumerate(stalk[1:]):
                for turn in (0.4, 0.9, -0.1):
                    angle = turn if k % 2 else math.pi - turn
                    blade = limb(
                        [
                            (px, py),
                            (px + math.cos(angle) * 0.24, py + math.sin(angle) * 0.24),
                            (px + math.cos(angle) * 0.5, py + math.sin(angle) * 0.5),
                        ],
                        [0.01, 0.09, 0.0],
                    )
                    brush.fill(blade, "malachite", alpha=0.75)
        brush.canvas.restore()
        bars = skia.Path()
        for k in range(12):
            angle = math.tau * k / 12
            bars.moveTo(math.cos(angle) * r * 0.74, math.sin(angle) * r * 0.74)
            bars.lineTo(math.cos(angle) * r, math.sin(angle) * r)
        brush.line(bars, 0.05, self.wood)
        brush.line(circle(0, 0, r * 0.74), 0.06, self.wood)
        for width, name in ((0.26, "ink"), (0.2, self.wood), (0.04, "gold")):
            brush.line(circle(0, 0, r), width, name, 1.0)


class Wainscot(Element):
    """Wooden panelling along the foot of a wall, with a rail above it."""

    kind: Literal["wainscot"]
    width: float = 34.0
    height: float = 1.4
    step: float = 1.6
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        half, h = self.width / 2, self.height
        brush.leather(box(-half, -h, half, 0.05), self.wood, "soot", 0.04)
        boards, frames = skia.Path(), skia.Path()
        for i in range(math.ceil(self.width / self.step)):
            left = -half + i * self.step
            frames.addRect(skia.Rect(left + 0.14, -h * 0.82, left + self.step - 0.14, -h * 0.14))
            boards.addPath(
                polygon(
                    [
                        (left + self.step / 2, -h * 0.72),
                        (left + self.step * 0.78, -h * 0.48),
                        (left + self.step / 2, -h * 0.24),
                        (left + self.step * 0.22, -h * 0.48),
                    ]
                )
            )
        brush.line(frames, 0.035, "ink", 0.8)
        brush.cut(boards, 0.035, 0.6)
        brush.leather(box(-half, -h - 0.1, half, -h + 0.06), self.wood, None, 0.035)


class Picture(Element):
    """A landscape: a hanging scroll with its writing, or, `framed`, a picture in gilded wood."""

    kind: Literal["picture"]
    y: float = 1.6
    width: float = 1.0
    height: float = 3.0
    silk: Pigment = "sand"
    framed: bool = False

    def paint(self, brush: Brush) -> None:
        if self.framed:
            self._gilded(brush)
        else:
            self._scroll(brush)

    def _gilded(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(-w * 0.3, 0), (0, -0.5), (w * 0.3, 0)]]), 0.03)
        brush.leather(box(-w / 2, 0, w / 2, h, 0.04), "gold", "ochre", 0.04)
        canvas = box(-w / 2 + 0.14, 0.14, w / 2 - 0.14, h - 0.14)
        brush.fill(canvas, "sky", "peach", lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(canvas, skia.ClipOp.kIntersect, True)
        brush.fill(circle(w * 0.2, h * 0.36, h * 0.09), "ivory")
        for top, near in ((0.52, "slate"), (0.66, "pine"), (0.8, "moss")):
            hill = curve(
                [(-w * 0.6, h), (-w * 0.5, h * (top + 0.06)), (-w * 0.1, h * top), (w * 0.6, h * (top + 0.1))]
            )
            hill.lineTo(w * 0.6, h)
            hill.close()
            brush.fill(hill, near, alpha=0.85)
            brush.line(hill, 0.02, alpha=0.5)
        brush.canvas.restore()
        brush.line(canvas, 0.03)

    def _scroll(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(-w * 0.3, 0), (0, -0.4), (w * 0.3, 0)]]), 0.03)
        brush.leather(box(-w / 2, 0, w / 2, h), self.silk, "ochre", 0.035)
        paper = box(-w * 0.4, h * 0.14, w * 0.4, h * 0.86)
        brush.fill(paper, "ivory", lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(paper, skia.ClipOp.kIntersect, True)
        for k, (x, tall) in enumerate(((0.18, 0.5), (-0.14, 0.38), (0.1, 0.2))):
            hill = curve(
                [
                    (w * (x - 0.36), h * 0.86),
                    (w * (x - 0.1), h * (0.86 - tall * 0.8)),
                    (w * x, h * (0.86 - tall)),
                    (w * (x + 0.14), h * (0.86 - tall * 0.7)),
                    (w * (x + 0.36), h * 0.86),
                ]
            )
            hill.close()
            brush.fill(hill, ("azurite", "slate", "malachite")[k], "ivory", 0.8)
            brush.line(hill, 0.022, alpha=0.6)
        marks = strokes([[(-w * 0.3, h * (0.18 + 0.045 * k)), (-w * 0.24, h * (0.2 + 0.045 * k))] for k in range(5)])
        brush.line(marks, 0.035)
        brush.fill(box(-w * 0.31, h * 0.42, -w * 0.23, h * 0.45), "cinnabar")
        brush.canvas.restore()
        brush.line(paper, 0.02, alpha=0.6)
        for y in (0.0, h):
            brush.leather(box(-w * 0.56, y - 0.06, w * 0.56, y + 0.06, 0.05), "lacquer", "umber", 0.03)


class Streamer(Element):
    """A temple's hanging banner in tiers, with a pointed canopy and tassels."""

    kind: Literal["streamer"]
    y: float = 1.2
    height: float = 4.0
    width: float = 0.7
    cloth: Pigment = "cinnabar"
    trim: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.line(strokes([[(0, -4), (0, 0)]]), 0.04)
        canopy = curve([(-w * 0.8, 0.5), (-w * 0.5, 0.18), (0, -0.1), (w * 0.5, 0.18), (w * 0.8, 0.5)])
        canopy.close()
        tiers = 4
        for k in range(tiers):
            top, bottom = 0.45 + (h - 0.9) * k / tiers, 0.45 + (h - 0.9) * (k + 1) / tiers - 0.06
            panel = polygon(
                [(-w / 2, top), (w / 2, top), (w / 2, bottom - 0.16), (0, bottom), (-w / 2, bottom - 0.16)]
            )
            brush.leather(panel, self.cloth, "lacquer", 0.035)
            brush.line(circle(0, (top + bottom) / 2 - 0.06, w * 0.26), 0.05, self.trim)
            brush.hole(circle(0, (top + bottom) / 2 - 0.06, w * 0.12), 0.85)
        brush.leather(canopy, self.trim, "ochre", 0.035)
        ends = [[(x * w, h - 0.62), (x * w * 1.1, h)] for x in (-0.4, -0.13, 0.13, 0.4)]
        brush.line(strokes(ends), 0.07, self.cloth)


Painted = Annotated[Panels | RoundWindow | Wainscot | Picture | Streamer, Field(discriminator="kind")]
