"""The lamp behind the cloth: glow, dark edges, a slight flicker, the weave of the cloth, the colour of the hour."""

import math
from functools import lru_cache

import numpy as np
import skia
from numpy.typing import NDArray

from yingxi.core.shapes import Size
from yingxi.core.shot import TimeOfDay, Weather
from yingxi.world.hour import hour
from yingxi.world.pigment import mix

Plane = NDArray[np.float32]
CLOTHS = 4
"""Cloths that there are of a size: a film's shots share them."""


class Lamp:
    """Lights composed frames of one size. Two cached pictures are laid over each frame: one multiplies (edges,
    weave, hour), one screens (glow) with an opacity that flickers with the second."""

    def __init__(self, time: TimeOfDay, weather: Weather, interior: bool, size: Size, seed: int = 0) -> None:
        self._shade, self._glow = _pictures(time, weather, interior, size, seed & 0xFFFF)
        self._unrest = 0.18 if interior or weather == "fire" else 0.08
        self._phase = (seed % 97) * 0.61

    def finish(self, canvas: skia.Canvas, seconds: float) -> None:
        """Light a frame. `canvas` is the whole frame in pixels; its matrix is left as it was."""
        canvas.save()
        canvas.resetMatrix()
        canvas.drawImage(self._shade, 0, 0, skia.SamplingOptions(), skia.Paint(BlendMode=skia.BlendMode.kMultiply))
        paint = skia.Paint(BlendMode=skia.BlendMode.kScreen, Alphaf=self.flicker(seconds))
        canvas.drawImage(self._glow, 0, 0, skia.SamplingOptions(), paint)
        canvas.restore()

    def flicker(self, seconds: float) -> float:
        """Strength of the glow at a second, 0 to 1: an oil flame's slow breath and its quick trembling."""
        t = seconds + self._phase
        breath = math.sin(t * 1.9) * 0.5 + math.sin(t * 5.3 + 1.2) * 0.3 + math.sin(t * 11.7) * 0.2
        return min(1.0, max(0.0, 0.82 + self._unrest * breath))


@lru_cache(maxsize=6)
def _pictures(
    time: TimeOfDay, weather: Weather, interior: bool, size: Size, seed: int
) -> tuple[skia.Image, skia.Image]:
    light = hour(time, weather, interior)
    height, width = size.height, size.width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    # The lamp stands a little above the middle. Distances are in half-diagonals, whatever the aspect.
    dx = (x + 0.5) / width * 2 - 1
    dy = (y + 0.5) / height * 2 - 0.94
    away = np.sqrt((dx * 0.78) ** 2 + (dy * 0.82) ** 2)
    edge = np.clip((away - 0.42) / 0.78, 0, 1)
    edge = edge * edge * (3 - 2 * edge) * (0.82 if light.night else 0.66)
    cloth = _weave(size, seed % CLOTHS) * (0.6 if light.night else 1.0)
    dark = np.asarray(light.shade, np.float32)
    shade = 1 - edge[..., None] * (1 - dark) + cloth[..., None]
    warm = np.asarray(mix(light.core, light.haze, 0.5), np.float32)
    strength = 0.20 if light.night else 0.24
    glow = np.exp(-((away / 0.62) ** 2))[..., None] * warm * strength
    return _image(shade), _image(glow)


@lru_cache(maxsize=CLOTHS)
def _weave(size: Size, seed: int) -> Plane:
    """Threads and mottling of the cloth `[H,W]`, about zero. Below 400 lines the threads melt away."""
    rng = np.random.default_rng([seed, 11])
    height, width = size.height, size.width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    fine = min(1.0, max(0.0, (height - 200) / 400))
    pitch = max(2.6, height / 260)
    warp = np.sin(math.tau * x / pitch) + rng.normal(0, 0.55, (1, width))
    weft = np.sin(math.tau * y / pitch) + rng.normal(0, 0.55, (height, 1))
    threads = (warp + weft) * 0.0085 + rng.normal(0, 0.008, (height, width))
    rows, columns = 10, 16
    coarse = rng.normal(0, 1, (rows, columns))
    mottle = _enlarge(coarse, height, width) * 0.012
    return (threads * fine + mottle - 0.012).astype(np.float32)


def _enlarge(coarse: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """Smooth interpolation of a coarse grid `[h,w]` to `[height,width]`."""
    rows = np.linspace(0, coarse.shape[0] - 1.001, height)
    columns = np.linspace(0, coarse.shape[1] - 1.001, width)
    i, j = rows.astype(int), columns.astype(int)
    u, v = rows - i, columns - j
    u, v = (u * u * (3 - 2 * u))[:, None], (v * v * (3 - 2 * v))[None]
    top = coarse[i][:, j] * (1 - v) + coarse[i][:, j + 1] * v
    bottom = coarse[i + 1][:, j] * (1 - v) + coarse[i + 1][:, j + 1] * v
    return top * (1 - u) + bottom * u


def _image(pixels: Plane) -> skia.Image:
    """Opaque RGB `[H,W,3]`, 0 to 1, as a picture in skia's own order of channels, which it blends fastest."""
    data = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    data[..., :3] = np.round(np.clip(pixels, 0, 1) * 255)
    image = skia.Image.fromarray(data, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface(pixels.shape[1], pixels.shape[0])
    surface.getCanvas().drawImage(image, 0, 0)
    return surface.makeImageSnapshot()
