"""A story as beats: sentences for the narrator and lines for characters, each with who is seen doing what."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from yingxi.core.story import Language, Span
from yingxi.story.cast_chinese import tagged
from yingxi.story.duration import clean, ended, shortened, speaking_seconds
from yingxi.story.events import deeds
from yingxi.story.lexicon import lexicon, speech
from yingxi.story.quotes import Quote, said
from yingxi.story.reading import Mention, Reading
from yingxi.story.scenes import Setting
from yingxi.story.sentence import sentences

LONGEST = 11.0
"""Seconds of words in one beat of telling."""
SPEECH = 16.0
"""Seconds of a speech, which may have two views."""
SPEECH_BRIEF = 8.0
"""Seconds of a speech where there is little time."""
BRIEF = 6.0
"""Seconds of words in a beat's brief form."""


_EMPTY = 0.1
"""How little a line tells that cannot be understood without what it answers."""
_VERSE = 0.4
"""What a line of verse loses: it seldom tells what happens."""
_ESSENTIAL = 6.0
"""What a beat gains that the story cannot do without: about what a full sentence weighs."""


@dataclass(frozen=True)
class Beat(Span):
    """What one shot can tell. `who` is the speaker, or None for the narrator.

    `silent`: it is seen, not said. `manner` is how a speaker says it, where that stands in no tag; `seen` is False
    for a voice from outside the picture. `people` are seen, who acts first; `deeds` says in the story's words what
    they do. `named` is the text with a name for its first pronoun, for where the beat before is not told. `leans`: it
    cannot be understood without the beat before, 0 to 1. `score`: how much the story needs it. `brief` is its first
    clause, for when there is little time.
    """

    text: str
    who: str | None
    setting: int
    paragraph: int
    people: tuple[str, ...]
    deeds: dict[str, str]
    group: bool
    leans: float
    score: float
    seconds: float
    brief: str | None = None
    brief_score: float = 0.0
    silent: bool = False
    manner: str = ""
    seen: bool = True
    named: str | None = None


def _begins_with(text: str, words: Sequence[str], language: Language) -> bool:
    if language == "zh":
        return text.startswith(tuple(words))
    first = re.match(r"[\W_]*([A-Za-z]+)", text)
    return bool(first and first[1].lower() in words)


def _named_at_once(reading: Reading, span: Span) -> bool:
    """*This Prospero*, 那长老: the pointing word stands before a name."""
    return any(m.start - span.start <= 6 for m in reading.narrated(span.start, span.end)[:1]) and reading.docs == ()


def _introductions(reading: Reading) -> list[Mention]:
    """Where each of the main cast is first named by the narration."""
    main = {c.id for c in reading.people[:6]}
    first: dict[str, Mention] = {}
    for mention in reading.mentions:
        if mention.who in main and mention.who not in first and reading.quoted(mention.start) is None:
            first[mention.who] = mention
    return list(first.values())


def _clear_pronoun(reading: Reading, text: str) -> bool:
    """Whether *she* at the beginning can be one person of the story only, so that nobody need ask who."""
    word = re.match(r"[\W_]*([A-Za-z]+|[他她])", text)
    gender = {"he": "male", "his": "male", "she": "female", "her": "female", "他": "male", "她": "female"}.get(
        word[1].lower() if word else "")  # fmt: skip
    if gender is None or not reading.people:
        return False
    most = reading.people[0].mentions
    return sum(c.mentions * 8 >= most for c in reading.people if c.gender == gender) == 1


def _named(reading: Reading, paragraph: int, span: Span, words: str) -> str | None:
    """A sentence that begins with *he*, *his* or 他, with the name in its place: where only one who was named lately
    can be meant."""
    begins = re.match(r"(He|She|His|Her)\b|[他她](?!们)", words)
    if begins is None:
        return None
    if begins[0] == "Her":
        doc, at = reading.docs[paragraph], span.start - reading.paragraphs[paragraph].start
        if not any(t.tag_ == "PRP$" for t in doc if at <= t.idx <= at + 3):
            return None
    gender = "male" if begins[0] in ("He", "His", "他") else "female"
    genders = {c.id: c.gender for c in reading.people}
    near = [m for m in reading.narrated(span.start - 500, span.start) if m.who != "i"]
    can = {m.who for m in near if genders.get(m.who) in (gender, "unknown")}
    if len(can) != 1 or genders.get(next(iter(can))) != gender:
        return None
    text, last = reading.story.text, next(m for m in reversed(near) if m.who in can)
    name = re.sub(r"\s+", " ", text[last.start : last.end])
    before = text[max(0, last.start - 7) : last.start]
    if re.search(r"\b(?:the|this|that|old|young|little|poor)\s$", before, re.IGNORECASE):
        name = f"The {name}"
    elif not (name[0].isupper() or "\u4e00" <= name[0] <= "\u9fff"):
        return None
    owner = begins[0] in ("His", "Her")
    return f"{name}{('’' if name.endswith('s') else '’s') if owner else ''}{words[begins.end() :]}"


