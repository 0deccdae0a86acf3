"""Stage plays in plain text: whose lines they are, and what is none."""

from pathlib import Path

import pytest

from yingxi.app import read_book
from yingxi.core.protocols import Stagecraft
from yingxi.story.adapt import adapt
from yingxi.story.formats.play import is_play
from yingxi.story.importer import read_story

FERRY = """THE FERRY

A Play in One Act

PERSONS
TOM, a ferryman
ANN, a traveller

ACT I

SCENE I. A river bank.

[Tom sits by his boat. Ann comes in.]

ANN: Is there a boat tonight?

TOM: (rising) There is always a boat. But the water is high,
and I am old.

ANN: I must be over before morning.

TOM: Must? Nobody must.

[He looks at the river.]

ANN: My brother is ill.

TOM: Then come. [He takes the oars.] Sit down.

SCENE II. The other bank.

ANN: Thank you, ferryman.
"""
TEA = """茶摊

人物：老人、少女

第一幕 茶摊

老人坐在茶摊前。少女上。

少女：老人家，这里到城里还有多远？

老人：（抬头）还有三十里。

少女：我等不得。我娘病了。

老人：喝碗茶再走。

少女：多谢。

老人：不用谢，快趁热喝。

少女下。
"""


def spoken(tmp_path: Path, play: str) -> list[tuple[str | None, str]]:
    path = tmp_path / "play.txt"
    path.write_text(play, encoding="utf-8")
    found = read_book(path)
    assert found.text is not None
    assert all(found.text[q.start : q.end] == q.text for q in found.quotes)
    return [(q.speaker, " ".join(q.text.split())) for q in found.quotes]


def test_a_play_s_speeches_are_theirs_whose_names_stand_before_them(tmp_path: Path) -> None:
    assert spoken(tmp_path, FERRY) == [
        ("ann", "Is there a boat tonight?"),
        ("tom", "There is always a boat. But the water is high, and I am old."),
        ("ann", "I must be over before morning."),
        ("tom", "Must? Nobody must."),
        ("ann", "My brother is ill."),
        ("tom", "Then come. Sit down."),
        ("ann", "Thank you, ferryman."),
    ]
    assert read_book(tmp_path / "play.txt").title == "The Ferry"
    assert [s.place for s in read_book(tmp_path / "play.txt").scenes] == ["A river bank", "The other bank"]


def test_a_chinese_play(tmp_path: Path) -> None:
    told = spoken(tmp_path, TEA)
    assert [who for who, _ in told] == ["少女", "老人"] * 3
    assert told[1][1] == "还有三十里。"


def test_names_on_lines_of_their_own(tmp_path: Path) -> None:
    play = "SCENE I. A heath.\n\n" + "\n\n".join(
        f"{who}.\n{words}" for who, words in [
            ("FIRST GUARD", "Who goes there?"), ("KING", "A friend."), ("FIRST GUARD", "What friend?\nSpeak."),
            ("KING", "Thy king."), ("FIRST GUARD", "My lord!"), ("KING", "Good night."),
        ]
    )  # fmt: skip
    told = spoken(tmp_path, play)
    assert told[2] == ("first_guard", "What friend? Speak.")
    assert [who for who, _ in told] == ["first_guard", "king"] * 3


def test_a_play_is_filmed_with_its_voices(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(FERRY, encoding="utf-8")
    lines = [n for s in adapt(read_story(path), stage).shots.shots for n in s.lines]
    assert ("tom", "Must? Nobody must.") in [(n.who, n.text) for n in lines]


@pytest.mark.parametrize(
    "text",
    [
        "行者道：师父放心。\n\n三藏道：悟空小心。\n\n" * 8,
        "“Come in,” said Tom. “Sit down.”\n\n“Thank you,” said Ann.\n\n" * 8,
        "Note: this is a story.\n\n" + "It rained. Tom went home and sat by the fire.\n\n" * 8,
        "CHAPTER I.\nIt rained.\n\nCHAPTER II.\nIt snowed.\n\nCHAPTER III.\nIt thawed.\n\n" * 3,
        "",
    ],
)
def test_a_story_is_no_play(text: str) -> None:
    assert not is_play(text)
