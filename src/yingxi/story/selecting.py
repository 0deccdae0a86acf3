"""A part of a story: some chapters, or from some words to others."""

import re
from collections.abc import Callable
from dataclasses import replace

from yingxi.core.errors import YingxiError
from yingxi.core.story import Chapter, Paragraph, Story


def select(story: Story, chapters: str = "", begins: str = "", ends: str = "") -> Story:
    """The same story with fewer chapters and paragraphs, and the same offsets.

    `chapters` are numbers from 1, as *3*, *3-5*, *7-* or *1,4-6*. `begins` and `ends` are words of the story: it
    begins with the paragraph that has the one first, and ends with the paragraph that has the other after that. A
    number alone is that chapter's, from its beginning or to its end. Raises YingxiError where there is no such
    chapter, or no such words.
    """
    kept = list(story.chapters)
    if chapters:
        wanted = _numbers(chapters, len(kept))
        kept = [c for number, c in enumerate(kept, 1) if number in wanted]
    if begins:
        at = _chapter(story, begins).start if begins.isdigit() else _find(story, kept, begins, kept[0].start)
        kept = _cut(kept, lambda p: p.end > at)
    if ends:
        at = _chapter(story, ends).end - 1 if ends.isdigit() else _find(story, kept, ends, kept[0].start)
        kept = _cut(kept, lambda p: p.start <= at)
    if not kept:
        raise YingxiError("nothing of the story is selected: it ends before it begins")
    return replace(story, chapters=tuple(kept))


def _numbers(text: str, last: int) -> set[int]:
    wanted: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)\s*(-\s*(\d*))?\s*", part)
        if not match or not text.strip(" ,"):
            raise YingxiError(f"chapters are numbers, such as 3, 3-5 or 7-, not {(part.strip() or text)!r}")
        first = int(match[1])
        end = first if match[2] is None else int(match[3] or last)
        if end < first:
            raise YingxiError(f"chapters {part.strip()} run backwards; give the smaller number first")
        if not 1 <= first <= end <= last:
            raise YingxiError(f"there is no chapter {part.strip()}: the story has {last}")
        wanted |= set(range(first, end + 1))
    return wanted


def _chapter(story: Story, number: str) -> Chapter:
    _numbers(number, len(story.chapters))
    return story.chapters[int(number) - 1]


def _find(story: Story, kept: list[Chapter], words: str, start: int) -> int:
    # White space, line ends and quotation marks of any kind stand for each other.
    form = r"\s+".join(map(re.escape, words.split()))
    form = re.sub('["“”]', '["“”]', re.sub("['‘’]", "['‘’]", form))
    found = re.compile(form).search(story.text, start, kept[-1].end)
    found = found or re.compile(form, re.IGNORECASE).search(story.text, start, kept[-1].end)
    if found is None:
        raise YingxiError(f"the story does not have the words {words!r}")
    return found.start()


def _cut(kept: list[Chapter], holds: Callable[[Paragraph], bool]) -> list[Chapter]:
    found = []
    for chapter in kept:
        paragraphs = tuple(p for p in chapter.paragraphs if holds(p))
        if paragraphs:
            found.append(replace(chapter, start=paragraphs[0].start, end=paragraphs[-1].end, paragraphs=paragraphs))
    return found
