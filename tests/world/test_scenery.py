"""Places: every file reads, covers the stage, is recognisably its own, and is the same for the same seed."""

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.documents import load_yaml
from yingxi.core.errors import YingxiError
from yingxi.world import scenery
from yingxi.world.hour import HOURS
from yingxi.world.pigment import PIGMENTS, rgb
from yingxi.world.scenery import PlaceFile, Scenery, place_names, read_place

LISTED = ["mountain", "forest", "bamboo", "river", "sea", "palace", "hall", "temple", "village", "street"]
LISTED += ["garden", "study", "cave", "city_wall", "desert", "heaven", "snow", "bridge", "battlefield", "ship"]
LISTED += ["underworld", "classroom", "laboratory", "space", "castle", "ballroom", "cottage", "tavern", "market"]
LISTED += ["graveyard", "road", "lake", "rooftop", "library", "yamen", "bedroom", "harbour", "field", "railway"]
WEATHERS = st.sampled_from(["clear", "rain", "storm", "snow", "fog", "petals", "leaves", "fire"])


def paint(place: Scenery, seconds: float = 0.0, left=-8.0, top=-3.0, wide=32.0, high=13.5, scale=8) -> np.ndarray:
    """The world's rectangle as pixels `[H,W,4]`, layers one over another."""
    surface = skia.Surface(round(wide * scale), round(high * scale))
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    canvas.scale(scale, scale)
    canvas.translate(-left, -top)
    for layer in place.layers:
        canvas.save()
        layer.draw(canvas, seconds)
        canvas.restore()
    return surface.makeImageSnapshot().toarray()


def test_there_is_every_listed_place():
    assert set(LISTED) <= set(place_names())


@pytest.mark.parametrize("name", place_names())
def test_a_place_covers_all_that_cameras_show(name):
    for time in ("day", "night"):
        assert (paint(Scenery(name, time), scale=3)[..., 3] == 255).all()


@pytest.mark.parametrize("name", place_names())
def test_a_place_has_depth_and_words_in_both_languages(name):
    layers = Scenery(name).layers
    depths = [layer.depth for layer in layers]
    assert depths == sorted(depths)
    assert depths[0] == 0
    assert any(depth == 1 for depth in depths)
    assert any(depth > 1 for depth in depths)
    assert any(0.2 <= depth <= 0.8 for depth in depths)
    words = read_place(name).words
    assert len(words["en"]) >= 5
    assert len(words["zh"]) >= 5


@pytest.mark.parametrize("name", place_names())
def test_the_middle_is_light_enough_for_figures(name):
    """Figures multiply over the cloth, so where they stand it must be bright, less so at night."""
    for time, least in (("dawn", 140), ("day", 150), ("dusk", 110), ("night", 85)):
        middle = paint(Scenery(name, time), left=5, top=3.5, wide=6, high=3.8, scale=6)[..., :3]
        assert middle.mean() > least, (name, time, middle.mean())


def test_places_and_hours_look_different():
    pictures = {name: paint(Scenery(name), scale=3)[..., :3].astype(float) for name in LISTED}
    for a in LISTED:
        for b in LISTED:
            assert a == b or np.abs(pictures[a] - pictures[b]).mean() > 6, (a, b)
    hours = [paint(Scenery("mountain", time), scale=3)[..., :3].astype(float) for time in HOURS]
    assert all(np.abs(a - b).mean() > 8 for i, a in enumerate(hours) for b in hours[:i])


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from(LISTED),
    WEATHERS,
    st.integers(0, 2**31),
    st.floats(0, 600),
)
def test_the_same_seed_and_second_give_the_same_picture(name, weather, seed, seconds):
    first = paint(Scenery(name, "dusk", weather, seed), seconds, scale=3)
    assert np.array_equal(first, paint(Scenery(name, "dusk", weather, seed), seconds, scale=3))


