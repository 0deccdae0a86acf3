"""The stages of nano's recipe. Each runs in every process of the team; the first process writes the result."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from yingxi.core.files import write_text
from yingxi.eval.attributes import SLOTS
from yingxi.model.checkpoint import NanoConfig, load_config, load_module, save_config, save_module
from yingxi.model.context import Context
from yingxi.model.dit import DiT, DiTConfig
from yingxi.model.flow import Schedule, clean_frames, noised
from yingxi.model.nano import FAST
from yingxi.model.pixels import to_bytes
from yingxi.model.sampling import Sampler
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer
from yingxi.model.vae import VideoVAE
from yingxi.train import distil, dit, judge, shards, text, vae
from yingxi.train.clips import CELL, SPAN
from yingxi.train.corpus import Corpus
from yingxi.train.loop import Budget, Part, Rates, Weights, fill, train
from yingxi.train.parallel import Team
from yingxi.train.recipe import Recipe
from yingxi.train.sheet import Picture, write_sheet

TASKS = ("pins", "loop", "cuts")
COMPONENTS = ("mean", "basis", "scale")
SCALES = ("mean", "std", "spread")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def trained(part: Part, folder: Path, budget: Budget, rates: Rates, team: Team) -> nn.Module:
    """Train a part and leave its averaged weights in it."""
    return fill(part.module, train(part, folder, budget, rates, team, log=say))


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
        save_module(reading.encoder, folder / "text.safetensors")
        write_text(folder / "text.json", json.dumps(asdict(shape)))


def components_stage(recipe: Recipe, folder: Path) -> None:
    """The linear encoder: all that clips need to become latents."""
    pieces, module = shards.open_pieces(folder / "pieces"), VideoVAE(recipe.vae)
    vae.fit_components(module, pieces)
    save_module({name: getattr(module, name) for name in COMPONENTS}, folder / "components.safetensors")
    scales = zip(SCALES, vae.fit_scales(module, pieces), strict=True)
    write_text(folder / "scales.json", json.dumps({name: t.tolist() for name, t in scales}))


def read_components(recipe: Recipe, folder: Path) -> VideoVAE:
    """The encoder; its decoder is untrained."""
    torch.manual_seed(1)
    module = VideoVAE(recipe.vae)
    module.load_state_dict(load_file(folder / "components.safetensors"), strict=False)
    return module.requires_grad_(False)


WORST = 0.8
"""The highest level from which the decoder is shown what the transformer makes of noisy latents."""
DOWN = (1.0, 0.6, 0.25, 0.0)
"""Shares of that level that its steps go through. One step alone would give means, smoother than samples are."""


def errors(team: Team, recipe: Recipe, folder: Path) -> vae.Worsen:
    """What the finished transformer makes of noisy latents in a few steps, told nothing."""
    module = DiT(recipe.transformer())
    load_module(module, folder / "dit.safetensors")
    module.to(team.device, recipe.dtype).requires_grad_(False)
    corpus = read_corpus(team, folder)

    def worsen(z: Tensor, generator: torch.Generator) -> Tensor:
        x = ((z.float() - corpus.mean) / corpus.std)[:, None]
        levels = WORST * torch.rand(len(x), 1, generator=generator, device=team.device)
        x = noised(x, torch.randn(x.shape, generator=generator, device=team.device), levels)
        with torch.no_grad():
            context = module.context(corpus.empty.to(z.dtype).expand(len(x), -1, -1))
            for now, then in pairwise(DOWN):
                made = module(x.to(z.dtype), levels * now * 1000, torch.zeros(1, 1), context)
                clean = clean_frames(made, x, levels * now, corpus.spread)
                x = clean + (x - clean) * (then / now)
        return (x[:, 0] * corpus.std + corpus.mean).to(z.dtype)

    return worsen


def vae_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget, warm: Path | None = None) -> None:
    pieces = shards.open_pieces(folder / "pieces")
    held, taught = (pieces[:1], pieces[1:]) if len(pieces) > 1 else (pieces, pieces)
    whole = read_components(recipe, folder)
    module = read_components(recipe, folder).requires_grad_(True).to(team.device, recipe.dtype)
    if warm:
        load_module(module, warm / "vae.safetensors")
    part = vae.part(team, taught, recipe.vae_batch, module, errors(team, recipe, folder))
    fixed = vae.pieces(held, 8, np.random.default_rng(0))

    def sheet(weights: Weights, step: int) -> Picture:
        shown = fill(whole, weights)
        assert isinstance(shown, VideoVAE)
        say(json.dumps({"part": "vae", "step": step, "psnr": round(vae.measure(shown, fixed), 2)}))
        with torch.no_grad():
            made = to_bytes(shown.decode(shown.encode(fixed[:6])))
        rows = [[to_bytes(x)[0], y[0], y[3]] for x, y in zip(fixed[:6], made, strict=True)]
        return write_sheet(folder / "sheets" / f"vae-{step:06d}.png", rows)

    part.sheet = sheet
    trained(part, folder, budget, recipe.vae_rates, team)
    if team.leads:
        save_module(module, folder / "vae.safetensors")


def read_text(folder: Path) -> tuple[TextEncoder, Tokenizer, TextConfig]:
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    config = TextConfig(**json.loads((folder / "text.json").read_text(encoding="utf-8")))
    encoder = TextEncoder(config)
    load_module(encoder, folder / "text.safetensors")
    return encoder.eval(), Tokenizer(vocabulary), config


def read_scales(folder: Path) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, deviation and spread of the latents' channels, each [C]."""
    data = json.loads((folder / "scales.json").read_text(encoding="utf-8"))
    mean, std, spread = (torch.tensor(data[name]) for name in SCALES)
    return mean, std, spread


