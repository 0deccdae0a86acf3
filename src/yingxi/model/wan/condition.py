"""How a given picture enters the transformer: as further channels, or in place of the first latent frame.

Shapes: F latent frames, C channels, h w latent rows and columns, T frames, H W pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat

import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.model.pixels import to_tensor
from yingxi.model.wan.family import MASK_CHANNELS
from yingxi.model.wan.vae import FRAMES, WanVAE


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


def encoded(vae: WanVAE, frames: Iterable[Frames], device: torch.device) -> Tensor:
    """Frames [H,W,3], 1+4k of them -> normalised latents [1,1+k,C,h,w]. Four frames are in memory at a time."""
    return _encoded(vae, (_pixels(frame, device) for frame in frames))


def in_place(vae: WanVAE, picture: Frames, device: torch.device) -> Condition:
    """Wan 2.2 TI2V: the picture [H,W,3] is the first latent frame."""
    return Condition(first=encoded(vae, [picture], device))


def beside(
    vae: WanVAE, first: Frames, last: Frames | None, latents: int, span: int, device: torch.device
) -> Condition:
    """Image to video: a mask of the frames that are given, and the clip encoded with grey for those that are not."""
    start = _pixels(first, device)
    grey = torch.zeros_like(start)
    end = grey if last is None else _pixels(last, device)
    z = _encoded(vae, [start] if latents == 1 else [start, *[grey] * (span * (latents - 1) - 1), end])
    mask = torch.zeros(latents, MASK_CHANNELS, device=device)
    mask[0] = 1
    if last is not None:
        mask[-1, -1] = 1
    mask = mask[None, :, :, None, None].expand(1, latents, MASK_CHANNELS, *z.shape[-2:])
    return Condition(channels=torch.cat((mask, z), dim=2))


def lasting(source: Frames, frames: int) -> Iterator[Frames]:
    """Frames [H,W,3] of the source [T,H,W,3], the last one held until there are `frames`."""
    return chain(source, repeat(source[-1], frames - len(source)))


def _pixels(frame: Frames, device: torch.device) -> Tensor:
    """[H,W,3] -> [3,H,W]."""
    return to_tensor(frame[None])[0].to(device)


def _encoded(vae: WanVAE, frames: Iterable[Tensor]) -> Tensor:
    """Frames [3,H,W] -> [1,1+k,C,h,w]."""
    frames = iter(frames)
    fours = iter(lambda: list(islice(frames, FRAMES)), [])
    chunks = (torch.stack(chunk, dim=1) for chunk in chain([[next(frames)]], fours))
    return vae.latents(chunks).transpose(0, 1)[None]
