"""Probes: what a classifier that never met the generator sees in a clip: who does what, where and when, filmed how.

It looks at four pictures of a clip. A small convolutional network (ResNets: He et al., arXiv 1512.03385) makes
features of each. Every cell of 8x8 pixels is asked which puppet covers it; a grid laid over the cells that are
covered (Jaderberg et al., arXiv 1506.02025) gives the figure's features, attention over the picture the scene's. How
the cells of one picture correlate with their neighbours in the next (Dosovitskiy et al., arXiv 1504.06852) tells the
camera's moves and the cuts.

Shapes: B clips, T pictures of each, P puppets, D width, h x w cells.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.core.clip import Frames
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text
from yingxi.core.shot import Shot
from yingxi.eval.attributes import attributes
from yingxi.eval.convolution import Block, Convolution, Halve, Motion
from yingxi.model.checkpoint import load_module, save_module
from yingxi.model.pixels import fit, to_tensor

WEIGHTS = Path(__file__).parent / "weights"
FILE, CONFIG = "probes.safetensors", "probes.json"
LOOKS = 4
CELL = 8
GRID = 5, 4
FIGURE: tuple[str, ...] = ("puppet", "colour", "headwear", "prop", "action")
SCENE: tuple[str, ...] = ("place", "time", "weather", "size", "move")
QUESTIONS = (*FIGURE, *SCENE)
ASKED = ("puppet", "colour", "action", *SCENE, "shots")
"""What the report tells. Headwear and props are learned for the sake of the figure's features."""


def asked(shot: Shot) -> dict[str, str]:
    """What a shot shows, for each of the questions; those about the figure are about the first."""
    values = attributes(shot)
    return {name: values[f"{name} 1" if name in FIGURE else name] for name in QUESTIONS}


def one_figure(shot: Shot) -> bool:
    """Shots that are asked about a figure: one, near enough to be known."""
    return len(shot.figures) == 1 and shot.size not in ("ELS", "ECU", "insert")


def looks(frames: int) -> list[int]:
    """The frames of a clip that are looked at."""
    return [int(i) for i in np.linspace(0, frames - 1, LOOKS).round()]


@dataclass(frozen=True)
class ProbeConfig:
    """Pictures of `height` and `width`, the values that each question may be answered with, the puppets in the order
    of their numbers from 1; features at a quarter, an eighth and a sixteenth of the pixels; `out` numbers at the end.
    """

    height: int
    width: int
    values: dict[str, list[str]]
    puppets: list[str]
    features: list[int] = field(default_factory=lambda: [32, 96, 160])
    out: int = 256

    def labels(self, truths: Sequence[dict[str, str]]) -> Tensor:
        """[B, questions]; -1 where a value is new, or none is given."""
        index = {name: {value: i for i, value in enumerate(self.values[name])} for name in QUESTIONS}
        return torch.tensor([[index[name].get(truth.get(name, ""), -1) for name in QUESTIONS] for truth in truths])


@dataclass(frozen=True)
class Seen:
    """`answers` [B,values] to each question, `cover` [B,T,P+1,h,w], `cuts` [B,T-1] after a picture, all logits;
    `figure` [B,T,D], features of the figure."""

    answers: dict[str, Tensor]
    cover: Tensor
    cuts: Tensor
    figure: Tensor


