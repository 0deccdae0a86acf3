import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.story import Language, Paragraph, Span
from yingxi.story.quotes import find_quotes, said


def quotes(*paragraphs: str, language: Language = "en") -> list[str]:
    text = "\n\n".join(paragraphs)
    spans: list[Paragraph] = []
    at = 0
    for paragraph in paragraphs:
        spans.append(Paragraph(at, at + len(paragraph), (Span(at, at + len(paragraph)),)))
        at += len(paragraph) + 2
    return [said(text, q) for q in find_quotes(text, spans, language) if q.speech]


def test_english_marks() -> None:
    assert quotes("“Come in,” said he. “Sit down.”") == ["Come in,", "Sit down."]
    assert quotes('"Come in," said he.\n"Sit\ndown."') == ["Come in,", "Sit down."]


def test_single_marks_and_apostrophes() -> None:
    assert quotes("‘I don’t know the boys’ names,’ said Ann’s aunt. ‘Do you?’") == [
        "I don’t know the boys’ names,",
        "Do you?",
    ]


def test_a_word_in_marks_is_not_speech() -> None:
    assert quotes("They called it “the well” in those days.") == []


def test_english_speech_over_paragraphs() -> None:
    assert quotes("“It began at night.", "“Then the snow came.”", "He stopped.") == [
        "It began at night. Then the snow came."
    ]


def test_dialogue_by_dashes() -> None:
    assert quotes("—To the mill, Ann answered. I have none.", "—Go, he said, and come back.", "—Good-bye!") == [
        "To the mill,",
        "I have none.",
        "Go,",
        "and come back.",
        "Good-bye!",
    ]
    assert quotes("—Come in, said Ann. Sit down.", "He sat by the fire.", "—It is late.", "—Yes.") == [
        "Come in,",
        "Sit down.",
        "It is late.",
        "Yes.",
    ]


def test_nested_marks_belong_to_the_outer() -> None:
    assert quotes("“He told me, ‘Go home,’ and I went.”") == ["He told me, ‘Go home,’ and I went."]
    assert quotes("‘She said, “Go home,” and I went,’ said Ann. ‘Now you know.’") == [
        "She said, “Go home,” and I went,",
        "Now you know.",
    ]


def test_a_text_cut_into_words_a_sentence_a_line() -> None:
    narration = ["The snow lay on the fields and nothing moved ."] * 20
    assert quotes("“ Who is there ?", "It is late . ”", "said Ann .", *narration) == ["Who is there ? It is late ."]
    said_by_both = quotes(
        *narration, '" It is late .', 'Go home . "', "' It 's Ann , '", '" Good night , " said Ann .'
    )
    assert said_by_both == ["It is late . Go home .", "Good night ,"]


def test_chinese_marks() -> None:
    assert quotes("老人说：“来吧。”孩子说：「好。」", language="zh") == ["来吧。", "好。"]
    assert quotes("书名叫“山海经”，很有名。", language="zh") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("老人說：﹁他說﹃回去﹄，我就回去。﹂", ["他說﹃回去﹄，我就回去。"]),
        ("老人說:｢今天真冷。｣孩子說:｢好。｣", ["今天真冷。", "好。"]),
        (
            "老人说：‘他对我说：“回去吧。”’孩子说：‘好，Tom’s dog也去。’",
            ["他对我说：“回去吧。”", "好，Tom’s dog也去。"],
        ),
        ("老人说：”今天真冷。”孩子说：”是。”", ["今天真冷。", "是。"]),
        ("老人说：“今天真冷。“孩子说：“是。“", ["今天真冷。", "是。"]),
        ("老人说：'今天真冷。'孩子问：'冷吗？'", ["今天真冷。", "冷吗？"]),
        ("玄德曰：公欲何往？关公曰：某欲投军。", ["公欲何往？", "某欲投军。"]),
    ],
)
def test_chinese_marks_that_are_rare_or_wrong(text: str, said: list[str]) -> None:
    assert quotes(text, language="zh") == said


def test_a_quotation_that_is_never_closed_ends_with_its_paragraph() -> None:
    text = "老人说：“今天真冷。\n\n孩子说：“是。”\n"
    found = find_quotes(text, [Span(0, 10), Span(12, 20)], "zh")
    assert [text[q.start : q.end] for q in found] == ["“今天真冷。", "“是。”"]


def test_words_that_begin_with_an_apostrophe() -> None:
    text = "'Twas cold in the '90s. 'The boys' hats are gone,' said Ann. ''Tis cold,' said he. 'Tis late,' said Ann."
    assert quotes(text) == ["The boys' hats are gone,", "'Tis cold,", "Tis late,"]


def test_speech_broken_off_for_a_deed() -> None:
    assert quotes("“I shall”—here he struck the table—“never go.” The “Old One”—so he was called—wept.") == [
        "I shall",
        "never go.",
    ]


def test_chinese_speech_broken_in_the_middle() -> None:
    assert quotes("他说：“今天很好。", "明天更好。”说完走了。", "孩子说：“是。”", language="zh") == [
        "今天很好。明天更好。",
        "是。",
    ]


@given(st.text(alphabet="ab ,.“”\"‘’'「」\n", max_size=80))
def test_quotes_are_in_order_and_inside_the_text(text: str) -> None:
    last = 0
    for quote in find_quotes(text, [Span(0, len(text))], "en"):
        assert last <= quote.start < quote.inner.start <= quote.inner.end <= quote.end <= len(text)
        last = quote.end


def test_a_curly_mark_that_a_straight_one_closes() -> None:
    text = '老王说：“来吧。"小李道：“好。"二人走了。老王又说：“快些。”小李不答。'
    found = [text[q.start : q.end] for q in find_quotes(text, [Span(0, len(text))], "zh")]
    assert found == ['“来吧。"', '“好。"', "“快些。”"]
