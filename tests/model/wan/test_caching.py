"""Spared steps of tiny checkpoints: which transformer runs when, and what is read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.model.dit import DiT
from yingxi.model.source import Source
from yingxi.model.wan import load
from yingxi.model.wan.model import Wan

# Random weights bend far more than trained ones: many steps, little guidance, and a great error allowed.
STEPS, GUIDANCE, CACHE = 48, 1.5, 1.0
Find = Callable[[str], Path]


def asked(wan: Wan, **changes: Any) -> dict[str, Any]:
    grid, fps = wan.capabilities.grid, wan.capabilities.fps
    size = Size(3 * grid, 2 * grid)
    pins = {0: np.full((size.height, size.width, 3), 90, np.uint8)} if wan.capabilities.pins != "none" else {}
    options = {"seconds": 9 / fps, "size": size, "seed": 3, "steps": STEPS, "guidance": GUIDANCE, "pins": pins}
    return {"prompt": "a crane flies", **options, **changes}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`with counted(DiT, "forward") as calls`: what a method was called on, call by call."""

    @contextmanager
    def count(owner: type, name: str) -> Iterator[list[object]]:
        calls, method = [], getattr(owner, name)

        def call(self: object, *arguments: Any, **options: Any) -> Any:
            calls.append(self)
            return method(self, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, call)
            yield calls

    return count


@pytest.mark.parametrize("family", ["t2v", "i2v", "ti2v", "a14b_t2v", "a14b_t2v_euler"])
def test_steps_are_spared_in_every_family(checkpoint: Find, counted: Callable[..., Any], family: str) -> None:
    wan = load(checkpoint(family), dtype=torch.float32)
    whole = wan.latents(**asked(wan))
    with counted(DiT, "forward") as calls:
        spared = wan.latents(**asked(wan, cache=CACHE))
    assert len(calls) < 0.9 * STEPS
    assert 0 < (spared - whole).norm() < 0.2 * whole.norm()
    experts = list(dict.fromkeys(map(id, calls)))
    assert len(experts) == len(wan.transformers.parts)
    assert all([id(dit) for dit in calls].count(expert) >= 3 for expert in experts)


@pytest.mark.parametrize(
    "changes",
    [{"loop": True}, {"prompt": [("a crane flies", 0.5), ("no river", 0.5)], "seconds": None}],
)
def test_loops_and_shots_spare_steps(checkpoint: Find, counted: Callable[..., Any], changes: dict[str, Any]) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32)
    with counted(DiT, "forward") as calls:
        spared, whole = (
            wan.run(Request(**asked(wan, **changes), cache=cache), lambda *_: None).frames.astype(float)
            for cache in (CACHE, 0.0)
        )
    assert len(calls) < 1.9 * STEPS
    assert 0 < np.abs(spared - whole).mean() < 0.2 * whole.std()


def test_a_spared_step_reads_no_block(checkpoint: Find, counted: Callable[..., Any]) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32, offload=True)
    reads, runs = [], []
    for cache in (0.0, CACHE):
        with counted(Source, "read") as read, counted(DiT, "forward") as ran:
            wan.latents(**asked(wan, cache=cache))
        reads.append(len(read))
        runs.append(len(ran))
    assert runs[1] < 0.9 * runs[0] == 0.9 * STEPS
    blocks = wan.transformers.load("dit").config.layers
    assert reads[0] - reads[1] >= blocks * (runs[0] - runs[1])
