"""Who says which quotation, by what the text says outright, and nothing where it does not."""

from dataclasses import dataclass
from typing import Literal

from yingxi.story import attribution_chinese, attribution_english
from yingxi.story.quotes import Quote
from yingxi.story.reading import Reading


@dataclass(frozen=True)
class Attribution:
    """Who speaks a quotation and to whom: cast ids, or None where it is not sure enough.

    `kind` is how the text tells it: a name or noun with a verb of speech, a pronoun with one, or neither.
    `confidence`, 0 to 1, is how likely the speaker is right.
    """

    quote: Quote
    speaker: str | None
    addressee: str | None = None
    kind: Literal["explicit", "pronoun", "implicit"] = "implicit"
    confidence: float = 0.0


def attribute(reading: Reading) -> list[Attribution]:
    """One attribution for every quotation of speech, in order.

    A name or noun that is the subject of a verb of speech beside the quotation counts, a pronoun where one person
    only can be meant, then other speech in the same paragraph, then strict turns between two people.
    """
    if reading.story.language == "en":
        explicit = attribution_english.explicit(reading)
    else:
        explicit = attribution_chinese.explicit(reading)
    explicit = {q: who for q, who in explicit.items() if not _calls(reading, q, who, begins=True)}
    found = dict(explicit)
    _same_paragraph(reading, found, explicit)
    _turns(reading, found)
    return [
        Attribution(q, found.get(q), None, "explicit" if q in explicit else "implicit", float(q in found))
        for q in reading.quotes
        if q.speech
    ]


def speakers(attributions: list[Attribution]) -> dict[Quote, str]:
    """Speech -> cast id, of those that are resolved."""
    return {a.quote: a.speaker for a in attributions if a.speaker is not None}


def _same_paragraph(reading: Reading, found: dict[Quote, str], explicit: dict[Quote, str]) -> None:
    """In one English paragraph one person speaks. Chinese paragraphs hold whole dialogues."""
    if reading.story.language != "en":
        return
    by_paragraph: dict[int, set[str]] = {}
    for quote, who in explicit.items():
        by_paragraph.setdefault(quote.paragraph, set()).add(who)
    for quote in reading.quotes:
        speakers = by_paragraph.get(quote.paragraph, set())
        if quote.speech and quote not in found and len(speakers) == 1:
            found[quote] = next(iter(speakers))


def _turns(reading: Reading, found: dict[Quote, str]) -> None:
    """A B A B: paragraphs of nothing but speech after two that are told, until narration or a told one ends it."""
    paragraphs = reading.paragraphs
    bare: dict[int, Quote] = {}
    speaker: dict[int, str] = {}
    for quote in reading.quotes:
        if not quote.speech:
            continue
        paragraph = paragraphs[quote.paragraph]
        if quote.end - quote.start >= paragraph.end - paragraph.start - 1:
            bare[quote.paragraph] = quote
        if quote in found:
            speaker[quote.paragraph] = found[quote]
    for index in range(2, len(paragraphs)):
        before, last = speaker.get(index - 2), speaker.get(index - 1)
        if index in bare and index not in speaker and before and last and before != last:
            # The turn must not contradict what follows: the next told speaker continues the alternation.
            after = speaker.get(index + 1)
            if after != before and not _calls(reading, bare[index], before):
                speaker[index] = before
                found[bare[index]] = before


def _calls(reading: Reading, quote: Quote, who: str, begins: bool = False) -> bool:
    """Whether the words address `who` by name (`begins`: as their first word), so that `who` cannot be speaking."""
    text = reading.story.text
    end = quote.inner.start + 1 if begins else quote.end
    mentions = reading.mentions_in(quote.start, end)
    return any(m.who == who and text[m.end : m.end + 1] in (",", "!", "?", "，", "！") for m in mentions)
