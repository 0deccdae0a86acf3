"""Who speaks in English, on small stories of our own."""

from pathlib import Path

from yingxi.story.attribution import attribute, turns_of
from yingxi.story.importer import read_story
from yingxi.story.reading import Reading, read


def reading_of(folder: Path, text: str) -> Reading:
    path = folder / "story.txt"
    path.write_text(text, encoding="utf-8")
    return read(read_story(path, "en"), 10**6)


def speakers(reading: Reading) -> list[str | None]:
    return [a.speaker for a in attribute(reading)]


def test_whatever_is_done_after_a_comma_is_said(tmp_path: Path) -> None:
    text = """Ann Reed sat by the stove. Tom Hill came in.

“It is late,” fluted Ann Reed.

“It is not,” put in, more softly, Tom Hill.

Ann walked to the door. Tom followed her.
"""
    assert speakers(reading_of(tmp_path, text)) == ["ann_reed", "tom_hill"]


def test_one_who_is_never_named_is_someone(tmp_path: Path) -> None:
    text = """Mary Reed stood at the gate. She saw the lamp go out.

“Open it,” he said from the dark.

“Who are you?” asked Mary.

“You will see,” he said.
"""
    reading = reading_of(tmp_path, text)
    unnamed = [c for c in reading.people if c.id.startswith("unnamed")]
    assert [(c.name, c.gender) for c in unnamed] == [("A man", "male")]
    assert speakers(reading) == [unnamed[0].id, "mary_reed", unnamed[0].id]


def test_kin_by_another_s_name_is_no_new_person(tmp_path: Path) -> None:
    text = """Rose Hill poured the tea. My brother Robert read his paper.

“When will you work?” said my brother's wife.

“Never,” said Robert.

Rose laughed. Robert did not.
"""
    reading = reading_of(tmp_path, text)
    assert "wife" not in {c.id for c in reading.people}
    assert turns_of(reading).speeches[0].tag is not None
    assert speakers(reading)[1] == next(c.id for c in reading.people if c.name == "Robert")
    assert speakers(reading)[0] in ("rose_hill", "rose", None)


def test_two_quotations_without_a_word_between_are_two_speakers(tmp_path: Path) -> None:
    text = """Ann Reed and Tom Hill sat down. Ann spoke first, and Tom listened.

“If I had only--” “You had not,” said Tom.
"""
    turns = turns_of(reading_of(tmp_path, text))
    assert len(turns.speeches) == 2
    assert turns.outright(1) == "tom_hill"


def test_the_teller_is_not_he(tmp_path: Path) -> None:
    told = "I looked at the fire. I had no wish to speak, and I thought of the road. " * 3
    text = f"""{told}Tom Hill came up to me.

“You are early,” he said.

“I am,” said I.
"""
    found = speakers(reading_of(tmp_path, text))
    assert found[0] != "i"
    assert found[1] == "i"


def test_a_ship_is_nobody(tmp_path: Path) -> None:
    text = """The Aurora sailed at noon. The Aurora rolled and groaned.

“Land!” cried Tom Hill.

Tom Hill climbed down.
"""
    assert {c.id for c in reading_of(tmp_path, text).people} == {"tom_hill"}


def test_what_follows_in_brackets_is_no_tag(tmp_path: Path) -> None:
    text = """Mary Reed sat on the hill. Tom Hare ran by her.

It was not strange to Mary Reed to hear Tom Hare say to himself, “I am late!” (when she thought of it later, it was).

“Wait!” said Mary Reed.
"""
    assert speakers(reading_of(tmp_path, text)) == ["tom_hare", "mary_reed"]
