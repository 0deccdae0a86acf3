"""Frames with a frame rate, sound if any, and where they came from."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from yingxi.core import plugins
from yingxi.core.digest import DIGEST_LENGTH
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size, VideoShape

Frames = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples `[N]` float32 in -1..1, one channel, and their rate in hertz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Provenance:
    """What made a clip: drawn by a program (`animation`) or drawn from a trained model (`sampled`)."""

    model: str
    kind: Literal["animation", "sampled"]
    weights: str | None = None
    seed: int = 0
    prompt: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames `[T,H,W,3]` uint8, RGB, at `fps` frames a second. A clip carries no label; files for people do."""

    frames: Frames
    fps: float
    provenance: Provenance
    sound: Sound | None = None
    extras: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.frames.ndim != 4 or self.frames.shape[-1] != 3 or self.frames.dtype != np.uint8:
            raise YingxiError(f"a clip is [T,H,W,3] uint8, not {self.frames.shape} {self.frames.dtype}")

    @property
    def shape(self) -> VideoShape:
        frames, height, width, _ = self.frames.shape
        return VideoShape(frames, height, width)

    @property
    def size(self) -> Size:
        return self.shape.size

    @property
    def seconds(self) -> float:
        return len(self.frames) / self.fps

    @property
    def digest(self) -> str:
        """24 hexadecimal digits over pixels, shape and frame rate."""
        state = hashlib.sha256(f"{self.frames.shape} {self.fps}".encode())
        state.update(np.ascontiguousarray(self.frames).data)
        return state.hexdigest()[:DIGEST_LENGTH]

    def save(self, path: str | Path) -> Path:
        """Release to a file for people: labelled, with metadata and a signature.

        An MP4 for a clip; a PNG for one frame where the name ends in `.png`. Raises Refused where the policy does.
        """
        release = plugins.find(plugins.RELEASE, "default")
        return release(self, Path(path))
