"""Rain, snow, fog, petals, leaves: layers that fall or drift, the same for the same seed and second."""

import math
from functools import lru_cache

import numpy as np
import skia

from yingxi.core.shot import Weather
from yingxi.world.brush import colour
from yingxi.world.hour import Hour
from yingxi.world.pigment import RGB, mix, rgb
from yingxi.world.tempest import embers, flames, lightning

LEFT, TOP, WIDTH, HEIGHT = -8.0, -3.0, 32.0, 13.5
"""The world that weather covers."""
LEAVES = {
    "petals": (("rose", "#f7c6c4", "ivory"), 0.09, 0.75),
    "leaves": (("amber", "cinnabar", "orange"), 0.14, 1.0),
}
"""Dyes, half length and units a second of what drifts down."""


class Falling:
    """A curtain of weather behind the actors, or `near`: in front of them, sparser and larger."""

    def __init__(self, weather: Weather, light: Hour, seed: int, near: bool) -> None:
        self._weather = weather
        self._light = light
        self._near = near
        self._seed = seed
        rng = np.random.default_rng([seed & 0x7FFFFFFF, int(near)])
        count = {"rain": 320, "storm": 420, "snow": 520, "petals": 130, "leaves": 110}.get(weather, 0) // (
            3 if near else 1
        )
        self._x = rng.uniform(0, WIDTH, count)
        self._y = rng.uniform(0, HEIGHT, count)
        self._pace = rng.uniform(0.75, 1.25, count)
        self._phase = rng.uniform(0, math.tau, count)

    def draw(self, canvas: skia.Canvas, seconds: float) -> None:
        """Paint the curtain in world units at a second."""
        if self._weather == "rain":
            self._rain(canvas, seconds, 0.16)
        elif self._weather == "storm":
            lightning(canvas, seconds, self._seed, self._near)
            self._rain(canvas, seconds, 0.42)
        elif self._weather == "fire":
            (embers if self._near else flames)(canvas, seconds, self._seed)
        elif self._weather in LEAVES:
            self._drift(canvas, seconds)
        elif self._weather == "snow":
            self._snow(canvas, seconds)
        elif self._weather == "fog":
            self._fog(canvas, seconds)

    def _rain(self, canvas: skia.Canvas, seconds: float, slant: float) -> None:
        speed, length = (15.0, 0.95) if self._near else (10.0, 0.55)
        y = (self._y + seconds * speed * self._pace) % HEIGHT
        x = (self._x - slant * seconds * speed * self._pace) % WIDTH
        path = skia.Path()
        for px, py, pace in zip(x.tolist(), y.tolist(), self._pace.tolist(), strict=True):
            path.moveTo(LEFT + px, TOP + py)
            path.rLineTo(-slant * length * pace, length * pace)
        for tone, width, alpha in ((self._ink(), 0.045, 0.5), (self._light.core, 0.02, 0.9)):
            paint = skia.Paint(AntiAlias=True, Color=colour(tone, alpha), Style=skia.Paint.kStroke_Style)
            paint.setStrokeWidth(width * (1.4 if self._near else 1.0))
            canvas.drawPath(path, paint)

    def _snow(self, canvas: skia.Canvas, seconds: float) -> None:
        speed = 1.5 if self._near else 0.95
        y = (self._y + seconds * speed * self._pace) % HEIGHT
        drift = 0.4 * np.sin(seconds * 0.9 * self._pace + self._phase)
        x = (self._x + drift - 0.25 * seconds * self._pace) % WIDTH
        sizes = (0.12, 0.19) if self._near else (0.07, 0.11)
        for group, size in enumerate(sizes):
            points = [
                skia.Point(LEFT + px, TOP + py)
                for px, py in zip(x[group::2].tolist(), y[group::2].tolist(), strict=True)
            ]
            for tone, grow, alpha in ((self._ink(), 1.4, 0.35), ((1.0, 1.0, 1.0), 1.0, 1.0)):
                paint = skia.Paint(AntiAlias=True, Color=colour(tone, alpha), StrokeWidth=size * grow)
                paint.setStrokeCap(skia.Paint.kRound_Cap)
                canvas.drawPoints(skia.Canvas.kPoints_PointMode, points, paint)

    def _drift(self, canvas: skia.Canvas, seconds: float) -> None:
        """Petals or leaves that rock and turn as they sink, each an oval that narrows when it shows its edge."""
        dyes, size, speed = LEAVES[self._weather]
        size, speed = (size * 1.7, speed * 1.4) if self._near else (size, speed)
        y = (self._y + seconds * speed * self._pace) % HEIGHT
        swing = seconds * 1.7 * self._pace + self._phase
        x = (self._x + 0.5 * np.sin(swing) - 0.5 * seconds * self._pace) % WIDTH
        ink = skia.Paint(
            AntiAlias=True, Color=colour(self._ink(), 0.7), Style=skia.Paint.kStroke_Style, StrokeWidth=0.02
        )
        for group, name in enumerate(dyes):
            path = skia.Path()
            for px, py, turn in zip(*(v[group :: len(dyes)].tolist() for v in (x, y, swing)), strict=True):
                a, narrow = 1.2 * math.sin(turn) + turn * 0.4, 0.25 + 0.3 * abs(math.cos(turn * 0.7))
                dx, dy = math.cos(a) * size, math.sin(a) * size
                px, py = LEFT + px, TOP + py
                path.moveTo(px - dx, py - dy)
                path.quadTo(px - dy * narrow * 2, py + dx * narrow * 2, px + dx, py + dy)
                path.quadTo(px + dy * narrow * 2, py - dx * narrow * 2, px - dx, py - dy)
            canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=colour(rgb(name), 0.95)))
            canvas.drawPath(path, ink)

    def _fog(self, canvas: skia.Canvas, seconds: float) -> None:
        veil = _veil(self._seed & 0xFFFF, self._near, mix(self._light.haze, (1.0, 1.0, 1.0), 0.35))
        shift = (seconds * (0.55 if self._near else 0.3)) % WIDTH
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        for left in (LEFT + shift, LEFT + shift - WIDTH):
            rect = skia.Rect(left, TOP, left + WIDTH, TOP + HEIGHT)
            canvas.drawImageRect(veil, rect, smooth)

    def _ink(self) -> RGB:
        return mix(self._light.shade, self._light.haze, 0.35)


