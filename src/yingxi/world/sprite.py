"""A painted sheet kept as a picture, so that what only slides about need not be painted again for every frame."""

import math
from collections.abc import Callable

import numpy as np
import skia

from yingxi.world.sky import REACH

MOST_PIXELS = 6_000_000
"""The largest picture kept. Closer views enlarge it: what slides is never what the camera is sharpest on."""

GLANCE = 6.0
"""Pixels a unit at which a sheet is first looked at, to find where it is painted at all."""


class Sprite:
    """`paint` draws in world units. The picture is made at the scale of the canvas, and again when that changes
    much. `blur` (a sigma in units) softens what hangs off the cloth."""

    def __init__(self, paint: Callable[[skia.Canvas], None], blur: float = 0.0) -> None:
        self._paint = paint
        self._blur = blur
        self._bounds: skia.Rect | None = None
        self._scale = 0.0
        self._image: skia.Image | None = None

    def draw(self, canvas: skia.Canvas, dx: float, dy: float) -> None:
        """Draw the sheet moved by (dx, dy) units."""
        matrix = canvas.getTotalMatrix()
        scale = math.hypot(matrix.getScaleX(), matrix.getSkewY()) or 1.0
        bounds = self._bounds = self._bounds or self._find()
        if bounds.isEmpty():
            return
        if self._image is None or not 0.6 * self._scale <= scale <= 1.3 * self._scale:
            self._scale = scale
            limit = math.sqrt(MOST_PIXELS / (bounds.width() * bounds.height()))
            self._image = self._raster(bounds, min(scale, limit))
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        canvas.drawImageRect(self._image, bounds.makeOffset(dx, dy), smooth, skia.Paint())

    def _raster(self, bounds: skia.Rect, scale: float) -> skia.Image:
        width, height = max(1, round(bounds.width() * scale)), max(1, round(bounds.height() * scale))
        surface = skia.Surface(width, height)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.scale(width / bounds.width(), height / bounds.height())
        canvas.translate(-bounds.left(), -bounds.top())
        if self._blur:
            sigma = self._blur * width / bounds.width()
            canvas.saveLayer(None, skia.Paint(ImageFilter=skia.ImageFilters.Blur(sigma, sigma)))
        self._paint(canvas)
        if self._blur:
            canvas.restore()
        return surface.makeImageSnapshot()

    def _find(self) -> skia.Rect:
        """The painted part of the sheet, with a margin of a glance's pixel."""
        alpha = self._raster(REACH, GLANCE).toarray()[..., 3] > 0
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        if not len(rows):
            return skia.Rect.MakeEmpty()
        left, right = REACH.left() + (columns[0] - 1) / GLANCE, REACH.left() + (columns[-1] + 2) / GLANCE
        top, bottom = REACH.top() + (rows[0] - 1) / GLANCE, REACH.top() + (rows[-1] + 2) / GLANCE
        return skia.Rect(float(left), float(top), float(right), float(bottom))
