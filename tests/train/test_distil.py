"""Distilling: what the teacher shows, that a student learns it, and that its LoRA is read again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model import flow  # noqa: E402
from yingxi.model.dit import DiT, DiTConfig  # noqa: E402
from yingxi.model.flow import Schedule  # noqa: E402
from yingxi.model.lora import add_lora  # noqa: E402
from yingxi.model.text import TextConfig, TextEncoder, Tokenizer  # noqa: E402
from yingxi.model.vae import VAEConfig, VideoVAE  # noqa: E402
from yingxi.train import distil, shards  # noqa: E402
from yingxi.train.clips import ClipConfig  # noqa: E402
from yingxi.train.corpus import Corpus  # noqa: E402
from yingxi.train.distil import DistilConfig, Student  # noqa: E402
from yingxi.train.dit import Batch, FlowConfig, draw_batch  # noqa: E402
from yingxi.train.loop import Budget, Rates, train  # noqa: E402
from yingxi.train.parallel import Team  # noqa: E402

CONFIG = ClipConfig(sizes=(Size(128, 64),), frames=16, shard=2)
FLOW = FlowConfig(batch=4, windows=2, window=3, share=0.3, forget=0.0)
SHAPE = DiTConfig(1, 64, 2, 64, 8, 16, 64, (1, 2, 2))
WORDS = ["a", "monk", "bows"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("shards")
    torch.manual_seed(0)
    vae = VideoVAE(VAEConfig(channels=8, width=64, ffn=64, decoder=1, features=8, convolutions=1))
    vae.basis.copy_(torch.randn(vae.basis.shape) / 50)
    shards.make_shards(0, 1, lambda: False, CONFIG, vae.requires_grad_(False), WORDS, folder, 1)
    text = TextEncoder(TextConfig(Tokenizer(WORDS).size, 3, 64, 64, 1))
    corpus = Corpus(folder, Team(), torch.zeros(8), torch.ones(8), torch.ones(8), text)
    corpus.begin("fast")
    corpus.grow(0)
    return corpus


def teacher() -> DiT:
    torch.manual_seed(3)
    dit = DiT(SHAPE)
    with torch.no_grad():
        for parameter in dit.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return dit


def window(corpus: Corpus) -> Batch:
    return draw_batch(corpus, FLOW, np.random.default_rng(0), single=False, cut=False)


def test_from_pure_noise_the_teacher_goes_as_the_sampler_does(corpus: Corpus) -> None:
    config = DistilConfig(steps=1, inner=5, guidance=2.0, rank=4)
    student, batch = Student(teacher(), corpus.spread, config.rank), window(corpus)
    free = (~batch.pinned).float()[None]
    noise = torch.randn(batch.frames.shape)
    context = student.teacher.context(torch.cat((batch.text, corpus.empty.expand_as(batch.text))))

    def predict(x: Any, levels: Any) -> Any:
        x[:, batch.pinned] = batch.frames[:, batch.pinned]
        made = student.teacher(x, levels * free * 1000, batch.times.expand(len(x), -1), context)
        given, without = made.chunk(2)
        return flow.clean_frames(flow.guided(given, without, 2.0), x, levels * free, corpus.spread)

    with torch.inference_mode():
        sampled = flow.sample(predict, noise.clone(), Schedule(5))
    x = flow.noised(batch.frames, noise, free.expand(len(noise), -1))
    ends = distil.taught(student, config, x, batch, torch.ones(len(x), dtype=torch.int64), corpus.empty)
    kept = ~batch.pinned
    assert torch.allclose(ends[:, kept], sampled[:, kept], atol=1e-4)
    assert torch.equal(ends[:, batch.pinned], batch.frames[:, batch.pinned])


def test_a_student_starts_as_its_teacher_without_guidance(corpus: Corpus) -> None:
    student, batch = Student(teacher(), corpus.spread, 4), window(corpus)
    levels = torch.full(batch.frames.shape[:2], 0.7)
    with torch.no_grad():
        made = student(batch.frames, levels, batch.times, batch.text)
        wanted = student.teacher(batch.frames, levels * 1000, batch.times, student.teacher.context(batch.text))
        wanted = flow.clean_frames(wanted, batch.frames, levels, corpus.spread)
    assert torch.allclose(made, wanted, atol=1e-5)


@pytest.mark.slow
def test_the_student_comes_closer_and_its_file_is_a_lora(corpus: Corpus, tmp_path: Path) -> None:
    config = DistilConfig(steps=2, inner=3, guidance=3.0, rank=16)
    student = Student(teacher(), corpus.spread, config.rank)
    part = distil.part(student, corpus, FLOW, config, Team())

    def error() -> float:
        with torch.no_grad():
            return float(np.mean([part.loss(step).item() for step in range(1000, 1010)]))

    before = error()
    weights = train(part, tmp_path, Budget(steps=150), Rates(adam=0.003), Team(), log=lambda _: None)
    assert error() < 0.6 * before
    assert {name.rpartition(".")[2] for name in weights} == {"up", "down"}
    file = tmp_path / "fast.safetensors"
    save_file({name: t.detach() for name, t in distil.lora(student).items()}, file)
    merged, batch = teacher(), window(corpus)
    add_lora(merged, file)
    levels = torch.full(batch.frames.shape[:2], 0.7)
    with torch.no_grad():
        made = merged(batch.frames, levels * 1000, batch.times, merged.context(batch.text))
        made = flow.clean_frames(made, batch.frames, levels, corpus.spread)
        assert torch.allclose(made, student(batch.frames, levels, batch.times, batch.text), atol=1e-4)
