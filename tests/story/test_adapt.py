import time
from itertools import pairwise
from pathlib import Path

import pytest

from yingxi.core.documents import dump_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Stagecraft
from yingxi.core.screenplay import Dialogue, Narration
from yingxi.core.story import Story
from yingxi.story.adapt import Adaptation, adapt
from yingxi.story.duration import ended, shortened, speaking_seconds
from yingxi.story.fountain import to_fountain
from yingxi.story.importer import read_story

EXAMPLES = Path(__file__).parents[2] / "examples"


def check(story: Story, made: Adaptation, seconds: float) -> None:
    """What holds for every adaptation."""
    shots = made.shots.shots
    assert shots[0].card == "title"
    assert shots[0].slate == "1A"
    assert shots[-1].card == "end"
    assert 0.5 * seconds <= sum(s.seconds for s in shots) <= 1.5 * seconds  # a story that all but fits is told whole
    cast = {c.id for c in made.cast.characters}
    assert all(c.look is not None and c.voice is None for c in made.cast.characters)
    numbers = [(int(s.slate.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), len(s.slate), s.slate) for s in shots]
    assert numbers == sorted(numbers)
    told = shots[1:-1]
    assert all(a.source[0] <= b.source[0] for a, b in pairwise(told) if a.source and b.source)
    for shot in told:
        assert shot.source is not None
        assert shot.prompt
        assert shot.place is not None
        assert made.cast.place(shot.place) is not None
        assert len({f.who for f in shot.figures}) == len(shot.figures) <= 4
        assert {f.who for f in shot.figures} <= cast
        assert shot.lines
        for line in shot.lines:
            assert speaking_seconds(line.text, story.language) <= 16
    for before, shot in pairwise(shots):
        for line in shot.lines:
            goes_on = line.who in {other.who for other in before.lines} and before.source == shot.source
            assert line.who == "narrator" or line.who in {f.who for f in shot.figures} or goes_on
    said = [e.text for scene in made.screenplay.scenes for e in scene.elements if isinstance(e, Dialogue | Narration)]
    heard = "".join(line.text for shot in told for line in shot.lines)
    assert "".join(said).replace(" ", "") == heard.replace(" ", "")


@pytest.mark.parametrize("seconds", [20, 60, 120])
@pytest.mark.parametrize("name", ["english", "chinese"])
def test_examples(name: str, seconds: float, request: pytest.FixtureRequest, stage: Stagecraft) -> None:
    story: Story = request.getfixturevalue(name)
    check(story, adapt(story, stage, seconds), seconds)


@pytest.mark.parametrize("name", ["monkey_king.txt", "monkey_king.zh.txt"])
def test_the_bundled_stories_are_told_whole_in_a_minute_or_little_more(name: str, stage: Stagecraft) -> None:
    story = read_story(EXAMPLES / name)
    made = adapt(story, stage)
    told = "".join(line.text for shot in made.shots.shots for line in shot.lines)
    words = ("Tripitaka", "I am hungry", "shadow", "bones", "Forgive me") if story.language == "en" else (
        "唐僧", "我饿了", "影子", "白骨", "原谅我")  # fmt: skip
    assert all(word in told for word in words)
    assert sum(shot.seconds for shot in made.shots.shots) < 90


def test_all_of_a_short_story_is_told_where_there_is_time(english: Story, stage: Stagecraft) -> None:
    made = adapt(english, stage, 400)
    lines = " ".join(line.text for s in made.shots.shots for line in s.lines)
    for words in (
        "four travellers",
        "I am hungry",
        "struck again",
        "heap of white bones",
        "Forgive me",
        "the sun rose",
    ):
        assert words in lines
    assert made.shots.shots[0].prompt == "The White Bone Demon\nFrom Journey to the West"
    assert made.shots.shots[-1].prompt == "The End"
    assert {s.time for s in made.shots.shots} >= {"day", "dusk", "dawn"}
    assert len({p.stage for p in made.cast.places}) >= 4


def test_people_keep_their_sides_in_a_talk(english: Story, stage: Stagecraft) -> None:
    for one, other in pairwise(adapt(english, stage, 400).shots.shots):
        both = {f.who for f in one.figures} & {f.who for f in other.figures}
        same_scene = one.slate.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == other.slate.rstrip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        )
        if len(both) == 2 and same_scene and all(f.to is None for f in (*one.figures, *other.figures)):
            orders = [[f.who for f in sorted(s.figures, key=lambda f: f.at) if f.who in both] for s in (one, other)]
            assert orders[0] == orders[1]


