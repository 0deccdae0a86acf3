"""The stage keeps the contract of a streaming model."""

import numpy as np
import pytest

from yingxi.core.cast import Look
from yingxi.core.clip import Clip
from yingxi.core.errors import Refused
from yingxi.core.protocols import StreamingModel
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Figure, Shot
from yingxi.world.stage import Stage

SMALL = Size(96, 64)
SHOT = Shot(
    slate="1A", stage="river", seconds=0.5, figures=(Figure(who="a", action="walk", look=Look(puppet="lady")),)
)


def quiet(done: int, total: int) -> None:
    assert 1 <= done <= total


def test_it_is_a_streaming_model() -> None:
    stage = Stage()
    assert isinstance(stage, StreamingModel)
    assert stage.name == "stage"
    assert stage.capabilities.kind == "animation"
    assert stage.capabilities.reads_shot
    stage.close()


def test_run_and_stream_give_the_same() -> None:
    stage, request = Stage(), Request("a lady walks", size=SMALL, fps=8, shot=SHOT, seed=5)
    clip = stage.run(request, quiet)
    np.testing.assert_array_equal(clip.frames, np.stack(list(stage.stream(request, quiet))))
    assert clip.frames.shape == (4, 64, 96, 3)
    assert clip.fps == 8
    assert clip.provenance.kind == "animation"
    assert (clip.provenance.model, clip.provenance.seed, clip.provenance.weights) == ("stage", 5, None)
    assert clip.provenance.prompt == "a lady walks"


def test_steps_are_frames() -> None:
    seen: list[tuple[int, int]] = []
    Stage().run(Request("", size=SMALL, fps=8, shot=SHOT), lambda done, total: seen.append((done, total)))
    assert seen == [(k, 4) for k in range(1, 5)]


@pytest.mark.parametrize("prompt", ["a monk walks through the forest at night", "一位和尚在森林里行走"])
def test_a_prompt_is_enough(prompt: str) -> None:
    assert Stage().run(Request(prompt, seconds=0, size=SMALL), quiet).frames.shape == (1, 64, 96, 3)


def test_several_prompts_follow_one_another() -> None:
    prompts = [("a tiger runs in the bamboo", 0.25), ("a general bows in the palace", 0.5)]
    clip = Stage().run(Request(prompts, size=SMALL, fps=8), quiet)
    assert clip.frames.shape == (6, 64, 96, 3)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        (Request("x", shot=SHOT, pins={0: np.zeros((64, 96, 3), np.uint8)}), "pins"),
        (Request([]), "prompt"),
        (Request("x", shot=SHOT, loop=True), "loop"),
        (Request("x", shot=SHOT, guidance=4.0), "guidance"),
        (Request("x", shot=SHOT, negative="fog"), "negative"),
        (Request("x", shot=SHOT, steps=20), "steps"),
        (Request("x", shot=SHOT, strength=0.5), "strength"),
        (Request("x", shot=SHOT, size=Size(64, 64)), "size"),
        (Request("x", shot=SHOT, size=Size(4000, 2000)), "size"),
        (Request("x", shot=SHOT, size=Size(101, 64)), "size"),
        (Request("x", shot=SHOT, fps=0.5), "fps"),
        (Request("x", shot=SHOT, seconds=601), "seconds"),
        (Request("x", shot=SHOT, seconds=-1), "seconds"),
    ],
)
def test_what_it_cannot_take_is_refused_by_name(request_: Request, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        Stage().check(request_)
    assert refusal.value.rule == rule
    with pytest.raises(Refused):
        Stage().run(request_, quiet)


def test_a_source_is_refused() -> None:
    clip: Clip = Stage().run(Request("x", size=SMALL, seconds=0, shot=SHOT), quiet)
    with pytest.raises(Refused, match="source"):
        Stage().check(Request("x", shot=SHOT, source=clip))