def read_corpus(team: Team, folder: Path) -> Corpus:
    """All clips of a working folder."""
    return Corpus(folder / "clips", team, *read_scales(folder), read_text(folder)[0])


def dit_stage(team: Team, recipe: Recipe, folder: Path, budgets: Sequence[Budget], warm: Path | None = None) -> None:
    """Budgets of small stills, stills and clips."""
    corpus = read_corpus(team, folder)
    student = dit.student(corpus, recipe.transformer(), recipe.dtype, recipe.compiled)
    if warm:
        load_module(student.dit, warm / "dit.safetensors")
        if team.leads:
            say(f"dit: starts warm from the weights in {warm}")
    rates = recipe.still_rates, recipe.still_rates, recipe.clip_rates
    parts = dit.parts(student, corpus, recipe.flow, recipe.still_share, team)
    for part, budget, rate in zip(parts, budgets, rates, strict=True):
        corpus.begin(part.name)
        part.sheet = sheets(recipe, folder, part.name) if team.leads else None
        trained(part, folder, budget, rate, team)
    if team.leads:
        save_module(student.dit, folder / "dit.safetensors", bits=8)
        save_config(describe(recipe, folder, *read_scales(folder)), folder)


def distil_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    """A LoRA for few steps, beside the transformer; the configuration says of how many steps."""
    corpus, module = read_corpus(team, folder), DiT(recipe.transformer())
    load_module(module, folder / "dit.safetensors")
    student = distil.Student(module.to(team.device, recipe.dtype), corpus.spread, recipe.distil.rank, recipe.compiled)
    flow = replace(recipe.flow, share=recipe.still_share, forget=0.0)
    part = distil.part(student, corpus, flow, recipe.distil, team)
    corpus.begin(part.name)
    trained(part, folder, budget, recipe.distil_rates, team)
    if team.leads:
        save_module(distil.lora(student), folder / FAST)
        config = load_config(folder)
        save_config(replace(config, fast=recipe.distil.steps), folder)


