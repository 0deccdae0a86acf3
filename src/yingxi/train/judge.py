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
from yingxi.core.shapes import Size
from yingxi.eval.judge import Towers
from yingxi.eval.towers import TowerConfig
from yingxi.model.checkpoint import save_module
from yingxi.model.pixels import to_tensor
from yingxi.model.text import TextEncoder
from yingxi.train import shards
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

TEMPERATURE = 0.07

Shards = list[tuple[NDArray[np.uint8], NDArray[np.float16]]]
"""Frames [N,T,H,W,3] and caption vectors [N,J,S,D] of each shard."""


def open_shards(folder: Path, size: Size, encoder: TextEncoder, most: int = 100) -> Shards:
    """Every second shard of the first size, `most` of them at most: the probes learn from the others, so that neither
    has seen what the other was taught."""
    found: Shards = []
    for shard in range(0, shards.ready(folder), 2):
        tensors = shards.read_shard(folder, shard)
        pictures, words = tensors["pictures"], tensors["words"]
        if pictures.shape[2:4] == (size.height, size.width) and len(found) < most:
            with torch.no_grad():
                vectors = encoder(words.flatten(0, 1).long()).unflatten(0, words.shape[:2])
            found.append((pictures.numpy(), vectors.half().numpy()))
    return found


def draw(pairs: Shards, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Random pictures [B,3,H,W] and a caption [B,S,D] of each."""
    pictures, texts = [], []
    for _ in range(count):
        frames, text = pairs[int(rng.integers(len(pairs)))]
        clip = int(rng.integers(len(frames)))
        pictures.append(np.asarray(frames[clip, int(rng.integers(frames.shape[1]))]))
        texts.append(np.asarray(text[clip, int(rng.integers(text.shape[1]))]))
    return to_tensor(np.stack(pictures)), torch.from_numpy(np.stack(texts)).float()


def contrast(pictures: Tensor, words: Tensor) -> Tensor:
    """Each picture finds its caption, each caption its picture."""
    logits = pictures.float() @ words.float().T / TEMPERATURE
    own = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def loss(towers: Towers, pairs: Shards, team: Team, batch: int, step: int) -> Tensor:
    rng = np.random.default_rng((31, step, team.rank))
    pictures, texts = draw(pairs, batch, rng)
    dtype = next(towers.both.parameters()).dtype
    return contrast(towers.see(pictures.to(team.device, dtype)), towers.read(texts.to(team.device, dtype)))


def part(team: Team, pairs: Shards, batch: int, config: TowerConfig, dtype: torch.dtype = torch.bfloat16) -> Part:
    torch.manual_seed(4)
    _, _, slots, width = pairs[0][1].shape
    towers = Towers(config, width, slots)
    towers.both = towers.both.to(team.device, dtype)
    chosen = matrices(towers.both, ["picture.layers"])
    return Part("judge", towers.both, chosen, partial(loss, towers, pairs, team, batch))


def save(towers_config: TowerConfig, module: torch.nn.Module, folder: Path) -> None:
    save_module(module, folder / "judge.safetensors", torch.float16)
    write_text(folder / "judge.json", json.dumps(asdict(towers_config)))
