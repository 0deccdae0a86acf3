"""Training the probes on the stage's pictures, apart from what the judge and the generator learn from."""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from yingxi.core.shot import Shot
from yingxi.eval.probes import ASKED, ProbeConfig, Probes, labels, one_figure
from yingxi.eval.towers import TowerConfig
from yingxi.model.pixels import to_tensor
from yingxi.train.attributes import attributes
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

Pictures = list[tuple[NDArray[np.uint8], list[dict[str, str] | None]]]
"""Frames [N,T,H,W,3] of a shard, and what each clip shows; None where the probes are not asked."""


def truths(shots: list[Shot]) -> list[dict[str, str] | None]:
    return [attributes(shot) if one_figure(shot) else None for shot in shots]


def values(shards: Pictures) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in ASKED}
    for truth in (t for _, all_truths in shards for t in all_truths if t):
        for name in ASKED:
            found[name].add(truth[name])
    return {name: sorted(all_values) for name, all_values in found.items()}


def draw(shards: Pictures, count: int, rng: np.random.Generator) -> tuple[Tensor, list[dict[str, str]]]:
    """Random pictures [B,3,H,W] and what they show."""
    pictures: list[NDArray[np.uint8]] = []
    answers: list[dict[str, str]] = []
    while len(pictures) < count:
        frames, shown = shards[int(rng.integers(len(shards)))]
        clip = int(rng.integers(len(frames)))
        truth = shown[clip]
        if truth:
            pictures.append(np.asarray(frames[clip, int(rng.integers(frames.shape[1]))]))
            answers.append(truth)
    return to_tensor(np.stack(pictures)), answers


def loss(probes: Probes, shards: Pictures, team: Team, batch: int, step: int) -> Tensor:
    pictures, answers = draw(shards, batch, np.random.default_rng((37, step, team.rank)))
    dtype = next(probes.parameters()).dtype
    wanted = labels(probes.config, answers)
    logits = probes(pictures.to(dtype))
    return torch.stack([F.cross_entropy(x.float(), wanted[:, i]) for i, x in enumerate(logits)]).mean()


def part(team: Team, shards: Pictures, batch: int, tower: TowerConfig, dtype: torch.dtype = torch.bfloat16) -> Part:
    torch.manual_seed(6)
    probes = Probes(ProbeConfig(tower, values(shards))).to(dtype)
    return Part("probes", probes, matrices(probes, ["tower.layers"]), partial(loss, probes, shards, team, batch))
