"""Nano's recipe: shapes, amounts and rates, in one place."""

from dataclasses import dataclass, field

import torch

from yingxi.eval.towers import TowerConfig
from yingxi.model.dit import DiTConfig
from yingxi.model.vae import PATCH, VAEConfig
from yingxi.train.clips import ClipConfig
from yingxi.train.dit import FlowConfig
from yingxi.train.loop import Rates


@dataclass(frozen=True)
class Recipe:
    """Shapes, amounts and shares of the time (text, decoder, stills, clips, judge, probes).

    `processes` None is one a core. `asked` is the number of shots that the report is about.
    """

    clips: ClipConfig = field(default_factory=ClipConfig)
    shards: int = 150
    pool: int = 4000
    captions: int = 12000
    text_width: int = 192
    text_layers: int = 3
    text_batch: int = 96
    vae: VAEConfig = field(default_factory=VAEConfig)
    vae_batch: int = 16
    heads: int = 5
    head: int = 64
    layers: int = 8
    ffn: int = 1024
    flow: FlowConfig = field(default_factory=FlowConfig)
    still_share: float = 0.25
    judge_width: int = 192
    judge_layers: int = 3
    judge_batch: int = 96
    asked: int = 200
    shares: tuple[float, ...] = (0.03, 0.1, 0.45, 0.34, 0.04, 0.04)
    text_rates: Rates = field(default_factory=lambda: Rates(muon=0.02, adam=0.003))
    vae_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002))
    still_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002, fall=0.0, average=0.99))
    clip_rates: Rates = field(default_factory=lambda: Rates(muon=0.008, adam=0.0015, fall=0.6, average=0.99))
    judge_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002))
    processes: int | None = None
    bfloat16: bool = True
    compiled: bool = True

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.bfloat16 else torch.float32

    def transformer(self) -> DiTConfig:
        channels = self.vae.channels
        return DiTConfig(self.heads, self.head, self.layers, self.ffn, channels, channels, self.text_width)

    def tower(self) -> TowerConfig:
        return TowerConfig(self.clips.height // PATCH, self.clips.width // PATCH, self.judge_width, self.judge_layers)
