"""Reading the labels of a file: is it whole, who signed it, does it say that it was generated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yingxi.core.errors import YingxiError
from yingxi.media.picture import picture_metadata
from yingxi.media.video import probe
from yingxi.safety.aigc import LABELS, read_aigc

_GENERATED = ("algorithmicMedia", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")


@dataclass(frozen=True)
class Labels:
    """What the labels of a file say.

    `whole`: there is a signed manifest and the file is as it was when signed. `ai_labelled`: the manifest or the
    `AIGC` field says that the content was generated. `c2pa_state` is one of ``trusted`` (signed on this machine),
    ``valid`` (signed by someone else), ``invalid``, ``none``. `given` are the names of files that were given for it.
    `notes` are sentences for people.
    """

    path: Path
    whole: bool
    ai_labelled: bool
    c2pa_state: str
    source_type: str | None
    title: str | None
    signed_by: str | None
    software: str | None
    given: tuple[str, ...]
    shots: tuple[Mapping[str, Any], ...]
    aigc: Mapping[str, str] | None
    notes: tuple[str, ...]


def verify(path: Path) -> Labels:
    """Read the labels of a video or picture. Raises YingxiError if it is not there or is neither of the two."""
    from yingxi.safety.provenance import read_manifest

    mime_type = _mime_type(path)
    manifest = read_manifest(path, mime_type)
    notes: list[str] = []
    metadata: Mapping[str, str] = {}
    if mime_type.startswith("video/"):
        try:
            metadata = probe(path).metadata
        except YingxiError as error:
            if manifest.state == "none":
                raise
            notes.append(str(error))
    else:
        metadata = picture_metadata(path)
    aigc = read_aigc(metadata)
    notes += _notes(manifest.state, manifest.problems, aigc)
    return Labels(
        path=path,
        whole=manifest.state in ("trusted", "valid"),
        ai_labelled=manifest.source_type in _GENERATED or (aigc is not None and aigc["Label"] in LABELS),
        c2pa_state=manifest.state,
        source_type=manifest.source_type,
        title=manifest.title,
        signed_by=manifest.signed_by,
        software=manifest.software,
        given=manifest.given,
        shots=manifest.shots,
        aigc=aigc,
        notes=tuple(notes),
    )


def _notes(state: str, problems: tuple[str, ...], aigc: Mapping[str, str] | None) -> list[str]:
    notes = [
        {
            "trusted": "signed on this machine, and unchanged since",
            "valid": "signed, and unchanged since; this machine does not know the signer",
            "invalid": "changed since it was signed" + (f" ({', '.join(problems)})" if problems else ""),
            "none": "no signed manifest",
        }[state]
    ]
    if aigc is None:
        notes.append("no AIGC field")
    else:
        says = LABELS.get(aigc["Label"], "carries an unknown label")
        notes.append(f"the AIGC field says that it {says}, by {aigc.get('ContentProducer') or 'an unnamed producer'}")
    return notes


def _mime_type(path: Path) -> str:
    """By content, not by name. Raises YingxiError."""
    if path.is_dir():
        raise YingxiError(f"{path} is a folder, not a video or a picture")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise YingxiError(f"{path}: there is no such file") from error
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    raise YingxiError(f"{path} is not a video (MP4, MOV) or a picture (PNG, JPEG, WebP)")
