"""A request's clip on its way to a file for people, with sheets of previews while it is made."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import OnPreview, OnStep, StreamingModel
from yingxi.core.request import Request
from yingxi.generate.generator import Generator
from yingxi.generate.given import Given
from yingxi.media.picture import contact_sheet
from yingxi.safety.policy import check_prompt
from yingxi.safety.release import check_target, release_clip, release_stream

PREVIEWED = 8  # frames of a clip on a sheet of previews
SHEET = "step-{:04d}.png"


def check_targets(path: Path, preview: Path | None) -> None:
    """Raises YingxiError if a clip could not be saved to `path`, or its previews in the folder `preview`."""
    check_target(path)
    if preview:
        check_target(preview / SHEET.format(0))


def prepare(generator: Generator, request: Request, given: Given, path: Path, previews: bool) -> Request:
    """The request with the files that were given. Raises YingxiError for what cannot be made or saved to `path`."""
    can = generator.capabilities
    still = _is_still(path)
    if still and request.seconds is None:
        request = replace(request, seconds=0)
    request = given.add(request, can)
    if still and request.length(can.default_seconds):
        raise YingxiError(f"cannot save {path}: only one frame is saved as .png; for a clip give an .mp4")
    check_prompt(request.text)
    generator.check(request, previews)
    return request


def write(
    generator: Generator, request: Request, path: Path, preview: Path | None, on_step: OnStep, silent: bool
) -> Path:
    """Generate what is asked for and release it to `path`; frames are written as they come where the model streams.

    Sheets of previews go to the folder `preview`; a `silent` clip loses its sound. Raises YingxiError where the disk
    refuses.
    """
    model, can = generator.model, generator.capabilities
    on_preview = preview_writer(preview, request.provenance(model.name, can.kind, None), can.fps) if preview else None
    if _is_still(path) or not isinstance(model, StreamingModel):
        clip = generator.run(request, on_step, on_preview)
        return release_clip(replace(clip, sound=None) if silent else clip, path)
    frames = generator.stream(request, on_step, on_preview)
    size, fps = request.size or can.default_size, request.fps or can.fps
    return release_stream(path, frames, size, fps, model.provenance(request))


def _is_still(path: Path) -> bool:
    return path.suffix.lower() == ".png"


def preview_writer(directory: Path, made_by: Provenance, fps: float) -> OnPreview:
    """Writes a sheet of each preview to `directory`."""

    def show(done: int, frames: Frames) -> None:
        shown = frames[np.unique(np.linspace(0, len(frames) - 1, PREVIEWED).round().astype(int))]
        sheet = contact_sheet(shown, columns=4)
        release_clip(Clip(sheet[None], fps, made_by), directory / SHEET.format(done))

    return show
