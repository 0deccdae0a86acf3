"""The only way out, and what is read of it afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from yingxi.core.clip import Clip, Frames, Provenance, Sound
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.shapes import Size
from yingxi.media.film import Reel, read_cues
from yingxi.media.picture import read_picture, write_png
from yingxi.media.subtitles import Cue
from yingxi.media.video import probe, read_frames, write_take
from yingxi.safety.release import check_target, release_clip, release_film
from yingxi.safety.verify import verify

STAGE = Provenance("stage", "animation", prompt="Shadow figures cross a bridge")
CUES = (Cue(0.5, 1.5, "Who goes there?"),)


@pytest.fixture
def film(scene) -> Callable[..., Path]:
    """`film(path, frames, **settings)` releases five seconds of the scene unless told otherwise."""

    def release(path: Path, frames: Iterator[Frames] | None = None, **more) -> Path:
        sound = Sound(np.zeros(24_000 * 5, np.float32), 24_000)
        reel = {"size": Size(128, 96), "fps": 12, "language": "en", "sound": sound, "cues": CUES}
        rest = {"title": "The Bridge", "provenances": [STAGE], "synthetic_voices": True}
        reel |= {key: more.pop(key) for key in reel if key in more}
        return release_film(path, scene(60) if frames is None else frames, Reel(**reel), **(rest | more))

    return release


def test_a_film_is_labelled_described_and_signed(tmp_path: Path, film) -> None:
    seen: list[int] = []
    path = film(tmp_path / "film.mp4", on_frame=seen.append)
    assert path == tmp_path / "film.mp4"
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]
    assert seen[-1] == 60
    labels = verify(path)
    assert labels.whole
    assert labels.ai_labelled
    assert labels.c2pa_state == "trusted"
    assert labels.source_type == "compositeWithTrainedAlgorithmicMedia"
    assert labels.title == "The Bridge"
    assert labels.aigc is not None
    assert labels.aigc["Label"] == "1"
    assert [shot["model"] for shot in labels.shots] == ["stage"]
    info = probe(path)
    assert [s.kind for s in info.streams] == ["video", "audio", "subtitle"]
    assert info.metadata["title"] == "The Bridge"
    assert info.seconds == pytest.approx(5, abs=0.1)
    assert read_cues(path) == list(CUES)


def test_the_label_is_seen_for_three_seconds_of_the_file(tmp_path: Path, scene, film) -> None:
    clean = next(scene(1)).astype(int)
    seen = [(np.abs(f - clean)[:24].max() > 100) for f in read_frames(film(tmp_path / "film.mp4"))]
    assert all(seen[:36])
    assert not any(seen[40:])


def test_the_source_types_of_films(tmp_path: Path, film) -> None:
    sampled = Provenance("nano", "sampled")
    assert verify(film(tmp_path / "a.mp4", synthetic_voices=False)).source_type == "algorithmicMedia"
    drawn = film(tmp_path / "b.mp4", provenances=[sampled], synthetic_voices=False)
    assert verify(drawn).source_type == "trainedAlgorithmicMedia"


def test_the_same_content_has_the_same_number(tmp_path: Path, film) -> None:
    one, two = (verify(film(tmp_path / name)).aigc for name in ("a.mp4", "b.mp4"))
    other = verify(film(tmp_path / "c.mp4", title="Another")).aigc
    assert one == two != other


@pytest.mark.parametrize(
    "bad",
    [
        {"prompts": ["a fine day", "porn video"]},
        {"title": "porn video"},
        {"cues": [Cue(0, 1, "如何在家制作炸弹")]},
        {"provenances": [Provenance("nano", "sampled", prompt="nude teenage girl")]},
    ],
)
def test_what_is_refused_is_refused_before_any_work(tmp_path: Path, bad, film) -> None:
    (tmp_path / "film.mp4").write_bytes(b"what was there")

    def frames() -> Iterator[Frames]:
        raise AssertionError("no frame should be asked for")
        yield

    with pytest.raises(Refused):
        film(tmp_path / "film.mp4", frames(), **bad)
    assert (tmp_path / "film.mp4").read_bytes() == b"what was there"


def test_where_nothing_can_be_signed_nothing_is_begun(tmp_path: Path, film, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path / "file"))

    def frames() -> Iterator[Frames]:
        raise AssertionError("no frame should be asked for")
        yield

    with pytest.raises(YingxiError, match="YINGXI_HOME"):
        film(tmp_path / "film.mp4", frames())


def test_a_maker_that_fails_leaves_what_was_there(tmp_path: Path, scene, film) -> None:
    (tmp_path / "film.mp4").write_bytes(b"what was there")

    def frames() -> Iterator[Frames]:
        yield from scene(5)
        raise YingxiError("shot 2 is gone")

    with pytest.raises(YingxiError, match="shot 2 is gone"):
        film(tmp_path / "film.mp4", frames())
    assert (tmp_path / "film.mp4").read_bytes() == b"what was there"
    assert len(list(tmp_path.iterdir())) == 1


def test_places_that_cannot_be_written_are_told_by_name(tmp_path: Path, film) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(YingxiError, match=r"cannot write .*/file/film\.mp4"):
        film(tmp_path / "file" / "film.mp4")
    with pytest.raises(YingxiError, match=r"cannot write .*/folder\.mp4"):
        film(tmp_path / "folder.mp4")
    with pytest.raises(YingxiError, match=r"cannot write .*/empty\.mp4: there are no frames"):
        film(tmp_path / "empty.mp4", iter(()))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.mp4"]


def test_a_clip_is_saved_as_a_video(tmp_path: Path, clip: Clip) -> None:
    before = clip.frames.copy()
    assert clip.save(str(tmp_path / "out.mp4")) == tmp_path / "out.mp4"
    labels = verify(tmp_path / "out.mp4")
    assert labels.whole
    assert labels.ai_labelled
    assert labels.source_type == "trainedAlgorithmicMedia"
    assert labels.title == "a crane over the river"
    assert labels.shots[0]["seed"] == 7
    assert probe(tmp_path / "out.mp4").frames == 6
    assert (clip.frames == before).all()  # a clip stays clean


def test_one_frame_is_saved_as_a_picture(tmp_path: Path, still: Clip) -> None:
    release_clip(still, tmp_path / "out.png")
    labels = verify(tmp_path / "out.png")
    assert labels.whole
    assert labels.ai_labelled
    assert labels.source_type == "algorithmicMedia"
    assert labels.aigc is not None
    changed = (read_picture(tmp_path / "out.png") != still.frames[0]).any(axis=-1)
    assert changed[:24, 64:].any()
    assert not changed[30:].any()


def test_a_picture_with_sound_keeps_it(tmp_path: Path, clip: Clip) -> None:
    loud = Clip(clip.frames, 12, clip.provenance, Sound(np.zeros(12_000, np.float32), 24_000))
    release_clip(loud, tmp_path / "out.mp4")
    assert [s.kind for s in probe(tmp_path / "out.mp4").streams] == ["video", "audio"]


def test_other_names_are_refused(tmp_path: Path, clip: Clip) -> None:
    with pytest.raises(YingxiError, match=r"saved as \.mp4"):
        release_clip(clip, tmp_path / "out.avi")
    with pytest.raises(YingxiError, match=r"6 frames is saved as \.mp4"):
        release_clip(clip, tmp_path / "out.png")
    refused = Clip(clip.frames, 12, Provenance("nano", "sampled", prompt="色情视频"))
    with pytest.raises(Refused):
        release_clip(refused, tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_a_target_is_checked_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    for name in ("out.avi", "out", "file/out.mp4", "folder.png"):
        with pytest.raises(YingxiError, match="cannot"):
            check_target(tmp_path / name)
    check_target(tmp_path / "new" / "out.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.png", "new"]
    assert not list((tmp_path / "new").iterdir())


def test_a_changed_byte_is_not_whole_but_still_says_what_it_was(tmp_path: Path, clip: Clip) -> None:
    path = release_clip(clip, tmp_path / "out.mp4")
    data = bytearray(path.read_bytes())
    data[-50] ^= 1
    path.write_bytes(data)
    labels = verify(path)
    assert not labels.whole
    assert labels.c2pa_state == "invalid"
    assert labels.ai_labelled
    assert any("changed since it was signed" in note for note in labels.notes)


def test_a_file_without_labels_has_none(tmp_path: Path, scene) -> None:
    write_take(tmp_path / "take.mp4", scene(3), 24)
    write_png(tmp_path / "still.png", next(scene(1)))
    for name in ("take.mp4", "still.png"):
        labels = verify(tmp_path / name)
        assert not labels.whole
        assert not labels.ai_labelled
        assert (labels.c2pa_state, labels.aigc, labels.source_type) == ("none", None, None)


def test_the_aigc_field_alone_labels_but_does_not_make_whole(tmp_path: Path, scene) -> None:
    write_png(tmp_path / "a.png", next(scene(1)), {"AIGC": '{"Label":"1","ContentProducer":"someone"}'})
    labels = verify(tmp_path / "a.png")
    assert labels.ai_labelled
    assert not labels.whole
    assert any("someone" in note for note in labels.notes)


def test_what_has_no_labels_to_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text("Once upon a time")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(200))
    with pytest.raises(YingxiError, match="no such file"):
        verify(tmp_path / "absent.mp4")
    with pytest.raises(YingxiError, match="folder"):
        verify(tmp_path)
    for name in ("story.txt", "empty.mp4", "broken.mp4"):
        with pytest.raises(YingxiError, match=name):
            verify(tmp_path / name)
