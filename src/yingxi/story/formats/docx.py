"""Word's .docx: its paragraphs, with heading styles as headings."""

import io
from pathlib import Path

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.formats.zipped import LARGEST, opened


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where the file is damaged or unpacks to more than a book."""
    archive = opened(data, path)
    text = [i for i in archive.infolist() if i.filename.endswith(".xml")]
    if sum(i.file_size for i in text) > LARGEST:
        raise YingxiError(f"{path} unpacks to more than {LARGEST >> 20} MB, which is no book")
    import docx

    blocks = Blocks()
    for paragraph in docx.Document(io.BytesIO(data)).paragraphs:
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        if style == "Title" and blocks.title is None:
            blocks.title = paragraph.text.strip() or None
        blocks.add(paragraph.text, heading=style.startswith(("Heading", "标题")))
    return blocks.extract()
