"""Scenes as a language model tells them: believed where they begin with words of the text, beside those that the
offline reader found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yingxi.core.shot import TimeOfDay, Weather
from yingxi.core.story import Span
from yingxi.story.copied import copied
from yingxi.story.questions import Answer, Chunk, Scene
from yingxi.story.reading import Reading
from yingxi.story.scenes import Setting, of_season

_ARTICLE = re.compile(r"^(?:the|a|an|his|her|their|its|this|that)\s+", re.IGNORECASE)
_SOON = 200
"""Characters of a chunk before the first scene of an answer that belong to it."""


def told_scenes(
    reading: Reading, offline: Sequence[Setting], chunk: Chunk, answer: Answer | None, names: Mapping[str, str]
) -> list[Setting]:
    """The scenes of a chunk, which together cover it; the offline reader's where the answer has none to be believed.

    `names` are cast ids by names in lower case.
    """
    found: list[Setting] = []
    for begin, told in _standing(reading, chunk, answer.scenes if answer else []):
        if not found and begin - chunk.start > _SOON:
            found += _clipped(offline, chunk.start, begin)
        elif found:
            found[-1] = replace(found[-1], span=Span(found[-1].span.start, begin))
        base = next(s for s in offline if s.span.end > begin)
        begin = begin if found else chunk.start
        found.append(_setting(reading, told, Span(begin, chunk.end), base, found[-1] if found else None, names))
    return found or _clipped(offline, chunk.start, chunk.end)


def joined(before: Sequence[Setting], more: Sequence[Setting]) -> list[Setting]:
    """Scenes of one chunk after those of the chunks before; one that goes on stays one."""
    if not before:
        return list(more)
    last, first = before[-1], more[0]
    if (last.words, last.indoors, last.time, last.weather) != (first.words, first.indoors, first.time, first.weather):
        return [*before, *more]
    both = replace(
        last, span=Span(last.span.start, first.span.end), season=last.season or first.season,
        mood=last.mood or first.mood, present=tuple(dict.fromkeys((*last.present, *first.present))),
    )  # fmt: skip
    return [*before[:-1], both, *more[1:]]


def _standing(reading: Reading, chunk: Chunk, told: Sequence[Scene]) -> Iterator[tuple[int, Scene]]:
    """Scenes with the beginnings of the sentences that they begin with, in the text's order."""
    at = chunk.start
    starts = [s.start for p in reading.paragraphs if p.end > chunk.start and p.start < chunk.end for s in p.sentences]
    for scene in told:
        if (words := copied(reading.story.text, scene.begins, at, chunk.end)) is None:
            continue
        begin = max((s for s in starts if chunk.start <= s <= words.start), default=chunk.start)
        if begin < at:  # Two scenes in one sentence are one.
            continue
        yield begin, scene
        at = words.end


def _setting(
    reading: Reading, told: Scene, span: Span, base: Setting, before: Setting | None, names: Mapping[str, str]
) -> Setting:
    words, indoors = base.words, base.indoors
    if copied(reading.story.text, told.place, 0, span.end):
        words, indoors = _ARTICLE.sub("", " ".join(told.place.split())), told.indoors
    time: TimeOfDay = told.time if told.time != "unknown" else (before or base).time
    weather: Weather = told.weather if told.weather != "unknown" else base.weather
    season = told.season if told.season != "unknown" else base.season
    mood = told.mood if told.mood != "unknown" else base.mood
    present = dict.fromkeys(names[n] for name in told.present if (n := name.strip().lower()) in names)
    return of_season(Setting(span, words, indoors, time, weather, season, mood, tuple(present)))


def _clipped(offline: Sequence[Setting], start: int, end: int) -> list[Setting]:
    return [
        replace(s, span=Span(max(start, s.span.start), min(end, s.span.end)))
        for s in offline
        if s.span.start < end and s.span.end > start
    ]
