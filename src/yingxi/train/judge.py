"""Training the judge: pictures of the stage and their captions, each to find its own among the others."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from yingxi.core.files import write_text
from yingxi.eval.judge import Towers
from yingxi.eval.towers import TowerConfig
from yingxi.model.checkpoint import save_module
from yingxi.model.pixels import to_tensor
from yingxi.train import clips
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

TEMPERATURE = 0.07

Shards = list[tuple[NDArray[np.uint8], NDArray[np.float16]]]
"""Frames [N,T,H,W,3] and caption vectors [N,J,S,D] of each shard."""


def open_shards(folder: Path) -> Shards:
    """Every second shard: the probes learn from the others, so that neither has seen what the other was taught."""
    paths = [p for p in clips.shards(folder) if p.with_suffix(".text.npy").exists()][::2]
    return [(np.load(p, mmap_mode="r"), np.load(p.with_suffix(".text.npy"), mmap_mode="r")) for p in paths]


def draw(shards: Shards, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Random pictures [B,3,H,W] and a caption [B,S,D] of each."""
    pictures, texts = [], []
    for _ in range(count):
        frames, text = shards[int(rng.integers(len(shards)))]
        clip = int(rng.integers(len(frames)))
        pictures.append(np.asarray(frames[clip, int(rng.integers(frames.shape[1]))]))
        texts.append(np.asarray(text[clip, int(rng.integers(text.shape[1]))]))
    return to_tensor(np.stack(pictures)), torch.from_numpy(np.stack(texts)).float()


def contrast(pictures: Tensor, words: Tensor) -> Tensor:
    """Each picture finds its caption, each caption its picture."""
    logits = pictures.float() @ words.float().T / TEMPERATURE
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def loss(towers: Towers, shards: Shards, team: Team, batch: int, step: int) -> Tensor:
    rng = np.random.default_rng((31, step, team.rank))
    pictures, texts = draw(shards, batch, rng)
    dtype = next(towers.both.parameters()).dtype
    return contrast(towers.see(pictures.to(dtype)), towers.read(texts.to(dtype)))


def part(team: Team, shards: Shards, batch: int, config: TowerConfig, dtype: torch.dtype = torch.bfloat16) -> Part:
    torch.manual_seed(4)
    _, _, slots, width = shards[0][1].shape
    towers = Towers(config, width, slots)
    towers.both = towers.both.to(dtype)
    chosen = matrices(towers.both, ["picture.layers"])
    return Part("judge", towers.both, chosen, partial(loss, towers, shards, team, batch))


def save(towers_config: TowerConfig, module: torch.nn.Module, folder: Path) -> None:
    save_module(module, folder / "judge.safetensors", torch.float16)
    write_text(folder / "judge.json", json.dumps(asdict(towers_config)))
