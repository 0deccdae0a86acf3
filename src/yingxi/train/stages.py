"""The stages of nano's recipe. Each runs in every process of the team; the first process writes the result."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from yingxi.core.files import write_text
from yingxi.model.checkpoint import NanoConfig, load_module, save_config, save_module
from yingxi.model.flow import Schedule
from yingxi.model.pixels import to_bytes
from yingxi.model.sampling import Sampler
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer
from yingxi.model.vae import VideoVAE
from yingxi.train import clips, dit, judge, latents, text, vae
from yingxi.train.attributes import SLOTS
from yingxi.train.latents import Corpus
from yingxi.train.loop import Budget, Part, Rates, train
from yingxi.train.parallel import Team
from yingxi.train.recipe import Recipe
from yingxi.train.sheet import write_sheet

TASKS = ("pins", "loop", "cuts")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def trained(part: Part, folder: Path, budget: Budget, rates: Rates, team: Team) -> nn.Module:
    """Train a part and leave its averaged weights in it."""
    average = train(part, folder, budget, rates, team, log=say)
    with torch.no_grad():
        for name, parameter in part.module.named_parameters():
            parameter.copy_(average[name])
    return part.module


def text_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    from yingxi.world.samples import sample

    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(3)
    pool = [sample(rng) for _ in range(recipe.pool)]
    shape = TextConfig(1, len(SLOTS), recipe.text_width, 64, recipe.text_layers)
    shape = replace(shape, vocabulary=Tokenizer(vocabulary).size)
    part = text.part(team, vocabulary, pool, recipe.text_batch, shape, recipe.dtype)
    reading = trained(part, folder, budget, recipe.text_rates, team)
    if team.leads:
        assert isinstance(reading, text.Reading)
        save_module(reading.encoder, folder / "text.safetensors", torch.float16)
        write_text(folder / "text.json", json.dumps(asdict(shape)))


def vae_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    frames = clips.open_frames(clips.shards(folder / "clips"))
    held, shards = (frames[-1:], frames[:-1]) if len(frames) > 1 else (frames, frames)
    part = vae.part(team, shards, recipe.vae_batch, recipe.vae, recipe.dtype)
    fixed = vae.pieces(held, 32, np.random.default_rng(0))

    def sheet(module: nn.Module, step: int) -> None:
        assert isinstance(module, VideoVAE)
        say(json.dumps({"part": "vae", "step": step, "psnr": round(vae.measure(module, fixed), 2)}))
        with torch.no_grad():
            made = to_bytes(module.decode(module.encode(fixed[:6].to(recipe.dtype))))
        rows = [[to_bytes(x)[0], y[0], y[3]] for x, y in zip(fixed[:6], made, strict=True)]
        write_sheet(folder / "sheets" / f"vae-{step:06d}.png", rows)

    part.sheet = sheet
    module = trained(part, folder, budget, recipe.vae_rates, team)
    if team.leads:
        save_module(module, folder / "vae.safetensors", torch.float16)


def read_text(folder: Path) -> tuple[TextEncoder, Tokenizer, TextConfig]:
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    config = TextConfig(**json.loads((folder / "text.json").read_text(encoding="utf-8")))
    encoder = TextEncoder(config)
    load_module(encoder, folder / "text.safetensors")
    return encoder.eval(), Tokenizer(vocabulary), config


def read_vae(recipe: Recipe, folder: Path) -> VideoVAE:
    module = VideoVAE(recipe.vae).to(recipe.dtype)
    load_module(module, folder / "vae.safetensors")
    return module.requires_grad_(False)


def latent_stage(team: Team, recipe: Recipe, folder: Path) -> None:
    encoder, tokenizer, _ = read_text(folder)
    latents.encode_all(team, read_vae(recipe, folder), encoder, tokenizer, folder / "clips")


def scales(corpus: Corpus, folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of each latent channel, and the deviation of all together: one number for every channel, or the layout
    would not stand out from faint detail. Measured once, then read, so that more clips do not move them."""
    path = folder / "scales.json"
    if not path.exists():
        sample = corpus.latents[:: max(1, len(corpus) // 1000)].float()
        mean, variance = sample.mean((0, 1, 3, 4)), sample.var((0, 1, 3, 4)).mean()
        std = variance.sqrt().clamp(min=1e-3).expand(len(mean))
        write_text(path, json.dumps({"mean": mean.tolist(), "std": std.tolist()}))
    data = json.loads(path.read_text(encoding="utf-8"))
    return torch.tensor(data["mean"]), torch.tensor(data["std"])


def normalise(corpus: Corpus, mean: torch.Tensor, std: torch.Tensor) -> None:
    """Scale the latents in place."""
    for tensor in (corpus.latents, corpus.stills):
        for i in range(0, len(tensor), 256):
            rows = tensor[i : i + 256].float()
            tensor[i : i + 256] = ((rows - mean[:, None, None]) / std[:, None, None]).half()


def read_corpus(folder: Path) -> Corpus:
    """All clips of a working folder as normalised latents."""
    encoder, tokenizer, _ = read_text(folder)
    corpus = latents.load_corpus(folder / "clips", encoder, tokenizer)
    normalise(corpus, *scales(corpus, folder))
    return corpus


def dit_stage(
    team: Team, recipe: Recipe, folder: Path, budgets: tuple[Budget, Budget], warm: Path | None = None
) -> None:
    encoder, tokenizer, _ = read_text(folder)
    corpus = read_corpus(folder)
    mean, std = scales(corpus, folder)
    sheet = sheets(recipe, folder, encoder, tokenizer, mean, std) if team.leads else None
    flow = recipe.flow
    still = dit.part(team, corpus, replace(flow, share=1.0), recipe.transformer(), recipe.dtype, recipe.compiled)
    if warm:
        load_module(still.module, warm / "dit.safetensors")
        if team.leads:
            say(f"dit: starts warm from the weights in {warm}")
    still.name, still.sheet = "stills", sheet and partial(sheet, "stills")
    moving = dit.part(
        team, corpus, replace(flow, share=recipe.still_share), recipe.transformer(), recipe.dtype, recipe.compiled
    )
    moving.name, moving.sheet = "clips", sheet and partial(sheet, "clips")
    trained(still, folder, budgets[0], recipe.still_rates, team)
    moving.module.load_state_dict(still.module.state_dict())
    module = trained(moving, folder, budgets[1], recipe.clip_rates, team)
    if team.leads:
        save_module(module, folder / "dit.safetensors", torch.float16)
        save_config(describe(recipe, folder, mean, std), folder)


def describe(recipe: Recipe, folder: Path, mean: torch.Tensor, std: torch.Tensor) -> NanoConfig:
    _, tokenizer, config = read_text(folder)
    return NanoConfig(
        dit=recipe.transformer(),
        vae=recipe.vae,
        text=config,
        vocabulary=tokenizer.vocabulary,
        slots=SLOTS,
        mean=tuple(mean.tolist()),
        std=tuple(std.tolist()),
        width=recipe.clips.width,
        height=recipe.clips.height,
        fps=recipe.clips.fps,
        window=recipe.flow.window,
        tasks=TASKS,
        trained={"clips": recipe.shards * clips.SHARD, "seed": recipe.clips.seed},
    )


PROMPTS = (
    "The Monkey King with a staff walks in the mountains at dawn.",
    "一位身穿红色长袍的姑娘在花园里跳舞。",
    "A general fights a knight by the city wall at night.",
    "Full shot: a monk bows in a temple.",
    "A girl in a green dress weeps in the snow.",
    "夜晚，皇帝坐在宫殿里。",
)


def sheets(
    recipe: Recipe, folder: Path, encoder: TextEncoder, tokenizer: Tokenizer, mean: torch.Tensor, std: torch.Tensor
) -> Callable[[str, nn.Module, int], None]:
    """A picture of what the transformer makes of the same prompts, always from the same noise."""
    decoder = read_vae(recipe, folder)
    rows, columns = recipe.clips.height // 16, recipe.clips.width // 16

    def sheet(name: str, module: nn.Module, step: int) -> None:
        window = recipe.flow.window
        with torch.no_grad(), torch.compiler.set_stance("force_eager"):
            vectors, empty = encoder(tokenizer.batch(PROMPTS)), encoder(tokenizer.batch([""]))
            module_: Any = module
            sampler = Sampler(module_, vectors, empty, 3.0, Schedule(16))
            pictures: list[list[Any]] = [[] for _ in PROMPTS]
            for frames in (1, 1, window):
                generator = torch.Generator().manual_seed(len(pictures[0]))
                noise = torch.randn(len(PROMPTS), frames, recipe.vae.channels, rows, columns, generator=generator)
                z = sampler.window(noise, {}, (), None) * std[:, None, None] + mean[:, None, None]
                made = to_bytes(decoder.decode(z.flatten(0, 1).to(recipe.dtype)))
                for i, row in enumerate(made.reshape(len(PROMPTS), frames * 4, *made.shape[2:])):
                    pictures[i].extend([row[0]] if frames == 1 else [row[0], row[len(row) // 2], row[-1]])
        write_sheet(folder / "sheets" / f"{name}-{step:06d}.png", pictures)

    return sheet


def judge_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    shards = judge.open_shards(folder / "clips")
    part = judge.part(team, shards, recipe.judge_batch, recipe.tower(), recipe.dtype)
    module = trained(part, folder, budget, recipe.judge_rates, team)
    if team.leads:
        judge.save(recipe.tower(), module, folder)
