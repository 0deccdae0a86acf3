"""Chinese people by their names: foreign ones, given names alone, titles, and words that are names here only."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Character
from yingxi.story.attribution import attribute
from yingxi.story.importer import read_story
from yingxi.story.names_chinese import given_names, places
from yingxi.story.quotes import said
from yingxi.story.reading import read
from yingxi.story.titles_chinese import meant, with_kin


def people_of(tmp_path: Path, text: str) -> tuple[dict[str, Character], dict[str, str | None]]:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    reading = read(read_story(path, "zh"), 100_000)
    spoken = {said(reading.story.text, a.quote): a.speaker for a in attribute(reading)}
    return {c.id: c for c in reading.people}, spoken


FOREIGN = (
    "玛丽娜·索科洛娃走进车站。雪下得很大。玛丽娜看了看钟，叹了口气。\n"
    "“火车晚点了。”站在窗边的科瓦连科说。玛丽娜笑了笑：“我等得起。”\n"
    "科瓦连科点点头。索科洛娃坐在长椅上。科瓦连科问：“您去莫斯科吗？”玛丽娜说：“不去。”\n"
    "科瓦连科又问：“那么去哪里？”玛丽娜摇摇头。索科洛娃不说话。科瓦连科走到门口，看着雪。\n"
    "玛丽娜站起来。伊凡·索科洛夫从门外走进来。伊凡·索科洛夫说：“走吧。”玛丽娜跟着他走了。\n"
)


def test_foreign_names_are_joined_by_their_parts(tmp_path: Path) -> None:
    people, spoken = people_of(tmp_path, FOREIGN)
    assert set(people["玛丽娜·索科洛娃"].aliases) == {"玛丽娜", "索科洛娃"}
    assert people["玛丽娜·索科洛娃"].gender == "female"
    assert "科瓦连科" in people
    assert "伊凡·索科洛夫" in people
    assert "莫斯科" not in people
    assert spoken["您去莫斯科吗？"] == "科瓦连科"
    assert spoken["我等得起。"] == "玛丽娜·索科洛娃"


DETECTIVE = (
    "福尔摩斯坐在窗前。赫德森推开门走进来。福尔摩斯问道：“谁来了？”赫德森说：“莫兰太太。”\n"
    "福尔摩斯放下信，看着赫德森。“请她进来。”福尔摩斯说。赫德森走了。莫兰太太走进来。莫兰太太说：“救救他！”\n"
    "福尔摩斯问莫兰太太：“埃德加·莫兰昨天在哪里？”莫兰太太摇摇头。福尔摩斯站起来。赫德森看着福尔摩斯。\n"
    "埃德加·莫兰躺在楼下的马车里。福尔摩斯笑了。赫德森把埃德加·莫兰扶进来。莫兰太太哭了。\n"
)


def test_a_name_that_a_dictionary_has_and_a_wife(tmp_path: Path) -> None:
    people, spoken = people_of(tmp_path, DETECTIVE)
    assert set(people) == {"福尔摩斯", "赫德森", "莫兰太太", "埃德加·莫兰"}
    assert people["莫兰太太"].gender == "female"
    assert spoken["莫兰太太。"] == "赫德森"
    assert spoken["救救他！"] == "莫兰太太"
    assert spoken["埃德加·莫兰昨天在哪里？"] == "福尔摩斯"


LONE = (
    "杏莲推开门，看见院子里没有人。杏莲说：“人都到哪里去了？”\n"
    "长远从墙后走出来。“在河边。”罗长远说，“大家在看船。”\n"
    "杏莲听了，转身就走。长远跟在她后面。杏莲问：“船从哪里来？”长远说：“从城里来。”\n"
    "他们做着长远的打算。杏莲笑了。罗长远也笑了。杏莲望着河水，心里高兴。长远看着杏莲。\n"
    "罗长远说：“你看！”杏莲回过头来。长远笑着说：“有鱼。”长远又说：“还有虾。”罗长远点点头。\n"
    "罗长远把鱼放进水里。杏莲拍着手笑。罗长远想了想，没有说话。\n"
)


def test_given_names_alone_and_words_that_are_names(tmp_path: Path) -> None:
    people, spoken = people_of(tmp_path, LONE)
    assert set(people) == {"杏莲", "罗长远"}
    assert people["罗长远"].aliases == ("长远",)
    assert people["杏莲"].gender == "female"
    assert spoken["人都到哪里去了？"] == spoken["船从哪里来？"] == "杏莲"
    assert spoken["从城里来。"] == spoken["有鱼。"] == "罗长远"


TITLES = (
    "程秀兰在卫生所上班。程大夫说：“先坐下。”程秀兰给孩子听了听。\n"
    "“程大夫，他的病要紧吗？”老贺问。程秀兰摇摇头。老贺笑了。\n"
    "老贺坐在门口。程大夫说：“不要紧。”老贺说：“好。”贺长山也来了。\n"
    "老贺看着贺长山，叫他坐下。贺长山说：“我来看孩子。”程秀兰说：“他睡了。”贺长山点点头。程秀兰走了。\n"
)


def test_a_title_is_the_one_with_that_surname_and_no_two_in_one_sentence(tmp_path: Path) -> None:
    people, spoken = people_of(tmp_path, TITLES)
    assert "程大夫" in people["程秀兰"].aliases
    assert spoken["不要紧。"] == "程秀兰"
    assert {"老贺", "贺长山"} <= set(people)


@pytest.mark.parametrize(
    ("text", "people", "expected"),
    [
        ("王经理来了。王立坐下。", {"王立": "male"}, "王立"),
        ("王经理来了。王立坐下。王强也坐下。", {"王立": "male", "王强": "male"}, None),
        ("经理王强来了。王经理坐下。王立走了。", {"王立": "male", "王强": "male"}, "王强"),
        ("王经理看着王立。", {"王立": "male"}, None),
    ],
)
def test_who_is_meant_by_a_title(text: str, people: dict[str, str], expected: str | None) -> None:
    assert meant(text, {"王经理": "王"}, people).get("王经理") == expected


def test_a_lady_is_no_gentleman_and_two_nicknames_are_two() -> None:
    assert not meant("王太太来了。王立坐下。", {"王太太": "王"}, {"王立": "male"})
    assert not meant("老王来了。小王来了。王立坐下。", {"老王": "王", "小王": "王"}, {"王立": "unknown"})
    assert meant("老王来了。王立坐下。", {"老王": "王"}, {"王立": "unknown"}) == {"老王": "王立"}


def test_kin_after_a_name() -> None:
    assert with_kin("杏莲嫂来了。大川嫂走了。", {"杏莲": "female", "大川": "male"}) == {"杏莲嫂": "杏莲"}


def test_spoken_to_behind_other_words(tmp_path: Path) -> None:
    told = LONE + "杏莲对站在河边的罗长远说：“回去吧。”杏莲回答长远说：“天黑了。”罗长远对身边的杏莲说：“走。”\n"
    _, spoken = people_of(tmp_path, told)
    assert spoken["回去吧。"] == spoken["天黑了。"] == "杏莲"
    assert spoken["走。"] == "罗长远"


@given(st.text(alphabet="杏莲说笑，。在的走“”\n", max_size=60))
def test_counts_are_of_what_stands_there(text: str) -> None:
    here = places(text, {"杏莲"})["杏莲"]
    assert here.count == text.count("杏莲") == sum(here.rights.values())
    assert max(here.acts, here.placed, here.starts, here.together) <= here.count
    assert set(given_names(text, frozenset(), frozenset())) <= {text[i : i + 2] for i in range(len(text))}


def test_one_who_speaks_once_is_in_a_short_story(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text(
        "雪夜来客\n\n安娜·谢尔盖耶芙娜走进客厅，脱下手套。“外面好大的雪。”安娜说。\n\n"
        "娜塔莎端来茶，低声说：“夫人，信到了。”\n\n安娜接过信。鲁肃问道：“是谁的信？”\n\n"
        "“没有谁。”安娜说。娜塔莎望着窗外。他问娜塔莎道：“你冷吗？”\n",
        encoding="utf-8",
    )
    found = read(read_story(path), 10_000)
    assert {c.name for c in found.people} == {"安娜", "娜塔莎", "鲁肃"}
