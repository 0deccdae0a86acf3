"""The last stage of the recipe: train the probes, ask them about nano, and write `report.json`."""

import json
from dataclasses import replace
from pathlib import Path

from yingxi.core.files import write_text
from yingxi.core.shot import Shot
from yingxi.eval import judge as judges
from yingxi.eval.probes import Probes, one_figure
from yingxi.eval.report import report
from yingxi.model.nano import Nano
from yingxi.train import clips, probes, shards
from yingxi.train.attributes import attributes
from yingxi.train.loop import Budget
from yingxi.train.parallel import Team
from yingxi.train.recipe import Recipe
from yingxi.train.stages import trained

SEED = 1_000_003
"""A series of shots that no training uses."""


def fresh_shots(recipe: Recipe, count: int) -> list[Shot]:
    """Shots that nothing was trained on, of the kind that the probes are asked about."""
    series = replace(recipe.clips, seed=SEED)
    shots: list[Shot] = []
    number = 0
    while len(shots) < count:
        shot = clips.draw_shot(series, number)
        number += 1
        if one_figure(shot):
            shots.append(shot)
    return shots


def probes_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> Probes:
    """Trained on every second shard of the first size: the judge learns from the others."""
    ready = shards.ready(folder / "clips")
    pictures = []
    for shard in range(1, ready, 2) if ready > 1 else range(ready):
        found = shards.read_shard(folder / "clips", shard)["pictures"].numpy()
        if recipe.clips.size(shard) == recipe.clips.sizes[0]:
            pictures.append((found, probes.truths(shards.read_shots(folder / "clips", shard))))
    part = probes.part(team, pictures, recipe.judge_batch, recipe.tower(), recipe.dtype)
    module = trained(part, folder, budget, recipe.judge_rates, team)
    assert isinstance(module, Probes)
    return module.cpu().requires_grad_(False)


def report_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget, weights: Path) -> None:
    module = probes_stage(team, recipe, folder, budget)
    if not team.leads:
        return
    asked = fresh_shots(recipe, recipe.asked)
    size = recipe.clips.sizes[0]
    real = [clips.play_clip(recipe.clips, shot, size, SEED + i, 0.0)[0] for i, shot in enumerate(asked)]
    result = report(Nano(weights), judges.load(weights), module, asked, [attributes(s) for s in asked], real)
    write_text(weights / "report.json", json.dumps(result, indent=1) + "\n")
