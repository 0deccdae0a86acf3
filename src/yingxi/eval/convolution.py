"""The layers of the probes: convolutions over cells of pictures, and what moves from one picture to the next.

Shapes: N pictures, B clips of T pictures, C features, h x w cells.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

REACH = 3, 5
"""Cells up and down, left and right, within which the next picture is searched."""
MOTION = 16


class Convolution(nn.Module):
    """Of `side` x `side` cells. Its weight is a matrix, so that it is trained and stored as matrices are."""

    def __init__(self, features: int, out: int, side: int = 1) -> None:
        super().__init__()
        self.side = side
        self.weight = nn.Parameter(torch.randn(out, features * side**2) * (features * side**2) ** -0.5)
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.unflatten(1, (-1, self.side, self.side))
        return F.conv2d(x, weight, self.bias, padding=self.side // 2)


class Block(nn.Module):
    """A residual pair of 3x3 convolutions."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, features), nn.GroupNorm(8, features)
        self.conv1 = Convolution(features, features, 3)
        self.conv2 = Convolution(features, features, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))


class Halve(nn.Module):
    """A quarter as many cells."""

    def __init__(self, features: int, out: int) -> None:
        super().__init__()
        self.mix = Convolution(4 * features, out)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(F.pixel_unshuffle(x, 2))


class Motion(nn.Module):
    """Features of the step from each picture to the next."""

    def __init__(self, features: int, out: int) -> None:
        super().__init__()
        self.key = Convolution(features, MOTION)
        self.mix = Convolution((2 * REACH[0] + 1) * (2 * REACH[1] + 1), 64)
        self.block = Block(64)
        self.out = nn.Linear(64 * 8, out)

    def forward(self, x: Tensor) -> Tensor:
        """[B,T,C,h,w] -> [B,T-1,out]."""
        keys = F.normalize(self.key(x.flatten(0, 1)), dim=1).unflatten(0, x.shape[:2])
        before, after = keys[:, :-1].flatten(0, 1), keys[:, 1:].flatten(0, 1)
        down, right = REACH
        height, width = x.shape[-2:]
        around = F.pad(after, (right, right, down, down))
        shifted = [
            (before * around[..., y : y + height, x : x + width]).sum(1)
            for y in range(2 * down + 1)
            for x in range(2 * right + 1)
        ]
        found = self.block(F.silu(self.mix(torch.stack(shifted, 1))))
        return self.out(F.adaptive_avg_pool2d(F.silu(found), (2, 4)).flatten(1)).unflatten(0, (len(x), -1))