def _has_any(text: str, words: Sequence[str], language: Language) -> int:
    if language == "zh":
        return sum(w in text for w in words)
    lower = text.lower()
    return sum(bool(re.search(rf"\b{re.escape(w)}\b", lower)) for w in words)


class _Weights:
    """How much words matter: how much of the story speaks of the same things, who is in them, what turns in them."""

    def __init__(self, reading: Reading) -> None:
        self.language: Language = reading.story.language
        most = max((c.mentions for c in reading.people), default=1)
        self.people = {c.id: math.sqrt(c.mentions / max(1, most)) for c in reading.people}
        # Nouns, and verbs that say more than *be* or *come*, by the word as it stands.
        self.terms: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        for doc in reading.docs:
            for t in doc:
                if t.pos_ in ("NOUN", "PROPN", "VERB") and not t.is_stop and len(t) > 3:
                    term = self.terms.setdefault(t.lower_, t.lemma_.lower())
                    self.counts[term] += 1
        if not reading.docs:
            for paragraph in reading.paragraphs:
                self.counts.update(self._terms(reading.story.read(paragraph)))
        self.common = math.log1p(max(self.counts.values(), default=1))

    def _terms(self, words: str) -> Iterator[str]:
        if self.language == "zh":
            yield from (word for word, tag in tagged(words) if tag[0] in "nv" and len(word) > 1)
        else:
            yield from (self.terms[w] for w in re.findall(r"[\w-]+", words.lower()) if w in self.terms)

    def telling(self, words: str) -> float:
        """How much words speak of what the story speaks of again and again, 0 to 1; a second such thing adds less."""
        counts = (self.counts[t] for t in set(self._terms(words)))
        return 1 - math.exp(-sum(math.log1p(n) for n in counts if n > 1) / self.common)

    def __call__(
        self, words: str, telling: float, people: Sequence[str], seconds: float, place: float, merits: float
    ) -> float:
        worth = 0.2 + 0.8 * telling + merits
        worth += 0.5 * min(1.5, sum(self.people.get(p, 0.0) for p in people))
        worth += 0.4 * min(3, _has_any(words, lexicon("weight")["turns"][self.language], self.language))
        # What begins a story says who and where; what ends it is what it was about.
        if place < 0.06 or place > 0.85:
            worth *= 1.25
        # In the measure of its length: a full sentence tells more than a fragment.
        return 0.4 * min(8.0, 0.6 + seconds) * max(0.1, worth)


