"""What stands in front does not hide a figure: it is set aside as far as need be, and no farther."""

import numpy as np
import pytest
import skia
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.shapes import Size
from yingxi.core.shot import Figure, Shot
from yingxi.world.foreground import Piece
from yingxi.world.play import Staging


def pillar(x: float, width: float = 1.0) -> Piece:
    def paint(canvas: skia.Canvas, _seconds: float) -> None:
        canvas.drawRect(skia.Rect.MakeLTRB(x - width / 2, -4, x + width / 2, 12), skia.Paint())

    return Piece(x, paint, alive=False)


@given(st.floats(-2, 18), st.floats(0.5, 6), st.floats(-1, 17))
def test_a_figure_is_seen_and_a_piece_goes_outwards_only(x: float, width: float, figure: float) -> None:
    piece = pillar(x, width)
    piece.make_way([np.array([[figure, 4.0], [figure, 6.0]]), np.empty((0, 2))])
    if abs(x - 8) < 3:
        assert piece.aside == 0
    elif piece.aside is not None:
        assert piece.aside * (x - 8) >= 0
        assert abs(x + piece.aside - figure) > width / 2 - 0.4
        assert abs(figure - x) < width / 2 + 0.4 or piece.aside == 0
    else:
        assert width > 2


def test_what_goes_nowhere_is_left_out() -> None:
    piece = pillar(13.0, 30.0)
    piece.make_way([np.array([[8.0, 4.0]])])
    assert piece.aside is None
    surface = skia.Surface(8, 8)
    surface.getCanvas().clear(skia.ColorWHITE)
    piece.draw(surface.getCanvas(), 0.0)
    assert surface.toarray().min() == 255


@pytest.mark.parametrize(("stage", "at"), [("mountain", 0.1), ("city_wall", 0.1), ("snow", 0.9)])
def test_nobody_is_hidden_at_the_side(stage: str, at: float) -> None:
    """As it is painted: the picture changes with the figure where the figure is."""

    def picture(look: str) -> np.ndarray:
        figure = Figure(who="a", at=at, look=Look(puppet="monk", colours={"robe": look}))
        staging = Staging(Shot(slate="1A", size="LS", stage=stage, figures=(figure,)), Size(192, 108), 0.0, 1)
        seen.append(staging.cover(0.0, Size(192, 108)) > 0)
        return staging.picture(0.0).astype(int)

    seen: list[np.ndarray] = []
    changed = np.abs(picture("blue") - picture("red")).sum(axis=2) > 30
    assert changed[seen[0]].mean() > 0.35
