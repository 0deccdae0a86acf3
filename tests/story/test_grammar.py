"""How shots follow each other: speeches over the face of who listens, things seen close, what someone sees."""

from pathlib import Path

import pytest

from yingxi.core.protocols import Stagecraft
from yingxi.core.shot import Shot
from yingxi.core.story import Story
from yingxi.story.adapt import adapt
from yingxi.story.duration import halves, shortened
from yingxi.story.importer import read_story
from yingxi.story.reading import read
from yingxi.story.scenes import settings

TALE = """The Letter

Anna walked into the hall of the old house at night. Karl sat in the hall and waited for her.

Anna took the letter from her coat.

“I have carried this for seven years, through every city of the south, and I never once broke the seal,” said Anna. \
“Nobody but you may read it, and when you have read it you must burn it before the morning comes.”

“Give it to me,” said Karl.

Karl saw Anna by the window. Anna wept.
"""


@pytest.fixture
def shots(tmp_path: Path, stage: Stagecraft) -> tuple[Shot, ...]:
    path = tmp_path / "letter.txt"
    path.write_text(TALE, encoding="utf-8")
    return adapt(read_story(path), stage, 90).shots.shots


def with_words(shots: tuple[Shot, ...], words: str) -> Shot:
    return next(s for s in shots for line in s.lines if words in line.text)


def test_a_long_speech_goes_on_over_the_face_of_who_listens(shots: tuple[Shot, ...]) -> None:
    first, second = with_words(shots, "I have carried"), with_words(shots, "Nobody but you")
    assert shots.index(second) == shots.index(first) + 1
    assert [f.who for f in first.figures] == ["anna", "karl"]
    assert [f.who for f in second.figures] == ["karl"]
    assert second.lines[0].who == "anna"
    # He looks at where she stands.
    stands = next(f for f in first.figures if f.who == "karl")
    assert second.figures[0].facing == stands.facing


def test_a_thing_is_seen_close_and_held(shots: tuple[Shot, ...]) -> None:
    shot = with_words(shots, "took the letter")
    assert shot.size == "insert"
    assert shot.figures[0].look is not None
    assert shot.figures[0].look.prop == "letter"


def test_who_sees_is_not_in_the_picture_of_what_is_seen(shots: tuple[Shot, ...]) -> None:
    shot = with_words(shots, "Karl saw Anna")
    assert shot.size == "POV"
    assert [f.who for f in shot.figures] == ["karl", "anna"]


@pytest.mark.parametrize(
    ("text", "language", "anywhere", "parts"),
    [
        ("He ran. She stood still.", "en", False, ("He ran.", "She stood still.")),
        (
            "The old king rode on, and the queen slept.",
            "en",
            True,
            ("The old king rode on,", "and the queen slept."),
        ),
        ("The old king rode on, and the queen slept.", "en", False, None),
        ("三人大喜。明日再来！", "zh", False, ("三人大喜。", "明日再来！")),
        ("大雨下了一夜，天明才停", "zh", True, ("大雨下了一夜，", "天明才停")),
    ],
)
def test_where_one_may_breathe(text: str, language: str, anywhere: bool, parts: tuple[str, str] | None) -> None:
    assert halves(text, language, anywhere) == parts  # pyright: ignore[reportArgumentType]


def test_an_aside_between_dashes_goes_first() -> None:
    long = "One night—it was late in the coldest winter of them all—I was walking home through the long street."
    assert shortened(long, "en", 5) == "One night I was walking home through the long street."


