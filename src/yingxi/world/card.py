"""Title and end cards: a lamp-lit cloth in a carved frame, the words dyed leather that light comes through."""

import math
from functools import cached_property
from typing import Literal

import skia

from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.core.shot import TimeOfDay
from yingxi.core.story import Language
from yingxi.world.brush import Brush, Point, box, colour, curve, strokes
from yingxi.world.hour import hour
from yingxi.world.landscape import Ridge
from yingxi.world.lettering import font, wrap
from yingxi.world.light import Lamp
from yingxi.world.pigment import mix, rgb
from yingxi.world.sky import Cloud, Mist, Orb

UNITS = 9.0
"""Units along the shorter side of a card."""

MARGIN = 0.62
"""The frame's breadth in those units."""

CLOUDS = ((0.2, 0.30), (0.88, 0.24), (0.9, 0.72))
"""Where clouds float, as shares of the card's width and height."""


class Card:
    """A card of some size in pixels. The first line of `text` is large, the others are smaller. It is lit as
    a whole: no Lamp is to be laid over it."""

    def __init__(self, kind: Literal["title", "end"], text: str, size: Size, language: Language) -> None:
        if not text.strip():
            raise YingxiError(f"the {kind} card has no text")
        self._text = text.strip()
        self._language: Language = language
        self._size = size
        self._unit = min(size.width, size.height) / UNITS
        self._width, self._height = size.width / self._unit, size.height / self._unit
        self._time: TimeOfDay = "day" if kind == "title" else "dusk"
        self._light = hour(self._time)
        self._kind = kind

    def draw(self, canvas: skia.Canvas, seconds: float, duration: float) -> None:
        """Paint the card over the whole canvas, in pixels, at a second of its `duration`."""
        opened = self._opening(seconds, duration)
        canvas.save()
        canvas.resetMatrix()
        canvas.drawImage(self._cloth, 0, 0)
        self._drift(canvas, seconds)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        words = skia.Paint(BlendMode=skia.BlendMode.kMultiply, Alphaf=min(1.0, opened * 1.4))
        canvas.drawImage(self._words, 0, 0, smooth, words)
        canvas.drawImage(self._frame, 0, 0)
        self._lamp.finish(canvas, seconds)
        if opened < 1:
            self._dark(canvas, opened)
        canvas.restore()

    def _opening(self, seconds: float, duration: float) -> float:
        """How far the curtain of light is open, 0 to 1. A card too short to open is open throughout."""
        if duration < 1.0:
            return 1.0
        rise, fall = min(1.1, duration * 0.3), min(0.8, duration * 0.2)
        share = min(1.0, 0.45 + 0.55 * seconds / rise, max(0.0, (duration - seconds) / fall))
        return share * share * (3 - 2 * share)

    def _dark(self, canvas: skia.Canvas, opened: float) -> None:
        """Two halves of darkness with a soft edge, drawn aside from the middle."""
        width, height = self._size.width, self._size.height
        night = rgb("#120806")
        half = (0.02 + 0.98 * opened) * width * 0.62
        soft = width * 0.12
        middle = width / 2
        for way in (-1, 1):
            ends = [skia.Point(middle + way * (half - soft), 0), skia.Point(middle + way * half, 0)]
            shader = skia.GradientShader.MakeLinear(ends, [colour(night, 0), colour(night, 1)])
            left, right = (middle, width) if way > 0 else (0, middle)
            canvas.drawRect(skia.Rect(left, 0, right, height), skia.Paint(Shader=shader))
        veil = max(0.0, 0.6 * (1 - opened * 1.6))
        canvas.drawRect(skia.Rect(width, height), skia.Paint(Color=colour(night, veil)))

    def _drift(self, canvas: skia.Canvas, seconds: float) -> None:
        """Clouds that pass slowly behind the words."""
        sway = 0.35 * math.sin(seconds * 0.5)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        for number, (x, y) in enumerate(CLOUDS):
            way = -1 if number % 2 else 1
            left = (self._width * x - sway * way - 3) * self._unit
            canvas.drawImage(self._clouds[number], left, (self._height * y - 1.4) * self._unit, smooth)

    @cached_property
    def _clouds(self) -> list[skia.Image]:
        """Each cloud on a picture of 5 by 1.8 units, its foot at (3, 1.4)."""
        pictures: list[skia.Image] = []
        for number, size in enumerate((2.6, 2.3, 2.8)):
            surface = skia.Surface(max(1, round(5 * self._unit)), max(1, round(1.8 * self._unit)))
            canvas = surface.getCanvas()
            canvas.clear(skia.ColorTRANSPARENT)
            canvas.scale(self._unit, self._unit)
            canvas.translate(3, 1.4)
            cloud = Cloud(kind="cloud", width=size, height=size * 0.3, rim="sky", alpha=0.75)
            cloud.paint(self._brush(canvas, f"cloud{number}", 0.35))
            pictures.append(surface.makeImageSnapshot())
        return pictures

    def _brush(self, canvas: skia.Canvas, seed: str, fade: float = 0.0) -> Brush:
        return Brush(canvas, self._light, fade, 0.0, f"card/{self._kind}/{seed}", 0.8)

    @cached_property
    def _lamp(self) -> Lamp:
        return Lamp(self._time, "clear", True, self._size, 5)

    def _picture(self, clear: int) -> tuple[skia.Surface, skia.Canvas]:
        surface = skia.Surface(self._size.width, self._size.height)
        canvas = surface.getCanvas()
        canvas.clear(clear)
        canvas.scale(self._unit, self._unit)
        return surface, canvas

    @cached_property
    def _cloth(self) -> skia.Image:
        surface, canvas = self._picture(skia.ColorWHITE)
        w, h, light = self._width, self._height, self._light
        sky = [mix(light.sky[0], light.core, 0.35), light.core, light.sky[2]]
        shader = skia.GradientShader.MakeLinear([skia.Point(0, 0), skia.Point(0, h)], [colour(c) for c in sky])
        canvas.drawRect(skia.Rect(0, 0, w, h), skia.Paint(Shader=shader))
        brush = self._brush(canvas, "sun", 0.45)
        canvas.translate(w / 2, h * 0.46)
        Orb(kind="orb", radius=min(w, h) * 0.29).paint(brush)
        brush.glow(0, 0, min(w, h) * 0.5, light.core, 0.45)
        canvas.translate(0, h * 0.44)
        for number, (rise, fade) in enumerate(((2.1, 0.72), (1.5, 0.5), (0.9, 0.25))):
            ridge = Ridge(
                kind="ridge", width=w + 3, height=rise, count=max(4, round(w / 2.2)), girth=3.4, valley=0.5,
                top="azurite" if number < 2 else "malachite",
            )  # fmt: skip
            ridge.paint(self._brush(canvas, f"ridge{number}", fade))
            Mist(kind="mist", width=w + 3, height=0.9, alpha=0.7).paint(self._brush(canvas, f"mist{number}"))
            canvas.translate(0, 0.16)
        return surface.makeImageSnapshot()

    @cached_property
    def _frame(self) -> skia.Image:
        """Lacquered leather along the edges, a meander cut through it, clouds in the corners."""
        surface, canvas = self._picture(skia.ColorTRANSPARENT)
        w, h, m = self._width, self._height, MARGIN
        brush = self._brush(canvas, "frame")
        corners = ((m, m, 1, 1), (w - m, m, -1, 1), (m, h - m, 1, -1), (w - m, h - m, -1, -1))
        edge = skia.Op(box(0, 0, w, h), box(m, m, w - m, h - m, 0.12), skia.PathOp.kDifference_PathOp)
        for x, y, sx, sy in corners:
            edge = skia.Op(edge, _corner(x, y, sx, sy), skia.PathOp.kUnion_PathOp)
        brush.fill(edge, "crimson", "lacquer")
        brush.line(edge, 0.06)
        keys = strokes(_meander(w, h, m))
        brush.line(keys, 0.085, "gold")
        brush.cut(keys, 0.045, 0.95)
        for x, y, sx, sy in corners:
            brush.line(_curls(x, y, sx, sy), 0.09, "gold")
            brush.cut(_curls(x, y, sx, sy), 0.045, 0.95)
        brush.line(box(0.1, 0.1, w - 0.1, h - 0.1), 0.03, "gold", 0.9)
        brush.line(box(m - 0.1, m - 0.1, w - m + 0.1, h - m + 0.1), 0.03, "gold", 0.9)
        return surface.makeImageSnapshot()

    @cached_property
    def _words(self) -> skia.Image:
        """The text on white, to be multiplied over the cloth."""
        surface, canvas = self._picture(skia.ColorWHITE)
        room = self._width - 2 * MARGIN - 1.3
        heading, *rest = [part.strip() for part in self._text.split("\n") if part.strip()]
        size, big = self._fit(heading, room, 1.9 if len(heading) <= 8 else 1.35, 3)
        small_size, small = 0.0, list[str]()
        if rest:
            small_size = min(0.5, size * 0.62)
            while small_size > 0.2:
                small = [line for part in rest for line in wrap(part, font(self._language, small_size), room)]
                if len(small) * small_size * 1.5 < self._height * 0.36:
                    break
                small_size *= 0.92
        total = len(big) * size * 1.28 + (0.35 + len(small) * small_size * 1.5 if small else 0)
        y = (self._height - total) / 2 - 0.1
        for line in big:
            y += size * 1.28
            self._write(canvas, line, size, y - size * 0.3, heading=True)
        if small:
            y += 0.35
            self._rule(canvas, y - 0.14, min(room * 0.5, 4.2))
        for line in small:
            y += small_size * 1.5
            self._write(canvas, line, small_size, y - small_size * 0.35, heading=False)
        return surface.makeImageSnapshot()

    def _fit(self, text: str, room: float, size: float, most: int) -> tuple[float, list[str]]:
        """The largest size, and its lines, at which a text takes at most `most` lines."""
        while True:
            lines = wrap(text, font(self._language, size, bold=True), room)
            if (len(lines) <= most and len(lines) * size < self._height * 0.42) or size < 0.3:
                return size, lines
            size *= 0.92

    def _write(self, canvas: skia.Canvas, line: str, size: float, y: float, heading: bool) -> None:
        letters = font(self._language, size, bold=heading)
        x = (self._width - letters.measureText(line)) / 2
        paint = skia.Paint(AntiAlias=True, Color=colour(rgb("soot")))
        if heading:
            stroke = skia.Paint(AntiAlias=True, Color=colour(rgb("ink")), Style=skia.Paint.kStroke_Style)
            stroke.setStrokeWidth(size * 0.045)
            stroke.setStrokeJoin(skia.Paint.kRound_Join)
            canvas.drawString(line, x, y, letters, stroke)
            ends = [skia.Point(0, y - size), skia.Point(0, y + size * 0.1)]
            dyes = [colour(rgb("orange")), colour(rgb("cinnabar")), colour(rgb("lacquer"))]
            paint.setShader(skia.GradientShader.MakeLinear(ends, dyes))
        canvas.drawString(line, x, y, letters, paint)

    def _rule(self, canvas: skia.Canvas, y: float, width: float) -> None:
        """A line that swells and curls, between the title and what follows."""
        brush = self._brush(canvas, "rule")
        middle, half = self._width / 2, width / 2
        swell = curve([
            (middle - half, y), (middle - half * 0.4, y - 0.025), (middle, y - 0.06),
            (middle + half * 0.4, y - 0.025), (middle + half, y), (middle + half * 0.4, y + 0.025),
            (middle, y + 0.06), (middle - half * 0.4, y + 0.025),
        ], closed=True)  # fmt: skip
        brush.fill(swell, "crimson")


