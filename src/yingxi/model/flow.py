"""Rectified flow: straight lines from noise to latents, each latent frame at a noise level of its own.

At level s in 0..1 a frame is (1-s) x + s noise. The network predicts x; the velocity along the line is
(x_s - x) / s. Liu et al., arXiv 2209.03003; per-frame levels as in Diffusion Forcing, arXiv 2407.01392.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor

from yingxi.model.caching import StepCache

LEAST_LEVEL = 0.1

Predict = Callable[[Tensor, Tensor], Tensor]
"""(frames [B,F,C,H,W], levels [B,F]) -> predicted clean frames [B,F,C,H,W]."""

Level = TypeVar("Level", float, Tensor)

OnStep = Callable[[int, int, Tensor], None]
"""Called with (steps done, steps in all, clean frames [B,F,C,H,W] as predicted)."""


@dataclass(frozen=True)
class Schedule:
    """`steps` levels from 1 down to 0, bent towards noise by `shift`; the last `strength` of them are run."""

    steps: int
    shift: float = 4.0
    strength: float = 1.0

    @property
    def count(self) -> int:
        """Steps that are run, at least one."""
        return max(1, round(self.steps * self.strength))

    def levels(self) -> list[float]:
        return [bent(i / self.steps, self.shift) for i in range(self.count, -1, -1)]


def bent(level: Level, shift: float) -> Level:
    """A level of 0..1 moved towards noise; Esser et al., arXiv 2403.03206."""
    return shift * level / (1 + (shift - 1) * level)


def noised(x: Tensor, noise: Tensor, levels: Tensor) -> Tensor:
    """Frames `x` [B,F,C,H,W] at `levels` [B,F]."""
    s = levels[:, :, None, None, None].to(x.dtype)
    return (1 - s) * x + s * noise


def plain_guess(x: Tensor, levels: Tensor, spread: Tensor) -> Tensor:
    """What each number of noisy frames `x` [B,F,C,H,W] at `levels` [B,F] says of its clean one by itself: Wiener's
    filter, where the channels' variances are `spread` [C]. The network adds to it, so it need not copy what it sees
    through layers that are narrower than a token; as the skip of Karras et al., arXiv 2206.00364.
    """
    # Strong channels change little from cell to cell: the network tells them better from what lies around.
    s, v = levels[:, :, None, None, None], spread.clamp(max=1)[:, None, None]
    return x * ((1 - s) * v / ((1 - s).square() * v + s.square()))


def clean_frames(made: Tensor, x: Tensor, levels: Tensor, spread: Tensor) -> Tensor:
    """The clean frames that a network's numbers `made` [B,F,2C,H,W] stand for: one half is added to the plain guess,
    the other says how much more or less of the guess to take. Where a picture is flat all fine detail is noise,
    elsewhere most of it is picture, and the network can tell which is which.
    """
    added, more = made.float().chunk(2, dim=2)
    return added + (1 + more) * plain_guess(x, levels, spread)


def guided(given: Tensor, without: Tensor, guidance: float) -> Tensor:
    """The numbers [B,F,2C,H,W] for `clean_frames` under guidance: what is added is led away from what no text would
    add; how much of the noisy frames to believe is no matter of the text's strength.
    """
    (given, weights), (without, _) = given.chunk(2, dim=2), without.chunk(2, dim=2)
    return torch.cat((without + guidance * (given - without), weights), dim=2)


def velocity_loss(predicted: Tensor, x: Tensor, levels: Tensor, weight: Tensor, spread: Tensor) -> Tensor:
    """Squared error of the velocity, from a prediction of x [B,F,C,H,W], averaged by `weight` [B,F,H,W].

    Channels count by their deviation, the root of `spread` [C]: the layout is in a few strong ones, and most of the
    others are detail that noise hides.
    """
    strength = (spread.sqrt() / spread.sqrt().mean())[:, None, None]
    errors = ((predicted.float() - x.float()).square() * strength).mean(2)
    errors = errors / levels.clamp(min=LEAST_LEVEL).square()[:, :, None, None]
    return (errors * weight).sum() / weight.sum().clamp(min=1)


def sample(
    predict: Predict,
    noise: Tensor,
    schedule: Schedule,
    *,
    rotate: bool = False,
    cache: float = 0.0,
    straight: bool = False,
    on_step: OnStep | None = None,
) -> Tensor:
    """Adams-Bashforth steps of second order from `noise` [B,F,C,H,W], frames at the schedule's first level, to clean
    frames; with `straight` of first order, for what was distilled into such steps.

    With `rotate` the frames are turned by one in time after each step, so that no seam is ever at rest and the
    result is a loop; it is turned back at the end. `cache` is the threshold of a StepCache.
    """
    levels = schedule.levels()
    x, turned = noise, 0
    cached = StepCache(cache)
    v = slope = torch.zeros(())
    for i, (level, following) in enumerate(pairwise(levels)):
        before, v = v, cached.velocity(level, partial(_velocity, predict, x, level), exact=following == 0)
        if i and not straight:
            slope = (v - before) / (level - levels[i - 1])
        clean = x - level * v
        # The last step ends at the prediction itself, not beyond it.
        x = x + (following - level) * (v + slope * ((following - level) / 2)) if following else clean
        if rotate:
            x, v, turned = x.roll(1, dims=1), v.roll(1, dims=1), turned + 1
            cached.turn(1)
        if on_step:
            on_step(i + 1, len(levels) - 1, clean.roll(-i, dims=1) if rotate else clean)
    return x.roll(-turned, dims=1) if turned else x


def _velocity(predict: Predict, x: Tensor, level: float) -> Tensor:
    return (x - predict(x, torch.full(x.shape[:2], level))) / level
