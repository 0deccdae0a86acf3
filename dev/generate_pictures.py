"""Makes the sheets of docs/generate.md by running the page's own Python with the model in the box.

python dev/generate_pictures.py
"""

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from yingxi.core.clip import Clip, Frames
from yingxi.core.files import write_bytes
from yingxi.media.picture import contact_sheet
from yingxi.safety.label import labelled

PAGE = Path(__file__).parents[1] / "docs" / "generate.md"
COLUMNS = 6
LONG = 2.5
"""Seconds above which a clip is shown in two rows."""
QUALITY = 85
_FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PICTURE = re.compile(r"^!\[.*\]\((\S+)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of the page. `language` is sh, python, or text, which is the file `name`; `line` its first."""

    language: str
    name: str
    code: str
    line: int


@dataclass(frozen=True)
class Section:
    """`picture` is the sheet of what the section's Python makes."""

    title: str
    snippets: tuple[Snippet, ...]
    picture: Path | None


def sections(page: Path = PAGE) -> list[Section]:
    """The page's sections that have snippets, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for part in re.finditer(r"^## (.*)\n((?:(?!## ).*\n)*)", text, re.MULTILINE):
        picture = _PICTURE.search(part[2])
        snippets = tuple(
            Snippet(fence[1], fence[2], fence[3], 1 + text.count("\n", 0, part.start(2) + fence.start(3)))
            for fence in _FENCE.finditer(part[2])
        )
        if snippets:
            found.append(Section(part[1], snippets, page.parent / picture[1] if picture else None))
    return found


def execute(section: Section, names: dict[str, Any], page: Path = PAGE) -> dict[str, Any]:
    """Run a section's Python in the folder that is current; what it has named. `names` are the page's so far."""
    before = dict(names)
    for snippet in section.snippets:
        if snippet.language == "python":
            # Moved down to its line, so that a traceback points at the page.
            exec(compile("\n" * (snippet.line - 1) + snippet.code, page, "exec"), names)
    return {name: value for name, value in names.items() if before.get(name) is not value}


def cells(made: dict[str, Any]) -> Iterator[tuple[Frames, str]]:
    """Pictures [H,W,3] and what stands below them: of clips, of lists of stills, of previews by step."""
    for name, value in made.items():
        if isinstance(value, Clip):
            yield from _clip_cells(value, name)
        elif isinstance(value, list) and all(isinstance(still, Clip) for still in value):
            for number, still in enumerate(value):
                yield still.frames[0], f"{name}[{number}]"
        elif isinstance(value, dict) and all(isinstance(step, int) for step in value):
            for step, frames in value.items():
                yield from ((frames[i], f"step {step}") for i in _spread(len(frames), COLUMNS))


def _clip_cells(clip: Clip, name: str) -> Iterator[tuple[Frames, str]]:
    if len(clip.frames) == 1:
        yield clip.frames[0], name
        return
    count = COLUMNS * (2 if clip.seconds > LONG else 1)
    for i in _spread(len(clip.frames), count):
        yield clip.frames[i], f"{name}  {i / clip.fps:.2f} s"


def _spread(frames: int, count: int) -> list[int]:
    return np.linspace(0, frames - 1, count).round().astype(int).tolist()


def write_sheet(made: dict[str, Any], path: Path) -> int:
    """A contact sheet of what a section has made, with the label in its upper right picture. Returns its bytes."""
    frames, labels = zip(*cells(made), strict=True)
    data = BytesIO()
    corner = min(COLUMNS, len(frames)) - 1
    shown = [labelled(frame, "en") if i == corner else frame for i, frame in enumerate(frames)]
    Image.fromarray(contact_sheet(shown, COLUMNS, labels)).save(data, "WEBP", quality=QUALITY, method=6)
    write_bytes(path, data.getvalue())
    return data.tell()


def main() -> None:
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for section in sections():
            if section.picture:
                size = write_sheet(execute(section, names), section.picture)
                print(f"{section.picture.name}: {size / 1000:.0f} kB", flush=True)
        os.chdir(PAGE.parent)


if __name__ == "__main__":
    main()
