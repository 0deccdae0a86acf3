"""Probes: what a classifier that never met the generator sees in a picture: where and when it is, who does what."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from yingxi.core.shot import Shot
from yingxi.eval.towers import PictureTower, TowerConfig

ASKED = ("place", "time", "weather", "size", "puppet 1", "colour 1", "action 1")


@dataclass(frozen=True)
class ProbeConfig:
    """The values that each question may be answered with."""

    tower: TowerConfig
    values: dict[str, list[str]]


class Probes(nn.Module):
    """One tower, one linear question for each attribute."""

    def __init__(self, config: ProbeConfig) -> None:
        super().__init__()
        self.config = config
        self.tower = PictureTower(config.tower)
        self.questions = nn.ModuleList([nn.Linear(config.tower.out, len(config.values[name])) for name in ASKED])

    def forward(self, x: Tensor) -> list[Tensor]:
        """[B,3,H,W] -> logits for each question."""
        seen = self.tower(x)
        return [question(seen) for question in self.questions]


def labels(config: ProbeConfig, truths: list[dict[str, str]]) -> Tensor:
    """[B, questions]; -1 where a value was never seen."""
    index = {name: {value: i for i, value in enumerate(config.values[name])} for name in ASKED}
    return torch.tensor([[index[name].get(truth[name], -1) for name in ASKED] for truth in truths])


@torch.no_grad()
def accuracy(probes: Probes, pictures: Tensor, truths: list[dict[str, str]]) -> dict[str, float]:
    """Share of pictures [B,3,H,W] in which each attribute is seen as asked for."""
    wanted = labels(probes.config, truths)
    dtype = probes.questions[0].weight.dtype
    assert isinstance(dtype, torch.dtype)
    logits = probes(pictures.to(dtype))
    right = [(x.argmax(-1) == wanted[:, i]).float().mean() for i, x in enumerate(logits)]
    return dict(zip(ASKED, map(float, right), strict=True))


def one_figure(shot: Shot) -> bool:
    """Shots that the probes are asked about: one figure, near enough to be known."""
    return len(shot.figures) == 1 and shot.size not in ("ELS", "ECU", "insert")
