"""A shot plays at any size, the same each time, and moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.clip import Frames
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.core.shot import Figure, Line, Shot
from yingxi.world import action, puppet
from yingxi.world.play import play

SMALL = Size(96, 64)


def a_shot(**changes: object) -> Shot:
    figures = (
        Figure(who="wukong", action="walk", at=0.1, to=0.5, look=Look(puppet="monkey_king")),
        Figure(who="monk", action="stand", at=0.75, facing="left", look=Look(puppet="monk")),
    )
    fields = {"slate": "1A", "stage": "forest", "size": "LS", "seconds": 1.0, "figures": figures}
    return Shot.model_validate(fields | changes)


def frames_of(shot: Shot, size: Size = SMALL, fps: float = 6, seconds: float | None = None, seed: int = 0) -> Frames:
    return np.stack(list(play(shot, size, fps, seconds, seed)))


def test_frames_are_as_many_and_as_large_as_asked() -> None:
    assert frames_of(a_shot(), Size(128, 72), 12).shape == (12, 72, 128, 3)
    assert frames_of(a_shot(), SMALL, 12, seconds=0).shape == (1, 64, 96, 3)
    assert frames_of(a_shot(seconds=2.0), SMALL, 6).dtype == np.uint8


def test_the_same_shot_plays_the_same() -> None:
    one, two = frames_of(a_shot(weather="snow"), seed=3), frames_of(a_shot(weather="snow"), seed=3)
    np.testing.assert_array_equal(one, two)
    assert (one != frames_of(a_shot(weather="snow"), seed=4)).any()


def test_nothing_is_frozen() -> None:
    for name in ("stand", "sit", "weep"):
        figure = Figure(who="a", action=name, look=Look(puppet="lady"))
        frames = frames_of(a_shot(size="MS", figures=(figure,), seconds=3.0), fps=2).astype(int)
        assert (np.abs(np.diff(frames, axis=0)) > 12).any(axis=(1, 2, 3)).all()


def test_figures_are_where_they_are_put() -> None:
    def middle(at: float) -> float:
        figure = Figure(who="a", at=at, look=Look(puppet="spectre"))
        empty = frames_of(a_shot(figures=()), seconds=0)[0].astype(int)
        shown = frames_of(a_shot(figures=(figure,)), seconds=0)[0].astype(int)
        columns = np.abs(shown - empty).sum(axis=(0, 2))
        return float((columns * np.arange(SMALL.width)).sum() / columns.sum() / SMALL.width)

    assert middle(0.25) == pytest.approx(0.25, abs=0.07)
    assert middle(0.75) == pytest.approx(0.75, abs=0.07)


def test_who_speaks_moves_most() -> None:
    def change(who: str) -> list[float]:
        lines = (Line(who=who, text="Stop there!", start=0.0, seconds=2.0),)
        figures = tuple(
            Figure(who=name, at=at, facing=facing, look=Look(puppet="scholar", prop="none"))
            for name, at, facing in (("a", 0.25, "right"), ("b", 0.75, "left"))
        )
        shot = a_shot(size="two-shot", stage="desert", figures=figures, lines=lines, seconds=2.0)
        moved = np.abs(np.diff(frames_of(shot, Size(160, 90)).astype(int), axis=0)).sum(axis=(0, 1, 3))
        return [float(half.sum()) for half in np.array_split(moved, 2)]

    (a_speaks, b_listens), (a_listens, b_speaks) = change("a"), change("b")
    assert a_speaks > 1.5 * a_listens
    assert b_speaks > 1.5 * b_listens


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(puppet.names()), st.sampled_from(action.names()), st.sampled_from(puppet.names()),
    st.sampled_from(["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS", "OTS", "POV", "insert", "two-shot"]),
    st.sampled_from(["static", "pan left", "tilt up", "dolly in", "truck right", "crane up", "zoom out", "orbit"]),
    st.integers(48, 110), st.integers(32, 110), st.floats(0, 1.2), st.one_of(st.none(), st.floats(-0.5, 1.5)),
)  # fmt: skip
def test_anything_plays(
    name: str, does: str, other: str, size: str, move: str, width: int, height: int, seconds: float, to: float | None
) -> None:
    figures = (
        Figure(who="a", action=does, at=0.3, to=to, toward="b", look=Look(puppet=name)),
        Figure(who="b", action=does, at=0.7, facing="left", toward="a", look=Look(puppet=other)),
    )
    shot = a_shot(size=size, move=move, figures=figures)
    assert frames_of(shot, Size(2 * (width // 2), 2 * (height // 2)), 4, seconds).std() > 5


def test_a_shot_may_be_empty_and_without_a_place() -> None:
    bare = Shot(slate="1A", figures=(Figure(who="someone"),))
    assert frames_of(bare, seconds=0).std() > 5
    assert frames_of(Shot(slate="1A", size="CU"), seconds=0).std() > 2


def test_cards_play() -> None:
    title = frames_of(
        Shot(slate="1A", card="title", prompt="The Monkey King\nA shadow play"), Size(160, 90), seconds=0
    )
    assert title.shape == (1, 90, 160, 3)
    assert title.std() > 5


def test_unknown_names_are_told() -> None:
    with pytest.raises(YingxiError, match="moon"):
        frames_of(a_shot(stage="moon"))
    with pytest.raises(YingxiError, match="yodel"):
        frames_of(a_shot(figures=(Figure(who="a", action="yodel"),)))
