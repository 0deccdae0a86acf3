"""Video files: what is in them, their frames, and the takes that films are cut from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import cast

import numpy as np
from av import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.media.audio import decode_sound
from yingxi.media.boxes import check_whole
from yingxi.media.container import muxing, rate, reading


@dataclass(frozen=True)
class StreamInfo:
    """One stream of a file. `language` is ISO 639-2 (``und`` where none is given)."""

    kind: str
    codec: str
    language: str
    seconds: float


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds. `frames` counts pictures, `seconds` is the longest stream's duration."""

    size: Size
    fps: float
    frames: int
    seconds: float
    streams: tuple[StreamInfo, ...]
    metadata: Mapping[str, str]

    def of(self, kind: str) -> tuple[StreamInfo, ...]:
        """The streams of a kind: ``video``, ``audio`` or ``subtitle``."""
        return tuple(s for s in self.streams if s.kind == kind)


def probe(path: Path) -> VideoInfo:
    """Size, rate, duration, streams and metadata. Raises YingxiError if it is not a video."""
    with reading(path) as container:
        if not container.streams.video:
            raise YingxiError(f"{path} has no picture in it")
        video = container.streams.video[0]
        fps = float(video.average_rate or video.guessed_rate or 0)
        streams = tuple(
            StreamInfo(
                s.type,
                s.codec_context.name if s.codec_context else "",
                s.metadata.get("language", "und"),
                float(s.duration * s.time_base) if s.duration and s.time_base else 0.0,
            )
            for s in container.streams
        )
        seconds = (container.duration or 0) / 1_000_000
        frames = video.frames or round(seconds * fps)
        return VideoInfo(Size(video.width, video.height), fps, frames, seconds, streams, dict(container.metadata))


def read_frames(path: Path) -> Iterator[Frames]:
    """Frames `[H,W,3]` uint8 RGB, one by one. Raises YingxiError if it is not a video, or is cut off."""
    reformatter = VideoReformatter()
    with reading(path) as container:
        check_whole(path)
        if not container.streams.video:
            raise YingxiError(f"{path} has no picture in it")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            yield _to_rgb(frame, reformatter)


def read_clip(path: Path, provenance: Provenance) -> Clip:
    """A whole file as a Clip, with its sound if it has one. Frames are `[T,H,W,3]`: mind the memory."""
    info = probe(path)
    frames = list(read_frames(path))
    if not frames:
        raise YingxiError(f"{path} has no pictures in it")
    sound = decode_sound(path) if info.of("audio") else None
    return Clip(np.stack(frames), info.fps, provenance, sound)


def write_take(path: Path, frames: Iterable[Frames], fps: float, crf: int = 14) -> int:
    """A silent H.264 MP4 of high quality, streamed, whole or not at all. Returns the number of frames.

    Frames are `[H,W,3]` uint8 RGB, all of one size. An odd width or height is kept (4:4:4 instead of 4:2:0).
    Raises YingxiError where there are no frames or the disk refuses.
    """
    with muxing(path, {"movflags": "+faststart"}) as container:
        size, frames = first_size(path, frames)
        even = size.width % 2 == 0 and size.height % 2 == 0
        # A take is cut into a film once: what counts is the time, and `ultrafast` is as true at a third more bytes.
        options = {"preset": "ultrafast", "crf": str(crf)}
        stream = container.add_stream("libx264", rate=rate(fps), options=options)
        picture = Pictures(stream, size, "yuv420p" if even else "yuv444p")
        count = 0
        for frame in frames:
            container.mux(stream.encode(picture(frame, count)))
            count += 1
        container.mux(stream.encode())
    return count


def first_size(path: Path, frames: Iterable[Frames]) -> tuple[Size, Iterator[Frames]]:
    """The size of the first frame, and all the frames again. Raises YingxiError where there are none."""
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise YingxiError(f"cannot write {path}: there are no frames to write")
    height, width = first.shape[:2]
    return Size(width, height), chain([first], iterator)


def encoder_options(crf: int) -> dict[str, str]:
    """x264's options for films. `veryfast` makes drawn pictures smaller than `medium` does, in half the time."""
    return {"preset": "veryfast", "crf": str(crf)}


class Pictures:
    """Turns RGB arrays into frames for one encoder, in BT.709 at limited range, and flags the stream so."""

    def __init__(self, stream: VideoStream, size: Size, format: str) -> None:
        self._size, self._format = size, format
        self._reformatter = VideoReformatter()
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, format
        context = stream.codec_context
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG

    def __call__(self, frame: Frames, index: int) -> VideoFrame:
        """Frame number `index` from `[H,W,3]` uint8. Raises YingxiError for another size or type."""
        if frame.shape != (self._size.height, self._size.width, 3) or frame.dtype != np.uint8:
            raise YingxiError(f"frame {index} is {frame.shape} {frame.dtype}, not {self._size} RGB in bytes")
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24"),
            format=self._format,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        picture.pts = index
        return picture


def _to_rgb(frame: VideoFrame, reformatter: VideoReformatter) -> Frames:
    # Files that do not say are BT.709 from 576 lines up, BT.601 below, as players take it.
    space = frame.colorspace
    if space not in (Colorspace.ITU709, Colorspace.ITU601, Colorspace.SMPTE240M, Colorspace.BT2020):
        space = Colorspace.ITU709 if frame.height >= 576 else Colorspace.ITU601
    full = frame.color_range == ColorRange.JPEG
    converted = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=space,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return cast(Frames, converted.to_ndarray())
