"""Sizes and shapes, with arithmetic of their own. A size is always written WIDTHxHEIGHT."""

import re
from dataclasses import dataclass
from typing import Self

from yingxi.core.errors import YingxiError


@dataclass(frozen=True, order=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1280x720``. Raises YingxiError for anything else."""
        match = re.fullmatch(r"\s*(\d{1,5})\s*[xX×]\s*(\d{1,5})\s*", text)
        if not match or not (int(match[1]) and int(match[2])):
            raise YingxiError(f"size {text!r} is not WIDTHxHEIGHT in pixels, such as 1280x720")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class VideoShape:
    """Pixels of a clip: frames, height, width (three channels of bytes are understood)."""

    frames: int
    height: int
    width: int

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def nbytes(self) -> int:
        return self.frames * self.height * self.width * 3
