"""From noise to latents in few evaluations: UniPC and Euler on the straight lines of rectified flow.

At level s in 0..1 a latent is (1-s) x + s noise, and the network predicts the velocity noise - x. UniPC: Zhao et al.,
arXiv 2302.04867, second order, B(h) = e^h - 1, predicting x. Both give what diffusers 0.42.1 gives; the coefficients
are float32, since for many small steps its rounding can be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yingxi.core.errors import YingxiError

TRAIN_STEPS = 1000


class Solver(Protocol):
    """One run from noise to latents. `levels` has a last 0, `timesteps` (0..1000) one entry a step."""

    levels: Tensor
    timesteps: list[float]
    clean: Tensor

    def step(self, velocity: Tensor, x: Tensor) -> Tensor:
        """From `x` at this level to the next. Afterwards `clean` is what x was predicted to be."""
        ...

    def turn(self, dim: int) -> None:
        """Rotate what is remembered of earlier steps by one along `dim`, as the caller rotates x."""
        ...


@dataclass(frozen=True)
class Scheduler:
    """Which solver a checkpoint wants, and the shift of its levels towards noise."""

    euler: bool
    shift: float

    def solver(self, steps: int, shift: float | None = None, start: int = 0) -> Solver:
        """A run of `steps` steps, of which the first `start` are skipped."""
        kind = Euler if self.euler else UniPC
        return kind(steps, self.shift if shift is None else shift, start)


_UNIPC = {
    "num_train_timesteps": TRAIN_STEPS,
    "solver_order": 2,
    "solver_type": "bh2",
    "prediction_type": "flow_prediction",
    "predict_x0": True,
    "use_flow_sigmas": True,
    "lower_order_final": True,
    "disable_corrector": [],
    "final_sigmas_type": "zero",
    "thresholding": False,
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "use_dynamic_shifting": False,
    "shift_terminal": None,
}
_EULER = {
    "num_train_timesteps": TRAIN_STEPS,
    "use_dynamic_shifting": False,
    "invert_sigmas": False,
    "shift_terminal": None,
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "stochastic_sampling": False,
}
_REQUIRED = ("prediction_type", "use_flow_sigmas")


def read_scheduler(config: Mapping[str, Any]) -> Scheduler:
    """A checkpoint's `scheduler_config.json`. Raises YingxiError, naming a setting that is not Wan's."""
    kinds = {"UniPCMultistepScheduler": (_UNIPC, "flow_shift"), "FlowMatchEulerDiscreteScheduler": (_EULER, "shift")}
    name = config.get("_class_name")
    if name not in kinds:
        raise YingxiError(f"the scheduler {name} is not one of Wan's: {' or '.join(kinds)}")
    expected, key = kinds[name]
    for setting, value in expected.items():
        found = config.get(setting, None if setting in _REQUIRED else value)
        if found != value:
            raise YingxiError(f"the scheduler's {setting} is {found}, and Wan's is {value}")
    shift = config.get(key, 1.0)
    if not isinstance(shift, int | float) or not 0 < shift < 1000:
        raise YingxiError(f"the scheduler's {key} is {shift!r}: it must be a number above 0")
    return Scheduler(euler=expected is _EULER, shift=float(shift))


def shifted(levels: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Levels bent towards noise."""
    return shift * levels / (1 + (shift - 1) * levels)


class Euler:
    """One evaluation, one straight step."""

    def __init__(self, steps: int, shift: float, start: int = 0) -> None:
        # The least level of training is shifted twice over: so the published schedule has it.
        least = np.float32(shifted(np.array([1 / TRAIN_STEPS]), shift)[0])
        linear = np.linspace(TRAIN_STEPS, float(least) * TRAIN_STEPS, steps) / TRAIN_STEPS
        levels = torch.from_numpy(shifted(linear, shift)).float()[start:]
        self.levels = torch.cat((levels, torch.zeros(1)))
        self.timesteps: list[float] = (levels * TRAIN_STEPS).tolist()
        self._index = 0

    def step(self, velocity: Tensor, x: Tensor) -> Tensor:
        level, following = self.levels[self._index], self.levels[self._index + 1]
        self._index += 1
        self.clean = x - level * velocity
        return x + (following - level) * velocity

    def turn(self, dim: int) -> None:
        pass


