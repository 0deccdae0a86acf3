"""A take on disk: `takes/<digest>/` with a picture or a clip, and `take.json` that says what made it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from yingxi.core.clip import Provenance
from yingxi.core.documents import Document
from yingxi.core.files import write_text
from yingxi.film.folder import Folder

Kind = Literal["still", "clip", "stage"]
SOUND = "sound.wav"


class Take(Document):
    """`kind` is a still, a sampled clip, or the clip that the stage plays. `size` is the picture's own. `sound` says
    whether the model let something be heard."""

    digest: str
    kind: Kind
    slate: str
    size: str
    fps: float
    frames: int
    bytes: int
    provenance: Provenance
    notes: tuple[str, ...] = ()
    sound: bool = False

    @property
    def file_name(self) -> str:
        return "still.png" if self.kind == "still" else "clip.mp4"

    def path(self, folder: Folder) -> Path:
        return folder.take(self.digest) / self.file_name

    def sound_path(self, folder: Folder) -> Path:
        """Where its sound is, if it has one."""
        return folder.take(self.digest) / SOUND


def read_take(folder: Folder, digest: str) -> Take | None:
    """The take of that digest, None where there is none or it is not whole."""
    try:
        take = Take.model_validate_json((folder.take(digest) / "take.json").read_text(encoding="utf-8"))
        if take.path(folder).stat().st_size != take.bytes or (take.sound and not take.sound_path(folder).is_file()):
            return None
        return take
    except (OSError, ValueError):
        return None


def store_take(folder: Folder, digest: str, fill: Callable[[Path], Take]) -> Take:
    """Let `fill` write a take's media into a folder of its own, which then appears whole or not at all."""
    with folder.making_take(digest) as place:
        take = fill(place)
        take = take.model_copy(update={"bytes": (place / take.file_name).stat().st_size})
        text = json.dumps(take.model_dump(mode="json"), ensure_ascii=False, indent=1)
        write_text(place / "take.json", text + "\n")
    return take