def beats(
    reading: Reading,
    speakers: dict[Quote, str],
    settings: Sequence[Setting],
    shows: Callable[[str], bool],
    essential: Sequence[Span] = (),
) -> list[Beat]:
    """All beats of what was read, in the story's order. `shows`: whether the stage can show a deed. `essential`:
    sentences that the story cannot do without."""
    text, language = reading.story.text, reading.story.language
    weigh = _Weights(reading)
    begin, end = reading.paragraphs[0].start, reading.paragraphs[-1].end
    found: list[Beat] = []
    leaning = lexicon("weight")["leaning"][language]
    groups = lexicon("weight")["groups"][language]
    setting = 0
    shown: set[int] = set()
    introductions = _introductions(reading)

    def add(span: Span, words: str, who: str | None, paragraph: int, short: str = "") -> None:
        nonlocal setting
        while setting + 1 < len(settings) and settings[setting].span.end <= span.start:
            setting += 1
        done = deeds(reading, paragraph, span.start, span.end) if who is None else {}
        if who is None:
            mentioned = [m.who for m in reading.narrated(span.start, span.end)]
            people = tuple(dict.fromkeys([*done, *mentioned]))
        else:
            named = [m.who for m in reading.mentions_in(span.start, span.end) if m.who != who]
            people = (who, *dict.fromkeys(named))
        place = (span.start - begin) / max(1, end - begin)
        spoken = who is not None
        seconds = speaking_seconds(words, language)
        group = not spoken and _has_any(words, groups, language) > 0
        told = weigh.telling(words)
        leans, named, empty = 0.0, None, spoken and told < _EMPTY
        if spoken:
            # An answer leans on its question a little.
            leans = 0.35 if found and found[-1].who not in (None, who) else 0.15
            if re.match(r"[“‘\"']?[a-z]", text[span.start : span.start + 2]) or empty:
                leans = 1.0  # It goes on with a sentence that was begun before, or says *Not at all*.
        elif _begins_with(words, leaning["alone"], language) and not _named_at_once(reading, span):
            named = _named(reading, paragraph, span, words)
            leans = 0.2 if named or _clear_pronoun(reading, words) else 1.0
        elif language == "en" and re.search(r"\b(?:him|her|them|it)\b", words.lower()) and len(people) < 2:
            leans = 0.4
        elif _begins_with(words, leaning["joined"], language):
            leans = 0.25
        merits = (
            (0.6 if spoken and not empty else 0.0)
            + 0.25 * group
            + 0.2 * bool(done)
            + 0.25 * any(map(shows, done.values()))
        )
        if not spoken and setting not in shown and settings[setting].words:
            merits += 0.35
            shown.add(setting)
        if not people and not group and _has_any(words, leaning["alone"], language):
            # About something said before, and nobody in the picture.
            merits -= 0.25
        if seconds < 1.6:
            merits -= 0.25
        introduced = [m.who for m in introductions if span.start <= m.start < span.end]
        if seconds > 2:
            merits += sum(0.7 * weigh.people.get(who, 0.0) for who in introduced)
        if reading.paragraphs[paragraph].verse:
            merits -= _VERSE
        extra = 0.0
        if any(e.start < span.end and span.start < e.end for e in essential):
            extra = _ESSENTIAL
        # Speech that the narrator has to tell.
        share = 0.6 if not spoken and any(q.speech for q in reading.quotes_in(span.start, span.end)) else 1.0
        brief = short if spoken else shortened(words, language, BRIEF) if seconds > BRIEF + 1 else None
        if not brief or brief == words or (not spoken and not _whole(reading, paragraph, span, len(brief))):
            brief = None
        said_in = speaking_seconds(brief, language) if brief else 0.0
        found.append(Beat(
            span.start, span.end, words, who, setting, paragraph, people, done, group, leans,
            extra + share * weigh(words, told, people[:3], seconds, place, merits), seconds, brief,
            extra + share * weigh(brief, weigh.telling(brief), people[:3], said_in, place, merits) if brief else 0.0,
            named=named,
        ))  # fmt: skip

    for index, paragraph in enumerate(reading.paragraphs):
        for piece in _pieces(reading, index, paragraph.start, paragraph.end, speakers):
            if isinstance(piece, list):
                words = _line(text, piece, language, SPEECH, weigh.telling)
                if words:
                    short = _line(text, piece, language, SPEECH_BRIEF, weigh.telling)
                    add(Span(piece[0].start, piece[-1].end), words, speakers[piece[0]], index, short)
            else:
                words = _narration(text[piece.start : piece.end], language, paragraph.verse)
                if words and _whole(reading, index, piece, len(words)):
                    add(piece, words, None, index)
    return found


def _whole(reading: Reading, paragraph: int, span: Span, kept: int) -> bool:
    """Whether the first `kept` characters of a sentence hold its main verb, so that they can stand for it."""
    if not reading.docs:
        return True
    doc, base = reading.docs[paragraph], reading.paragraphs[paragraph].start
    roots = (base + t.idx - span.start for t in doc if t.dep_ == "ROOT" and span.start <= base + t.idx < span.end)
    root = next(roots, None)
    return root is None or root < kept


def _pieces(
    reading: Reading, index: int, start: int, end: int, speakers: dict[Quote, str]
) -> list[Span | list[Quote]]:
    """A paragraph's narration sentences, and its resolved speech with the tags left out.

    Unresolved speech stays inside its sentence, for the narrator to tell.
    """
    text, language = reading.story.text, reading.story.language
    pieces: list[Span | list[Quote]] = []
    quotes = [q for q in reading.quotes_in(start, end) if q.speech and q in speakers]
    position = start
    if index and (last := reading.quoted(start)) is not None and last.start < start:
        position = min(end, last.end)
    for quote in [*quotes, None]:
        stop = quote.start if quote else end
        between = [
            s for s in sentences(text, position, stop, language)
            if len(text[s.start : s.end].strip(" \n,.;:—-，。；：”’\"")) > 1
        ]  # fmt: skip
        tag_only = True
        for number, s in enumerate(between):
            after = number == 0 and bool(pieces) and isinstance(pieces[-1], list) and position == pieces[-1][-1].end
            before = number == len(between) - 1 and quote is not None
            kept = _without_tag(text, s, language, after, before)
            if kept is None:
                continue
            tag_only = False
            if _half_speech(reading, kept):
                continue
            pieces.append(kept)
        if quote is None:
            break
        last_piece = pieces[-1] if pieces else None
        if tag_only and isinstance(last_piece, list) and speakers[last_piece[0]] == speakers[quote]:
            last_piece.append(quote)
        else:
            pieces.append([quote])
        position = quote.end
    return pieces


def _half_speech(reading: Reading, span: Span) -> bool:
    """Whether a piece holds unresolved speech that the narrator cannot tell: a part of it, or it alone."""
    begun = reading.quoted(span.start)
    if begun is not None and (begun.start < span.start or begun.end > span.end):
        return True
    inside = [q for q in reading.quotes_in(span.start, span.end) if q.speech]
    if any(q.end > span.end for q in inside):
        return True
    return bool(inside) and span.end - span.start - sum(q.end - q.start for q in inside) < 6


