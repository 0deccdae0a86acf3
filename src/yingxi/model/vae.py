"""The video autoencoder: four frames of 16x16 pixels become one latent vector.

Encoding is linear: the principal components of such patches, the strongest first and scaled so that all are of use to
a diffusion model. Decoding starts from the same components and lets a network redraw what they miss. Each latent
frame stands by itself: no first frame is special, so windows start anywhere and loops are rotations.

Nearly all the network's work is matrix products at latent resolution, which a CPU does best; a few convolutions at
a quarter of the pixels' resolution see across the patches' borders.

Shapes: N latent frames, L tokens, D width, C latent channels, P = 3072 numbers of a patch; pictures `[N,4,3,H,W]` in
-1..1.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model import rotary
from yingxi.model.block import FeedForward
from yingxi.model.device import attention

FRAMES = 4
PATCH = 16
CELL = 4
PIXELS = 3 * FRAMES * PATCH**2


@dataclass(frozen=True)
class VAEConfig:
    """`decoder` layers of `width`, then `convolutions` residual pairs of `features`."""

    channels: int = 128
    width: int = 256
    head: int = 64
    ffn: int = 768
    decoder: int = 4
    features: int = 64
    convolutions: int = 2


class Layer(nn.Module):
    """Pre-norm self-attention and feed-forward over the tokens of one latent frame."""

    def __init__(self, width: int, head: int, ffn: int) -> None:
        super().__init__()
        self.heads = width // head
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.ffn = FeedForward(width, ffn)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """[N,L,D] -> [N,L,D]."""
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        h = attention(rotary.rotate(q, *turn), rotary.rotate(k, *turn), v)
        x = x + self.out(h.transpose(1, 2).flatten(2))
        return x + self.ffn(self.norm2(x))


class Convolution(nn.Module):
    """A residual pair of 3x3 convolutions."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(features, features, 3, padding=1)
        self.conv2 = nn.Conv2d(features, features, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


def patches(x: Tensor) -> Tensor:
    """[N,4,3,H,W] -> [N,L,P]."""
    count, _, _, height, width = x.shape
    x = x.reshape(count, FRAMES, 3, height // PATCH, PATCH, width // PATCH, PATCH)
    return x.permute(0, 3, 5, 1, 2, 4, 6).flatten(3).flatten(1, 2)


def pictures(x: Tensor, rows: int, columns: int) -> Tensor:
    """[N,L,P] -> [N,4,3,H,W]."""
    x = x.unflatten(2, (FRAMES, 3, PATCH, PATCH)).unflatten(1, (rows, columns))
    x = x.permute(0, 3, 4, 1, 5, 2, 6)
    return x.reshape(len(x), FRAMES, 3, rows * PATCH, columns * PATCH)


class VideoVAE(nn.Module):
    mean: Tensor
    basis: Tensor
    scale: Tensor

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        width, cells = config.width, (PATCH // CELL) ** 2
        self.register_buffer("mean", torch.zeros(PIXELS))
        self.register_buffer("basis", torch.zeros(config.channels, PIXELS))
        self.register_buffer("scale", torch.ones(config.channels))
        self.from_latent = nn.Linear(config.channels, width)
        self.decoder = nn.ModuleList([Layer(width, config.head, config.ffn) for _ in range(config.decoder)])
        self.norm_out = nn.LayerNorm(width)
        self.to_cells = nn.Linear(width, cells * config.features)
        self.from_base = nn.Conv2d(3 * FRAMES * CELL**2, config.features, 1)
        self.convolutions = nn.Sequential(*[Convolution(config.features) for _ in range(config.convolutions)])
        self.to_pixels = nn.Conv2d(config.features, 3 * FRAMES * CELL**2, 3, padding=1)
        for parameter in self.to_pixels.parameters():
            nn.init.zeros_(parameter)

    def encode(self, x: Tensor) -> Tensor:
        """[N,4,3,H,W] in -1..1 -> [N,C,H/16,W/16]."""
        rows, columns = x.shape[3] // PATCH, x.shape[4] // PATCH
        z = (patches(x) - self.mean) @ self.basis.T * self.scale
        return z.transpose(1, 2).unflatten(2, (rows, columns))

    def base(self, z: Tensor) -> Tensor:
        """[N,C,h,w] -> [N,4,3,16h,16w]: what the components alone say."""
        x = (z.flatten(2).transpose(1, 2) / self.scale) @ self.basis + self.mean
        return pictures(x, *z.shape[2:])

    def decode(self, z: Tensor) -> Tensor:
        """[N,C,h,w] -> [N,4,3,16h,16w], about -1..1."""
        rows, columns = z.shape[2:]
        base = self.base(z)
        x = self.from_latent(z.flatten(2).transpose(1, 2))
        times = torch.zeros(1, 1, device=z.device)
        cosines, sines = rotary.tables(times, rows, columns, self.config.head)
        turn = cosines.to(x.dtype), sines.to(x.dtype)
        for layer in self.decoder:
            x = layer(x, turn)
        x = self.to_cells(self.norm_out(x)).transpose(1, 2).unflatten(2, (rows, columns))
        x = F.pixel_shuffle(x, PATCH // CELL) + self.from_base(F.pixel_unshuffle(base.flatten(1, 2), CELL))
        x = F.pixel_shuffle(self.to_pixels(self.convolutions(x)), CELL)
        return base + x.unflatten(1, (FRAMES, 3))
