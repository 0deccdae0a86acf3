"""The camera: for every size and move of a shot, the rectangle of the stage that is seen at each second."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yingxi.core.shot import Move, ShotSize
from yingxi.world.action import eased

LEFT, RIGHT, TOP, BOTTOM = -8.0, 24.0, -3.0, 10.5
CENTRE = (8.0, 4.5)
_GROUND = 7.6

_HEIGHTS: dict[ShotSize, float] = {
    "ELS": 12.2, "LS": 9.0, "MLS": 4.9, "MS": 3.7, "MCU": 2.75, "CU": 2.1, "ECU": 1.35,
    "OTS": 3.0, "POV": 3.6, "insert": 1.35, "two-shot": 4.3,
}  # fmt: skip
_PICTURED = ("ELS", "LS", "MLS", "MS", "two-shot")
"""Sizes whose picture is laid out by the figures' `at`; the others go to where their subject is."""


_FACE = 0.56
"""How far down a close picture its face may be."""


@dataclass(frozen=True)
class View:
    """What is seen: centre and size in world units. `pan` and `tilt` are the parts of the centre that turn the
    camera rather than carry it, `dolly` the factor that comes from nearing, `orbit` a sideways slip of depths."""

    x: float
    y: float
    width: float
    height: float
    pan: float = 0.0
    tilt: float = 0.0
    dolly: float = 1.0
    orbit: float = 0.0

    def layer(self, depth: float) -> tuple[float, float, float, float]:
        """(left, top, width, height) seen of a layer: the nearer, the more it moves when the camera is carried."""
        share = 0.15 + 0.85 * depth
        x = CENTRE[0] + (self.x - self.pan - CENTRE[0]) * share + self.pan * (0.6 + 0.4 * depth)
        y = CENTRE[1] + (self.y - self.tilt - CENTRE[1]) * share + self.tilt * (0.6 + 0.4 * depth)
        near = self.dolly ** (0.75 * (depth - 1))
        width, height = self.width * near, self.height * near
        return x + self.orbit * (depth - 1) - width / 2, y - height / 2, width, height


@dataclass(frozen=True)
class Subject:
    """What the camera looks at: top of the head, middle of the face and hand, each by seconds, in world units."""

    at: float
    facing: int
    top: Callable[[float], float]
    face: Callable[[float], tuple[float, float]]
    hand: Callable[[float], tuple[float, float]]


def frame(size: ShotSize, aspect: float) -> tuple[float, float]:
    """(width, height) in world units that a shot size sees in a picture of `aspect` (width over height)."""
    height = _HEIGHTS[size] * (16 / 9 / aspect) ** 0.45
    height = min(height, BOTTOM - TOP - 0.4, (RIGHT - LEFT - 1) / aspect)
    return height * aspect, height


def layout(size: ShotSize, aspect: float) -> float:
    """World units between `at` = 0 and 1: the picture's width, but never too narrow for two to stand in."""
    return max(frame(size if size in _PICTURED else "MLS", aspect)[0], 6.0)


