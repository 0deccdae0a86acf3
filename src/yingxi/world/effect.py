"""What surrounds a figure: clouds, smoke and water, what it lies on, plays and climbs, the rods that move it."""

import math
from collections.abc import Mapping

import skia

from yingxi.world.action import eased
from yingxi.world.rig import Affine

_INK = skia.ColorSetARGB(200, 60, 44, 40)
_PUFFS = 16


def _paint(red: int, green: int, blue: int, alpha: float) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=skia.ColorSetARGB(round(255 * alpha), red, green, blue))


def _pen(width: float, colour: int) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour, Style=skia.Paint.kStroke_Style, StrokeWidth=width,
                      StrokeCap=skia.Paint.kRound_Cap)  # fmt: skip


def rods(canvas: skia.Canvas, frames: Mapping[str, Affine], towards: int) -> None:
    """The puppeteer's rods, faint: one at the neck, one at each hand."""
    pen = _pen(0.03, skia.ColorSetARGB(52, 40, 26, 18))
    for joint, slant in (("torso", -0.5), ("hand_n", 0.35), ("hand_f", 0.8)):
        if joint in frames:
            x, y = frames[joint].e, frames[joint].f
            canvas.drawLine(x, y, x + slant * towards * 1.4, 11.5, pen)


def _curl(x: float, y: float, r: float, towards: int) -> skia.Path:
    """A spiral, as clouds are cut."""
    path = skia.Path()
    path.moveTo(x + towards * r * 0.95, y)
    for k in range(1, 15):
        angle = math.tau * k / 9
        radius = r * 0.95 * (1 - k / 17)
        path.lineTo(x + towards * radius * math.cos(angle), y - radius * math.sin(angle))
    return path


def cloud(canvas: skia.Canvas, x: float, y: float, scale: float, towards: int, seconds: float) -> None:
    """A cloud whose top is at y, with its curls and a trailing tail."""
    lobes = ((0.0, 0.18, 0.5), (0.55, 0.24, 0.4), (-0.55, 0.24, 0.42), (1.02, 0.34, 0.28), (-1.05, 0.36, 0.34),
             (-1.55, 0.42, 0.22), (-1.95, 0.47, 0.14))  # fmt: skip
    body = skia.Path()
    for k, (dx, dy, r) in enumerate(lobes):
        puff = r * (1 + 0.05 * math.sin(2.1 * seconds + 1.7 * k))
        body.addCircle(x + towards * scale * dx, y + scale * dy, scale * puff)
    base = skia.Rect.MakeLTRB(x - 1.5 * scale, y + 0.3 * scale, x + 1.2 * scale, y + 0.68 * scale)
    body.addRoundRect(base, 0.19, 0.19)
    outline = skia.Op(body, body, skia.PathOp.kUnion_PathOp)
    canvas.drawPath(outline, _pen(0.07, skia.ColorSetARGB(190, 90, 110, 150)))
    canvas.drawPath(outline, _paint(246, 240, 226, 0.96))
    for k, (dx, dy, r) in enumerate(lobes[:5]):
        colour = skia.ColorSetARGB(220, *((72, 118, 176) if k % 2 else (198, 92, 72)))
        curl = _curl(x + towards * scale * dx, y + scale * (dy + 0.04), scale * r * 0.72, towards)
        canvas.drawPath(curl, _pen(0.045, colour))


def smoke(canvas: skia.Canvas, x: float, y: float, scale: float, progress: float, seed: float) -> None:
    """Puffs that stand thick about a figure at once, then rise, part and thin out as `progress` goes from 0 to 1."""
    if not 0.0 < progress < 1.0:
        return
    for k in range(_PUFFS):
        # The rows of puffs from the ground up come in no order that is seen.
        row = (k * 7 % _PUFFS + 0.5) / _PUFFS
        age = (progress - 0.2 * k / _PUFFS) / 0.8
        if not 0 < age < 1:
            continue
        side = math.sin(math.tau * (seed + k * 0.381966))
        parted = eased((age - 0.35) / 0.65)
        px = x + scale * side * (0.42 + 1.1 * parted)
        py = y - scale * (0.25 + 3.4 * row + 0.9 * parted * (0.4 + row))
        radius = scale * (0.3 + 0.3 * eased(age / 0.3) + 0.1 * math.sin(3 * k)) * (1 - 0.3 * parted)
        alpha = min(1.0, age / 0.12) * (1 - eased((age - 0.4) / 0.6))
        tint = ((226, 214, 196), (196, 196, 208), (214, 190, 178))[k % 3]
        canvas.drawCircle(px, py, radius, _paint(*tint, 0.94 * alpha))
        canvas.drawCircle(px, py, radius, _pen(0.028, skia.ColorSetARGB(round(190 * alpha), 104, 92, 104)))
        curl = _pen(0.03, skia.ColorSetARGB(round(190 * alpha), 120, 106, 116))
        canvas.drawPath(_curl(px, py, radius * 0.72, 1 if k % 2 else -1), curl)


