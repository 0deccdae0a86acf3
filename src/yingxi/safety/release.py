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
from yingxi.core.story import Language
from yingxi.media.film import write_film
from yingxi.media.picture import write_png
from yingxi.media.subtitles import Cue
from yingxi.safety.aigc import picture_metadata, video_metadata
from yingxi.safety.credentials import credentials
from yingxi.safety.label import label_opening, labelled
from yingxi.safety.policy import check_prompt

SUFFIXES = (".mp4", ".png")


def release_film(
    path: Path,
    frames: Iterable[Frames],
    *,
    size: Size,
    fps: float,
    sound: Sound | None,
    cues: Sequence[Cue],
    language: Language,
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

    for text in (title, *prompts, *(p.prompt for p in provenances), *(cue.text for cue in cues)):
        check_prompt(text)
    credentials()  # where nothing can be signed, that is said before the work
    kind = source_type(provenances, synthetic_voices)
    metadata = {"title": title, **video_metadata(_produce_id(title, size, fps, language, provenances))}
    with _unsigned(path) as unsigned:
        write_film(
            unsigned,
            label_opening(frames, fps, language),
            size=size,
            fps=fps,
            sound=sound,
            cues=cues,
            language=language,
            metadata=metadata,
            on_frame=on_frame,
        )
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
    prompt = clip.provenance.prompt
    language: Language = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in prompt) else "en"
    title = prompt[:80] or path.stem
    if path.suffix.lower() == ".mp4":
        return release_film(
            path,
            clip.frames,
            size=clip.size,
            fps=clip.fps,
            sound=clip.sound,
            cues=(),
            language=language,
            title=title,
            provenances=[clip.provenance],
            synthetic_voices=False,
        )
    if len(clip.frames) != 1:
        raise YingxiError(f"cannot save {path}: a clip of {len(clip.frames)} frames is saved as .mp4")

    from yingxi.safety.provenance import sign, source_type

    check_prompt(prompt)
    metadata = picture_metadata(_produce_id(clip.digest, clip.provenance))
    with _unsigned(path) as unsigned:
        write_png(unsigned, labelled(clip.frames[0], language), metadata)
        sign(unsigned, source_type([clip.provenance], False), title, [clip.provenance])
    return path


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
