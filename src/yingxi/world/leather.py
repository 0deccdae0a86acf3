"""How a part of a puppet is cut and dyed: contour, shaded dye, hem, punched pattern. Everything is a vector."""

import colorsys
from collections.abc import Mapping
from functools import lru_cache

import skia
from pydantic import Field, model_validator

from yingxi.core.documents import Document
from yingxi.world import shape
from yingxi.world.motif import Motif, rows

INK = "ink"
LIGHT = "light"
_FINE = 200.0  # parts are about one unit large; skia flattens for pixels
RGB = tuple[int, int, int]


class Pattern(Document):
    """Rows of a motif; `role` is its colour, `light` where the leather is cut away."""

    motif: Motif
    role: str = LIGHT
    size: float = Field(0.16, gt=0.02)
    margin: float = Field(0.05, ge=0)


class Hem(Document):
    """A border along the inside of the contour, with a row of holes if `dots`."""

    role: str = "trim"
    width: float = Field(0.07, gt=0)
    dots: bool = True


class Shape(Document):
    """One cut piece. Exactly one of `curve`, `line`, `path`, `circle` [x, y, r] and `oval` [x, y, rx, ry].

    A large shaded piece has a row of fine cuts inside its contour unless `stitch` is off; `dash` breaks a line.
    """

    curve: str | None = None
    line: str | None = None
    path: str | None = None
    circle: tuple[float, float, float] | None = None
    oval: tuple[float, float, float, float] | None = None
    fill: str | None = None
    ink: float = Field(0.02, ge=0, description="width of the contour, or of the line")
    stroke: str = INK
    alpha: float = Field(1.0, gt=0, le=1)
    pattern: Pattern | None = None
    hem: Hem | None = None
    shade: bool = True
    stitch: bool = True
    dash: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _one_outline(self) -> "Shape":
        if sum(o is not None for o in (self.curve, self.line, self.path, self.circle, self.oval)) != 1:
            raise ValueError("a shape has exactly one of curve, line, path, circle and oval")
        return self

    def outline(self) -> skia.Path:
        if self.curve is not None:
            return shape.curve(self.curve)
        if self.line is not None:
            return shape.curve(self.line, closed=False)
        if self.path is not None:
            return shape.svg(self.path)
        path = skia.Path()
        if self.circle is not None:
            path.addCircle(*self.circle)
        elif self.oval is not None:
            x, y, rx, ry = self.oval
            path.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
        return path


Dyes = Mapping[str, RGB]
"""Colours by role."""


def shaded(colour: RGB, lightness: float, saturation: float = 1.0) -> RGB:
    """The colour with HLS lightness and saturation scaled."""
    hue, light, sat = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, min(1, light * lightness), min(1, sat * saturation))
    return round(red * 255), round(green * 255), round(blue * 255)


def _colour(rgb: RGB, alpha: float = 1.0) -> int:
    return skia.ColorSetARGB(round(alpha * 255), *rgb)


def _fill(piece: Shape, path: skia.Path, rgb: RGB) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=_colour(rgb, piece.alpha))
    box, reach = path.getBounds(), _reach(path)
    if piece.shade and reach > 0.12:
        # Lamp-lit skin is brightest where it is thin and taut, and darkens towards sewn edges.
        colours = [_colour(shaded(rgb, 1.16), piece.alpha), _colour(rgb, piece.alpha),
                   _colour(shaded(rgb, 0.76, 1.06), piece.alpha)]  # fmt: skip
        centre = skia.Point(box.centerX() + 0.12 * box.width(), box.centerY() - 0.16 * box.height())
        paint.setShader(skia.GradientShader.MakeRadial(centre, reach * 0.68, colours, [0.0, 0.5, 1.0]))
    return paint


