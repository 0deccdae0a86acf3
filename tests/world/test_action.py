"""Actions are data: poses are continuous, feet stay on the ground and do not slide, and speech moves the speaker."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.errors import YingxiError
from yingxi.core.shot import Figure, Line
from yingxi.world import action, rig
from yingxi.world.actor import GROUND, Actor
from yingxi.world.speech import turns

RIGS = sorted(path.stem for path in rig.FOLDER.glob("*.yaml"))
OFF_THE_GROUND = ("fly", "ride", "jump", "run", "dance", "laugh", "chase", "box", "swim", "climb", "sleep")


def actor(
    figure: Figure, seconds: float = 3.0, still: bool = False, lines: tuple[Line, ...] = (), place: int = 0
) -> Actor:
    return Actor(figure, place=place, centre=8.0, width=16.0, seconds=seconds, still=still, lines=lines, seed=0)


def test_there_are_the_verbs_of_a_story() -> None:
    wanted = {
        "stand", "walk", "run", "ride", "fly", "jump", "bow", "kneel", "talk", "point", "laugh", "weep", "sit",
        "fight", "dance", "fall", "vanish", "appear", "sleep", "drink", "read", "embrace", "give", "chase", "duel",
            "box",
        "transform", "climb", "swim", "pray", "wave", "hide", "flute", "zither", "throw",
    }  # fmt: skip
    assert wanted <= set(action.names())


@pytest.mark.parametrize("name", action.names())
def test_joints_are_the_rigs(name: str) -> None:
    act = action.load(name)
    assert act.words["en"]
    assert act.words["zh"]
    for skeleton, curves in (("human", act.human), ("quadruped", act.quadruped or {})):
        assert set(curves) <= {*rig.load(skeleton).joints, "lift", "shift"}


@pytest.mark.parametrize("skeleton", RIGS)
def test_a_rigs_own_curves_move_its_own_joints(skeleton: str) -> None:
    kind = rig.load(skeleton)
    assert set(kind.curves) <= set(action.names())
    assert all(set(curves) <= {*kind.joints, "lift", "shift"} for curves in kind.curves.values())
    assert {*kind.order, *kind.far, *(joint for joint, _x, _y in kind.contacts)} <= set(kind.joints)


@pytest.mark.parametrize("skeleton", RIGS)
@pytest.mark.parametrize("name", action.names())
def test_poses_do_not_jump(name: str, skeleton: str) -> None:
    act = action.load(name)
    phases = np.linspace(0, 1, 201)
    poses = [act.pose(skeleton, float(p)) for p in phases]
    for joint in poses[0]:
        angles = np.array([pose[joint] for pose in poses])
        assert np.abs(np.diff(angles)).max() < 12
        if act.cyclic(skeleton):
            assert angles[0] == pytest.approx(angles[-1], abs=1e-6)


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=6), st.floats(-1, 2), st.booleans())
def test_curves_do_not_overshoot(values: list[float], phase: float, cyclic: bool) -> None:
    keys = tuple((k / len(values), v) for k, v in enumerate(values))
    found = action.value(keys, phase % 1.0 if cyclic else phase, cyclic)
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6


def test_unknown_action_is_named() -> None:
    with pytest.raises(YingxiError, match="yodel"):
        action.load("yodel")


@pytest.mark.parametrize("puppet", ["monk", "child", "horse", "tiger"])
@pytest.mark.parametrize("name", [n for n in action.names() if n not in OFF_THE_GROUND])
def test_somebody_on_the_ground_touches_it(name: str, puppet: str) -> None:
    on = actor(Figure(who="a", action=name, at=0.4, look=Look(puppet=puppet)))
    for seconds in (0.0, 0.7, 1.9, 3.0):
        frames = on.frames(seconds)
        lowest = max(frames[joint].at(x, y)[1] for joint, x, y in on.puppet.rig.contacts)
        assert lowest == pytest.approx(GROUND, abs=1e-6)


@pytest.mark.parametrize("puppet", ["monk", "girl", "horse", "fox", "ox", "rabbit", "crane"])
def test_walkers_plant_a_foot(puppet: str) -> None:
    on = actor(Figure(who="a", action="walk", at=0.1, to=0.7, look=Look(puppet=puppet)), seconds=5.0)
    feet = [c for c in on.puppet.rig.contacts if c[0].startswith(("foot", "hoof"))]
    assert on.puppet.rig.feet
    slid = moved = 0.0
    for before, after in pairwise(np.arange(0.2, 4.6, 1 / 60)):
        one, two = on.frames(float(before)), on.frames(float(after))
        near = [c for c in feet if GROUND - one[c[0]].at(c[1], c[2])[1] < 0.06]
        slid += min(abs(two[joint].at(x, y)[0] - one[joint].at(x, y)[0]) for joint, x, y in near)
        moved += abs(on.x(float(after)) - on.x(float(before)))
    assert moved > 5
    assert slid < 0.12 * moved


def test_figures_arrive_where_they_go() -> None:
    for name in ("walk", "run", "fly", "ride", "talk"):
        on = actor(Figure(who="a", action=name, at=0.2, to=0.5, look=Look(puppet="monk")), seconds=4.0)
        assert on.x(0.0) == pytest.approx(8 + (0.2 - 0.5) * 16)
        assert on.x(4.0) == pytest.approx(8.0, abs=1e-6)


def test_nobody_told_where_to_go_crosses_the_way_he_faces() -> None:
    left = actor(Figure(who="a", action="walk", at=0.8, facing="left"))
    assert left.x(3.0) < left.x(0.0) - 2
    assert left.towards == -1


def test_fighters_meet_face_to_face() -> None:
    one = actor(Figure(who="a", action="fight", at=0.1, toward="b"))
    two = actor(Figure(who="b", action="fight", at=0.9, toward="a"), place=1)
    for each in (one, two):
        each.meet({"a": one, "b": two})
    for each in (one, two):
        each.settle()
    assert (one.towards, two.towards) == (1, -1)
    assert two.start - one.start == pytest.approx(action.load("fight").gap or 0)


def test_the_speaker_moves_more_while_he_speaks() -> None:
    lines = (Line(who="a", text="Halt!", start=2.0, seconds=2.0),)
    speaker = actor(Figure(who="a", action="stand"), 6.0, lines=lines)
    assert speaker.speaking(1.0) == 0
    assert speaker.speaking(3.0) == 1

    def travel(start: float) -> float:
        hands = [speaker.frames(start + k / 20)["hand_n"] for k in range(30)]
        return sum(abs(b.e - a.e) + abs(b.f - a.f) for a, b in pairwise(hands))

    assert travel(2.3) > 3 * travel(4.4)


def test_a_listener_who_could_talk_keeps_still() -> None:
    lines = (Line(who="b", text="I am speaking.", start=0.0, seconds=4.0),)
    listener = actor(Figure(who="a", action="talk"), 4.0, lines=lines)
    hands = [listener.frames(1 + k / 20)["hand_n"] for k in range(40)]
    assert max(h.f for h in hands) - min(h.f for h in hands) < 0.25


def test_untimed_lines_share_the_shot() -> None:
    lines = (Line(who="a", text="one two three"), Line(who="b", text="four five six"))
    (first,), (second,) = turns(lines, "a", 4.0), turns(lines, "b", 4.0)
    assert 0 < first.start < first.end <= second.start < second.end < 4.0


def test_smoke_takes_and_brings() -> None:
    gone, come = (actor(Figure(who="a", action=name)) for name in ("vanish", "appear"))
    assert gone.opacity(0.0) == 1
    assert gone.opacity(3.0) == 0
    assert come.opacity(0.0) == 0
    assert come.opacity(3.0) == 1
    # Who goes is seen through the first half, who comes through the last; a single picture shows both with smoke.
    assert all(gone.opacity(t) == 1 for t in np.linspace(0, 1.5, 16))
    assert all(come.opacity(t) == 1 for t in np.linspace(1.5, 3, 16))
    for name in ("vanish", "appear", "transform"):
        assert actor(Figure(who="a", action=name), still=True).opacity(0.0) > 0.9


def test_a_rider_sits_on_a_horse_and_a_flyer_on_a_cloud() -> None:
    rider = actor(Figure(who="a", action="ride", at=0.2, to=0.6, look=Look(puppet="general")))
    assert rider.mount is not None
    saddle, seat = rider.steed(1.0)["saddle"], rider.frames(1.0)["pelvis"]
    assert abs(saddle.f - seat.f) < 0.5
    assert abs(saddle.e - seat.e) < 0.5
    flyer = actor(Figure(who="a", action="fly", look=Look(puppet="monkey_king")))
    assert flyer.frames(2.5)["foot_n"].f < GROUND - 0.8
    assert actor(Figure(who="a", action="ride", look=Look(puppet="horse"))).mount is None


def test_what_an_action_holds_takes_the_props_place() -> None:
    for name, prop in (("drink", "cup"), ("flute", "flute"), ("duel", "sword"), ("swim", None), ("walk", "staff")):
        assert actor(Figure(who="a", action=name, look=Look(puppet="monkey_king", prop="staff"))).puppet.prop == prop


def test_a_climber_rises_rung_by_rung_and_does_not_walk_away() -> None:
    on = actor(Figure(who="a", action="climb", look=Look(puppet="monk")), seconds=5.0)
    heights = [on.frames(t)["pelvis"].f for t in (0.0, 1.7, 3.4)]
    assert heights[0] - heights[1] == pytest.approx(0.95 * on.scale, abs=0.1)
    assert heights[1] - heights[2] == pytest.approx(0.95 * on.scale, abs=0.1)
    assert on.x(5.0) == on.x(0.0)


def test_who_is_turned_into_comes_where_the_other_was() -> None:
    one = actor(Figure(who="a", action="transform", at=0.3, toward="b", look=Look(puppet="monkey_king")))
    other = actor(Figure(who="b", at=0.7, look=Look(puppet="old_woman")), place=1)
    for each in (one, other):
        each.meet({"a": one, "b": other})
    for each in (one, other):
        each.settle()
    assert other.start == one.start
    assert (one.opacity(0.0), other.opacity(0.0)) == (1, 0)
    assert (one.opacity(3.0), other.opacity(3.0)) == (0, 1)
    alone = actor(Figure(who="a", action="transform", look=Look(puppet="monkey_king")))
    assert min(alone.opacity(t) for t in np.linspace(0, 3, 60)) < 0.1
    assert alone.opacity(3.0) == 1


def test_embracers_stand_breast_to_breast_and_a_chaser_runs() -> None:
    one = actor(Figure(who="a", action="embrace", at=0.1, toward="b"))
    two = actor(Figure(who="b", action="embrace", at=0.9, facing="left", toward="a"), place=1)
    for each in (one, two):
        each.meet({"a": one, "b": two})
    for each in (one, two):
        each.settle()
    assert 0 < two.start - one.start < 1
    chaser = actor(Figure(who="a", action="chase", at=0.1, to=0.6, toward="b"), seconds=2.0)
    assert chaser.x(2.0) > chaser.x(0.0) + 7


def test_where_there_is_no_ground_figures_float() -> None:
    figure = Figure(who="a", look=Look(puppet="monk"))
    afloat = Actor(figure, place=0, centre=8.0, width=16.0, seconds=3.0, still=False, lines=(), seed=0, hover=0.9)
    for seconds in (0.0, 1.0, 2.5):
        lift = actor(figure).frames(seconds)["foot_n"].f - afloat.frames(seconds)["foot_n"].f
        assert 0.7 < lift < 1.1
