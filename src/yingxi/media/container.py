"""Opening media files with FFmpeg's libraries, mistakes told as sentences."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError, InvalidDataError

from yingxi.core.errors import YingxiError
from yingxi.core.files import explain, writing

_TEXT_ART = ("tty", "bin", "adf", "idf", "xbin")  # what FFmpeg would play a story as


def rate(fps: float) -> Fraction:
    """A frame rate as a fraction that MP4 can hold: 23.976 is 24000/1001. Raises YingxiError outside 0.1..240."""
    if not 0.1 <= fps <= 240:
        raise YingxiError(f"a frame rate is between 0.1 and 240 a second, not {fps:g}")
    for whole in (24, 30, 60):
        if abs(fps - whole / 1.001) < 5e-3:
            return Fraction(whole * 1000, 1001)
    return Fraction(fps).limit_denominator(1001)


@contextmanager
def reading(path: Path) -> Iterator[InputContainer]:
    """A media file opened to read. Raises YingxiError if it is not there, or not whole audio or video."""
    if not path.is_file():
        reason = "it is a folder" if path.is_dir() else "there is no such file"
        raise YingxiError(f"cannot read {path}: {reason}")
    try:
        with av.open(str(path)) as container:
            if container.format.name in _TEXT_ART:
                raise YingxiError(f"{path} is text, not a video or sound file")
            yield container
    except InvalidDataError as error:
        raise YingxiError(f"{path} is not a whole video or sound file") from error
    except FFmpegError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error


@contextmanager
def muxing(path: Path, options: Mapping[str, str] | None = None) -> Iterator[OutputContainer]:
    """An MP4 opened to write, which appears at `path` whole or not at all.

    Raises YingxiError where the disk or the encoder refuses.
    """
    with writing(path) as temporary:
        container = None
        try:
            container = av.open(str(temporary), "w", format="mp4", options=dict(options or {}))
            yield container
            container.close()
        except FFmpegError as error:
            if error.errno in errno.errorcode:
                raise explain(OSError(error.errno, error.strerror), path) from error
            raise YingxiError(f"cannot write {path}: {error.strerror or error}") from error
        finally:
            if container is not None:
                with suppress(FFmpegError, OSError):
                    container.close()
