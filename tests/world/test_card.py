"""Cards: words that fit, a curtain of light that opens and closes, at any size and in both languages."""

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.world.card import Card
from yingxi.world.lettering import CLOSING, font, wrap


def frame(card: Card, size: Size, seconds: float, duration: float = 4.0) -> np.ndarray:
    surface = skia.Surface(size.width, size.height)
    card.draw(surface.getCanvas(), seconds, duration)
    return surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)


WORDS = [("The Monkey King\nan old tale", "en"), ("三打白骨精\n改编自《西游记》", "zh")]


@pytest.mark.parametrize("size", [Size(320, 180), Size(160, 96), Size(180, 320), Size(200, 200), Size(97, 65)])
@pytest.mark.parametrize(
    ("text", "language"), [("The Monkey King\nan old tale", "en"), ("三打白骨精\n改编自《西游记》", "zh")]
)
def test_a_card_fills_its_frame_and_shows_its_words(size, text, language):
    with_words = frame(Card("title", text, size, language), size, 2.0)
    assert (with_words[..., 3] == 255).all()
    other = frame(Card("title", "I" if language == "en" else "一", size, language), size, 2.0)
    difference = np.abs(with_words[..., :3].astype(float) - other[..., :3].astype(float)).max(axis=-1) > 40
    rows, columns = np.flatnonzero(difference.any(axis=1)), np.flatnonzero(difference.any(axis=0))
    assert len(rows) > size.height * 0.1
    margin = min(size.width, size.height) * 0.07
    assert columns[0] >= margin
    assert columns[-1] <= size.width - margin


def test_the_light_opens_and_closes():
    size = Size(320, 180)
    card = Card("end", "The End", size, "en")
    light = [frame(card, size, t)[..., :3].mean() for t in (0.0, 0.6, 2.0, 3.9)]
    assert light[0] < light[1] < light[2]
    assert light[3] < light[2] / 2


def test_a_still_of_a_card_is_lit():
    size = Size(320, 180)
    assert frame(Card("title", "影戏", size, "zh"), size, 0.0, 0.0)[..., :3].mean() > 120


def test_a_card_repeats_and_its_kinds_differ():
    size = Size(160, 96)
    title = frame(Card("title", "完", size, "zh"), size, 1.5)
    assert np.array_equal(title, frame(Card("title", "完", size, "zh"), size, 1.5))
    assert not np.array_equal(title, frame(Card("end", "完", size, "zh"), size, 1.5))


def test_a_card_without_text_is_refused():
    with pytest.raises(YingxiError, match="title card has no text"):
        Card("title", " \n ", Size(160, 96), "en")


def test_long_titles_get_smaller_and_still_fit():
    size = Size(320, 180)
    card = Card("title", "A Very Long and Winding Title That Nobody Would Ever Remember " * 3, size, "en")
    assert frame(card, size, 2.0)[..., 3].all()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc defg 美猴王大战，。！《》 12", min_size=0, max_size=80), st.floats(1.5, 12))
def test_wrapping_keeps_every_letter_and_the_width(text, width):
    letters = font("zh", 0.8)
    lines = wrap(text, letters, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        over = line.rstrip(CLOSING)
        assert letters.measureText(over) <= width + 1e-3 or len(over) == 1


def test_no_chinese_line_begins_with_a_closing_mark():
    lines = wrap("他说，好的。" * 8, font("zh", 1.0), 5.4)
    assert len(lines) > 3
    assert not any(line[0] in CLOSING for line in lines)
