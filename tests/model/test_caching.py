"""Steps that are spared: the error that is promised is kept, and every task keeps what it must."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from torch import Tensor  # noqa: E402

import yingxi  # noqa: E402
from yingxi.core import tasks  # noqa: E402
from yingxi.core.clip import Clip  # noqa: E402
from yingxi.core.errors import Refused  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.model import flow  # noqa: E402
from yingxi.model.caching import StepCache  # noqa: E402
from yingxi.model.flow import Schedule  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402

ASKED = Request("a monk bows", seconds=1, steps=24, seed=5, cache=0.5)
number = st.floats(-4, 4)


def run(threshold: float, velocity: Callable[[float], Any], levels: list[float]) -> tuple[list[Any], list[float]]:
    """The velocities of a run and the levels at which they were computed."""
    cache, computed = StepCache(threshold), []

    def compute(level: float) -> Any:
        computed.append(level)
        return velocity(level)

    return [cache.velocity(s, lambda s=s: compute(s), exact=s == levels[-1]) for s in levels], computed


@given(st.tuples(number, number, number), st.floats(0.001, 1), st.integers(4, 60), st.floats(1, 8))
def test_a_velocity_that_bends_evenly_is_never_further_off_than_promised(
    bend: tuple[float, float, float], threshold: float, steps: int, shift: float
) -> None:
    a, b, c = (torch.tensor([x, 1.0], dtype=torch.float64) for x in bend)
    levels = Schedule(steps, shift).levels()[:-1]
    made, computed = run(threshold, lambda s: a + b * s + c * s * s, levels)
    size = 0.0
    for s, v in zip(levels, made, strict=True):
        exact = a + b * s + c * s * s
        if s in computed:
            assert torch.equal(v, exact)
            size = float(exact.norm())
        assert float((v - exact).norm()) <= threshold * size * (1 + 1e-6) + 1e-9
    assert {*levels[:3], levels[-1]} <= set(computed)


def test_a_straight_velocity_is_computed_three_times_and_at_the_end() -> None:
    levels = Schedule(20).levels()[:-1]
    made, computed = run(0.01, lambda s: torch.tensor([1 + s, 2 - s], dtype=torch.float64), levels)
    assert computed == [*levels[:3], levels[-1]]
    assert torch.allclose(torch.stack(made)[:, 0], 1 + torch.tensor(levels, dtype=torch.float64))


def test_without_a_threshold_all_is_computed() -> None:
    levels = Schedule(9).levels()[:-1]
    assert run(0, lambda s: torch.ones(2), levels)[1] == levels


def test_nothing_goes_from_one_network_to_another() -> None:
    cache, computed = StepCache(1.0), []
    levels = Schedule(12).levels()[:-1]
    for i, s in enumerate(levels):
        sign = 1.0 if i < 6 else -1.0
        v = cache.velocity(s, lambda s=s, v=sign: computed.append(s) or torch.tensor([v]), network=f"{sign}")
        assert v == sign
    assert computed == levels[:3] + levels[6:9]


def shrunk(x: Tensor, levels: Tensor) -> Tensor:
    """What x is expected to be where it is normal with variance 1/4: the flow is known, noise ends as half of it."""
    s = levels[:, :, None, None, None]
    return x * (1 - s) / ((1 - s).square() + 4 * s.square())


def noise() -> Tensor:
    return torch.randn(1, 5, 3, 2, 2, generator=torch.Generator().manual_seed(0))


def off(steps: int, **options: Any) -> float:
    made = flow.sample(shrunk, noise(), Schedule(steps), **options)
    return float((made - noise() / 2).norm() / (noise() / 2).norm())


def test_the_solver_is_of_second_order() -> None:
    assert off(20) > 3.5 * off(40) > 3.5**2 * off(80)
    assert off(80) < 0.01


def test_a_known_flow_is_followed_in_fewer_computed_steps() -> None:
    computed = []

    def counted(x: Tensor, levels: Tensor) -> Tensor:
        computed.append(float(levels[0, 0]))
        return shrunk(x, levels)

    made = flow.sample(counted, noise(), Schedule(80), cache=0.01)
    assert len(computed) <= 20
    assert float((made - noise() / 2).norm() / (noise() / 2).norm()) < 0.2 * off(20)


def test_what_is_remembered_turns_with_a_loop() -> None:
    """Where each frame is predicted by itself, turning cannot be seen."""
    straight = flow.sample(shrunk, noise(), Schedule(24), cache=0.05)
    assert not torch.allclose(straight, flow.sample(shrunk, noise(), Schedule(24)), atol=1e-6)
    assert torch.allclose(flow.sample(shrunk, noise(), Schedule(24), cache=0.05, rotate=True), straight, atol=1e-6)


def made(nano: Nano, request: Request) -> tuple[Clip, int]:
    """A clip, and how often the transformer ran."""
    calls: list[object] = []
    hook = nano.dit.register_forward_hook(lambda *_: calls.append(1))
    clip = nano.run(request, lambda *_: None)
    hook.remove()
    return clip, len(calls)


def values(clip: Clip) -> np.ndarray:
    assert clip.latents is not None
    return clip.latents.values


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"loop": True},
        {"guidance": 1.0},
        {"pins": {0: np.full((32, 48, 3), 200, np.uint8)}},
        {"prompt": [("a monk", 1.0), ("和尚", 1.0)], "seconds": None},
    ],
)
def test_every_task_of_nano_spares_steps(nano: Nano, changes: dict[str, Any]) -> None:
    request = replace(ASKED, **changes)
    whole, all_calls = made(nano, replace(request, cache=0.0))
    spared, calls = made(nano, request)
    assert calls < 0.8 * all_calls
    assert 0 < np.linalg.norm(values(spared) - values(whole)) < 0.1 * np.linalg.norm(values(whole))


def test_what_is_kept_stays_as_it_is(nano: Nano) -> None:
    """Latents that are gone on from are the same to the bit; windows share nothing, so a long clip is its parts."""
    begin = made(nano, replace(ASKED, seconds=4 / 3))[0]
    longer, calls = made(nano, tasks.extend(replace(ASKED, seconds=8 / 12), begin))
    assert calls < ASKED.steps  # type: ignore[operator]
    assert np.array_equal(values(longer)[:4], values(begin))
    assert np.array_equal(values(longer), values(made(nano, replace(ASKED, seconds=2))[0]))


def test_previews_and_steps_are_told_all_the_same(nano: Nano) -> None:
    told, shown = [], []
    nano.run(ASKED, lambda done, total: told.append((done, total)), lambda done, _: shown.append(done))
    assert told == [(i, 24) for i in range(1, 25)]
    assert len(shown) == 5


@pytest.mark.parametrize("cache", [-0.1, 1.5, float("nan")])
def test_no_more_than_the_whole_can_be_off(nano: Nano, cache: float) -> None:
    with pytest.raises(Refused, match="outside 0 to 1") as refused:
        nano.check(replace(ASKED, cache=cache))
    assert refused.value.rule == "cache"


def test_models_that_compute_their_steps_elsewhere_or_none_refuse(working: Any) -> None:
    for name in ("stage", working.url):
        with yingxi.load(name) as model, pytest.raises(Refused, match="does not take cache"):
            model("a monk bows", cache=0.1)
    assert not working.calls("POST /v1/videos")
