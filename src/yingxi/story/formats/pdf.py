"""PDF with a text layer: its paragraphs, told by where its lines stand; what every page repeats is set aside."""

import io
import logging
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.label import label
from yingxi.story.verse import stanza

_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:(?P<count>\d{1,4})|[ivxlc]{1,6}|第\s*\d+\s*页|[Pp]age \d+(?: of \d+)?|\d+ ?/ ?\d+)[-–—\s]*"
)
_ENDS = tuple(".!?。！？…”’\"'」』:：")
_NO_TITLE = re.compile(
    r"\W*(?:untitled|anonymous|unknown)\W*|Microsoft Word - .*|.*\.(?:docx?|indd|qxd|tex)", re.IGNORECASE
)
MOST_PAGES = 5000


@dataclass(frozen=True)
class Line:
    """A line of a page, where it begins, in points from the lower left, and the size of its letters."""

    words: str
    x: float
    y: float
    size: float


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where it is encrypted, damaged, or has no text."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise YingxiError(f"{path} is encrypted; give a copy without a password")
    pages = [_lines(page) for page in reader.pages[:MOST_PAGES]]
    blocks = Blocks()
    lines, furniture = _told(pages)
    if sum(len(line.words) for line in lines) < 20 * max(1, len(pages)):
        raise YingxiError(f"{path} has no text in it, only pictures of pages; run a text recognition over it first")
    title = str(reader.metadata.title or "").strip() if reader.metadata else ""
    blocks.title = None if _NO_TITLE.fullmatch(title) else title or None
    body = statistics.mode(round(line.size) for line in lines for _ in line.words)
    known = set(re.findall(r"\w+-\w+", "\n".join(line.words for line in lines)))
    for paragraph in _paragraphs(lines):
        large = paragraph[0].size >= 1.15 * body and sum(len(line.words) for line in paragraph) <= 120
        blocks.add(_joined([line.words for line in paragraph], known), heading=large)
    # Behind the text, so that paragraphs go on over pages.
    for words, why in furniture:
        blocks.add(words, why=why)
    return blocks.extract()


def _lines(page: Any) -> list[Line]:
    found: list[Line] = []
    parts: list[str] = []
    place = (0.0, 0.0, 1.0)

    def visit(words: str, matrix: Sequence[float], inner: Sequence[float], _: object, size: float) -> None:
        nonlocal place
        for number, piece in enumerate(words.split("\n")):
            if number and parts:
                found.append(Line("".join(parts), *place))
                parts.clear()
            if piece.strip() and not parts:
                x = matrix[0] * inner[4] + matrix[2] * inner[5] + matrix[4]
                y = matrix[1] * inner[4] + matrix[3] * inner[5] + matrix[5]
                scale = abs(matrix[3] * inner[3]) or abs(matrix[1] * inner[2]) or 1.0
                place = (x, y, max(1.0, size * scale))
            if piece.strip() or parts:
                parts.append(piece)

    page.extract_text(visitor_text=visit)
    if parts:
        found.append(Line("".join(parts), *place))
    return [line for line in found if line.words.strip()]


def _told(pages: Sequence[Sequence[Line]]) -> tuple[list[Line], list[tuple[str, str]]]:
    """The lines of the text, and headers, footers and page numbers, each with why."""
    edges = Counter(form for page in pages for form in {_form(line) for line in [*page[:2], *page[-2:]]})
    ends = [(n, {_count(page[0]), _count(page[-1])} - {None}) for n, page in enumerate(pages) if page]
    counts = Counter(count - n for n, found in ends for count in found if count is not None)
    first = counts.most_common(1)[0][0] if counts else None
    lines: list[Line] = []
    furniture: list[tuple[str, str]] = []
    for number, page in enumerate(pages):
        kept = list(page)
        for side in (0, -1, 0, -1):
            why = _repeated(kept, side, number, len(pages), edges, first)
            if why:
                furniture.append((kept.pop(side).words.strip(), why))
        lines += kept
    return lines, furniture


def _repeated(
    page: Sequence[Line], side: int, number: int, pages: int, edges: Counter[str], first: int | None
) -> str | None:
    if not page:
        return None
    line, next_to = page[side], page[min(1, len(page) - 1) if side == 0 else max(-2, -len(page))]
    count = _count(line)
    if _PAGE_NUMBER.fullmatch(line.words.strip()):
        return "page number" if count is None or first is None or count - number == first or side else None
    gaps = [a.y - b.y for a, b in pairwise(page) if a.y > b.y]
    apart = (
        abs(line.y - next_to.y) > 1.3 * (statistics.median(gaps) if gaps else 0)
        or abs(line.size - next_to.size) > 0.5
    )
    often = edges[_form(line)]
    same = often >= max(3, pages // 3) and (apart or often >= 0.6 * pages)
    return "page header" if same and len(line.words) <= 90 and not line.words.rstrip().endswith((".", "。")) else None


def _count(line: Line) -> int | None:
    match = _PAGE_NUMBER.fullmatch(line.words.strip())
    return int(match["count"]) if match and match["count"] else None


def _form(line: Line) -> str:
    """A line without its numbers, which change from page to page."""
    return re.sub(r"\d+", "#", line.words.strip())


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that belong together: no wider gap, no indent, no short line that ends a sentence between them."""
    width = statistics.quantiles([len(line.words) for line in lines], n=10)[8] if len(lines) > 1 else 0
    gaps = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * a.size]
    leading = statistics.median_low(gaps) if gaps else 0
    block: list[Line] = []
    for line in lines:
        if block and _begins(line, block, leading, width):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _begins(line: Line, block: Sequence[Line], leading: float, width: float) -> bool:
    last = block[-1]
    step = last.y - line.y
    if abs(line.size - last.size) > 0.1 * last.size or step > 1.3 * leading:
        return True
    if _numbered(line) or (len(block) == 1 and _numbered(last)):
        return True
    if line.words.startswith(("\u3000", "  ")):
        return True
    # In the same column, further in than the line above, which is no first line itself.
    if step > 0 and 0.7 * line.size < line.x - last.x < 5 * line.size:
        return True
    return last.words.rstrip().endswith(_ENDS) and len(last.words) < 0.75 * width


def _numbered(line: Line) -> bool:
    found = label(line.words.strip(), "en") or label(line.words.strip(), "zh") if len(line.words) < 60 else None
    return found is not None and found.unit != ""


def _joined(lines: Sequence[str], known: set[str]) -> str:
    """A paragraph's lines as one, words that were broken at their ends made whole; verse keeps its lines."""
    lines = [" ".join(line.replace("\u3000", " ").split()) for line in lines]
    if stanza(lines, "en", 0) and len(lines) > 2:
        return "\n".join(lines)
    whole = lines[0]
    for line in lines[1:]:
        broken = re.search(r"(\w+)[-\u00ad\u2010]$", whole)
        rest = re.match(r"[a-z\u00df-\u00ff]+", line)
        if broken and rest:
            whole = whole[:-1] + ("-" if f"{broken[1]}-{rest[0]}" in known else "") + line
        else:
            chinese = whole[-1:] > "\u2e80" or line[:1] > "\u2e80"
            whole += line if chinese else f" {line}"
    return whole
