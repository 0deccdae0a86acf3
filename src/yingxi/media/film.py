"""The finished film: picture, sound and subtitles in one MP4 that starts to play at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av import Packet
from av.container import OutputContainer
from av.subtitles.stream import SubtitleStream

from yingxi.core.clip import Frames, Sound
from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.core.story import Language
from yingxi.media.audio import SoundTrack
from yingxi.media.container import muxing, rate, reading
from yingxi.media.subtitles import Cue
from yingxi.media.video import Pictures, encoder_options

SOUND_RATE = 48_000
LANGUAGE_CODES: Mapping[Language, str] = {"en": "eng", "zh": "zho"}  # ISO 639-2/T, which MP4 wants

_MILLISECOND = Fraction(1, 1000)
# White letters on a half transparent ground, for players that follow the file and not their own settings.
_STYLE = b"\n".join(
    (
        b"[Script Info]",
        b"ScriptType: v4.00+",
        b"[V4+ Styles]",
        b"Format: Name, Fontname, Fontsize, PrimaryColour, BackColour",
        b"Style: Default,Sans,18,&H00FFFFFF,&H80000000",
        b"",
    )
)


@dataclass(frozen=True)
class Reel:
    """What goes with a film's frames: their size and rate, and what is heard and read beside them."""

    size: Size
    fps: float
    language: Language
    sound: Sound | None = None
    cues: Sequence[Cue] = ()


def write_film(
    path: Path,
    frames: Iterable[Frames],
    reel: Reel,
    metadata: Mapping[str, str],
    *,
    crf: int = 18,
    on_frame: Callable[[int], None] | None = None,
) -> int:
    """H.264 (BT.709, 4:2:0), AAC at 48 kHz and a soft subtitle track, whole or not at all.

    Frames `[H,W,3]` uint8 are streamed, so that memory does not grow with the film; an odd width or height grows by
    one repeated row or column, as 4:2:0 needs. The picture decides how long the film is: sound and cues past its end
    are cut, silence fills what is missing. `on_frame` is called with the number of frames written. Returns that
    number. Raises YingxiError where there are no frames or the disk refuses.
    """
    with muxing(path, {"movflags": "+faststart+use_metadata_tags"}) as container:
        container.metadata.update(metadata)
        size, sound, language = reel.size, reel.sound, LANGUAGE_CODES[reel.language]
        even = Size(size.width + size.width % 2, size.height + size.height % 2)
        video = container.add_stream("libx264", rate=rate(reel.fps), options=encoder_options(crf))
        picture = Pictures(video, even, "yuv420p")
        video.metadata["language"] = language
        audio = container.add_stream("aac", rate=SOUND_RATE, layout="mono", bit_rate=128_000) if sound else None
        if audio is not None:
            audio.metadata["language"] = language
        titles = Titles(container, reel.cues, language) if reel.cues else None
        track = SoundTrack(sound, SOUND_RATE) if sound else None

        def others(seconds: float) -> None:
            if audio is not None and track is not None and (part := track.until(seconds)):
                container.mux(audio.encode(part))
            if titles is not None:
                titles.until(seconds)

        count = 0
        for frame in frames:
            container.mux(video.encode(picture(_grown(frame, even), count)))
            count += 1
            others(count / float(rate(reel.fps)))
            if on_frame is not None:
                on_frame(count)
        if not count:
            raise YingxiError(f"cannot write {path}: there are no frames to write")
        container.mux(video.encode())
        if audio is not None:
            container.mux(audio.encode())
        if titles is not None:
            titles.end(count / float(rate(reel.fps)))
    return count


class Titles:
    """The subtitle track: each cue is muxed when the picture has come to it, so that players need not seek."""

    def __init__(self, container: OutputContainer, cues: Sequence[Cue], language: str) -> None:
        self._container = container
        self._stream: SubtitleStream = container.add_stream("mov_text")
        self._stream.time_base = self._stream.codec_context.time_base = _MILLISECOND
        self._stream.codec_context.subtitle_header = _STYLE
        self._stream.metadata["language"] = language
        self._waiting = sorted(cues, key=lambda cue: cue.start)
        self._free = 0

    def until(self, seconds: float) -> None:
        """Write the cues that start and end before `seconds`."""
        while self._waiting and self._waiting[0].end <= seconds:
            self._write(self._waiting.pop(0))

    def end(self, seconds: float) -> None:
        """Write what is left of the cues that start before `seconds`, where the film ends."""
        for cue in self._waiting:
            if cue.start < seconds:
                self._write(Cue(cue.start, min(cue.end, seconds), cue.text))

    def _write(self, cue: Cue) -> None:
        # One text at a time is all that the format holds: a cue that overlaps the last begins after it.
        start, end = max(self._free, round(cue.start * 1000)), round(cue.end * 1000)
        if end <= start:
            return
        text = cue.text.encode()
        packet = Packet(len(text).to_bytes(2, "big") + text)  # 3GPP TS 26.245, 5.17: a length, then UTF-8
        packet.stream, packet.time_base = self._stream, _MILLISECOND
        packet.pts = packet.dts = start
        packet.duration = end - start
        self._container.mux(packet)
        self._free = end


def _grown(frame: Frames, size: Size) -> Frames:
    height, width = frame.shape[:2]
    if (width, height) == (size.width, size.height) or size.width - width > 1 or size.height - height > 1:
        return frame
    return np.pad(frame, ((0, size.height - height), (0, size.width - width), (0, 0)), mode="edge")


def read_cues(path: Path) -> list[Cue]:
    """The cues of a film's subtitle track, none where it has no such track."""
    with reading(path) as container:
        if not container.streams.subtitles:
            return []
        found = []
        for packet in container.demux(container.streams.subtitles[0]):
            if packet.pts is not None and packet.time_base is not None and packet.size > 2:
                start, end = (packet.pts, packet.pts + (packet.duration or 0))
                text = _text(bytes(packet))
                found.append(Cue(float(start * packet.time_base), float(end * packet.time_base), text))
        return found


def _text(packet: bytes) -> str:
    return packet[2 : 2 + int.from_bytes(packet[:2], "big")].decode(errors="replace")
