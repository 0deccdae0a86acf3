"""Scenery ready for the camera: layers that stay still are painted once and then only moved."""

from collections.abc import Sequence

import numpy as np
import skia

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.world.camera import View
from yingxi.world.scenery import Layer

_LARGEST = 4096  # pixels across of a kept layer
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
Seen = tuple[float, float, float, float]


def look(canvas: skia.Canvas, seen: Seen, size: Size) -> None:
    """Let (left, top, width, height) of the world fill a canvas of `size`."""
    canvas.scale(size.width / seen[2], size.height / seen[3])
    canvas.translate(-seen[0], -seen[1])


def memory(surface: skia.Surface) -> Frames:
    """The surface's own memory, `[H,W,4]` in skia's order, BGRA."""
    pixmap = skia.Pixmap()
    if not surface.peekPixels(pixmap):
        raise RuntimeError("skia gives no access to its pixels")
    return np.asarray(pixmap)


def pixels(surface: skia.Surface) -> Frames:
    """A copy as RGB. Surfaces are in skia's own order because it copies those ten times faster than RGBA; numpy
    copies channel by channel twice as fast as backwards through all of them."""
    source = memory(surface)
    copy = np.empty((*source.shape[:2], 3), np.uint8)
    for channel in range(3):
        copy[..., channel] = source[..., 2 - channel]
    return copy


class Backdrop:
    """Layers on one side of the puppets, for the views of one shot, on a canvas of `size`."""

    def __init__(self, layers: Sequence[Layer], views: Sequence[View], size: Size, opaque: bool) -> None:
        self._size = size
        self._items: list[Layer | skia.Image | _Sheet] = []
        fixed = all(view == views[0] for view in views)
        run: list[Layer] = []
        for layer in layers:
            if layer.still and fixed:
                run.append(layer)
                continue
            self._flatten(run, views[0], opaque)
            run = []
            self._items.append(_Sheet(layer, views, size) if layer.still else layer)
        self._flatten(run, views[0], opaque)

    def _flatten(self, layers: Sequence[Layer], view: View, opaque: bool) -> None:
        """Neighbours that stay still under a camera that does too are one picture."""
        if not layers:
            return
        surface = skia.Surface(self._size.width, self._size.height)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorWHITE if opaque and not self._items else skia.ColorTRANSPARENT)
        for layer in layers:
            canvas.save()
            look(canvas, view.layer(layer.depth), self._size)
            _paint(layer, canvas)
            canvas.restore()
        self._items.append(surface.makeImageSnapshot())

    def paint(self, canvas: skia.Canvas, view: View, seconds: float) -> None:
        """Draw all layers for a view at a second."""
        for item in self._items:
            if isinstance(item, Layer):
                canvas.save()
                look(canvas, view.layer(item.depth), self._size)
                item.draw(canvas, seconds)
                canvas.restore()
            elif isinstance(item, _Sheet):
                item.paint(canvas, view, self._size)
            else:
                canvas.drawImage(item, 0, 0)


class _Sheet:
    """A still layer under a moving camera: what the whole shot sees of it, painted once at the finest scale."""

    def __init__(self, layer: Layer, views: Sequence[View], size: Size) -> None:
        self._depth = layer.depth
        seen = [view.layer(layer.depth) for view in views]
        margin = 0.02 * max(s[2] for s in seen)
        left, top = min(s[0] for s in seen) - margin, min(s[1] for s in seen) - margin
        right, bottom = max(s[0] + s[2] for s in seen) + margin, max(s[1] + s[3] for s in seen) + margin
        across, down = right - left, bottom - top
        self._scale = min(max(size.width / s[2] for s in seen), _LARGEST / across, _LARGEST / down)
        surface = skia.Surface(max(1, round(across * self._scale)), max(1, round(down * self._scale)))
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.scale(self._scale, self._scale)
        canvas.translate(-left, -top)
        _paint(layer, canvas)
        self._image, x, y = _trimmed(surface)
        self._left, self._top = left + x / self._scale, top + y / self._scale

    def paint(self, canvas: skia.Canvas, view: View, size: Size) -> None:
        left, top, width, height = view.layer(self._depth)
        across, down = size.width / width, size.height / height
        target = skia.Rect.MakeXYWH(
            (self._left - left) * across,
            (self._top - top) * down,
            self._image.width() / self._scale * across,
            self._image.height() / self._scale * down,
        )
        canvas.drawImageRect(self._image, target, _LINEAR)


def _paint(layer: Layer, canvas: skia.Canvas) -> None:
    """A layer before the puppets is off the cloth, and so a little out of focus."""
    if layer.depth <= 1.02:
        layer.draw(canvas, 0.0)
        return
    sigma = 0.12 * min(layer.depth - 1, 0.6)
    canvas.saveLayer(None, skia.Paint(ImageFilter=skia.ImageFilters.Blur(sigma, sigma)))
    layer.draw(canvas, 0.0)
    canvas.restore()


def _trimmed(surface: skia.Surface) -> tuple[skia.Image, int, int]:
    """The picture without its empty rows and columns, and where it began."""
    alpha = memory(surface)[..., 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    image = surface.makeImageSnapshot()
    if not len(rows):
        return image.makeSubset(skia.IRect.MakeWH(1, 1)), 0, 0
    x, y = int(columns[0]), int(rows[0])
    box = skia.IRect.MakeLTRB(x, y, int(columns[-1]) + 1, int(rows[-1]) + 1)
    return image.makeSubset(box), x, y
