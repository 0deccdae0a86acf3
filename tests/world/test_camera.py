"""Every size and move is a smooth path of views that never leaves the painted stage."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.shot import Move, ShotSize
from yingxi.world.camera import BOTTOM, LEFT, RIGHT, TOP, Camera, Subject, frame, layout

SIZES, MOVES = get_args(ShotSize), get_args(Move)


def subject(x: float = 8.0, top: float = 3.9) -> Subject:
    return Subject(0.5, 1, lambda _: top, lambda _: (x, top + 0.4), lambda _: (x + 0.5, top + 1.6))


@settings(max_examples=50)
@given(
    st.sampled_from(SIZES), st.sampled_from(MOVES), st.floats(0.4, 2.6), st.floats(0, 8), st.floats(-3, 19),
    st.floats(1.0, 7.0), st.integers(0, 2),
)  # fmt: skip
def test_views_stay_on_the_stage(
    size: ShotSize, move: Move, aspect: float, seconds: float, x: float, top: float, count: int
) -> None:
    camera = Camera(size, move, aspect, seconds, [subject(x, top) for _ in range(count)])
    for share in (0.0, 0.3, 0.77, 1.0):
        view = camera.at(seconds * share)
        assert view.width / view.height == pytest.approx(aspect, rel=1e-6)
        assert view.x - view.width / 2 >= LEFT - 1e-6
        assert view.x + view.width / 2 <= RIGHT + 1e-6
        assert view.y - view.height / 2 >= TOP - 1e-6
        assert view.y + view.height / 2 <= BOTTOM + 1e-6


def test_sizes_go_from_the_face_to_the_landscape() -> None:
    heights = [frame(size, 16 / 9)[1] for size in ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")]
    assert heights == sorted(heights)
    assert frame("LS", 16 / 9) == pytest.approx((16, 9))


def test_the_master_view_is_the_stage_itself() -> None:
    left, top, width, height = Camera("LS", "static", 16 / 9, 4.0, []).at(2.0).layer(1.0)
    assert (left, top, width, height) == pytest.approx((0, 0, 16, 9), abs=0.01)


def test_a_close_up_shows_the_head() -> None:
    view = Camera("CU", "static", 16 / 9, 2.0, [subject(11.0)]).at(1.0)
    assert abs(view.x - 11.0) < view.width / 4
    assert view.y - view.height / 2 < 3.9 < 4.3 < view.y + view.height / 2


@pytest.mark.parametrize(
    ("move", "change"),
    [
        ("pan left", (-1, 0)), ("pan right", (1, 0)), ("truck left", (-1, 0)), ("truck right", (1, 0)),
        ("tilt up", (0, -1)), ("tilt down", (0, 1)), ("crane up", (0, -1)), ("crane down", (0, 1)),
    ],
)  # fmt: skip
def test_moves_go_where_they_say(move: Move, change: tuple[int, int]) -> None:
    camera = Camera("MS", move, 16 / 9, 4.0, [subject()])
    before, after = camera.at(0.0), camera.at(4.0)
    assert (after.x - before.x) * change[0] >= 0
    assert (after.y - before.y) * change[1] >= 0
    assert abs(after.x - before.x) + abs(after.y - before.y) > 0.2


def test_in_is_nearer_and_out_is_wider() -> None:
    for move in ("dolly in", "zoom in"):
        camera = Camera("MS", move, 16 / 9, 4.0, [subject()])
        assert camera.at(4.0).width < camera.at(0.0).width
    for move in ("dolly out", "zoom out"):
        camera = Camera("MS", move, 16 / 9, 4.0, [subject()])
        assert camera.at(4.0).width > camera.at(0.0).width


def test_carrying_the_camera_moves_the_near_more_than_turning_it_does() -> None:
    def parallax(move: Move) -> float:
        camera = Camera("LS", move, 16 / 9, 4.0, [])
        before, after = camera.at(0.0), camera.at(4.0)
        near = after.layer(1.0)[0] - before.layer(1.0)[0]
        far = after.layer(0.0)[0] - before.layer(0.0)[0]
        return far / near

    assert parallax("truck right") < parallax("pan right") < 1


def test_there_is_room_for_two_in_a_tall_picture() -> None:
    assert all(layout(size, 9 / 16) >= 6.0 for size in SIZES)


def test_a_face_is_in_its_close_picture_under_any_hat() -> None:
    for size in ("CU", "MCU"):
        hatted = Subject(0.5, 1, lambda _: 1.9, lambda _: (8.0, 4.4), lambda _: (8.5, 6.0))
        view = Camera(size, "static", 16 / 9, 2.0, [hatted]).at(1.0)
        assert 4.4 - view.y < 0.1 * view.height
