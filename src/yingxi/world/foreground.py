"""What stands before the puppets makes way: a pine that would hide a face is set farther out, or left out."""

from collections.abc import Callable, Sequence

import numpy as np
import skia
from numpy.typing import NDArray

from yingxi.world.sky import REACH
from yingxi.world.sprite import GLANCE

Spots = NDArray[np.float64]
"""Points `[n,2]` of a figure over the shot, in the units of the layer that may hide them."""
HIDDEN = 0.15
"""The share of a figure's points that may be hidden."""
STEP, FARTHEST = 0.4, 6.0
MIDDLE = 3.0
"""Units to either side of the stage's middle in which a piece is no wing, and stays."""
_CENTRE = 8.0


class Piece:
    """One copy of an element: its foot's x, how it is painted, and how far it was set aside (None: left out)."""

    def __init__(self, x: float, paint: Callable[[skia.Canvas, float], None], alive: bool) -> None:
        self._x = x
        self._paint = paint
        self._alive = alive
        self._kept: skia.Picture | None = None
        self.aside: float | None = 0.0

    def draw(self, canvas: skia.Canvas, seconds: float) -> None:
        """Draw it where it stands now."""
        if self.aside is None:
            return
        canvas.save()
        canvas.translate(self.aside, 0)
        if self._alive:
            self._paint(canvas, seconds)
        else:
            canvas.drawPicture(self._picture())
        canvas.restore()

    def _picture(self) -> skia.Picture:
        if self._kept is None:
            recorder = skia.PictureRecorder()
            self._paint(recorder.beginRecording(REACH), 0.0)
            self._kept = recorder.finishRecordingAsPicture()
        return self._kept

    def make_way(self, figures: Sequence[Spots]) -> None:
        """Stand as little farther out as hides nobody."""
        out = self._x - _CENTRE
        if abs(out) < MIDDLE:
            return
        mask = self._mask()
        for step in np.arange(0.0, FARTHEST, STEP) * np.sign(out):
            if all(_hidden(mask, spots - (step, 0.0)) <= HIDDEN for spots in figures if len(spots)):
                self.aside = float(step)
                return
        self.aside = None

    def _mask(self) -> NDArray[np.bool_]:
        """Where it paints, `[H,W]`, in pixels of a glance over all that cameras see."""
        surface = skia.Surface(round(REACH.width() * GLANCE), round(REACH.height() * GLANCE))
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.scale(GLANCE, GLANCE)
        canvas.translate(-REACH.left(), -REACH.top())
        self.draw(canvas, 0.0)
        return surface.toarray()[..., 3] > 100


def _hidden(mask: NDArray[np.bool_], spots: Spots) -> float:
    """The share of points that a mask covers."""
    columns = ((spots[:, 0] - REACH.left()) * GLANCE).astype(int)
    rows = ((spots[:, 1] - REACH.top()) * GLANCE).astype(int)
    inside = (columns >= 0) & (columns < mask.shape[1]) & (rows >= 0) & (rows < mask.shape[0])
    return float(mask[rows[inside], columns[inside]].sum() / len(spots))