def describe(recipe: Recipe, folder: Path, mean: Tensor, std: Tensor, spread: Tensor) -> NanoConfig:
    _, tokenizer, config = read_text(folder)
    return NanoConfig(
        dit=recipe.transformer(),
        vae=recipe.vae,
        text=config,
        vocabulary=tokenizer.vocabulary,
        slots=SLOTS,
        mean=tuple(mean.tolist()),
        std=tuple(std.tolist()),
        spread=tuple(spread.tolist()),
        width=recipe.clips.sizes[0].width,
        height=recipe.clips.sizes[0].height,
        sizes=tuple(dict.fromkeys((size.width, size.height) for size in recipe.clips.sizes)),
        fps=recipe.clips.fps,
        window=recipe.flow.window,
        tasks=TASKS,
        trained={"clips": shards.ready(folder / "clips") * recipe.clips.shard, "seed": recipe.clips.seed},
    )


PROMPTS = (
    "The Monkey King with a staff walks in the mountains at dawn.",
    "一位身穿红色长袍的姑娘在花园里跳舞。",
    "A general fights a knight by the city wall at night.",
    "Full shot: a monk bows in a temple.",
    "A girl in a green dress weeps in the snow.",
    "夜晚，皇帝坐在宫殿里。",
)


class Spanning(DiT):
    """A transformer whose pictures are always at a `span`-th of their size."""

    def __init__(self, config: DiTConfig, span: int) -> None:
        super().__init__(config)
        self.span = span

    def forward(self, x: Tensor, t: Tensor, times: Tensor, context: Context, span: int = 1) -> Tensor:
        return super().forward(x, t, times, context, self.span * span)


def sheets(recipe: Recipe, folder: Path, name: str) -> Callable[[Weights, int], Picture]:
    """A picture of what the transformer makes of the same prompts, always from the same noise, on the CPU."""
    encoder, tokenizer, _ = read_text(folder)
    mean, std, spread = read_scales(folder)
    span = 2 if name == "small" else 1
    # Until the decoder is trained it shows what the components alone say.
    decoder, module = read_components(recipe, folder).to(recipe.dtype), Spanning(recipe.transformer(), span)
    module.to(recipe.dtype).requires_grad_(False)
    rows, columns = (side // CELL // span for side in (recipe.clips.sizes[0].height, recipe.clips.sizes[0].width))
    lengths = (1, 1) if name != "clips" else (1, recipe.flow.window)

    def sheet(weights: Weights, step: int) -> Picture:
        fill(module, {key[4:]: value for key, value in weights.items() if key.startswith("dit.")})
        pictures: list[list[Any]] = [[] for _ in PROMPTS]
        with torch.no_grad():
            vectors, empty = encoder(tokenizer.batch(PROMPTS)), encoder(tokenizer.batch([""]))
            sampler = Sampler(module, vectors, empty, 3.0, Schedule(12), spread=spread)
            for frames in lengths:
                generator = torch.Generator().manual_seed(len(pictures[0]))
                noise = torch.randn(len(PROMPTS), frames, recipe.vae.channels, rows, columns, generator=generator)
                z = sampler.window(noise, {}, (), None) * std[:, None, None] + mean[:, None, None]
                made = to_bytes(decoder.decode(z.flatten(0, 1).to(recipe.dtype)))
                for i, row in enumerate(made.reshape(len(PROMPTS), frames * SPAN, *made.shape[2:])):
                    pictures[i].extend([row[0]] if frames == 1 else [row[0], row[len(row) // 2], row[-1]])
        return write_sheet(folder / "sheets" / f"{name}-{step:06d}.png", pictures)

    return sheet


def judge_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    pairs = judge.open_shards(folder / "clips", recipe.picture(), read_text(folder)[0])
    part = judge.part(team, pairs, recipe.judge_batch, recipe.tower(), recipe.dtype)
    module = trained(part, folder, budget, recipe.judge_rates, team)
    if team.leads:
        judge.save(recipe.tower(), module, folder)
        for bits, measured in judge.compare(recipe.tower(), module, folder, pairs[-judge.HELD :]).items():
            say(json.dumps({"part": "judge", "bits": bits, **measured}))
