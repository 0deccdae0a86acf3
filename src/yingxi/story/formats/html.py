"""HTML and XHTML: its blocks of text, with h1 to h3 as headings."""

import re
from html.parser import HTMLParser
from pathlib import Path

from yingxi.story.encoding import decode
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.label import label

_BLOCKS = frozenset([
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "blockquote", "section", "article", "header",
    "footer", "pre", "nav", "aside", "hr", "body", "table", "ul", "ol", "dl", "dd", "dt",
])  # fmt: skip
_HEADINGS = frozenset(["h1", "h2", "h3"])
_HIDDEN = frozenset([
    "script", "style", "head", "template", "noscript", "svg", "rt", "rp", "select", "button", "object", "iframe",
])  # fmt: skip
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source"])
_ASIDE = {
    "footnote": "footnote", "endnote": "footnote", "rearnote": "footnote", "toc": "contents", "landmarks": "contents",
    "loi": "contents", "page-list": "contents", "copyright-page": "front matter", "titlepage": "front matter",
    "halftitlepage": "front matter", "imprint": "front matter", "colophon": "front matter", "index": "front matter",
    "cover": "front matter", "dedication": "front matter", "acknowledgments": "front matter",
}  # fmt: skip
"""What of a page is no part of the story, by its epub:type, and why: https://www.w3.org/TR/epub-ssv-11/"""
_REFERENCE = re.compile(r"\bnoteref\b|\bpagebreak\b|\bpage-?num")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_MARK = re.compile(r"[\[(（]?(?:\d{1,3}|[*†‡§]+|[①-⑳]|注)[\])）]?")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SITE = re.compile(
    r"\s*(?:[|_]|\s[-–—])\s*[^|_–—]*(?:网|小说|阅读|\b(?:books?|free|read|online|gutenberg)\b).*", re.IGNORECASE
)


class _Reader(HTMLParser):
    def __init__(self, blocks: Blocks) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks = blocks
        self.words: list[str] = []
        self.linked = 0
        self.heading = ""
        self.hidden: list[str] = []
        self.why: str | None = None
        self.aside: list[str] = []
        self.in_title = False
        self.pre = False
        self.link: int | None = None
        self.first_heads: list[str] = []
        self.ids: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        kind = " ".join(filter(None, [told.get("epub:type"), (told.get("role") or "").replace("doc-", "")]))
        if tag == "title" and self.hidden[-1:] != ["svg"]:
            self.in_title = True
        unseen = "hidden" in told or _UNSEEN.search(told.get("style") or "")
        if self.hidden or tag in _HIDDEN or unseen or _REFERENCE.search(f"{kind} {told.get('class') or ''}"):
            # What stands in it is not shown either, to its own end.
            if tag not in _VOID and (not self.hidden or tag == self.hidden[0]):
                self.hidden.append(tag)
            return
        if tag == "br":
            self.words.append(" " if self.heading else "\n")
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "a" and told.get("href"):
            self.link = len(self.words)
        elif tag in _BLOCKS:
            self.flush()
            self.heading = tag if tag in _HEADINGS else ""
            self.pre = tag == "pre"
        name = told.get("id") or (told.get("name") if tag == "a" else None)
        if name:
            self.ids.setdefault(name, self.blocks.size)
        why = "contents" if tag == "nav" else "footer" if tag == "footer" else None
        if tag in _BLOCKS and why is None:
            why = next((w for k, w in _ASIDE.items() if k in kind.split() or f"{k}s" in kind.split()), None)
        if self.aside or why:
            # What stands in it stands aside too, to its own end.
            if not self.aside:
                self.flush()
                self.why, self.aside = why, [tag]
            elif tag == self.aside[0]:
                self.aside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        if self.hidden:
            if tag == self.hidden[-1]:
                self.hidden.pop()
            return
        if tag == "a" and self.link is not None:
            inside = "".join(self.words[self.link :]).strip()
            if _MARK.fullmatch(inside) and "".join(self.words[: self.link]).strip():
                del self.words[self.link :]  # The mark of a note.
            else:
                self.linked += len(inside)
            self.link = None
        elif tag in _BLOCKS:
            self.flush()
            self.heading, self.pre = "", False
        if self.aside and tag == self.aside[0]:
            self.aside.pop()
            self.why = self.why if self.aside else None

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.blocks.title = _SPACE.sub(" ", data).strip() or self.blocks.title
        elif not self.hidden:
            self.words.append(data if self.pre else _SPACE.sub(" ", data))

    def flush(self) -> None:
        words, self.words, self.link = "".join(self.words), [], None
        linked, self.linked = self.linked, 0
        for part in re.split(r"\n\s*\n", words) if self.pre else [words]:
            told = "\n".join(line.strip() for line in part.split("\n") if line.strip())
            if self.heading == "h1" and told:
                self.first_heads.append(told)
            self.blocks.add(told, bool(self.heading), self.why or self._leads_away(told, linked))

    def _leads_away(self, words: str, linked: int) -> str | None:
        """Whether a block is nothing but links: *Back, Contents, Next*."""
        if self.heading or linked < 0.7 * len(words) or len(words) > 80 or not words:
            return None
        return None if label(words, "en") or label(words, "zh") else "links"


def read_markup(markup: str, blocks: Blocks) -> _Reader:
    """Add the blocks of a page. What is returned knows where its anchors are, and its h1."""
    reader = _Reader(blocks)
    reader.feed(markup)
    reader.close()
    reader.flush()
    return reader


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
    first = read_markup(markup_of(data, path), blocks).first_heads
    one = first[0] if len(first) == 1 and len(blocks.headings) > 1 and len(first[0]) <= 80 else ""
    if one:
        # The one above all others is the book's.
        blocks.title = " ".join(one.split())
        at = next((h for h in sorted(blocks.headings) if blocks.parts_at(h) == one), None)
        if at is not None:
            blocks.headings.discard(at)
            blocks.asides.append((at, at + len(one), "title"))
    elif blocks.title:
        blocks.title = _SITE.sub("", blocks.title) or blocks.title
    return blocks.extract()
