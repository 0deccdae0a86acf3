"""What a time did not have, found in stories and in the documents of a film."""

from pathlib import Path

import pytest

from yingxi.core.cast import Cast, Character, Look
from yingxi.core.documents import save_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.shot import Line, Shot, ShotList
from yingxi.story.era import eras
from yingxi.story.lint import anachronisms, lint

EXAMPLES = Path(__file__).parents[2] / "examples"


def found(text: str, era: str) -> list[str]:
    return [thing.name for thing, _ in anachronisms(text, eras()[era])]


@pytest.mark.parametrize(
    ("text", "era", "name"),
    [
        ("他脑后拖着一条大辫子。", "three_kingdoms", "the queue"),
        ("A soldier with a queue of braided hair rode by.", "three_kingdoms", "the queue"),
        ("锅里炒着辣椒。", "song", "chilli"),
        ("She ate chillies with rice.", "song", "chilli"),
        ("桌上放着玉米和土豆。", "tang", "maize"),
        ("刘备坐在椅子上。", "three_kingdoms", "chairs"),
        ("He pulled up two chairs.", "han", "chairs"),
        ("关羽手提青龙偃月刀。", "three_kingdoms", "the crescent-moon glaive"),
        ("将军踩着马镫上马。", "han", "stirrups"),
        ("只听一声炮响，城门开了。", "three_kingdoms", "guns"),
        ("李白付了三两银子。", "tang", "silver by weight as money"),
        ("The monks peeled potatoes.", "medieval_europe", "potato"),
        ("They ate with knives and forks.", "medieval_europe", "forks at table"),
        ("He struck a match under the electric light.", "regency_britain", "electric light"),
        ("She answered the telephone.", "regency_britain", "telephones"),
        ("The car stopped at the palace gate.", "heian_japan", "motor cars"),
        ("The geisha played the shamisen.", "heian_japan", "geisha"),
        ("宋江掏出银票。", "song", "silver notes"),
        ("皇帝看了看自鸣钟。", "song", "clocks"),
        ("悟空给师父打电话。", "journey_to_the_west", "telephones"),
        ("县令穿着飞鱼服。", "qing", "flying-fish robes and embroidered-spring sabres"),
        ("The overseer watched television in the log cabin.", "american_19c", "television"),
        ("The governor of Jamestown read by gaslight.", "colonial_america", "gaslight"),
        ("The highwayman drew a revolver.", "georgian_britain", "revolvers"),
        ("The flapper sent an email.", "early_twentieth_century", "the internet"),
    ],
)
def test_an_anachronism_is_named(text: str, era: str, name: str) -> None:
    assert name in found(text, era)


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("They stood in a queue at the door.", "victorian_britain"),
        ("They waited in a long queue.", "three_kingdoms"),
        ("那姑娘梳着一条辫子。", "three_kingdoms"),
        ("There were no chairs in the hall.", "han"),
        ("屋里没有椅子，众人席地而坐。", "han"),
        ("The thunder was like a cannon.", "han"),
        ("雷声如大炮一般。", "han"),
        ("The sedan chair was set down.", "tang"),
        ("He rang at ten o'clock.", "song"),
        ("The chairman of the guild came.", "tang"),
        ("他挥手表示不去。", "ming"),
        ("The water clock dripped.", "han"),
        ("林冲坐在交椅上，喝茶。", "song"),
        ("The knight drew his sword before the candles.", "medieval_europe"),
        ("She took a cab and lit the gas lamp.", "victorian_britain"),
        ("他的辫子盘在头上，吃着辣椒，抽着旱烟。", "qing"),
        ("She rang him on the telephone from the car.", "present"),
        ("Wukong ate a pumpkin.", "journey_to_the_west"),
        ("The miller cut corn in the field.", "medieval_europe"),
    ],
)
def test_what_belongs_or_is_denied_is_left_alone(text: str, era: str) -> None:
    assert found(text, era) == []


