"""Nano with random weights: what it takes, what it keeps, what it refuses. No claim about its pictures."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.clip import Clip, Provenance  # noqa: E402
from yingxi.core.errors import Refused, YingxiError  # noqa: E402
from yingxi.core.protocols import VideoModel  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model import checkpoint  # noqa: E402
from yingxi.model.checkpoint import NanoConfig, save_config, save_module  # noqa: E402
from yingxi.model.dit import DiT, DiTConfig  # noqa: E402
from yingxi.model.nano import WEIGHTS, Nano, load  # noqa: E402
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer  # noqa: E402
from yingxi.model.vae import VAEConfig, VideoVAE  # noqa: E402

VOCABULARY = ("a", "monk", "bows", "和", "尚")


def small_config(tasks: tuple[str, ...] = ("pins", "loop")) -> NanoConfig:
    return NanoConfig(
        dit=DiTConfig(1, 64, 2, 64, 6, 6, 64, frequency=16),
        vae=VAEConfig(channels=6, width=64, ffn=64, decoder=1, features=8, convolutions=1),
        text=TextConfig(Tokenizer(VOCABULARY).size, 3, 64, 64, 1),
        vocabulary=VOCABULARY,
        slots=("who", "what", "where"),
        mean=(0.0,) * 6,
        std=(1.0,) * 6,
        width=48,
        height=32,
        fps=12,
        window=4,
        tasks=tasks,
    )


def write(folder: Path, config: NanoConfig) -> None:
    torch.manual_seed(0)
    vae = VideoVAE(config.vae)
    vae.basis.copy_(torch.randn(vae.basis.shape) / 50)
    for name, part in (("dit", DiT(config.dit)), ("vae", vae), ("text", TextEncoder(config.text))):
        save_module(part, folder / f"{name}.safetensors", torch.float16)
    save_config(config, folder)


@pytest.fixture(scope="module")
def nano(tmp_path_factory: pytest.TempPathFactory) -> Nano:
    folder = tmp_path_factory.mktemp("weights")
    write(folder, small_config())
    return Nano(folder, torch.float32)


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


def test_a_model_without_a_task_refuses_it(tmp_path: Path) -> None:
    write(tmp_path, small_config(tasks=()))
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


def test_weights_that_do_not_fit_are_told(tmp_path: Path) -> None:
    write(tmp_path, small_config())
    (tmp_path / "dit.safetensors").write_bytes(b"not weights")
    with pytest.raises(YingxiError, match="not the weights"):
        Nano(tmp_path)


def test_a_configuration_survives_the_disk(tmp_path: Path) -> None:
    config = small_config()
    save_config(config, tmp_path)
    assert checkpoint.load_config(tmp_path) == config


@pytest.mark.skipif(not (WEIGHTS / "config.json").exists(), reason="no weights in the package")
def test_the_model_in_the_box() -> None:
    model = load()
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) <= 48e6
    clip = model.run(Request("A monk bows.", seconds=0, steps=2), lambda *_: None)
    assert clip.size == model.capabilities.default_size
