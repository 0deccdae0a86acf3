"""Rotary position embedding on three axes (time, row, column), over interleaved pairs, as in Wan.

Times may be fractional and differ from sample to sample, so that a picture can be placed anywhere in a clip.
Su et al., RoFormer, arXiv 2104.09864.
"""

import torch
from torch import Tensor

THETA = 1e4


def axis_sizes(head: int) -> tuple[int, int, int]:
    """How many of a head's numbers turn with time, row and column: 44, 42, 42 of 128."""
    side = 2 * (head // 6)
    return head - 2 * side, side, side


def _angles(positions: Tensor, size: int) -> Tensor:
    """[...] positions -> [..., size/2] angles, in float64."""
    powers = torch.arange(0, size, 2, dtype=torch.float64, device=positions.device) / size
    return positions.double().unsqueeze(-1) / THETA**powers


def tables(times: Tensor, rows: int, columns: int, head: int, span: int = 1) -> tuple[Tensor, Tensor]:
    """Cosines and sines for `times` [B,F], each [B,1,F*rows*columns,head/2] float32.

    A token is as wide and high as `span` others: it turns as the middle of those that it stands for.
    """
    time, row, column = axis_sizes(head)
    batch, frames = times.shape
    device = times.device
    grid = (batch, frames, rows, columns)

    def places(count: int) -> Tensor:
        return torch.arange(count, device=device) * span + (span - 1) / 2

    parts = (
        _angles(times, time)[:, :, None, None],
        _angles(places(rows), row)[None, None, :, None],
        _angles(places(columns), column)[None, None, None, :],
    )
    angles = torch.cat([part.expand(*grid, part.shape[-1]) for part in parts], dim=-1)
    angles = angles.reshape(batch, 1, frames * rows * columns, head // 2)
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Turn each pair of `x` [B,heads,L,head] by its angle."""
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((a * cosines - b * sines, a * sines + b * cosines), dim=-1).flatten(-2)


def rotate_(x: Tensor, turn: Tensor) -> None:
    """Turn each pair of `x` [...,head] float32 in place; `turn` [...,head/2] is cosine + i sine."""
    torch.view_as_complex(x.unflatten(-1, (-1, 2))).mul_(turn)
