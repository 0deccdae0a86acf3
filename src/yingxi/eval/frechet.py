"""The Frechet distance between two sets of pictures, in the features of the probes' tower.

Heusel et al., arXiv 1706.08500, with other features: the numbers compare with each other, not with published ones.
"""

import torch
from torch import Tensor

from yingxi.eval.probes import Probes


@torch.no_grad()
def features(probes: Probes, pictures: Tensor) -> Tensor:
    """[B,3,H,W] -> [B,out] float64."""
    dtype = next(probes.parameters()).dtype
    return torch.cat([probes.tower(part.to(dtype)).double() for part in pictures.split(64)])


def _root(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def distance(a: Tensor, b: Tensor) -> float:
    """Between Gaussians fitted to features [N,D] and [M,D]."""
    root = _root(a.T.cov())
    cross = _root(root @ b.T.cov() @ root)
    spread = a.T.cov().trace() + b.T.cov().trace() - 2 * cross.trace()
    return float((a.mean(0) - b.mean(0)).square().sum() + spread)
