"""When lines are spoken, and how long shots last for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.shot import Shot
from yingxi.film.timing import GAP, LEAD, REST, timed

spoken = st.lists(st.floats(0.05, 20), max_size=5)


def shot_of(count: int, seconds: float) -> Shot:
    lines = [{"who": None, "text": "a"}] * count
    return Shot.model_validate({"slate": "1A", "seconds": seconds, "lines": lines})


@given(spoken, st.floats(0.1, 60), st.sampled_from([12.0, 23.976, 24.0, 25.0, 60.0]))
def test_lines_follow_each_other_within_whole_frames(seconds: list[float], least: float, fps: float) -> None:
    shot = timed(shot_of(len(seconds), least), seconds, fps)
    frames = shot.seconds * fps
    assert frames == pytest.approx(round(frames), abs=1e-3)
    assert shot.seconds >= least - 1e-3
    end = LEAD - GAP
    for line in shot.lines:
        assert line.start is not None
        assert line.seconds is not None
        assert line.start >= end + GAP - 2e-3
        end = line.start + line.seconds
    assert not seconds or shot.seconds >= end + REST - 2e-3
    assert shot.seconds <= max(least, end + REST) + 1 / fps + 2e-3


def test_a_start_written_by_hand_is_the_earliest() -> None:
    lines = [{"who": None, "text": "a", "start": 2.0}, {"who": None, "text": "b", "start": 0.1}]
    shot = timed(Shot.model_validate({"slate": "1A", "seconds": 1, "lines": lines}), [1.0, 1.0], 24)
    assert [line.start for line in shot.lines] == [2.0, 3.0 + GAP]
    assert shot.seconds == pytest.approx(3.0 + GAP + 1.0 + REST, abs=1 / 24)


def test_a_silent_shot_lasts_as_written() -> None:
    assert timed(shot_of(0, 2.5), [], 24).seconds == 2.5
