"""A finished screenplay, and one that a person has edited."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Stagecraft
from yingxi.core.shot import Shot
from yingxi.core.story import Story
from yingxi.story.adapt import adapt
from yingxi.story.finished import read_finished
from yingxi.story.fountain import as_story, from_fountain, is_screenplay, to_fdx, to_fountain
from yingxi.story.importer import as_text, read_story
from yingxi.story.selecting import select

HARBOUR = """Title: The Lamp of the Harbour
Author: Somebody

FADE IN:

EXT. HARBOUR - NIGHT

Rain. A boat rocks at the quay. MARIA (30s, in a *blue* coat) runs along the stones with a lantern.

MARIA
(weeping)
Tomas! The lamp is out! [[louder?]] Nobody can find the harbour without it.

An OLD SAILOR sits on a barrel.

OLD SAILOR
He went up the tower an hour ago.

> CUT TO:

INT. LIGHTHOUSE - CONTINUOUS

TOMAS, a boy of 12, kneels on the floor.

TOMAS
I dropped the oil.

MARIA (O.S.)
Then we will burn the chairs.

NARRATOR (V.O.)
That night they burned every chair in the house.

EXT. HARBOUR - DAWN

Tomas runs to the ships.
"""
SNOW = """Title: 雪夜

.石屋 - 夜

大雪。老猎人坐在火边。

@老猎人
这么大的雪，谁还敢上山？

@小梅（画外音）
爷爷，开门！

外景 雪山 - 清晨

小梅，十岁，穿红袄，在雪里跑。

