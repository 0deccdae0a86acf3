"""Mountains, hills, dunes, rocks and the ground: blue-and-green landscape, cut in leather."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, circle, curve, polygon, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Ridge(Element):
    """A range of peaks about `y` over `width`, tallest `height`, one behind another, dissolving downwards.
    `valley` (0 to 1) lowers the peaks of the middle, to leave the actors room."""

    kind: Literal["ridge"]
    width: float = 34.0
    height: float = 4.0
    count: int = 9
    girth: float = 4.2
    top: Pigment = "azurite"
    bottom: Pigment = "ochre"
    valley: float = 0.4
    melt: float = 0.45
    veins: int = 5

    def paint(self, brush: Brush) -> None:
        spots: list[tuple[float, float, float]] = []
        for i in range(self.count):
            x = -self.width / 2 + self.width * (i + 0.5 + brush.spread(-0.3, 0.3)) / self.count
            low = 1 - self.valley * math.exp(-((x / 4.5) ** 2))
            height = self.height * brush.spread(0.6, 1.0) * low
            spots.append((x, height, self.girth * brush.spread(0.8, 1.25)))
        for x, height, girth in sorted(spots, key=lambda spot: -spot[1]):
            brush.canvas.save()
            brush.canvas.translate(x, 0)
            peak(brush, girth, height, self.top, self.bottom, self.melt, self.veins)
            brush.canvas.restore()


class Peak(Element):
    """One mountain. `steep` above 1 makes it a pillar, as at Huangshan or Guilin."""

    kind: Literal["peak"]
    width: float = 4.0
    height: float = 5.0
    steep: float = 1.0
    top: Pigment = "azurite"
    bottom: Pigment = "ochre"
    melt: float = 0.55
    veins: int = 6

    def paint(self, brush: Brush) -> None:
        peak(brush, self.width, self.height, self.top, self.bottom, self.melt, self.veins, self.steep)


def peak(
    brush: Brush, girth: float, height: float, top: str, bottom: str, melt: float, veins: int, steep: float = 1.0
) -> None:
    """A mountain on its foot (0, 0): contour, crown of light slits, slits that run down like the grain of rock."""
    skew = brush.spread(-0.12, 0.12)
    steps = 9
    outline: list[Point] = []
    for i in range(steps * 2 + 1):
        t = i / steps - 1
        rise = (1 - abs(t) ** (1.25 * steep)) ** (1.35 / steep)
        bump = 0.0 if abs(t) > 0.95 else brush.spread(-0.05, 0.05)
        outline.append((girth / 2 * (t + skew * rise), -height * max(0.0, rise + bump * (0.3 + abs(t)))))
    path = curve(outline)
    path.lineTo(girth / 2, 0.3)
    path.lineTo(-girth / 2, 0.3)
    path.close()
    brush.fill(path, brush.snowed(top), bottom, melt=melt)
    brush.line(curve(outline), 0.045, alpha=0.8, melt=min(1.0, melt + 0.1))
    summit = outline[steps]
    slits = skia.Path()
    grain = skia.Path()
    for k in range(veins):
        side = -1 if k % 2 else 1
        start = steps + side * (1 + k // 2)
        if not 0 < start < steps * 2:
            continue
        x0, y0 = outline[start]
        x0, y0 = x0 * 0.86 + summit[0] * 0.14, y0 + height * 0.07
        length = height * brush.spread(0.22, 0.42)
        x1, y1 = x0 + side * girth * brush.spread(0.02, 0.08), y0 + length
        slits.moveTo(x0, y0)
        slits.cubicTo(x0 + side * 0.02, y0 + length * 0.3, x1 - side * girth * 0.05, y0 + length * 0.6, x1, y1)
        grain.moveTo(x0 - side * girth * 0.05, y0 + length * 0.2)
        grain.cubicTo(
            x0 - side * girth * 0.03, y0 + length * 0.6, x1 - side * girth * 0.1, y0 + length * 0.8,
            x1 - side * girth * 0.06, y1 + length * 0.4,
        )  # fmt: skip
    inner = [(summit[0] + (x - summit[0]) * 0.8, y * 0.93 + 0.02) for x, y in outline[steps - 4 : steps + 5]]
    brush.cut(curve(inner), 0.04, 0.7, melt=0.6)
    brush.cut(slits, 0.045, 0.75, melt=0.6)
    brush.line(grain, 0.03, alpha=0.45, melt=0.7)


class Hills(Element):
    """Rolling hills or dunes across the picture: long curves with a lit crest and wind lines."""

    kind: Literal["hills"]
    width: float = 36.0
    height: float = 1.6
    count: int = 5
    depth: float = 4.0
    top: Pigment = "jade"
    bottom: Pigment = "straw"
    lines: int = 3
    sharp: bool = False

    def paint(self, brush: Brush) -> None:
        points: list[Point] = []
        steps = self.count * 2
        for i in range(steps + 1):
            x = -self.width / 2 + self.width * i / steps
            rise = self.height * brush.spread(0.7, 1.0) if i % 2 else self.height * brush.spread(0.0, 0.3)
            points.append((x + brush.spread(-0.25, 0.25) * self.width / steps, -rise))
        crest = curve(points, tension=0.55 if self.sharp else 1.2)
        body = skia.Path(crest)
        body.lineTo(self.width / 2, self.depth)
        body.lineTo(-self.width / 2, self.depth)
        body.close()
        brush.fill(body, brush.snowed(self.top), brush.snowed(self.bottom))
        if self.sharp:
            self._shadows(brush, points)
        brush.canvas.save()
        brush.canvas.clipPath(body, skia.ClipOp.kIntersect, True)
        for k in range(1, self.lines + 1):
            drop = [(x + 0.25 * k, y * (1 - 0.16 * k) + 0.16 * k) for x, y in points]
            brush.cut(curve(drop, tension=0.55 if self.sharp else 1.2), 0.035, 0.6 / k + 0.15)
        brush.canvas.restore()
        brush.line(crest, 0.045, alpha=0.75)

    def _shadows(self, brush: Brush, points: list[Point]) -> None:
        """The lee side of each dune lies in shadow."""
        for i in range(1, len(points) - 1, 2):
            (x, y), (after, foot) = points[i], points[i + 1]
            shade = curve([(x, y), (x + (after - x) * 0.25, y * 0.5), (x + (after - x) * 0.2, 0.4), (after, 0.9)])
            shade.lineTo(after, foot)
            shade.cubicTo(after - 0.6, foot, x + (after - x) * 0.4, y * 0.7, x, y)
            brush.fill(shade, "umber", self.bottom, alpha=0.28)


class Ground(Element):
    """The ground that the actors stand on: a strip from `y` down, with the grain of earth, stone, snow or tiles."""

    kind: Literal["ground"]
    y: float = 7.55
    width: float = 40.0
    depth: float = 6.0
    top: Pigment = "sand"
    bottom: Pigment = "ochre"
    grain: Literal["earth", "stone", "tiles", "planks", "snow", "carpet"] = "earth"
    rough: float = 0.06

    def paint(self, brush: Brush) -> None:
        half = self.width / 2
        edge = [(-half + self.width * i / 48, brush.spread(-self.rough, self.rough)) for i in range(49)]
        crest = curve(edge)
        body = skia.Path(crest)
        body.lineTo(half, self.depth)
        body.lineTo(-half, self.depth)
        body.close()
        brush.fill(body, brush.snowed(self.top), brush.snowed(self.bottom))
        brush.canvas.save()
        brush.canvas.clipPath(body, skia.ClipOp.kIntersect, True)
        getattr(self, f"_{self.grain}")(brush, half)
        brush.canvas.restore()
        brush.line(crest, 0.05, alpha=0.8)

    def _earth(self, brush: Brush, half: float) -> None:
        marks, dark = skia.Path(), skia.Path()
        for _ in range(150):
            x, y, length = brush.spread(-half, half), brush.spread(0.15, 3.2), brush.spread(0.2, 1.1)
            path = marks if brush.random.random() < 0.6 else dark
            path.moveTo(x, y)
            path.quadTo(x + length / 2, y - 0.07, x + length, y + brush.spread(-0.03, 0.03))
        brush.cut(marks, 0.04, 0.4)
        brush.line(dark, 0.03, "umber", 0.5)

    def _snow(self, brush: Brush, half: float) -> None:
        marks = skia.Path()
        for _ in range(60):
            x, y, length = brush.spread(-half, half), brush.spread(0.1, 3.0), brush.spread(0.6, 2.4)
            marks.moveTo(x, y)
            marks.quadTo(x + length / 2, y - 0.16, x + length, y + 0.04)
        brush.line(marks, 0.035, "azurite", 0.3)

    def _carpet(self, brush: Brush, half: float) -> None:
        self._tiles(brush, half)
        runner = polygon([(-3.4, 0.02), (3.4, 0.02), (6.4, 6), (-6.4, 6)])
        brush.leather(runner, "cinnabar", "crimson", 0.05)
        for inset in (0.25, 0.45):
            inner = strokes(
                [[(-3.4 + inset, 0.02), (-6.4 + inset * 1.6, 6)], [(3.4 - inset, 0.02), (6.4 - inset * 1.6, 6)]]
            )
            brush.line(inner, 0.05, "gold", 0.9)
        for row, y in enumerate((0.35, 0.8, 1.4)):
            for k in range(-3, 4):
                brush.line(circle(k * (0.85 + row * 0.1), y, 0.14 + 0.03 * row), 0.03, "gold", 0.75)

    def _stone(self, brush: Brush, half: float) -> None:
        lines: list[list[Point]] = []
        y, step = 0.28, 0.34
        while y < 6:
            lines.append([(-half, y), (half, y)])
            x = -half + brush.spread(0, 1.2)
            while x < half:
                lines.append([(x, y - step), (x + (x / half) * 0.12, y)])
                x += brush.spread(0.9, 1.6) * (0.8 + y * 0.4)
            y, step = y + step * 1.25, step * 1.25
        brush.line(strokes(lines), 0.03, "umber", 0.55)
        brush.cut(strokes([[(a, b + 0.04), (c, d + 0.04)] for (a, b), (c, d) in lines if b == d]), 0.025, 0.4)

    def _tiles(self, brush: Brush, half: float) -> None:
        lines: list[list[Point]] = []
        for k in range(-40, 41):
            lines.append([(k * 0.9, 0), (k * 2.4, 6)])
        y, step = 0.12, 0.2
        while y < 6:
            lines.append([(-half, y), (half, y)])
            y, step = y + step, step * 1.3
        brush.line(strokes(lines), 0.025, "umber", 0.45)

    def _planks(self, brush: Brush, half: float) -> None:
        lines: list[list[Point]] = []
        y, step = 0.2, 0.26
        while y < 6:
            lines.append([(-half, y), (half, y)])
            lines += [[(x, y), (x, y + step)] for x in [brush.spread(-half, half) for _ in range(12)]]
            y, step = y + step, step * 1.2
        brush.line(strokes(lines), 0.03, "soot", 0.5)


class Rock(Element):
    """A scholar's rock: upright, eaten through by water, holes where the light comes through."""

    kind: Literal["rock"]
    width: float = 1.6
    height: float = 1.6
    top: Pigment = "slate"
    bottom: Pigment = "umber"
    holes: int = 3

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        outline: list[Point] = []
        for i in range(11):
            angle = math.pi * i / 10
            r = brush.spread(0.82, 1.12)
            outline.append((-math.cos(angle) * w / 2 * r, -(math.sin(angle) ** 0.8) * h * r))
        path = curve([(-w * 0.52, 0.12), *outline[1:-1], (w * 0.52, 0.12)], tension=0.8)
        path.close()
        brush.leather(path, self.top, self.bottom, 0.045)
        brush.canvas.save()
        brush.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        slits, grain = skia.Path(), skia.Path()
        for _ in range(7):
            x, y = brush.spread(-0.4, 0.4) * w, -brush.spread(0.1, 0.95) * h
            for layer, dx in ((slits, 0.0), (grain, 0.07 * w)):
                layer.moveTo(x + dx, y)
                layer.quadTo(x + dx + w * 0.1, y + h * 0.08, x + dx + w * 0.02, y + h * 0.24)
        brush.cut(slits, 0.04, 0.65)
        brush.line(grain, 0.03, alpha=0.6)
        brush.canvas.restore()
        for _ in range(self.holes):
            x, y, r = brush.spread(-0.26, 0.26) * w, -brush.spread(0.25, 0.75) * h, brush.spread(0.05, 0.11) * h
            pit = skia.Path()
            pit.addOval(skia.Rect(x - r * 0.8, y - r, x + r * 0.8, y + r))
            brush.hole(pit, 0.75)
            brush.line(pit, 0.03, alpha=0.8)


