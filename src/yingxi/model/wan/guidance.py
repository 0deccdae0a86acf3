"""Velocities with guidance: what the prompt wants, drawn away from what the negative prompt wants.

Ho and Salimans, arXiv 2207.12598. Both are asked for in one pass, and the text's keys and values are computed once.
"""

from bisect import bisect_right
from collections.abc import Sequence

import torch
from torch import Tensor

from yingxi.model.context import Context, per_frame, stack
from yingxi.model.wan.text import LENGTH
from yingxi.model.wan.transformer import Expert, Transformers


class Guided:
    """Predicts velocities. `scales` are the guidance at high and low noise; 1 or less is none."""

    def __init__(
        self,
        transformers: Transformers,
        shots: Sequence[tuple[int, Tensor]],
        negative: Tensor,
        picture: Tensor | None,
        scales: tuple[float, float],
    ) -> None:
        """`shots` are latent frames and the vectors [n,D] of what is seen from there on; so is `negative` of what is
        not wanted. `picture` is CLIP's [1,S,1280]."""
        self.transformers = transformers
        self.shots = shots
        self.negative = negative
        self.picture = picture
        self.scales: dict[Expert, float] = {"dit": scales[0], "dit_2": scales[1]}
        self._expert: Expert | None = None
        self._said: list[Context]
        self._heard: list[int] = []
        self._context: Context

    def velocity(self, t: float, x: Tensor, levels: Tensor, first: int) -> Tensor:
        """In a step at `t`: `x` [1,F,C,h,w] at each frame's timestep `levels` [1,F] -> velocity [1,F,C,h,w].

        `first` is the clip's latent frame that `x` begins with: it says which texts are heard.
        """
        expert = self.transformers.expert(t)
        scale = self.scales[expert]
        dit = self.transformers.load(expert)  # not kept here: the other one is freed by now
        if expert != self._expert:
            texts = [*(text for _, text in self.shots), *([self.negative] if scale > 1 else [])]
            self._said = [dit.context(text[None], LENGTH - len(text), self.picture) for text in texts]
            self._heard = []
            self._expert = expert
        self._hear(first, x.shape[1])
        times = torch.arange(x.shape[1], dtype=torch.float32, device=x.device)[None]
        v = dit(x, levels, times, self._context).float()
        if scale <= 1:
            return v
        wanted, unwanted = v.chunk(2)
        return unwanted + scale * (wanted - unwanted)

    def _hear(self, first: int, frames: int) -> None:
        """Bring together what these latent frames are told, unless it is what the last ones were told."""
        starts = [start for start, _ in self.shots]
        heard = [bisect_right(starts, frame) - 1 for frame in range(first, first + frames)]
        if heard == self._heard:
            return
        alike = len(set(heard)) == 1
        wanted = self._said[heard[0]] if alike else per_frame([self._said[shot] for shot in heard])
        self._context = stack([wanted, *self._said[len(starts) :]])
        self._heard = heard
