"""The paths of a film on disk, and the lock that lets one build at a time into it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yingxi.core.errors import YingxiError
from yingxi.core.files import explain

if os.name == "nt":
    import msvcrt
else:
    import fcntl

_UNFINISHED = ".making-"


@dataclass(frozen=True)
class Folder:
    """`monkey.film/` and what lies in it."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "film.toml"

    @property
    def story(self) -> Path:
        return self.root / "story.txt"

    @property
    def cast(self) -> Path:
        return self.root / "cast.yaml"

    @property
    def screenplay(self) -> Path:
        return self.root / "screenplay.fountain"

    @property
    def shots(self) -> Path:
        return self.root / "shots.yaml"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def cut(self) -> Path:
        return self.root / "cut.otio"

    @property
    def subtitles(self) -> Path:
        return self.root / "film.srt"

    @property
    def animatic(self) -> Path:
        return self.root / "animatic.mp4"

    @property
    def film(self) -> Path:
        return self.root / "film.mp4"

    @property
    def takes(self) -> Path:
        return self.root / "takes"

    @property
    def voices(self) -> Path:
        return self.root / "voices"

    def take(self, digest: str) -> Path:
        return self.takes / digest

    def voice(self, digest: str) -> Path:
        return self.voices / f"{digest}.wav"

    @staticmethod
    def proposal(document: Path) -> Path:
        """Where a new proposal goes when a person has edited `document`: ``shots.new.yaml``."""
        return document.with_name(f"{document.stem}.new{document.suffix}")

    @property
    def is_film(self) -> bool:
        return self.settings.is_file() or self.ledger.is_file()

    def create(self) -> None:
        """Make the folder. Raises YingxiError where the disk refuses, or where other things lie in it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if not self.is_film and any(not entry.name.startswith(".") for entry in self.root.iterdir()):
                raise YingxiError(f"{self.root} holds other files and no film; name an empty or new folder")
        except FileExistsError as error:
            raise YingxiError(f"cannot make the folder {error.filename}: a file has that name") from error
        except OSError as error:
            raise explain(error, self.root) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one build. The lock goes with the process, however it ends.

        Raises YingxiError if another build holds it.
        """
        path = self.root / ".lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise explain(error, path) from error
        try:
            if not _lock(handle):
                raise YingxiError(f"another yingxi is making {self.root}; wait for it to end, then run this again")
            yield
        finally:
            os.close(handle)

    def prepare(self) -> None:
        """Make the inner folders and remove what a killed build left half written. Only while locked."""
        try:
            self.takes.mkdir(exist_ok=True)
            self.voices.mkdir(exist_ok=True)
        except OSError as error:
            raise explain(error, self.root) from error
        for unfinished in self.takes.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        written = [self.settings, self.story, self.cast, self.screenplay, self.shots]
        written += [self.proposal(path) for path in written]
        written += [self.cut, self.subtitles, self.animatic, self.film]
        leftovers = [p for path in written for p in self.root.glob(f".{path.stem}.*{path.suffix}")]
        for leftover in [*leftovers, *self.voices.glob(".*.wav")]:
            leftover.unlink(missing_ok=True)

    @contextmanager
    def making_take(self, digest: str) -> Iterator[Path]:
        """A folder to fill, renamed to ``takes/<digest>`` when the block ends well, removed when it does not."""
        unfinished, finished = self.takes / f"{_UNFINISHED}{digest}", self.take(digest)
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            unfinished.mkdir()
            yield unfinished
            if finished.exists():  # one that was found damaged
                shutil.rmtree(finished)
            unfinished.rename(finished)
        except OSError as error:
            raise explain(error, finished) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _lock(handle: int) -> bool:
    try:
        if os.name == "nt":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
