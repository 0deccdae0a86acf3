"""Word's .docx: its paragraphs, with heading styles as headings."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.formats.zipped import LARGEST, opened

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where the file is damaged or unpacks to more than a book."""
    archive = opened(data, path)
    text = [i for i in archive.infolist() if i.filename.endswith(".xml")]
    if sum(i.file_size for i in text) > LARGEST:
        raise YingxiError(f"{path} unpacks to more than {LARGEST >> 20} MB, which is no book")
    import docx
    from docx.text.paragraph import Paragraph

    blocks = Blocks()
    for item in docx.Document(io.BytesIO(data)).iter_inner_content():
        # The cells of a table are read as they stand, row by row.
        cells = [item] if isinstance(item, Paragraph) else _cells(item)
        for paragraph in cells:
            _add(paragraph, blocks)
    return blocks.extract()


def _cells(table: "Table") -> "Iterator[Paragraph]":
    for row in table.rows:
        seen = set()
        for cell in row.cells:
            if cell._tc not in seen:  # One that spans columns is told once.
                seen.add(cell._tc)
                yield from cell.paragraphs


def _add(paragraph: "Paragraph", blocks: Blocks) -> None:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    # Word breaks a paragraph's lines without ending it.
    words = paragraph.text.strip()
    heading = style.lower().startswith(("heading", "标题", "標題"))
    if style == "Title" and blocks.title is None:
        blocks.title = " ".join(words.split()) or None
        blocks.add(words, why="title")
    elif style.lower().startswith(("toc", "目录")):
        blocks.add(words, why="contents")
    else:
        blocks.add(" ".join(words.split()) if heading else words, heading=heading)
