"""What stands in a book's file and is no part of its story: advertisements, page numbers, notes, licences."""

import re
from collections.abc import Sequence

from yingxi.core.story import Aside, Language
from yingxi.story.headings import Row, together
from yingxi.story.label import label

_START = re.compile(r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG.*?\*\*\*")
_SMALL_PRINT = re.compile(r"\*END\*? ?THE SMALL PRINT.*")
_END = re.compile(
    r"^(?:End of (?:the |this )?Project Gutenberg.*|\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG)",
    re.MULTILINE | re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<!\]\()https?://|www\.|\b[\w-]{1,63}\.(?:com|net|org|cn|cc|info)\b", re.IGNORECASE)
_SOLD = {
    "zh": re.compile(
        "下载|txt|TXT|电子书|電子書|小说网|书友|請收藏|请收藏|收藏本站|首发|更新最快|手机阅读|整理制作|仅供|版权归|最新章节"
        "|求推荐|月票|正版"
        "|手机用户|记住本站|本站域名|无弹窗|笔趣阁|打赏|章节错误|^PS[:：.]|^ps[:：]|作者的话[:：]|作者有话"
    ),
    "en": re.compile(
        r"downloaded from|free e-?books?|this e-?book|distributed proofread|produced by|prepared by|scanned by"
        r"|transcribed from|all rights reserved|isbn",
        re.IGNORECASE,
    ),
}
_PAGE = re.compile(r"[-–—\s]*(?:\d{1,4}|第\s*\d+\s*页|\[?(?:page|p\.) ?\d+\]?)[-–—\s]*", re.IGNORECASE)
_DASHED = re.compile(r"[-–—]\s*\d{1,4}\s*[-–—]|\[?(?:page|p\.) ?\d+(?: of \d+)?\]?|第\s*\d+\s*页", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:\[?\(?\d{1,3}[\])]|\[[A-Z]\])\s+\S|\*\s+[^\s*].{0,200}|[①-⑳〔【\[]\s*(?:注|\d+[\]】〕])|[①-⑳]|\[\^\w+\]:|注[释釋]?[：:]"
)
_NOTES = re.compile(r"(?:FOOT|END)?NOTES[.:]?|[【\[]?(?:注释|註釋|注)[】\]]?[：:]?", re.IGNORECASE)
_CREDITS = re.compile(r"(?:E-?text )?(?:produced|transcribed|prepared|scanned) (?:by|from)\b", re.IGNORECASE)
_AUTHOR = re.compile(r"\(?(?:A/N|Author.s note|Beta.d by|Disclaimer)\s*[:：]", re.IGNORECASE)
_BRACKETED = {
    "illustration": re.compile(r"\[(?:Illustration|Frontispiece|Picture|Plate|插[图圖])\b", re.IGNORECASE),
    "footnote": re.compile(r"\[(?:Footnote|Note|Sidenote|Endnote)\b", re.IGNORECASE),
    "transcriber's note": re.compile(r"\[?_?Transcriber.?s.? note", re.IGNORECASE),
}
_CLOSED = re.compile(r"[（(【\[]?\s*(?:本章(?:完|未完.*)|未完待续.*|to be continued\.*)\s*[)）\]】]?", re.IGNORECASE)
_PROSE = re.compile(r"[。！？”]|[a-z]{3,} [a-z]{3,} [a-z]{3,}")
_OPEN = re.compile(r"[\w,;，、—-]$")


def frame(text: str) -> tuple[int, int, list[Aside]]:
    """Where a Project Gutenberg file's book begins and ends, and the licence around it."""
    first = _START.search(text) or _SMALL_PRINT.search(text)
    start = first.end() if first else 0
    last = _END.search(text, start)
    end = last.start() if last else len(text)
    licence = [Aside(a, b, "licence") for a, b in ((0, start), (end, len(text))) if b > a]
    return start, end, licence


def asides(text: str, rows: Sequence[Row], language: Language) -> list[Aside]:
    """Lines that are no part of the story, in order."""
    found: list[Aside] = []
    before = ""
    done = 0
    for number, row in enumerate(rows):
        if number < done:
            continue
        line = text[row.start : row.end]
        why, done = None, number + 1
        if row.first and (why := _bracketed(line)):
            done = _closed(text, rows, number) if line[0] == "[" else together(rows, number, len(rows))
        elif row.first and number > 2 and _NOTE.match(line):
            why, done = "footnote", together(rows, number, len(rows))
        elif (
            row.first and _NOTES.fullmatch(line) and _NOTE.match(text[rows[done].start :][:80] if rows[done:] else "")
        ):
            why = "footnote"
        elif row.first and number < 8 and _CREDITS.match(line):
            why, done = "advertisement", together(rows, number, len(rows))
        elif row.first and _AUTHOR.match(line):
            why, done = "author's note", together(rows, number, len(rows))
        elif _advertises(line, language):
            why = "advertisement"
        elif _CLOSED.fullmatch(line):
            why = "end of a chapter"
        elif number and _numbers_page(line, before, text, rows, number):
            why = "page number"
        if why:
            found.append(Aside(row.start, rows[done - 1].end, why))
        else:
            before = line
    return found


def _advertises(line: str, language: Language) -> bool:
    if len(line) > 120:
        return False
    address = _ADDRESS.search(line)
    if _SOLD[language].search(line) and len(line) <= (120 if address else 40):
        told = label(line, language)  # Readers are asked for votes in the titles of chapters too.
        return address is not None or told is None or not told.unit
    short = len(line) <= (60 if language == "zh" else 80)
    return address is not None and short and (language == "zh" or not _PROSE.search(line))


def _numbers_page(line: str, before: str, text: str, rows: Sequence[Row], number: int) -> bool:
    if _DASHED.fullmatch(line):
        return True
    # A figure alone, where a line of running text breaks off.
    if not _PAGE.fullmatch(line) or not _OPEN.search(before) or len(before) < 16:
        return False
    after = text[rows[number + 1].start : rows[number + 1].start + 1] if number + 1 < len(rows) else ""
    return not after.isupper() or len(before) > 40


def _bracketed(line: str) -> str | None:
    for why, form in _BRACKETED.items():
        if form.match(line):
            return why
    return None


def _closed(text: str, rows: Sequence[Row], number: int) -> int:
    """The row after that in which a bracket closes, or after its block's last where none does."""
    depth = 0
    for end in range(number, min(number + 80, len(rows))):
        line = text[rows[end].start : rows[end].end]
        depth += line.count("[") - line.count("]")
        if depth <= 0:
            return end + 1
    return together(rows, number, len(rows))
