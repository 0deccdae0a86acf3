"""A film has picture, sound and subtitles that agree in time, and streams."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from yingxi.core.clip import Frames, Sound
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.media.audio import decode_sound
from yingxi.media.film import Reel, read_cues, write_film
from yingxi.media.subtitles import Cue
from yingxi.media.video import probe, read_frames

SIZE = Size(64, 48)


def grey(count: int, size: Size = SIZE) -> Iterator[Frames]:
    for index in range(count):
        yield np.full((size.height, size.width, 3), 40 + index % 150, np.uint8)


def tone(seconds: float, rate: int = 24_000) -> Sound:
    time = np.arange(round(seconds * rate)) / rate
    return Sound((0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), rate)


def write(path: Path, count: int = 48, sound: Sound | None = None, cues: tuple[Cue, ...] = (), **more) -> int:
    reel = Reel(more.pop("size", SIZE), more.pop("fps", 24), more.pop("language", "en"), sound, cues)
    return write_film(path, grey(count, reel.size), reel, **({"metadata": {}} | more))


def test_streams_durations_languages_and_metadata(tmp_path: Path) -> None:
    path, seen = tmp_path / "film.mp4", []
    cues = (Cue(0.25, 1, "A crane flies."), Cue(1, 1.5, "Second, with\ntwo lines & {braces}"))
    metadata = {"title": "影戏", "AIGC": '{"AIGC":{"Label":"1"}}'}
    assert write(path, 48, tone(2), cues, metadata=metadata, on_frame=seen.append) == 48
    info = probe(path)
    assert [(s.kind, s.codec) for s in info.streams] == [
        ("video", "h264"),
        ("audio", "aac"),
        ("subtitle", "mov_text"),
    ]
    assert {s.language for s in info.streams} == {"eng"}
    assert (info.frames, info.fps, info.size) == (48, 24, SIZE)
    assert info.seconds == pytest.approx(2, abs=0.05)
    assert info.of("audio")[0].seconds == pytest.approx(2, abs=0.05)
    assert metadata.items() <= dict(info.metadata).items()
    assert read_cues(path) == list(cues)
    assert seen == list(range(1, 49))


def test_it_starts_to_play_before_it_is_loaded(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 10)
    data = (tmp_path / "film.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_chinese_subtitles(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 48, None, (Cue(0, 1.5, "石头裂开，跳出一只猴子"),), language="zh")
    assert probe(tmp_path / "film.mp4").of("subtitle")[0].language == "zho"
    assert read_cues(tmp_path / "film.mp4") == [Cue(0, 1.5, "石头裂开，跳出一只猴子")]


def test_subtitles_are_white_where_players_follow_the_file(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 24, None, (Cue(0, 1, "hello"),))
    data = (tmp_path / "film.mp4").read_bytes()
    entry = data[data.index(b"tx3g") + 4 :]  # the sample entry of 3GPP TS 26.245, 5.16
    assert entry[14:18] == b"\x00\x00\x00\x7f"  # background, half transparent
    assert entry[34:38] == b"\xff\xff\xff\xff"  # letters


def test_the_sound_is_heard_and_in_time(tmp_path: Path) -> None:
    samples = np.zeros(48_000 * 2, np.float32)
    samples[48_000 : 48_000 + 4_800] = tone(0.1, 48_000).samples
    write(tmp_path / "film.mp4", 48, Sound(samples, 48_000))
    heard = decode_sound(tmp_path / "film.mp4")
    assert heard.rate == 48_000
    loud = np.flatnonzero(np.abs(heard.samples) > 0.2) / heard.rate
    assert loud[0] == pytest.approx(1.0, abs=0.03)
    assert loud[-1] == pytest.approx(1.1, abs=0.03)


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_the_picture_decides_how_long_it_is(tmp_path: Path, seconds: float) -> None:
    write(tmp_path / "film.mp4", 24, tone(seconds), (Cue(0.5, 3, "long"), Cue(2, 3, "too late")))
    info = probe(tmp_path / "film.mp4")
    assert info.seconds == pytest.approx(1, abs=0.05)
    assert info.of("audio")[0].seconds == pytest.approx(1, abs=0.05)
    assert read_cues(tmp_path / "film.mp4") == [Cue(0.5, 1, "long")]


def test_cues_that_overlap_follow_each_other(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 48, None, (Cue(0, 1, "one"), Cue(0.5, 1.5, "two"), Cue(0.6, 0.9, "within")))
    assert read_cues(tmp_path / "film.mp4") == [Cue(0, 1, "one"), Cue(1, 1.5, "two")]


def test_an_odd_size_grows_by_one(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 3, size=Size(65, 47))
    assert probe(tmp_path / "film.mp4").size == Size(66, 48)
    assert all(frame.std() < 2 for frame in read_frames(tmp_path / "film.mp4"))


def test_without_sound_or_cues_there_is_only_a_picture(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 3)
    assert [s.kind for s in probe(tmp_path / "film.mp4").streams] == ["video"]
    assert read_cues(tmp_path / "film.mp4") == []


def test_frames_are_taken_one_by_one(tmp_path: Path) -> None:
    alive = most = 0

    class Counted(np.ndarray):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def frames() -> Iterator[Frames]:
        nonlocal alive, most
        for index in range(120):
            frame = np.full((48, 64, 3), index, np.uint8).view(Counted)
            alive += 1
            most = max(most, alive)
            yield frame

    write_film(tmp_path / "f.mp4", frames(), Reel(SIZE, 24, "en"), {})
    assert most < 10


def test_no_frames_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="no frames"):
        write(tmp_path / "film.mp4", 0, tone(1))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(YingxiError, match="cannot write"):
        write(tmp_path / "file" / "film.mp4", 3)
