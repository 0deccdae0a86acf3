"""A film's settings, as `film.toml` holds them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from yingxi.core.documents import Document, load_toml, read_text
from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text
from yingxi.core.shapes import Size

SMALLEST = Size(96, 64)
LARGEST = Size(3840, 2160)
ClipSound = Literal["keep", "duck", "drop"]

_MEANING = {
    "title": "empty: the story's own",
    "size": "WIDTHxHEIGHT in pixels, both even",
    "fps": "frames a second",
    "model": "auto, or the name of a model",
    "language": "auto, en or zh",
    "era": "auto, or the time and place that it plays in, such as tang; docs/culture.md lists them",
    "reader": "http://host/v1#model of a language model that reads the story too; empty: none",
    "chapters": "of the story, such as 3-5; empty: all",
    "begins": "words of the paragraph that the film begins with; empty: the first",
    "ends": "words of the paragraph that it ends with; empty: the last",
    "seconds": "about how long the film lasts; its lines may need longer",
    "takes": "stills drawn of a shot, of which a judge chooses one (sampled models only)",
    "seed": "another number gives another film",
    "clip_sound": "keep, duck (lower it while a line is spoken) or drop what a model's clips let be heard",
}


class FilmSettings(Document):
    """What a film is to be. An empty title is the story's own."""

    title: str = Field("", max_length=300)
    size: str = "1280x720"
    fps: float = Field(24.0, ge=1, le=120)
    model: str = Field("auto", min_length=1)
    language: Literal["auto", "en", "zh"] = "auto"
    reader: str = ""
    era: str = Field("auto", min_length=1)
    chapters: str = ""
    begins: str = ""
    ends: str = ""
    seconds: float = Field(60.0, ge=8, le=14400)
    takes: int = Field(4, ge=1, le=64)
    seed: int = Field(0, ge=0, lt=2**31)
    clip_sound: ClipSound = "duck"

    @field_validator("size")
    @classmethod
    def _size_is_drawable(cls, text: str) -> str:
        try:
            size = Size.parse(text)
        except YingxiError as error:
            raise ValueError(str(error)) from error
        small = size.width < SMALLEST.width or size.height < SMALLEST.height
        if small or size.width > LARGEST.width or size.height > LARGEST.height:
            raise ValueError(f"{size} is outside {SMALLEST} to {LARGEST}")
        if size.width % 2 or size.height % 2:
            raise ValueError(f"{size} has an odd side; video needs even ones")
        return str(size)

    @property
    def frame(self) -> Size:
        """The film's size in pixels."""
        return Size.parse(self.size)

    def changed(self, changes: Mapping[str, Any]) -> "FilmSettings":
        """These settings with `changes`. Raises YingxiError naming the setting that cannot be."""
        try:
            return FilmSettings.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(k) for k in first["loc"]) or "settings"
            reason = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
            reason = reason.removeprefix("Value error, ")
            raise YingxiError(f"{name}: {reason[:1].lower() + reason[1:]}") from error


def load_settings(path: Path) -> FilmSettings:
    """Read `film.toml`. Raises YingxiError naming file, line and key of a mistake."""
    return load_toml(path, FilmSettings)


def save_settings(path: Path, settings: FilmSettings) -> None:
    """Write a new `film.toml`, whole or not at all."""
    lines = [f"{_entry(key, value):<28} # {_MEANING[key]}" for key, value in settings.model_dump().items()]
    write_text(path, "\n".join(lines) + "\n")


def change_settings(path: Path, changes: Mapping[str, Any]) -> FilmSettings:
    """Set keys of an existing `film.toml`, leaving a person's other lines and comments as they are.

    Raises YingxiError if the file is laid out in a way that cannot be changed line by line.
    """
    current = load_settings(path)
    wanted = current.changed(changes)
    lines = read_text(path).splitlines()
    for key in changes:
        value = getattr(wanted, key)
        if value == getattr(current, key):
            continue
        place = next((i for i, line in enumerate(lines) if re.match(rf"\s*[\"']?{key}[\"']?\s*=", line)), None)
        if place is None:
            lines.append(_entry(key, value))
        else:
            comment = re.search(r"\s+#[^\"']*$", lines[place])
            lines[place] = f"{_entry(key, value):<28}{comment[0] if comment else ''}".rstrip()
    text = "\n".join(lines) + "\n"
    if _parse(text) != wanted:
        raise YingxiError(f"{path}: set {', '.join(changes)} by hand: this file is not one key a line")
    if wanted != current:
        write_text(path, text)
    return wanted


def _parse(text: str) -> FilmSettings | None:
    import tomllib

    try:
        return FilmSettings.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError):
        return None


def _entry(key: str, value: str | int | float) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
        written = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    elif isinstance(value, float) and value.is_integer():
        written = str(int(value))
    else:
        written = str(value)
    return f"{key} = {written}"
