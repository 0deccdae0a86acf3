"""A few honest numbers about nano: what its pictures show, how sharp they are, how long they take."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.core.request import Request
from yingxi.core.shot import Shot
from yingxi.eval.caption import caption_of
from yingxi.eval.frechet import distance, features
from yingxi.eval.judge import Judge
from yingxi.eval.probes import Probes, accuracy
from yingxi.eval.towers import PATCH
from yingxi.model.nano import Nano
from yingxi.model.pixels import fit, to_tensor


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


def _pictures(frames: Sequence[Frames], probes: Probes) -> Tensor:
    """As the probes see them."""
    tower = probes.config.tower
    return to_tensor(fit(np.stack(frames), tower.columns * PATCH, tower.rows * PATCH))


def report(
    nano: Nano,
    judge: Judge,
    probes: Probes,
    shots: Sequence[Shot],
    truths: list[dict[str, str]],
    real: Sequence[Frames],
) -> dict[str, Any]:
    """What `report.json` says beside the weights.

    `real` are the stage's own clips [T,H,W,3] of the same shots: their first pictures give each attribute's ceiling,
    and their two halves the Frechet distance between real pictures.
    """
    made = stills(nano, shots)
    first = [clip[0] for clip in real]
    seen, ceiling = (accuracy(probes, _pictures(pictures, probes), truths) for pictures in (made, first))
    real_features, made_features = (features(probes, _pictures(pictures, probes)) for pictures in (first, made))
    half = len(first) // 2
    return {
        "shots": len(shots),
        "attributes": {name: {"sampled": seen[name], "ceiling": ceiling[name]} for name in seen},
        "frechet": {
            "sampled": distance(made_features[:half], real_features[half:]),
            "real": distance(real_features[:half], real_features[half:]),
        },
        "agreement": {
            "nano": agreement(judge, made, shots),
            "stage": agreement(judge, first, shots),
            "stage with another shot's words": agreement(judge, first, [*shots[1:], shots[0]]),
        },
        "decoder psnr": psnr(nano, real),
        "seconds": {
            "clip": timed(nano, nano.capabilities.default_seconds),
            "still": timed(nano, 0),
            "clip lasts": nano.capabilities.default_seconds,
        },
    }
