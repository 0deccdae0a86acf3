"""What stands in a book's file and is no part of its story: advertisements, page numbers, notes, licences."""

import re
from collections.abc import Sequence
from typing import Protocol

from yingxi.core.story import Aside, Language

_START = re.compile(r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG.*?\*\*\*")
_END = re.compile(r"\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG")
_ADDRESS = re.compile(r"https?://|www\.|[\w-]+\.(?:com|net|org|cn|cc|info)\b", re.IGNORECASE)
_SOLD = {
    "zh": re.compile(
        "下载|txt|TXT|电子书|電子書|小说网|书友|請收藏|请收藏|收藏本站|首发|更新最快|手机阅读|整理制作|仅供|版权归|最新章节"
        "|求推荐|月票|正版"
    ),
    "en": re.compile(
        r"downloaded from|free e-?books?|this e-?book|distributed proofread|produced by|scanned by|transcriber.s note"
        r"|all rights reserved|isbn",
        re.IGNORECASE,
    ),
}
_PAGE = re.compile(r"[-–—\s]*(?:\d{1,4}|第\s*\d+\s*页|\[?(?:page|p\.) ?\d+\]?)[-–—\s]*", re.IGNORECASE)
_DASHED = re.compile(r"[-–—]\s*\d{1,4}\s*[-–—]|\[?(?:page|p\.) ?\d+\]?|第\s*\d+\s*页", re.IGNORECASE)
_NOTE = re.compile(
    r"\[(?:Footnote|Note)\b|\[?\(?\d{1,3}[\])]\s+\S|\*\s+\S.{0,200}$|[①-⑳〔【\[]\s*(?:注|\d)|注[释釋]?[：:]"
)
_CLOSED = re.compile(r"[（(【\[]?\s*(?:本章(?:完|未完.*)|未完待续.*|to be continued\.*)\s*[)）\]】]?", re.IGNORECASE)
_PROSE = re.compile(r"[。！？”]|[a-z]{3,} [a-z]{3,} [a-z]{3,}")
_OPEN = re.compile(r"[\w,;，、—-]$")


class Row(Protocol):
    """A line of the text: its characters, and whether it stands between empty lines."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def lonely(self) -> bool: ...


def frame(text: str) -> tuple[int, int, list[Aside]]:
    """Where a Project Gutenberg file's book begins and ends, and the licence around it."""
    first, last = _START.search(text), None
    start = first.end() if first else 0
    last = _END.search(text, start)
    end = last.start() if last else len(text)
    licence = [Aside(a, b, "licence") for a, b in ((0, start), (end, len(text))) if b > a]
    return start, end, licence


def asides(text: str, rows: Sequence[Row], language: Language) -> list[Aside]:
    """Lines that are no part of the story, in order."""
    found = []
    before = ""
    for number, row in enumerate(rows):
        line = text[row.start : row.end]
        why = None
        address = _ADDRESS.search(line)
        if (_SOLD[language].search(line) and len(line) <= (120 if address else 40)) or (
            address and len(line) <= 80 and not _PROSE.search(line)
        ):
            why = "advertisement"
        elif _CLOSED.fullmatch(line):
            why = "end of a chapter"
        elif _DASHED.fullmatch(line) or (_PAGE.fullmatch(line) and _OPEN.search(before) and number):
            why = "page number"
        elif row.lonely and _NOTE.match(line) and number > 2:
            why = "footnote"
        if why:
            found.append(Aside(row.start, row.end, why))
        else:
            before = line
    return found
