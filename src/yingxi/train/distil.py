"""Distilling: one step of the student does what several guided steps of the teacher do.

Progressive distillation (Salimans and Ho, arXiv 2202.00512) of guided steps (Meng et al., arXiv 2210.03142), in one
go: from each level of a short schedule the teacher goes on to the next in a few guided steps, and the student learns
the clean frames that one straight step would have to aim at to end there. What is learned is a LoRA, so the weights
that take any number of steps, guidance and negative prompts stay as they are.
"""

import copy
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.dit import DiT
from yingxi.model.flow import Schedule, clean_frames, guided, noised, velocity_loss
from yingxi.train.corpus import Corpus
from yingxi.train.dit import Batch, FlowConfig, draw_batch
from yingxi.train.loop import Part, Weights
from yingxi.train.parallel import Team

PREFIX = "transformer."
"""Of a LoRA's tensors, as diffusers names them."""


@dataclass(frozen=True)
class DistilConfig:
    """The student takes `steps` steps, the teacher `inner` guided ones for each. `rank` is the LoRA's."""

    steps: int = 4
    inner: int = 2
    guidance: float = 2.5
    rank: int = 32


class Added(nn.Module):
    """A linear layer [K] -> [N] with a LoRA's product added to its weight: `up` [N,rank] starts at zero."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        rows, columns = linear.weight.shape
        kind = {"device": linear.weight.device, "dtype": linear.weight.dtype}
        self.in_features, self.frozen, self.bias = columns, linear.weight, linear.bias
        self.down = nn.Parameter(torch.randn(rank, columns, **kind) * columns**-0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank, **kind))

    @property
    def weight(self) -> Tensor:
        return self.frozen + self.up @ self.down

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


class Student(nn.Module):
    """A frozen transformer with a LoRA on each matrix of its blocks and its last, and its teacher, without one."""

    teacher: DiT

    def __init__(self, teacher: DiT, spread: Tensor, rank: int, compiled: bool = False) -> None:
        super().__init__()
        self.spread = spread
        teacher.requires_grad_(False)
        object.__setattr__(self, "teacher", teacher)  # no part of the student, so that its weights are not kept
        self.dit = copy.deepcopy(teacher)
        torch.manual_seed(5)
        for name, module in list(self.dit.named_modules()):
            if isinstance(module, nn.Linear) and (name.startswith("blocks.") or name == "proj_out"):
                self.dit.set_submodule(name, Added(module, rank))
        if compiled:
            for block in self.dit.blocks:
                block.forward = torch.compile(block.forward, dynamic=True)

    def forward(self, x: Tensor, levels: Tensor, times: Tensor, text: Tensor) -> Tensor:
        """Noisy frames [B,F,C,H,W] -> clean ones."""
        dtype = text.dtype
        made = self.dit(x.to(dtype), levels * 1000, times, self.dit.context(text))
        return clean_frames(made, x, levels, self.spread)


def lora(student: Student) -> Weights:
    """The LoRA's tensors by the names that a LoRA file has."""
    tensors = {}
    for name, module in student.dit.named_modules():
        if isinstance(module, Added):
            tensors[f"{PREFIX}{name}.lora_A.weight"] = module.down
            tensors[f"{PREFIX}{name}.lora_B.weight"] = module.up
    return tensors


@torch.inference_mode()
def taught(student: Student, config: DistilConfig, x: Tensor, batch: Batch, edge: Tensor, empty: Tensor) -> Tensor:
    """Where the teacher's guided steps from noisy frames `x` [B,F,C,H,W] end, one of the student's steps later.

    Each clip is at the student's level number `edge` [B]. Steps as in `flow.sample`: Adams-Bashforth of second order.
    """
    text = torch.cat((batch.text, empty.expand_as(batch.text))).to(student.dit.proj_out.bias.dtype)
    context = student.teacher.context(text)
    fine = torch.tensor(Schedule(config.steps * config.inner).levels()[::-1], device=x.device)
    free = (~batch.pinned).float().to(x.device)
    now = fine[edge * config.inner]
    before, gap = torch.zeros(()), torch.ones(())
    for i in range(1, config.inner + 1):
        levels = now[:, None] * free
        made = student.teacher(x.to(text.dtype), levels * 1000, batch.times.expand(len(x), -1), context).float()
        given, without = made.chunk(2)
        made = guided(given, without, config.guidance)
        clean = clean_frames(made, x, levels, student.spread)
        then = fine[edge * config.inner - i]
        v = (x - clean) / _wide(now)
        step = then - now
        bent = v if i == 1 else v + (v - before) * _wide(step / gap) / 2
        # The last step of all ends at the prediction itself.
        moved = torch.where(_wide(then) > 0, x + bent * _wide(step), clean)
        x = torch.where(free[:, None, None, None] > 0, moved, x)
        before, gap, now = v, step, then
    return x


def _wide(levels: Tensor) -> Tensor:
    return levels[:, None, None, None, None]


def loss(student: Student, corpus: Corpus, flow: FlowConfig, config: DistilConfig, team: Team, step: int) -> Tensor:
    corpus.grow(step)
    kind = np.random.default_rng((43, step))
    single, cut = kind.random() < flow.share, kind.random() < flow.cuts
    rng = np.random.default_rng((47, step, team.rank))
    batch = draw_batch(corpus, flow, rng, single, cut)
    generator = torch.Generator(team.device).manual_seed(int(rng.integers(2**31)))
    levels = torch.tensor(Schedule(config.steps).levels()[::-1], device=team.device)
    edge = torch.from_numpy(rng.integers(1, config.steps + 1, size=len(batch.frames))).to(team.device)
    free = (~batch.pinned).float().to(team.device)
    noise = torch.randn(batch.frames.shape, generator=generator, device=team.device)
    now = levels[edge]
    x = noised(batch.frames, noise, now[:, None] * free)
    end = taught(student, config, x, batch, edge, corpus.empty).clone()
    aim = x - (x - end) * _wide(now / (now - levels[edge - 1]))
    dtype = student.dit.proj_out.bias.dtype
    predicted = student(x, now[:, None] * free, batch.times, batch.text.to(dtype))
    return velocity_loss(predicted, aim, now[:, None].expand(-1, len(free)), batch.weight(), corpus.spread)


def part(student: Student, corpus: Corpus, flow: FlowConfig, config: DistilConfig, team: Team) -> Part:
    task = partial(loss, student, corpus, flow, config, team)
    return Part("fast", student, [], task)
