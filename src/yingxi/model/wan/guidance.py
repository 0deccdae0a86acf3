"""Velocities with guidance: what the prompt wants, drawn away from what the negative prompt wants.

Ho and Salimans, arXiv 2207.12598. Both are asked for in one pass, and the text's keys and values are computed once.
"""

from bisect import bisect_right
from collections.abc import Sequence

import torch
from torch import Tensor

from yingxi.model.context import Context, per_frame, stack
from yingxi.model.dit import DiT
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
        self._dit: DiT
        self._context: Context

    def velocity(self, x: Tensor, t: float, levels: Tensor) -> Tensor:
        """`x` [1,F,C,h,w] at each frame's timestep `levels` [1,F] in a step at `t` -> velocity [1,F,C,h,w]."""
        expert = self.transformers.expert(t)
        scale = self.scales[expert]
        if expert != self._expert:
            self._dit = self.transformers.load(expert)
            wanted = self._wanted(x.shape[1])
            self._context = stack([wanted, self._say(self.negative)]) if scale > 1 else wanted
            self._expert = expert
        times = torch.arange(x.shape[1], dtype=torch.float32, device=x.device)[None]
        v = self._dit(x, levels, times, self._context).float()
        if scale <= 1:
            return v
        wanted, unwanted = v.chunk(2)
        return unwanted + scale * (wanted - unwanted)

    def _wanted(self, frames: int) -> Context:
        contexts = [self._say(text) for _, text in self.shots]
        if len(contexts) == 1:
            return contexts[0]
        starts = [start for start, _ in self.shots]
        return per_frame([contexts[bisect_right(starts, frame) - 1] for frame in range(frames)])

    def _say(self, text: Tensor) -> Context:
        return self._dit.context(text[None], padding=LENGTH - len(text), image=self.picture)
