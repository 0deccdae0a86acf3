"""The recipe of nano, the model in the box: text encoder, clips, autoencoder, latents, judge, transformer,
report.

Every stage leaves its result in the working folder and is skipped where that is there, so the recipe goes on from
wherever it stopped; a stage that was interrupted goes on from its checkpoint.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from yingxi.core.files import write_text
from yingxi.model.checkpoint import load_config
from yingxi.model.nano import WEIGHTS
from yingxi.train import clips, parallel, stages, text
from yingxi.train.loop import Budget
from yingxi.train.recipe import Recipe
from yingxi.train.report import report_stage
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
    recipe = recipe or Recipe()
    if not resume and out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    budgets = [Budget(seconds=3600 * hours * share) for share in recipe.shares]
    return run_stages(out, recipe, budgets, warm=warm, log=log)


def run_stages(out: Path, recipe: Recipe, budgets: list[Budget], *, warm: bool = False, log: Log = say) -> Path:
    """Budgets of text, decoder, stills, clips, judge and probes."""
    size = recipe.processes
    start = time.monotonic()
    if warm:
        warm_start(out, recipe, log)
    if not (out / "vocabulary.json").exists():
        words = text.build_vocabulary(recipe.captions)
        write_text(out / "vocabulary.json", json.dumps(words, ensure_ascii=False))
    if not (out / "text.safetensors").exists():
        parallel.run(stages.text_stage, recipe, out, budgets[0], size=size)
    parallel.run(clips.make_shards, recipe.clips, out / "clips", recipe.shards, size=size)
    log(f"clips: {recipe.shards * clips.SHARD} in {out / 'clips'}")
    if not (out / "vae.safetensors").exists():
        parallel.run(stages.vae_stage, recipe, out, budgets[1], size=size)
    parallel.run(stages.latent_stage, recipe, out, size=size)
    if not (out / "judge.safetensors").exists():
        parallel.run(stages.judge_stage, recipe, out, budgets[4], size=size)
    if not (out / "config.json").exists():
        parallel.run(stages.dit_stage, recipe, out, (budgets[2], budgets[3]), WEIGHTS if warm else None, size=size)
    if not (out / "report.json").exists():
        parallel.run(report_stage, recipe, out, budgets[5], out, size=size)
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
    write_text(out / "scales.json", json.dumps({"mean": config.mean, "std": config.std}))
