"""The second painter: the same frames, whoever draws them, and none lost if it dies."""

import numpy as np
import pytest

from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.world import painter as painters
from yingxi.world.painter import Painter, drawn
from yingxi.world.play import Staging
from yingxi.world.prompt import shot_from_prompt
from yingxi.world.stage import Stage

SIZE = Size(320, 180)
TIMES = [i / 12 for i in range(18)]


def staged(prompt: str) -> tuple[Staging, Painter]:
    shot = shot_from_prompt(prompt)
    painter = Painter()
    painter.begin(shot, SIZE, 1.5, 3)
    return Staging(shot, SIZE, 1.5, 3), painter


@pytest.mark.slow
def test_two_painters_draw_what_one_draws_and_both_work() -> None:
    stage, painter = staged("A monk walks in the rain at dusk.")
    asked: list[int] = []
    ask = painter.ask
    painter.ask = lambda frame, seconds: (asked.append(frame), ask(frame, seconds))[1]  # type: ignore[method-assign]
    while not painter.ready:
        painter.collect({})
    frames = list(drawn(stage, TIMES, painter))
    alone = list(drawn(stage, TIMES, None))
    painter.close()
    assert 0 < len(asked) < len(TIMES)
    assert all(np.array_equal(a, b) for a, b in zip(frames, alone, strict=True))


@pytest.mark.slow
def test_frames_of_a_painter_that_dies_are_drawn_again() -> None:
    stage, painter = staged("A fox runs in a forest.")
    while not painter.ready:
        painter.collect({})
    shown = drawn(stage, TIMES, painter)
    frames = [next(shown)]
    painter._process.kill()
    frames += list(shown)
    painter.close()
    assert all(np.array_equal(a, b) for a, b in zip(frames, drawn(stage, TIMES, None), strict=True))


@pytest.mark.slow
def test_the_stage_keeps_its_painter_and_sends_it_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painters, "WORTH", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    stage = Stage()
    request = Request("A horse runs across a plain.", seconds=1, size=SIZE, seed=2)
    first, second = (list(stage.stream(request, lambda *_: None)) for _ in range(2))
    painter = stage._painter
    assert painter is not None
    stage.close()
    assert painter._process.returncode == 0
    assert np.array_equal(first, second)
