"""A story's scenes: where the place or the time of day changes, or somebody comes."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from yingxi.core.shot import TimeOfDay, Weather
from yingxi.core.story import Language, Span
from yingxi.story import places_chinese, places_english
from yingxi.story.english import subject_of
from yingxi.story.lexicon import lexicon
from yingxi.story.reading import Reading

_AT = re.compile(
    r"\b(?:at|that|by) (?:night|midnight|dawn|dusk|sunset|sunrise|noon|moonlight|nightfall)\b", re.IGNORECASE
)
_ELSEWHEN = re.compile(r"\b(?:last|preceding|previous|dated|yesterday|to-?morrow)\b", re.IGNORECASE)
_HABIT = re.compile(r"\b(?:used to|would|always|every|often|never|if|when)\b", re.IGNORECASE)
_NO_HOUR = re.compile("几度|几番|每|往往|无论|不论|不管|若|如果|仿佛|好像|像")
_NEXT_DAY = re.compile("第二天|次日|翌日|明日")
_NO_SIMILE = r"(?<!\blike )(?<!\blike a )(?<!\blike the )"
_NO_THING = r"(?! (?:dress|gown|coat|clothes|cap|paper|papers|edition|post|train|service|mail|meal|news)\b)"
"""*Evening dress* is worn at any time."""
_SOON = 200
_ENTERS = re.compile(
    r"\b(?:entered|arrived|appeared|returned|opened|(?:came|walked|stepped|rushed|ran|burst|strode|hurried)"
    r"(?= (?:in|up|back|out|along)\b))|进来|走来|走进|入见|到来|赶来|闯进|前来|来到|出来|跑来|归来|入来|来见|而来"
)
_LONG_NAME = 30
"""Characters of a name before its last word."""
_COMPANY: dict[Language, int] = {"en": 1200, "zh": 500}
"""Characters in which those who are in a scene are named."""
_OLD_BREAK = ("次日", "一日", "不一日", "数日", "当日")
_OTHERS = ("却说", "话说", "且说", "再说", "话分两头")


Cue = Literal["times", "weather", "seasons", "moods"]
Season = Literal["spring", "summer", "autumn", "winter"]
Mood = Literal["joyful", "sad", "tense", "eerie", "calm"]
_FALLING: dict[str, Weather] = {"spring": "petals", "autumn": "leaves"}


@dataclass(frozen=True)
class Setting:
    """A stretch of the story in one place at one time. `words` are the story's own for the place. `season` and `mood`
    are None where the words do not tell them. `present` are cast ids of people who are there unnamed."""

    span: Span
    words: str
    indoors: bool
    time: TimeOfDay
    weather: Weather
    season: Season | None = None
    mood: Mood | None = None
    present: tuple[str, ...] = ()


@cache
def _indoors(language: Language) -> frozenset[str]:
    return frozenset(lexicon("places")[language]["indoors"])


@cache
def _cues(language: Language, kind: Cue) -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for name, words in lexicon("places")[kind][language].items():
        either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        pattern = either if language == "zh" else rf"{_NO_SIMILE}\b(?:{either})\b{_NO_THING}"
        found.append((re.compile(pattern, re.IGNORECASE), name))
    return tuple(found)


def cue(language: Language, kind: Cue, text: str) -> str | None:
    """The earliest cue in a text."""
    hits = [(m.start(), name) for pattern, name in _cues(language, kind) if (m := pattern.search(text))]
    return min(hits)[1] if hits else None


def _time(language: Language, text: str) -> str | None:
    """The time of day that a sentence sets, near its beginning."""
    if language == "en":
        if _ELSEWHEN.search(text):
            return None
        opening = re.match(r"(?:[^,;]{0,60})", text)
        head = opening[0] if opening else ""
        if not re.match(
            r"(?:\W*(?:it was|and|but|then|so|one|at|in|on|by|towards|that|next|the|early|late|all)\b)",
            head,
            re.IGNORECASE,
        ):
            told = None if _HABIT.search(text) else _AT.search(text)
            return cue(language, "times", told[0]) if told else None
        return cue(language, "times", head)
    head = text[:14]
    if _NO_HOUR.search(head):
        return None
    return cue(language, "times", _NEXT_DAY.sub("", head)) or cue(language, "times", head)  # 第二天清晨


def _narrated_sentences(reading: Reading, index: int) -> list[tuple[Span, str]]:
    paragraph = reading.paragraphs[index]
    if paragraph.verse:  # The moon of a poem is not the scene's.
        return []
    text = reading.story.text
    found = []
    for sentence in paragraph.sentences:
        if reading.quoted(sentence.start) is None:
            words = text[sentence.start : sentence.end].replace("\n", " ")
            for quote in reading.quotes_in(sentence.start, sentence.end):
                if quote.speech:
                    at = quote.start - sentence.start
                    words = (
                        words[:at]
                        + " " * (min(quote.end, sentence.end) - quote.start)
                        + words[quote.end - sentence.start :]
                    )
            found.append((sentence, words))
    return found


def _place_in(reading: Reading, index: int, span: Span, sentence: str) -> tuple[str, bool] | None:
    """The place that a sentence goes to or is at: its words, and whether it is indoors."""
    if reading.docs:
        base = reading.paragraphs[index].start
        speech = [(q.start - base, q.end - base) for q in reading.quotes_in(base, span.end) if q.speech]
        words = places_english.place_in(reading.docs[index], span.start - base, span.end - base, speech)
    else:
        words = places_chinese.place_in(sentence)
    return (words, any(words.lower().endswith(w) for w in _indoors(reading.story.language))) if words else None


def settings(reading: Reading) -> list[Setting]:
    """The story's scenes in order; together they cover all of what was read."""
    language = reading.story.language
    found: list[Setting] = []
    current = Setting(Span(0, 0), "", False, "day", "clear")
    chapters = {c.paragraphs[0].start for c in reading.story.chapters}
    begin, timed = reading.paragraphs[0].start, False
    for index, paragraph in enumerate(reading.paragraphs):
        for span, sentence in _narrated_sentences(reading, index):
            time, there = _time(language, sentence), _place_in(reading, index, span, sentence)
            weather = cue(language, "weather", sentence)
            changed, first = current, span.start == paragraph.start
            opens = first and paragraph.start in chapters
            others = first and language == "zh" and sentence.startswith(_OTHERS)
            # 却说 and a new chapter may turn to other people: where is not told.
            if index and (opens or others) and not there:
                changed = replace(changed, words="", indoors=False)
            if time and time != current.time:
                changed = replace(changed, time=time)
            # After *a long, low hall* the hall is the same one.
            same = places_chinese.same if language == "zh" else places_english.same
            if there and not same(there[0], current.words):
                changed = replace(changed, words=there[0], indoors=there[1])
                if language == "zh" and current.words and current.time == "dawn" and not time:
                    changed = replace(changed, time="day")  # They go on from where they woke.
            if weather:
                changed = replace(changed, weather=weather)
            if opens and index and not time:
                changed = replace(changed, time="day")
            cut = (
                changed.words != current.words
                or changed.time != current.time
                or opens
                or others
                or (first and language == "zh" and sentence.startswith(_OLD_BREAK))
            )
            # What a scene's first sentences say of place and time is true of it from the beginning.
            soon = span.start - begin < _SOON and (not current.words or changed.words == current.words)
            soon = soon and (changed.time == current.time or not timed)
            if cut and span.start > begin and not soon:
                if changed.weather == current.weather and not weather:
                    changed = replace(changed, weather="clear")
                found.append(replace(current, span=Span(begin, span.start)))
                begin, timed = span.start, False
            timed = timed or time is not None
            current = changed
    found.append(replace(current, span=Span(begin, reading.paragraphs[-1].end)))
    return _seen(reading, [part for scene in _joined(found) for part in _by_company(reading, scene)])


