"""The stage plays a shot into a take."""

import time
from collections.abc import Iterator
from pathlib import Path

from yingxi.core.clip import Frames, Provenance
from yingxi.core.errors import YingxiError
from yingxi.core.request import Request
from yingxi.film.crew import Crew
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger, TakeRecord
from yingxi.film.plan import Plan
from yingxi.film.progress import Advance
from yingxi.film.settings import FilmSettings
from yingxi.film.take import Take, store_take


def check_stage(crew: Crew, settings: FilmSettings) -> None:
    """Raise YingxiError where the stage cannot play at the film's size at all."""
    can, size = crew.stage.get().capabilities, settings.frame
    small = size.width < can.min_size.width or size.height < can.min_size.height
    if small or size.width > can.max_size.width or size.height > can.max_size.height:
        raise YingxiError(f"size {size}: the stage plays {can.min_size} to {can.max_size}")
    if size.width % can.grid or size.height % can.grid:
        raise YingxiError(f"size {size}: the stage needs sides that are multiples of {can.grid}")


def play(plan: Plan, settings: FilmSettings, crew: Crew, folder: Folder, ledger: Ledger, advance: Advance) -> Take:
    """Play a shot on the stage, streamed to disk. Raises Refused where the stage cannot."""
    from yingxi.media.video import write_take

    stage, shot = crew.stage.get(), plan.shot
    request = Request(
        prompt=shot.prompt, seconds=shot.seconds, size=settings.frame, fps=settings.fps, seed=settings.seed, shot=shot
    )
    stage.check(request)
    begun = time.monotonic()
    made_by = Provenance(stage.name, stage.capabilities.kind, None, settings.seed, shot.prompt)

    def frames() -> Iterator[Frames]:
        for frame in stage.stream(request, lambda done, total: None):
            yield frame
            advance(1)

    def fill(place: Path) -> Take:
        count = write_take(place / "clip.mp4", frames(), settings.fps)
        return Take(
            digest=plan.stage_key, kind="stage", slate=shot.slate, size=settings.size, fps=settings.fps, frames=count,
            bytes=0, provenance=made_by,
        )  # fmt: skip

    take = store_take(folder, plan.stage_key, fill)
    spent = time.monotonic() - begun
    ledger.add_take(
        TakeRecord(take.digest, "stage", shot.slate, made_by.model, settings.seed, shot.prompt, (), spent)
    )
    return take
