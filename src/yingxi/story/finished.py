"""A finished screenplay, read as what it says: its scenes, who is in them, and a beat for each thing done or said."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yingxi.core.cast import Character
from yingxi.core.screenplay import Action, Dialogue, Element, Scene
from yingxi.core.story import Language, Paragraph, Span, Story
from yingxi.story.attribution import Attribution
from yingxi.story.beats import LONGEST, Beat
from yingxi.story.duration import clean, ended, speaking_seconds
from yingxi.story.events import deeds
from yingxi.story.fountain import from_fountain, paragraph_of, span_of, without_notes
from yingxi.story.lexicon import lexicon, persons, titles
from yingxi.story.names_chinese import gender_of
from yingxi.story.quotes import Quote
from yingxi.story.reading import Mention, Reading
from yingxi.story.scenes import Setting, cue

_SEEN_A_SECOND = {"en": 3.6, "zh": 6.0}
"""Words, or characters, of an action that is seen in a second: a page of a screenplay is about a minute."""
_SEEN = (1.8, 7.0)
"""The least and the most seconds that one action is seen."""
_PRONOUNS = {
    "he": "male", "him": "male", "his": "male", "他": "male",
    "she": "female", "her": "female", "她": "female",
}  # fmt: skip
_CAPITALS = re.compile(r"\b[A-Z][A-Z'’-]+(?:[ ][A-Z][A-Z'’-]+)*\b")
_INTRODUCED = re.compile(r"\s*[(（]([^()（）]+)[)）]|[,，]\s*([^.;。；\n]+?(?:，[^，。；\n]+)?)(?=[,，.;。；]|$)")


@dataclass(frozen=True)
class Written:
    """An element of a screenplay and the beats that film it."""

    element: Element
    beats: tuple[Beat, ...]


@dataclass(frozen=True)
class Finished:
    """`scenes[i]` are the elements of scene `i`, which `settings[i]` is the place and time of."""

    reading: Reading
    said: tuple[Attribution, ...]
    settings: tuple[Setting, ...]
    scenes: tuple[tuple[Written, ...], ...]

    @property
    def groups(self) -> list[list[Beat]]:
        """The beats of each scene, in order."""
        return [[b for w in scene for b in w.beats] for scene in self.scenes]


def read_finished(story: Story, known: Sequence[Character] = ()) -> Finished:
    """A screenplay read. `known` are people who may be in it: theirs are the ids where their names or aliases stand.

    Scenes that are not among the story's chapters are left out.
    """
    kept = {p.start for c in story.chapters for p in c.paragraphs}
    whole = from_fountain(story.text, story.language).scenes
    scenes = [replace(s, elements=tuple(e for e in s.elements if span_of(e).start in kept)) for s in whole]
    scenes = [s for s in scenes if s.elements]
    paragraphs = [paragraph_of(story.text, e, story.language) for s in scenes for e in s.elements]
    people = _People(story, known)
    for element in (e for s in scenes for e in s.elements):
        people.meet(element)
    quotes = [
        Quote(p.start, p.end, Span(p.start, p.end), index, True)
        for index, (p, e) in enumerate(zip(paragraphs, (e for s in scenes for e in s.elements), strict=True))
        if not isinstance(e, Action)
    ]
    reading = Reading(story, paragraphs, quotes)
    people.settle(reading)
    by_start = {q.start: q for q in quotes}
    said: list[Attribution] = []
    settings: list[Setting] = []
    filmed: list[tuple[Written, ...]] = []
    plain = without_notes(story.text)
    index = 0
    for number, scene in enumerate(scenes):
        settings.append(_setting(story, scene))
        written: list[Written] = []
        for element in scene.elements:
            if isinstance(element, Dialogue):
                element = replace(element, who=people.ids[element.who or ""])
                said.append(Attribution(by_start[span_of(element).start], element.who, None, "explicit", 1.0))
            written.append(Written(element, tuple(_beats(reading, plain, element, number, index))))
            index += 1
        filmed.append(tuple(written))
    return Finished(reading, tuple(said), tuple(settings), tuple(filmed))


def _setting(story: Story, scene: Scene) -> Setting:
    told = " ".join(e.text for e in scene.elements if isinstance(e, Action))
    weather = cue(story.language, "weather", f"{scene.place} {told}") or "clear"
    return Setting(scene.source or Span(0, 0), scene.place, scene.interior, scene.time, weather)  # pyright: ignore[reportArgumentType]


def _beats(reading: Reading, text: str, element: Element, setting: int, paragraph: int) -> Iterator[Beat]:
    """An element as beats: a speech by as many sentences as can be said in one shot, an action by its sentences."""
    language = reading.story.language
    acts = isinstance(element, Action)
    who = element.who if isinstance(element, Dialogue) else None
    seen = not isinstance(element, Dialogue) or element.seen
    for span in _parts(text, reading.paragraphs[paragraph], language, together=not acts):
        words = clean(text[span.start : span.end], language)
        if not words:
            continue
        done = deeds(reading, paragraph, span.start, span.end) if acts else {}
        mentions = reading.mentions_in(span.start, span.end)
        if acts and not done and mentions:
            done = {mentions[0].who: text[mentions[0].end : span.end]}
        named = [m.who for m in mentions if m.who != who]
        seconds = speaking_seconds(words, language)
        if acts:
            size = len(words) if language == "zh" else len(words.split())
            seconds = min(_SEEN[1], max(_SEEN[0], size / _SEEN_A_SECOND[language]))
        yield Beat(
            span.start, span.end, words if acts else ended(words, language), who, setting, paragraph,
            tuple(dict.fromkeys([*([who] if who and seen else ()), *done, *named])), done, False, 0.0, 1.0, seconds,
            silent=acts, manner=element.manner if isinstance(element, Dialogue) else "",
            seen=seen,
        )  # fmt: skip


def _parts(text: str, paragraph: Paragraph, language: Language, together: bool) -> Iterator[Span]:
    begin: int | None = None
    end = paragraph.start
    for sentence in paragraph.sentences:
        if begin is not None and not (together and speaking_seconds(text[begin : sentence.end], language) <= LONGEST):
            yield Span(begin, end)
            begin = None
        begin, end = sentence.start if begin is None else begin, sentence.end
    if begin is not None:
        yield Span(begin, end)


def _years(words: str) -> int:
    """An age told in figures or, in Chinese, in words up to ninety-nine; 0 where none is."""
    figures = re.search(r"\d{1,3}", words)
    if figures:
        return int(figures[0])
    told = re.search("([二三四五六七八九]?)(十?)(?:多|来)?([一二三四五六七八九]?)岁", words)
    digits = "零一二三四五六七八九"
    if told is None or not (told[1] or told[2] or told[3]):
        return 0
    tens = (digits.index(told[1]) if told[1] else 1) if told[2] else 0
    return 10 * tens + digits.index(told[3] if told[2] else told[1] or told[3] or "零")


class _People:
    """Who is in a screenplay: those who speak, by the names over their lines, and those whom an action brings in."""

    def __init__(self, story: Story, known: Sequence[Character]) -> None:
        self.story, self.language = story, story.language
        self.found: dict[str, Character] = {}
        self.ids: dict[str, str] = {}
        self.lines: Counter[str] = Counter()
        self.known = {name.upper(): c for c in known for name in (c.name, *c.aliases, c.id)}

    def meet(self, element: Element) -> None:
        if isinstance(element, Dialogue) and element.who:
            self.lines[self._add(element.who)] += 1
        elif isinstance(element, Action):
            # An action writes those whom it brings in with capitals.
            for name in _CAPITALS.findall(element.text):
                if name.split()[-1].lower() in persons("en"):
                    self._add(name)

    def _add(self, written: str) -> str:
        if written in self.ids:
            return self.ids[written]
        bare = re.sub(r"^(?:THE|A|AN) ", "", written.upper())
        person = self.known.get(written.upper()) or self.known.get(bare)
        if person is None:
            name = " ".join(w.capitalize() for w in bare.split()) if written == written.upper() else written
            known = next((c for c in self.found.values() if c.name == name), None)
            identifier = re.sub(r"[^\w]+", "_", name.lower()).strip("_") or "someone"
            person = known or Character(id=identifier, name=name)
        self.found.setdefault(person.id, person)
        self.ids[written] = person.id
        return person.id

    def settle(self, reading: Reading) -> None:
        """People and mentions into the reading, and how they are described, by their ids."""
        for person in self.known.values():  # Those who do nothing but are spoken of.
            if any(re.search(rf"\b{re.escape(n)}\b", self.story.text) for n in (person.name, person.name.upper())):
                self.found.setdefault(person.id, person)
        either = self._names()
        mentions = []
        if either:
            pattern = "|".join(map(re.escape, sorted(either, key=len, reverse=True)))
            bounded = rf"\b(?:{pattern})\b" if self.language == "en" else pattern
            for p in reading.paragraphs:
                at = re.finditer(bounded, self.story.text[p.start : p.end])
                mentions += [Mention(p.start + m.start(), p.start + m.end(), either[m[0]]) for m in at]
        reading.settle((), mentions)
        counts = Counter(m.who for m in mentions) + self.lines
        most = max(counts.values(), default=1)
        people = [self._described(reading, c, counts[c.id], most) for c in self.found.values()]
        reading.settle(sorted(people, key=lambda c: -c.mentions), mentions)
        if self.language == "en":
            from yingxi.story import english

            reading.docs = english.parse(self._calm(either), reading.paragraphs, lambda _: None)

    def _names(self) -> dict[str, str]:
        """Every way to write a person -> cast id."""
        either: dict[str, str] = {}
        for c in self.found.values():
            for name in (c.name, *c.aliases):
                if len(name) > 1 and name != "I":
                    either |= {name: c.id, name.upper(): c.id}
        for c in self.found.values():  # John Smith is also John, where nobody else is.
            parts = [w for w in c.name.split() if w.lower().rstrip(".") not in titles() and w[0].isupper()]
            for part in parts if self.language == "en" and len(parts) > 1 else ():
                if sum(part in other.name.split() for other in self.found.values()) == 1:
                    either = {part: c.id, part.upper(): c.id} | either
        return either

    def _calm(self, either: dict[str, str]) -> str:
        """The text with names in capitals written as names, of the same length, for the parser."""
        names = sorted((n for n in either if n.isupper() and n.isascii()), key=len, reverse=True)
        if not names:
            return self.story.text
        return re.sub(rf"\b(?:{'|'.join(map(re.escape, names))})\b", lambda m: m[0].title(), self.story.text)

    def _described(self, reading: Reading, person: Character, mentions: int, most: int) -> Character:
        told: dict[str, object] = {"mentions": mentions, "importance": round((mentions / most) ** 0.5, 2)}
        nouns, words = persons(self.language), person.name.lower().split()
        if self.language == "zh":
            words = [n for n in nouns if n in person.name]
        entry = next((nouns[w] for w in reversed(words) if w in nouns), None)
        if person.kind == "person" and entry:
            told |= {k: v for k, v in entry.items() if v != "unknown" and getattr(person, k) in ("unknown", "person")}
        if not person.description:
            told |= self._introduced(reading, person)
        if person.gender == "unknown" and "gender" not in told:
            told["gender"] = self._gender(reading, person)
        return person.model_copy(update=told)

    def _introduced(self, reading: Reading, person: Character) -> dict[str, object]:
        """What the first action that names someone says in brackets or between commas: ALICE (30s, in red)."""
        first = next((m for m in reading.mentions if m.who == person.id and reading.quoted(m.start) is None), None)
        if first is None:
            return {}
        after = self.story.text[first.end : first.end + 160]
        said = _INTRODUCED.match(after)
        if said is None:
            return {}
        words = said[1] or said[2]
        told: dict[str, object] = {}
        count = _years(words)
        if count:
            told["age"] = "child" if count < 14 else "young" if count < 30 else "old" if count >= 60 else "adult"
        start = first.end + said.start(1 if said[1] else 2)
        return told | {"description": words, "described": ((start, start + len(words)),)}

    def _gender(self, reading: Reading, person: Character) -> str:
        title = person.name.lower().split()[0].rstrip(".") if person.name.split() else ""
        by_title = titles().get(title) or titles().get(f"{title}.")
        if by_title and by_title != "unknown":
            return by_title
        if self.language == "zh" and gender_of(person.name) != "unknown":
            return gender_of(person.name)
        for gender in ("female", "male"):
            if title.capitalize() in lexicon("names")[gender] or title in lexicon("names")[gender]:
                return gender
        votes: Counter[str] = Counter()
        for m in reading.mentions:
            if m.who == person.id and reading.quoted(m.start) is None:
                after = self.story.text[m.end : m.end + 120].split("\n\n")[0]
                found = re.search(r"\b(he|him|his|she|her)\b|([他她])", after, re.IGNORECASE)
                if found and not reading.mentions_in(m.end, m.end + found.start()):
                    votes[_PRONOUNS[found[0].lower()]] += 1
        best = votes.most_common(2)
        clear = best and (len(best) == 1 or best[0][1] >= 2 * best[1][1])
        return best[0][0] if clear else "unknown"