def cut(canvas: skia.Canvas, piece: Shape, dyes: Dyes) -> None:
    """Draw one piece in its own units. Roles that `dyes` lacks are drawn in ink."""
    path = piece.outline()
    ink = dyes.get(INK, (30, 20, 16))
    if piece.fill is not None:
        canvas.drawPath(path, _fill(piece, path, dyes.get(piece.fill, ink)))
    if piece.pattern is not None:
        holes = rows(piece.pattern.motif, path, piece.pattern.size, piece.pattern.margin + _hem_width(piece))
        light = piece.pattern.role == LIGHT
        paint = skia.Paint(AntiAlias=True, Color=_colour(dyes.get(piece.pattern.role, ink), 0.82 if light else 1))
        canvas.drawPath(holes, paint)
    if piece.hem is not None:
        _sew(canvas, path, piece.hem, dyes)
    elif piece.fill is not None and piece.stitch and piece.shade and _roomy(path):
        _stitch(canvas, path, dyes)
    if piece.ink > 0:
        pen = _pen(piece.ink, _colour(dyes.get(piece.stroke, ink), piece.alpha))
        if piece.dash is not None:
            pen.setPathEffect(skia.DashPathEffect.Make(list(piece.dash), 0))
            pen.setStrokeCap(skia.Paint.kButt_Cap)
        canvas.drawPath(path, pen)


def _pen(width: float, colour: int) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour, Style=skia.Paint.kStroke_Style, StrokeWidth=width,
                      StrokeCap=skia.Paint.kRound_Cap, StrokeJoin=skia.Paint.kRound_Join)  # fmt: skip


def _reach(path: skia.Path) -> float:
    box = path.getBounds()
    return max(box.width(), box.height())


def _roomy(path: skia.Path) -> bool:
    box = path.getBounds()
    return max(box.width(), box.height()) > 0.3 and min(box.width(), box.height()) > 0.2


def _stitch(canvas: skia.Canvas, path: skia.Path, dyes: Dyes) -> None:
    """A line of short cuts along the inside of the contour, as leather is pricked to let the light draw its edge."""
    inside = _inside(path, 0.1)
    edge = skia.Path()
    for x, y in _along(path, 0.062, 0.05):
        if inside.contains(x, y):
            edge.addCircle(x, y, 0.0105)
    canvas.drawPath(edge, skia.Paint(AntiAlias=True, Color=_colour(dyes.get(LIGHT, (255, 240, 205)), 0.75)))


def _hem_width(piece: Shape) -> float:
    return piece.hem.width if piece.hem else 0.0


def _sew(canvas: skia.Canvas, path: skia.Path, hem: Hem, dyes: Dyes) -> None:
    band = _inside(path, 2 * hem.width)
    ink = dyes.get(INK, (30, 20, 16))
    canvas.drawPath(band, skia.Paint(AntiAlias=True, Color=_colour(dyes.get(hem.role, ink))))
    canvas.drawPath(band, _pen(0.012, _colour(ink)))
    if hem.dots:
        light = skia.Paint(AntiAlias=True, Color=_colour(dyes.get(LIGHT, (255, 240, 205)), 0.9))
        for x, y in _along(path, hem.width * 1.5, hem.width / 2):
            canvas.drawCircle(x, y, hem.width * 0.24, light)


def _inside(path: skia.Path, width: float) -> skia.Path:
    """The part of a stroke along `path` that lies inside it."""
    stroke = skia.Path()
    _pen(width, 0).getFillPath(path, stroke, None, _FINE)
    band = skia.Op(stroke, path, skia.PathOp.kIntersect_PathOp)
    return band if band is not None else skia.Path()


def _along(path: skia.Path, step: float, inset: float) -> list[tuple[float, float]]:
    """Points every `step` along the contour, `inset` to its inner side."""
    points: list[tuple[float, float]] = []
    measure = skia.PathMeasure(path, False, _FINE)
    while True:
        length = measure.getLength()
        count = int(length / step)
        for k in range(count):
            position, tangent = _position(measure, (k + 0.5) * length / count)
            for side in (1, -1):
                x, y = position[0] - side * tangent[1] * inset, position[1] + side * tangent[0] * inset
                if path.contains(x, y):
                    points.append((x, y))
                    break
        if not measure.nextContour():
            return points


def _position(measure: skia.PathMeasure, at: float) -> tuple[tuple[float, float], tuple[float, float]]:
    found = measure.getPosTan(at)
    position, tangent = found[-2], found[-1]
    return (position.x(), position.y()), (tangent.x(), tangent.y())


@lru_cache(maxsize=4096)
def part(pieces: tuple[Shape, ...], dyes: tuple[tuple[str, RGB], ...]) -> skia.Picture:
    """The pieces recorded once; playing a picture back costs no Python."""
    colours = dict(dyes)
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-20, -20, 20, 20))
    for piece in pieces:
        cut(canvas, piece, colours)
    return recorder.finishRecordingAsPicture()
