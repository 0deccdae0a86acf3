"""What happens in a sentence: who does what, in the story's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yingxi.core.story import Span
from yingxi.story.english import subject_of
from yingxi.story.reading import Mention, Reading


@dataclass(frozen=True)
class Event(Span):
    """A character and what it does: a verb with what follows it, and the character it is done to, if any."""

    who: str
    deed: str
    whom: str | None = None


def events(reading: Reading, paragraph: int, start: int, end: int) -> list[Event]:
    """Events told by the narration of `start..end`, a stretch of one paragraph."""
    return _english(reading, paragraph, start, end) if reading.docs else _chinese(reading, start, end)


def deeds(reading: Reading, paragraph: int, start: int, end: int) -> dict[str, str]:
    """Character -> all that it does in a stretch of narration."""
    found: dict[str, str] = {}
    for event in events(reading, paragraph, start, end):
        found[event.who] = f"{found[event.who]}; {event.deed}" if event.who in found else event.deed
    return found


def _english(reading: Reading, paragraph: int, start: int, end: int) -> list[Event]:
    doc, base = reading.docs[paragraph], reading.paragraphs[paragraph].start
    span = doc.char_span(start - base, end - base, alignment_mode="expand")
    tokens = [t for t in span or () if reading.quoted(base + t.idx) is None]
    mentions = reading.narrated(start, end)
    verbs = [t for t in tokens if t.pos_ in ("VERB", "AUX") and t.dep_ not in ("aux", "auxpass")]
    found = []
    for number, verb in enumerate(verbs):
        subject = subject_of(verb)
        if subject is None:
            continue
        actors = [subject, *(c for c in subject.conjuncts)]
        stop = verbs[number + 1].i if number + 1 < len(verbs) else tokens[-1].i + 1
        words = [t for t in doc[verb.i : min(stop, verb.i + 8)] if not t.is_punct and not t.is_space]
        deed = " ".join([verb.lemma_, *(t.text for t in words[1:])])
        whom = next(
            (m.who for t in verb.subtree if t.dep_ in ("dobj", "pobj") and (m := _at(mentions, base + t.idx))), None
        )
        for actor in actors:
            mention = _at(mentions, base + actor.idx)
            who = mention.who if mention else _meant(reading, actor.lower_, base + actor.idx)
            if who:
                found.append(
                    Event(base + verb.idx, base + verb.idx + len(verb), who, deed, whom if whom != who else None)
                )
    return found


def _at(mentions: Sequence[Mention], position: int) -> Mention | None:
    return next((m for m in mentions if m.start <= position < m.end), None)


def _meant(reading: Reading, pronoun: str, position: int) -> str | None:
    """For the picture only: the last one named whom he or she can mean. Nobody speaks on the strength of it."""
    gender = {"he": "male", "she": "female", "他": "male", "她": "female"}.get(pronoun)
    if gender is None:
        return None
    known = {c.id: c.gender for c in reading.people}
    for mention in reversed(reading.mentions_in(position - 400, position)):
        if reading.quoted(mention.start) is None and known.get(mention.who) in (gender, "unknown"):
            return mention.who
    return None


def _chinese(reading: Reading, start: int, end: int) -> list[Event]:
    text = reading.story.text
    mentions = [m for m in reading.narrated(start, end) if m.end <= end]
    found = []
    for number, mention in enumerate(mentions):
        before = text[max(start, mention.start - 1) : mention.start]
        seen = text[max(start, mention.start - 2) : mention.start] == "只见"
        if before and before not in "，。！？；：、那这好和与　\n " and not seen:
            continue
        # To the next one who begins a clause.
        stop = end
        for other in mentions[number + 1 :]:
            if text[other.start - 1] in "，。；！" and other.who != mention.who:
                stop = other.start
                break
        deed = text[mention.end : stop].strip("，。；！ \n")
        if deed[:1] in "和与、":
            # 唐僧和悟空走来: what the second does, the first does too.
            later = next((m for m in mentions[number + 1 :]), None)
            deed = text[later.end : stop].strip("，。；！ \n") if later else deed
        whom = next((m.who for m in mentions[number + 1 :] if m.start < stop and m.who != mention.who), None)
        if deed:
            found.append(Event(mention.start, stop, mention.who, deed[:40], whom))
    if not found:
        pronoun = re.match(r"\s*([他她])", text[start:end])
        who = _meant(reading, pronoun[1], start) if pronoun else None
        if who and pronoun:
            found.append(Event(start, end, who, text[start + pronoun.end() : end].strip("，。；！ \n")[:40]))
    return found
