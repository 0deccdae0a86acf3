"""Subtitles are set in lines that can be read, and nothing of the text is lost."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yingxi.core.errors import YingxiError
from yingxi.core.story import Language
from yingxi.media.subtitles import LINE_LENGTH, Cue, read_srt, wrap, write_srt

ENGLISH = (
    "The pretty girl, carrying a blue pot of fragrant rice and a green jar of fried wheat gluten, came smiling "
    "down the mountain path toward the three hungry pilgrims. The monkey saw at once what she was."
)
CHINESE = (
    "老和尚在马上又说：“我肚子饿了，你去前面找些吃的来好吗？”"
    "猴子笑着回答：“师父好不明白。这座大山里面，前面没有村子，后面没有客店，有钱也买不到东西。”"
)


def test_short_cues_stay() -> None:
    cues = [Cue(0, 2, "The crane flies."), Cue(2, 3, "It is night.")]
    assert wrap(cues, "en") == cues


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
def test_long_cues_become_screens_of_two_lines(text: str, language: Language) -> None:
    screens = wrap([Cue(1, 13, text)], language)
    assert len(screens) > 1
    assert all(len(screen.text.splitlines()) <= 2 for screen in screens)
    assert all(len(line) <= LINE_LENGTH[language] for screen in screens for line in screen.text.splitlines())
    assert (screens[0].start, screens[-1].end) == (1, 13)
    assert all(a.end == b.start for a, b in pairwise(screens))


def test_breaks_are_where_the_sense_breaks() -> None:
    screens = [screen.text for screen in wrap([Cue(0, 9, ENGLISH)], "en")]
    assert screens[-1].startswith("The monkey saw")
    chinese = [screen.text for screen in wrap([Cue(0, 9, CHINESE)], "zh")]
    assert chinese[0].endswith("？”")
    assert not any(re.match(r"[，。！？：”]", line) for screen in chinese for line in screen.splitlines())
    assert not any(line.endswith(("“", "《")) for screen in chinese for line in screen.splitlines())


@given(st.text(alphabet="abc 一二，。?,.“”\n", max_size=400), st.sampled_from(["en", "zh"]))
@settings(deadline=None)
def test_nothing_is_lost_and_time_is_shared(text: str, language: Language) -> None:
    screens = wrap([Cue(2, 5, text)], language)
    assert re.sub(r"\s", "", "".join(s.text for s in screens)) == re.sub(r"\s", "", text)
    assert all(2 <= s.start < s.end <= 5 + 1e-9 for s in screens)
    assert all(len(s.text.splitlines()) <= 2 or " " not in s.text for s in screens)


def test_a_word_longer_than_a_line_is_kept() -> None:
    assert "".join(s.text for s in wrap([Cue(0, 1, "x" * 200)], "en")) == "x" * 200


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5_000_000),
            st.integers(1, 9_000),
            st.from_regex(r"[A-Za-z一-龥][A-Za-z一-龥 ,.!?，。“”]{0,30}[a-z。]", fullmatch=True),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda c: c[0],
    )
)
def test_srt_round_trip(tmp_path: Path, cues) -> None:
    written = sorted((Cue(s / 1000, (s + d) / 1000, t) for s, d, t in cues), key=lambda c: c.start)
    write_srt(tmp_path / "film.srt", written)
    assert read_srt(tmp_path / "film.srt") == written


def test_srt_keeps_lines(tmp_path: Path) -> None:
    cues = [Cue(0, 1.5, "石头裂开，\n跳出一只猴子")]
    write_srt(tmp_path / "film.srt", cues)
    assert read_srt(tmp_path / "film.srt") == cues
    assert "00:00:00,000 --> 00:00:01,500\n石头裂开，\n跳出一只猴子" in (tmp_path / "film.srt").read_text("utf-8")


def test_what_is_no_srt_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("Once upon a time there was no timing.")
    with pytest.raises(YingxiError, match="not a SubRip file"):
        read_srt(tmp_path / "a.srt")
    with pytest.raises(YingxiError, match="cannot read"):
        read_srt(tmp_path / "absent.srt")
