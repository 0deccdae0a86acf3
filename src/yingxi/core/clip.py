"""Frames with a frame rate, sound if any, and where they came from."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from yingxi.core import plugins
from yingxi.core.digest import DIGEST_LENGTH
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size, VideoShape
from yingxi.core.time import frame_count

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
    """What made a clip: a program that draws (`animation`), a trained model (`sampled`), or nobody here, where it was
    read from a file (`found`), whose name is `model` then.

    `parents` are the digests of the clips that it was made of. `found` are the names of the files among its parents,
    and among theirs.
    """

    model: str
    kind: Literal["animation", "sampled", "found"]
    weights: str | None = None
    seed: int = 0
    prompt: str = ""
    parents: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @property
    def origins(self) -> tuple[str, ...]:
        """Names of the files that it was made of, or is."""
        return (self.model,) if self.kind == "found" else self.found


@dataclass(frozen=True, eq=False)
class Latents:
    """What a model made a clip's frames of: `values` `[N,C,h,w]` float32, each for `span` frames.

    `space` is the digest of the autoencoder they belong to. `offset` is how many of the first one's frames come
    before the clip's first.
    """

    values: NDArray[np.float32]
    space: str
    span: int
    offset: int = 0

    def part(self, start: int, stop: int) -> Self:
        """Those of the clip's frames from `start` to `stop`."""
        first = (self.offset + start) // self.span
        last = -(-(self.offset + stop) // self.span)
        return replace(self, values=self.values[first:last], offset=self.offset + start - first * self.span)


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames `[T,H,W,3]` uint8, RGB, at `fps` frames a second. A clip carries no label; files for people do.

    `latents` let the model that made the clip go on from it without encoding it again; where frames are changed they
    are to be dropped.
    """

    frames: Frames
    fps: float
    provenance: Provenance
    sound: Sound | None = None
    latents: Latents | None = None

    def __post_init__(self) -> None:
        if self.frames.ndim != 4 or self.frames.shape[-1] != 3 or self.frames.dtype != np.uint8:
            raise YingxiError(f"a clip is [T,H,W,3] uint8, not {self.frames.shape} {self.frames.dtype}")

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """A video with its sound, or a picture (PNG, JPEG, WebP) as one frame: to be pinned, or given as a source.

        It is not saved as it is, for no label may say that it was made here (its provenance is `found`). Mind the
        memory that a long video takes. Raises YingxiError for what is no whole video or picture.
        """
        return plugins.find(plugins.OPEN, "default")(Path(path))

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

    def part(self, start: int, stop: int) -> Self:
        """Frames `start` to `stop`, with their sound and latents. Raises YingxiError where there are none."""
        if not 0 <= start < stop <= len(self.frames):
            raise YingxiError(f"a clip of {len(self.frames)} frames has no frames {start} to {stop}")
        sound = self.sound
        if sound is not None:
            begin, end = (round(frame / self.fps * sound.rate) for frame in (start, stop))
            sound = Sound(sound.samples[begin:end], sound.rate)
        latents = self.latents.part(start, stop) if self.latents else None
        return replace(self, frames=self.frames[start:stop], sound=sound, latents=latents)

    def at(self, fps: float) -> Self:
        """The same clip at another frame rate: frames are repeated or left out, never blended; one stays one."""
        if fps == self.fps:
            return self
        if len(self.frames) == 1:
            return replace(self, fps=fps)
        count = frame_count(self.seconds, fps)
        shown = np.minimum(((np.arange(count) + 0.5) * self.fps / fps).astype(int), len(self.frames) - 1)
        return replace(self, frames=self.frames[shown], fps=fps, latents=None)

    def save(self, path: str | Path) -> Path:
        """Release to a file for people: labelled, with metadata and a signature.

        An MP4 for a clip; a PNG for one frame where the name ends in `.png`. Raises Refused where the policy does,
        and for what was opened.
        """
        release = plugins.find(plugins.RELEASE, "default")
        return release(self, Path(path))
