"""From a cut to a file for people: frames, sound and subtitles streamed through the release."""

import time
from collections.abc import Iterator
from pathlib import Path

from yingxi.core.clip import Frames, Sound
from yingxi.core.digest import digest, file_digest
from yingxi.core.shapes import Size
from yingxi.film.cut import Cut
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.progress import Progress
from yingxi.film.settings import ClipSound, FilmSettings
from yingxi.film.take import Take

LOUDNESS = -16.0  # LUFS
SOUND_RATE = 48_000


def finished_key(path: Path, cut: Cut, folder: Folder, settings: FilmSettings) -> str:
    """The digest of what a finished file is made from. A film's subtitles are those in `film.srt`, which a person
    may edit; an animatic has its own."""
    srt = file_digest(folder.subtitles) if path == folder.film and folder.subtitles.is_file() else None
    sound = settings.clip_sound if any(take.sound for _, take in cut.parts) else None
    return digest("finish", cut.key, srt, settings.size, sound)


def is_finished(path: Path, key: str, ledger: Ledger) -> bool:
    """Whether `path` is there, whole, and was made from `key`."""
    made = ledger.fact(path.name)
    if made is None or made["key"] != key or not path.is_file():
        return False
    stat = path.stat()
    if [stat.st_size, stat.st_mtime_ns] == made["stat"]:
        return True
    return file_digest(path) == made["digest"]  # copied or moved: another time, the same bytes


def finish(path: Path, cut: Cut, folder: Folder, settings: FilmSettings, ledger: Ledger, progress: Progress) -> None:
    """Release the cut to `path`, whole or not at all, streamed."""
    from yingxi.media.film import Reel
    from yingxi.media.subtitles import read_srt
    from yingxi.safety.release import release_film

    cues = read_srt(folder.subtitles) if path == folder.film else cut.cues()
    key, begun = finished_key(path, cut, folder, settings), time.monotonic()
    with progress.task(path.stem, cut.frames) as advance:
        release_film(
            path,
            frames(cut, folder, settings.frame),
            Reel(settings.frame, cut.fps, cut.language, sound(cut, folder, settings.clip_sound), cues),
            title=cut.title,
            provenances=[take.provenance for _, take in cut.parts],
            synthetic_voices=any(plan.speeches for plan, _ in cut.parts),
            prompts=[plan.shot.prompt for plan, _ in cut.parts],
            on_frame=lambda _: advance(1),
        )
    stat = path.stat()
    made = {"key": key, "digest": file_digest(path), "stat": [stat.st_size, stat.st_mtime_ns]}
    ledger.record("finish", key, {"file": path.name}, time.monotonic() - begun)
    ledger.set_fact(path.name, made)


def frames(cut: Cut, folder: Folder, size: Size) -> Iterator[Frames]:
    """The film's frames `[H,W,3]`, one by one: each take at the film's size and rate, as long as its shot."""
    for plan, take in cut.parts:
        yield from _shown(take, plan.frames, folder, size, cut.fps)


def _shown(take: Take, count: int, folder: Folder, size: Size, fps: float) -> Iterator[Frames]:
    """`count` frames of a take; a slower take's are repeated, the last one stands if the take is too short."""
    from yingxi.media.picture import resize
    from yingxi.media.video import read_frames

    source = read_frames(take.path(folder))
    at, frame = -1, None
    for index in range(count):
        due = int(index * take.fps / fps + 1e-6)
        fresh = None
        while at < due and (following := next(source, None)) is not None:
            at, fresh = at + 1, following
        if fresh is not None:
            frame = resize(fresh, size, fit=True)
        if frame is None:
            return
        yield frame


def sound(cut: Cut, folder: Folder, clip_sound: ClipSound) -> Sound:
    """All voices of the film where they are spoken, with what its clips let be heard, at the loudness of films."""
    from yingxi.media.audio import read_wav
    from yingxi.voice.duck import duck, level
    from yingxi.voice.loudness import normalise
    from yingxi.voice.mix import mix

    lines = [(start, read_wav(folder.voice(key))) for start, _, key, _, _ in cut.spoken()]
    speech = normalise(mix(lines, cut.seconds, SOUND_RATE), LOUDNESS)
    clips = [(start, _heard(take, seconds, folder)) for start, seconds, take in cut.heard()]
    if clip_sound == "drop" or not clips:
        return speech
    bed = level(mix(clips, cut.seconds, SOUND_RATE))
    if clip_sound == "duck":
        bed = duck(bed, [(start, start + seconds) for start, seconds, _, _, _ in cut.spoken()])
    return normalise(Sound(speech.samples + bed.samples, SOUND_RATE), LOUDNESS)


def _heard(take: Take, seconds: float, folder: Folder) -> Sound:
    """No longer than its shot."""
    from yingxi.media.audio import read_wav

    whole = read_wav(take.sound_path(folder))
    return Sound(whole.samples[: round(seconds * whole.rate)], whole.rate)
