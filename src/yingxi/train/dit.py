"""Training the transformer: single latent frames of small pictures, then of whole ones, then windows of them with
random pins.

A middle block is also asked, by one linear question that is dropped after training, which puppet covers each token:
the stage knows. Aligning hidden layers with what is known of a picture speeds training up; Yu et al., REPA, arXiv
2410.06940.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.dit import DiT, DiTConfig
from yingxi.model.flow import bent, clean_frames, noised, velocity_loss
from yingxi.model.pins import picture_time
from yingxi.train.clips import SPAN
from yingxi.train.corpus import Corpus, Picks
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team
from yingxi.train.pinning import Layout, draw_layout
from yingxi.train.shards import still_frames

FIGURES = 3.0
"""How much more an error counts where there is a figure: figures are small."""


@dataclass(frozen=True)
class FlowConfig:
    """`batch` single frames, or `windows` windows of `window` frames; a `share` of the batches are single frames, a
    share `cuts` of the others show two shots, one after the other. `half`: of pictures at half their size.

    Noise levels are even, bent towards noise by `shift` as in sampling. `align` is the weight of the question for the
    puppets; 0 does without it.
    """

    batch: int = 48
    windows: int = 10
    window: int = 6
    share: float = 1.0
    cuts: float = 0.12
    shift: float = 6.0
    forget: float = 0.1
    half: bool = False
    align: float = 0.1


@dataclass(frozen=True)
class Batch:
    """`frames` [B,F,C,H,W], pins last; `times` [1,F]; `pinned` [F] bool; `text` [B,S,D], or [B,F,S,D] where there is
    a cut; `cover` [B,window,H,W] uint8."""

    frames: Tensor
    times: Tensor
    pinned: Tensor
    text: Tensor
    cover: Tensor

    def weight(self) -> Tensor:
        """[B,F,H,W]: what is pinned does not count."""
        weight = 1 + (FIGURES - 1) * (self.cover > 0).float()
        pins = self.frames.shape[1] - weight.shape[1]
        free = (~self.pinned).float().to(weight.device)
        return F.pad(weight, (0, 0, 0, 0, 0, pins)) * free[:, None, None]


def draw_batch(corpus: Corpus, config: FlowConfig, rng: np.random.Generator, single: bool, cut: bool) -> Batch:
    """A random task for random clips of one size."""
    if single:
        return _single(corpus, config, rng)
    picks = corpus.pick(config.windows, rng)
    return _cut(corpus, config, picks, rng) if cut else _window(corpus, config, picks, rng)


def _single(corpus: Corpus, config: FlowConfig, rng: np.random.Generator) -> Batch:
    picks = corpus.pick(config.batch, rng)
    starts = [int(i) for i in rng.integers(_length(picks), size=len(picks))]
    frames = corpus.latents(picks, starts, 1, "half" if config.half else "latents")
    cover = corpus.cover(picks, starts, 1)
    if config.half:
        cover = _blocks(cover, 2)
    none = torch.zeros(1, dtype=torch.bool)
    return Batch(frames, torch.zeros(1, 1), none, corpus.text(picks, config.forget, rng), cover)


def _window(corpus: Corpus, config: FlowConfig, picks: Picks, rng: np.random.Generator) -> Batch:
    window = config.window
    start = int(rng.integers(_length(picks) - window + 1))
    all_stills = still_frames(_length(picks) * SPAN)
    inside = [k for k, f in enumerate(all_stills) if start * SPAN <= f < (start + window) * SPAN]
    layout = draw_layout(window, inside, rng)
    frames = [corpus.latents(picks, [start] * len(picks), window)]
    frames += [corpus.latents(picks, [k] * len(picks), 1, "stills") for k in layout.pictures]
    times = [*map(float, range(window)), *(picture_time(all_stills[k] - start * SPAN) for k in layout.pictures)]
    cover = corpus.cover(picks, [start] * len(picks), window)
    text = corpus.text(picks, config.forget, rng)
    return Batch(torch.cat(frames, 1), torch.tensor(times)[None], _pinned(layout, window, len(times)), text, cover)


def _pinned(layout: Layout, window: int, frames: int) -> Tensor:
    pinned = torch.zeros(frames, dtype=torch.bool)
    pinned[list(layout.clean)] = True
    pinned[window:] = True
    return pinned


def _cut(corpus: Corpus, config: FlowConfig, picks: Picks, rng: np.random.Generator) -> Batch:
    """The end of one clip and the beginning of another, each under its own text. Some begin with known frames, as
    extensions do."""
    window = config.window
    cut = int(rng.integers(1, window))
    begin = int(rng.integers(_length(picks) - cut + 1))
    others = corpus.others(picks[0][0], len(picks), rng)
    spans = ((picks, [begin] * len(picks), cut), (others, [0] * len(picks), window - cut))
    frames = torch.cat([corpus.latents(*span) for span in spans], 1)
    cover = torch.cat([corpus.cover(*span) for span in spans], 1)
    first, second = (corpus.text(chosen, config.forget, rng) for chosen, *_ in spans)
    text = torch.stack([first] * cut + [second] * (window - cut), dim=1)
    known = int(rng.integers(1, cut + 1)) if rng.random() < 0.5 else 0
    pinned = _pinned(Layout(clean=tuple(range(known))), window, window)
    return Batch(frames, torch.arange(window)[None].float(), pinned, text, cover)


def _length(picks: Picks) -> int:
    return picks[0][0]["latents"].shape[1]


def _blocks(cover: Tensor, side: int) -> Tensor:
    """[B,F,H,W] -> [B,F,H/side,W/side]: a puppet that covers any of a block's cells."""
    batch, frames, rows, columns = cover.shape
    return cover.reshape(batch, frames, rows // side, side, columns // side, side).amax((3, 5))


class Student(nn.Module):
    """The transformer in training, and the question about its middle block's tokens, [D] -> numbers of puppets."""

    def __init__(self, dit: DiT, puppets: int, spread: Tensor) -> None:
        super().__init__()
        self.dit, self.spread = dit, spread
        self.question = nn.Linear(dit.config.width, puppets)
        self._seen: list[Tensor] = []
        dit.blocks[len(dit.blocks) // 2].register_forward_hook(self._keep)

    def _keep(self, _: nn.Module, __: object, tokens: Tensor) -> None:
        self._seen = [tokens]

    def forward(self, x: Tensor, levels: Tensor, times: Tensor, text: Tensor, span: int) -> tuple[Tensor, Tensor]:
        """Noisy frames [B,F,C,H,W] -> clean ones, and the middle block's tokens [B,F*L,D]."""
        dtype = self.dit.proj_out.weight.dtype
        predicted = self.dit(x.to(dtype), levels * 1000, times, self.dit.context(text.to(dtype)), span)
        return clean_frames(predicted, x, levels, self.spread), self._seen.pop()

    def misses(self, tokens: Tensor, cover: Tensor) -> Tensor:
        """Cross-entropy of the puppets that cover the tokens; `cover` [B,window,H,W], pins left out."""
        wanted = _blocks(cover, self.dit.config.patch[1]).flatten(1).long()
        return F.cross_entropy(self.question(tokens[:, : wanted.shape[1]]).float().flatten(0, 1), wanted.flatten())


def loss(student: Student, corpus: Corpus, config: FlowConfig, team: Team, step: int) -> Tensor:
    corpus.grow(step)
    # One choice of task for the whole team, so that its processes wait as little as can be for each other.
    kind = np.random.default_rng((19, step))
    single, cut = kind.random() < config.share, kind.random() < config.cuts
    rng = np.random.default_rng((29, step, team.rank))
    batch = draw_batch(corpus, config, rng, single, cut)
    generator = torch.Generator(team.device).manual_seed(int(rng.integers(2**31)))
    frames = batch.frames
    even = torch.rand(len(frames), 1, generator=generator, device=team.device)
    levels = bent(even, config.shift) * (~batch.pinned).float().to(team.device, non_blocking=True)
    noise = torch.randn(frames.shape, generator=generator, device=team.device)
    x = noised(frames, noise, levels)
    predicted, tokens = student(x, levels, batch.times, batch.text, 2 if config.half else 1)
    error = velocity_loss(predicted, frames, levels, batch.weight(), corpus.spread)
    return error + config.align * student.misses(tokens, batch.cover) if config.align else error


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


def student(corpus: Corpus, shape: DiTConfig, dtype: torch.dtype, compiled: bool) -> Student:
    """With `compiled` the blocks, all alike, are compiled together: about half as fast again."""
    torch.manual_seed(2)
    dit = DiT(shape)
    start_weights(dit)
    made = Student(dit, corpus.puppets, corpus.spread).to(corpus.team.device, dtype)
    if compiled:
        for block in dit.blocks:
            # The shapes are many (sizes, stills and windows, pins): one program for all of them.
            block.forward = torch.compile(block.forward, dynamic=True)
    return made


def parts(student: Student, corpus: Corpus, config: FlowConfig, still_share: float, team: Team) -> list[Part]:
    """Small stills, stills, and clips with a share of stills, all of one student.

    Small pictures hold as much layout in fewer cells, so less noise hides it: their levels are less bent.
    """
    chosen = matrices(student, ["dit.blocks"])
    kinds = {
        "small": replace(config, half=True, share=1.0, shift=config.shift / 1.5, batch=2 * config.batch),
        "stills": replace(config, share=1.0),
        "clips": replace(config, share=still_share),
    }
    return [Part(name, student, chosen, partial(loss, student, corpus, kind, team)) for name, kind in kinds.items()]
