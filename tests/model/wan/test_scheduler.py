import re
from typing import Any

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

from yingxi.core.errors import YingxiError
from yingxi.model.wan.scheduler import Scheduler, UniPC, read_scheduler

UNIPC = {"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": True, "prediction_type": "flow_prediction"}


def reference(euler: bool, shift: float) -> Any:
    if euler:
        return FlowMatchEulerDiscreteScheduler(shift=shift)
    return UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift)


@pytest.mark.parametrize("euler", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 3, 5, 20, 50])
@pytest.mark.parametrize("shift", [1.0, 3.0, 12.0])
def test_steps_are_those_of_diffusers(euler: bool, steps: int, shift: float) -> None:
    theirs = reference(euler, shift)
    theirs.set_timesteps(steps)
    theirs.set_begin_index(0)
    ours = read_scheduler({**theirs.config, "_class_name": type(theirs).__name__}).solver(steps)
    assert ours.timesteps == theirs.timesteps.tolist()
    assert torch.equal(ours.levels, theirs.sigmas)
    generator = torch.Generator().manual_seed(steps)
    a = b = torch.randn(1, 3, 4, 5, generator=generator)
    direction = torch.randn(a.shape, generator=generator)
    for t in theirs.timesteps:
        # A velocity field that bends with x, as a network's does.
        a = theirs.step((direction + a).sin() * 2, t, a, return_dict=False)[0]
        b = ours.step((direction + b).sin() * 2, b)
        torch.testing.assert_close(b, a, rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize("euler", [False, True])
def test_a_run_may_start_in_the_middle(euler: bool) -> None:
    theirs = reference(euler, 3.0)
    theirs.set_timesteps(6)
    ours = Scheduler(euler, 3.0).solver(6, start=2)
    a = b = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    assert ours.timesteps == theirs.timesteps[2:].tolist()
    for t in theirs.timesteps[2:]:
        a = theirs.step(a.sin(), t, a, return_dict=False)[0]
        b = ours.step(b.sin(), b)
    torch.testing.assert_close(b, a, rtol=1e-6, atol=1e-6)


def test_turning_commutes_with_stepping() -> None:
    x = torch.randn(1, 5, 3, generator=torch.Generator().manual_seed(0))
    still, turned = UniPC(6, 3.0), UniPC(6, 3.0)
    a = b = x
    for _ in range(6):
        a, b = still.step(a.sin(), a), turned.step(b.sin(), b)
        b = b.roll(1, 1)
        turned.turn(1)
    torch.testing.assert_close(b, a.roll(6, 1))


def test_last_step_is_the_prediction() -> None:
    solver = UniPC(4, 5.0)
    x = torch.randn(2, 3)
    for _ in range(4):
        x = solver.step(x.cos(), x)
    torch.testing.assert_close(x, solver.clean)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"_class_name": "DDIMScheduler"}, "scheduler DDIMScheduler is not"),
        ({"solver_order": 3}, "solver_order is 3"),
        ({"prediction_type": "epsilon"}, "prediction_type is epsilon"),
        ({"use_karras_sigmas": True}, "use_karras_sigmas is True"),
        ({"flow_shift": -1}, "flow_shift is -1"),
    ],
)
def test_another_scheduler_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(YingxiError, match=re.escape(sentence)):
        read_scheduler(UNIPC | change)
