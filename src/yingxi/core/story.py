"""The source text: chapters, paragraphs and sentences, each with its character offsets into the decoded text."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


def language_of(text: str) -> Language:
    """Chinese where there is one Chinese character."""
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` (exclusive) of the story's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Paragraph(Span):
    """`verse`: a stanza, whose lines are lines."""

    sentences: tuple[Span, ...]
    verse: bool = False


@dataclass(frozen=True)
class Chapter(Span):
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Aside(Span):
    """A stretch that is no part of the story, and `why`: *page number*, *advertisement*, *contents*, *licence*."""

    why: str


@dataclass(frozen=True)
class Story:
    """A decoded text and its parts. `text[span.start:span.end]` is what a span says. `plain`: the text is the file's
    own, not taken out of a book's or a page's format. `screenplay`: it is a finished one, in Fountain."""

    title: str
    language: Language
    text: str
    chapters: tuple[Chapter, ...]
    set_aside: tuple[Aside, ...] = ()
    plain: bool = True
    screenplay: bool = False

    def read(self, span: Span) -> str:
        return self.text[span.start : span.end]