def test_what_is_cut_keeps_its_main_verb(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "cut.txt"
    path.write_text(
        "Her Garden\n\n" + "Ida lived alone in a small house by the river, and she had a cat.\n\n" * 6
        + "Her long and perfect happiness, and the many small and lovely cares that fill the days of who tends a "
        "garden of their own beside a river, were enough for Ida.\n\nThen Ida laughed.\n",
        encoding="utf-8",
    )  # fmt: skip
    told = [line.text for s in adapt(read_story(path), stage, 20).shots.shots for line in s.lines]
    assert told
    assert "Her long and perfect happiness." not in told


def test_a_name_stands_for_he_where_the_sentence_before_is_left_out(tmp_path: Path, stage: Stagecraft) -> None:
    filler = "The rain fell on the roofs of the town all day long and nobody went out into the street at all. "
    path = tmp_path / "named.txt"
    path.write_text(
        "The Smith\n\nOld Peter lived by the forge. " + filler * 3
        + "\n\nPeter worked. He struck the iron and fought the demon of the forge until it fell dead.\n\n"
        + (filler * 3 + "\n\n") * 3 + "Peter slept.\n",
        encoding="utf-8",
    )  # fmt: skip
    told = [line.text for s in adapt(read_story(path), stage, 19).shots.shots for line in s.lines]
    assert any(text.startswith("Peter struck the iron") for text in told), told


def scenes(text: str, tmp_path: Path) -> list[tuple[str, str, str, str | None, str | None]]:
    path = tmp_path / "scene.txt"
    path.write_text(text, encoding="utf-8")
    story: Story = read_story(path)
    return [(s.words, s.time, s.weather, s.season, s.mood) for s in settings(read(story, 10_000))]


def test_seasons_and_moods(tmp_path: Path) -> None:
    assert scenes(
        "A Day\n\nIn autumn the girl came to the garden. She wept, and her tears fell. It was lonely.\n",
        tmp_path,
    ) == [("garden", "day", "leaves", "autumn", "sad")]
    assert scenes("春日\n\n桃花开了，小姐来到花园里，笑着唱歌。丫鬟也笑了。\n", tmp_path) == [
        ("花园", "day", "petals", "spring", "joyful")
    ]


def test_a_new_chapter_is_a_new_day(tmp_path: Path) -> None:
    told = scenes(
        "第一回 夜\n\n半夜，老人走进茅屋里坐下，喝了一杯热茶，想着从前的事情，不觉天色已经大黑了。\n\n"
        "第二回 路\n\n老人走到大路上，一直走了很远很远的路，遇见了许多赶路的人，和他们说了很多话。\n", tmp_path
    )  # fmt: skip
    assert [t[:2] for t in told] == [("茅屋", "night"), ("大路", "day")]


def test_of_a_long_speech_in_little_time_what_tells_most_is_kept(tmp_path: Path, stage: Stagecraft) -> None:
    filler = "The rain fell on the roofs of the harbour and the ships lay still at the quay all day. "
    speech = (
        "“Why, indeed? You may well ask. I have come from far away and I am very tired. Captain Brand has hidden the "
        "stolen crown in the lighthouse, and tonight he will sail with it. I shall say no more of that now, for I am "
        "hungry and my feet are wet and it has been a long way,” said Ann Lee."
    )
    path = tmp_path / "crown.txt"
    path.write_text(
        "The Crown\n\nAnn Lee came to the harbour. Captain Brand had a ship.\n\n"
        + f"{filler * 2}\n\n{speech}\n\n“Precisely,” said Tom Reed.\n\n"
        + "The stolen crown was gold. Captain Brand kept the lighthouse.\n\n" + (filler * 3 + "\n\n") * 2
        + "Ann Lee found the crown.\n", encoding="utf-8"
    )  # fmt: skip
    told = [line.text for s in adapt(read_story(path), stage, 24).shots.shots for line in s.lines]
    assert any("Captain Brand has hidden the stolen crown" in text for text in told), told
    assert "Why, indeed?" not in told
    assert "Precisely." not in told


def test_the_end_of_a_speech_that_began_elsewhere_is_not_told(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(
        "The Feet\n\nAnn Lee saw her feet. ‘How odd it will look!\n\n    To Ann’s left foot,\n    on the rug.\n\n"
        "What nonsense I am talking!’\n\nJust then her head struck the roof of the hall.\n", encoding="utf-8"
    )  # fmt: skip
    told = [
        line.text
        for s in adapt(read_story(path), stage, 60).shots.shots
        for line in s.lines
        if line.who == "narrator"
    ]
    assert "Just then her head struck the roof of the hall." in told
    assert not any("nonsense" in text for text in told)
