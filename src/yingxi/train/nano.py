"""The recipe of nano, the model in the box: text encoder, clips, autoencoder, latents, transformer, export.

Every stage leaves its result in the working folder and is skipped where that is there, so the recipe goes on from
wherever it stopped; a stage that was interrupted goes on from its checkpoint.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from yingxi.core.files import write_text
from yingxi.model.checkpoint import NanoConfig, load_config, load_module, save_config, save_module
from yingxi.model.dit import DiTConfig
from yingxi.model.nano import WEIGHTS
from yingxi.model.pixels import to_bytes
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer
from yingxi.model.vae import VAEConfig, VideoVAE
from yingxi.train import clips, dit, latents, parallel, text, vae
from yingxi.train.attributes import SLOTS
from yingxi.train.clips import ClipConfig
from yingxi.train.dit import FlowConfig
from yingxi.train.latents import Corpus
from yingxi.train.loop import Budget, Rates, train
from yingxi.train.parallel import Team
from yingxi.train.sheet import write_sheet

Log = Callable[[str], None]
TASKS = ("pins", "loop")


@dataclass(frozen=True)
class Recipe:
    """Shapes, amounts and shares of the time. `processes` None is one a core."""

    clips: ClipConfig = ClipConfig()
    shards: int = 150
    pool: int = 4000
    captions: int = 12000
    text_width: int = 192
    text_layers: int = 3
    text_batch: int = 96
    vae: VAEConfig = VAEConfig()
    vae_batch: int = 24
    heads: int = 4
    head: int = 64
    layers: int = 8
    ffn: int = 1024
    flow: FlowConfig = FlowConfig()
    still_share: float = 0.25
    shares: tuple[float, float, float, float] = (0.03, 0.25, 0.4, 0.32)
    text_rates: Rates = Rates(muon=0.02, adam=0.003)
    vae_rates: Rates = Rates(muon=0.01, adam=0.002)
    still_rates: Rates = Rates(muon=0.01, adam=0.002, fall=0.0, average=0.99)
    clip_rates: Rates = Rates(muon=0.007, adam=0.0015, fall=0.4, average=0.99)
    processes: int | None = None
    bfloat16: bool = True

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.bfloat16 else torch.float32

    def transformer(self) -> DiTConfig:
        channels = self.vae.channels
        return DiTConfig(self.heads, self.head, self.layers, self.ffn, channels, channels, self.text_width)


def quiet(_: str) -> None:
    pass


def say(line: str) -> None:
    from rich import print as show

    show(line, flush=True)


def trained(part: Any, folder: Path, budget: Budget, rates: Rates, team: Team, log: Log = say) -> nn.Module:
    """Train a part and leave its averaged weights in it."""
    average = train(part, folder, budget, rates, team, log=log)
    with torch.no_grad():
        for name, parameter in part.module.named_parameters():
            parameter.copy_(average[name])
    return part.module


# --- stages: each runs in every process of the team


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

    module = trained(replace_sheet(part, sheet), folder, budget, recipe.vae_rates, team)
    if team.leads:
        save_module(module, folder / "vae.safetensors", torch.float16)


def replace_sheet(part: Any, sheet: Callable[[nn.Module, int], None]) -> Any:
    part.sheet = sheet
    return part


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


def normalised(corpus: Corpus) -> tuple[Corpus, torch.Tensor, torch.Tensor]:
    """Latents of mean 0 and deviation 1 in each channel, as float16, with the means and deviations."""
    sample = corpus.latents[:: max(1, len(corpus) // 1000)].float()
    mean, std = sample.mean((0, 1, 3, 4)), sample.std((0, 1, 3, 4)).clamp(min=1e-3)
    for tensor in (corpus.latents, corpus.stills):
        for i in range(0, len(tensor), 256):
            rows = tensor[i : i + 256].float()
            tensor[i : i + 256] = ((rows - mean[:, None, None]) / std[:, None, None]).half()
    return corpus, mean, std


def dit_stage(
    team: Team, recipe: Recipe, folder: Path, budgets: tuple[Budget, Budget], warm: Path | None = None
) -> None:
    encoder, tokenizer, _ = read_text(folder)
    corpus = latents.load_corpus(folder / "clips", encoder, tokenizer)
    corpus, mean, std = normalised(corpus)
    sheet = sheets(recipe, folder, encoder, tokenizer, mean, std) if team.leads else None
    flow = recipe.flow
    still = dit.part(team, corpus, replace(flow, share=1.0), recipe.transformer(), recipe.dtype)
    if warm:
        load_module(still.module, warm / "dit.safetensors")
        if team.leads:
            say(f"dit: starts warm from the weights in {warm}")
    still.name, still.sheet = "stills", sheet
    moving = dit.part(team, corpus, replace(flow, share=recipe.still_share), recipe.transformer(), recipe.dtype)
    moving.name, moving.sheet = "clips", sheet
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
) -> Callable[[nn.Module, int], None]:
    """A picture of what the transformer makes of the same prompts, always from the same noise."""
    from yingxi.model.flow import Schedule
    from yingxi.model.sampling import Sampler

    decoder = read_vae(recipe, folder)
    rows, columns = recipe.clips.height // 16, recipe.clips.width // 16

    def sheet(module: nn.Module, step: int) -> None:
        window = recipe.flow.window
        with torch.no_grad():
            vectors, empty = encoder(tokenizer.batch(PROMPTS)), encoder(tokenizer.batch([""]))
            module_: Any = module
            context, without = (module_.context(v.to(recipe.dtype)) for v in (vectors, empty))
            sampler = Sampler(module_, context, without, 3.0, Schedule(16))
            pictures: list[list[Any]] = [[] for _ in PROMPTS]
            for frames in (1, 1, window):
                generator = torch.Generator().manual_seed(len(pictures[0]))
                noise = torch.randn(len(PROMPTS), frames, recipe.vae.channels, rows, columns, generator=generator)
                z = sampler.window(noise, {}, (), None) * std[:, None, None] + mean[:, None, None]
                made = to_bytes(decoder.decode(z.flatten(0, 1).to(recipe.dtype)))
                for i, row in enumerate(made.reshape(len(PROMPTS), frames * 4, *made.shape[2:])):
                    pictures[i].extend([row[0]] if frames == 1 else [row[0], row[len(row) // 2], row[-1]])
        write_sheet(folder / "sheets" / f"dit-{step:06d}.png", pictures)

    return sheet


# --- the recipe


def train_nano(
    out: Path, hours: float, recipe: Recipe, *, resume: bool = True, warm: bool = False, log: Log = say
) -> Path:
    """Run every stage that has no result yet in `out`, and return the folder of the finished model.

    The time is shared out over the stages; the rates follow the clock. Without `resume` the folder is emptied first.
    With `warm` text encoder, autoencoder and transformer start from the shipped weights.
    """
    if not resume and out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    seconds = [3600 * hours * share for share in recipe.shares]
    budgets = [Budget(seconds=s) for s in seconds]
    return run_stages(out, recipe, budgets, warm=warm, log=log)


def run_stages(out: Path, recipe: Recipe, budgets: list[Budget], *, warm: bool = False, log: Log = say) -> Path:
    """Budgets of text, autoencoder, stills and clips."""
    size = recipe.processes
    start = time.monotonic()
    if warm:
        warm_start(out, recipe, log)
    if not (out / "vocabulary.json").exists():
        words = text.build_vocabulary(recipe.captions)
        write_text(out / "vocabulary.json", json.dumps(words, ensure_ascii=False))
    if not (out / "text.safetensors").exists():
        parallel.run(text_stage, recipe, out, budgets[0], size=size)
    parallel.run(clips.make_shards, recipe.clips, out / "clips", recipe.shards, size=size)
    log(f"clips: {recipe.shards * clips.SHARD} in {out / 'clips'}")
    if not (out / "vae.safetensors").exists():
        parallel.run(vae_stage, recipe, out, budgets[1], size=size)
    parallel.run(latent_stage, recipe, out, size=size)
    if not (out / "config.json").exists():
        parallel.run(dit_stage, recipe, out, (budgets[2], budgets[3]), WEIGHTS if warm else None, size=size)
    log(f"nano: finished in {time.monotonic() - start:.0f} s; its weights are in {out}")
    return out


def warm_start(out: Path, recipe: Recipe, log: Log) -> None:
    """Take over the shipped text encoder and autoencoder. Raises YingxiError if they do not fit the recipe."""
    config = load_config(WEIGHTS)
    for name in ("text", "vae"):
        if not (out / f"{name}.safetensors").exists():
            shutil.copyfile(WEIGHTS / f"{name}.safetensors", out / f"{name}.safetensors")
            log(f"{name}: the shipped weights in {WEIGHTS}")
    write_text(out / "vocabulary.json", json.dumps(config.vocabulary, ensure_ascii=False))
    write_text(out / "text.json", json.dumps(asdict(config.text)))
