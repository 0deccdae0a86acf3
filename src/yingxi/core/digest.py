"""Content digests: a result is named by the digest of what it was made from."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

DIGEST_LENGTH = 24


def plain(value: Any) -> Any:
    """A document, dataclass or container as JSON's own types, with floats rounded to microseconds."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 6)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"no digest for {type(value).__name__}")


def digest(*values: Any) -> str:
    """24 hexadecimal digits of SHA-256 over the canonical JSON of the values."""
    text = json.dumps(plain(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def file_digest(path: Path) -> str:
    """24 hexadecimal digits of SHA-256 over a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_LENGTH]


def bytes_digest(data: bytes) -> str:
    """What `file_digest` says of a file with these bytes."""
    return hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]
