"""Markdown: the text as it stands, with its headings; what it does not show is set aside."""

import re
from pathlib import Path

from yingxi.story.encoding import decode
from yingxi.story.formats.extract import Extract

_HEADING = re.compile(r"^#{1,6}[ \t]+\S.*$|^\S[^\n]*(?=\n(?:=+|-+)[ \t]*$)", re.MULTILINE)
_HIDDEN = {
    "front matter": re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*$", re.MULTILINE | re.DOTALL),
    "comment": re.compile(r"<!--.*?-->", re.DOTALL),
    "illustration": re.compile(r"^!\[[^\]\n]*\]\([^)\n]*\)[ \t]*$", re.MULTILINE),
    "footnote": re.compile(r"^\[\^[^\]\n]+\]:.*(?:\n[ \t]+\S.*)*", re.MULTILINE),
    "link": re.compile(r"^\[[^\]^\n]+\]:[ \t]*\S+.*$", re.MULTILINE),
    "contents": re.compile(r"^(?:[ \t]*(?:[-*+]|\d+\.)[ \t]+\[[^\]\n]*\]\(#[^)\n]*\)[ \t]*\n?)+", re.MULTILINE),
    "underline": re.compile(r"^(?:=+|-+)[ \t]*$", re.MULTILINE),
}
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)


def extract(data: bytes, path: Path) -> Extract:
    text = decode(data, path)
    asides = [(m.start(), m.end(), why) for why, form in _HIDDEN.items() for m in form.finditer(text) if m[0].strip()]
    front = _HIDDEN["front matter"].match(text)
    title = (found[1] or None) if front and (found := _TITLE.search(front[0])) else None
    marks = [m for m in _HEADING.finditer(text) if not any(a <= m.start() < b for a, b, _ in asides)]
    above = [m for m in marks if _level(m, text) == 1]
    if len(above) == 1 and above[0] == marks[0] and len(marks) > 1:
        # The one above all others is the book's.
        title = title or above[0][0].strip("# \t")
        asides.append((above[0].start(), above[0].end(), "title"))
        marks = marks[1:]
    return Extract(text, title, frozenset(m.start() for m in marks), tuple(asides), plain=True)


def _level(heading: re.Match[str], text: str) -> int:
    if heading[0].startswith("#"):
        return len(heading[0]) - len(heading[0].lstrip("#"))
    return 1 if text[heading.end() + 1] == "=" else 2
