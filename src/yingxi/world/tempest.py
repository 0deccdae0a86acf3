"""Lightning and fire: what flashes and burns over the whole stage, the same for the same seed and second."""

import math
import random
from functools import lru_cache

import skia

from yingxi.world.brush import Point, colour, curve, polygon, spiral
from yingxi.world.pigment import rgb

LEFT, TOP, RIGHT, BOTTOM = -8.0, -3.0, 24.0, 10.5
PERIOD = 2.6
"""Seconds from one stroke of lightning to the next, about."""
FLASH = 0.42
"""Seconds that a stroke glimmers."""


def _paint(name: str, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour(rgb(name), alpha))


def _pen(name: str, width: float, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour(rgb(name), alpha), Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
                      StrokeJoin=skia.Paint.kRound_Join, StrokeCap=skia.Paint.kRound_Cap)  # fmt: skip


def lightning(canvas: skia.Canvas, seconds: float, seed: int, near: bool) -> None:
    """A bolt with its branches, far off, or `near`: its light over everything. A shot opens with a stroke."""
    number = math.floor((seconds + 0.06) / PERIOD)
    dice = random.Random(f"{seed}/{number}")
    age = (seconds + 0.06) % PERIOD - (dice.uniform(0, 0.8) if number else 0.0)
    if not 0 <= age < FLASH:
        return
    glimmer = (1 - age / FLASH) * (0.7 + 0.3 * math.cos(age * 55))
    if near:
        canvas.drawRect(skia.Rect(LEFT, TOP, RIGHT, BOTTOM), _paint("#f4f0ff", 0.3 * glimmer))
        return
    canvas.drawRect(skia.Rect(LEFT, TOP, RIGHT, BOTTOM), _paint("#dcd8ff", 0.34 * glimmer))
    x, y = 8 + dice.choice((-1, 1)) * dice.uniform(1.6, 5.4), -2.6
    trunk: list[Point] = [(x, y)]
    branches: list[list[Point]] = []
    while y < 5.6:
        x, y = x + dice.uniform(-0.75, 0.75), y + dice.uniform(0.35, 0.9)
        trunk.append((x, y))
        if dice.random() < 0.42:
            side = dice.choice((-1, 1))
            bough = [(x, y)]
            for _ in range(dice.randrange(2, 5)):
                px, py = bough[-1]
                bough.append((px + side * dice.uniform(0.2, 0.6), py + dice.uniform(0.15, 0.55)))
            branches.append(bough)
    for line, grow in [(trunk, 1.0), *((bough, 0.5) for bough in branches)]:
        path = polygon(line, closed=False)
        canvas.drawPath(path, _pen("#b9a8ff", 0.5 * grow, 0.25 * glimmer))
        canvas.drawPath(path, _pen("indigo", 0.19 * grow, 0.7 * glimmer))
        canvas.drawPath(path, _pen("#fffdf0", 0.13 * grow, min(1.0, 1.4 * glimmer)))


def _tongue(x: float, foot: float, wide: float, tall: float, sway: float) -> skia.Path:
    """A flame as it is cut in leather: a leaning tongue with a curl at its side."""
    return curve([
        (x - wide * 0.5, foot), (x - wide * 0.56, foot - tall * 0.3), (x - wide * 0.14 + sway * 0.4,
        foot - tall * 0.62),
        (x + sway, foot - tall), (x + wide * 0.2 + sway * 0.5, foot - tall * 0.6), (x + wide * 0.52,
        foot - tall * 0.4),
        (x + wide * 0.46, foot - tall * 0.2), (x + wide * 0.5, foot),
    ], closed=True)  # fmt: skip


def _fire(canvas: skia.Canvas, spots: list[tuple[float, float, float]], foot: float, seconds: float) -> None:
    """Tongues at (x, width, height), each colour as one piece of leather."""
    for grow, name in ((1.0, "cinnabar"), (0.72, "orange"), (0.5, "amber"), (0.28, "gold")):
        body, curls = skia.Path(), skia.Path()
        for k, (x, wide, tall) in enumerate(spots):
            high = tall * grow * (1 + 0.12 * math.sin(seconds * (5.2 + k % 3) + 2.1 * k))
            sway = 0.26 * wide * math.sin(seconds * 3.4 + 1.3 * k)
            body.addPath(_tongue(x, foot, wide * (0.4 + 0.6 * grow), high, sway))
            if grow == 1.0:
                curls.addPath(spiral(x + wide * 0.16, foot - high * 0.3, wide * 0.2, 1.2, 2.6, 1 if k % 2 else -1))
        canvas.drawPath(body, _paint(name))
        if grow == 1.0:
            canvas.drawPath(body, _pen("crimson", 0.045, 0.8))
            canvas.drawPath(curls, _pen("gold", 0.05, 0.9))


@lru_cache(maxsize=1)
def _glow() -> skia.Image:
    """The light of a fire up the cloth, as a picture: skia stretches one faster than it shades a gradient."""
    surface = skia.Surface(32, 108)
    ends = [skia.Point(0, 88), skia.Point(0, 28)]
    shades = [colour(rgb("orange"), 0.55), colour(rgb("amber"), 0.25), colour(rgb("amber"), 0.0)]
    surface.getCanvas().drawPaint(skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, shades, [0.0, 0.45, 1.0])))
    return surface.makeImageSnapshot()


def flames(canvas: skia.Canvas, seconds: float, seed: int) -> None:
    """A wall of flames behind the figures, lower where they stand, and its glow up the cloth."""
    canvas.drawImageRect(_glow(), skia.Rect(LEFT, TOP, RIGHT, BOTTOM), skia.SamplingOptions(skia.FilterMode.kLinear))
    dice = random.Random(f"{seed}/flames")
    spots: list[tuple[float, float, float]] = []
    x = LEFT
    while x < RIGHT:
        wide = dice.uniform(0.8, 1.5)
        room = 1 - 0.7 * math.exp(-(((x - 8) / 3.6) ** 2))
        spots.append((x, wide, dice.uniform(2.2, 4.8) * room))
        x += wide * dice.uniform(0.55, 0.9)
    _fire(canvas, spots, 7.75, seconds)


def embers(canvas: skia.Canvas, seconds: float, seed: int) -> None:
    """Sparks that fly up before the figures, and flames in the corners of the picture."""
    dice = random.Random(f"{seed}/embers")
    sparks, glows = skia.Path(), skia.Path()
    for _ in range(70):
        x, pace, phase = dice.uniform(LEFT, RIGHT), dice.uniform(0.14, 0.34), dice.random()
        rise = (phase + seconds * pace) % 1
        px, py = x + 0.5 * math.sin(9 * rise + 6 * phase), 9.6 - 11 * rise
        r = 0.055 * (1 - 0.7 * rise)
        sparks.addCircle(px, py, r)
        glows.addCircle(px, py, r * 2.4)
    canvas.drawPath(glows, _paint("orange", 0.3))
    canvas.drawPath(sparks, _paint("gold"))
    for left, right in ((-4.5, 1.2), (14.8, 20.5)):
        spots = [
            (x, dice.uniform(1.0, 1.6), dice.uniform(1.4, 2.6))
            for x in (left + (right - left) * k / 5 for k in range(6))
        ]
        _fire(canvas, spots, 10.2, seconds)