def stool(canvas: skia.Canvas, x: float, seat: float, ground: float, scale: float) -> None:
    """A drum stool from the ground up to the seat."""
    height = ground - seat
    if height < 0.12 * scale:
        return
    half, bulge = 0.34 * scale, 0.46 * scale
    body = skia.Path()
    body.moveTo(x - half, seat)
    body.cubicTo(x - bulge, seat + 0.3 * height, x - bulge, seat + 0.7 * height, x - half, ground)
    body.lineTo(x + half, ground)
    body.cubicTo(x + bulge, seat + 0.7 * height, x + bulge, seat + 0.3 * height, x + half, seat)
    body.close()
    canvas.drawPath(body, _paint(156, 62, 40, 1.0))
    canvas.drawPath(body, _pen(0.024, _INK))
    band = _pen(0.05 * scale, skia.ColorSetARGB(255, 214, 160, 54))
    for at in (0.1, 0.9):
        y = seat + at * height
        canvas.drawLine(x - 1.1 * half, y, x + 1.1 * half, y, band)
    light = _paint(255, 240, 205, 0.85)
    for k in (-1, 0, 1):
        canvas.drawCircle(x + 0.55 * k * half, (seat + ground) / 2, min(0.1 * scale, 0.2 * height), light)


def _cut(canvas: skia.Canvas, path: skia.Path, red: int, green: int, blue: int, width: float = 0.024) -> None:
    """A piece of dyed leather with its contour."""
    canvas.drawPath(path, _paint(red, green, blue, 1.0))
    canvas.drawPath(path, _pen(width, _INK))


def _boxed(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> skia.Path:
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(left, top, right, bottom).makeSorted(), radius, radius)
    return path


COUCH = 0.62
"""Height of a couch that is lain on."""


def couch(canvas: skia.Canvas, x: float, ground: float, scale: float, towards: int) -> None:
    """A low couch with fretwork under it, a quilt on it, and a pillow away from where the sleeper would look."""
    canvas.save()
    canvas.translate(x, ground)
    canvas.scale(towards * scale, scale)
    for foot in (-2.0, 1.75):
        _cut(canvas, _boxed(foot, -COUCH, foot + 0.2, 0.0, 0.04), 125, 46, 30)
    _cut(canvas, _boxed(-2.05, -COUCH * 0.62, 2.0, -COUCH * 0.3), 156, 62, 40)
    light = _paint(255, 240, 205, 0.85)
    for k in range(9):
        canvas.drawPath(_boxed(-1.85 + 0.43 * k, -COUCH * 0.54, -1.6 + 0.43 * k, -COUCH * 0.38, 0.03), light)
    _cut(canvas, _boxed(-2.12, -COUCH, 2.08, -COUCH * 0.62, 0.09), 226, 178, 108)
    pen = _pen(0.035, skia.ColorSetARGB(255, 200, 50, 31))
    for k in range(10):
        canvas.drawPath(_curl(-1.85 + 0.41 * k, -COUCH * 0.81, 0.08, 1 if k % 2 else -1), pen)
    _cut(canvas, _boxed(-1.92, -COUCH - 0.26, -1.2, -COUCH, 0.12), 86, 140, 176)
    canvas.drawPath(_curl(-1.56, -COUCH - 0.13, 0.09, 1), _pen(0.03, skia.ColorSetARGB(255, 250, 240, 210)))
    canvas.restore()


