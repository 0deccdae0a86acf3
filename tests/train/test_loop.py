from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from yingxi.train import loop, parallel  # noqa: E402
from yingxi.train.loop import Budget, Part, Rates, Weights, train  # noqa: E402
from yingxi.train.muon import Optimizer, orthogonal  # noqa: E402
from yingxi.train.parallel import Team  # noqa: E402

RATES = Rates(muon=0.02, adam=0.01, rise=2, fall=0.0)


def problem() -> Part:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))

    def loss(step: int) -> torch.Tensor:
        x = torch.randn(16, 4, generator=torch.Generator().manual_seed(step))
        return (model(x) - x[:, :2].sin()).square().mean()

    return Part("sine", model, ["0.weight"], loss)


def run(folder: Path, steps: int, lines: list[str] | None = None) -> dict[str, torch.Tensor]:
    log = (lines if lines is not None else []).append
    return train(problem(), folder, Budget(steps=steps), RATES, Team(), log=log)


def test_a_restart_repeats_what_would_have_been(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", 12)
    run(tmp_path / "parts", 5)
    lines: list[str] = []
    parts = run(tmp_path / "parts", 12, lines)
    assert lines[0] == "sine: goes on from its checkpoint at step 5"
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    part = problem()
    before = float(part.loss(999).detach())
    train(part, tmp_path, Budget(steps=150), RATES, Team(), log=lambda _: None)
    assert float(part.loss(999).detach()) < 0.3 * before


def test_of_all_weights_those_that_held_out_pictures_like_best_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECK", 2)
    errors = iter((3.0, 1.0, 2.0))
    seen: list[torch.Tensor] = []

    def held(weights: Weights) -> float:
        seen.append(weights["0.weight"].clone())
        return next(errors)

    kept = train(replace(problem(), held=held), tmp_path, Budget(steps=6), RATES, Team(), log=lambda _: None)
    assert torch.equal(kept["0.weight"], seen[1])
    assert not torch.equal(seen[1], seen[2])


def test_newton_schulz_gives_an_orthogonal_matrix() -> None:
    x = orthogonal(torch.randn(2, 8, 20)).float()
    values = torch.linalg.svdvals(x)
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.3


def test_masters_keep_what_bfloat16_would_lose() -> None:
    model = nn.Linear(2, 1).bfloat16()
    optimizer = Optimizer(model.named_parameters(), [], 0.0)
    start = optimizer.masters["weight"].clone()
    for _ in range(4):
        model(torch.ones(1, 2, dtype=torch.bfloat16)).sum().backward()
        optimizer.step(1e-5, 1e-5)
    assert not torch.equal(optimizer.masters["weight"], start)


def test_the_rates_fall_with_the_budget() -> None:
    rates = Rates(fall=0.5, rise=10)
    assert rates.factor(0, 0.0) == pytest.approx(0.1)
    assert rates.factor(50, 0.4) == 1
    assert rates.factor(90, 0.9) == pytest.approx(0.2)
    assert Budget(steps=10, seconds=100).progress(2, 50) == 0.5
    assert Budget(seconds=0).progress(0, 0) == Budget(steps=0).progress(0, 0) == 1


def _write_mean(team: Team, folder: Path) -> None:
    (mean,) = team.mean([torch.full((3,), float(team.rank))])
    (folder / f"{team.rank}.txt").write_text(str(mean.tolist()))


@pytest.mark.slow
def test_a_team_of_two_shares_its_mean(tmp_path: Path) -> None:
    parallel.run(_write_mean, tmp_path, size=2)
    assert [(tmp_path / f"{i}.txt").read_text() for i in range(2)] == ["[0.5, 0.5, 0.5]"] * 2
