"""Where English scenes begin: where somebody comes to be, when, and with whom."""

from pathlib import Path

import pytest

from yingxi.story.importer import read_story
from yingxi.story.reading import read
from yingxi.story.scenes import Setting, settings


def scenes(words: str, tmp_path: Path) -> list[tuple[str, Setting]]:
    path = tmp_path / "scene.txt"
    path.write_text(words, encoding="utf-8")
    reading = read(read_story(path), 100_000)
    return [(reading.story.read(s.span), s) for s in settings(reading)]


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("And she went back to the hall at once.", "hall"),
        ("Mary found herself in a long, low hall, which was lit by a row of lamps.", "long, low hall"),
        ("It was in the blue room where the old prince stood.", "blue room"),
        ("I rang the bell and was shown up to the chamber that had been mine.", "chamber"),
        ("Peter was sitting in his wife's room, holding the bundle.", "wife's room"),
        ("They came to the end of the street.", "end of the street"),
        ("As he spoke the gleam of the side-lights of a carriage came round the bend.", ""),
        ("They began to climb up the hill.", "hill"),
        ("One morning four travellers walked up a lonely mountain.", "lonely mountain"),
        ("An old woman was sitting under the tree in the meadow.", "meadow"),
        ("In the kitchen, Mary was peeling potatoes.", "kitchen"),
        ("It was still early when we found ourselves in Marlow Avenue.", "Marlow Avenue"),
        ("The tunnel was long, but the cave at its end was wide.", ""),
        ("She soon made out that she was in a cave.", "cave"),
        ("The cave was wide, and cold water dripped from its roof.", "cave"),
        ("She decided on going into the garden at once.", ""),
        ("Her idea was that she had fallen into the sea.", ""),
        ("Mary was the right size for going through the little door into that lovely garden.", ""),
        ("He was deeply attracted by the study of crime.", ""),
        ("Perhaps he is in the garden.", ""),
        ("He would walk in the forest every day.", ""),
        ("They wanted to go to the castle.", ""),
        ("If she went to the palace she would be free.", ""),
        ("She thought of the old house by the sea.", ""),
        ("Tom looked at the house and shook his head.", ""),
        ("He had once been in a prison.", ""),
        ("Her thoughts lay like the dark mud in a turbid well.", ""),
        ("They had read of it in the Study in Grey.", ""),
        ("“Let us go to the palace,” he said, and nobody moved.", ""),
    ],
)
def test_a_scene_is_where_somebody_is(sentence: str, place: str, tmp_path: Path) -> None:
    ((_, scene),) = scenes(f"A Tale\n\n{sentence}\n", tmp_path)
    assert scene.words == place


FILLER = "They talked of this and that, of the price of wool, of the roads and of the rain that had not come. " * 5


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("That evening Tom read the letter.", "dusk"),
        ("She wore the grey evening dress of her sister.", "day"),
        ("The letter was dated at midnight of the preceding night.", "day"),
        ("It was three o'clock in the morning, and Tom could not sleep.", "night"),
    ],
)
def test_time_is_when_it_happens(words: str, time: str, tmp_path: Path) -> None:
    ((_, scene),) = scenes(f"A Tale\n\n{words}\n", tmp_path)
    assert scene.time == time


def test_a_hall_named_again_is_the_same_hall(tmp_path: Path) -> None:
    told = scenes(f"A Tale\n\nTom came into a long, low hall. {FILLER}\n\nHe stood in the hall. {FILLER}\n", tmp_path)
    assert [s.words for _, s in told] == ["long, low hall"]


def test_a_new_chapter_does_not_begin_in_the_old_place(tmp_path: Path) -> None:
    told = scenes(
        f"CHAPTER I\n\nTom came into the kitchen. {FILLER}\n\nCHAPTER II\n\nTom was older now. {FILLER}\n", tmp_path
    )
    assert [s.words for _, s in told] == ["kitchen", ""]


def test_a_staff_that_falls_like_thunder_makes_no_storm(tmp_path: Path) -> None:
    ((_, scene),) = scenes("A Tale\n\nThe iron staff came down like thunder, and Tom fell like a stone.\n", tmp_path)
    assert scene.weather == "clear"


def test_talk_of_winter_makes_no_winter(tmp_path: Path) -> None:
    ((_, scene),) = scenes("A Tale\n\n“In winter,” said Tom, “there is snow.” They sat in the garden.\n", tmp_path)
    assert (scene.season, scene.weather) == (None, "clear")


def test_a_scene_begins_where_somebody_comes_and_stays(tmp_path: Path) -> None:
    talk = "Tom Reed nodded, and Ann Lee poured the tea. Tom Reed asked for the sugar. Ann Lee gave it to him. " * 6
    more = "William Gray sat down. William Gray was wet, and Ann Lee gave him a towel. Tom Reed said nothing. " * 6
    told = scenes(f"A Tale\n\nTom Reed sat in the kitchen.\n\n{talk}\n\nWilliam Gray came in. {more}\n", tmp_path)
    assert [s.words for _, s in told] == ["kitchen", "kitchen"]
    assert told[1][0].startswith("William Gray came in.")
    passing = scenes(f"A Tale\n\nTom Reed sat in the kitchen.\n\n{talk}\n\nWilliam Gray came in. {talk}\n", tmp_path)
    assert len(passing) == 1
