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
from yingxi.train.loop import Part, Weights, fill
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

SHIFT = 8
HELD = 192

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


def varied(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Pictures [B,3,H,W] shifted by up to a patch's half, half of them mirrored: nothing that is asked has a side."""
    padded = F.pad(pictures, (SHIFT,) * 4, mode="replicate")
    _, _, height, width = pictures.shape
    rows = []
    for picture in padded:
        y, x = (int(i) for i in rng.integers(2 * SHIFT + 1, size=2))
        row = picture[:, y : y + height, x : x + width]
        rows.append(row.flip(-1) if rng.random() < 0.5 else row)
    return torch.stack(rows)


def missed(probes: Probes, pictures: Tensor, answers: list[dict[str, str]], device: torch.device) -> Tensor:
    """Mean cross-entropy of all questions."""
    wanted = labels(probes.config, answers).to(device)
    logits = probes(pictures.to(device, next(probes.parameters()).dtype))
    losses = [F.cross_entropy(x.float(), wanted[:, i], ignore_index=-1) for i, x in enumerate(logits)]
    return torch.stack(losses).mean()


def loss(probes: Probes, shards: Pictures, team: Team, batch: int, step: int) -> Tensor:
    rng = np.random.default_rng((37, step, team.rank))
    pictures, answers = draw(shards, batch, rng)
    return missed(probes, varied(pictures, rng), answers, team.device)


def part(team: Team, shards: Pictures, batch: int, tower: TowerConfig, dtype: torch.dtype = torch.bfloat16) -> Part:
    """The last shard is held out where there are several: of all weights those that answer best there are kept."""
    torch.manual_seed(6)
    probes = Probes(ProbeConfig(tower, values(shards))).to(team.device, dtype)
    taught, kept = (shards[:-1], shards[-1:]) if len(shards) > 1 else (shards, shards)
    fixed = draw(kept, HELD, np.random.default_rng(41))

    @torch.no_grad()
    def held(weights: Weights) -> float:
        asked = fill(Probes(probes.config).to(team.device), weights)
        assert isinstance(asked, Probes)
        return float(missed(asked, *fixed, team.device))

    chosen = matrices(probes, ["tower.layers"])
    return Part("probes", probes, chosen, partial(loss, probes, taught, team, batch), held=held)
