"""Clips longer than the transformer's windows: in each step it sees one stretch of time after another.

The velocities of windows that overlap are blended: MultiDiffusion (Bar-Tal et al., arXiv 2302.08113) along time, as
in Gen-L-Video (Wang et al., arXiv 2305.18264). The transformer's memory is that of one window, whatever the duration.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Predict = Callable[[Tensor, Tensor, int], Tensor]
"""(latent frames [1,n,C,h,w], their timesteps [1,n], the place of the first) -> velocities [1,n,C,h,w]."""


@dataclass(frozen=True)
class Windows:
    """`total` latent frames, seen `length` at a time. With `loop` the last are followed by the first.

    Frames and velocities have the same channels where there is more than one window.
    """

    total: int
    length: int
    loop: bool = False

    @property
    def overlap(self) -> int:
        """The least number of latent frames that two windows share: a quarter left no seam where it was measured."""
        return self.length // 4

    @property
    def joint(self) -> int:
        """How many of a loop's first latent frames are seen once more after its end."""
        return self.overlap if self.loop and self.total > self.length else 0

    @property
    def starts(self) -> list[int]:
        """The first latent frame of each window, evenly apart."""
        last = max(0, self.total + self.joint - self.length)
        count = -(-last // (self.length - self.overlap))
        return [last * i // max(1, count) for i in range(count + 1)]

    def blended(self, predict: Predict, x: Tensor, levels: Tensor) -> Tensor:
        """Velocities of `x` [1,F,C,h,w] at timesteps `levels` [1,F]; those of a single window as they are."""
        if self.length >= self.total:
            return predict(x, levels, 0)
        x, levels = (torch.cat((y, y[:, : self.joint]), dim=1) for y in (x, levels))
        out, seen = torch.empty_like(x), 0
        for start in self.starts:
            stop = start + self.length
            v = predict(x[:, start:stop], levels[:, start:stop], start)
            shared = seen - start
            out[:, start:seen] = crossfade(out[:, start:seen], v[:, :shared])
            out[:, seen:stop] = v[:, shared:]
            seen = stop
        if self.joint:
            out[:, : self.joint] = crossfade(out[:, self.total :], out[:, : self.joint])
        return out[:, : self.total]


def crossfade(before: Tensor, after: Tensor) -> Tensor:
    """From one [1,n,C,h,w] to the other along n; where they agree, exactly what they agree on.

    The weight of the later one begins at 0: the first latent frame of its window was seen as that of a clip, which
    stands for one frame and not for four.
    """
    count = before.shape[1]
    weight = torch.arange(count, dtype=before.dtype, device=before.device) / max(1, count)
    return torch.lerp(before, after, weight.view(-1, 1, 1, 1))