@小梅
（笑）
爷爷，你看！
"""


def written(path: Path, text: str) -> Story:
    path.write_text(text, encoding="utf-8")
    return read_story(path)


def lines(shots: tuple[Shot, ...]) -> list[tuple[str | None, str]]:
    return [(line.who, line.text) for shot in shots for line in shot.lines]


def test_it_is_filmed_as_it_is(tmp_path: Path, stage: Stagecraft) -> None:
    story = written(tmp_path / "harbour.fountain", HARBOUR)
    made = adapt(story, stage, 10)
    assert story.title == "The Lamp of the Harbour"
    assert lines(made.shots.shots) == [
        ("maria", "Tomas! The lamp is out! Nobody can find the harbour without it."),
        ("old_sailor", "He went up the tower an hour ago."),
        ("tomas", "I dropped the oil."),
        ("maria", "Then we will burn the chairs."),
        ("narrator", "That night they burned every chair in the house."),
    ]
    assert [(s.place, s.interior, s.time) for s in made.screenplay.scenes] == [
        ("harbour", False, "night"), ("lighthouse", True, "night"), ("harbour", False, "dawn"),
    ]  # fmt: skip
    told = made.shots.shots[1:-1]
    assert {s.weather for s in told if s.slate.startswith("1")} == {"rain"}
    unseen = next(s for s in told if s.lines and s.lines[0].text.startswith("Then we"))
    assert [f.who for f in unseen.figures] == ["tomas"]
    weeping = next(s for s in told if s.lines and s.lines[0].who == "maria")
    assert weeping.figures[0].action == "weep"
    runs = [s for s in told if not s.lines and s.figures and s.figures[0].action == "run"]
    assert [(s.figures[0].who, s.prompt.split(".")[0]) for s in runs] == [
        ("maria", "MARIA runs along the stones with a lantern"), ("tomas", "Tomas runs to the ships"),
    ]  # fmt: skip


def test_its_people(tmp_path: Path) -> None:
    people = {c.id: c for c in read_finished(written(tmp_path / "a.fountain", HARBOUR)).reading.people}
    assert people.keys() == {"maria", "tomas", "old_sailor"}
    assert (people["maria"].gender, people["maria"].age) == ("female", "adult")
    assert people["tomas"].age == "child"
    assert "blue* coat" in people["maria"].description
    begin, end = people["maria"].described[0]
    assert HARBOUR[begin:end] == people["maria"].description


def test_chinese(tmp_path: Path, stage: Stagecraft) -> None:
    story = written(tmp_path / "xue.txt", SNOW)  # told by its content
    assert story.screenplay
    assert story.language == "zh"
    made = adapt(story, stage)
    assert lines(made.shots.shots) == [
        ("老猎人", "这么大的雪，谁还敢上山？"), ("小梅", "爷爷，开门！"), ("小梅", "爷爷，你看！"),
    ]  # fmt: skip
    assert [(s.place, s.interior, s.time) for s in made.screenplay.scenes] == [
        ("石屋", True, "night"), ("雪山", False, "dawn"),
    ]  # fmt: skip
    assert next(c for c in made.cast.characters if c.id == "小梅").age == "child"
    assert made.shots.shots[-2].figures[0].action == "laugh"


@pytest.mark.parametrize("text", [HARBOUR, SNOW])
def test_offsets_are_the_elements_own(text: str) -> None:
    finished = read_finished(as_story("x", text, "zh" if text == SNOW else "en", True))
    for scene in finished.scenes:
        for item in scene:
            for beat in item.beats:
                first, last = beat.text.rstrip("。.")[:4], beat.text.rstrip("。.！？?")[-3:]
                assert text[beat.start : beat.end].startswith(first)
                assert last in text[beat.start : beat.end]


def test_final_draft_and_back(tmp_path: Path, stage: Stagecraft) -> None:
    before = adapt(written(tmp_path / "harbour.fountain", HARBOUR), stage)
    path = tmp_path / "harbour.fdx"
    path.write_text(to_fdx(HARBOUR), encoding="utf-8")
    after = adapt(read_story(path), stage)
    assert lines(after.shots.shots) == lines(before.shots.shots)
    assert [(s.place, s.time) for s in after.screenplay.scenes] == [
        (s.place, s.time) for s in before.screenplay.scenes
    ]


def test_final_draft_of_styled_runs(tmp_path: Path) -> None:
    path = tmp_path / "styled.fdx"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><FinalDraft><Content>'
        '<Paragraph Type="Scene Heading"><Text>INT. HALL - DAY</Text></Paragraph>'
        '<Paragraph Type="Action"><Text>A king </Text><Text Style="Bold">sits</Text><Text> alone.</Text></Paragraph>'
        '<Paragraph Type="Character"><Text>KING</Text></Paragraph>'
        '<Paragraph Type="Dialogue"><Text>Who comes?</Text></Paragraph></Content></FinalDraft>',
        encoding="utf-8",
    )
    story = read_story(path)
    assert "A king sits alone." in as_text(story)
    assert [a.speaker for a in read_finished(story).said] == ["king"]


@pytest.mark.parametrize("data", [b"<FinalDraft><Content>", b"<FinalDraft></FinalDraft>", b"\xff\xfe\x00"])
def test_damaged_final_draft(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.fdx"
    path.write_bytes(data)
    with pytest.raises(YingxiError, match=r"bad\.fdx"):
        read_story(path)


def test_scenes_are_chapters(tmp_path: Path, stage: Stagecraft) -> None:
    story = select(written(tmp_path / "harbour.fountain", HARBOUR), "2")
    made = adapt(story, stage)
    assert [s.place for s in made.screenplay.scenes] == ["lighthouse"]
    assert lines(made.shots.shots)[0] == ("tomas", "I dropped the oil.")


@pytest.mark.parametrize(
    "text",
    [
        "It was a dark night.\n\nCHAPTER I\nHe came in. EXT was all she said.\n",
        "“INT. or EXT.?” he asked.\n\nTHE END\n",
        "内心一片平静。\n\n外面下着雨。\n",
    ],
)
def test_prose_is_no_screenplay(text: str) -> None:
    assert not is_screenplay(text)


def test_left_as_it_was_it_is_the_same_film(english: Story, chinese: Story, stage: Stagecraft) -> None:
    for story in (english, chinese):
        made = adapt(story, stage)
        assert adapt(story, stage, edited=to_fountain(made.screenplay, made.cast)) == made


def test_edits_are_filmed(english: Story, stage: Stagecraft) -> None:
    made = adapt(english, stage)
    text = to_fountain(made.screenplay, made.cast)
    said = next(e for s in made.screenplay.scenes for e in s.elements if type(e).__name__ == "Dialogue")
    edited = text.replace(
        said.text, "Nobody has ever asked me that.\n\nCAPTAIN REED\nStand aside, all of you!\n\nThe captain weeps.", 1
    )
    shots = adapt(english, stage, edited=edited).shots.shots
    old = lines(made.shots.shots)
    new = lines(shots)
    assert [n for n in new if n not in old] == [
        (said.who, "Nobody has ever asked me that."), ("captain_reed", "Stand aside, all of you!"),
    ]  # fmt: skip
    assert [o for o in old if o not in new] == [(said.who, said.text)]
    at = next(i for i, s in enumerate(shots) if s.lines and s.lines[0].who == "captain_reed")
    assert shots[at + 1].prompt.startswith("The captain weeps.")
    # Shots of other lines are what they were, but for their letters.
    same = {s.model_copy(update={"slate": "1A"}).model_dump_json() for s in shots}
    kept = [s.model_copy(update={"slate": "1A"}).model_dump_json() in same for s in made.shots.shots]
    assert sum(not k for k in kept) <= 4


def test_a_scene_taken_out_and_another_put_in(english: Story, stage: Stagecraft) -> None:
    made = adapt(english, stage)
    text = to_fountain(made.screenplay, made.cast)
    scenes = made.screenplay.scenes
    assert len(scenes) > 1
    begin = text.index(f"#{scenes[-1].number}#")
    cut = text.rindex("\n", 0, begin)
    shots = adapt(english, stage, edited=text[:cut] + "\n\nINT. HALL - NIGHT\n\nNothing moves.\n").shots.shots
    gone = [line for line in lines(made.shots.shots) if line not in lines(shots)]
    assert len(gone) == sum(type(e).__name__ != "Action" for e in scenes[-1].elements)
    assert (shots[-2].place, shots[-2].time) == ("hall", "night")
    assert shots[-2].lines == ()


def test_an_empty_edit_is_told(english: Story, stage: Stagecraft) -> None:
    with pytest.raises(YingxiError, match="no scene"):
        adapt(english, stage, edited="Title: nothing\n")


KINDS = ["INT. HALL - DAY", "甲方", "@甲", "BOB", "(so)", "", "> X", "!A", "[[", "/*"]
words = st.text("abc XYZ.,!?()*_[]/#@>~=\n：甲乙丙", max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), words)))
def test_any_text_is_read_or_has_no_scene(parts: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{kind}\n{body}" for kind, body in parts)
    for scene in from_fountain(text, "en").scenes:
        ends = [e.source for e in scene.elements]
        assert all(span is not None and 0 <= span.start <= span.end <= len(text) for span in ends)
