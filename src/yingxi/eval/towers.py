"""A picture tower: a small transformer over patches that ends in one vector.

Shapes: B pictures, L patches, D width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.vae import Layer

PATCH = 16
HEAD = 64


@dataclass(frozen=True)
class TowerConfig:
    """`rows` and `columns` of patches of 16x16 pixels; `out` numbers at the end."""

    rows: int
    columns: int
    width: int = 192
    layers: int = 3
    out: int = 128


class PictureTower(nn.Module):
    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_in = nn.Linear(3 * PATCH**2, config.width)
        self.place = nn.Parameter(torch.randn(config.rows * config.columns, config.width) * 0.02)
        self.layers = nn.ModuleList([Layer(config.width, HEAD, 3 * config.width) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(config.width)
        self.attention = nn.Linear(config.width, 4)
        self.out = nn.Linear(4 * config.width, config.out)

    def forward(self, x: Tensor) -> Tensor:
        """[B,3,H,W] in -1..1 -> [B,out]."""
        x = F.pixel_unshuffle(x, PATCH).flatten(2).transpose(1, 2)
        x = self.patch_in(x) + self.place
        # Places are learned, so the layers' rotary embedding stands still.
        still = x.new_ones(HEAD // 2), x.new_zeros(HEAD // 2)
        for layer in self.layers:
            x = layer(x, still)
        x = self.norm(x)
        weights = self.attention(x).softmax(1)
        return self.out((weights.transpose(1, 2) @ x).flatten(1))