def _without_tag(text: str, span: Span, language: Language, after: bool, before: bool) -> Span | None:
    """A sentence beside speech without its *said X*; None where nothing else is left."""
    words = text[span.start : span.end]
    if language == "zh":
        if words.rstrip().endswith(("：", ":")):
            # Of 三藏心中不快，口里骂道： the first clause can be told.
            cut = max(words.rfind("，"), words.rfind("；"))
            return Span(span.start, span.start + cut) if cut >= 6 and "，" in words[:cut] else None
        if after and any(v in words[:12] for v in speech("zh")) and len(words) < 16:
            return None
        return span
    tokens = words.split()
    verbs = set(speech("en"))
    said_here = any(_lemma(t) in verbs for t in tokens[: 6 if after else 60])
    if after and (words[0].islower() or words[0] in ",;—-") and (said_here or words[0] in ",;"):
        return None
    if after and tokens[0] in ("I", "He", "She") and len(tokens) > 1 and _lemma(tokens[1]) in verbs:
        return None
    if after and said_here and len(tokens) <= 8 and not before:
        return None
    if before and words.rstrip()[-1] in ",:—-;":
        return None
    if after and (words[0].islower()):
        return None
    return span


def _lemma(word: str) -> str:
    """A past tense's dictionary form, for the verbs that speech is told with."""
    word = re.sub(r"[^a-z]", "", word.lower())
    irregular = {"said": "say", "began": "begin", "told": "tell", "thought": "think", "sang": "sing"}
    if word in irregular:
        return irregular[word]
    verbs = speech("en")
    return next(
        (c for c in (word, word[:-1], word[:-2], word[:-3] + "y" if word.endswith("ied") else "") if c in verbs), word
    )


def _narration(text: str, language: Language, verse: bool) -> str | None:
    """What the narrator says of a piece; the lines of verse stay lines."""
    if verse and "\n" in text:
        lines = list(filter(None, (clean(line, language) for line in text.splitlines())))
        while speaking_seconds(" ".join(lines), language) > LONGEST:
            lines.pop()
        return ended("\n".join(lines), language)
    words = clean(text, language)
    if re.search(r"[.,!?。！？…][’”」]$", words) and not re.search("[‘“「]", words):
        return None  # The end of a speech whose beginning is elsewhere.
    if language == "en" and words:
        words = re.sub(r"^[—,;:\s]+", "", words)
        words = words[:1].upper() + words[1:]
    if language == "zh":
        # How a storyteller takes breath.
        words = re.sub(r"^(?:却说|话说|且说|再说)", "", words)
    letters = [c for c in words if c.isalnum()]
    if len(letters) < (4 if language == "zh" else 8) or sum(c.isupper() for c in letters) * 3 > len(letters):
        return None
    if language == "zh" and re.search(r"(?:有诗为证|诗曰|正是|但见|且听下|不题|怎生)[：:。，]?", words):
        return None
    short = shortened(words, language, LONGEST, anywhere=True)
    return ended(short, language) if short else None


def _line(
    text: str, quotes: Sequence[Quote], language: Language, longest: float, telling: Callable[[str], float]
) -> str:
    """What a character says, its parts joined: of what is longer than about `longest` seconds those sentences, one
    after the other, that tell most."""
    parts: list[str] = []
    for quote in quotes:
        words = clean(said(text, quote), language)
        if not words:
            continue
        if parts and parts[-1].endswith(",") and words[:1].isupper() and not words.startswith("I "):
            parts[-1] = parts[-1][:-1] + "."
        parts.append(words)
    words = ("" if language == "zh" else " ").join(parts)
    if speaking_seconds(words, language) > longest:
        words = _most_telling(words, language, longest, telling)
    return ended(words[:1].upper() + words[1:], language)


def _most_telling(words: str, language: Language, longest: float, telling: Callable[[str], float]) -> str:
    spans = sentences(words, 0, len(words), language)
    leaning = lexicon("weight")["leaning"][language]["alone"]
    best, kept = -1.0, ""
    for number, first in enumerate(spans):
        alone = not number or not _begins_with(words[first.start : first.end], leaning, language)
        for last in spans[number:]:
            part: str | None = words[first.start : last.end].strip()
            if speaking_seconds(part, language) > longest:
                # With as much of the next sentence as there is time for.
                part = shortened(part, language, longest, anywhere=True) if last == first else None
                if part is None:
                    break
            worth = telling(part) * (0.6 + min(longest, speaking_seconds(part, language))) * (1.0 if alone else 0.6)
            if worth > 1.05 * best:  # Of two alike the first.
                best, kept = worth, part
    return kept
