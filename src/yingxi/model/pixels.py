"""Bytes and the numbers that networks see."""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from yingxi.core.clip import Frames


def to_tensor(frames: NDArray[np.uint8]) -> Tensor:
    """[...,T,H,W,3] bytes -> [...,T,3,H,W] in -1..1."""
    return torch.from_numpy(np.require(frames, requirements=["C", "W"])).movedim(-1, -3).float() / 127.5 - 1


def to_bytes(x: Tensor) -> Frames:
    """[...,3,H,W] in -1..1 -> [...,H,W,3] bytes."""
    x = ((x.float().clamp(-1, 1) + 1) * 127.5).round()
    return x.to(torch.uint8).movedim(-3, -1).contiguous().numpy()


def fit(frames: Frames, width: int, height: int, how: Literal["crop", "pad"] = "crop") -> Frames:
    """Pictures [T,H,W,3] of another size, scaled by Lanczos: the middle is cut out, or black is put around."""
    _, rows, columns, _ = frames.shape
    if (rows, columns) == (height, width):
        return frames
    if how == "pad":
        scale = min(width / columns, height / rows)
        inner = max(1, round(columns * scale)), max(1, round(rows * scale))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        padded = np.zeros((len(frames), height, width, 3), np.uint8)
        padded[:, top : top + inner[1], left : left + inner[0]] = _scaled(frames, inner)
        return padded
    scale = min(columns / width, rows / height)
    w, h = width * scale, height * scale
    return _scaled(frames, (width, height), ((columns - w) / 2, (rows - h) / 2, (columns + w) / 2, (rows + h) / 2))


def _scaled(frames: Frames, size: tuple[int, int], box: tuple[float, float, float, float] | None = None) -> Frames:
    lanczos = Image.Resampling.LANCZOS
    return np.stack([np.asarray(Image.fromarray(frame).resize(size, lanczos, box=box)) for frame in frames])
