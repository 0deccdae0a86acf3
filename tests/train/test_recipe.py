"""The whole recipe at a tiny size: every stage, its checkpoints, and a model that loads and samples."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.errors import Refused, YingxiError  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.eval.probes import ASKED  # noqa: E402
from yingxi.eval.report import Plan  # noqa: E402
from yingxi.eval.table import table  # noqa: E402
from yingxi.eval.towers import PictureTower  # noqa: E402
from yingxi.model.dit import DiT  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402
from yingxi.model.vae import VAEConfig, VideoVAE  # noqa: E402
from yingxi.train import nano as recipe_of_nano  # noqa: E402
from yingxi.train.clips import ClipConfig  # noqa: E402
from yingxi.train.dit import FlowConfig  # noqa: E402
from yingxi.train.loop import Budget  # noqa: E402
from yingxi.train.nano import run_stages  # noqa: E402
from yingxi.train.recipe import Recipe, recipe_for  # noqa: E402

TINY = Recipe(
    clips=ClipConfig(sizes=(Size(128, 64), Size(128, 64), Size(64, 128)), frames=16, shard=4),
    pieces=2,
    shards=3,
    ahead=3,
    pool=20,
    captions=200,
    text_width=64,
    text_layers=1,
    text_batch=8,
    vae=VAEConfig(channels=8, width=64, ffn=64, decoder=1, features=8, convolutions=1),
    vae_batch=2,
    judge_width=64,
    judge_layers=1,
    judge_batch=4,
    probed=2,
    probe_batch=4,
    plan=Plan(held=2, fresh=2, joined=2, again=1, whole=2),
    heads=1,
    head=64,
    layers=2,
    ffn=64,
    flow=FlowConfig(batch=4, windows=2, window=3),
    processes=1,
    makers=0,
    bfloat16=False,
    compiled=False,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_stages(tmp_path_factory.mktemp("nano"), TINY, [Budget(steps=2)] * 8, log=lambda _: None)


def test_the_recipe_leaves_a_model_that_samples(model: Path) -> None:
    nano = Nano(model)
    request = Request(prompt="A monk bows.", seconds=1.0, steps=2)
    clip = nano.run(request, lambda *_: None)
    assert clip.frames.shape == (12, 64, 128, 3)
    assert clip.provenance.kind == "sampled"
    assert np.array_equal(clip.frames, nano.run(request, lambda *_: None).frames)


def test_few_steps_are_the_default_and_other_wishes_take_the_whole_model(model: Path) -> None:
    nano = Nano(model)
    steps: list[int] = []

    def run(**wishes: Any) -> Any:
        return nano.run(
            Request(prompt="A monk bows.", seconds=0, **wishes), lambda _, total: steps.append(total)
        ).frames

    usual = run()
    assert steps[-1] == nano.config.fast == 4
    assert np.array_equal(usual, run(steps=4))
    run(guidance=2.0)
    run(negative="rain")
    assert steps[-1] > 4
    assert not np.array_equal(run(steps=4, guidance=2.0), usual)


def test_a_sheet_is_drawn_and_the_loss_is_logged_for_tensorboard(model: Path) -> None:
    assert list((model / "sheets").glob("clips-*.png"))
    pytest.importorskip("tensorboardX")
    files = {path.parent.name: path.read_bytes() for path in (model / "tensorboard").glob("*/events*")}
    assert {"text", "vae", "small", "stills", "clips", "fast", "judge", "probes"} <= set(files)
    assert b"clips/sheet" in files["clips"]


def test_the_report_names_every_attribute_and_its_ceiling(model: Path) -> None:
    report = json.loads((model / "report.json").read_text())
    assert set(report["attributes"]) == set(ASKED)
    assert all(0 <= a[kind] <= 1 for a in report["attributes"].values() for kind in ("sampled", "ceiling"))
    assert report["frechet"]["real"] >= 0
    assert report["weights"] == Nano(model).weights
    assert set(report["identity"]["across shots"]) == {"sampled", "real"}
    assert report["seconds"]["load"] < report["seconds"]["first step"]
    assert "| who |" in table(report)


def test_it_makes_the_sizes_that_it_was_trained_for(model: Path) -> None:
    nano = Nano(model)
    assert nano.capabilities.fixed_sizes == (Size(128, 64), Size(64, 128))
    tall = Request(prompt="A monk bows.", seconds=0.5, steps=1, size=Size(64, 128))
    assert nano.run(tall, lambda *_: None).frames.shape == (6, 128, 64, 3)
    wide = nano.run(Request(prompt="A monk bows.", seconds=0.5, steps=1), lambda *_: None)
    on = Request(prompt="A monk bows.", seconds=1, steps=1, size=Size(64, 128), pins={0: wide})
    assert nano.run(on, lambda *_: None).frames.shape == (12, 128, 64, 3)
    with pytest.raises(Refused, match="128x64 or 64x128"):
        nano.check(Request(prompt="A monk bows.", size=Size(64, 64)))


def test_the_model_takes_at_most_48_megabytes() -> None:
    recipe = recipe_for(80 * 2**30)
    with torch.device("meta"):
        dit = DiT(recipe.transformer())
        decoder, judge = VideoVAE(recipe.vae), PictureTower(recipe.tower())
    numbers = [sum(t.numel() for t in part.state_dict().values()) for part in (dit, decoder, judge)]
    assert 23e6 < numbers[0] < 24e6
    text_and_words = 6e6
    assert numbers[0] + 2 * (numbers[1] + numbers[2]) + text_and_words < 48e6


def test_a_gpu_gets_as_many_clips_as_it_holds() -> None:
    large, small = recipe_for(80 * 2**30), recipe_for(16 * 2**30)
    assert large.shards == 900
    assert small.shards < 250
    assert large.transformer() == small.transformer() != recipe_for(None).transformer()


def test_a_warm_start_goes_on_from_finished_weights(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_of_nano, "WEIGHTS", model)
    said: list[str] = []
    still = [Budget(steps=0)] * 8
    folder = run_stages(tmp_path, TINY, still, warm=True, log=said.append)
    assert len(said) == 4, said
    before, after = Nano(model), Nano(folder)
    assert torch.equal(before.mean, after.mean)
    assert torch.equal(before.std, after.std)
    for name, tensor in before.dit.state_dict().items():
        assert torch.allclose(tensor, after.dit.state_dict()[name], atol=1e-3), name
    decoders = zip(before.vae.parameters(), after.vae.parameters(), strict=True)
    assert all(torch.allclose(a, b, atol=1e-3) for a, b in decoders)


def test_a_warm_start_needs_weights_of_the_same_shape(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_of_nano, "WEIGHTS", model)
    with pytest.raises(YingxiError, match="another shape"):
        run_stages(tmp_path, replace(TINY, layers=3), [], warm=True)
