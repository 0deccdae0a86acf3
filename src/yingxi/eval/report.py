"""A few honest numbers about nano: what its pictures show, how sharp they are, how long they take."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.core.request import Request
from yingxi.core.shot import Shot
from yingxi.eval.caption import caption_of
from yingxi.eval.judge import Judge
from yingxi.eval.probes import Probes, accuracy
from yingxi.model.nano import Nano
from yingxi.model.pixels import to_tensor


@dataclass(frozen=True)
class Report:
    """`seen` and `ceiling`: share of attributes found in nano's pictures and in the stage's own."""

    psnr: float
    clip_seconds: float
    still_seconds: float
    seen: dict[str, float]
    ceiling: dict[str, float]
    agreement: dict[str, float]


def psnr(nano: Nano, clips: Sequence[Frames]) -> float:
    """Of the autoencoder alone, in decibels, over whole clips [T,H,W,3]."""
    values = []
    with torch.inference_mode():
        for clip in clips:
            whole = clip[: len(clip) // 4 * 4]
            made = nano._decode(nano.encode(whole)[None])[0]
            error = np.square(made.astype(np.float32) - whole.astype(np.float32)).mean() / 255**2
            values.append(-10 * np.log10(max(error, 1e-9)))
    return float(np.mean(values))


def stills(nano: Nano, shots: Sequence[Shot], seed: int = 0) -> list[Frames]:
    """One picture [H,W,3] for each shot, asked for by its caption."""
    return [nano.stills(caption_of(shot), [seed + i])[0] for i, shot in enumerate(shots)]


def agreement(judge: Judge, pictures: Sequence[Frames], shots: Sequence[Shot]) -> float:
    return float(np.mean([judge.agreement(p[None], caption_of(s)) for p, s in zip(pictures, shots, strict=True)]))


def timed(nano: Nano, seconds: float) -> float:
    """Seconds on the clock for one clip of `seconds`, everything included."""
    start = time.perf_counter()
    nano.run(Request(prompt="A monk bows in the mountains.", seconds=seconds), lambda *_: None)
    return time.perf_counter() - start


def _pictures(frames: Sequence[Frames]) -> Tensor:
    return to_tensor(np.stack(frames))


def report(
    nano: Nano,
    judge: Judge,
    probes: Probes,
    shots: Sequence[Shot],
    truths: list[dict[str, str]],
    real: Sequence[Frames],
) -> Report:
    """`real` are the stage's own clips [T,H,W,3] of the same shots; their first pictures give the ceiling."""
    made = stills(nano, shots)
    first = [clip[0] for clip in real]
    return Report(
        psnr=psnr(nano, real),
        clip_seconds=timed(nano, nano.capabilities.default_seconds),
        still_seconds=timed(nano, 0),
        seen=accuracy(probes, _pictures(made), truths),
        ceiling=accuracy(probes, _pictures(first), truths),
        agreement={
            "nano": agreement(judge, made, shots),
            "stage": agreement(judge, first, shots),
            "stage, another shot's words": agreement(judge, first, [*shots[1:], shots[0]]),
        },
    )
