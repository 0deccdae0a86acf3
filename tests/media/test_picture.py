"""Pictures are read whatever their format, and sheets hold every frame."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.media.picture import (
    contact_sheet,
    picture_metadata,
    read_picture,
    resize,
    write_png,
    write_webp_animation,
)


def patch(width: int = 40, height: int = 30) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([rows * 8 % 256, columns * 6 % 256, (rows + columns) % 256], -1).astype(np.uint8)


def test_png_is_exact_and_carries_text(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", patch(), {"AIGC": '{"Label":"1"}', "title": "影戏"})
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), patch())
    assert picture_metadata(tmp_path / "a.png") == {"AIGC": '{"Label":"1"}', "title": "影戏"}


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_other_formats(tmp_path: Path, format: str) -> None:
    flat = np.full((30, 40, 3), (120, 90, 60), np.uint8)
    Image.fromarray(flat).save(tmp_path / "a", format)
    assert np.abs(read_picture(tmp_path / "a").astype(int) - flat).max() <= 4


def test_transparency_lies_over_white_and_pictures_stand_upright(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert (read_picture(tmp_path / "a.png") == 255).all()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (20, 10)).save(tmp_path / "b.jpg", exif=exif)
    assert read_picture(tmp_path / "b.jpg").shape == (20, 10, 3)


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("Once upon a time")
    with pytest.raises(YingxiError, match="not a PNG, JPEG or WebP"):
        read_picture(tmp_path / "a.png")
    with pytest.raises(YingxiError, match="cannot read"):
        read_picture(tmp_path / "absent.png")
    data = BytesIO()
    Image.fromarray(patch(200, 200)).save(data, "PNG")
    (tmp_path / "cut.png").write_bytes(data.getvalue()[:200])
    with pytest.raises(YingxiError, match="not a whole picture"):
        read_picture(tmp_path / "cut.png")
    Image.new("L", (4, 4)).save(tmp_path / "a.bmp")
    with pytest.raises(YingxiError, match="not a PNG"):
        read_picture(tmp_path / "a.bmp")


@settings(deadline=None)
@given(st.integers(2, 60), st.integers(2, 60), st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_resize_gives_the_size(width: int, height: int, to_width: int, to_height: int, fit: bool) -> None:
    frames = np.stack([patch(width, height)] * 2)
    assert resize(frames, Size(to_width, to_height), fit).shape == (2, to_height, to_width, 3)
    flat = np.full((height, width, 3), 77, np.uint8)
    assert (resize(flat, Size(to_width, to_height), fit) == 77).all()


def test_fit_cuts_the_sides_and_keeps_the_middle() -> None:
    wide = np.zeros((90, 320, 3), np.uint8)
    wide[:, 80:240] = 200
    assert (resize(wide, Size(160, 90), fit=True)[:, 4:-4] > 190).all()
    assert (resize(wide, Size(160, 90))[:, :30] < 10).all()


def test_a_sheet_shows_every_frame() -> None:
    frames = [np.full((30, 40, 3), 40 * (i + 1), np.uint8) for i in range(5)]
    plain, lettered = contact_sheet(frames, 3), contact_sheet(frames, 3, ["1A", "影戏", "a long label" * 9])
    assert all((plain == 40 * (i + 1)).all(-1).sum() >= 30 * 40 for i in range(5))
    assert lettered.shape[0] > plain.shape[0]
    assert lettered.shape[1] == plain.shape[1]
    with pytest.raises(YingxiError, match="at least one"):
        contact_sheet([], 3)


def test_an_animation_keeps_to_its_bytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (6, 120, 160, 3), dtype=np.uint8)
    size = write_webp_animation(tmp_path / "a.webp", noise, 12, 30_000)
    assert size == (tmp_path / "a.webp").stat().st_size <= 30_000
    with Image.open(tmp_path / "a.webp") as image:
        assert getattr(image, "n_frames", 1) == 6
    with pytest.raises(YingxiError, match="do not fit"):
        write_webp_animation(tmp_path / "b.webp", noise, 12, 100)
    assert not (tmp_path / "b.webp").exists()