def test_who_speaks_is_never_guessed(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The Two Brothers\n\nJohn Reed and Peter Hall walked into the old house. It was night and it rained.\n\n"
        "“Who is there?” a voice called from the stairs.\n\nJohn Reed ran away. Peter Hall laughed at him.\n\n"
        "“You are a coward,” said Peter Hall.\n"
    )
    made = adapt(read_story(path), stage, 60)
    spoken = {line.text: line.who for s in made.shots.shots for line in s.lines}
    assert spoken["You are a coward."] == "peter_hall"
    assert not [who for text, who in spoken.items() if "Who is there" in text and who != "narrator"]
    assert (made.shots.shots[1].time, made.shots.shots[1].weather) == ("night", "rain")


def test_the_same_story_gives_the_same_documents(chinese: Story, stage: Stagecraft) -> None:
    one, other = adapt(chinese, stage), adapt(chinese, stage)
    assert dump_yaml(one.shots) == dump_yaml(other.shots)
    assert dump_yaml(one.cast) == dump_yaml(other.cast)


def test_too_short_a_film_is_refused(english: Story, stage: Stagecraft) -> None:
    with pytest.raises(YingxiError, match="8 seconds"):
        adapt(english, stage, 3)


def test_one_sentence_is_a_film(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A crane flew over the river.")
    made = adapt(read_story(path), stage)
    assert [s.slate for s in made.shots.shots] == ["1A", "1B", "2A"]


def test_fountain(english: Story, chinese: Story, stage: Stagecraft) -> None:
    from screenplay_tools.fountain.parser import Parser
    from screenplay_tools.screenplay import ElementType

    for story, narrator, heading in ((english, "NARRATOR (V.O.)", "EXT. "), (chinese, "@旁白", "EXT. 高山 - 清晨")):
        made = adapt(story, stage)
        text = to_fountain(made.screenplay, made.cast)
        assert narrator in text
        assert heading in text
        parser = Parser()
        parser.add_text(text)
        kinds = [e.type for e in parser.script.elements]
        assert kinds.count(ElementType.HEADING) == len(made.screenplay.scenes)
        spoken = [e for s in made.screenplay.scenes for e in s.elements if isinstance(e, Dialogue | Narration)]
        assert kinds.count(ElementType.DIALOGUE) == len(spoken)


def test_long_sentences_are_cut_where_a_clause_ends() -> None:
    long = "The king rode over the hill with all his men, and when the night came he slept under a tree by the river."
    assert shortened(long, "en", 5) == "The king rode over the hill with all his men."
    assert (
        shortened(
            "When the king had ridden over the hill with his men to the sea at last we slept, and slept.", "en", 6
        )
        is None
    )
    assert (
        shortened("唐僧骑着白马走上高山，却看见一个老人坐在路边的石头上哭泣不止。", "zh", 4)
        == "唐僧骑着白马走上高山。"
    )
    assert ended("so it was,", "en") == "so it was."


@pytest.mark.parametrize(
    "name",
    [
        "zh_journey_to_the_west_ch27.txt",
        "zh_three_kingdoms_ch01.txt",
        "en_masque_of_the_red_death.txt",
        "en_alice_ch01-02.txt",
    ],
)
def test_books(shared: Path, stage: Stagecraft, name: str) -> None:
    story = read_story(shared / "stories" / name)
    start = time.perf_counter()
    made = adapt(story, stage)
    assert time.perf_counter() - start < 15
    check(story, made, 60)
    assert len(made.shots.shots) >= 9


@pytest.mark.slow
def test_a_long_novel_is_filmed_as_far_as_it_is_read(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "a.txt"
    chapter = "King Harold rode over the hill. “We must go on,” said King Harold. Queen Mary wept by the river. " * 60
    path.write_text("".join(f"CHAPTER {n}\n\n{chapter}\n\n" for n in range(1, 1700)))
    start = time.perf_counter()
    made = adapt(read_story(path), stage)
    assert time.perf_counter() - start < 30
    assert made.notes
    assert made.shots.shots[-1].prompt == "To be continued"
