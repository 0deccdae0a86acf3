"""Files appear whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yingxi.core.errors import YingxiError


def explain(error: OSError, path: Path) -> YingxiError:
    """An operating system's error as a sentence for the person."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EROFS: "the file system is read-only",
        errno.EEXIST: "a part of the path is a file, not a folder",
        errno.ENOTDIR: "a part of the path is a file, not a folder",
        errno.EISDIR: "it is a folder",
    }
    reason = reasons.get(error.errno or 0, (error.strerror or str(error)).lower())
    return YingxiError(f"cannot write {path}: {reason}")


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, with its suffix; renamed to `path` when the block ends well.

    Raises YingxiError where the disk refuses. An old file at `path` stays as it is until the rename.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A temporary file of a temporary file keeps the one dot, so that who sweeps up after a kill finds it.
        handle, name = tempfile.mkstemp(prefix=f".{path.stem.lstrip('.')}.", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise explain(error, path) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise explain(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes, whole or not at all."""
    with writing(path) as temporary:
        temporary.write_bytes(data)