@dataclass(frozen=True)
class Coefficients:
    """A linear step: `x` of what it starts from, and of the predictions now, one and two steps before."""

    x: float
    now: float = 0.0
    before: float = 0.0
    earlier: float = 0.0


class UniPC:
    """Predict with the last two predictions of x, then correct with the one made at the new level."""

    def __init__(self, steps: int, shift: float, start: int = 0) -> None:
        linear = np.linspace(1, 1 / TRAIN_STEPS, steps + 1)[:-1]
        levels = shifted(linear, shift)
        # Exactly 1 would make the signal-to-noise ratio 0 and its logarithm infinite.
        if abs(levels[0] - 1) < 1e-6:
            levels[0] -= 1e-6
        self.timesteps: list[float] = [float(int(t)) for t in levels[start:] * TRAIN_STEPS]
        self.levels = torch.from_numpy(np.append(levels[start:], 0.0)).float()
        count = len(self.timesteps)
        orders = [min(2, i + 1, count - i) for i in range(count)]
        self._predictors = [self._predictor(i, orders[i]) for i in range(count)]
        self._correctors = [self._corrector(i, orders[i - 1]) for i in range(1, count)]
        self._index = 0
        self._last: Tensor
        self._earlier: Tensor

    def _ratio(self, i: int) -> Tensor:
        """Half the logarithm of the signal-to-noise ratio at level i."""
        return torch.log(1 - self.levels[i]) - torch.log(self.levels[i])

    def _predictor(self, i: int, order: int) -> Coefficients:
        h = self._ratio(i + 1) - self._ratio(i)
        reach = (1 - self.levels[i + 1]) * torch.expm1(-h)
        x, now = self.levels[i + 1] / self.levels[i], -reach
        if order == 1:
            return Coefficients(float(x), float(now))
        slope = -0.5 * reach / ((self._ratio(i - 1) - self._ratio(i)) / h)
        return Coefficients(float(x), float(now - slope), float(slope))

    def _corrector(self, i: int, order: int) -> Coefficients:
        """Redoes the step from level i-1 to i."""
        h = self._ratio(i) - self._ratio(i - 1)
        growth = torch.expm1(-h)
        reach = (1 - self.levels[i]) * growth
        x = self.levels[i] / self.levels[i - 1]
        if order == 1:
            return Coefficients(float(x), float(-0.5 * reach), float(-0.5 * reach))
        place = (self._ratio(i - 2) - self._ratio(i - 1)) / h
        first = growth / -h - 1
        second = 2 * (first / -h - 0.5)
        matrix = torch.stack((torch.ones(2), torch.stack((place, torch.ones(())))))
        old, new = torch.linalg.solve(matrix, torch.stack((first, second)) / growth)
        now, earlier = -reach * new, -reach * old / place
        return Coefficients(float(x), float(now), float(-reach - now - earlier), float(earlier))

    def step(self, velocity: Tensor, x: Tensor) -> Tensor:
        i = self._index
        clean = x - self.levels[i] * velocity
        if i:
            c = self._correctors[i - 1]
            x = c.x * self._last + c.now * clean + c.before * self.clean
            if c.earlier:
                x += c.earlier * self._earlier
        p = self._predictors[i]
        following = p.x * x + p.now * clean
        if p.before:
            following += p.before * self.clean
        if i:
            self._earlier = self.clean
        self.clean, self._last = clean, x
        self._index += 1
        return following

    def turn(self, dim: int) -> None:
        self.clean, self._last = self.clean.roll(1, dim), self._last.roll(1, dim)
        if self._index > 1:
            self._earlier = self._earlier.roll(1, dim)