def test_the_bundled_example_has_none_and_says_why() -> None:
    for name in ("monkey_king.txt", "monkey_king.zh.txt"):
        report = lint(EXAMPLES / name)
        lines = list(report.lines())
        assert report.era.id == "journey_to_the_west"
        assert report.findings == ()
        assert lines[1].startswith("mixed on purpose: Tang by its plot")
        assert lines[-1] == "nothing found"


STORY = "夜话\n\n建安五年，刘备和关羽坐在一处。刘备点着油灯。\n\n关羽放下手中的偃月刀，刘备笑了。\n"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    look = Look(puppet="general", words="a general in mountain-pattern armour")
    liu = Character(id="liu_bei", name="刘备", look=look)
    save_yaml(tmp_path / "cast.yaml", Cast(characters=(liu,)), "Who")
    shots = (
        Shot(slate="1A", prompt="刘备坐在椅子上，点着油灯。", lines=(Line(who="liu_bei", text="把偃月刀放下。"),)),
        Shot(slate="1B", prompt="关羽从椅子上站起来。"),
        Shot(slate="1C", prompt="月亮升起。", period="汉末，桌上一支蜡烛，无椅子。"),
    )
    save_yaml(tmp_path / "shots.yaml", ShotList(language="zh", shots=shots), "Shots")
    (tmp_path / "screenplay.fountain").write_text("INT. 屋内 - 夜\n\n刘备看了看怀表。\n", encoding="utf-8")
    return tmp_path


def test_a_film_tells_the_storys_words_from_what_was_added(film: Path) -> None:
    report = lint(film)
    told = {(f.file, f.line, f.where, f.thing.name, f.told, f.also) for f in report.findings}
    assert told == {
        ("story.txt", 5, "", "the crescent-moon glaive", True, ()),
        ("cast.yaml", 7, "liu_bei", "mountain-pattern armour", False, ()),
        ("screenplay.fountain", 3, "", "watches", False, ()),
        ("shots.yaml", 8, "shot 1A", "chairs", False, ("shot 1B",)),
        ("shots.yaml", 7, "shot 1A", "the crescent-moon glaive", True, ()),
    }
    lines = list(report.lines())
    assert any(line.startswith("shots.yaml:8 shot 1A: 椅子: ") and "Handler" in line for line in lines)
    assert lines[-1] == "5 anachronisms found"


def test_one_document_of_a_film_is_looked_through_alone(film: Path) -> None:
    assert {f.file for f in lint(film / "shots.yaml").findings} == {"shots.yaml"}
    assert {f.file for f in lint(film / "screenplay.fountain").findings} == {"screenplay.fountain"}


def test_the_era_of_the_cast_or_of_the_person_goes_before_the_words(film: Path) -> None:
    assert "chairs" not in {f.thing.name for f in lint(film, "song").findings}
    cast = Cast(era="ming")
    save_yaml(film / "cast.yaml", cast)
    report = lint(film)
    assert report.era.id == "ming"
    assert report.guess is None


def test_a_story_of_no_time_wants_a_name(tmp_path: Path) -> None:
    path = tmp_path / "fox.txt"
    path.write_text("The Fox\n\nThe fox ran over the hill. It sat down on a chair.\n", encoding="utf-8")
    with pytest.raises(YingxiError, match="too few words tell it; name one with --era"):
        lint(path)
    assert [f.word for f in lint(path, "han").findings] == ["chair"]


def test_an_empty_folder_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="holds no film"):
        lint(tmp_path)


def test_the_shared_stories(shared: Path) -> None:
    """The eras as they were told by hand; the two findings are the novels' own."""
    expected = {
        "en_alice_ch01-02": ("victorian_britain", []),
        "en_masque_of_the_red_death": ("medieval_europe", ["pendulums"]),
        "en_scandal_in_bohemia": ("victorian_britain", []),
        "zh_journey_to_the_west_ch01": ("journey_to_the_west", []),
        "zh_journey_to_the_west_ch27": ("journey_to_the_west", []),
        "zh_three_kingdoms_ch01": ("three_kingdoms", ["the crescent-moon glaive"]),
    }
    for name, (era, names) in expected.items():
        report = lint(shared / "stories" / f"{name}.txt")
        assert report.era.id == era
        assert [f.thing.name for f in report.findings] == names
