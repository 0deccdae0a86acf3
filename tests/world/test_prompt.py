"""Prompts read back into shots: captions of the stage's own, and sentences as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.shot import Shot
from yingxi.world import stagecraft
from yingxi.world.caption import caption
from yingxi.world.prompt import shot_from_prompt, understood, understood_in_turn
from yingxi.world.samples import sample


def facts(shot: Shot) -> tuple:
    figures = [(figure.look.puppet, figure.action) for figure in shot.figures if figure.look]
    return (figures, shot.stage, shot.time, shot.weather, shot.move)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_canonical_captions_are_read_back(language):
    rng = np.random.default_rng(11)
    shots = [sample(rng) for _ in range(300)]
    right = sum(facts(shot_from_prompt(caption(shot, language))) == facts(shot) for shot in shots)
    assert right / len(shots) >= 0.97


@pytest.mark.parametrize("language", ["en", "zh"])
def test_free_captions_name_the_same_figures(language):
    rng = np.random.default_rng(12)
    right = 0
    for _ in range(300):
        shot = sample(rng)
        read = shot_from_prompt(caption(shot, language, rng))
        wanted = sorted((f.look.puppet, f.action) for f in shot.figures if f.look)
        right += wanted == sorted((f.look.puppet, f.action) for f in read.figures if f.look)
    assert right / 300 >= 0.97


@pytest.mark.parametrize(
    ("prompt", "puppet", "action", "place", "time"),
    [
        ("a girl in a blue dress walks left in a garden at sunset", "girl", "walk", "garden", "dusk"),
        ("Sun Wukong soars over the sea at night", "monkey_king", "fly", "sea", "night"),
        ("close-up of an old man weeping in the snow", "old_man", "weep", "snow", "day"),
        ("一位穿绿袍的老人在竹林里哭泣，夜里", "old_man", "weep", "bamboo", "night"),
        ("黄昏，将军骑马穿过沙漠", "general", "ride", "desert", "dusk"),
        ("唐僧在寺庙里打坐", "monk", "sit", "temple", "day"),
    ],
)
def test_plain_sentences(prompt, puppet, action, place, time):
    shot = shot_from_prompt(prompt)
    figure = shot.figures[0]
    assert (figure.look and figure.look.puppet, figure.action, shot.stage, shot.time) == (puppet, action, place, time)
    assert shot.prompt == prompt


def test_details_go_to_their_figures():
    shot = shot_from_prompt("a knight in black armour kneels before a king in a red robe in a great hall, close-up")
    knight, king = shot.figures
    assert knight.look
    assert king.look
    assert (knight.look.puppet, knight.look.colours) == ("knight", {"robe": "black"})
    assert (king.look.puppet, king.look.colours) == ("king", {"robe": "red"})
    assert (knight.action, knight.toward, king.action) == ("kneel", king.who, "stand")
    assert (shot.size, shot.stage) == ("CU", "hall")
    assert (knight.facing, king.facing) == ("right", "left")


def test_direction_and_camera():
    shot = shot_from_prompt("A monk runs from right to left through the forest; the camera zooms in")
    assert shot.move == "zoom in"
    assert shot.figures[0].facing == "left"
    assert shot.figures[0].to is not None
    assert shot.figures[0].to < shot.figures[0].at


def test_what_is_not_shown_is_said():
    reading = understood("Two penguins play chess with a xylophone on a mountain")
    assert reading.shot.stage == "mountain"
    assert reading.missing == ("xylophone",)
    assert reading.instead == (("penguins", "a crane"),)
    told = ["taken as: two cranes", "no penguins here: instead a crane", "not shown: xylophone"]
    assert reading.lines("two cranes") == told
    assert "没有小狗：改用狗" in understood("小狗在沙滩上跑").lines("")
    assert understood("a monk walks in a forest at night").missing == ()


@given(st.text(max_size=80))
def test_no_text_fails(text):
    reading = understood(text)
    assert reading.shot.stage
    assert reading.lines("a caption")


def test_a_landscape_has_nobody_in_it():
    assert shot_from_prompt("森林，清晨").figures == ()
    assert stagecraft.shot_from_prompt is shot_from_prompt


@pytest.mark.parametrize("language", ["en", "zh"])
def test_colours_and_props_are_read_back(language):
    rng = np.random.default_rng(13)
    right = total = 0
    for _ in range(200):
        shot = sample(rng)
        read = shot_from_prompt(caption(shot, language))
        for old, new in zip(shot.figures, read.figures, strict=False):
            assert old.look
            assert new.look
            wanted = None if old.look.prop == "none" else old.look.prop
            right += wanted == new.look.prop and all(
                old.look.colours[role] == c for role, c in new.look.colours.items()
            )
            total += 1
    assert right / total >= 0.95


def test_a_number_makes_more_of_a_noun():
    shot = shot_from_prompt("Two knights duel in front of a castle while it rains")
    assert [figure.look.puppet for figure in shot.figures if figure.look] == ["knight", "knight"]
    assert [figure.action for figure in shot.figures] == ["duel", "duel"]
    assert (shot.stage, shot.weather) == ("castle", "rain")
    assert len(shot_from_prompt("两个将军在城墙下打斗").figures) == 2
    assert len({figure.at for figure in shot_from_prompt("three monks pray in a temple").figures}) == 3


def test_what_happens_between_two_is_read():
    def of(prompt: str) -> list[tuple]:
        return [(f.look.puppet, f.action, f.toward) for f in shot_from_prompt(prompt).figures if f.look]

    assert of("the monkey king turns into an old woman") == [
        ("monkey_king", "transform", "b"), ("old_woman", "stand", None)]  # fmt: skip
    assert of("a tiger chases a monk through a forest") == [("tiger", "chase", "b"), ("monk", "run", None)]
    assert of("一位和尚送给国王一个礼盒")[0][1:] == ("give", "b")
    assert of("a knight and a lady embrace each other")[0][1] == "embrace"
    chased = shot_from_prompt("a tiger chases a monk through a forest").figures
    assert chased[0].at < chased[1].at
    assert all(f.to is not None and f.to > f.at for f in chased)


def test_a_place_may_burn_and_have_its_season():
    assert (shot_from_prompt("a palace in flames").stage, shot_from_prompt("a palace in flames").weather) == (
        "palace", "fire")  # fmt: skip
    assert shot_from_prompt("a girl sits by the fire").stage == "cottage"
    garden = shot_from_prompt("a lady in a garden, petals falling")
    assert (garden.weather, garden.figures[0].action) == ("petals", "stand")
    assert shot_from_prompt("秋天，落叶纷飞，书生在大路上走").weather == "leaves"
    assert shot_from_prompt("a ship in a storm, lightning flashes").weather == "storm"


def test_weather_indoors_is_said_to_be_missing():
    reading = understood("a scholar sits in a study in the rain")
    assert reading.shot.weather == "clear"
    assert "rain" in reading.missing


@pytest.mark.parametrize(
    ("prompt", "puppet", "action"),
    [
        ("a lonely gaucho slowly rides across the desert", "scholar", "ride"),
        ("Zorgon the walrusfish swims", "frog_footman", "swim"),
        ("a seabird flies over the sea", "crane", "fly"),
        ("一位药剂员在街上走", "servant", "walk"),
        ("一只锦尾兽跳起来", "demon", "jump"),
    ],
)
def test_who_is_in_no_list_is_played_by_somebody_like_them(prompt, puppet, action):
    reading = understood(prompt)
    (figure,) = reading.shot.figures
    assert (figure.look and figure.look.puppet, figure.action) == (puppet, action)
    assert reading.instead


def test_a_gift_is_given_by_one_and_taken_by_the_other():
    for prompt in ("a monk gives a king a gift", "a boy hands his old mother a flower in a garden"):
        giver, taker = shot_from_prompt(prompt).figures
        assert (giver.action, giver.toward, taker.action) == ("give", "b", "stand")


def test_words_that_only_say_more_of_others_are_no_figures_and_no_dress():
    assert [f.look.puppet for f in shot_from_prompt("the emperor's daughter dances").figures if f.look] == ["girl"]
    assert [f.look.puppet for f in shot_from_prompt("the ghost of a king appears").figures if f.look] == ["spectre"]
    (monk,) = shot_from_prompt("a monk walks through the dark woods").figures
    assert monk.look
    assert monk.look.colours == {}
    assert len(shot_from_prompt("pirates fight on a ship").figures) == 2


def test_what_only_asks_for_a_clip_is_nothing_done():
    for prompt in ("Please show me a monk", "Can you make a short video of a monk?", "请给我看一个和尚"):
        (monk,) = shot_from_prompt(prompt).figures
        assert monk.action == "stand"


def test_slips_of_the_pen_are_set_right():
    assert shot_from_prompt("a general in the cemetary").stage == "graveyard"
    assert shot_from_prompt("a libary at nihgt").stage == "library"
    assert shot_from_prompt("a horde of orcs").stage == "mountain"


def test_a_shot_goes_on_where_the_one_before_it_was():
    first, second, third = (
        reading.shot
        for reading in understood_in_turn(
            [
                "a general in red armour stands on a city wall at dawn in fog",
                "the general laughs",
                "a monk in a temple",
            ]
        )
    )
    assert (second.stage, second.time, second.weather) == ("city_wall", "dawn", "fog")
    assert second.figures[0].look == first.figures[0].look
    assert (third.stage, third.time, third.weather) == ("temple", "day", "clear")