def zither(canvas: skia.Canvas, x: float, ground: float, scale: float, towards: int) -> None:
    """A seven-stringed qin on a low table, before one who kneels."""
    canvas.save()
    canvas.translate(x, ground)
    canvas.scale(towards * scale, scale)
    for foot in (0.42, 1.82):
        _cut(canvas, _boxed(foot, -0.86, foot + 0.12, 0.0, 0.03), 125, 46, 30)
    _cut(canvas, _boxed(0.3, -0.94, 2.06, -0.82, 0.03), 156, 62, 40)
    body = skia.Path()
    body.moveTo(0.12, -0.98)
    body.cubicTo(0.5, -1.2, 1.5, -1.16, 2.26, -1.04)
    body.lineTo(2.24, -0.94)
    body.lineTo(0.14, -0.92)
    body.close()
    _cut(canvas, body, 70, 42, 30, 0.03)
    strings = _pen(0.014, skia.ColorSetARGB(255, 250, 236, 200))
    for k in range(4):
        canvas.drawLine(0.2, -1.0 - 0.014 * k, 2.2, -1.05 + 0.02 * k, strings)
    studs = _paint(250, 220, 130, 1.0)
    for k in range(7):
        canvas.drawCircle(0.5 + 0.25 * k, -0.97, 0.022, studs)
    for k in (0, 1, 2):
        canvas.drawLine(2.2, -0.96, 2.28 + 0.05 * k, -0.62, _pen(0.024, skia.ColorSetARGB(255, 200, 50, 31)))
    canvas.restore()


def ladder(canvas: skia.Canvas, x: float, ground: float, scale: float, step: float) -> None:
    """A ladder from the ground up out of the picture, its rungs `step` of the figure's units apart."""
    half = 0.42 * scale
    rungs = math.ceil((ground + 6) / (step * scale))
    for width, colour in ((0.13, _INK), (0.08, skia.ColorSetARGB(255, 176, 118, 58))):
        pen = _pen(width * scale, colour)
        for k in range(1, rungs):
            y = ground - k * step * scale
            canvas.drawLine(x - half, y, x + half, y, pen)
        for side in (-half, half):
            canvas.drawLine(x + side, ground, x + side, ground - rungs * step * scale, pen)


def water(canvas: skia.Canvas, x: float, y: float, scale: float, towards: int, seconds: float) -> None:
    """A card of waves before a swimmer, its surface at y: rows of ringed scales under a crest of foam."""
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(towards * scale, scale)
    for row in range(3):
        r, top = 0.34 + 0.06 * row, 0.24 * row
        reach = 3.1 - 0.45 * row
        shift = 0.1 * math.sin(1.9 * seconds + 1.3 * row) + (0.5 * r if row % 2 else 0.0)
        count = round(reach / r)
        tone = ((111, 168, 196), (62, 124, 172), (44, 92, 142))[row]
        for k in range(-count, count + 1):
            cx, swell = k * r + shift, 0.05 * math.sin(2.4 * seconds + 0.9 * k)
            low = 0.85 * r * (abs(k) / count) ** 3
            size = r * (1 - 0.55 * (abs(k) / count) ** 2)
            disc = skia.Path()
            disc.addCircle(cx, top + r + swell + low, size)
            _cut(canvas, disc, *tone)
            rings = _pen(0.03, skia.ColorSetARGB(210, 240, 248, 246))
            for share in (0.72, 0.44):
                canvas.drawCircle(cx, top + r + swell + low, size * share, rings)
    foam = _paint(246, 244, 232, 0.95)
    for k in range(7):
        dx, up = 1.55 - 0.24 * k, 0.1 * abs(math.sin(3.2 * seconds + 0.8 * k))
        canvas.drawCircle(dx, 0.06 - up, 0.11 - 0.008 * k, foam)
        canvas.drawPath(_curl(dx, 0.06 - up, 0.08, 1), _pen(0.02, skia.ColorSetARGB(220, 72, 118, 176)))
    canvas.restore()


def stone(canvas: skia.Canvas, x: float, y: float, scale: float) -> None:
    """A stone that is thrown."""
    disc = skia.Path()
    disc.addCircle(x, y, 0.13 * scale)
    _cut(canvas, disc, 150, 132, 112)
    canvas.drawPath(_curl(x, y, 0.09 * scale, 1), _pen(0.025, skia.ColorSetARGB(220, 250, 240, 210)))
