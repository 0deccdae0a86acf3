"""The cut is an OpenTimelineIO file that others can open."""

from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yingxi.core.errors import YingxiError
from yingxi.media.subtitles import Cue
from yingxi.media.timeline import TimelineShot, TimelineSound, read_timeline, write_timeline

SHOTS = [TimelineShot("1", "takes/a/clip.mp4", 48, {"seed": 3}), TimelineShot("2B", "takes/b/clip.mp4", 30)]


def test_shots_sounds_and_cues_are_where_they_belong(tmp_path: Path) -> None:
    sounds = [
        TimelineSound("Monkey", "voices/m.wav", 0.5, 1.0),
        TimelineSound("narrator", "voices/n.wav", 1.25, 1.0),
        TimelineSound("Monkey", "voices/o.wav", 2.0, 0.5),
    ]
    beds = [TimelineSound("2B", "takes/b/sound.wav", 2.0, 1.25)]
    tracks = {"Voices": sounds, "Clips": beds}
    write_timeline(tmp_path / "cut.otio", "Film", 24, SHOTS, tracks, [Cue(0.5, 1.5, "你好")], {"model": "stage"})
    timeline = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    assert timeline.duration() == otio.opentime.RationalTime(78, 24)
    assert timeline.metadata["yingxi"]["model"] == "stage"
    (video,) = timeline.video_tracks()
    assert [c.media_reference.target_url for c in video.find_clips()] == ["takes/a/clip.mp4", "takes/b/clip.mp4"]
    assert video[0].metadata["yingxi"] == {"seed": 3, "slate": "1"}
    assert [(m.name, m.marked_range.start_time.value) for m in video.markers] == [("你好", 12)]
    one, two, clips = timeline.audio_tracks()
    assert [track.name for track in timeline.audio_tracks()] == ["Voices 1", "Voices 2", "Clips 1"]
    assert clips.range_of_child(clips[1]).start_time.value == 48
    starts = {
        c.media_reference.target_url: t.range_of_child(c).start_time.value for t in (one, two) for c in t.find_clips()
    }
    assert starts == {"voices/m.wav": 12, "voices/n.wav": 30, "voices/o.wav": 48}
    assert len(list(one.find_clips())) == 2


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=20), st.sampled_from([12, 24, 23.976]))
def test_slates_and_frames_come_back(tmp_path: Path, lengths: list[int], fps: float) -> None:
    shots = [TimelineShot(str(i + 1), f"takes/{i}/clip.mp4", length) for i, length in enumerate(lengths)]
    write_timeline(tmp_path / "cut.otio", "Film", fps, shots)
    assert read_timeline(tmp_path / "cut.otio") == [(s.slate, s.frames) for s in shots]


def test_the_same_cut_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.otio", "b.otio"):
        write_timeline(tmp_path / name, "Film", 24, SHOTS)
    assert (tmp_path / "a.otio").read_bytes() == (tmp_path / "b.otio").read_bytes()


@pytest.mark.parametrize("content", ["", "Once upon a time", "{}", '{"OTIO_SCHEMA": "Gap.1"}', "[1]"])
def test_what_is_no_timeline_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "cut.otio").write_text(content)
    with pytest.raises(YingxiError, match=r"cut\.otio"):
        read_timeline(tmp_path / "cut.otio")
