"""Headings of chapters, told by their words, by the order of their numbers, or, without any, by standing alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yingxi.core.story import Language, Span
from yingxi.story.label import COUNT, NUMBER, Label, label, plain, prose, titled, value
from yingxi.story.verse import stanza

_RUN_IN = {
    "en": re.compile(rf"((?:CHAPTER|Chapter|BOOK|Book|PART|Part) {NUMBER}(?:[.:]|(?=\s)))\s+(?=[A-Z“\"‘'])"),
    "zh": re.compile(rf"(第{COUNT}+[回章])[\s　]+(?=\S{{20}})"),
}


@dataclass(frozen=True)
class Row(Span):
    """A line of the text without its surrounding white space; `indent` in characters, `first` below an empty line,
    `lonely` between two."""

    indent: int
    lonely: bool
    first: bool


@dataclass(frozen=True)
class Heading:
    """Rows `first` to `last` (exclusive) of a text. `label` is None where only the format or its place tells it;
    `listed`: the table of contents tells it."""

    first: int
    last: int
    title: str
    words: str
    label: Label | None
    listed: bool = False


def split(text: str, rows: Sequence[Row], language: Language) -> list[Row]:
    """Lines, and those that go on with the story after a chapter's number as two: *CHAPTER I It was a dark night.*"""
    found: list[Row] = []
    for row in rows:
        match = _RUN_IN[language].match(text, row.start, row.end) if row.first else None
        if match and label(text[row.start : row.end], language) is None:
            found.append(Row(row.start, match.end(1), row.indent, True, True))
            found.append(Row(match.end(), row.end, row.indent, row.lonely, True))
        else:
            found.append(row)
    return found


def headings(
    text: str, rows: Sequence[Row], language: Language, marked: frozenset[int] = frozenset()
) -> list[Heading]:
    """The headings among the lines of a text, in order. `marked`: where lines begin that the book's format calls
    headings."""
    lines = [text[r.start : r.end] for r in rows]
    labels = [label(line, language) if len(line) <= 240 else None for line in lines]
    bare = {i for i, got in enumerate(labels) if got and not got.unit}
    kept = {i for i in bare if rows[i].lonely and len(lines[i]) <= 90} | _series(bare, labels)
    kept -= {i for i in kept if _numbers_verse(lines, rows, i, labels[i], language)}
    named = {
        i
        for i, got in enumerate(labels)
        if got and got.unit and (got.unit not in _LOOSE or rows[i].first or not got.words)
    }
    counted = kept | named
    found = counted | {i for i, r in enumerate(rows) if r.start in marked}
    if not found:
        found = _alone(lines, rows, language)
    result: list[Heading] = []
    for i in sorted(found):
        if result and i < result[-1].last:
            continue
        got = labels[i] if i in counted else None
        told = lines[i].strip("# \t") if rows[i].start in marked else plain(lines[i]) or lines[i]
        words = got.words if got else told
        last = _below(lines, rows, labels, i, got, language, marked) if got else i + 1
        below = " ".join(plain(line) for line in lines[i + 1 : last])
        result.append(Heading(i, last, f"{told} {below}".strip(), f"{words} {below}".strip(), got))
    return result


def _numbers_verse(lines: Sequence[str], rows: Sequence[Row], at: int, got: Label | None, language: Language) -> bool:
    """Whether a number stands above a stanza of a song."""
    if language == "zh" or (got and got.words) or at + 1 >= len(rows):
        return False
    return stanza(lines[at + 1 : together(rows, at + 1)], language, 0)


def numbered_pages(heads: Sequence[Heading]) -> list[Heading]:
    """Bare figures that are no chapters' but count pages: they go on counting through chapters, or do not
    begin with 1."""
    bare = [h for h in heads if h.label and not h.label.unit and not h.words and h.label.number.isdigit()]
    counts = [int(h.label.number) for h in bare if h.label]
    chapters = any(h.label and h.label.unit not in ("", "name") and not h.label.above for h in heads)
    rising = all(a < b for a, b in pairwise(counts))
    return bare if rising and len(bare) >= 2 and (chapters or counts[0] > 1) else []


_LOOSE = ("day", "night", "no.", "letter", "tale", "episode", "section")
"""Nouns that lines of prose begin with too: their headings stand apart."""


def _series(bare: set[int], labels: Sequence[Label | None]) -> set[int]:
    """Lines with a number that go on counting from 1, with something between them."""
    found: set[int] = set()
    run: list[int] = []
    for i in sorted(bare):
        got = labels[i]
        number = value(got.number) if got else 0
        if run and number == len(run) + 1 and i > run[-1] + 1:
            run.append(i)
        elif number == 1:
            run = [i]
        if len(run) >= 2:
            found |= set(run)
    return found


def _below(
    lines: Sequence[str],
    rows: Sequence[Row],
    labels: Sequence[Label | None],
    at: int,
    got: Label,
    language: Language,
    marked: frozenset[int],
) -> int:
    """The row after a heading's last: its title may stand on the next line, or go on there."""
    end = at + 1
    if got.words:
        # A long title broken at the width: the rest of its block, if that is short.
        if rows[at].first and 45 <= len(lines[at]) <= 80 and lines[at][-1] not in ".!?。！？":
            while end < len(rows) and not rows[end].first and labels[end] is None:
                end += 1
            block = lines[at + 1 : end]
            told = any("“" in line or len(line) > 80 for line in block)
            return end if len(block) <= 3 and end < len(rows) and not told else at + 1
        return end
    if end >= len(rows) - 1 or labels[end] is not None or rows[end].start in marked:
        return end
    if not titled(lines[end], language) or got.unit == "name":
        return end
    stop = together(rows, end)
    if not rows[end].first or stop == end + 1 or all(line.isupper() for line in lines[end:stop]):
        end += 1
        while end < stop and lines[end].isupper() and labels[end] is None:
            end += 1
    # What follows a title is told; lines like it are a list, or verse.
    alike = rows[end].lonely and titled(lines[end], language) and labels[end] is None and not lines[end].isupper()
    return at + 1 if alike and language == "zh" else end


def _alone(lines: Sequence[str], rows: Sequence[Row], language: Language) -> set[int]:
    """Titles without numbers: lines alone that are written as titles, at least two, with running text under each."""
    found = [
        i
        for i in range(len(rows) - 1)
        if (rows[i].lonely or (lines[i].isupper() and len(lines[i]) > 3 and language == "en"))
        and titled(lines[i], language)
        and (len(plain(lines[i])) <= 12 or language == "en")
    ]
    led = [i for i in found if i + 1 not in found and prose(lines[i + 1 : together(rows, i + 1)], language)]
    stray = [i for i in found if i > 1 and i not in led]
    # Where many are no titles of a chapter, none is.
    return set(led) if len(led) >= 2 and len(led) >= 2 * len(stray) and 2 * len(led) < len(rows) else set()


def together(rows: Sequence[Row], at: int, most: int = 6) -> int:
    """The row after the last that stands together with one, or after so many."""
    end = at + 1
    while end < min(len(rows), at + most) and not rows[end].first:
        end += 1
    return end
