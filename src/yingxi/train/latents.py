"""Clips as latents and captions as vectors, once for all steps of the transformer's training.

Beside each shard of clips: `NNNNN.latents.npy` float16 `[N,F,C,h,w]`, `NNNNN.stills.npy` `[N,K,C,h,w]` (single
frames, held, as pins are), `NNNNN.text.npy` `[N,J,S,D]` (J captions of each clip, half in each language).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yingxi.core.files import writing
from yingxi.model.pixels import to_tensor
from yingxi.model.text import TextEncoder, Tokenizer
from yingxi.model.vae import FRAMES, VideoVAE
from yingxi.train import clips
from yingxi.train.parallel import Team
from yingxi.train.text import LANGUAGES

CAPTIONS = 6
STILL_FRAMES = (0, 3, 6, 9, 12, 15, 18, 23)

Array = NDArray[np.float16]


@dataclass(frozen=True)
class Corpus:
    """All shards in memory. `latents` [N,F,C,h,w], `stills` [N,K,C,h,w], `text` [N,J,S,D], `empty` [S,D].

    `motion` [N,F,h,w] is 1 where nothing moves and up to 4 where much does: where the figures are, mostly.
    """

    latents: Tensor
    stills: Tensor
    text: Tensor
    empty: Tensor
    motion: Tensor

    def __len__(self) -> int:
        return len(self.latents)


def still_frames(frames: int) -> tuple[int, ...]:
    return tuple(i for i in STILL_FRAMES if i < frames)


@torch.no_grad()
def encode_clips(vae: VideoVAE, frames: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """[N,T,H,W,3] -> latents [N,F,C,h,w] and stills [N,K,C,h,w]."""
    count, length = frames.shape[:2]
    dtype = vae.from_latent.weight.dtype
    whole = to_tensor(frames[:, : length // FRAMES * FRAMES]).to(dtype)
    latents = vae.encode(whole.unflatten(1, (-1, FRAMES)).flatten(0, 1)).unflatten(0, (count, -1))
    held = whole[:, list(still_frames(length))].unsqueeze(2).expand(-1, -1, FRAMES, -1, -1, -1)
    stills = vae.encode(held.flatten(0, 1)).unflatten(0, (count, -1))
    return latents, stills


def encode_shard(vae: VideoVAE, shard: Path, team_batch: int = 8) -> None:
    frames = np.load(shard, mmap_mode="r")
    parts = [encode_clips(vae, np.asarray(frames[i : i + team_batch])) for i in range(0, len(frames), team_batch)]
    for name, tensors in zip(("latents", "stills"), zip(*parts, strict=True), strict=True):
        _save(shard, name, torch.cat(tensors))


@torch.no_grad()
def caption_shard(encoder: TextEncoder, tokenizer: Tokenizer, shard: Path) -> None:
    from yingxi.world.caption import caption

    shots = clips.read_shots(shard)
    rng = np.random.default_rng((17, int(shard.stem)))
    texts = [caption(shot, LANGUAGES[j % 2], rng) for shot in shots for j in range(CAPTIONS)]
    _save(shard, "text", encoder(tokenizer.batch(texts)).unflatten(0, (len(shots), CAPTIONS)))


def _save(shard: Path, name: str, tensor: Tensor) -> None:
    with writing(shard.with_suffix(f".{name}.npy")) as temporary:
        np.save(temporary, tensor.to(torch.float16).numpy())


def encode_all(team: Team, vae: VideoVAE, encoder: TextEncoder, tokenizer: Tokenizer, folder: Path) -> None:
    """What is missing beside each shard, shared out over the team."""
    for shard in clips.shards(folder)[team.rank :: team.size]:
        if not shard.with_suffix(".latents.npy").exists() or not shard.with_suffix(".stills.npy").exists():
            encode_shard(vae, shard)
        if not shard.with_suffix(".text.npy").exists():
            caption_shard(encoder, tokenizer, shard)


@torch.no_grad()
def load_corpus(folder: Path, encoder: TextEncoder, tokenizer: Tokenizer) -> Corpus:
    ready = [s for s in clips.shards(folder) if s.with_suffix(".text.npy").exists()]

    def read(name: str) -> Tensor:
        return torch.from_numpy(np.concatenate([np.load(s.with_suffix(f".{name}.npy")) for s in ready]))

    empty = encoder(tokenizer.batch([""]))[0]
    found = read("latents")
    return Corpus(found, read("stills"), read("text"), empty, motion(found))


def motion(latents: Tensor) -> Tensor:
    """[N,F,C,h,w] -> [N,F,h,w]: 1, and the squared distance from the clip's mean over its average, at most 3."""
    parts = []
    for rows in latents.split(256):
        rows = rows.float()
        parts.append((rows - rows.mean(1, keepdim=True)).square().mean(2))
    energy = torch.cat(parts)
    return 1 + (energy / energy.mean().clamp(min=1e-9)).clamp(max=3)
