"""The brush that scenery is painted with: leather that lets light through, ink contours, slits cut into it."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import skia

from yingxi.world.hour import Hour
from yingxi.world.pigment import RGB, mix, rgb, turned

Point = tuple[float, float]


@lru_cache(maxsize=4096)
def colour(value: RGB, alpha: float = 1.0) -> int:
    """A colour as skia packs it."""
    r, g, b = (min(255, max(0, round(v * 255))) for v in value)
    return skia.Color(r, g, b, min(255, max(0, round(alpha * 255))))


def curve(points: Sequence[Point], closed: bool = False, tension: float = 1.0) -> skia.Path:
    """A smooth path through points (Catmull-Rom splines as cubics)."""
    path = skia.Path()
    count = len(points)
    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        if closed:
            before, a, b, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            before, a = points[max(0, i - 1)], points[i]
            b, after = points[i + 1], points[min(count - 1, i + 2)]
        k = tension / 6
        path.cubicTo(
            a[0] + (b[0] - before[0]) * k, a[1] + (b[1] - before[1]) * k,
            b[0] - (after[0] - a[0]) * k, b[1] - (after[1] - a[1]) * k, *b,
        )  # fmt: skip
    if closed:
        path.close()
    return path


def polygon(points: Sequence[Point], closed: bool = True) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(*p) for p in points], closed)
    return path


def spiral(x: float, y: float, radius: float, turns: float = 1.4, start: float = 0.0, way: int = 1) -> skia.Path:
    """A spiral from its rim to its eye: the curl of clouds and waves."""
    steps = max(8, round(turns * 12))
    points = []
    for i in range(steps + 1):
        t = i / steps
        angle = start + way * t * turns * math.tau
        r = radius * (1 - t) ** 0.8
        points.append((x + math.cos(angle) * r, y + math.sin(angle) * r))
    return curve(points)


def limb(points: Sequence[Point], widths: Sequence[float]) -> skia.Path:
    """A tapering limb along points: trunks, branches, poles. Widths are whole widths at each point."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        ax, ay = points[max(0, i - 1)]
        bx, by = points[min(len(points) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * widths[i] / 2, (bx - ax) / length * widths[i] / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    path = curve(left)
    back = curve(right[::-1])
    path.addPath(back, skia.Path.AddPathMode.kExtend_AddPathMode)
    path.close()
    return path


class Brush:
    """Paints onto `canvas` in world units, in the light of an hour. `fade` (0 to 1) is distance: it turns
    pigments into haze. `ink` scales the contours."""

    def __init__(
        self, canvas: skia.Canvas, light: Hour, fade: float, seconds: float, seed: str, ink: float = 1.0
    ) -> None:
        self.canvas = canvas
        self.light = light
        self.fade = fade
        self.seconds = seconds
        self.seed = seed
        self.weight = ink
        self.random = random.Random(seed)

    def tone(self, name: str | RGB, lit: bool = False) -> RGB:
        """A pigment in this light and at this distance. What is `lit` shines by itself."""
        base = rgb(name) if isinstance(name, str) else name
        if self.light.autumn:
            base = turned(base, self.light.autumn)
        if not lit:
            dye = self.light.dye
            base = (base[0] * dye[0], base[1] * dye[1], base[2] * dye[2])
        return mix(base, self.light.haze, self.fade * (0.5 if lit else 1.0))

    def snowed(self, name: str) -> RGB:
        """A pigment under the snow that has settled on it, if it snows."""
        return mix(rgb(name), (0.97, 0.98, 1.0), self.light.snow)

    def paint(self, name: str | RGB, alpha: float = 1.0, lit: bool = False) -> skia.Paint:
        return skia.Paint(AntiAlias=True, Color=colour(self.tone(name, lit), alpha))

    def fill(
        self, path: skia.Path, top: str | RGB, bottom: str | RGB | None = None, alpha: float = 1.0,
        melt: float = 1.0, lit: bool = False,
    ) -> None:  # fmt: skip
        """Fill a shape, from one pigment at its top to another at its bottom. `melt` below 1 lets the bottom
        dissolve into the haze from that share of the height on."""
        paint = self.paint(top, alpha, lit)
        if bottom is not None or melt < 1:
            box = path.getBounds()
            a, b = self.tone(top, lit), self.tone(bottom if bottom is not None else top, lit)
            colours, stops = [colour(a, alpha)], [0.0]
            if melt < 1:
                colours += [colour(mix(a, b, 0.8), alpha), colour(mix(b, self.light.haze, 0.6), 0.0)]
                stops += [melt, 1.0]
            else:
                colours.append(colour(b, alpha))
                stops.append(1.0)
            ends = [skia.Point(0, box.top()), skia.Point(0, box.bottom())]
            paint.setShader(skia.GradientShader.MakeLinear(ends, colours, stops))
        self.canvas.drawPath(path, paint)

    def line(
        self, path: skia.Path, width: float = 0.035, name: str | RGB = "ink", alpha: float = 0.9,
        melt: float = 1.0, lit: bool = False,
    ) -> None:  # fmt: skip
        """An ink contour, `width` in world units. `melt` below 1 fades it out towards its bottom."""
        paint = self.paint(name, alpha, lit)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width * self.weight)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        if melt < 1:
            box = path.getBounds()
            tone = self.tone(name, lit)
            ends = [skia.Point(0, box.top()), skia.Point(0, box.bottom())]
            colours = [colour(tone, alpha), colour(tone, alpha * 0.8), colour(tone, 0.0)]
            paint.setShader(skia.GradientShader.MakeLinear(ends, colours, [0.0, melt, 1.0]))
        self.canvas.drawPath(path, paint)

    def cut(self, path: skia.Path, width: float = 0.03, alpha: float = 0.75, melt: float = 1.0) -> None:
        """Slits through the leather: the lamp shines through."""
        self.line(path, width, self.light.core, alpha, melt, lit=True)

    def hole(self, path: skia.Path, alpha: float = 0.8) -> None:
        """An opening through the leather."""
        self.canvas.drawPath(path, self.paint(self.light.core, alpha, lit=True))

    def leather(
        self, path: skia.Path, top: str | RGB, bottom: str | RGB | None = None, width: float = 0.035,
        alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """A piece of dyed leather with its contour."""
        self.fill(path, top, bottom, alpha)
        self.line(path, width, alpha=0.85 * alpha)

    def glow(self, x: float, y: float, radius: float, name: str | RGB, alpha: float = 0.6) -> None:
        """Light that spreads from a point and vanishes at `radius`."""
        tone = self.tone(name, lit=True)
        colours = [colour(tone, alpha), colour(tone, alpha * 0.4), colour(tone, 0.0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, colours, [0.0, 0.35, 1.0])
        self.canvas.drawCircle(x, y, radius, skia.Paint(AntiAlias=True, Shader=shader))

    def spread(self, low: float, high: float) -> float:
        return self.random.uniform(low, high)


def circle(x: float, y: float, radius: float) -> skia.Path:
    path = skia.Path()
    path.addCircle(x, y, radius)
    return path


def box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> skia.Path:
    path = skia.Path()
    rect = skia.Rect(left, top, right, bottom)
    if radius:
        path.addRoundRect(rect, radius, radius)
    else:
        path.addRect(rect)
    return path


def strokes(lines: Sequence[Sequence[Point]]) -> skia.Path:
    """Many straight strokes as one path."""
    path = skia.Path()
    for first, *rest in lines:
        path.moveTo(*first)
        for point in rest:
            path.lineTo(*point)
    return path
