"""The Frechet distance between two sets of clips, in the features of the judge's picture tower.

Heusel et al., arXiv 1706.08500, with other features: the numbers compare with each other, not with published ones.
The fewer the clips, the larger the distance, even between clips of one kind: compare sets of one size.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.eval.judge import Judge


def features(judge: Judge, clips: Sequence[Frames]) -> Tensor:
    """Of each clip [T,H,W,3] the mean over its looks, [B,out] float64."""
    return torch.stack([judge.see(clip).double().mean(0) for clip in clips])


def _root(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def distance(a: Tensor, b: Tensor) -> float:
    """Between Gaussians fitted to features [N,D] and [M,D]."""
    root = _root(a.T.cov())
    cross = _root(root @ b.T.cov() @ root)
    spread = a.T.cov().trace() + b.T.cov().trace() - 2 * cross.trace()
    return float((a.mean(0) - b.mean(0)).square().sum() + spread)
