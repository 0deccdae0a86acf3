"""Pictures: read, written, resized, and laid out in sheets."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from yingxi.core.clip import Frames
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_bytes, writing
from yingxi.core.shapes import Size
from yingxi.media.typeface import typeface

FORMATS = ("PNG", "JPEG", "WEBP")
_PAPER, _INK = (24, 22, 20), (214, 206, 190)


def read_picture(path: Path) -> Frames:
    """A PNG, JPEG or WebP as `[H,W,3]` uint8 RGB, turned upright, transparency over white.

    Raises YingxiError if it is not there, not such a picture, cut off, or too large to be safe to decode.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
            return np.array(upright.convert("RGB"))
    except UnidentifiedImageError as error:
        raise YingxiError(f"{path} is not a PNG, JPEG or WebP picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise YingxiError(f"{path} has too many pixels") from error
    except OSError as error:
        if error.errno is None:  # Pillow's own: the file is there, its content is not whole
            raise YingxiError(f"{path} is not a whole picture: {error}") from error
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except (SyntaxError, ValueError) as error:
        raise YingxiError(f"{path} is not a whole picture: {error}") from error


def picture_metadata(path: Path) -> dict[str, str]:
    """The text entries of a picture (PNG text chunks; XMP as ``XML:com.adobe.xmp``). None in what is no picture."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            found = {k: v for k, v in image.info.items() if isinstance(k, str) and isinstance(v, str)}
            xmp = image.info.get("xmp")
            if isinstance(xmp, bytes):
                found.setdefault("XML:com.adobe.xmp", xmp.decode(errors="replace"))
            return found
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {}


def write_png(path: Path, frame: Frames, metadata: Mapping[str, str] | None = None) -> None:
    """A PNG of `[H,W,3]` uint8 with text entries, whole or not at all."""
    info = PngInfo()
    for key, text in (metadata or {}).items():
        if key == "XML:com.adobe.xmp" or not text.isascii():
            info.add_itxt(key, text)
        else:
            info.add_text(key, text)
    with writing(path) as temporary:
        Image.fromarray(frame).save(temporary, "PNG", pnginfo=info)


def resize(frames: Frames, size: Size, fit: bool = False) -> Frames:
    """Frames `[H,W,3]` or `[T,H,W,3]` at another size, by Lanczos.

    With `fit` the middle is cut to the new aspect first; without, the picture is stretched to it.
    """
    if frames.ndim == 4:
        return np.stack([resize(frame, size, fit) for frame in frames])
    height, width = frames.shape[:2]
    if (width, height) == (size.width, size.height):
        return frames
    box = (0.0, 0.0, float(width), float(height))
    if fit:
        scale = min(width / size.width, height / size.height)
        w, h = size.width * scale, size.height * scale
        left, top = max(0.0, (width - w) / 2), max(0.0, (height - h) / 2)
        box = (left, top, min(width, left + w), min(height, top + h))
    image = Image.fromarray(frames).resize((size.width, size.height), Image.Resampling.LANCZOS, box=box)
    return np.array(image)


def contact_sheet(frames: Sequence[Frames] | Frames, columns: int, labels: Sequence[str] | None = None) -> Frames:
    """Frames `[H,W,3]` of one size on a dark sheet, row by row, each with its label below."""
    if not len(frames):
        raise YingxiError("a contact sheet needs at least one frame")
    height, width = frames[0].shape[:2]
    columns = max(1, min(columns, len(frames)))
    gap = max(2, width // 40)
    letter = max(9, width // 20)
    band = round(letter * 1.6) if labels else 0
    rows = -(-len(frames) // columns)
    sheet = Image.new("RGB", (gap + columns * (width + gap), gap + rows * (height + band + gap)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, frame in enumerate(frames):
        row, column = divmod(index, columns)
        x, y = gap + column * (width + gap), gap + row * (height + band + gap)
        sheet.paste(Image.fromarray(frame), (x, y))
        if labels and index < len(labels):
            font, text = typeface(letter), labels[index]
            while len(text) > 1 and font.getlength(text) > width:
                text = text.rstrip("…")[:-1] + "…"
            draw.text((x, y + height + band // 2), text, _INK, font, anchor="lm")
    return np.array(sheet)


def write_webp_animation(path: Path, frames: Sequence[Frames] | Frames, fps: float, max_bytes: int) -> int:
    """A looping WebP of at most `max_bytes`, whole or not at all; quality falls first, then size. Returns its bytes.

    Raises YingxiError where even a small picture does not fit.
    """
    if not len(frames):
        raise YingxiError(f"cannot write {path}: there are no frames to write")
    images = [Image.fromarray(frame) for frame in frames]
    width, height = images[0].size
    for scale in (1.0, 0.75, 0.5, 0.35, 0.25):
        small = Size(max(1, round(width * scale)), max(1, round(height * scale)))
        scaled = [i.resize((small.width, small.height), Image.Resampling.LANCZOS) for i in images]
        for quality in (80, 60, 40):
            data = BytesIO()
            scaled[0].save(
                data, "WEBP", save_all=True, append_images=scaled[1:], duration=round(1000 / fps), loop=0,
                quality=quality, method=4,
            )  # fmt: skip
            if data.tell() <= max_bytes:
                write_bytes(path, data.getvalue())
                return data.tell()
    raise YingxiError(f"cannot write {path}: {len(images)} frames do not fit in {max_bytes} bytes")
