"""Verse is told from prose, and kept as verse."""

from pathlib import Path

import pytest

from yingxi.core.protocols import Stagecraft
from yingxi.core.story import Story
from yingxi.story.adapt import adapt
from yingxi.story.importer import read_story
from yingxi.story.reading import read
from yingxi.story.scenes import settings

SONG = """The Bridge

The miller walked over the bridge at noon, and he sang so that all who worked in the fields could hear
him from afar, and nobody minded it, for he sang it every day and never knew more than this of the song:

    Oh, the wheel goes round in the morning light,
      And the wheel goes round at noon,
    And the wheel goes round through the cold, cold night
      By the light of the silver moon.

Then he laughed and went home to his dinner, which was cold, because he had sung for too long as he did
on every other day of the year.
"""
POEM = """桥上

樵夫走过石桥，放下柴担，坐在桥头歇息，口里念道，有诗为证：

白日青山外，

黄河碧海流。

千里无人处，明月在高楼。

归来唱一曲，不怕五更秋。

樵夫念罢，挑起柴担，下桥回家去了。
"""


def story(tmp_path: Path, text: str) -> Story:
    path = tmp_path / "song.txt"
    path.write_text(text, encoding="utf-8")
    return read_story(path)


def verses(found: Story) -> list[str]:
    return [found.read(p) for c in found.chapters for p in c.paragraphs if p.verse]


def test_a_stanza(tmp_path: Path) -> None:
    found = verses(story(tmp_path, SONG))
    assert len(found) == 1
    assert found[0].startswith("Oh, the wheel")
    assert found[0].endswith("silver moon.")
    assert found[0].count("\n") == 3


def test_a_chinese_poem(tmp_path: Path) -> None:
    found = verses(story(tmp_path, POEM))
    assert len(found) == 1
    assert found[0].startswith("千里")
    assert found[0].endswith("五更秋。")


def test_its_lines_are_told_as_lines_and_set_no_scene(tmp_path: Path, stage: Stagecraft) -> None:
    found = story(tmp_path, SONG)
    told = [line.text for s in adapt(found, stage, 60).shots.shots for line in s.lines]
    song = next(text for text in told if text.startswith("Oh, the wheel"))
    assert [line.rstrip(",.") for line in song.splitlines()][1] == "And the wheel goes round at noon"
    assert {s.time for s in settings(read(found, 10_000))} == {"day"}


@pytest.mark.parametrize(
    "text",
    [
        "A List\n\n1. Bread and butter\n2. Milk and honey\n3. Salt\n\nThen she went home.\n",
        "Talk\n\n“Who is it?”\n“It is I.”\n“Come in, then.”\n\nHe came in.\n",
        "Prose\n\nThe king rode out.\nThe queen stayed at home.\nThe prince slept.\n\nAll was well.\n",
        "闲谈\n\n“你来了。”\n“我来了。”\n“那就坐吧。”\n\n他坐下了。\n",
        "散文\n\n那天，他很早就起来了，洗了脸，吃了饭，背上书包，走到学校去。\n\n老师还没有来。\n",
    ],
)
def test_what_is_no_verse(tmp_path: Path, text: str) -> None:
    assert verses(story(tmp_path, text)) == []
