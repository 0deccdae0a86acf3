"""The only way out: what leaves as a file for people is checked, labelled, described and signed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from yingxi.core.clip import Clip, Frames, Provenance, Sound
from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.core.files import explain, writing
from yingxi.core.shapes import Size
from yingxi.core.story import language_of
from yingxi.media.film import Reel, write_film
from yingxi.media.picture import write_png
from yingxi.safety.aigc import picture_metadata, video_metadata
from yingxi.safety.credentials import credentials
from yingxi.safety.label import label_opening, labelled
from yingxi.safety.policy import check_prompt

SUFFIXES = (".mp4", ".png")


def release_film(
    path: Path,
    frames: Iterable[Frames],
    reel: Reel,
    *,
    title: str,
    provenances: Sequence[Provenance],
    synthetic_voices: bool,
    prompts: Sequence[str] = (),
    on_frame: Callable[[int], None] | None = None,
) -> Path:
    """Write a film for people to `path`, whole or not at all, and return the path.

    The policy reads title, prompts and cues before any work. The label is burned into the opening frames `[H,W,3]` as
    they stream by; the file says in its metadata and in its signed manifest what it is and what made each shot.
    Raises Refused where the policy does, YingxiError where the disk does.
    """
    from yingxi.safety.provenance import sign, source_type

    for text in (title, *prompts, *(p.prompt for p in provenances), *(cue.text for cue in reel.cues)):
        check_prompt(text)
    kind = source_type(provenances, synthetic_voices)
    credentials()  # where nothing can be signed, that is said before the work
    metadata = {"title": title, **video_metadata(_produce_id(title, reel.size, reel.fps, reel.language, provenances))}
    with _unsigned(path) as unsigned:
        opening = label_opening(frames, reel.fps, reel.language)
        write_film(unsigned, opening, reel, metadata, on_frame=on_frame)
        sign(unsigned, kind, title, provenances)
    return path


def check_target(path: Path) -> None:
    """Raise YingxiError if a clip could not be saved to `path`: said before the work, not after it."""
    if path.suffix.lower() not in SUFFIXES:
        raise YingxiError(f"cannot save {path}: a clip is saved as .mp4, a single frame also as .png")
    if path.is_dir():
        raise YingxiError(f"cannot write {path}: it is a folder")
    credentials()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise explain(error, path) from error


def release_clip(clip: Clip, path: Path) -> Path:
    """Write a clip as `.mp4`, or a clip of one frame as `.png`, labelled and signed; returns the path.

    Raises Refused where the policy does, YingxiError for another ending of the name or where the disk refuses.
    """
    check_target(path)
    if path.suffix.lower() == ".mp4":
        return release_stream(path, clip.frames, clip.size, clip.fps, clip.provenance, clip.sound)
    if len(clip.frames) != 1:
        raise YingxiError(f"cannot save {path}: a clip of {len(clip.frames)} frames is saved as .mp4")

    from yingxi.safety.provenance import sign, source_type

    made_by = clip.provenance
    check_prompt(made_by.prompt)
    kind = source_type([made_by], False)
    metadata = picture_metadata(_produce_id(clip.digest, made_by))
    with _unsigned(path) as unsigned:
        write_png(unsigned, labelled(clip.frames[0], language_of(made_by.prompt)), metadata)
        sign(unsigned, kind, _title(made_by, path), [made_by])
    return path


def release_stream(
    path: Path, frames: Iterable[Frames], size: Size, fps: float, provenance: Provenance, sound: Sound | None = None
) -> Path:
    """Write frames `[H,W,3]` as they are made to an `.mp4`, labelled and signed; raises as `release_film` does."""
    reel = Reel(size, fps, language_of(provenance.prompt), sound)
    title = _title(provenance, path)
    return release_film(path, frames, reel, title=title, provenances=[provenance], synthetic_voices=False)


def _title(provenance: Provenance, path: Path) -> str:
    return provenance.prompt.partition("\n")[0][:80] or path.stem


@contextmanager
def _unsigned(path: Path) -> Iterator[Path]:
    """Where a file lies until it is signed. Mistakes are told of the file that was asked for."""
    with writing(path) as unsigned:
        try:
            yield unsigned
        except YingxiError as error:
            if str(unsigned) not in str(error):
                raise
            raise YingxiError(str(error).replace(str(unsigned), str(path))) from error


def _produce_id(*made_of: object) -> str:
    """The same content has the same number, wherever it was made."""
    return f"yingxi-{digest(*made_of)}"
