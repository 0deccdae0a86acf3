"""The probes: what they look at, what they learn of a few clips that a glance tells apart, and how they are kept."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.eval import probes  # noqa: E402
from yingxi.eval.probes import ProbeConfig, Probes  # noqa: E402
from yingxi.eval.shots import held_out  # noqa: E402
from yingxi.train import probes as training  # noqa: E402
from yingxi.train.loop import Budget, Rates, fill, train  # noqa: E402
from yingxi.train.parallel import Team  # noqa: E402
from yingxi.train.probe_shards import draw_shot, make_shots  # noqa: E402

SIZE = Size(64, 32)
TRUTHS = [dict.fromkeys(probes.QUESTIONS, value) for value in ("bright", "dark")]
CONFIG = ProbeConfig(32, 64, {name: ["bright", "dark"] for name in probes.QUESTIONS}, ["monk"], [8, 16, 16], 32)


def shard() -> training.Shard:
    """Eight clips, bright ones with a figure on the left, dark ones without; each follows one of the other kind."""
    pictures = torch.full((8, 4, 32, 64, 3), 40, dtype=torch.uint8)
    pictures[::2] = 200
    pictures[::2, :, 8:24, 8:24] = 90
    cover = torch.zeros(8, 4, 4, 8, dtype=torch.uint8)
    cover[::2, :, 1:3, 1:3] = 1
    labels = CONFIG.labels([TRUTHS[i % 2] for i in range(8)])
    return training.Shard(pictures, cover, torch.tensor([False] + [True] * 7), labels)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Probes:
    part = training.part(Team(), CONFIG, [shard()], 8, torch.float32)
    rates = Rates(muon=0.02, adam=0.005, fall=0.0, rise=2)
    weights = train(part, tmp_path_factory.mktemp("probes"), Budget(steps=60), rates, Team(), log=lambda _: None)
    found = fill(Probes(CONFIG), weights)
    assert isinstance(found, Probes)
    return found.requires_grad_(False)


def test_they_learn_what_a_glance_tells(learned: Probes) -> None:
    clips = [clip.numpy() for clip in shard().pictures]
    seen = probes.see(learned, probes.prepared(CONFIG, clips))
    truths = [TRUTHS[i % 2] for i in range(8)]
    assert probes.right(learned, seen, truths)["place"] == 1
    assert probes.right(learned, seen, truths[1:] + truths[:1])["place"] == 0
    covered = seen.cover.argmax(2) > 0
    assert covered[::2, :, 1:3, 1:3].float().mean() > 0.9
    assert covered[1::2].float().mean() < 0.1


def test_they_count_shots(learned: Probes) -> None:
    bright, dark = (clip.numpy() for clip in shard().pictures[:2])
    clips = [bright, np.concatenate((bright[:2], dark[:2])), np.concatenate((dark[:1], bright[:2], dark[:1]))]
    assert probes.shots_seen(probes.see(learned, probes.prepared(CONFIG, clips))) == [1, 2, 3]


def test_a_new_value_is_never_right(learned: Probes) -> None:
    seen = probes.see(learned, probes.prepared(CONFIG, [shard().pictures[0].numpy()]))
    assert probes.right(learned, seen, [dict.fromkeys(probes.QUESTIONS, "unheard of")])["puppet"] == 0


def test_they_are_kept_in_8_bits(learned: Probes, tmp_path: Path) -> None:
    probes.save(learned, tmp_path)
    again = probes.load(tmp_path)
    x = probes.prepared(CONFIG, [clip.numpy() for clip in shard().pictures])
    before, after = (probes.see(some, x) for some in (learned, again))
    for name in probes.QUESTIONS:
        assert torch.equal(before.answers[name].argmax(-1), after.answers[name].argmax(-1))
    with pytest.raises(YingxiError, match="no probes"):
        probes.load(tmp_path / "elsewhere")


def test_a_mirror_turns_the_cameras_moves() -> None:
    moves = ["pan left", "pan right"]
    config = ProbeConfig(32, 64, {**CONFIG.values, "move": moves}, ["monk"])
    labels = config.labels([{**TRUTHS[0], "move": move} for move in moves])
    some = training.Shard(*(t[:2] for t in (shard().pictures, shard().cover, shard().follows)), labels=labels)
    at = probes.QUESTIONS.index("move")
    for seed in range(6):
        *_, mirrored = training.varied(some.pictures[0], some.cover[0], np.random.default_rng(seed))
        *_, found, _ = training._single(config, some, 0, np.random.default_rng(seed))
        assert int(found[at]) == int(mirrored)
        assert torch.equal(found[:at], labels[0, :at])


def test_their_shards_are_of_a_series_of_their_own(tmp_path: Path) -> None:
    make_shots(0, 1, lambda: False, SIZE, tmp_path, 2, 4)
    config, found = training.open_shards(tmp_path, SIZE)
    assert [tuple(some.pictures.shape) for some in found] == [(4, 4, 32, 64, 3)] * 2
    assert [tuple(some.cover.shape) for some in found] == [(4, 4, 4, 8)] * 2
    assert len(config.puppets) >= 48
    shots = [draw_shot(number) for number in range(8)]
    assert [follows for some in found for follows in some.follows.tolist()] == [follows for _, follows in shots]
    batch = training.draw(config, found, 6, np.random.default_rng(0))
    assert batch.pictures.shape == (6, 4, 3, 32, 64)
    assert batch.pictures.abs().max() <= 1


def test_only_figures_near_enough_are_asked_about() -> None:
    shot = held_out(1, 0)
    assert not probes.one_figure(shot.model_copy(update={"size": "ELS"}))
    assert not probes.one_figure(shot.model_copy(update={"size": "MS", "figures": shot.figures * 2}))
    assert probes.one_figure(shot.model_copy(update={"size": "MS"}))
    assert probes.asked(shot)["action"] == shot.figures[0].action