class Probes(nn.Module):
    """One network with a linear question for each attribute."""

    def __init__(self, config: ProbeConfig) -> None:
        super().__init__()
        self.config = config
        fine, middle, coarse = config.features
        out = config.out
        self.near = nn.Sequential(Convolution(48, fine), Block(fine))
        self.far = nn.Sequential(Halve(fine, middle), Block(middle), Block(middle))
        self.whole = nn.Sequential(Halve(middle, coarse), Block(coarse), Block(coarse))
        self.back = Convolution(coarse, middle)
        self.norm = nn.GroupNorm(8, middle)
        self.norm_whole = nn.GroupNorm(8, coarse)
        self.cover = Convolution(middle, 1 + len(config.puppets))
        self.figure = nn.Linear((middle + 1) * GRID[0] * GRID[1], out)
        self.attention = Convolution(coarse, 4)
        self.scene = nn.Linear(4 * coarse, out)
        self.motion = Motion(middle, 64)
        self.pose = nn.Linear(out + 5, 64)
        self.acting = nn.Linear((64 + 64) * LOOKS - 64, out)
        self.filmed = nn.Linear(64 * (LOOKS - 1), out)
        self.cut = nn.Sequential(nn.Linear(64 + out, 64), nn.SiLU(), nn.Linear(64, 1))
        width = dict.fromkeys(FIGURE, out) | dict.fromkeys(SCENE, 2 * out) | {"action": 2 * out, "move": out}
        with torch.no_grad():
            # Most cells are empty: so they are taken to be before anything is learned.
            self.cover.weight.zero_()
            self.cover.bias[0] = 6.0
        self.questions = nn.ModuleDict({q: nn.Linear(width[q], len(config.values[q])) for q in QUESTIONS})

    def forward(self, x: Tensor, told: Tensor | None = None) -> Seen:
        """[B,4,3,H,W] in -1..1; of single pictures, [B,1,3,H,W], neither camera moves nor cuts are told. In training
        [B,T,h,w] may tell where a puppet is, 1 or 0, or -1 for a clip of which it does not: otherwise the figure's
        features would have to wait for its place to be learned."""
        batch, times = x.shape[:2]
        x = x.flatten(0, 1)
        far = self.far(self.near(F.pixel_unshuffle(x, 4)))
        whole = F.silu(self.norm_whole(self.whole(far)))
        far = F.silu(self.norm(far + F.interpolate(self.back(whole), scale_factor=2.0)))
        cover = self.cover(far)
        covered = 1 - cover.detach().float().softmax(1)[:, :1]
        # What is hardly covered does not count: there is much of it.
        covered = (2.5 * covered - 0.75).clamp(0, 1)
        if told is not None:
            truth = told.flatten(0, 1)[:, None].float()
            covered = torch.where(truth < 0, covered, truth)
        figure, moments = self._figure(far, covered)
        weights = self.attention(whole).flatten(2).softmax(-1)
        scene = F.silu(self.scene((weights @ whole.flatten(2).transpose(1, 2)).flatten(1)))
        pose = F.silu(self.pose(torch.cat((figure, moments), 1))).view(batch, -1)
        figure, scene, cover = (t.unflatten(0, (batch, times)) for t in (figure, scene, cover))
        who, where = figure.mean(1), scene.mean(1)
        about = dict.fromkeys(FIGURE, who) | dict.fromkeys(SCENE, torch.cat((where, who), 1))
        if times == 1:
            about["action"] = F.pad(who, (0, who.shape[1]))
            del about["move"]
            cuts = x.new_zeros(batch, 0)
        else:
            motion = F.silu(self.motion(far.unflatten(0, (batch, times))))
            acting = F.silu(self.acting(torch.cat((pose, motion.flatten(1)), 1)))
            about |= {"action": torch.cat((who, acting), 1), "move": F.silu(self.filmed(motion.flatten(1)))}
            cuts = self.cut(torch.cat((motion, (scene[:, 1:] - scene[:, :-1]).abs()), -1)).squeeze(-1)
        answers = {name: self.questions[name](seen) for name, seen in about.items()}
        return Seen(answers, cover, cuts, figure)

    def _figure(self, x: Tensor, covered: Tensor) -> tuple[Tensor, Tensor]:
        """[N,C,h,w] and [N,1,h,w] -> features of what is covered [N,D], and where it is [N,5]: its middle, its
        deviations, all in half pictures, and the share of the cells that it covers."""
        height, width = covered.shape[2:]
        y, x_ = (((torch.arange(n, device=x.device) + 0.5) * 2 / n - 1) for n in (height, width))
        weight = covered + 1e-3
        total = weight.sum((1, 2, 3))
        spots = torch.stack((x_.expand(height, width), y[:, None].expand(height, width)))
        middle = (weight * spots).sum((2, 3)) / total[:, None]
        apart = spots - middle[:, :, None, None]
        spread = ((weight * apart.square()).sum((2, 3)) / total[:, None]).sqrt()
        down, right = (torch.linspace(-2, 2, n, device=x.device) for n in GRID)
        places = torch.stack((right.expand(GRID), down[:, None].expand(GRID)), -1)
        grid = middle[:, None, None] + spread[:, None, None] * places
        seen = torch.cat((x.float(), covered), 1)
        laid = F.grid_sample(seen, grid, align_corners=False).flatten(1).to(x.dtype)
        moments = torch.cat((middle, spread, covered.mean((2, 3))), 1).to(x.dtype)
        return F.silu(self.figure(laid)), moments


def prepared(config: ProbeConfig, clips: Sequence[Frames]) -> Tensor:
    """Clips [T,H,W,3] of any size and length as the probes look at them, [B,4,3,H,W]."""
    return torch.stack([to_tensor(fit(clip[looks(len(clip))], config.width, config.height)) for clip in clips])


@torch.no_grad()
def see(probes: Probes, pictures: Tensor) -> Seen:
    """As `Probes.forward`, for any number of clips."""
    parts = [probes(part) for part in pictures.split(16)]
    answers = {name: torch.cat([part.answers[name] for part in parts]) for name in QUESTIONS}
    cover, cuts, figure = (torch.cat([getattr(part, name) for part in parts]) for name in ("cover", "cuts", "figure"))
    return Seen(answers, cover, cuts, figure)


def right(probes: Probes, seen: Seen, truths: Sequence[dict[str, str]]) -> dict[str, float]:
    """Share of the first clips, as many as there are truths, in which each question is answered as asked for."""
    wanted = probes.config.labels(truths)
    found = {name: seen.answers[name][: len(wanted)].argmax(-1) == wanted[:, i] for i, name in enumerate(QUESTIONS)}
    return {name: float(hits.float().mean()) for name, hits in found.items()}


def shots_seen(seen: Seen) -> list[int]:
    """How many shots each clip has."""
    return (1 + (seen.cuts > 0).sum(1)).tolist()


def save(probes: Probes, folder: Path) -> None:
    save_module(probes, folder / FILE, bits=8)
    write_text(folder / CONFIG, json.dumps(asdict(probes.config), indent=1) + "\n")


def load(folder: Path = WEIGHTS) -> Probes:
    """Raises YingxiError if there are none."""
    path = folder / CONFIG
    if not path.exists():
        raise YingxiError(f"no probes in {folder}: train some with `yingxi train nano`")
    probes = Probes(ProbeConfig(**json.loads(path.read_text(encoding="utf-8"))))
    load_module(probes, folder / FILE)
    return probes.requires_grad_(False)
