"""Two ways to pin, trained alike and compared: clean context against mask and condition channels.

    python dev/pins.py FOLDER [STEPS]

FOLDER is a working folder of `yingxi train nano` with clips in it. Each way trains a small transformer on the same
windows, pins, noise and seeds; then both are asked for clips that were held out.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from yingxi.model import flow
from yingxi.model.dit import DiT, DiTConfig
from yingxi.model.flow import Schedule
from yingxi.model.pins import picture_time
from yingxi.train import dit as recipe
from yingxi.train import shards
from yingxi.train.muon import Optimizer, matrices
from yingxi.train.parallel import Team
from yingxi.train.pinning import Layout, draw_layout
from yingxi.train.stages import read_corpus

WINDOW, BATCH, HELD = 6, 12, 48
STILL_FRAMES = shards.still_frames(4 * WINDOW)


@dataclass(frozen=True)
class Corpus:
    """Clips of one size, normalised: `latents` [N,F,C,h,w], `stills` [N,K,C,h,w], `text` [N,J,S,D]."""

    latents: Tensor
    stills: Tensor
    text: Tensor

    def __len__(self) -> int:
        return len(self.latents)


def read(folder: Path) -> Corpus:
    corpus = read_corpus(Team(), folder)
    found = [shards.read_shard(folder / "clips", i) for i in range(shards.ready(folder / "clips"))]
    found = [shard for shard in found if shard["cover"].shape == found[0]["cover"].shape]
    picks = [(shard, row) for shard in found for row in range(len(shard["cover"]))]
    starts, words = [0] * len(picks), torch.cat([shard["words"] for shard in found])
    stills = corpus.latents(picks, starts, len(STILL_FRAMES), "stills")
    text = corpus.read(words.flatten(0, 1)).unflatten(0, words.shape[:2])
    return Corpus(corpus.latents(picks, starts, WINDOW), stills, text)


def say(result: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()


def shape(channels: int, way: str, text: int) -> DiTConfig:
    incoming = channels if way == "context" else 2 * channels + 4
    return DiTConfig(2, 64, 4, 512, incoming, channels, text, (1, 2, 2))


def predict(
    dit: DiT, way: str, x: Tensor, level: Tensor, layout: Layout, clean: Tensor, stills: Tensor, text: Tensor
) -> Tensor:
    """Clean frames from noisy ones `x` [B,F,C,h,w] at `level` [B]; `clean` and `stills` are what may be pinned."""
    count, frames = x.shape[:2]
    levels = level[:, None].expand(count, frames).clone()
    times = torch.arange(frames).float().expand(count, -1)
    pinned = list(layout.clean)
    if way == "context":
        x = x.clone()
        x[:, pinned], levels[:, pinned] = clean[:, pinned], 0.0
        if layout.pictures:
            x = torch.cat((x, stills[:, list(layout.pictures)]), 1)
            levels = torch.cat((levels, torch.zeros(count, len(layout.pictures))), 1)
            at = torch.tensor([picture_time(STILL_FRAMES[k]) for k in layout.pictures])
            times = torch.cat((times, at.expand(count, -1)), 1)
    else:
        mask = torch.zeros(count, frames, 4, *x.shape[3:])
        condition = torch.zeros_like(x)
        mask[:, pinned], condition[:, pinned] = 1.0, clean[:, pinned]
        for k in layout.pictures:
            frame = STILL_FRAMES[k]
            mask[:, frame // 4, frame % 4], condition[:, frame // 4] = 1.0, stills[:, k]
        x = torch.cat((x, mask, condition), 2)
    out = dit(x.bfloat16(), levels * 1000, times, dit.context(text.bfloat16())).float()
    return out[:, :frames]


def train(way: str, corpus: Corpus, steps: int) -> DiT:
    torch.manual_seed(0)
    dit = DiT(shape(corpus.latents.shape[2], way, corpus.text.shape[-1]))
    recipe.start_weights(dit)
    dit = dit.bfloat16()
    optimizer = Optimizer(dit.named_parameters(), matrices(dit, ["blocks"]), 0.01)
    inside = [k for k, f in enumerate(STILL_FRAMES) if f < 4 * WINDOW]
    begun = time.process_time()
    for step in range(steps):
        rng = np.random.default_rng((1, step))
        generator = torch.Generator().manual_seed(step)
        rows = torch.from_numpy(rng.integers(len(corpus) - HELD, size=BATCH))
        layout = draw_layout(WINDOW, inside, rng)
        clean, stills = corpus.latents[rows, :WINDOW].float(), corpus.stills[rows].float()
        text = corpus.text[rows, int(rng.integers(corpus.text.shape[1]))].float()
        level = torch.sigmoid(torch.randn(BATCH, generator=generator) + 0.6)
        levels = level[:, None].expand(-1, WINDOW)
        x = flow.noised(clean, torch.randn(clean.shape, generator=generator), levels)
        wanted = torch.ones(BATCH, WINDOW, *clean.shape[3:])
        wanted[:, list(layout.clean)] = 0
        loss = flow.velocity_loss(
            predict(dit, way, x, level, layout, clean, stills, text),
            clean,
            levels,
            wanted,
            torch.ones(clean.shape[2]),
        )
        loss.backward()
        factor = min(1.0, step / 20) * max(0.05, min(1.0, (steps - step) / (0.4 * steps)))
        optimizer.step(0.01 * factor, 0.002 * factor)
    say({"way": way, "steps": steps, "cpu seconds": round(time.process_time() - begun)})
    return dit


@torch.no_grad()
def measure(way: str, dit: DiT, corpus: Corpus) -> dict[str, float]:
    """Mean squared errors, latents of variance 1, on held-out clips, sampled with 12 steps and no guidance."""
    rows = torch.arange(len(corpus) - HELD, len(corpus))
    clean, stills, text = (
        corpus.latents[rows, :WINDOW].float(),
        corpus.stills[rows].float(),
        corpus.text[rows, 0].float(),
    )
    last = len(STILL_FRAMES) - 1
    layouts = {
        "none": Layout(),
        "first picture": Layout(pictures=(0,)),
        "last picture": Layout(pictures=(last,)),
        "first latent": Layout(clean=(0,)),
    }
    results = {}
    for name, layout in layouts.items():
        noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(9))

        def clean_frames(x: Tensor, levels: Tensor, layout: Layout = layout) -> Tensor:
            level = levels[:, -1]
            out = predict(dit, way, x, level, layout, clean, stills, text)
            out[:, list(layout.clean)] = clean[:, list(layout.clean)]
            return out

        made = flow.sample(clean_frames, noise, Schedule(12))
        errors = (made - clean).square().mean((0, 2, 3, 4))
        at = {"first picture": 0, "last picture": WINDOW - 1, "first latent": 1, "none": 0}[name]
        results[f"{name}: frame {at}"] = round(float(errors[at]), 3)
        results[f"{name}: all"] = round(float(errors.mean()), 3)
    return results


def main() -> None:
    folder, steps = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500
    torch.set_num_threads(1)
    corpus = read(folder)
    for way in ("context", "channels"):
        dit = train(way, corpus, steps)
        say({"way": way, **measure(way, dit, corpus)})


if __name__ == "__main__":
    main()
