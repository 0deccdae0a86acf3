"""The cut as an OpenTimelineIO file, which editing programs open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import opentimelineio as otio

from yingxi.core.digest import plain
from yingxi.core.documents import read_text
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text
from yingxi.media.subtitles import Cue

_KEY = "yingxi"


@dataclass(frozen=True)
class TimelineShot:
    """A shot's selected take: `media` is a path relative to the timeline's folder, `frames` how long it plays."""

    slate: str
    media: str
    frames: int
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TimelineSound:
    """A sound file placed at `start` seconds of the film, `seconds` long."""

    name: str
    media: str
    start: float
    seconds: float
    metadata: Mapping[str, Any] = field(default_factory=dict)


def write_timeline(
    path: Path,
    name: str,
    fps: float,
    shots: Sequence[TimelineShot],
    sounds: Mapping[str, Sequence[TimelineSound]] | None = None,
    cues: Sequence[Cue] = (),
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write `cut.otio`, whole or not at all: a picture track, cues as markers, and sounds under the name of their
    tracks, of which there are as many as overlap."""
    timeline = otio.schema.Timeline(name, metadata={_KEY: plain(metadata or {})})
    timeline.global_start_time = otio.opentime.RationalTime(0, fps)
    picture = otio.schema.Track("Picture", kind=otio.schema.TrackKind.Video)
    for shot in shots:
        length = _span(0, shot.frames, fps)
        data = {_KEY: {**plain(shot.metadata), "slate": shot.slate}}
        picture.append(_clip(shot.slate, shot.media, length, data))
    for cue in cues:
        start, end = round(cue.start * fps), round(cue.end * fps)
        picture.markers.append(
            otio.schema.Marker(
                name=cue.text, marked_range=_span(start, max(0, end - start), fps), metadata={_KEY: {"kind": "cue"}}
            )
        )
    timeline.tracks.append(picture)
    for title, placed in (sounds or {}).items():
        for number, lane in enumerate(_lanes(placed, fps), 1):
            timeline.tracks.append(_sound_track(f"{title} {number}", lane, fps))
    write_text(path, otio.adapters.write_to_string(timeline, "otio_json"))


def read_timeline(path: Path) -> list[tuple[str, int]]:
    """Slate and frames of each shot, in order. Raises YingxiError if it is not a timeline of shots."""
    text = read_text(path)
    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError) as error:
        raise YingxiError(f"{path} is not an OpenTimelineIO file: {error}") from error
    if not isinstance(timeline, otio.schema.Timeline):
        raise YingxiError(f"{path} is an OpenTimelineIO file, but no timeline")
    clips = [c for track in timeline.video_tracks() for c in track.find_clips()]
    return [(c.metadata.get(_KEY, {}).get("slate", c.name), round(c.trimmed_range().duration.value)) for c in clips]


def _span(start: float, frames: float, fps: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, fps), otio.opentime.RationalTime(frames, fps))


def _clip(name: str, media: str, length: otio.opentime.TimeRange, metadata: dict[str, Any]) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(target_url=media, available_range=length)
    return otio.schema.Clip(name=name, media_reference=reference, source_range=length, metadata=metadata)


def _lanes(sounds: Sequence[TimelineSound], fps: float) -> list[list[TimelineSound]]:
    """Sounds on as few tracks as hold them: each on the first whose last sound has ended."""
    lanes: list[list[TimelineSound]] = []
    for sound in sorted(sounds, key=lambda s: s.start):
        for lane in lanes:
            if _frames(lane[-1], fps)[1] <= _frames(sound, fps)[0]:
                lane.append(sound)
                break
        else:
            lanes.append([sound])
    return lanes


def _sound_track(name: str, sounds: Sequence[TimelineSound], fps: float) -> otio.schema.Track:
    track = otio.schema.Track(name, kind=otio.schema.TrackKind.Audio)
    at = 0
    for sound in sounds:
        start, end = _frames(sound, fps)
        if start > at:
            track.append(otio.schema.Gap(source_range=_span(0, start - at, fps)))
        data = {_KEY: {**plain(sound.metadata), "start": round(sound.start, 6), "seconds": round(sound.seconds, 6)}}
        track.append(_clip(sound.name, sound.media, _span(0, end - start, fps), data))
        at = end
    return track


def _frames(sound: TimelineSound, fps: float) -> tuple[int, int]:
    start = max(0, round(sound.start * fps))
    return start, max(start + 1, round((sound.start + sound.seconds) * fps))
