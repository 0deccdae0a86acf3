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
from yingxi.model.checkpoint import load_module, save_module
from yingxi.model.pixels import to_tensor
from yingxi.model.text import TextEncoder
from yingxi.train import shards
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

TEMPERATURE = 0.07
TEXTS = 4
"""Captions of a clip, half of them in each language."""
HELD = 4
"""Shards of pairs that are kept from training."""

Shards = list[tuple[NDArray[np.uint8], NDArray[np.float16]]]
"""Frames [N,T,H,W,3] and caption vectors [N,J,S,D] of each shard."""


def open_shards(folder: Path, size: Size, encoder: TextEncoder, most: int = 200) -> Shards:
    """Shards of the first size, `most` of them at most."""
    found: Shards = []
    for shard in range(shards.ready(folder)):
        tensors = shards.read_shard(folder, shard)
        pictures, words = tensors["pictures"], tensors["words"][:, :TEXTS]
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
    """The last shards are held out where there are more than them."""
    torch.manual_seed(4)
    _, _, slots, width = pairs[0][1].shape
    pairs = pairs[:-HELD] or pairs
    towers = Towers(config, width, slots)
    towers.both = towers.both.to(team.device, dtype)
    chosen = matrices(towers.both, ["picture.layers"])
    return Part("judge", towers.both, chosen, partial(loss, towers, pairs, team, batch))


def save(towers_config: TowerConfig, module: torch.nn.Module, folder: Path) -> None:
    save_module(module, folder / "judge.safetensors", torch.float16, bits=8)
    write_text(folder / "judge.json", json.dumps(asdict(towers_config)))


def compare(config: TowerConfig, module: torch.nn.Module, folder: Path, held: Shards) -> dict[int, dict[str, float]]:
    """`measure` of the judge as it was trained, and as it was saved in 8 bits."""
    _, _, slots, width = held[0][1].shape
    found = {}
    for bits in (16, 8):
        towers = Towers(config, width, slots)
        if bits == 16:
            towers.both.load_state_dict(module.state_dict())
        else:
            load_module(towers.both, folder / "judge.safetensors")
        found[bits] = measure(towers, held)
    return found


@torch.no_grad()
def measure(towers: Towers, pairs: Shards) -> dict[str, float]:
    """Of each clip's first picture and first caption: the mean cosine, and how often a picture's own caption is the
    nearest of all."""
    pictures = to_tensor(np.concatenate([frames[:, 0] for frames, _ in pairs]))
    texts = torch.from_numpy(np.concatenate([text[:, 0] for _, text in pairs])).float()
    cosines = towers.see(pictures) @ towers.read(texts).T
    found = (cosines.argmax(1) == torch.arange(len(texts))).float().mean()
    return {"agreement": round(float(cosines.diagonal().mean()), 4), "retrieval": round(float(found), 4)}
