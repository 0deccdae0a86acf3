"""What was understood of a story, as a document for programs: `yingxi read STORY --json FILE`."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Literal

from yingxi.core.cast import Character
from yingxi.core.documents import Document
from yingxi.core.shot import TimeOfDay, Weather
from yingxi.core.story import Language, Story
from yingxi.story.attribution import Attribution
from yingxi.story.dating import infer
from yingxi.story.events import events
from yingxi.story.reading import Reading
from yingxi.story.scenes import Mood, Season, Setting
from yingxi.story.simplified import Restore, restored, restorer


class Part(Document):
    """Characters `start` to `end` (exclusive) of the decoded text. `name` is a chapter's title, or why it was set
    aside."""

    name: str
    start: int
    end: int


class Deed(Document):
    """Who does what, in the story's words, to whom if anyone. `who` and `whom` are cast ids."""

    start: int
    end: int
    who: str
    deed: str
    whom: str | None = None


class Scene(Document):
    """A stretch in one place at one time. `place` are the story's own words; `present` are cast ids. `season` and
    `mood` are null where the words do not tell them."""

    start: int
    end: int
    place: str
    indoors: bool
    time: TimeOfDay
    weather: Weather
    season: Season | None = None
    mood: Mood | None = None
    present: tuple[str, ...]
    events: tuple[Deed, ...] = ()


class Quotation(Document):
    """A quotation of speech. `text` is the decoded text from `start` to `end`, marks included; `speaker` and
    `addressee` are cast ids, or null where it is not sure enough; `confidence`, 0 to 1, is how likely the speaker is
    right."""

    start: int
    end: int
    text: str
    speaker: str | None
    addressee: str | None
    kind: Literal["explicit", "pronoun", "implicit"]
    confidence: float


class Understanding(Document):
    """`text` is the decoded text in which all offsets count, where the file is not plain text; else null.
    `text_sha256` is of that text in UTF-8. `era` is a pack's id, or null where too few words tell it."""

    version: Literal[1] = 1
    title: str
    language: Language
    characters: int
    text_sha256: str
    era: str | None = None
    era_sure: float = 0.0
    era_evidence: tuple[str, ...] = ()
    chapters: tuple[Part, ...]
    set_aside: tuple[Part, ...] = ()
    cast: tuple[Character, ...]
    scenes: tuple[Scene, ...]
    quotes: tuple[Quotation, ...]
    text: str | None = None


def understand(
    story: Story, reading: Reading, said: Sequence[Attribution], scenes: Sequence[Setting]
) -> Understanding:
    """All that was read of a story, as a document. `reading` may be of the story in simplified characters."""
    restore = restorer(story.text, reading.story.text)
    time = infer(story.text)
    return Understanding(
        title=story.title,
        language=story.language,
        characters=len(story.text),
        text_sha256=sha256(story.text.encode()).hexdigest(),
        era=time.era.id if time.era else None,
        era_sure=time.sure,
        era_evidence=tuple(e.word for e in time.evidence[:12]),
        chapters=tuple(Part(name=c.title, start=c.start, end=c.end) for c in story.chapters),
        set_aside=tuple(Part(name=a.why, start=a.start, end=a.end) for a in story.set_aside),
        cast=tuple(restored(c, restore) for c in reading.people),
        scenes=tuple(_scene(reading, s, restore) for s in scenes),
        quotes=tuple(_quotation(story, a) for a in said),
        text=None if story.plain else story.text,
    )


def _scene(reading: Reading, setting: Setting, restore: Restore) -> Scene:
    start, end = setting.span.start, setting.span.end
    present = dict.fromkeys((*setting.present, *(m.who for m in reading.narrated(start, end))))
    return Scene(
        start=start, end=end, place=restore(setting.words), indoors=setting.indoors, time=setting.time,
        weather=setting.weather, season=setting.season, mood=setting.mood, present=tuple(present),
        events=tuple(_deeds(reading, start, end, restore)),
    )  # fmt: skip


def _deeds(reading: Reading, start: int, end: int, restore: Restore) -> Iterator[Deed]:
    first = bisect_left(reading.paragraphs, start, key=lambda p: p.start)
    for index in range(first, len(reading.paragraphs)):
        paragraph = reading.paragraphs[index]
        if paragraph.start >= end:
            return
        for sentence in paragraph.sentences:
            if start <= sentence.start < end and reading.quoted(sentence.start) is None:
                for e in events(reading, index, sentence.start, sentence.end):
                    deed = re.split("[：“]", e.deed)[0]  # Speech is among the quotations.
                    if deed and not deed.endswith(("道", "曰", "云", "说")):
                        deed = restore(deed, (e.start, e.end))
                        yield Deed(start=e.start, end=e.end, who=e.who, deed=deed, whom=e.whom)


def _quotation(story: Story, told: Attribution) -> Quotation:
    return Quotation(
        start=told.quote.start, end=told.quote.end, text=story.text[told.quote.start : told.quote.end],
        speaker=told.speaker, addressee=told.addressee, kind=told.kind, confidence=told.confidence,
    )  # fmt: skip


def summary(found: Understanding, most: int = 12) -> str:
    """A page for a person: counts, and the first of each."""
    lines = [
        f"{found.title}  ({'Chinese' if found.language == 'zh' else 'English'}, {found.characters:,} characters)"
    ]
    if found.era:
        lines += ["", f"Era: {found.era} ({100 * found.era_sure:.0f} %), told by {', '.join(found.era_evidence[:6])}"]
    lines += ["", f"Chapters: {len(found.chapters)}"]
    lines += [f"  {c.name or '(no title)'}  {c.end - c.start:,}" for c in found.chapters[:most]]
    lines += _more(len(found.chapters), most)
    if found.set_aside:
        lines += ["", "Set aside: " + ", ".join(sorted({a.name for a in found.set_aside}))]
    lines += ["", f"Cast: {len(found.cast)}"]
    for person in found.cast[:most]:
        told = [w for w in (person.gender, person.age, person.kind) if w not in ("unknown", "person", "adult")]
        also = f" = {', '.join(person.aliases[:5])}" if person.aliases else ""
        lines.append(f"  {person.name}{also}  {person.mentions}{'  ' + ', '.join(told) if told else ''}")
        lines += [f"      {r.kind} of {r.to}" for r in person.relations[:4]]
        if person.described:
            lines.append(f"      looks: {person.description[:100]}")
    lines += _more(len(found.cast), most)
    places: dict[str, int] = {}
    for scene in found.scenes:
        places[scene.place or "(nowhere named)"] = places.get(scene.place or "(nowhere named)", 0) + 1
    ordered = sorted(places, key=lambda p: -places[p])
    lines += ["", f"Scenes: {len(found.scenes)}, at {', '.join(f'{p} ({places[p]})' for p in ordered[:most])}"]
    known = [q for q in found.quotes if q.speaker]
    kinds = ", ".join(f"{sum(q.kind == k for q in found.quotes)} {k}" for k in ("explicit", "pronoun", "implicit"))
    lines += ["", f"Quotations: {len(found.quotes)} ({kinds}); the speakers of {len(known)} are known"]
    for quote in found.quotes[:most]:
        who = quote.speaker or "?"
        to = f" to {quote.addressee}" if quote.addressee else ""
        lines.append(f"  {who}{to} ({100 * quote.confidence:.0f} %): {' '.join(quote.text.split())[:80]}")
    return "\n".join([*lines, *_more(len(found.quotes), most)])


def _more(count: int, most: int) -> list[str]:
    return [f"  ... and {count - most} more"] if count > most else []
