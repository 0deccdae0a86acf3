"""A story in traditional characters is read as one in simplified ones, and told in its own."""

from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.app import read_book
from yingxi.core.protocols import Stagecraft
from yingxi.core.story import Story
from yingxi.story.adapt import adapt
from yingxi.story.dating import infer
from yingxi.story.era import find_era
from yingxi.story.fountain import to_fountain
from yingxi.story.importer import read_story
from yingxi.story.lint import anachronisms
from yingxi.story.simplified import restorer, simplified

TALES = Path(__file__).with_name("tales")
TO_TRADITIONAL, TO_SIMPLIFIED = opencc.OpenCC("s2t"), opencc.OpenCC("t2s")


@pytest.fixture
def pair(chinese: Story, tmp_path: Path) -> tuple[Story, Story]:
    """A story, and the same in traditional characters."""
    text = TO_TRADITIONAL.convert(chinese.text)
    assert len(text) == len(chinese.text)
    assert text != chinese.text
    path = tmp_path / "other.txt"
    path.write_text(text, encoding="utf-8")
    return chinese, read_story(path)


def test_the_same_film_in_its_own_characters(pair: tuple[Story, Story], stage: Stagecraft) -> None:
    simple, other = (adapt(story, stage) for story in pair)
    assert [s.source for s in other.shots.shots] == [s.source for s in simple.shots.shots]
    assert [c.id for c in other.cast.characters] == [c.id for c in simple.cast.characters]
    for a, b in zip(simple.shots.shots, other.shots.shots, strict=True):
        assert [n.who for n in a.lines] == [n.who for n in b.lines]
        assert [f.action for f in a.figures] == [f.action for f in b.figures]
        for x, y in zip(a.lines, b.lines, strict=True):
            assert TO_SIMPLIFIED.convert(y.text) == x.text
    told = "".join(n.text for s in other.shots.shots for n in s.lines)
    assert told != "".join(n.text for s in simple.shots.shots for n in s.lines)
    assert all(letter in pair[1].text + "。，" for letter in told)
    assert all(TO_TRADITIONAL.convert(c.name) == c.name for c in other.cast.characters)


def test_an_edit_is_told_as_it_was_written(pair: tuple[Story, Story], stage: Stagecraft) -> None:
    made = adapt(pair[1], stage)
    text = to_fountain(made.screenplay, made.cast)
    assert adapt(pair[1], stage, edited=text) == made
    edited = text.rstrip() + "\n\n@旁白\n這個故事講完了。\n"
    assert adapt(pair[1], stage, edited=edited).shots.shots[-2].lines[0].text == "這個故事講完了。"


def test_it_is_read_the_same(tmp_path: Path) -> None:
    text = (
        "橋上的燈\n\n夜裡，孫悟空來到橋上。豬八戒問道：“師兄，你聽見甚麼聲音沒有？”孫悟空道：“沒有。”\n\n"
        "孫悟空點起燈。豬八戒笑道：“師兄，這燈真亮！”孫悟空道：“走罷，師父還在廟裡等我們。”\n"
    )
    found = []
    for name, words in (("a", text), ("b", simplified(text))):
        path = tmp_path / f"{name}.txt"
        path.write_text(words, encoding="utf-8")
        found.append(read_book(path))
    other, simple = found
    assert [(q.start, q.end, q.speaker) for q in other.quotes] == [(q.start, q.end, q.speaker) for q in simple.quotes]
    assert all(q.text == text[q.start : q.end] for q in other.quotes)
    assert {c.name for c in other.cast} >= {"孫悟空", "豬八戒"}
    assert [(s.start, s.time, s.present) for s in other.scenes] == [
        (s.start, s.time, s.present) for s in simple.scenes
    ]


def test_eras_and_what_they_did_not_have() -> None:
    text = "劉備與關羽、張飛在桃園結義。曹操看了看懷錶。"
    guess, simple = infer(text), infer(simplified(text))
    assert guess.era == simple.era
    assert [t.name for t, _ in anachronisms(text, find_era("three_kingdoms"))] == [
        t.name for t, _ in anachronisms(simplified(text), find_era("three_kingdoms"))
    ]  # fmt: skip


def test_a_simplified_text_stays_as_it_is() -> None:
    text = "乾隆年间，他写了一本著名的书，名叫《藉口》。" * 30
    assert simplified(text) is text


@given(st.text("乾坤頭髮發展後來於是說甚麼隻身一只 abc，。\n", max_size=80))
def test_the_length_stays_and_all_comes_back(text: str) -> None:
    read = simplified(text)
    assert len(read) == len(text)
    restore = restorer(text, read)
    assert restore(read, (0, len(read))) == text
    assert len(restore(read[::2], (0, len(read)))) == len(read[::2])
