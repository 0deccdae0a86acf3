"""The last stages of the recipe: train the probes, ask them about nano, and write `report.json`."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import torch

from yingxi.core.files import write_text
from yingxi.eval import probes as asking
from yingxi.eval.report import evaluate, examiners
from yingxi.eval.table import table
from yingxi.train import probes
from yingxi.train.loop import Budget
from yingxi.train.parallel import Team
from yingxi.train.recipe import Recipe
from yingxi.train.stages import trained


def probes_stage(team: Team, recipe: Recipe, folder: Path, budget: Budget) -> None:
    config, found = probes.open_shards(folder / "probes", recipe.picture())
    part = probes.part(team, config, found, recipe.probe_batch, recipe.dtype)
    module = trained(part, folder, budget, recipe.probe_rates, team)
    if team.leads:
        assert isinstance(module, asking.Probes)
        asking.save(module, folder)


def report_stage(recipe: Recipe, folder: Path, log: Callable[[str], None]) -> None:
    """On the CPU, with all its cores: the times are those of a laptop."""
    torch.set_num_threads(os.cpu_count() or 1)
    found = evaluate(folder, *examiners(folder), recipe.plan)
    write_text(folder / "report.json", json.dumps(found, indent=1) + "\n")
    log(table(found))
