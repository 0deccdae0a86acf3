"""Chinese speech without quotation marks."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.story import Span
from yingxi.story.attribution import attribute
from yingxi.story.importer import read_story
from yingxi.story.quotes import find_quotes, said
from yingxi.story.reading import read

TALE = (
    "却说秦岳与老人行至山下，天色已晚。老人曰：前面有座古庙，可以安身。你意下如何？秦岳曰：甚好。老人大喜，推门而入。"
    "忽见一人坐于灯下。秦岳大惊，问曰：你是何人？怎的在此？那人笑道：我乃守庙之人。此处少有客来。秦岳遂拜。\n"
    "次日，老人谓秦岳曰：我要往青州去，你可同行。秦岳曰：愿往。诗曰：青山依旧在，绿水复东流。\n"
)
SPOKEN = {
    "前面有座古庙，可以安身。你意下如何？": "老人",
    "甚好。": "秦岳",
    "你是何人？怎的在此？": "秦岳",
    "我乃守庙之人。此处少有客来。": None,
    "我要往青州去，你可同行。": "老人",
    "愿往。": "秦岳",
}


def test_speech_ends_where_telling_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TALE, encoding="utf-8")
    reading = read(read_story(path), 10_000)
    found = attribute(reading)
    words = {said(reading.story.text, a.quote): a.speaker for a in found}
    assert list(words) == list(SPOKEN)
    assert {w: s for w, s in words.items() if SPOKEN[w]} == {w: s for w, s in SPOKEN.items() if s}
    assert [reading.story.text[a.quote.start : a.quote.end] for a in found] == list(SPOKEN)


def test_a_text_with_marks_keeps_to_them() -> None:
    text = "老人道：“来。”孩子道：“好。”老人道：“走。”孩子道：我来了。老人说：好。老人说：来。老人说：去。"
    assert [said(text, q) for q in find_quotes(text, [Span(0, len(text))], "zh")] == ["来。", "好。", "走。"]


def test_what_one_quotes_in_speech_is_within_it() -> None:
    text = "秦岳曰：昨日官军来问。我答曰：庙中无人。官军乃去。老人曰：善。秦岳曰：走罢。"
    spoken = [said(text, q) for q in find_quotes(text, [Span(0, len(text))], "zh")]
    assert spoken == ["昨日官军来问。我答曰：庙中无人。官军乃去。", "善。", "走罢。"]


@given(st.text(alphabet="曹操曰道：。，？我诗“”\n", max_size=80))
def test_offsets_are_in_order_and_within_paragraphs(text: str) -> None:
    paragraphs = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    last = 0
    for quote in find_quotes(text, paragraphs, "zh") if paragraphs else ():
        assert last <= quote.start <= quote.inner.start <= quote.inner.end <= quote.end <= len(text)
        assert paragraphs[quote.paragraph].start <= quote.start < paragraphs[quote.paragraph].end
        last = quote.end
