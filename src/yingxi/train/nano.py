"""The recipe of nano, the model in the box: text encoder, pieces of clips, components, clips as latents,
transformer, its few-step LoRA, decoder, judge, report. Clips are made in the background; see `Recipe`.

Every stage leaves its result in the working folder and is skipped where that is there, so the recipe goes on from
wherever it stopped; a stage that was interrupted goes on from its checkpoint.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text
from yingxi.eval import probes
from yingxi.eval.attributes import SLOTS
from yingxi.model.checkpoint import load_config, load_tensors, save_module
from yingxi.model.nano import FAST, WEIGHTS
from yingxi.train import parallel, shards, stages, text
from yingxi.train.loop import Budget
from yingxi.train.makers import making
from yingxi.train.probe_shards import make_shots
from yingxi.train.recipe import Recipe, recipe_for
from yingxi.train.report import probes_stage, report_stage
from yingxi.train.stages import say

Log = Callable[[str], None]


def train(
    out: Path,
    *,
    hours: float = 2.0,
    resume: bool = True,
    warm: bool = False,
    recipe: Recipe | None = None,
    log: Log = say,
) -> Path:
    """Run every stage that has no result yet in `out`, and return the folder of the finished model.

    `hours` are shared out over the stages, and the rates follow the clock. Without `resume` the folder is emptied
    first. With `warm`, text encoder, autoencoder and transformer start from the shipped weights. Raises YingxiError
    where there are none.
    """
    recipe = recipe or recipe_for(gpu_bytes())
    if not resume and out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    shares = recipe.warm_shares if warm else recipe.shares
    budgets = [Budget(seconds=3600 * hours * share) for share in shares]
    return run_stages(out, recipe, budgets, warm=warm, log=log)


def gpu_bytes() -> int | None:
    """Memory of the GPU that trains, if any."""
    return torch.cuda.get_device_properties(0).total_memory if torch.cuda.is_available() else None


def run_stages(out: Path, recipe: Recipe, budgets: list[Budget], *, warm: bool = False, log: Log = say) -> Path:
    """Budgets of text, small stills, stills, clips, distilling, decoder, judge and probes."""
    size = recipe.processes
    makers = (os.cpu_count() or 1) if recipe.makers is None else recipe.makers
    start = time.monotonic()
    if warm:
        warm_start(out, recipe, log)
    if not (out / "vocabulary.json").exists():
        words = text.build_vocabulary(recipe.captions)
        write_text(out / "vocabulary.json", json.dumps(words, ensure_ascii=False))
    pieces = out / "pieces"
    with making(shards.make_pieces, recipe.clips, pieces, recipe.pieces, size=makers) as work:
        if not (out / "text.safetensors").exists():
            parallel.run(stages.text_stage, recipe, out, budgets[0], size=size)
        work.wait(lambda: len(shards.open_pieces(pieces)) >= recipe.pieces)
    if not (out / "components.safetensors").exists():
        stages.components_stage(recipe, out)
    words = json.loads((out / "vocabulary.json").read_text(encoding="utf-8"))
    encoder, clips = stages.read_components(recipe, out), out / "clips"
    with making(shards.make_shards, recipe.clips, encoder, words, clips, recipe.shards, size=makers) as work:
        work.wait(lambda: shards.ready(clips) >= min(recipe.ahead, recipe.shards))
        log(f"clips: {shards.ready(clips) * recipe.clips.shard} in {clips}")
        shipped = WEIGHTS if warm else None
        if not (out / "config.json").exists():
            parallel.run(stages.dit_stage, recipe, out, budgets[1:4], shipped, size=size)
        if not (out / FAST).exists():
            parallel.run(stages.distil_stage, recipe, out, budgets[4], size=size)
        if not (out / "vae.safetensors").exists():
            parallel.run(stages.vae_stage, recipe, out, budgets[5], shipped, size=size)
        if not (out / "judge.safetensors").exists():
            parallel.run(stages.judge_stage, recipe, out, budgets[6], size=size)
    if not (out / probes.FILE).exists():
        own = out / "probes"
        with making(make_shots, recipe.picture(), own, recipe.probed, recipe.clips.shard, size=makers) as work:
            work.wait(lambda: shards.ready(own) >= recipe.probed)
        parallel.run(probes_stage, recipe, out, budgets[7], size=size)
    if not (out / "report.json").exists():
        report_stage(recipe, out, log)
    log(f"nano: finished in {time.monotonic() - start:.0f} s; its weights are in {out}")
    return out


def warm_start(out: Path, recipe: Recipe, log: Log) -> None:
    """Take over the shipped text encoder and components. Raises YingxiError if they do not fit the recipe."""
    config = load_config(WEIGHTS)
    if (config.dit, config.vae, config.slots) != (recipe.transformer(), recipe.vae, SLOTS):
        raise YingxiError(f"the weights in {WEIGHTS} have another shape than the recipe: train without --warm")
    if not (out / "text.safetensors").exists():
        shutil.copyfile(WEIGHTS / "text.safetensors", out / "text.safetensors")
        log(f"text: the shipped weights in {WEIGHTS}")
    vae = load_tensors(WEIGHTS / "vae.safetensors")
    save_module({name: vae[name] for name in stages.COMPONENTS}, out / "components.safetensors")
    write_text(out / "vocabulary.json", json.dumps(config.vocabulary, ensure_ascii=False))
    write_text(out / "text.json", json.dumps(asdict(config.text)))
    write_text(out / "scales.json", json.dumps({name: getattr(config, name) for name in stages.SCALES}))