@pytest.mark.parametrize("name", ["sea", "palace", "heaven"])
def test_still_layers_are_still_and_others_move(name):
    moved = False
    for layer in Scenery(name).layers:
        pictures = []
        for seconds in (0.0, 1.7):
            surface = skia.Surface(256, 108)
            surface.getCanvas().scale(8, 8)
            surface.getCanvas().translate(8, 3)
            layer.draw(surface.getCanvas(), seconds)
            pictures.append(surface.makeImageSnapshot().toarray())
        same = np.array_equal(*pictures)
        assert same or not layer.still
        moved = moved or not same
    assert moved


def test_a_seed_varies_details_only():
    a, b = paint(Scenery("mountain", seed=1), scale=4)[..., :3], paint(Scenery("mountain", seed=2), scale=4)[..., :3]
    difference = np.abs(a.astype(float) - b.astype(float)).mean()
    assert 0.5 < difference < 30


def test_indoors_no_weather_falls_but_a_house_may_burn():
    assert len(Scenery("palace", "day", "rain").layers) == len(Scenery("palace").layers)
    assert len(Scenery("palace", "day", "fire").layers) == len(Scenery("palace").layers) + 2
    assert len(Scenery("forest", "day", "rain").layers) == len(Scenery("forest").layers) + 2
    assert Scenery("palace").interior
    assert not Scenery("forest").interior


def test_an_unknown_place_is_named_with_those_that_there_are():
    with pytest.raises(YingxiError, match=r"no place called 'moon'.*mountain"):
        Scenery("moon")


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ("{kind: pine, hight: 3}", "line 4.*hight: unknown key"),
        ("{kind: pine, leaves: puce}", "line 4.*no pigment is called 'puce'"),
        ("{kind: unicorn}", "line 4.*unicorn"),
        ("{kind: pine, height: tall}", "line 4.*height"),
    ],
)
def test_a_mistake_in_a_place_is_told_by_line_and_key(tmp_path, element, told):
    path = tmp_path / "place.yaml"
    path.write_text(f"words: {{en: [a], zh: [b]}}\nlayers:\n- depth: 0\n  elements: [{element}]\n")
    with pytest.raises(YingxiError, match=told):
        load_yaml(path, PlaceFile)


def test_a_place_needs_no_python(tmp_path, monkeypatch):
    folder = tmp_path / "places"
    folder.mkdir()
    (folder / "moon.yaml").write_text(
        "words: {en: [moon], zh: [月亮]}\nlayers:\n- {depth: 0, elements: [{kind: wash}, {kind: stars}]}\n"
        "- {depth: 1, elements: [{kind: ground, top: stone, bottom: slate}, {kind: rock, x: [2, 9]}]}\n"
    )
    monkeypatch.setattr(scenery, "_folder", lambda: folder)
    place_names.cache_clear()
    try:
        assert place_names() == ("moon",)
        assert paint(Scenery("moon", "night"), scale=3)[..., 3].min() == 255
    finally:
        monkeypatch.undo()
        place_names.cache_clear()
        read_place.cache_clear()


def test_every_pigment_is_a_colour():
    assert all(0 <= part <= 1 for name in PIGMENTS for part in rgb(name))
    assert rgb("#ff0080") == pytest.approx((1, 0, 128 / 255))
    with pytest.raises(ValueError, match="no pigment"):
        rgb("mauvish")


def test_the_sun_rises_on_one_side_and_sets_on_the_other_and_is_high_by_day():
    def disc(time):
        """Its middle, in units: the most saturated pixels above the dunes."""
        sky = paint(Scenery("desert", time), left=0, top=-1, wide=16, high=6)[..., :3].astype(float)
        colour = sky.max(axis=2) - sky.min(axis=2)
        y, x = np.argwhere(colour > 0.95 * colour.max()).mean(axis=0) / 8
        return x, y - 1

    (dawn, low), (dusk, _), (_, high) = disc("dawn"), disc("dusk"), disc("day")
    assert dawn < 7 < 9 < dusk
    assert high < low - 1
