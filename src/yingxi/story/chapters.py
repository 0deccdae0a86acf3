"""The parts of a text: title, chapters and paragraphs, told by its lines."""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from yingxi.core.story import Aside, Chapter, Language, Paragraph, Span
from yingxi.story.asides import asides, frame
from yingxi.story.sentence import sentences
from yingxi.story.verse import stanza

_TEENS = "THIRTEEN|FOURTEEN|FIFTEEN|SIXTEEN|SEVENTEEN|EIGHTEEN|NINETEEN|(?:TWENTY|THIRTY|FORTY|FIFTY)(?:[- ]\\w+)?"
_NUMBER = (
    rf"(?:[IVXLC]+|\d+|(?:THE )?(?:FIRST|SECOND|THIRD|FOURTH|FIFTH|LAST)|{_TEENS}"
    r"|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE)"
)
_EN_HEADING = re.compile(
    rf"(?:CHAPTER|BOOK|PART|ADVENTURE|ACT|SCENE|STAVE|LETTER|VOLUME|SECTION)\s+{_NUMBER}\b[.:—\-\s]*(?P<words>.*)"
    rf"|(?:PROLOGUE|EPILOGUE|PREFACE|INTRODUCTION|CONCLUSION|AFTERWORD|FINALE)\.?(?P<none>)|(?P<numeral>[IVXLC]+|\d{{1,3}})\.?(?:\s+(?P<rest>[A-Z].*))?",
    re.IGNORECASE,
)
_ZH_COUNT = "[零〇一二两三四五六七八九十百千0-9０-９]+"
_ZH_PART = (
    "楔子|序章|序幕|序言|序|引子|引言|尾声|尾聲|前言|后记|後記|大结局|终章|[上中下][部卷篇]"
    f"|卷{_ZH_COUNT}|番外{_ZH_COUNT}?"
)
_ZH_HEADING = re.compile(
    rf"(?:正文[\s　]*)?第{_ZH_COUNT}[回章节節卷部集折幕篇][\s　:：、.．]*(?P<words>.*)"
    rf"|(?:{_ZH_PART})(?:[\s　:：].{{0,20}})?(?P<none>)"
    r"|[（(]?(?P<numeral>[一二三四五六七八九十]+|\d{1,3})[)）]?(?:[、.．][\s　]*(?P<rest>.{0,20}))?"
)
_BYLINE = re.compile(
    r"(?:by|from|after|retold from|an episode (?:of|from))\s+\S.*"
    r"|(?:作者|原著|出自|选自|選自|取材|改编自|改編自).*|.{1,12}[著撰]",
    re.IGNORECASE,
)
_END_MARKS = ".!?。！？…”’」』\"':：;；,，)）—"


@dataclass(frozen=True)
class Row(Span):
    """A line of the text without its surrounding white space; `indent` in characters, `lonely` between blanks."""

    indent: int
    lonely: bool
    first: bool


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


def _heading(text: str, row: Row, language: Language, marked: frozenset[int] = frozenset()) -> str | None:
    """A heading's own words ('' if it has a number only), or None where the line is no heading. `marked`: where lines
    begin that the book's format calls headings."""
    line = text[row.start : row.end]
    if row.start in marked:
        return line.strip("# \t")
    if len(line) > (60 if language == "zh" else 90):
        return None
    match = (_ZH_HEADING if language == "zh" else _EN_HEADING).fullmatch(line)
    if not match:
        return None
    if match["numeral"] and (not row.lonely or (language == "en" and re.match(r"I [^A-Z]|[a-z]", line))):
        return None  # "I laughed." is a sentence.
    words = (match["words"] or match["rest"] or "").strip(" .:—-_")
    prose = (words and line[-1] in ("。！？”，" if language == "zh" else ",;")) or words.count(". ") > 0
    return None if prose else words


def is_heading(line: str, language: Language) -> bool:
    """Whether a line by itself reads as the heading of a chapter."""
    return _heading(line, Row(0, len(line), 0, True, True), language) is not None


def _wrapped(text: str, rows: list[Row], language: Language) -> bool:
    """Whether lines were broken at a width: most lines that another follows end in the middle of a sentence."""
    inner = [a for a, b in pairwise(rows) if not b.first]
    if not inner:
        return False
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
        new = row is None or row.first or not wrapped or (row.indent >= 2 and block and block[-1].indent < 2)
        if new and block:
            yield from _prose(text, block, language)
            block = []
        if row is not None:
            block.append(row)


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
    return len(line) <= 80 and line[-1] not in '.。,，;；:：”’」』"' and len(line.split()) <= 14


def divide(text: str, language: Language, marked: frozenset[int] = frozenset(), known: Sequence[Aside] = ()) -> Parts:
    """Title and byline if the first lines are such, chapters with their paragraphs, and what is set aside.

    `marked` and `known` are the headings and the asides that the book's format tells.
    """
    start, end, aside = frame(text)
    rows = _rows(text, start, end)
    aside += [*known, *asides(text, rows, language)]
    rows = _without(rows, aside)
    title: str | None = None
    byline = ""
    if rows:
        words = _heading(text, rows[0], language, marked)
        first = text[rows[0].start : rows[0].end]
        if words is not None:
            title = words or None
        elif _is_title(text, rows):
            title, rows = first, rows[1:]
            if rows and len(rows) > 1 and rows[0].end - rows[0].start <= 80:
                line = text[rows[0].start : rows[0].end]
                if _BYLINE.fullmatch(line) and line[-1] not in ".。":
                    byline, rows = line, rows[1:]
    groups: list[tuple[str, list[Row]]] = [("", [])]
    for row in rows:
        words = _heading(text, row, language, marked)
        if words is None:
            groups[-1][1].append(row)
        else:
            groups.append((text[row.start : row.end], []))
    wrapped = _wrapped(text, rows, language)
    chapters = []
    above = ""
    empty: list[str] = []
    for heading, body in groups:
        paragraphs = tuple(_paragraphs(text, body, language, wrapped))
        if not paragraphs:
            # A heading with nothing under it, such as PART ONE above CHAPTER I, belongs to the next.
            above = heading or above
            empty.append(heading)
            continue
        if len(empty) >= 3:
            # Many in a row are a table of contents.
            above = ""
        empty = []
        name = " ".join(part for part in (above, heading) if part)
        chapters.append(Chapter(paragraphs[0].start, paragraphs[-1].end, name, paragraphs))
        above = ""
    return Parts(title, byline, tuple(chapters), tuple(sorted(aside, key=lambda a: a.start)))


def _without(rows: list[Row], aside: Sequence[Aside]) -> list[Row]:
    """Lines that are not set aside. One that follows begins a paragraph, so that none holds what is set aside."""
    if not aside:
        return rows
    spans = sorted((a.start, a.end) for a in aside)
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
