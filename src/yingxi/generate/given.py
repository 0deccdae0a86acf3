"""What a person gives with a prompt as files: pictures, videos, a list of shots."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from yingxi.core import tasks
from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Capabilities
from yingxi.core.request import Pin, Request
from yingxi.core.shapes import Size
from yingxi.media.found import open_picture
from yingxi.media.picture import resize
from yingxi.media.video import probe, read_frames

Mode = Literal["extend", "prepend", "edit", "connect"]


@dataclass(frozen=True)
class Given:
    """Files. `mode` is what is to be done with `video`; `other` is the video that it is connected with."""

    image: Path | None = None
    last_image: Path | None = None
    video: Path | None = None
    mode: Mode | None = None
    other: Path | None = None
    shots: Path | None = None

    def check(self, request: Request) -> None:
        """Raises YingxiError for files that are not there or are no videos, and for modes without them."""
        if self.mode and not self.video:
            raise YingxiError(f"--mode {self.mode} needs a video: give --video FILE")
        if self.video and not self.mode:
            raise YingxiError("say what is to be done with the video: --mode extend, prepend, edit or connect")
        if self.shots and request.prompt:
            raise YingxiError("give a prompt or --shots, not both")
        if (self.mode == "connect") != (self.other is not None):
            raise YingxiError("--mode connect and --with FILE, the video that follows, go together")
        for path in (self.video, self.other):
            if path:
                probe(path)

    def add(self, request: Request, can: Capabilities) -> Request:
        """The request with what the files hold. Raises YingxiError where they cannot be read or used."""
        if self.shots:
            request = replace(request, prompt=read_shots(self.shots))
        pictures = {0: self.image, -1: self.last_image}
        pins: dict[int | float, Pin] = {key: open_picture(path) for key, path in pictures.items() if path}
        request = replace(request, pins=pins)
        if not self.video:
            return request
        size = request.size or can.default_size
        clip = read_video(self.video, size, can)
        if self.mode == "edit":
            return tasks.edit(request, clip)
        if request.seconds is None and not self.shots:
            request = replace(request, seconds=can.default_seconds)
        if self.mode == "extend":
            return tasks.extend(request, clip)
        if self.mode == "prepend":
            return tasks.prepend(request, clip)
        assert self.other is not None
        return tasks.connect(request, clip, read_video(self.other, size, can))


def read_shots(path: Path) -> list[tuple[str, float]]:
    """(prompt, seconds) from a text file with a shot on each line: its seconds, a space, its prompt.

    Empty lines and lines that begin with # are left out. Raises YingxiError naming file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise YingxiError(f"{path} is not text in UTF-8") from error
    shots = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        seconds, _, prompt = line.strip().partition(" ")
        try:
            shots.append((prompt.strip(), float(seconds)))
        except ValueError as error:
            wanted = "a shot is its seconds, then its prompt, as in: 2.5 A monk bows."
            raise YingxiError(f"{path}:{number}: {wanted}") from error
    if not shots:
        raise YingxiError(f"there are no shots in {path}")
    return shots


def read_video(path: Path, size: Size, can: Capabilities) -> Clip:
    """A video's pictures, no larger than needed to cover `size`, without its sound.

    Raises YingxiError if it is not a whole video, or longer than the model's clips.
    """
    info = probe(path)
    if info.seconds > can.max_seconds:
        raise YingxiError(f"{path} lasts {info.seconds:.0f} seconds: at most {can.max_seconds:g} can be taken")
    scale = max(size.width / info.size.width, size.height / info.size.height)
    cover = Size(round(info.size.width * scale), round(info.size.height * scale))
    frames: list[Frames] = [resize(frame, cover) if scale < 1 else frame for frame in read_frames(path)]
    if not frames:
        raise YingxiError(f"{path} has no pictures in it")
    return Clip(np.stack(frames), info.fps, Provenance(path.name, "found"))
