"""The judge, trained for a moment on pictures that a glance tells apart."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.cast import Look  # noqa: E402
from yingxi.core.clip import Clip, Provenance  # noqa: E402
from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.core.shot import Figure, Shot  # noqa: E402
from yingxi.eval import judge as judges  # noqa: E402
from yingxi.eval.caption import caption_of  # noqa: E402
from yingxi.eval.towers import TowerConfig  # noqa: E402
from yingxi.model.checkpoint import NanoConfig, save_config, save_module  # noqa: E402
from yingxi.model.dit import DiTConfig  # noqa: E402
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer  # noqa: E402
from yingxi.model.vae import VAEConfig  # noqa: E402
from yingxi.train import judge  # noqa: E402
from yingxi.train.loop import Budget, Rates, train  # noqa: E402
from yingxi.train.parallel import Team  # noqa: E402

TOWER = TowerConfig(rows=2, columns=3, width=64, layers=1, out=16)
RATES = Rates(muon=0.02, adam=0.005, fall=0.0, rise=2)
WORDS = ("red", "blue")


def frames() -> np.ndarray:
    """Two clips [2,T,H,W,3]: one red, one blue."""
    clips = np.zeros((2, 4, 32, 48, 3), np.uint8)
    clips[0, ..., 0] = clips[1, ..., 2] = 220
    return clips


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judge")
    torch.manual_seed(0)
    text = TextConfig(Tokenizer(WORDS).size, 2, 64, 64, 1)
    encoder = TextEncoder(text).requires_grad_(False)
    vectors = encoder(Tokenizer(WORDS).batch(WORDS))[:, None].half().numpy()
    part = judge.part(Team(), [(frames(), vectors)], 8, TOWER, torch.float32)
    train(part, path, Budget(steps=40), RATES, Team(), log=lambda _: None)
    judge.save(TOWER, part.module, path)
    save_module(encoder, path / "text.safetensors", torch.float16)
    vae, dit = VAEConfig(channels=6), DiTConfig(1, 64, 1, 64, 6, 6, 64)
    config = NanoConfig(dit, vae, text, WORDS, ("a", "b"), (0.0,) * 6, (1.0,) * 6, 48, 32, 12, 4, ())
    save_config(config, path)
    return path


def test_the_judge_prefers_what_was_asked_for(folder: Path) -> None:
    critic = judges.load(folder)
    red = Clip(frames()[0], 12, Provenance("nano", "sampled"))
    right = critic.score(red, Shot(slate="1A", prompt="red"))
    wrong = critic.score(red, Shot(slate="1A", prompt="blue"))
    assert right["overall"] > wrong["overall"]
    assert -1.001 <= wrong["overall"] <= right["overall"] <= 1.001


def test_a_judge_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="no judge"):
        judges.load(tmp_path)


def test_the_judge_reads_a_shots_structure() -> None:
    figure = Figure(who="a", action="bow", look=Look(puppet="monk"))
    assert "monk" in caption_of(Shot(slate="1A", stage="temple", figures=(figure,))).lower()
    assert caption_of(Shot(slate="1A", prompt="red")) == "red"


def test_the_frechet_distance_knows_gaussians() -> None:
    from yingxi.eval.frechet import distance

    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(4000, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    assert distance(a, b) < 0.02
    assert distance(a, 2 * b + 3) == pytest.approx(27 + 3, rel=0.1)


def test_eight_bits_lose_nothing(folder: Path) -> None:
    text = TextConfig(Tokenizer(WORDS).size, 2, 64, 64, 1)
    torch.manual_seed(0)
    vectors = TextEncoder(text)(Tokenizer(WORDS).batch(WORDS))[:, None].half().detach().numpy()
    part = judge.part(Team(), [(frames(), vectors)], 8, TOWER, torch.float32)
    judge.save(TOWER, part.module, folder / "untrained")
    found = judge.compare(TOWER, part.module, folder / "untrained", [(frames(), vectors)])
    assert found[8]["agreement"] == pytest.approx(found[16]["agreement"], abs=0.01)
    assert all(0 <= value["retrieval"] <= 1 for value in found.values())
