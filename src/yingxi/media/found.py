"""Files that others made, as clips."""

from pathlib import Path

from yingxi.core.clip import Clip, Provenance
from yingxi.media.picture import read_picture
from yingxi.media.video import read_clip

RATE = 24.0
"""Frames a second of a picture, which has no rate of its own."""


def open_found(path: Path) -> Clip:
    """A video with its sound, or a picture as one frame, told apart by content. Raises YingxiError for all else."""
    return open_picture(path) if _is_picture(path) else read_clip(path, Provenance(path.name, "found"))


def open_picture(path: Path) -> Clip:
    """A PNG, JPEG or WebP as one frame. Raises YingxiError as `read_picture` does."""
    return Clip(read_picture(path)[None], RATE, Provenance(path.name, "found"))


def _is_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False  # whoever reads it as a video says what is wrong
    return head.startswith((b"\x89PNG", b"\xff\xd8\xff")) or (head[:4], head[8:]) == (b"RIFF", b"WEBP")
