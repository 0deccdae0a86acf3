"""Nano with random weights: what it takes, what it keeps, what it refuses. No claim about its pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.clip import Clip, Provenance  # noqa: E402
from yingxi.core.errors import Refused, YingxiError  # noqa: E402
from yingxi.core.protocols import VideoModel  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model import checkpoint  # noqa: E402
from yingxi.model.nano import WEIGHTS, Nano, load  # noqa: E402

Write = Callable[..., Any]


def run(nano: Nano, **more: object) -> Clip:
    request = Request(**{"prompt": "a monk bows", "steps": 2, **more})  # type: ignore[arg-type]
    return nano.run(request, lambda *_: None)


def grey(value: int, frames: int = 1, size: tuple[int, int] = (32, 48)) -> np.ndarray:
    return np.full((frames, *size, 3), value, np.uint8)


def test_it_is_a_video_model(nano: Nano) -> None:
    assert isinstance(nano, VideoModel)
    assert nano.capabilities.kind == "sampled"
    assert nano.capabilities.fixed_sizes == (Size(48, 32),)


@pytest.mark.parametrize(("seconds", "frames"), [(0, 1), (0.5, 6), (1, 12), (3, 36)])
def test_a_clip_lasts_as_long_as_asked(nano: Nano, seconds: float, frames: int) -> None:
    assert run(nano, seconds=seconds).frames.shape == (frames, 32, 48, 3)


def test_a_seed_decides(nano: Nano) -> None:
    assert run(nano, seed=1).digest == run(nano, seed=1).digest
    assert run(nano, seed=1).digest != run(nano, seed=2).digest


def test_steps_are_told(nano: Nano) -> None:
    told: list[tuple[int, int]] = []
    nano.run(Request("a monk", seconds=3, steps=2), lambda i, n: told.append((i, n)))
    assert told[-1][0] == told[-1][1] == len(told)


@pytest.mark.parametrize("key", [0, -1, 5, 0.5])
def test_a_picture_stays_where_it_is_pinned(nano: Nano, key: float) -> None:
    clip = run(nano, seconds=1, pins={key: grey(200)[0]})
    frame = {-1: 11, 0.5: 6}.get(key, int(key))
    assert (clip.frames[frame] == 200).all()
    assert not (clip.frames[frame - 1] == 200).all()


def test_a_pin_changes_its_neighbours(nano: Nano) -> None:
    free, pinned = run(nano, seconds=1), run(nano, seconds=1, pins={0: grey(200)[0]})
    assert not np.array_equal(free.frames[1:], pinned.frames[1:])


def test_a_clip_is_extended_and_remembered(nano: Nano) -> None:
    start = Clip(grey(90, 8), 12, Provenance("stage", "animation"))
    clip = run(nano, seconds=2, pins={0: start})
    assert (clip.frames[:8] == 90).all()
    assert clip.frames.shape[0] == 24
    assert clip.provenance.parents == (start.digest,)


def test_a_picture_of_another_size_is_fitted(nano: Nano) -> None:
    assert (run(nano, pins={0: grey(50, size=(90, 160))[0]}).frames[0] == 50).all()


def test_a_loop(nano: Nano) -> None:
    assert run(nano, loop=True).frames.shape[0] == 16


def test_a_loop_takes_no_pins(nano: Nano) -> None:
    with pytest.raises(Refused, match="loop"):
        run(nano, loop=True, pins={0: grey(1)[0]})


def test_a_model_without_a_task_refuses_it(write_nano: Write, tmp_path: Path) -> None:
    write_nano(tmp_path, tasks=())
    model = Nano(tmp_path, torch.float32)
    with pytest.raises(Refused) as refused:
        run(model, pins={0: grey(1)[0]})
    assert refused.value.rule == "pins"


def test_guidance_of_one_is_the_prompt_alone(nano: Nano) -> None:
    assert run(nano, guidance=1.0).digest != run(nano, guidance=4.0).digest


def test_words_it_never_met_do_no_harm(nano: Nano) -> None:
    assert run(nano, prompt="ξένος zyzzyva 龘 🎭").frames.shape[0] == 16


def test_stills_in_one_batch_are_those_one_by_one(nano: Nano) -> None:
    both = nano.stills("a monk", [3, 4], Request("a monk", steps=2))
    alone = nano.stills("a monk", [4], Request("a monk", steps=2))
    assert np.abs(both[1].astype(int) - alone[0].astype(int)).max() <= 1


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="no nano model in"):
        load(tmp_path)


def test_weights_that_do_not_fit_are_told(write_nano: Write, tmp_path: Path) -> None:
    write_nano(tmp_path)
    (tmp_path / "dit.safetensors").write_bytes(b"not weights")
    with pytest.raises(YingxiError, match="not the weights"):
        Nano(tmp_path)


def test_a_configuration_survives_the_disk(write_nano: Write, tmp_path: Path) -> None:
    config = write_nano(tmp_path)
    assert checkpoint.load_config(tmp_path) == config


@pytest.mark.skipif(not (WEIGHTS / "config.json").exists(), reason="no weights in the package")
def test_the_model_in_the_box() -> None:
    model = load()
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) <= 48e6
    clip = model.run(Request("A monk bows.", seconds=0, steps=2), lambda *_: None)
    assert clip.size == model.capabilities.default_size
