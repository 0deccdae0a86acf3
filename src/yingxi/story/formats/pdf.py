"""PDF with a text layer: its lines, with what every page repeats and page numbers set aside."""

import io
import logging
import re
from collections import Counter
from pathlib import Path

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Extract

_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:\d{1,4}|[ivxlc]{1,6}|第\s*\d+\s*页|page \d+)[-–—\s]*", re.IGNORECASE)
_ENDS = (".", "!", "?", "。", "！", "？", "”", "’", '"')
MOST_PAGES = 5000


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where it is encrypted, damaged, or has no text."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise YingxiError(f"{path} is encrypted; give a copy without a password")
    pages = [page.extract_text() for page in reader.pages[:MOST_PAGES]]
    title = reader.metadata.title if reader.metadata else None
    if sum(len(p.strip()) for p in pages) < 20 * max(1, len(pages) // 10):
        raise YingxiError(f"{path} has no text in it, only pictures of pages; run a text recognition over it first")
    return _joined(pages, title)


def _joined(pages: list[str], title: str | None) -> Extract:
    lines = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
    edges = Counter(_form(line) for page in lines for line in {*page[:2], *page[-2:]})
    often = {form for form, count in edges.items() if count >= max(3, len(pages) // 3)}
    text: list[str] = []
    furniture: list[tuple[str, str]] = []
    for page in lines:
        for number, line in enumerate(page):
            edge = number < 2 or number >= len(page) - 2
            if edge and _PAGE_NUMBER.fullmatch(line):
                furniture.append((line, "page number"))
            elif edge and _form(line) in often and not line.endswith(_ENDS):
                furniture.append((line, "page header"))
            else:
                text.append(line)
    # Behind the text, so that sentences go on over pages.
    whole = "\n".join(text) + "\n"
    asides = []
    for line, why in furniture:
        asides.append((len(whole) + 1, len(whole) + 1 + len(line), why))
        whole += f"\n{line}\n"
    return Extract(whole, str(title) if title else None, asides=tuple(asides))


def _form(line: str) -> str:
    """A line without its numbers, which change from page to page."""
    return re.sub(r"\d+", "#", line)