class Camera:
    """Views of a shot. `subjects` has the one that the shot is of first."""

    STEP = 0.125

    def __init__(
        self, size: ShotSize, move: Move, aspect: float, seconds: float, subjects: Sequence[Subject]
    ) -> None:
        self._size, self._move, self._seconds = size, move, max(seconds, 1e-6)
        self._subjects = subjects
        stature = self._stature() if size not in ("LS", "ELS") else 1.0
        self.width, self.height = (stature * side for side in frame(size, aspect))
        self._times = np.arange(0, seconds + self.STEP, self.STEP)
        centres = np.array([self._aim(float(t)) for t in self._times])
        self._x, self._y = (_smooth(centres[:, k]) for k in (0, 1))

    def _stature(self) -> float:
        """The subject against a grown person: a child's medium shot is nearer, a rider's farther."""
        if not self._subjects:
            return 1.0
        tallest = max(_GROUND - s.top(0.0) for s in self._subjects[:2]) / 3.75
        return min(max(0.3 + 0.7 * tallest, 0.72), 1.3)

    def _aim(self, seconds: float) -> tuple[float, float]:
        """Centre that the size asks for, before moves."""
        height = self.height
        if not self._subjects or self._size in ("LS", "ELS"):
            ground = 0.8 if self._size == "ELS" else 0.844
            tight = not self._subjects and height < 9
            y = 5.2 if tight else _GROUND + (0.5 - ground) * height
            return CENTRE[0], y
        first = self._subjects[0]
        if self._size == "insert":
            return first.hand(seconds)
        if self._size in ("MLS", "MS", "two-shot"):
            top = min(s.top(seconds) for s in self._subjects) - 0.1 * height
            # A figure that sinks or lies down is followed only so far: the ground stays in the picture's foot.
            return CENTRE[0], min(top, _GROUND + 0.9 - height) + 0.5 * height
        x, y = first.face(seconds)
        if self._size == "ECU":
            return x, y
        share = 0.5 - 0.08 * first.facing
        if len(self._subjects) > 1:
            # The subject keeps its side of the picture, so that reverse angles match.
            share = 0.4 if first.at < 0.5 else 0.6
        # Under the tallest hat the face is what the picture is of.
        top = max(first.top(seconds) - 0.12 * height, y - _FACE * height)
        return x - (share - 0.5) * self.width, top + 0.5 * height

    def at(self, seconds: float) -> View:
        """The view at a second of the shot."""
        x = float(np.interp(seconds, self._times, self._x))
        y = float(np.interp(seconds, self._times, self._y))
        t = min(max(seconds / self._seconds, 0.0), 1.0)
        e = 0.35 * t + 0.65 * eased(t)
        width, height = self.width, self.height
        pan = tilt = orbit = 0.0
        dolly = 1.0
        wide = 0.16 * width if self._size in ("LS", "ELS") else 0.13 * width
        high = 0.12 * height
        swing = 2 * e - 1
        match self._move:
            case "pan left" | "pan right":
                pan = wide * swing * (1 if self._move == "pan right" else -1)
            case "truck left" | "truck right":
                x += 1.15 * wide * swing * (1 if self._move == "truck right" else -1)
            case "tilt up" | "tilt down":
                tilt = high * swing * (-1 if self._move == "tilt up" else 1)
            case "crane up" | "crane down":
                y += 1.25 * high * swing * (-1 if self._move == "crane up" else 1)
            case "dolly in" | "zoom in":
                dolly = 1.12 - 0.3 * e
            case "dolly out" | "zoom out":
                dolly = 0.82 + 0.3 * e
            case "orbit":
                orbit = 0.9 * wide * swing
        if dolly != 1.0:
            # Nearing keeps the aimed-at face where it is: the picture tightens about the subject.
            if self._subjects and self._size in ("LS", "ELS", "MLS"):
                fx, fy = self._subjects[0].face(seconds)
                pull = 1 - dolly
                x, y = x + (fx - x) * pull * 0.9, y + (fy + 0.9 - y) * pull
            width, height = width * dolly, height * dolly
        if self._size == "POV":
            x += 0.03 * width * math.sin(1.3 * seconds)
            y += 0.02 * height * math.sin(2.1 * seconds + 1)
        fits = min(1.0, (RIGHT - LEFT) / width, (BOTTOM - TOP) / height)
        width, height = width * fits, height * fits
        x = min(max(x + pan, LEFT + width / 2), RIGHT - width / 2)
        y = min(max(y + tilt, TOP + height / 2), BOTTOM - height / 2)
        return View(x, y, width, height, pan, tilt, dolly if self._move.startswith("dolly") else 1.0, orbit)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Gaussian over half a second, so that the camera does not nod with the head."""
    reach = 12
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / 4.0) ** 2)
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
