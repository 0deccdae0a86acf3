"""The parts of a text: title, chapters and paragraphs, told by its lines."""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from yingxi.core.story import Aside, Chapter, Language, Paragraph
from yingxi.story.asides import asides, frame
from yingxi.story.frontmatter import contents, finish, front, title_told
from yingxi.story.headings import Heading, Row, headings, numbered_pages, split
from yingxi.story.label import label
from yingxi.story.sentence import sentences
from yingxi.story.verse import stanza

_BYLINE = re.compile(
    r"(?:by|from|after|retold from|an episode (?:of|from))\s+\S.*"
    r"|(?:作者|原著|出自|选自|選自|取材|改编自|改編自).*|.{1,12}[著撰]",
    re.IGNORECASE,
)
_END_MARKS = ".!?。！？…”’」』\"':：;；,，)）—"


@dataclass(frozen=True)
class Parts:
    title: str | None
    byline: str
    chapters: tuple[Chapter, ...]
    set_aside: tuple[Aside, ...] = ()


def _rows(text: str, start: int, end: int) -> list[Row]:
    spans: list[tuple[int, int, int] | None] = []
    position = start
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = text[position:stop]
        bare = line.strip()
        if bare:
            indent = len(line) - len(line.lstrip())
            spans.append((position + indent, position + indent + len(bare), indent))
        else:
            spans.append(None)
        position = stop + 1
    rows = []
    for i, span in enumerate(spans):
        if span:
            above = i == 0 or spans[i - 1] is None
            below = i + 1 == len(spans) or spans[i + 1] is None
            rows.append(Row(span[0], span[1], span[2], above and below, above))
    return rows


def is_heading(line: str, language: Language) -> bool:
    """Whether a line by itself reads as the heading of a chapter."""
    return label(line, language) is not None


def _wrapped(text: str, rows: list[Row], language: Language) -> bool:
    """Whether lines were broken at a width: most lines that another follows end in the middle of a sentence."""
    inner = [a for a, b in pairwise(rows) if not b.first]
    if not inner:
        return False
    lengths = sorted(row.end - row.start for row in rows)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    if sum(row.indent >= 2 for row in rows) >= 2:
        # Where first lines stand further in, the others go on from lines that are full.
        before = [a for a, b in pairwise(rows) if not b.first and b.indent < 2]
        if before and sum(row.end - row.start + row.indent >= 0.8 * width for row in before) >= 0.8 * len(before):
            return True
    open_ended = sum(text[row.end - 1] not in _END_MARKS for row in inner)
    return open_ended > 0.5 * len(inner) and (language == "en" or len(inner) > 0.5 * len(rows))


def _paragraphs(text: str, rows: list[Row], language: Language, wrapped: bool) -> Iterator[Paragraph]:
    block: list[Row] = []
    stanzas = _stanzas(text, rows, language)
    within = 0
    for index, row in enumerate([*rows, None]):
        if index < within:
            continue
        if index in stanzas:
            within = stanzas[index]
            start, end = rows[index].start, rows[within - 1].end
            if block:
                yield from _prose(text, block, language)
                block = []
            yield Paragraph(start, end, sentences(text, start, end, language), verse=True)
            continue
        new = row is None or row.first or not wrapped or (row.indent >= 2 and _ended(text, block, language))
        if new and block:
            yield from _prose(text, block, language)
            block = []
        if row is not None:
            block.append(row)


def _ended(text: str, block: list[Row], language: Language) -> bool:
    """Whether a line further in begins a paragraph: below one that is not, or that ends a sentence."""
    if not block or block[-1].indent < 2 or language == "zh":
        return bool(block)
    return not block[-1].first and text[block[-1].end - 1] in ".!?”’\"'"


def _prose(text: str, block: list[Row], language: Language) -> Iterator[Paragraph]:
    start, end = block[0].start, block[-1].end
    found = sentences(text, start, end, language)
    if found:
        yield Paragraph(start, end, found)


def _stanzas(text: str, rows: list[Row], language: Language) -> dict[int, int]:
    """First row -> the row after the last, of stanzas of verse."""
    lines = [text[row.start : row.end] for row in rows]
    width = sorted(map(len, lines))[int(0.9 * len(lines))] if lines else 0
    found: dict[int, int] = {}
    begin = 0
    for index in range(1, len(rows) + 1):
        if language == "zh":  # Each line of a poem may be a paragraph.
            ends = index == len(rows) or len(lines[index]) != len(lines[begin])
        else:
            ends = index == len(rows) or rows[index].first
        if ends:
            if stanza(lines[begin:index], language, width):
                found[begin] = index
            begin = index
    return found


def _is_title(text: str, rows: list[Row]) -> bool:
    """The first line stands alone, is short and ends like a title."""
    if len(rows) < 2 or (not rows[0].lonely and not rows[1].first):
        return len(rows) > 1 and bool(_BYLINE.fullmatch(text[rows[1].start : rows[1].end]))
    line = text[rows[0].start : rows[0].end]
    if line[0] in "“\"‘'「『":
        return False
    return len(line) <= 80 and line[-1] not in ".。,，;；:：”’」』\"'" and len(line.split()) <= 14


