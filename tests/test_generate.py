import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.clip import Clip, Provenance
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.protocols import Capabilities, OnStep, preview_due
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.generate import Generator


class Grey:
    """A real, if dull, model: grey frames of the size asked for."""

    name = "grey"

    def __init__(self, **more: object) -> None:
        base = dict(  # noqa: C408
            kind="animation",
            fps=8,
            default_size=Size(32, 16),
            default_seconds=1,
            max_seconds=4,
            min_size=Size(16, 16),
            max_size=Size(64, 64),
            grid=16,
        )
        self.capabilities = Capabilities(**{**base, **more})  # type: ignore[arg-type]

    def check(self, request: Request) -> None:
        pass

    def run(self, request: Request, on_step: OnStep) -> Clip:
        size = request.size or self.capabilities.default_size
        frames = np.full((2, size.height, size.width, 3), 128, np.uint8)
        on_step(1, 1)
        return Clip(frames, self.capabilities.fps, Provenance(self.name, "animation"))

    def close(self) -> None:
        pass


def test_a_call_becomes_a_clip() -> None:
    with Generator(Grey()) as model:
        steps: list[tuple[int, int]] = []
        clip = model("a monk", size="32x32", on_step=lambda i, n: steps.append((i, n)))
    assert clip.size == Size(32, 32)
    assert steps == [(1, 1)]


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"seconds": 5}, "seconds"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"size": "128x16"}, "size"),
        ({"size": "24x16"}, "size"),
        ({"fps": 12}, "fps"),
        ({"guidance": 3.0}, "guidance"),
        ({"negative": "blur"}, "negative"),
        ({"steps": 4}, "steps"),
        ({"cache": 0.1}, "cache"),
        ({"loop": True}, "loop"),
        ({"strength": 0.5}, "source"),
        ({"pins": {0: np.zeros((16, 32, 3), np.uint8)}}, "pins"),
    ],
)
def test_what_the_model_cannot_take_is_refused_by_name(asked: dict[str, object], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        Generator(Grey())("a monk", **asked)  # type: ignore[arg-type]
    assert refused.value.rule == rule


def test_what_it_can_take_is_checked_too() -> None:
    model = Generator(Grey(steps=True, guidance=True, pins="first"))
    with pytest.raises(Refused, match="1 to 1000"):
        model("a monk", steps=0)
    with pytest.raises(Refused, match="0 to 50"):
        model("a monk", guidance=99)
    with pytest.raises(Refused, match="only the first frame"):
        model("a monk", pins={-1: np.zeros((16, 32, 3), np.uint8)})


def test_several_shots_need_a_model_of_several_shots() -> None:
    with pytest.raises(Refused, match="one shot at a time"):
        Generator(Grey())([("a", 1.0), ("b", 1.0)])
    assert Generator(Grey(shots=True))([("a", 1.0)]).seconds == 0.25


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(Refused, match="empty"):
        Generator(Grey())("  ")


def test_fixed_sizes() -> None:
    model = Generator(Grey(fixed_sizes=(Size(32, 16),)))
    with pytest.raises(Refused, match="32x16"):
        model("a monk", size="64x64")


def test_a_misspelt_size_is_told() -> None:
    with pytest.raises(YingxiError, match="WIDTHxHEIGHT"):
        Generator(Grey())("a monk", size="big")


class Greedy(Grey):
    """Asks for more memory than there is."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def run(self, request: Request, on_step: OnStep) -> Clip:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes"),
    ],
)
def test_memory_that_runs_out_is_advice(error: Exception) -> None:
    with pytest.raises(YingxiError, match="memory ran out while making 2 seconds of 32x16"):
        Generator(Greedy(error))("a monk", seconds=2)
    with pytest.raises(YingxiError, match="memory ran out"):
        list(Generator(Greedy(error)).stream(Request("a monk")))


def test_torch_says_so_in_these_words() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as refused:
        torch.empty(2**60, dtype=torch.uint8)
    with pytest.raises(YingxiError, match="memory ran out"):
        Generator(Greedy(refused.value))("a monk")


def test_other_errors_are_left_as_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        Generator(Greedy(RuntimeError("shapes do not fit")))("a monk")


def test_a_stream_is_refused_at_once_and_any_model_can_be_streamed() -> None:
    model = Generator(Grey())
    with pytest.raises(Refused, match="empty"):
        model.stream(Request(" "))
    assert len(list(model.stream(Request("a monk")))) == 2


def test_previews_are_refused_by_a_model_without() -> None:
    with pytest.raises(Refused, match="grey shows no previews"):
        Generator(Grey()).run(Request("a monk"), on_preview=lambda done, frames: None)


@given(st.integers(1, 200))
def test_previews_are_due_five_times_and_at_the_end(total: int) -> None:
    due = [done for done in range(1, total + 1) if preview_due(done, total)]
    assert len(due) == min(5, total)
    assert due[-1] == total
