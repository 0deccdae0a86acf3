"""HTML and XHTML: its blocks of text, with h1 to h3 as headings."""

import re
from html.parser import HTMLParser
from pathlib import Path

from yingxi.story.encoding import decode
from yingxi.story.formats.extract import Blocks, Extract

_BLOCKS = frozenset([
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "blockquote", "section", "article", "header",
    "footer", "pre", "nav", "aside", "hr", "body", "table", "ul", "ol", "dl", "dd", "dt",
])  # fmt: skip
_HEADINGS = frozenset(["h1", "h2", "h3"])
_HIDDEN = frozenset(["script", "style", "head", "template", "noscript", "svg"])
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")


class _Reader(HTMLParser):
    def __init__(self, blocks: Blocks) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks = blocks
        self.words: list[str] = []
        self.heading = False
        self.hidden: list[str] = []
        self.why: str | None = None
        self.aside: list[str] = []
        self.in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self.in_title = True
        if tag in _HIDDEN:
            self.hidden.append(tag)
        elif tag == "br":
            self.words.append("\n")
        elif tag in _BLOCKS:
            self.flush()
            self.heading = tag in _HEADINGS
        kind = dict(attrs).get("epub:type") or dict(attrs).get("role") or ""
        note = "footnote" in kind or "endnote" in kind
        if self.aside or tag == "nav" or (note and tag in _BLOCKS):
            # What stands in it stands aside too, to its own end.
            if not self.aside:
                self.flush()
                self.why, self.aside = ("contents" if tag == "nav" else "footnote"), [tag]
            elif tag == self.aside[0]:
                self.aside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        elif tag in _BLOCKS:
            self.flush()
            self.heading = False
        if self.aside and tag == self.aside[0]:
            self.aside.pop()
            self.why = self.why if self.aside else None

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.blocks.title = _SPACE.sub(" ", data).strip() or self.blocks.title
        elif not self.hidden:
            self.words.append(_SPACE.sub(" ", data))

    def flush(self) -> None:
        lines = "".join(self.words).split("\n")
        self.words = []
        self.blocks.add("\n".join(line.strip() for line in lines if line.strip()), self.heading, self.why)


def read_markup(markup: str, blocks: Blocks) -> None:
    """Add the blocks of a page."""
    reader = _Reader(blocks)
    reader.feed(markup)
    reader.close()
    reader.flush()


def markup_of(data: bytes, path: Path) -> str:
    """A page's markup in the encoding that it names, or that it reads like."""
    named = _CHARSET.search(data[:2048])
    if named:
        try:
            return data.decode(named[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, path)


def extract(data: bytes, path: Path) -> Extract:
    blocks = Blocks()
    read_markup(markup_of(data, path), blocks)
    return blocks.extract()
