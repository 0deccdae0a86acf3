"""The last stage of the recipe: train the probes, ask them about nano, and write `report.json`."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from yingxi.core.files import write_text
from yingxi.core.shot import Shot
from yingxi.eval import judge as judges
from yingxi.eval.probes import Probes, one_figure
from yingxi.eval.report import report
from yingxi.model.nano import Nano
from yingxi.train import clips, probes
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
    """Trained on every second shard: the judge learns from the others."""
    paths = clips.shards(folder / "clips")
    paths = paths[1::2] or paths
    shards = [(np.load(p, mmap_mode="r"), probes.truths(clips.read_shots(p))) for p in paths]
    part = probes.part(team, shards, recipe.judge_batch, recipe.tower(), recipe.dtype)
    module = trained(part, folder, budget, recipe.judge_rates, team)
    assert isinstance(module, Probes)
    return module.requires_grad_(False)


def report_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget, weights: Path) -> None:
    module = probes_stage(team, recipe, folder, budget)
    if not team.leads:
        return
    shots = fresh_shots(recipe, recipe.asked)
    real = [clips.play_clip(recipe.clips, shot, SEED + i) for i, shot in enumerate(shots)]
    result = report(Nano(weights), judges.load(weights), module, shots, [attributes(s) for s in shots], real)
    write_text(weights / "report.json", json.dumps(result, indent=1) + "\n")
