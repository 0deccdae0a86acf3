"""Training the transformer: single latent frames first, then windows of them with random pins."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from yingxi.model.dit import DiT, DiTConfig
from yingxi.model.flow import noised, velocity_loss
from yingxi.model.pins import picture_time
from yingxi.model.vae import FRAMES
from yingxi.train.latents import STILL_FRAMES, Corpus
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team
from yingxi.train.pinning import Layout, draw_layout


@dataclass(frozen=True)
class FlowConfig:
    """`batch` single frames, or `windows` windows of `window` frames; a `share` of the batches are single frames, a
    share `cuts` of the others show two shots, one after the other.

    Noise levels are logit-normal: sigmoid of a normal number of mean `lean`.
    """

    batch: int = 64
    windows: int = 16
    window: int = 4
    share: float = 1.0
    cuts: float = 0.12
    lean: float = 0.9
    forget: float = 0.1


@dataclass(frozen=True)
class Batch:
    """`frames` [B,F,C,H,W], pins last; `times` [B,F]; `pinned` [F] bool; `weight` [B,F,H,W]; `text` [B,S,D], or
    [B,F,S,D] where there is a cut."""

    frames: Tensor
    times: Tensor
    pinned: Tensor
    text: Tensor
    weight: Tensor


def _text(corpus: Corpus, rows: Tensor, forget: float, rng: np.random.Generator) -> Tensor:
    captions = torch.from_numpy(rng.integers(corpus.text.shape[1], size=len(rows)))
    text = corpus.text[rows, captions].float()
    dropped = torch.from_numpy(rng.random(len(rows)) < forget)
    return torch.where(dropped[:, None, None], corpus.empty, text)


def draw_batch(corpus: Corpus, config: FlowConfig, rng: np.random.Generator) -> Batch:
    single = rng.random() < config.share
    count, window = (config.batch, 1) if single else (config.windows, config.window)
    rows = torch.from_numpy(rng.integers(len(corpus), size=count))
    start = int(rng.integers(corpus.latents.shape[1] - window + 1))
    if not single and rng.random() < config.cuts:
        return _cut(corpus, config, rows, rng)
    if single:
        starts = torch.from_numpy(rng.integers(corpus.latents.shape[1], size=count))
        frames, motion = corpus.latents[rows, starts].unsqueeze(1), corpus.motion[rows, starts].unsqueeze(1)
        layout = Layout()
    else:
        frames, motion = corpus.latents[rows, start : start + window], corpus.motion[rows, start : start + window]
        first, last = start * FRAMES, (start + window) * FRAMES
        inside = [k for k, f in enumerate(STILL_FRAMES[: corpus.stills.shape[1]]) if first <= f < last]
        layout = draw_layout(window, inside, rng)
    times = [float(i) for i in range(window)]
    if layout.pictures:
        frames = torch.cat((frames, corpus.stills[rows][:, list(layout.pictures)]), dim=1)
        times += [picture_time(STILL_FRAMES[k] - start * FRAMES) for k in layout.pictures]
    pinned = torch.zeros(len(times), dtype=torch.bool)
    pinned[list(layout.clean)] = True
    pinned[window:] = True
    text = _text(corpus, rows, config.forget, rng)
    # Figures are small and move: where there is motion, errors count more. What is pinned does not count.
    weight = torch.zeros(count, len(times), *frames.shape[3:])
    weight[:, :window] = motion
    weight[:, pinned] = 0
    return Batch(frames.float(), torch.tensor(times).expand(count, -1), pinned, text, weight)


def _cut(corpus: Corpus, config: FlowConfig, rows: Tensor, rng: np.random.Generator) -> Batch:
    """The end of one clip and the beginning of another, each under its own text. Some begin with known frames, as
    extensions do."""
    count, window, length = len(rows), config.window, corpus.latents.shape[1]
    cut = int(rng.integers(1, window))
    others = torch.from_numpy(rng.integers(len(corpus), size=count))
    begin = int(rng.integers(length - cut + 1))
    spans = ((rows, slice(begin, begin + cut)), (others, slice(0, window - cut)))
    frames = torch.cat([corpus.latents[r, s] for r, s in spans], dim=1)
    weight = torch.cat([corpus.motion[r, s] for r, s in spans], dim=1).clone()
    first, second = (_text(corpus, r, config.forget, rng) for r, _ in spans)
    text = torch.stack([first] * cut + [second] * (window - cut), dim=1)
    pinned = torch.zeros(window, dtype=torch.bool)
    pinned[: int(rng.integers(1, cut + 1)) if rng.random() < 0.5 else 0] = True
    weight[:, pinned] = 0
    times = torch.arange(window, dtype=torch.float32).expand(count, -1)
    return Batch(frames.float(), times, pinned, text, weight)


def loss(dit: nn.Module, corpus: Corpus, config: FlowConfig, team: Team, step: int) -> Tensor:
    # One choice of task for the whole team, so that its processes wait as little as can be for each other.
    rng = np.random.default_rng((19, step))
    batch = draw_batch(corpus, config, rng) if team.size == 1 else _share(corpus, config, team, step)
    rng = np.random.default_rng((23, step, team.rank))
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    count, frames = batch.frames.shape[:2]
    levels = torch.sigmoid(torch.randn(count, 1, generator=generator) + config.lean)
    levels = torch.where(batch.pinned, 0.0, levels.expand(count, frames))
    noise = torch.randn(batch.frames.shape, generator=generator)
    x = noised(batch.frames, noise, levels)
    predicted = predict(dit, x, levels, batch.times, batch.text)
    return velocity_loss(predicted, batch.frames, levels, batch.weight)


def _share(corpus: Corpus, config: FlowConfig, team: Team, step: int) -> Batch:
    """This process's part of a step: the same kind of batch as the others', other clips."""
    kind = np.random.default_rng((19, step))
    single = kind.random() < config.share
    rng = np.random.default_rng((29, step, team.rank))
    fixed = FlowConfig(**{**vars(config), "share": 1.0 if single else 0.0})
    return draw_batch(corpus, fixed, rng)


def predict(dit: nn.Module, x: Tensor, levels: Tensor, times: Tensor, text: Tensor) -> Tensor:
    assert isinstance(dit, DiT)
    dtype = dit.proj_out.weight.dtype
    return dit(x.to(dtype), levels * 1000, times, dit.context(text.to(dtype)))


def start_weights(dit: DiT) -> None:
    """Blocks start as the identity: gates and the last projection are zero."""
    for module in dit.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
            nn.init.zeros_(module.bias)
    nn.init.zeros_(dit.condition_embedder.time_proj.weight)
    nn.init.zeros_(dit.proj_out.weight)
    with torch.no_grad():
        for table in [dit.scale_shift_table, *(block.scale_shift_table for block in dit.blocks)]:
            table.zero_()


def part(
    team: Team,
    corpus: Corpus,
    config: FlowConfig,
    shape: DiTConfig,
    dtype: torch.dtype = torch.bfloat16,
    compiled: bool = False,
) -> Part:
    """With `compiled` the blocks, all alike, are compiled once for each shape of batch: about half as fast again."""
    torch.manual_seed(2)
    dit = DiT(shape)
    start_weights(dit)
    dit = dit.to(dtype)
    if compiled:
        for block in dit.blocks:
            block.compile(dynamic=False)
    return Part("dit", dit, matrices(dit, ["blocks"]), partial(loss, dit, corpus, config, team))
