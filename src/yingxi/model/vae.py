"""The video autoencoder: four frames of 16x16 pixels become one latent vector.

Each latent frame stands by itself: no first frame is special, so windows start anywhere and loops are rotations.
Nearly all the work is matrix products at latent resolution, which a CPU does best; a few convolutions at a quarter
of the pixels' resolution see across the patches' borders.

Shapes: N latent frames, L tokens, D width, C latent channels; pictures `[N,4,3,H,W]` in -1..1.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model import rotary
from yingxi.model.dit import FeedForward, attention

FRAMES = 4
PATCH = 16
CELL = 4


@dataclass(frozen=True)
class VAEConfig:
    channels: int = 48
    width: int = 256
    head: int = 64
    ffn: int = 768
    encoder: int = 3
    decoder: int = 4
    features: int = 64
    convolutions: int = 2


class Layer(nn.Module):
    """Pre-norm self-attention and feed-forward over the tokens of one latent frame."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = width // config.head
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.ffn = FeedForward(width, config.ffn)

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


class VideoVAE(nn.Module):
    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        width, pixels = config.width, 3 * FRAMES * PATCH**2
        cells = (PATCH // CELL) ** 2
        self.patch_in = nn.Linear(pixels, width)
        self.encoder = nn.ModuleList([Layer(config) for _ in range(config.encoder)])
        self.norm_in = nn.LayerNorm(width)
        self.to_latent = nn.Linear(width, config.channels)
        self.from_latent = nn.Linear(config.channels, width)
        self.decoder = nn.ModuleList([Layer(config) for _ in range(config.decoder)])
        self.norm_out = nn.LayerNorm(width)
        self.to_cells = nn.Linear(width, cells * config.features)
        self.convolutions = nn.Sequential(*[Convolution(config.features) for _ in range(config.convolutions)])
        self.to_pixels = nn.Conv2d(config.features, 3 * FRAMES * CELL**2, 3, padding=1)

    def turn(self, rows: int, columns: int, like: Tensor) -> tuple[Tensor, Tensor]:
        times = torch.zeros(1, 1, device=like.device)
        cosines, sines = rotary.tables(times, rows, columns, self.config.head)
        return cosines.to(like.dtype), sines.to(like.dtype)

    def encode(self, x: Tensor) -> Tensor:
        """[N,4,3,H,W] in -1..1 -> [N,C,H/16,W/16], each vector of mean square 1."""
        count, _, _, height, width = x.shape
        rows, columns = height // PATCH, width // PATCH
        x = x.reshape(count, FRAMES, 3, rows, PATCH, columns, PATCH)
        x = self.patch_in(x.permute(0, 3, 5, 1, 4, 6, 2).flatten(3).flatten(1, 2))
        turn = self.turn(rows, columns, x)
        for layer in self.encoder:
            x = layer(x, turn)
        x = self.to_latent(self.norm_in(x))
        x = F.rms_norm(x, x.shape[-1:], eps=1e-6)
        return x.transpose(1, 2).unflatten(2, (rows, columns))

    def decode(self, z: Tensor) -> Tensor:
        """[N,C,h,w] -> [N,4,3,16h,16w], about -1..1."""
        rows, columns = z.shape[2:]
        x = self.from_latent(z.flatten(2).transpose(1, 2))
        turn = self.turn(rows, columns, x)
        for layer in self.decoder:
            x = layer(x, turn)
        x = self.to_cells(self.norm_out(x)).transpose(1, 2).unflatten(2, (rows, columns))
        x = F.pixel_shuffle(x, PATCH // CELL)
        x = F.pixel_shuffle(self.to_pixels(self.convolutions(x)), CELL)
        return x.unflatten(1, (FRAMES, 3))
