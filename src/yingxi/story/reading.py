"""What reading a story finds: quotations, people and where they are mentioned."""

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from yingxi.core.cast import Character
from yingxi.core.story import Paragraph, Span, Story
from yingxi.story.quotes import Quote, find_quotes

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Mention(Span):
    """A name, noun or pronoun that means the character `who`."""

    who: str


@dataclass
class Reading:
    """A story's opening as far as it is read closely: its paragraphs, quotations, people and mentions.

    `docs` are spaCy's, one a paragraph with the same offsets, for English; Chinese has none.
    """

    story: Story
    paragraphs: Sequence[Paragraph]
    quotes: Sequence[Quote]
    docs: "Sequence[Doc]" = ()
    people: Sequence[Character] = ()
    mentions: Sequence[Mention] = ()
    whole: bool = True
    unseen: frozenset[str] = frozenset()

    def settle(
        self, people: Sequence[Character], mentions: Sequence[Mention], unseen: frozenset[str] = frozenset()
    ) -> None:
        """Set who is in the story, and where; what was reckoned from others is forgotten. `unseen`: those
        who are only spoken of or called."""
        self.people, self.mentions, self.unseen = people, mentions, unseen
        self.__dict__.pop("_starts", None)

    @cached_property
    def _starts(self) -> list[int]:
        return [m.start for m in self.mentions]

    @cached_property
    def _quote_starts(self) -> list[int]:
        return [q.start for q in self.quotes]

    def mentions_in(self, start: int, end: int) -> Sequence[Mention]:
        """Mentions that begin in a span, in order."""
        return self.mentions[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)]

    def quoted(self, position: int) -> Quote | None:
        """The quotation of speech that a position lies in."""
        index = bisect.bisect_right(self._quote_starts, position) - 1
        if index < 0:
            return None
        quote = self.quotes[index]
        return quote if quote.speech and position < quote.end else None

    def narrated(self, start: int, end: int) -> Sequence[Mention]:
        """Mentions in a span that are outside speech."""
        return [m for m in self.mentions_in(start, end) if self.quoted(m.start) is None]

    def narration(self, start: int, end: int, between: str) -> str:
        """The words of a span that are not speech, with `between` where speech was."""
        parts, at = list[str](), start
        for quote in self.quotes_in(start, end):
            if quote.speech and quote.start >= at:
                parts.append(self.story.text[at : quote.start])
                at = quote.end
        return between.join([*parts, self.story.text[at:end]])

    def quotes_in(self, start: int, end: int) -> Sequence[Quote]:
        """Quotations that begin in a span."""
        first = bisect.bisect_left(self._quote_starts, start)
        return self.quotes[first : bisect.bisect_left(self._quote_starts, end)]


def opening(story: Story, limit: int) -> tuple[list[Paragraph], bool]:
    """Paragraphs up to `limit` characters, and whether that is the whole story.

    A longer story is cut after the last chapter that fits, or, within a first chapter that does not, after a
    paragraph.
    """
    taken: list[Paragraph] = []
    begin = story.chapters[0].start
    for number, chapter in enumerate(story.chapters):
        if chapter.end - begin <= limit:
            taken += chapter.paragraphs
            continue
        if not number:
            taken = [p for p in chapter.paragraphs if p.end - begin <= limit] or [chapter.paragraphs[0]]
        return taken, False
    return taken, True


def read(story: Story, limit: int, advance: Callable[[float], None] = lambda _: None) -> Reading:
    """Read the first `limit` characters of a story closely: quotations, people, mentions.

    `advance` is told how many characters have been read since it was last called.
    """
    paragraphs, whole = opening(story, limit)
    quotes = find_quotes(story.text, paragraphs, story.language)
    reading = Reading(story, paragraphs, quotes, whole=whole)
    if story.language == "en":
        from yingxi.story import cast_english, english

        reading.docs = english.parse(story.text, paragraphs, advance)
        cast_english.find_people(reading)
    else:
        from yingxi.story import cast_chinese

        cast_chinese.find_people(reading)
        advance(paragraphs[-1].end - paragraphs[0].start)
    return reading