def divide(text: str, language: Language, marked: frozenset[int] = frozenset(), known: Sequence[Aside] = ()) -> Parts:
    """Title and byline if the first lines are such, chapters with their paragraphs, and what is set aside.

    `marked` and `known` are the headings and the asides that the book's format tells.
    """
    start, end, aside = frame(text)
    told = title_told(text, start)
    rows = _rows(text, start, end)
    aside += [*known, *asides(text, _without(rows, known), language)]
    rows = split(text, _without(rows, aside), language)
    heads = headings(text, rows, language, marked)
    title, byline, skip = _title(text, rows, heads, marked)
    rows = rows[skip:]
    heads = [replace(h, first=h.first - skip, last=h.last - skip) for h in heads if h.first >= skip]
    pages = numbered_pages(heads)
    aside += [Aside(rows[h.first].start, rows[h.first].end, "page number") for h in pages]
    heads, table = contents(text, rows, [h for h in heads if h not in pages], language)
    edges = [*front(text, rows, heads, table, language), *finish(text, rows)]
    heads = [h for h in heads if not any(a.start <= rows[h.first].start < a.end for a in edges)]
    aside += [*table, *edges]
    chapters = _chapters(text, rows, heads, aside, language)
    return Parts(told or title, byline, tuple(chapters), _outermost(aside))


def _outermost(aside: Sequence[Aside]) -> tuple[Aside, ...]:
    """In order, without those that lie in another."""
    found: list[Aside] = []
    for a in sorted(aside, key=lambda a: (a.start, -a.end)):
        if not found or a.end > found[-1].end:
            found.append(a)
    return tuple(found)


def _title(
    text: str, rows: list[Row], heads: Sequence[Heading], marked: frozenset[int]
) -> tuple[str | None, str, int]:
    """The title and the byline that the first lines are, and how many lines."""
    if not rows:
        return None, "", 0
    if heads and heads[0].first == 0 and (heads[0].label or rows[0].start in marked or len(heads) > 2):
        words = heads[0].label.words if heads[0].label else ""
        return (words if 0 < len(words) <= 60 else None), "", 0
    if not _is_title(text, rows):
        return None, "", 0
    title, byline, skip = text[rows[0].start : rows[0].end], "", 1
    if len(rows) > 2 and rows[1].end - rows[1].start <= 80:
        line = text[rows[1].start : rows[1].end]
        if _BYLINE.fullmatch(line) and line[-1] not in ".。":
            byline, skip = line, 2
    return title, byline, skip


def _chapters(
    text: str, rows: list[Row], heads: Sequence[Heading], aside: Sequence[Aside], language: Language
) -> Iterator[Chapter]:
    bounds = [0, *(h.first for h in heads), len(rows)]
    bodies = [rows[0 : bounds[1]]]
    bodies += [rows[h.last : after] for h, after in zip(heads, bounds[2:], strict=True)]
    bodies = [_without(body, aside) for body in bodies]
    wrapped = _wrapped(text, [row for body in bodies for row in body], language)
    above: list[Heading] = []
    for head, body in zip([None, *heads], bodies, strict=True):
        paragraphs = tuple(_paragraphs(text, body, language, wrapped))
        if not paragraphs:
            # A heading with nothing under it, such as PART ONE above CHAPTER I, belongs to the next.
            above += [head] if head else []
            continue
        # Many in a row are a table of contents.
        names = [*(above if len(above) < 3 else ()), *([head] if head else [])]
        yield Chapter(paragraphs[0].start, paragraphs[-1].end, " ".join(h.title for h in names), paragraphs)
        above = []


def _without(rows: list[Row], aside: Sequence[Aside]) -> list[Row]:
    """Lines that are not set aside. One that follows begins a paragraph, so that none holds what is set aside."""
    if not aside:
        return rows
    spans: list[tuple[int, int]] = []
    for a in sorted(aside, key=lambda a: a.start):
        if not spans or a.end > spans[-1][1]:
            spans.append((max(a.start, spans[-1][1] if spans else 0), a.end))
    starts = [s for s, _ in spans]
    kept, gone = [], False
    for row in rows:
        at = bisect.bisect_right(starts, row.start) - 1
        if at >= 0 and row.start < spans[at][1]:
            gone = True
            continue
        kept.append(replace(row, first=True) if gone else row)
        gone = False
    return kept


def byline(text: str, story_title: str) -> str:
    """The line under a text's title that says by whom or from what it is, or ''."""
    head = [line.strip() for line in text[:600].splitlines() if line.strip()][:2]
    if len(head) == 2 and head[0] == story_title and _BYLINE.fullmatch(head[1]) and len(head[1]) <= 80:
        return head[1]
    return ""
