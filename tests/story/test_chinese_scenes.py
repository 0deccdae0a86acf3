"""Chinese places: where somebody goes or is, and not what is only named."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.story.importer import read_story
from yingxi.story.places_chinese import place_in, same
from yingxi.story.reading import read
from yingxi.story.scenes import settings


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("老人来到一座古庙。", "古庙"),
        ("第二天清晨，阿芸来到火车站。", "火车站"),
        ("三人穿过竹林，走进山洞。", "山洞"),
        ("他独自坐在书房里。", "书房"),
        ("他坐在院子里的石凳上。", "院子"),
        ("茶馆里坐满了客人。", "茶馆"),
        ("镇外的破庙里，一个少年正在烤火。", "破庙"),
        ("不一日来到山门。", "山门"),
        ("将军引兵退三十里下寨。", "寨"),
        ("那汉子入店坐下，唤酒保筛酒。", "店"),
        ("师徒正走之间，早见一座高山。", "高山"),
    ],
)
def test_where_somebody_is(sentence: str, place: str) -> None:
    assert place_in(sentence) == place


@pytest.mark.parametrize(
    "sentence",
    [
        "远处一片漆黑，像一片沉下去的大海。",
        "他瘫在椅子上，像掉进山洞里一样。",
        "她想回家里看看。",
        "他不敢进衙门。",
        "三人离了破庙，往山中而去。",
        "她想起小时候，哥哥背着她走过石桥。",
        "他想到书房的那盏灯。",
        "城里的亲戚来了信。",
        "听说山上有老虎。",
        "他把信放在书房里。",
        "店主走上前来。",
        "海中有一座山。",
    ],
)
def test_what_is_only_named(sentence: str) -> None:
    assert place_in(sentence) is None


def test_one_place_by_two_words() -> None:
    assert same("破庙", "庙里")
    assert same("庙中", "破庙")
    assert not same("山洞", "山上")
    assert not same("", "庙里")


def test_a_metaphor_and_a_report_begin_no_scene(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "灯\n\n傍晚，阿芸走进书房，点上了灯。灯光很小，像大海中的一条小船。她坐下来写信，写了很久很久，手也酸了。\n\n"
        "信里说，舅舅去年在山中迷了路。她又说起码头的热闹，说起街上的新店，一口气写满了三张纸，这才把笔放下来歇了一歇。\n\n"
        "第二天清晨，她来到码头，把信交给了船家，看着那条船慢慢走远，一直到看不见了，才想起早饭还没有吃过一口。\n",
        encoding="utf-8",
    )  # fmt: skip
    story = read_story(path)
    assert [(s.words, s.time) for s in settings(read(story, 10_000))] == [("书房", "dusk"), ("码头", "dawn")]


def test_a_turn_to_other_people_forgets_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "第一回 店\n\n那汉子走进客店，要了两碗酒，一盘牛肉，坐在窗边慢慢地吃。吃了半日，也不说话，只看大雪。\n\n"
        "却说太守得了文书，心中大喜，便叫人请众将来商议，商议了一回，众将都说该去，太守便点了三百军士，命他们即刻动身，不得有误。\n",
        encoding="utf-8",
    )  # fmt: skip
    assert [s.words for s in settings(read(read_story(path), 10_000))] == ["客店", ""]


@given(st.text(alphabet="他来到山洞里的，。在像店书房走进想回不", max_size=40))
def test_a_place_is_the_sentences_own_words(sentence: str) -> None:
    found = place_in(sentence)
    assert found is None or found in sentence


def test_scenes_of_a_real_chapter(shared: Path) -> None:
    story = read_story(shared / "stories/zh_three_kingdoms_ch01.txt")
    words = [s.words for s in settings(read(story, 20_000))]
    assert json.dumps(words, ensure_ascii=False).count("海") == 0
    assert {"村店", "桃园", "寨"} <= set(words)
