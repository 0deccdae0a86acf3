"""Shards, what is drawn from them, and that a restart draws the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model.dit import DiTConfig  # noqa: E402
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer  # noqa: E402
from yingxi.model.vae import VAEConfig, VideoVAE  # noqa: E402
from yingxi.train import dit, shards  # noqa: E402
from yingxi.train.clips import ClipConfig, draw_shot, play_clip  # noqa: E402
from yingxi.train.corpus import Corpus  # noqa: E402
from yingxi.train.dit import FlowConfig  # noqa: E402
from yingxi.train.loop import Budget, Rates, train  # noqa: E402
from yingxi.train.makers import making  # noqa: E402
from yingxi.train.parallel import Team  # noqa: E402

CONFIG = ClipConfig(sizes=(Size(128, 64), Size(64, 128)), frames=16, shard=2)
FLOW = FlowConfig(batch=3, windows=2, window=3)
SHAPE = DiTConfig(1, 64, 2, 64, 8, 16, 64, (1, 2, 2))
WORDS = ["a", "monk", "bows"]


def encoder() -> VideoVAE:
    torch.manual_seed(0)
    vae = VideoVAE(VAEConfig(channels=8, width=64, ffn=64, decoder=1, features=8, convolutions=1))
    vae.basis.copy_(torch.randn(vae.basis.shape) / 50)
    return vae.requires_grad_(False)


def make(folder: Path, count: int) -> None:
    shards.make_shards(0, 1, lambda: False, CONFIG, encoder(), WORDS, folder, count)


def open_corpus(folder: Path) -> Corpus:
    torch.manual_seed(0)
    tokenizer = Tokenizer(WORDS)
    text = TextEncoder(TextConfig(tokenizer.size, 3, 64, 64, 1))
    return Corpus(folder, Team(), torch.zeros(8), torch.ones(8), torch.ones(8), text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shards")
    make(path, 2)
    return path


def test_a_shard_has_one_size_and_everything_that_training_needs(folder: Path) -> None:
    wide, tall = (shards.read_shard(folder, i) for i in range(2))
    shapes = {name: tuple(t.shape) for name, t in wide.items()}
    assert shapes["latents"] == (2, 4, 8, 4, 8)
    assert shapes["half"] == (2, 4, 8, 2, 4)
    assert shapes["stills"] == (2, 3, 8, 4, 8)
    assert shapes["pictures"] == (2, 4, 32, 64, 3)
    assert shapes["words"] == (2, shards.CAPTIONS, 64)
    assert tall["latents"].shape[3:] == (8, 4)
    assert len(shards.read_shots(folder, 0)) == 2


def test_a_shard_can_be_made_again(folder: Path, tmp_path: Path) -> None:
    shards.make_shard(CONFIG, encoder(), Tokenizer(WORDS), tmp_path, 1, lambda: False)
    again, before = shards.read_shard(tmp_path, 1), shards.read_shard(folder, 1)
    assert all(torch.equal(again[name], before[name]) for name in before)


def test_the_cover_is_where_the_figures_are() -> None:
    number = next(n for n in range(50) if len(draw_shot(CONFIG, n).figures) == 1)
    frames, cover = play_clip(CONFIG, draw_shot(CONFIG, number), Size(128, 64), number)
    bare = draw_shot(CONFIG, number).model_copy(update={"figures": ()})
    assert set(np.unique(cover)) == {0, 1}
    assert len(frames) == 4 * len(cover)
    assert not play_clip(CONFIG, bare, Size(128, 64), number)[1].any()


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("kind", ["single", "window", "cut"])
def test_batches_fit_together(folder: Path, kind: str, half: bool) -> None:
    corpus = open_corpus(folder)
    corpus.grow(0)
    config = FlowConfig(batch=3, windows=3, window=3, half=half)
    for seed in range(6):
        batch = dit.draw_batch(corpus, config, np.random.default_rng(seed), kind == "single", kind == "cut")
        assert batch.frames.shape[1] == batch.times.shape[1] == len(batch.pinned)
        weight = batch.weight()
        assert weight.shape == (3, *batch.frames.shape[1:2], *batch.frames.shape[3:])
        assert not weight[:, batch.pinned].any()
        assert weight[:, ~batch.pinned].min() >= 1


def part(corpus: Corpus, align: float) -> Any:
    config = FlowConfig(**{**vars(FLOW), "align": align})
    student = dit.student(corpus, SHAPE, torch.float32, compiled=False)
    return dit.parts(student, corpus, config, 0.25, Team())[2]


def run(folder: Path, out: Path, steps: int, align: float = 0.1) -> dict[str, Any]:
    corpus = open_corpus(folder)
    corpus.begin("clips")
    return train(part(corpus, align), out, Budget(steps=steps), Rates(fall=0.0), Team(), log=lambda _: None)


def test_a_restart_repeats_the_loss_although_shards_came_meanwhile(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    make(clips, 1)
    whole = run(clips, tmp_path / "whole", 6)
    (clips / "taken-clips.jsonl").rename(tmp_path / "taken")
    run(clips, tmp_path / "parts", 3)
    make(clips, 2)
    parts = run(clips, tmp_path / "parts", 6)
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_new_shards_are_taken_up_and_it_is_written_when(tmp_path: Path) -> None:
    make(tmp_path, 1)
    corpus = open_corpus(tmp_path)
    corpus.begin("stills")
    corpus.grow(0)
    make(tmp_path, 2)
    corpus.grow(10)
    assert len({corpus.pick(1, np.random.default_rng(i))[0][0]["cover"].shape for i in range(9)}) == 1
    corpus.grow(20)
    assert len({corpus.pick(1, np.random.default_rng(i))[0][0]["cover"].shape for i in range(9)}) == 2
    assert (tmp_path / "taken-stills.jsonl").read_text() == "[0, 1]\n[20, 2]\n"


def test_the_alignment_can_be_switched_off_and_is_learned_when_on(folder: Path, tmp_path: Path) -> None:
    corpus = open_corpus(folder)
    corpus.begin("clips")
    with_it, without = part(corpus, 0.5), part(corpus, 0.0)
    assert with_it.loss(0).item() > without.loss(0).item()
    without.loss(1).backward()
    assert without.module.question.weight.grad is None
    with_it.loss(1).backward()
    assert with_it.module.question.weight.grad.abs().sum() > 0


@pytest.mark.slow
def test_shards_are_made_in_the_background(tmp_path: Path) -> None:
    with making(shards.make_shards, CONFIG, encoder(), WORDS, tmp_path, 2, size=2) as makers:
        makers.wait(lambda: shards.ready(tmp_path) == 2)
    with (
        pytest.raises(RuntimeError, match="code 1"),
        making(shards.make_shards, CONFIG, None, WORDS, tmp_path, 3, size=1) as makers,
    ):
        makers.wait(lambda: shards.ready(tmp_path) == 3)
