"""Markdown: the text as it stands, with # lines as headings."""

import re
from pathlib import Path

from yingxi.story.encoding import decode
from yingxi.story.formats.extract import Extract

_HEADING = re.compile(r"^#{1,6}[ \t]+\S.*$", re.MULTILINE)


def extract(data: bytes, path: Path) -> Extract:
    text = decode(data, path)
    marks = [m.start() for m in _HEADING.finditer(text)]
    first = _HEADING.search(text)
    alone = first is not None and first[0].startswith("# ") and len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    title = first[0].strip("# \t") if first is not None and alone else None
    asides = ((first.start(), first.end(), "title"),) if first is not None and alone else ()
    headings = frozenset(m for m in marks if not (alone and first and m == first.start()))
    return Extract(text, title, headings, asides, plain=True)
