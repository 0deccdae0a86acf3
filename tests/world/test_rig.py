"""Rigs are data: skeletons of their own kind bring their own curves, or move like another."""

from pathlib import Path

import numpy as np
import pytest

from yingxi.core.errors import YingxiError
from yingxi.core.shot import Figure
from yingxi.world import action, rig
from yingxi.world.actor import GROUND, Actor

NAMES = sorted(path.stem for path in rig.FOLDER.glob("*.yaml"))
OWN = [name for name in NAMES if rig.load(name).curves and not rig.load(name).like]


def actor(look: str, act: str, **more: object) -> Actor:
    figure = Figure.model_validate({"who": "a", "action": act, "at": 0.3, "look": {"puppet": look}, **more})
    return Actor(figure, place=0, centre=8.0, width=16.0, seconds=4.0, still=False, lines=(), seed=0)


@pytest.mark.parametrize("name", NAMES)
def test_joints_hang_together(name: str) -> None:
    skeleton = rig.load(name)
    assert set(skeleton.order) <= set(skeleton.joints)
    assert {joint for joint, _x, _y in skeleton.contacts} | set(skeleton.far) <= set(skeleton.joints)
    assert {"body", "head"} <= set(skeleton.joints)
    for curves in skeleton.curves.values():
        assert set(curves) <= {*skeleton.joints, "lift", "shift"}
    if skeleton.like:
        assert set(skeleton.joints) == set(rig.load(skeleton.like).joints)


@pytest.mark.parametrize("name", OWN)
def test_a_rig_of_its_own_kind_always_moves(name: str) -> None:
    curves = rig.load(name).curves
    assert {"stand", "walk"} <= set(curves)
    for act in (action.load(n) for n in action.names()):
        phases = [act.pose(name, float(p)) for p in np.linspace(0, 1, 101)]
        for joint in phases[0]:
            steps = np.abs(np.diff([pose[joint] for pose in phases]))
            assert steps.max() < 20
        if act.cyclic(name):
            assert phases[0] == pytest.approx(phases[-1], abs=1e-6)
        known = curves.get(act.name) or curves["walk" if act.travels else "stand"]
        assert set(phases[0]) == set(known)


def test_a_rig_moves_like_another_but_for_what_it_does_itself() -> None:
    walk, bow = action.load("walk"), action.load("bow")
    assert walk.pose("hound", 0.3) == walk.pose("quadruped", 0.3)
    assert walk.pose("bovine", 0.3) == walk.pose("quadruped", 0.3)
    assert bow.pose("bovine", 0.5) != bow.pose("quadruped", 0.5)
    assert not bow.cyclic("bovine")


def test_what_a_rig_does_not_know_it_lives_through() -> None:
    kneel = action.load("kneel")
    assert not kneel.cyclic("human")
    assert kneel.cyclic("dragon")
    assert kneel.pose("dragon", 0.25) == action.load("stand").pose("dragon", 0.25)


def test_the_body_of_a_dragon_is_a_wave_that_runs_back() -> None:
    on = actor("dragon", "stand")
    near, far = (np.array([on.frames(float(t))[f"back_{k}"].f for t in np.arange(0, 4, 0.05)]) for k in ("h", "k"))
    assert min(np.ptp(near), np.ptp(far)) > 0.4
    near, far = near - near.mean(), far - far.mean()
    lags = [float(np.dot(near, np.roll(far, -k))) for k in range(80)]
    assert 10 < int(np.argmax(lags)) < 35
    assert not on.puppet.rig.feet


def test_wings_need_no_cloud() -> None:
    assert rig.load("bird").wings
    assert rig.load("dragon").wings
    assert not rig.load("human").wings
    crane = actor("crane", "fly")
    assert crane.frames(2.0)["foot_n"].f < GROUND - 0.8


def test_a_long_beast_keeps_farther_off() -> None:
    def gap(look: str) -> float:
        one, other = (
            actor(name, "fight", at=at, toward=to, who=who)
            for name, at, who, to in ((look, 0.3, "a", "b"), ("monk", 0.7, "b", "a"))
        )
        for each in (one, other):
            each.meet({"a": one, "b": other})
        for each in (one, other):
            each.settle()
        return abs(one.start - other.start)

    assert gap("dragon") > gap("monk") + 0.5


def test_phases_that_do_not_rise_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        (rig.FOLDER / "snake.yaml").read_text().replace("  stand:\n", "  stand:\n    spine: [[0.5, 1], [0.2, 3]]\n")
    )
    (tmp_path / "worm.yaml").write_text(text)
    monkeypatch.setattr(rig, "FOLDER", tmp_path)
    with pytest.raises(YingxiError, match="spine"):
        rig.load("worm")
