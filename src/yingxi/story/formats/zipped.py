"""Archives that do not grow beyond a book: a small file may unpack to gigabytes."""

import io
import zipfile
from pathlib import Path

from yingxi.core.errors import YingxiError

LARGEST = 64 << 20
"""Bytes that the text of one book may unpack to."""


def opened(data: bytes, path: Path) -> zipfile.ZipFile:
    """Raises YingxiError where it is damaged or encrypted."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise YingxiError(f"{path} is damaged: {error}") from error
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise YingxiError(f"{path} is encrypted; give a copy without a password")
    return archive


def member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A file of the archive, read no further than a book is long, whatever its header says."""
    with archive.open(name) as file:
        data = file.read(LARGEST + 1)
    spent = getattr(archive, "spent", 0) + len(data)
    archive.spent = spent  # pyright: ignore[reportAttributeAccessIssue]
    if spent > LARGEST:
        raise YingxiError(f"{path} unpacks to more than {LARGEST >> 20} MB, which is no book")
    return data