class Stalactites(Element):
    """Teeth of stone hanging from the roof of a cave (flip them with a negative height: standing ones)."""

    kind: Literal["stalactites"]
    y: float = 0.0
    width: float = 34.0
    height: float = 2.4
    count: int = 22
    roof: float = 4.0
    middle: float = 0.35
    top: Pigment = "soot"
    bottom: Pigment = "violet"

    def paint(self, brush: Brush) -> None:
        outline: list[Point] = [(-self.width / 2, 0)]
        for i in range(self.count):
            x = -self.width / 2 + self.width * (i + 0.5) / self.count
            open_middle = 1 - (1 - self.middle) * math.exp(-((x / 4.2) ** 2))
            drop = self.height * brush.spread(0.35, 1.0) * open_middle
            half = self.width / self.count / 2
            outline += [
                (x - half * 0.4, drop * 0.35),
                (x, drop),
                (x + half * 0.35, drop * 0.4),
                (x + half, drop * 0.12),
            ]
        path = curve(outline, tension=0.7)
        path.lineTo(self.width / 2, -self.roof if self.height > 0 else self.roof)
        path.lineTo(-self.width / 2, -self.roof if self.height > 0 else self.roof)
        path.close()
        brush.leather(path, self.top, self.bottom, 0.05)
        inner = [(x, y * 0.72 - (0.22 if self.height > 0 else -0.22)) for x, y in outline]
        brush.cut(curve(inner, tension=0.7), 0.035, 0.45)


Painted = Annotated[
    Ridge | Peak | Hills | Ground | Rock | Stalactites, Field(discriminator="kind")
]  # fmt: skip
