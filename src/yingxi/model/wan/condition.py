"""How a given picture enters the transformer: as further channels, or in place of the first latent frame.

Shapes: F latent frames, C channels, h w latent rows and columns, T frames, H W pixels.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.model.pixels import to_tensor
from yingxi.model.wan.family import MASK_CHANNELS


@dataclass(frozen=True, eq=False)
class Condition:
    """`channels` [1,F,4+C,h,w] go beside the noise; `first` [1,1,C,h,w] goes in place of the first latent frame."""

    channels: Tensor | None = None
    first: Tensor | None = None

    def input(self, x: Tensor, t: float) -> tuple[Tensor, Tensor]:
        """Noise `x` [1,F,C,h,w] at timestep `t` -> what the transformer sees, and each frame's timestep [1,F]."""
        levels = torch.full(x.shape[:2], t, device=x.device)
        if self.first is not None:
            x, levels = self.held(x), levels.clone()
            levels[:, 0] = 0
        if self.channels is not None:
            x = torch.cat((x, self.channels), dim=2)
        return x, levels

    def held(self, x: Tensor) -> Tensor:
        """`x` with the first latent frame that was given, if one was."""
        return x if self.first is None else torch.cat((self.first, x[:, 1:]), dim=1)


def encoded(vae: Any, frames: Frames, device: torch.device) -> Tensor:
    """[T,H,W,3] with T = 1+4k -> normalised latents [1,1+k,C,h,w]."""
    x = to_tensor(frames).movedim(0, 1)[None].to(device)
    return vae.encode(x).transpose(1, 2)


def in_place(vae: Any, picture: Frames, device: torch.device) -> Condition:
    """Wan 2.2 TI2V: the picture [H,W,3] is the first latent frame."""
    return Condition(first=encoded(vae, picture[None], device))


def beside(vae: Any, first: Frames, last: Frames | None, latents: int, span: int, device: torch.device) -> Condition:
    """Image to video: a mask of the frames that are given, and the clip encoded with grey for those that are not."""
    frames = 1 + span * (latents - 1)
    x = torch.zeros(1, 3, frames, *first.shape[:2], device=device)
    x[:, :, 0] = to_tensor(first[None])[0].to(device)
    mask = torch.zeros(latents, MASK_CHANNELS, device=device)
    mask[0] = 1
    if last is not None:
        x[:, :, -1] = to_tensor(last[None])[0].to(device)
        mask[-1, -1] = 1
    z = vae.encode(x).transpose(1, 2)
    mask = mask[None, :, :, None, None].expand(1, latents, MASK_CHANNELS, *z.shape[-2:])
    return Condition(channels=torch.cat((mask, z), dim=2))


def lasting(source: Frames, frames: int) -> Frames:
    """The source [T,H,W,3] with its last frame held until there are `frames`."""
    return np.pad(source, ((0, frames - len(source)), (0, 0), (0, 0), (0, 0)), mode="edge")