def _meander(w: float, h: float, m: float) -> list[list[Point]]:
    """The meander (huiwen) along the four sides of a frame of breadth `m`."""
    lines: list[list[Point]] = []
    key: list[Point] = [(0.0, 0.9), (0.0, 0.1), (0.8, 0.1), (0.8, 0.75), (0.3, 0.75), (0.3, 0.42), (0.55, 0.42)]
    high = m * 0.5
    for length, place in ((w, "top"), (w, "bottom"), (h, "left"), (h, "right")):
        count = max(1, round((length - 2 * m) / (high * 1.05)))
        step = (length - 2 * m) / count
        for i in range(count):
            at = m + i * step
            line: list[Point] = []
            for u, v in key:
                along, across = at + (u + 0.1) * step * 0.95, m * 0.25 + v * high
                across_far = (h if place == "bottom" else w) - across
                line.append({
                    "top": (along, across), "bottom": (along, across_far),
                    "left": (across, along), "right": (across_far, along),
                }[place])  # fmt: skip
            lines.append(line)
    return lines


def _corner(x: float, y: float, sx: int, sy: int) -> skia.Path:
    """The ruyi cloud that fills a corner of the frame."""
    shape: list[Point] = [
        (-0.2, -0.2), (1.75, -0.2), (1.7, 0.12), (1.35, 0.2), (1.3, 0.5), (0.98, 0.6), (0.78, 0.45), (0.72, 0.72),
        (0.45, 0.78), (0.6, 0.98), (0.5, 1.3), (0.2, 1.35), (0.12, 1.7), (-0.2, 1.75),
    ]  # fmt: skip
    return curve([(x + sx * a, y + sy * b) for a, b in shape], closed=True, tension=0.9)


def _curls(x: float, y: float, sx: int, sy: int) -> skia.Path:
    """The curls cut into a corner's cloud."""
    path = skia.Path()
    for cx, cy, r, turn in ((1.05, 0.28, 0.24, 0.4), (0.28, 1.05, 0.24, 1.2), (0.3, 0.3, 0.26, 0.8)):
        points: list[Point] = []
        for k in range(19):
            t = k / 18
            angle = turn + t * 1.5 * math.tau
            points.append(
                (x + sx * (cx + math.cos(angle) * r * (1 - t)), y + sy * (cy + math.sin(angle) * r * (1 - t)))
            )
        path.addPath(curve(points))
    return path
