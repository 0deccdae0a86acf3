"""What stands before a book's first chapter and after its last: title pages, contents, lists, dedications."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from yingxi.core.story import Aside, Language
from yingxi.story.headings import Heading, Row
from yingxi.story.label import plain, prose

_CONTENTS = re.compile(r"(?:TABLE OF )?CONTENTS\.?(?: OF .{0,40})?|目[\s　]*[录錄次]", re.IGNORECASE)
_ABOUT = re.compile(r"[【\[]?(?:内容|作品)?(?:简介|文案|相关)[】\]]?\s*(?:[:：]|$)")
_END = re.compile(
    r"(?:THE )?END[.!]?|END OF (?:THE )?(?:\w+ )?(?:BOOK|PART|VOLUME|VOL\.|EPOCH|CHAPTER|STORY|TALE)\b.{0,20}"
    r"|FINIS\.?|[（(【]?(?:全[书書文][完终終]|全[剧劇]终|完结|完|终)[)）】]?",
    re.IGNORECASE,
)
_PAGED = re.compile(r"\S.*(?:\t|\.{3}|(?: \.){3}|…|\S \S+\s{4,})[\s.…]*\d{1,4}$")
_HEADER_TITLE = re.compile(r"^Title:[ \t]*(\S.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)


def title_told(text: str, end: int) -> str | None:
    """The title that the licence above a Project Gutenberg book tells."""
    match = _HEADER_TITLE.search(text, 0, end)
    return " ".join(match[1].split()) if match else None


def contents(
    text: str, rows: Sequence[Row], heads: Sequence[Heading], language: Language
) -> tuple[list[Heading], list[Aside]]:
    """The headings of the text below its table of contents, also those that only the table tells; and the table."""
    lines = [text[r.start : r.end] for r in rows]
    within = {i: h for h in heads for i in range(h.first, h.last)}
    short = [line if len(line) <= 120 else "" for line in lines[:400]]
    begin = next((i for i, line in enumerate(short) if _CONTENTS.fullmatch(plain(line))), None)
    head = 1 if begin is not None else 0
    if begin is None:
        begin = next((i for i, two in enumerate(pairwise(short)) if all(map(_PAGED.search, two))), None)
    first = begin if begin is not None else next((h.first for h in heads), None)
    if first is None:
        return list(heads), []
    told = _first_prose(lines, rows, set(within), first + head, language)
    listed = [h for h in heads if first + head <= h.first < told]
    # One of the last may be the first chapter's own, which an entry told before.
    at = next((n for n in range(len(listed) - 1, max(0, len(listed) - 4), -1) if _told(listed, n)), None)
    if at is not None and listed[at].label is None and (number := listed[at - 1].label) and not number.words:
        at -= 1  # CHAPTER I above it.
    if begin is None and (len(listed) < 4 or at is None):
        return list(heads), []
    end = told
    if listed and (at is not None or len(listed) < 3):
        last, entries = listed[at or -1], listed[: at or -1]
        end = last.first
        # With that of the part above it.
        for above in reversed(entries):
            if above.label and above.label.above and above.last == end and not (last.label and last.label.above):
                end = above.first
    begin = first + head
    names = [_entry(line) if len(line) <= 120 else "" for line in lines[begin:told]]
    for i in range(max(begin + 1, told - 4), end):
        if names[i - begin] and names[i - begin] in names[: i - begin]:
            end = i
            break
    if end <= first:
        return list(heads), []
    span = Aside(rows[first].start, rows[end - 1].end, "contents")
    told_of = {name for name in names[: max(0, end - begin)] if name}
    found = [
        Heading(i, i + 1, plain(lines[i]), plain(lines[i]), None, listed=True)
        for i in range(end, len(rows) - 1)
        if i not in within and rows[i].lonely and len(lines[i]) <= 90 and _entry(lines[i]) in told_of
    ]
    kept = [h for h in heads if not first <= h.first < end]
    return sorted([*kept, *found], key=lambda h: h.first), [span]


def _entry(line: str) -> str:
    """A line of a table of contents without its numbers."""
    return re.sub(r"^(?:[IVXLC]+|\d+)[.:)\s]+|[\s.·…\d]+$", "", plain(line)).casefold()


def _told(listed: Sequence[Heading], at: int) -> bool:
    return any(_same(h, listed[at]) for h in listed[:at])


def _same(one: Heading, other: Heading) -> bool:
    if one.label and other.label and one.label.number == other.label.number:
        return one.label.above == other.label.above
    return bool(one.words) and _entry(one.words) == _entry(other.words)


def _first_prose(lines: Sequence[str], rows: Sequence[Row], headed: set[int], begin: int, language: Language) -> int:
    for start, end in _blocks(rows, begin, len(rows)):
        own = [i for i in range(start, end) if i not in headed]
        if own and prose([lines[i] for i in own], language):
            return own[0]
    return len(rows)


def _blocks(rows: Sequence[Row], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Rows that stand together, from one index to the other."""
    start = begin
    for i in range(begin + 1, end + 1):
        if i == end or rows[i].first or i - start >= 6:
            yield start, i
            start = i


def front(
    text: str, rows: Sequence[Row], heads: Sequence[Heading], table: Sequence[Aside], language: Language
) -> list[Aside]:
    """Title pages, dedications and lists above the first chapter, also under headings of their own. `table` is the
    table of contents."""
    if len(heads) < 2:
        return []
    lines = [text[r.start : r.end] for r in rows]
    first = next((h.first for h in heads if h.label or h.listed), heads[0].first)
    passed = {i for h in heads for i in range(h.first, h.last)}
    passed |= {i for i in range(first) for a in table if a.start <= rows[i].start < a.end}
    about = next((i for i in range(first) if _ABOUT.match(lines[i])), None)
    told = min(first, _first_prose(lines, rows, passed, 0, language) if about is None else first)
    # A heading right above running text is that text's.
    above = [h for h in heads if h.last == told and told < first]
    end = above[0].first if above else told
    found: list[Aside] = []
    for start, stop in ((0, next((a.start for a in table), len(text))), (max((a.end for a in table), default=0), 0)):
        own = [r for r in rows[:end] if (r.start < stop if stop else r.start >= start > 0)]
        if own:
            found.append(Aside(own[0].start, own[-1].end, "front matter"))
    return found


def finish(text: str, rows: Sequence[Row]) -> list[Aside]:
    """*The End*, and *End of the first part*."""
    return [
        Aside(r.start, r.end, "end")
        for r in rows
        if r.lonely and _END.fullmatch(text[r.start : r.end].strip("*_ -—"))
    ]