def _by_company(reading: Reading, scene: Setting) -> list[Setting]:
    """A scene cut where a paragraph begins with somebody's coming who was not there before, and stays."""
    stretch, parts = _COMPANY[reading.story.language], list[Setting]()
    first = bisect_left(reading.paragraphs, scene.span.start, key=lambda p: p.start)
    for index in range(first, len(reading.paragraphs)):
        at, begin, end = reading.paragraphs[index].start, scene.span.start, scene.span.end
        if end - at < stretch // 2:
            break
        if at - begin < stretch // 2 or not _coming(reading, index):
            continue
        before = {m.who for m in reading.mentions_in(max(begin, at - stretch), at)}
        after = Counter(m.who for m in reading.mentions_in(at, min(end, at + stretch)))
        if any(count > 1 and who not in before for who, count in after.items()):
            parts.append(replace(scene, span=Span(begin, at)))
            scene = replace(scene, span=Span(at, end))
    return [*parts, scene]


def _coming(reading: Reading, index: int) -> bool:
    """Whether a paragraph begins with somebody's coming."""
    paragraph = reading.paragraphs[index]
    start, end = paragraph.sentences[0].start, paragraph.sentences[0].end
    match = _ENTERS.search(reading.story.text, start, end)
    if match is None or reading.quoted(match.start()) is not None:
        return False
    if not reading.docs:
        return True
    verb = next(t for t in reading.docs[index] if t.idx + len(t) > match.start() - paragraph.start)
    subject = subject_of(verb)
    if subject is None or verb.dep_ not in ("ROOT", "conj", "ccomp"):
        return False
    at = subject.idx + paragraph.start
    return subject.lower_ == "door" or any(m.end > at for m in reading.mentions_in(at - _LONG_NAME, at + 1))


def _seen(reading: Reading, found: Sequence[Setting]) -> list[Setting]:
    """Scenes with the season and the mood of their words."""
    language, seen = reading.story.language, []
    for setting in found:
        words = reading.story.read(setting.span)
        season = cue(language, "seasons", reading.narration(setting.span.start, setting.span.end, " "))
        moods = Counter({name: len(p.findall(words)) for p, name in _cues(language, "moods")})
        best = moods.most_common(2)
        # Two of a kind are a mood, where no other is told as often.
        mood = best[0][0] if best[0][1] >= 2 and best[0][1] > best[1][1] else None
        seen.append(of_season(replace(setting, season=season, mood=mood)))
    return seen


def of_season(setting: Setting) -> Setting:
    """The scene with what falls in its season, where the weather is clear."""
    if setting.weather == "clear" and setting.season and not setting.indoors:
        return replace(setting, weather=_FALLING.get(setting.season, setting.weather))
    return setting


def _joined(found: Sequence[Setting], shortest: int = 60) -> list[Setting]:
    """A scene of less than a sentence or so belongs to the next."""
    kept: list[Setting] = []
    for setting in found:
        if kept and kept[-1].span.end - kept[-1].span.start < shortest and len(found) > 3:
            last = kept.pop()
            setting = replace(
                setting, span=Span(last.span.start, setting.span.end), words=setting.words or last.words
            )
        kept.append(setting)
    return kept
