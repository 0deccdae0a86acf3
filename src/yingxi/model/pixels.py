"""Bytes and the numbers that networks see."""

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


def fit(frames: Frames, width: int, height: int) -> Frames:
    """Pictures [T,H,W,3] of another size, cropped in the middle to the aspect wanted and scaled by Lanczos."""
    _, rows, columns, _ = frames.shape
    if (rows, columns) == (height, width):
        return frames
    scale = min(columns / width, rows / height)
    w, h = width * scale, height * scale
    box = ((columns - w) / 2, (rows - h) / 2, (columns + w) / 2, (rows + h) / 2)
    return np.stack(
        [np.asarray(Image.fromarray(f).resize((width, height), Image.Resampling.LANCZOS, box=box)) for f in frames]
    )
