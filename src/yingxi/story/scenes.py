"""A story's scenes: where the place or the time of day changes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from yingxi.core.shot import TimeOfDay, Weather
from yingxi.core.story import Language, Span
from yingxi.story import places_chinese
from yingxi.story.lexicon import lexicon
from yingxi.story.reading import Reading

_INTO = (
    r"\b(?:in|into|to|at|up|down|on|onto|under|upon|through|across|over|along|inside|within|reached|entered|near|by)"
    r"\s+"
)
_ARRIVAL = re.compile(
    r"\b(?:came|come|went|reached|arrived|entered|walked|rode|ran|returned|fell|flew|stood|lived|was|were|sat)\b"
)
_AT = re.compile(
    r"\b(?:at|that|by) (?:night|midnight|dawn|dusk|sunset|sunrise|noon|moonlight|nightfall)\b", re.IGNORECASE
)
_HABIT = re.compile(r"\b(?:used to|would|always|every|often|never|if|when)\b", re.IGNORECASE)
_NO_HOUR = re.compile("几度|几番|每|往往|无论|不论|不管|若|如果|仿佛|好像|像")
_NEXT_DAY = re.compile("第二天|次日|翌日|明日")
_SOON = 200
_OLD_BREAK = ("次日", "一日", "不一日", "数日", "当日")
_OTHERS = ("却说", "话说", "且说", "再说", "话分两头")


Cue = Literal["times", "weather", "seasons", "moods"]
Season = Literal["spring", "summer", "autumn", "winter"]
Mood = Literal["joyful", "sad", "tense", "eerie", "calm"]
_FALLING: dict[str, Weather] = {"spring": "petals", "autumn": "leaves"}


@dataclass(frozen=True)
class Setting:
    """A stretch of the story in one place at one time. `words` are the story's own for the place. `season` and `mood`
    are None where the words do not tell them."""

    span: Span
    words: str
    indoors: bool
    time: TimeOfDay
    weather: Weather
    season: Season | None = None
    mood: Mood | None = None


@cache
def _place_pattern(language: Language) -> re.Pattern[str]:
    words = [w for kind in ("outdoors", "indoors") for w in lexicon("places")[language][kind]]
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(
        rf"{_INTO}(?:the|a|an|his|her|their|this|that|one)\s+((?:[\w’'-]+\s+){{0,2}}(?:{either}))\b", re.IGNORECASE
    )


@cache
def _indoors(language: Language) -> frozenset[str]:
    return frozenset(lexicon("places")[language]["indoors"])


@cache
def _cues(language: Language, kind: Cue) -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for name, words in lexicon("places")[kind][language].items():
        either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        found.append((re.compile(either if language == "zh" else rf"\b(?:{either})\b", re.IGNORECASE), name))
    return tuple(found)


def cue(language: Language, kind: Cue, text: str) -> str | None:
    """The earliest cue in a text."""
    hits = [(m.start(), name) for pattern, name in _cues(language, kind) if (m := pattern.search(text))]
    return min(hits)[1] if hits else None


def _time(language: Language, text: str) -> str | None:
    """The time of day that a sentence sets, near its beginning."""
    if language == "en":
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


def _place_in(language: Language, sentence: str) -> tuple[str, bool] | None:
    """The place that a sentence goes to or is at: its words, and whether it is indoors."""
    if language == "en":
        matches = list(_place_pattern("en").finditer(sentence))
        if not matches or not _ARRIVAL.search(sentence):
            return None
        words = re.sub(r"^(?:\w+(?:ed|ing) )", "", matches[0][1]).strip()
    else:
        words = places_chinese.place_in(sentence)
        if words is None:
            return None
    return words, any(words.lower().endswith(w) for w in _indoors(language))


def settings(reading: Reading) -> list[Setting]:
    """The story's scenes in order; together they cover all of what was read."""
    language = reading.story.language
    found: list[Setting] = []
    current = Setting(Span(0, 0), "", False, "day", "clear")
    chapters = {c.paragraphs[0].start for c in reading.story.chapters}
    begin, timed = reading.paragraphs[0].start, False
    for index, paragraph in enumerate(reading.paragraphs):
        for span, sentence in _narrated_sentences(reading, index):
            time, place = _time(language, sentence), _place_in(language, sentence)
            weather = cue(language, "weather", sentence)
            fresh_chapter = paragraph.start in chapters
            changed = current
            opens = fresh_chapter and span.start == paragraph.start
            elsewhere = language == "zh" and span.start == paragraph.start
            elsewhere = elsewhere and bool(index) and (fresh_chapter or sentence.startswith(_OTHERS))
            if elsewhere and not place:  # 却说 and a new chapter may turn to other people: where is not told.
                changed = replace(changed, words="", indoors=False)
            if time and time != current.time:
                changed = replace(changed, time=time)
            if (
                place
                and place[0] != current.words
                and not (language == "zh" and places_chinese.same(place[0], current.words))
            ):
                changed = replace(changed, words=place[0], indoors=place[1])
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
                or (
                    language == "zh"
                    and sentence.startswith((*_OLD_BREAK, *_OTHERS))
                    and span.start == paragraph.start
                )
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
    return _seen(reading, _joined(found))


def _seen(reading: Reading, found: Sequence[Setting]) -> list[Setting]:
    """Scenes with the season and the mood of their words."""
    language, seen = reading.story.language, []
    for setting in found:
        words = reading.story.read(setting.span)
        season = cue(language, "seasons", words)
        moods = Counter({name: len(p.findall(words)) for p, name in _cues(language, "moods")})
        best = moods.most_common(2)
        # Two of a kind are a mood, where no other is told as often.
        mood = best[0][0] if best[0][1] >= 2 and best[0][1] > best[1][1] else None
        weather = setting.weather
        if weather == "clear" and season and not setting.indoors:
            weather = _FALLING.get(season, weather)
        seen.append(replace(setting, season=season, mood=mood, weather=weather))
    return seen


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
