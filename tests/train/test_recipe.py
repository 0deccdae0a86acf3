"""The whole recipe at a tiny size: every stage, its checkpoints, and a model that loads and samples."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.request import Request  # noqa: E402
from yingxi.eval.probes import ASKED  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402
from yingxi.model.vae import VAEConfig  # noqa: E402
from yingxi.train import clips  # noqa: E402
from yingxi.train import nano as recipe_of_nano  # noqa: E402
from yingxi.train.dit import FlowConfig  # noqa: E402
from yingxi.train.loop import Budget  # noqa: E402
from yingxi.train.nano import run_stages  # noqa: E402
from yingxi.train.recipe import Recipe  # noqa: E402

TINY = Recipe(
    clips=clips.ClipConfig(width=64, height=48, frames=16),
    shards=1,
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
    asked=4,
    heads=1,
    head=64,
    layers=2,
    ffn=64,
    flow=FlowConfig(batch=4, windows=2, window=3),
    processes=1,
    bfloat16=False,
    compiled=False,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    patch = pytest.MonkeyPatch()
    patch.setattr(clips, "SHARD", 4)
    folder = run_stages(tmp_path_factory.mktemp("nano"), TINY, [Budget(steps=2)] * 6, log=lambda _: None)
    patch.undo()
    return folder


def test_the_recipe_leaves_a_model_that_samples(model: Path) -> None:
    nano = Nano(model)
    request = Request(prompt="A monk bows.", seconds=1.0, steps=2)
    clip = nano.run(request, lambda *_: None)
    assert clip.frames.shape == (12, 48, 64, 3)
    assert clip.provenance.kind == "sampled"
    assert np.array_equal(clip.frames, nano.run(request, lambda *_: None).frames)


def test_a_sheet_is_drawn(model: Path) -> None:
    assert list((model / "sheets").glob("clips-*.png"))


def test_the_report_names_every_attribute_and_its_ceiling(model: Path) -> None:
    report = json.loads((model / "report.json").read_text())
    assert set(report["attributes"]) == set(ASKED)
    assert all(0 <= v <= 1 for a in report["attributes"].values() for v in a.values())
    assert report["frechet"]["real"] >= 0


def test_a_warm_start_goes_on_from_finished_weights(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_of_nano, "WEIGHTS", model)
    monkeypatch.setattr(clips, "SHARD", 4)
    said: list[str] = []
    still = [Budget(steps=0)] * 6
    folder = run_stages(tmp_path, TINY, still, warm=True, log=said.append)
    assert len(said) == 4, said
    before, after = Nano(model), Nano(folder)
    assert torch.equal(before.mean, after.mean)
    assert torch.equal(before.std, after.std)
    for name, tensor in before.dit.state_dict().items():
        assert torch.allclose(tensor, after.dit.state_dict()[name], atol=1e-3), name
