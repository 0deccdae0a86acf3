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
    body.addRoundRect(skia.Rect.MakeLTRB(x - 1.5 * scale, y + 0.3 * scale, x + 1.2 * scale, y + 0.68 * scale), 0.19, 0.19)
    outline = skia.Simplify(body) if hasattr(skia, "Simplify") else body
    canvas.drawPath(outline, _pen(0.07, skia.ColorSetARGB(190, 90, 110, 150)))
    canvas.drawPath(outline, _paint(246, 240, 226, 0.96))
    for k, (dx, dy, r) in enumerate(lobes[:5]):
        colour = skia.ColorSetARGB(220, *((72, 118, 176) if k % 2 else (198, 92, 72)))
        canvas.drawPath(_curl(x + towards * scale * dx, y + scale * (dy + 0.04), scale * r * 0.72, towards), _pen(0.045, colour))


def smoke(canvas: skia.Canvas, x: float, y: float, scale: float, progress: float, seed: float) -> None:
    """Puffs that swell, rise and thin out as `progress` goes from 0 to 1."""
    if not 0.02 < progress < 0.995:
        return
    for k in range(11):
        start = 0.05 + 0.028 * k
        age = (progress - start) / 0.62
        if not 0 < age < 1:
            continue
        angle = math.tau * (seed + k * 0.381966)
        spread = (0.25 + 0.75 * eased(age)) * scale
        px = x + spread * 0.95 * math.cos(angle)
        py = y - scale * (1.75 + 1.35 * math.sin(angle * 1.7 + k)) - 0.7 * age * scale
        radius = scale * (0.28 + 0.62 * eased(age) * (0.7 + 0.3 * math.sin(k)))
        alpha = math.sin(math.pi * min(1, age * 0.98)) ** 0.7
        canvas.drawCircle(px, py, radius, _paint(238, 228, 208, 0.86 * alpha))
        canvas.drawCircle(px, py, radius, _pen(0.03, skia.ColorSetARGB(round(150 * alpha), 96, 84, 92)))
        canvas.drawPath(_curl(px, py, radius * 0.8, 1 if k % 2 else -1), _pen(0.035, skia.ColorSetARGB(round(150 * alpha), 110, 96, 104)))
