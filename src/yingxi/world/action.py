"""Actions as data: curves of joint angles over a cycle or once through, and how the figure travels."""

import bisect
import itertools
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.story import Language
from yingxi.world import rig as skeleton
from yingxi.world.rig import Curves, Keys, Rig

FOLDER = Path(__file__).parent / "actions"
Effect = Literal[
    "cloud", "smoke out", "smoke in", "horse", "stool", "couch", "zither", "water", "ladder", "throw", "change"
]  # fmt: skip


class Action(Document):
    """`seconds` is a cycle if `loop`, else the whole. Curves run over phase 0..1 by joint, in degrees.

    `travels` is the natural speed in units a second, 0 for actions that stay. `still` is the phase that a single
    picture shows. `gap` is how far from `toward` the figure stands. `level` keeps the feet flat on the ground;
    without `ground` the figure hangs where `lift` puts it. Speech may move the arms of a figure unless `busy`.
    `holds` is the part that a person's near hand holds meanwhile, whatever its look's prop is; `none` empties it.
    `name` is its file's: rigs that move like no other have curves of their own under it.
    """

    words: dict[Language, tuple[str, ...]]
    seconds: float = Field(gt=0)
    loop: bool = True
    travels: float = Field(0.0, ge=0)
    still: float = Field(0.0, ge=0, le=1)
    gap: float | None = None
    level: float = Field(1.0, ge=0, le=1)
    ground: bool = True
    busy: bool = False
    effect: Effect | None = None
    holds: str | None = None
    human: Curves
    quadruped: Curves | None = None
    name: str = ""

    def _played(self, rig: str) -> tuple[Curves, bool]:
        """A rig's curves for this action, and whether it does it over and over."""
        kind = skeleton.load(rig)
        if self.name in kind.curves:
            return kind.curves[self.name], self.loop
        if "quadruped" in (rig, kind.like) and self.quadruped is not None:
            return self.quadruped, self.loop
        if kind.curves and not kind.like:
            return kind.curves["walk" if self.travels else "stand"], True
        return self.human, self.loop

    def cyclic(self, rig: str) -> bool:
        """Whether a rig does it over and over: a loop, or what stands in for an action that the rig does not know."""
        return self._played(rig)[1]

    def pose(self, rig: str, phase: float) -> dict[str, float]:
        """Angles by joint at a phase (taken modulo 1 in a cycle)."""
        curves, cyclic = self._played(rig)
        phase = phase % 1.0 if cyclic else min(max(phase, 0.0), 1.0)
        return {joint: value(keys, phase, cyclic) for joint, keys in curves.items()}


def value(keys: Keys, phase: float, cyclic: bool) -> float:
    """A monotone cubic (PCHIP: Fritsch and Carlson 1980) through the keys: no overshoot, at rest at extremes."""
    if not isinstance(keys, tuple):
        return keys
    if len(keys) == 1:
        return keys[0][1]
    return _spline(keys, cyclic)(phase)


class _Spline:
    def __init__(self, keys: Sequence[tuple[float, float]], cyclic: bool) -> None:
        if cyclic:
            keys = [k for k in keys if k[0] < 1.0]
            if len(keys) > 1:
                keys = [(keys[-1][0] - 1, keys[-1][1]), *keys, *((p + 1, v) for p, v in keys[:2])]
        self.x = [k[0] for k in keys]
        self.y = [k[1] for k in keys]
        steps = [(b - a) / (q - p) for (p, a), (q, b) in itertools.pairwise(keys)]
        inner = [2 * m * n / (m + n) if m * n > 0 else 0.0 for m, n in itertools.pairwise(steps)]
        ends = (inner[-1], inner[0]) if cyclic and inner else (0.0, 0.0)
        self.slope = [ends[0], *inner, ends[1]]

    def __call__(self, x: float) -> float:
        if x <= self.x[0]:
            return self.y[0]
        if x >= self.x[-1]:
            return self.y[-1]
        i = bisect.bisect_right(self.x, x) - 1
        width = self.x[i + 1] - self.x[i]
        t = (x - self.x[i]) / width
        s = 1 - t
        return (
            self.y[i] * (1 + 2 * t) * s * s
            + self.y[i + 1] * (1 + 2 * s) * t * t
            + width * t * s * (self.slope[i] * s - self.slope[i + 1] * t)
        )


@cache
def _spline(keys: tuple[tuple[float, float], ...], cyclic: bool) -> _Spline:
    return _Spline(keys, cyclic)


def names() -> list[str]:
    """Every action that there is, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def load(name: str) -> Action:
    """The action called `name`. Raises YingxiError naming what there is."""
    path = FOLDER / f"{name}.yaml"
    if "/" in name or not path.is_file():
        raise YingxiError(f"no action is called {name!r}; there is {', '.join(names())}")
    return load_yaml(path, Action).model_copy(update={"name": name})


class Gait:
    """How far a cycle carries the figure when the foot on the ground does not slide.

    `phase(distance)` is where in the cycle the figure is after that distance, in the rig's units.
    """

    SAMPLES = 64

    def __init__(self, action: Action, rig_name: str, rig: Rig) -> None:
        feet: dict[str, list[tuple[float, float]]] = {}
        for k in range(self.SAMPLES + 1):
            frames = rig.place(action.pose(rig_name, k / self.SAMPLES), action.level)
            for joint, x, y in rig.contacts:
                if joint.startswith(("foot", "hoof")):
                    feet.setdefault(f"{joint}{x}", []).append(frames[joint].at(x, y))
        tracks = np.array(list(feet.values()))  # [contacts, samples + 1, xy]
        back = -np.diff(tracks[:, :, 0], axis=1)
        # Of the feet that go backwards the lowest carries; a run leaves the ground, but never stops in the air.
        height = np.where(back > 0, tracks[:, :-1, 1], -np.inf)
        steps = back[height.argmax(axis=0), np.arange(self.SAMPLES)]
        steps = np.maximum(steps, 0.3 * max(float(steps.mean()), 1e-3))
        self._distance = np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def stride(self) -> float:
        return float(self._distance[-1])

    def phase(self, distance: float) -> float:
        turns, rest = divmod(distance, self.stride)
        return turns + float(np.interp(rest, self._distance, np.linspace(0, 1, self.SAMPLES + 1)))


@cache
def gait(action_name: str, rig_name: str) -> Gait:
    """The gait of an action on a rig."""

    return Gait(load(action_name), rig_name, skeleton.load(rig_name))


def eased(t: float) -> float:
    """0..1 with rest at both ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def sway(seconds: float, seed: float, period: float) -> float:
    """-1..1, slow and without an obvious repeat: nothing on the stage is ever quite still."""
    turn = math.tau * (seconds / period + seed)
    return 0.6 * math.sin(turn) + 0.4 * math.sin(0.618 * turn + 2.1 * seed)