@lru_cache(maxsize=8)
def _veil(seed: int, near: bool, tone: RGB) -> skia.Image:
    """Banks of fog `[108,256]` of a tone that wrap sideways: thick low down, thin at the height of faces."""
    rng = np.random.default_rng([seed, int(near), 7])
    rows, columns = 108, 256
    noise = np.zeros((rows, columns))
    x = np.arange(columns) / columns
    for octave in (2, 3, 5, 8, 13):
        bend = np.cumsum(rng.normal(0, 0.22, rows))
        bend = np.convolve(bend, np.ones(15) / 15, mode="same")
        wave = np.sin(math.tau * octave * x[None] + rng.uniform(0, math.tau) + bend[:, None])
        noise += wave / octave**0.6
    noise = 1 / (1 + np.exp(-1.6 * noise))
    world = TOP + HEIGHT * (np.arange(rows) + 0.5) / rows
    middle, reach, thick, everywhere = (8.4, 1.3, 0.75, 0.0) if near else (5.2, 2.2, 0.85, 0.25)
    bank = thick * np.exp(-(((world - middle) / reach) ** 2)) + everywhere
    alpha = np.clip(bank[:, None] * (0.35 + 0.65 * noise), 0, 1)
    pixels = np.zeros((rows, columns, 4), np.uint8)
    pixels[..., :] = np.round(alpha[..., None] * (0.75 if near else 0.9) * 255 * np.array([*tone, 1.0])).astype(
        np.uint8
    )
    image = skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface(columns, rows)  # in skia's own order of channels, which it draws many times faster
    surface.getCanvas().drawImage(image, 0, 0)
    return surface.makeImageSnapshot()
