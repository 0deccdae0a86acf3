"""Reading with a language model: what the offline reader found, made better chunk by chunk.

Nothing of an answer is used that cannot be true: names must stand in the text, quotations are asked for by number,
scenes begin with words of the text, and what is said of people is told by words that stand there. Where an answer
cannot be used, the offline reader's own stays for that chunk.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yingxi.core.cast import Character, Relation
from yingxi.core.story import Span
from yingxi.story.attribution import OUTRIGHT, Attribution
from yingxi.story.copied import copied
from yingxi.story.questions import Answer, Chunk, Counted, Person, ask, chunks, messages, tokens_of
from yingxi.story.reading import Mention, Reading
from yingxi.story.scenes import Setting
from yingxi.story.told_scenes import joined, told_scenes

AGREED, TOLD = 0.95, 0.85
"""How sure a speaker is whom both readers name, and whom the model names alone."""
_NO_NAMES = frozenset([
    "i", "me", "my", "he", "him", "his", "she", "her", "hers", "it", "its", "they", "them", "their", "we", "us",
    "our", "you", "your", "who", "whom", "a", "an", "the", "this", "that", "someone", "somebody", "nobody",
    "everyone", "我", "你", "他", "她", "它", "我们", "你们", "他们", "她们", "咱", "咱们", "谁", "人",
    "大家", "自己",
])  # fmt: skip
"""What a model may give for a name and is none."""


@dataclass(frozen=True)
class CloseReading:
    """What was read again: attributions, scenes, sentences that the story needs, and notes for the person."""

    said: list[Attribution]
    scenes: list[Setting]
    essential: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()


def read_closely(
    reading: Reading,
    told: Sequence[Attribution],
    scenes: Sequence[Setting],
    reader: Counted,
    cache: Path,
    advance: Callable[[float], None] = lambda _: None,
) -> CloseReading:
    """Better attributions and scenes than those that were found offline; the reading's people are bettered in place.

    Answers are kept in the folder `cache` by the digest of their questions, so that nothing is asked twice.
    """
    found, seen, essential, failed = list(told), list[Setting](), list[Span](), 0
    pieces = chunks(reading, told)
    reader.announce(tokens_of(reading, told, pieces))
    for chunk in pieces:
        answer = ask(messages(reading, found, chunk, seen[-1] if seen else None), chunk, reader, cache)
        names: dict[str, str] = {}
        if answer is None:
            failed += 1
        else:
            names = _people(reading, answer, chunk)
            _quotes(found, answer, chunk, names)
            essential += _essential(reading, answer, chunk)
        seen = joined(seen, told_scenes(reading, scenes, chunk, answer, names))
        advance(chunk.end - chunk.start)
    notes = [
        f"{failed} of {len(pieces)} parts of the story were read offline: the model's answers could not be used"
    ] * bool(failed)
    notes.append(
        f"{reader.name} was asked {reader.asked} times: {reader.tokens[0]:,} tokens in, {reader.tokens[1]:,} out"
        f"{reader.cost(reader.tokens)}"
    )
    return CloseReading(found, seen, tuple(essential), tuple(notes))


def _people(reading: Reading, answer: Answer, chunk: Chunk) -> dict[str, str]:
    """Name in lower case -> cast id, after what the answer tells of people has been joined to the cast."""
    text = reading.story.text[chunk.start : chunk.end]
    people = {c.id: c for c in reading.people}
    names = {n.lower(): c.id for c in reading.people for n in (c.name, *c.aliases)}
    mentions = list(reading.mentions)
    for person in answer.people:
        said = (n.strip() for n in (person.name, *person.aliases))
        every = [n for n in said if n and n.lower() not in _NO_NAMES and _standing(n).search(text)]
        if not every:
            continue
        who = next((names[n.lower()] for n in every if n.lower() in names), None)
        if who is None and sum(len(_standing(n).findall(reading.story.text)) for n in every) < 2:
            continue  # Named once only, by whoever wrote that line.
        if who is None:
            who = re.sub(r"[^\w]+", "_", every[0].lower()).strip("_") or "someone"
            while who in people:
                who += "_2"
            people[who] = Character(id=who, name=every[0])
        fresh = [n for n in every if n.lower() not in names]
        for name in fresh:
            names[name.lower()] = who
            # A name means the same person everywhere; *the old man* may be another one in the next chapter.
            proper = name[0].isupper() or name[0] > "\u2e80"
            begin, end = (
                (reading.paragraphs[0].start, reading.paragraphs[-1].end) if proper else (chunk.start, chunk.end)
            )
            spans = [m.span() for m in _standing(name).finditer(reading.story.text, begin, end)]
            mentions += [Mention(a, b, who) for a, b in spans if not reading.mentions_in(a, b)]
        people[who] = _better(people[who], person, fresh, reading, chunk)
    for person in answer.people:
        who = names.get(person.name.strip().lower())
        if who:
            related = [
                Relation(to=names[r.to.strip().lower()], kind=r.kind, source=(told.start, told.end))
                for r in person.relations
                if names.get(r.to.strip().lower(), who) != who
                and (told := copied(reading.story.text, r.evidence, chunk.start, chunk.end))
            ]
            old = people[who].relations
            fresh_ones = [r for r in related if all((r.to, r.kind) != (o.to, o.kind) for o in old)]
            people[who] = people[who].model_copy(update={"relations": (*old, *fresh_ones)})
    mentions.sort(key=lambda m: (m.start, -m.end))
    counts: dict[str, int] = {}
    for mention in mentions:
        counts[mention.who] = counts.get(mention.who, 0) + 1
    ordered = sorted(people.values(), key=lambda c: -counts.get(c.id, 0))
    reading.settle([c.model_copy(update={"mentions": counts.get(c.id, 0)}) for c in ordered], mentions)
    return names


def _standing(name: str) -> re.Pattern[str]:
    """Where a name stands as words of its own: not *Ann* in *Annals*."""
    bounded = (r"(?<!\w)" if name[:1].isascii() else "", r"(?!\w)" if name[-1:].isascii() else "")
    return re.compile(f"{bounded[0]}{re.escape(name)}{bounded[1]}")


def _better(known: Character, person: Person, fresh: Sequence[str], reading: Reading, chunk: Chunk) -> Character:
    """What was not known of a character before, where words of the text tell it."""
    change: dict[str, object] = {"aliases": (*known.aliases, *(n for n in fresh if n != known.name))}
    told = copied(reading.story.text, person.evidence, chunk.start, chunk.end)
    if told and known.gender == "unknown":
        change["gender"] = person.gender
    if told and known.age == "unknown":
        change["age"] = person.age
    looks = copied(reading.story.text, person.looks, chunk.start, chunk.end)
    if looks and not known.described:
        words = " ".join(reading.story.read(looks).split())
        change |= {"description": words, "described": ((looks.start, looks.end),)}
    return known.model_copy(update=change)


def _essential(reading: Reading, answer: Answer, chunk: Chunk) -> list[Span]:
    """The sentences that an answer calls essential: none where it calls most of the text so."""
    spans = [copied(reading.story.text, words, chunk.start, chunk.end) for words in answer.essential]
    found = [s for s in spans if s]
    return found if 2 * sum(s.end - s.start for s in found) < chunk.end - chunk.start else []


def _quotes(found: list[Attribution], answer: Answer, chunk: Chunk, names: dict[str, str]) -> None:
    """Speakers by the model, but for those whom the text names outright."""
    for said in answer.quotes:
        if said.number not in chunk.quotes:
            continue
        old = found[said.number]
        who = names.get((said.speaker or "").strip().lower())
        to = names.get((said.addressee or "").strip().lower(), old.addressee)
        if who is not None and not (old.kind == "explicit" and old.speaker and old.confidence >= OUTRIGHT):
            sure = AGREED if who == old.speaker else TOLD
            old = replace(old, speaker=who, confidence=max(sure, old.confidence if who == old.speaker else 0.0))
        found[said.number] = replace(old, addressee=to if to != old.speaker else old.addressee)
