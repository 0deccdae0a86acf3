"""Shards: clips as latents, made by any number of processes, read by all that train without a copy in each.

A shard is `NNNNN.safetensors` and `NNNNN.jsonl`, the shot of each clip. N clips of F latent frames, h x w cells:
`latents` float16 [N,F,C,h,w]; `half` the same from pictures of half the width and height, [N,F,C,h/2,w/2]; `stills`
[N,K,C,h,w], single frames held, as pins are; `cover` uint8 [N,F,h,w], the number of the puppet that covers a cell,
else 0; `pictures` uint8 [N,P,H/2,W/2,3]; `words` int16 [N,J,64], captions as the tokenizer has them, half in each
language.

Before there can be latents there are pieces, `NNNNN.npy` uint8 [N,4,H,W,3]: the autoencoder learns from them.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.core.files import write_text, writing
from yingxi.core.shot import Shot
from yingxi.model.pixels import to_tensor
from yingxi.model.text import MAX_WORDS, Tokenizer
from yingxi.model.vae import VideoVAE
from yingxi.train import clips
from yingxi.train.clips import SPAN, ClipConfig
from yingxi.train.makers import Stop
from yingxi.train.text import LANGUAGES

CAPTIONS = 8
PICTURES = 4
PIECES = 2
"""Four-frame pieces that are kept of a clip."""


def still_frames(frames: int) -> tuple[int, ...]:
    """The frames that may be pinned as pictures: the first, the middle and the last."""
    return 0, frames // 2, frames - 1


def puppet_numbers() -> dict[str, int]:
    """Puppets from 1, in the order of their names."""
    from yingxi.world.puppet import names

    return {name: i + 1 for i, name in enumerate(names())}


def halved(x: Tensor) -> Tensor:
    """[...,3,H,W] -> [...,3,H/2,W/2]."""
    return F.avg_pool2d(x.flatten(0, -4), 2).unflatten(0, x.shape[:-3])


@torch.no_grad()
def encode(vae: VideoVAE, frames: Frames) -> dict[str, Tensor]:
    """Of a clip [T,H,W,3]: `latents` [F,C,h,w], `half` [F,C,h/2,w/2], `stills` [K,C,h,w], `pictures`."""
    x = to_tensor(frames)
    small = halved(x)
    held = x[list(still_frames(len(x)))].unsqueeze(1).expand(-1, SPAN, -1, -1, -1)
    shown = small[np.linspace(0, len(x) - 1, PICTURES).round().astype(int)]
    found = {
        "latents": vae.encode(x.unflatten(0, (-1, SPAN))),
        "half": vae.encode(small.unflatten(0, (-1, SPAN))),
        "stills": vae.encode(held),
    }
    pictures = ((shown + 1) * 127.5).round().to(torch.uint8).movedim(1, -1)
    return {**{name: z.half() for name, z in found.items()}, "pictures": pictures}


def write_words(shots: list[Shot], tokenizer: Tokenizer, shard: int) -> Tensor:
    """[N,J,64] int16."""
    from yingxi.world.caption import caption

    rng = np.random.default_rng((17, shard))
    texts = [caption(shot, LANGUAGES[j % 2], rng) for shot in shots for j in range(CAPTIONS)]
    words = tokenizer.batch(texts)
    return F.pad(words, (0, MAX_WORDS - words.shape[1])).to(torch.int16).unflatten(0, (len(shots), CAPTIONS))


def make_shard(config: ClipConfig, vae: VideoVAE, tokenizer: Tokenizer, folder: Path, shard: int, stop: Stop) -> None:
    numbers = range(shard * config.shard, (shard + 1) * config.shard)
    shots = [clips.draw_shot(config, number) for number in numbers]
    puppets = puppet_numbers()
    rows = []
    for shot, number in zip(shots, numbers, strict=True):
        if stop():
            return
        frames, cover = clips.play_clip(config, shot, config.size(shard), number)
        names = [0, *(puppets.get(figure.look.puppet if figure.look else "", 0) for figure in shot.figures)]
        rows.append({**encode(vae, frames), "cover": torch.from_numpy(np.array(names, np.uint8)[cover])})
    tensors = {name: torch.stack([row[name] for row in rows]).contiguous() for name in rows[0]}
    tensors["words"] = write_words(shots, tokenizer, shard)
    write_text(folder / f"{shard:05d}.jsonl", "".join(shot.model_dump_json() + "\n" for shot in shots))
    with writing(folder / f"{shard:05d}.safetensors") as temporary:
        save_file(tensors, temporary)


def make_shards(
    rank: int, size: int, stop: Stop, config: ClipConfig, vae: VideoVAE, words: list[str], folder: Path, count: int
) -> None:
    """This process's share of those of the first `count` that are missing."""
    tokenizer = Tokenizer(words)
    for shard in range(rank, count, size):
        if not (folder / f"{shard:05d}.safetensors").exists():
            make_shard(config, vae, tokenizer, folder, shard, stop)


def make_pieces(rank: int, size: int, stop: Stop, config: ClipConfig, folder: Path, count: int) -> None:
    """As `make_shards`: four-frame pieces of shots, as pictures."""
    from yingxi.world.play import Staging

    for shard in range(rank, count, size):
        path = folder / f"{shard:05d}.npy"
        if path.exists():
            continue
        rows = []
        for number in range(shard * config.shard, (shard + 1) * config.shard):
            if stop():
                return
            shot = clips.draw_shot(config, number)
            staging = Staging(shot, config.size(shard), shot.seconds, number)
            starts = np.random.default_rng((config.seed, number, 2)).uniform(0, shot.seconds - 1, PIECES)
            rows += [np.stack([staging.picture(t + i / config.fps) for i in range(SPAN)]) for t in starts]
        with writing(path) as temporary:
            np.save(temporary, np.stack(rows))


def ready(folder: Path) -> int:
    """How many shards there are, from the first to the one before the first that is missing."""
    shard = 0
    while (folder / f"{shard:05d}.safetensors").exists():
        shard += 1
    return shard


def read_shard(folder: Path, shard: int) -> dict[str, Tensor]:
    """Its tensors, mapped from the disk."""
    return load_file(folder / f"{shard:05d}.safetensors")


def read_shots(folder: Path, shard: int) -> list[Shot]:
    text = (folder / f"{shard:05d}.jsonl").read_text(encoding="utf-8")
    return [Shot.model_validate_json(line) for line in text.splitlines()]


def open_pieces(folder: Path) -> list[NDArray[np.uint8]]:
    """Memory-mapped pieces, each shard [N,4,H,W,3]."""
    return [np.load(path, mmap_mode="r") for path in sorted(folder.glob("?????.npy"))]
