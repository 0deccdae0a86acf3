"""What surrounds a figure: the cloud it rides, the smoke it goes in, the rods that move it."""

import math
from collections.abc import Mapping

import skia

from yingxi.world.action import eased
from yingxi.world.rig import Affine

_INK = skia.ColorSetARGB(200, 60, 44, 40)


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
    """Puffs that swell, rise and thin out as `progress` goes from 0 to 1."""
    if not 0.02 < progress < 0.995:
        return
    for k in range(14):
        age = (progress - 0.04 - 0.024 * k) / 0.6
        if not 0 < age < 1:
            continue
        angle = math.tau * (seed + k * 0.381966)
        spread = (0.3 + 0.7 * eased(age)) * scale
        px = x + spread * 0.8 * math.cos(angle)
        py = y - scale * (1.75 + 1.45 * math.sin(angle * 1.7 + k)) - 0.6 * age * scale
        radius = scale * (0.34 + 0.5 * eased(age) * (0.75 + 0.25 * math.sin(3 * k)))
        alpha = math.sin(math.pi * min(1, age)) ** 0.6
        tint = ((226, 214, 196), (196, 196, 208), (214, 190, 178))[k % 3]
        canvas.drawCircle(px, py, radius, _paint(*tint, 0.9 * alpha))
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
