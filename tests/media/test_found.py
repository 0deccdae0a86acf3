"""Files that others made, as clips, and what is said of clips that are made of them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import yingxi
from yingxi.core.clip import Clip, Provenance
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.media.video import write_take


def test_a_video_comes_with_its_rate_and_sound(tmp_path: Path, sounding: bytes) -> None:
    (tmp_path / "holiday.bin").write_bytes(sounding)  # told by content, not by name
    clip = yingxi.Clip.open(tmp_path / "holiday.bin")
    assert (clip.shape.frames, clip.size, clip.fps) == (96, Size(64, 48), 12)
    assert clip.sound is not None
    assert clip.sound.seconds == pytest.approx(8, abs=0.1)
    assert np.abs(clip.sound.samples).max() == pytest.approx(0.25, abs=0.02)
    assert clip.provenance == Provenance("holiday.bin", "found")
    write_take(tmp_path / "silent.mp4", clip.frames, 25)
    silent = Clip.open(str(tmp_path / "silent.mp4"))
    assert (silent.sound, silent.fps) == (None, 25)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_one_frame_at_any_rate(tmp_path: Path, format: str) -> None:
    Image.new("RGB", (40, 30), (200, 30, 10)).save(tmp_path / "face", format)
    clip = Clip.open(tmp_path / "face")
    assert clip.frames.shape == (1, 30, 40, 3)
    assert np.abs(clip.frames.astype(int) - (200, 30, 10)).max() < 6
    assert clip.provenance == Provenance("face", "found")
    assert all(clip.at(fps).frames.shape[0] == 1 for fps in (1, 16, 60, 240))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"), (b"Once upon a time", "bytes"), (b"\x89PNG\r\n\x1a\n and no more", "bytes"),
        (b"\xff\xd8\xff", "bytes"), (b"RIFF\x10\0\0\0WEBP", "bytes"),
    ],
)  # fmt: skip
def test_what_is_neither_is_told(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "bytes").write_bytes(content)
    with pytest.raises(YingxiError, match=says) as error:
        Clip.open(tmp_path / "bytes")
    assert "\n" not in str(error.value)


def test_what_was_found_is_not_saved_as_if_it_had_been_made(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "face.png")
    clip = Clip.open(tmp_path / "face.png")
    for name in ("out.png", "out.mp4"):
        with pytest.raises(Refused, match=r"face\.png was not made here") as refused:
            clip.save(tmp_path / name)
        assert refused.value.rule == "found"
    assert [path.name for path in tmp_path.iterdir()] == ["face.png"]


def test_what_is_made_of_it_names_it_however_far_back(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "face.png")
    face = Clip.open(tmp_path / "face.png")
    first = Request("a monk", pins={0: face, -1: face.frames[0]}).provenance("nano", "sampled", None)
    assert (first.parents, first.found) == ((face.digest,), ("face.png",))
    made = Clip(face.frames, 24, first)
    assert Request("a monk", source=made, pins={0: face}).provenance("nano", "sampled", None).found == ("face.png",)
    assert Request("a monk", pins={0: face.frames[0]}).provenance("nano", "sampled", None).found == ()
