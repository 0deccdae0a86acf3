"""Training the probes on clips of their own (`probe_shards`), which neither the generator nor the judge met."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.eval.probes import CELL, LOOKS, QUESTIONS, SCENE, ProbeConfig, Probes, Seen, asked, one_figure
from yingxi.model.pixels import to_tensor
from yingxi.train import shards
from yingxi.train.loop import Part, Weights, fill
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

HELD = 128
JOINED = 0.2
"""The share of a batch's clips that show two or three shots."""
TOLD = 0.5
"""The share of clips of which it is told where the puppets are."""
SHIFT = 2, 1
"""Cells by which a clip may be moved sideways, and up or down."""
BRIGHTER, CONTRAST, SOFT = 0.06, 0.1, 0.3
ASKED, COVERED = 0.25, 2.0
LEARNERS = "near", "far", "whole", "back", "figure", "scene", "motion", "pose", "acting", "filmed"
"""Whose matrices Muon steps."""
MIRRORED = {
    f"{move} {a}": f"{move} {b}" for move in ("pan", "truck") for a, b in (("left", "right"), ("right", "left"))
}


@dataclass(frozen=True)
class Shard:
    """`pictures` [N,T,H,W,3], `cover` [N,T,h,w], `follows` [N], `labels` [N, questions]."""

    pictures: Tensor
    cover: Tensor
    follows: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Batch:
    """`pictures` [B,T,3,H,W], `cover` [B,T,h,w], `labels` [B, questions] (-1: not asked), `cuts` [B,T-1] (0 or 1)."""

    pictures: Tensor
    cover: Tensor
    labels: Tensor
    cuts: Tensor


def truth(shot: Shot) -> dict[str, str]:
    """What a shot shows, without what nobody could tell."""
    return {name: value for name, value in asked(shot).items() if name in SCENE or one_figure(shot)}


def open_shards(folder: Path, size: Size) -> tuple[ProbeConfig, list[Shard]]:
    """All shards of a folder, and the configuration of probes for them."""
    shots = [shards.read_shots(folder, i) for i in range(shards.ready(folder))]
    truths = [[truth(shot) for shot in some] for some in shots]
    values = {name: sorted({found[name] for some in truths for found in some if name in found}) for name in QUESTIONS}
    config = ProbeConfig(size.height, size.width, values, list(shards.puppet_numbers()))
    found = []
    for i, some in enumerate(truths):
        labels = config.labels(some)
        found.append(Shard(**shards.read_shard(folder, i), labels=labels))
    return config, found


def draw_pictures(config: ProbeConfig, some: list[Shard], count: int, rng: np.random.Generator) -> Batch:
    """Single pictures of random clips, varied."""
    rows = []
    for _ in range(count):
        shard = some[int(rng.integers(len(some)))]
        rows.append(_single(config, shard, int(rng.integers(len(shard.labels))), rng, int(rng.integers(LOOKS))))
    return Batch(*(torch.stack(parts) for parts in zip(*rows, strict=True)))


def draw(config: ProbeConfig, some: list[Shard], count: int, rng: np.random.Generator) -> Batch:
    """Random clips, each varied in a random way; some of them joined out of two or three."""
    rows = []
    for _ in range(count):
        shard = some[int(rng.integers(len(some)))]
        size = len(shard.labels)
        row = int(rng.integers(size))
        if rng.random() < JOINED:
            other = row - 1 if shard.follows[row] else int(rng.integers(size))
            rows.append(_joined(config, shard, row, other, rng) if other != row else _single(config, shard, row, rng))
        else:
            rows.append(_single(config, shard, row, rng))
    return Batch(*(torch.stack(parts) for parts in zip(*rows, strict=True)))


def _single(
    config: ProbeConfig, shard: Shard, row: int, rng: np.random.Generator, look: int | None = None
) -> tuple[Tensor, ...]:
    part = slice(None) if look is None else slice(look, look + 1)
    pictures, cover, mirrored = varied(shard.pictures[row, part], shard.cover[row, part], rng)
    labels = shard.labels[row].clone()
    if mirrored:
        at, moves = QUESTIONS.index("move"), config.values["move"]
        other = MIRRORED.get(moves[int(labels[at])]) if labels[at] >= 0 else None
        if other:
            labels[at] = moves.index(other) if other in moves else -1
    return pictures, cover, labels, torch.zeros(len(pictures) - 1)


