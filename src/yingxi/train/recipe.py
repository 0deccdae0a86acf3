"""Nano's recipe: shapes, amounts and rates, in one place."""

from dataclasses import dataclass, field

import torch

from yingxi.core.shapes import Size
from yingxi.eval.report import Plan
from yingxi.eval.towers import TowerConfig
from yingxi.model.dit import DiTConfig
from yingxi.model.vae import PATCH, VAEConfig
from yingxi.train.clips import ClipConfig
from yingxi.train.distil import DistilConfig
from yingxi.train.dit import FlowConfig
from yingxi.train.loop import Rates

CELLS = (1, 2, 2)
"""Latent cells of a token: 112 tokens for a latent frame of 448x256."""
HELD = 0.5
"""The share of a GPU's memory that clips may fill."""
SHARD_BYTES = 42e6
"""Of a shard of 32 clips of 448x256 on a GPU."""


@dataclass(frozen=True)
class Recipe:
    """Shapes, amounts and shares of the time (text, small stills, stills, clips, distilling, decoder, judge, probes),
    from nothing and warm.

    Of `shards`, `ahead` are made before the transformer trains, the others meanwhile, by `makers`
    processes (None: one a core; 0: in this one, before). `processes` train on a CPU, None is one a core. The probes
    have `probed` shards of their own.

    The transformer has 9.2 M parameters, on a GPU 23.4 M: how large a model pays depends on how much it can see. In 8
    bits the larger takes 23.5 MB; with decoder 7.2, text 3.3 and judge 2.8 MB the model takes 37 MB on disk.
    """

    clips: ClipConfig = field(default_factory=ClipConfig)
    pieces: int = 20
    shards: int = 120
    ahead: int = 120
    pool: int = 4000
    captions: int = 12000
    text_width: int = 192
    text_layers: int = 3
    text_batch: int = 96
    vae: VAEConfig = field(default_factory=VAEConfig)
    vae_batch: int = 16
    heads: int = 4
    head: int = 64
    layers: int = 8
    ffn: int = 1024
    flow: FlowConfig = field(default_factory=FlowConfig)
    distil: DistilConfig = field(default_factory=DistilConfig)
    still_share: float = 0.25
    judge_width: int = 256
    judge_layers: int = 4
    judge_batch: int = 96
    probed: int = 250
    probe_batch: int = 8
    plan: Plan = field(default_factory=Plan)
    shares: tuple[float, ...] = (0.05, 0.15, 0.22, 0.3, 0.1, 0.07, 0.03, 0.08)
    warm_shares: tuple[float, ...] = (0, 0, 0.2, 0.5, 0.12, 0.05, 0.05, 0.08)
    text_rates: Rates = field(default_factory=lambda: Rates(muon=0.012, adam=0.0015, fall=0.7))
    vae_rates: Rates = field(default_factory=lambda: Rates(muon=0.006, adam=0.001))
    still_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002, fall=0.0, average=0.99))
    clip_rates: Rates = field(default_factory=lambda: Rates(muon=0.008, adam=0.0015, fall=0.6, average=0.99))
    distil_rates: Rates = field(default_factory=lambda: Rates(adam=0.001, fall=0.5, average=0.99))
    judge_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002))
    probe_rates: Rates = field(default_factory=lambda: Rates(muon=0.01, adam=0.002, fall=0.5))
    processes: int | None = None
    makers: int | None = None
    bfloat16: bool = True
    compiled: bool = True

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.bfloat16 else torch.float32

    def transformer(self) -> DiTConfig:
        channels = self.vae.channels
        shape = self.heads, self.head, self.layers, self.ffn, channels, 2 * channels, self.text_width, CELLS
        return DiTConfig(*shape, placed=True)

    def picture(self) -> Size:
        """The size of the pictures that judge and probes see: half of the first."""
        first = self.clips.sizes[0]
        return Size(first.width // 2, first.height // 2)

    def tower(self) -> TowerConfig:
        size = self.picture()
        return TowerConfig(size.height // PATCH, size.width // PATCH, self.judge_width, self.judge_layers)


def recipe_for(gpu_bytes: int | None) -> Recipe:
    """On a CPU, or on a GPU of so much memory: there a larger transformer, and more clips, made while it trains.

    A latent frame that is kept is used tens of times. Rendered for each use it would cost 0.06 s of a core in a
    clip, 0.17 alone, where a step of training on it takes 0.03 s of a core and far less of a GPU.
    """
    if gpu_bytes is None:
        return Recipe()
    shards = min(900, int(HELD * gpu_bytes / SHARD_BYTES))
    return Recipe(
        pieces=60,
        shards=shards,
        ahead=20,
        text_batch=256,
        vae_batch=64,
        heads=6,
        layers=10,
        ffn=1280,
        flow=FlowConfig(batch=512, windows=96),
        judge_batch=512,
        probe_batch=32,
        still_rates=Rates(muon=0.01, adam=0.002, fall=0.0, average=0.999),
        clip_rates=Rates(muon=0.01, adam=0.002, fall=0.5, average=0.999),
    )
