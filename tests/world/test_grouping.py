"""Figures leave each other room, but for those whose action brings them together."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.shot import Figure
from yingxi.world import puppet
from yingxi.world.actor import GROUND, Actor
from yingxi.world.grouping import part, soar


def company(*figures: Figure, width: float = 16.0, seconds: float = 3.0) -> list[Actor]:
    cast = [
        Actor(f, place=k, centre=8.0, width=width, seconds=seconds, still=False, lines=(), seed=0)
        for k, f in enumerate(figures)
    ]
    by_name = {actor.figure.who: actor for actor in cast}
    for actor in cast:
        actor.meet(by_name)
    for actor in cast:
        actor.settle()
    return cast


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(puppet.names()), st.floats(0.1, 0.9)), min_size=2, max_size=4),
    st.sampled_from(["stand", "talk", "sit", "kneel"]),
    st.floats(6, 24),
)
def test_nobody_covers_another_where_there_is_room(people: list[tuple[str, float]], does: str, width: float) -> None:
    cast = company(*(Figure(who=str(k), action=does, at=at, look=Look(puppet=name))
                     for k, (name, at) in enumerate(people)), width=width)  # fmt: skip
    before = sorted(cast, key=lambda a: a.start)
    part(cast, 8.0, width)
    after = sorted(cast, key=lambda a: a.start)
    assert [a.start for a in before] == [a.start for a in after]
    assert all(8 - width / 2 <= a.start <= 8 + width / 2 for a in cast)
    if sum(a.reach(1) + a.reach(-1) for a in cast) < 0.5 * width:
        assert all(one.start + one.reach(1) < two.start - two.reach(-1) + 0.2 for one, two in pairwise(after))


def test_who_stands_apart_stays_there() -> None:
    cast = company(Figure(who="a", at=0.3), Figure(who="b", at=0.7, facing="left"))
    places = [a.start for a in cast]
    part(cast, 8.0, 16.0)
    assert [a.start for a in cast] == places


def test_fighters_stay_as_near_as_they_are_and_a_third_gives_way() -> None:
    cast = company(
        Figure(who="a", action="embrace", at=0.3, toward="b"),
        Figure(who="b", action="embrace", at=0.7, toward="a", facing="left"),
        Figure(who="c", at=0.5),
    )
    near = cast[1].start - cast[0].start
    part(cast, 8.0, 16.0)
    assert cast[1].start - cast[0].start == pytest.approx(near)
    assert min(abs(cast[2].start - a.start) for a in cast[:2]) > 1.0


def test_a_flyer_rises_above_the_heads_it_passes() -> None:
    def feet(other: float) -> float:
        flyer, _ = cast = company(Figure(who="a", action="fly", at=0.1, to=0.6), Figure(who="b", at=other))
        soar(cast, 9.0)
        return GROUND - flyer.frames(2.5)["foot_n"].f

    assert feet(0.4) > feet(0.95) + 1.0