def _joined(config: ProbeConfig, shard: Shard, row: int, other: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """The beginnings of two clips, or of one, another, and the first again."""
    if rng.random() < 0.5:
        row, other = other, row
    cuts = sorted(int(i) for i in rng.choice(np.arange(1, LOOKS), size=int(rng.integers(1, 3)), replace=False))
    whose = [sum(frame >= cut for cut in cuts) for frame in range(LOOKS)]
    # The third part goes on where the first ended. All parts are varied alike, or a cut would be told by that.
    rows = torch.tensor([(row, other)[turn % 2] for turn in whose])
    frames = torch.arange(LOOKS)
    pictures, cover, _ = varied(shard.pictures[rows, frames], shard.cover[rows, frames], rng)
    marks = torch.tensor([float(a != b) for a, b in pairwise(whose)])
    return pictures, cover, torch.full_like(shard.labels[row], -1), marks


def varied(pictures: Tensor, cover: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor, bool]:
    """A clip [T,H,W,3] and its cover, moved by a few cells and less than half of one, brighter or darker, softer, and
    mirrored; the last says whether."""
    x, cover = to_tensor(pictures.numpy()), cover.long()
    right, down = (int(rng.integers(-most, most + 1)) for most in SHIFT)
    little = rng.integers(-CELL // 2 + 1, CELL // 2, size=2)
    x = _moved(x, CELL * right + int(little[0]), CELL * down + int(little[1]))
    cover = _moved(cover[:, None].float(), right, down)[:, 0].long()
    mirrored = bool(rng.random() < 0.5)
    if mirrored:
        x, cover = x.flip(-1), cover.flip(-1)
    if rng.random() < SOFT:
        x = torch.lerp(x, F.avg_pool2d(x, 3, 1, 1, count_include_pad=False), float(rng.random()))
    contrast, brighter = 1 + CONTRAST * float(rng.uniform(-1, 1)), 2 * BRIGHTER * float(rng.uniform(-1, 1))
    return (x * contrast + brighter).clamp(-1, 1), cover, mirrored


def _moved(x: Tensor, right: int, down: int) -> Tensor:
    """[T,C,H,W] moved; what comes in at an edge repeats it."""
    height, width = x.shape[-2:]
    padded = F.pad(x, (abs(right), abs(right), abs(down), abs(down)), mode="replicate")
    return padded[..., abs(down) - down :, abs(right) - right :][..., :height, :width]


def missed(seen: Seen, batch: Batch, device: torch.device) -> Tensor:
    """Cross-entropies, weighted: of the questions, of the cuts, and of what covers each cell."""
    labels = batch.labels.to(device)
    losses = []
    for name, wanted in zip(QUESTIONS, labels.unbind(1), strict=True):
        if name not in seen.answers:
            continue
        total = F.cross_entropy(seen.answers[name].float(), wanted, ignore_index=-1, reduction="sum")
        losses.append(total / (wanted >= 0).sum().clamp(min=1))
    cuts = torch.zeros((), device=device)
    if seen.cuts.numel():
        cuts = F.binary_cross_entropy_with_logits(seen.cuts.float(), batch.cuts.to(device))
    cover = F.cross_entropy(seen.cover.float().flatten(0, 1), batch.cover.to(device).flatten(0, 1))
    return ASKED * torch.stack(losses).sum() + cuts + COVERED * cover


def loss(probes: Probes, some: list[Shard], team: Team, batch: int, step: int) -> Tensor:
    """Of `batch` clips, and of as many single pictures as they have: these are of more shots, for the same work."""
    rng = np.random.default_rng((37, step, team.rank))
    losses = []
    for drawn in (draw(probes.config, some, batch, rng), draw_pictures(probes.config, some, LOOKS * batch, rng)):
        told = (drawn.cover > 0).float()
        told[torch.from_numpy(rng.random(len(told)) >= TOLD)] = -1
        seen = probes(drawn.pictures.to(team.device, probes.cover.weight.dtype), told.to(team.device))
        losses.append(missed(seen, drawn, team.device))
    return torch.stack(losses).mean()


def part(team: Team, config: ProbeConfig, some: list[Shard], batch: int, dtype: torch.dtype = torch.bfloat16) -> Part:
    """The last shard is held out where there are several: of all weights those that answer best there are kept."""
    torch.manual_seed(6)
    probes = Probes(config).to(team.device, dtype)
    taught, kept = (some[:-1], some[-1:]) if len(some) > 1 else (some, some)
    fixed = draw(config, kept, min(HELD, 2 * len(kept[0].labels)), np.random.default_rng(41))

    @torch.no_grad()
    def held(weights: Weights) -> float:
        whole = fill(Probes(config).to(team.device), weights)
        total = 0.0
        for i in range(0, len(fixed.labels), 16):
            few = Batch(*(t[i : i + 16] for t in (fixed.pictures, fixed.cover, fixed.labels, fixed.cuts)))
            total += float(missed(whole(few.pictures.to(team.device)), few, team.device)) * len(few.labels)
        return total / len(fixed.labels)

    chosen = matrices(probes, LEARNERS)
    return Part("probes", probes, chosen, partial(loss, probes, taught, team, batch), held=held)
