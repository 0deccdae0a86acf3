"""Numbers about pixels alone: how sharp the autoencoder is, how steady and how smooth clips are."""

from collections.abc import Sequence

import numpy as np
import torch

from yingxi.core.clip import Frames
from yingxi.model.nano import BATCH, Nano
from yingxi.model.pixels import to_bytes


def _decibels(made: Frames, real: Frames) -> float:
    error = np.square(made.astype(np.float32) - real.astype(np.float32)).mean() / 255**2
    return float(-10 * np.log10(max(error, 1e-9)))


def psnr(nano: Nano, clips: Sequence[Frames]) -> dict[str, float]:
    """Mean over clips [T,H,W,3] of what the autoencoder keeps, in decibels: with its decoder, and of the linear
    components alone."""
    decoded, linear = [], []
    with torch.inference_mode():
        for clip in clips:
            whole = clip[: len(clip) // nano.span * nano.span]
            latents = nano.encode(whole)
            decoded.append(_decibels(nano._decode(latents[None])[0], whole))
            parts = (latents * nano.std + nano.mean).split(BATCH)
            base = np.concatenate([to_bytes(nano.vae.base(z.to(nano.dtype))) for z in parts])
            linear.append(_decibels(base.reshape(whole.shape), whole))
    return {"decoder": float(np.mean(decoded)), "components": float(np.mean(linear))} if clips else {}


def _likeness(a: Frames, b: Frames) -> float:
    """1 less the mean absolute difference of pictures, as a share of 255."""
    return 1 - float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean()) / 255


def steadiness(clips: Sequence[Frames]) -> float:
    """VBench's temporal flickering (Huang et al., arXiv 2311.17982): the likeness of neighbouring frames, of clips of
    a camera that stands."""
    return float(np.mean([_likeness(clip[1:], clip[:-1]) for clip in clips]))


def smoothness(clips: Sequence[Frames]) -> float:
    """As VBench's motion smoothness, how like every second frame is to what is interpolated between its neighbours;
    but by their mean, where VBench asks a network: the two numbers do not compare."""
    values = []
    for clip in clips:
        before, between, after = clip[:-2:2], clip[1:-1:2], clip[2::2]
        middle = (before.astype(np.float32) + after.astype(np.float32)) / 2
        values.append(1 - float(np.abs(middle - between).mean()) / 255)
    return float(np.mean(values))
