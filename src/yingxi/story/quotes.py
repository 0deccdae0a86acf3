"""Every quotation of a text, with its marks, also where it runs over several paragraphs."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from yingxi.core.story import Language, Span
from yingxi.story import marks
from yingxi.story.unmarked import unmarked

_PAIRS = {"“": "”", "「": "」", "『": "』", "〝": "〞"}
_SPACE = re.compile(r"\s+")
_CONTINUED = re.compile(r"\n\s*[“「\"‘]?")
_LONGEST = 6000


@dataclass(frozen=True)
class Quote(Span):
    """A quotation with its marks. `inner` is what they enclose, `paragraph` the index of where it begins.

    `speech` is False for a word or title in quotation marks.
    """

    inner: Span
    paragraph: int
    speech: bool


def said(text: str, quote: Quote) -> str:
    """The words of a quotation in one line."""
    words = _CONTINUED.sub("\n", text[quote.inner.start : quote.inner.end])
    joint = "" if re.search(r"[\u4e00-\u9fff]", words) else " "
    return _SPACE.sub(joint, words).strip()


def _closing_apostrophe(text: str, start: int, stop: int) -> int:
    """The ’ that closes a quotation opened at `start`, told from apostrophes; -1 if there is none."""
    weak = -1
    for i in range(start + 1, stop):
        char = text[i]
        if char == "‘" and weak >= 0:
            return weak
        if char not in "’'":
            continue
        after = text[i + 1] if i + 1 < stop else " "
        if after.isalnum():
            continue
        if text[i - 1] in ".,!?;:—-…)_*":
            return i
        if weak < 0:
            weak = i
    return weak


def _marks(text: str) -> str:
    """The opening marks that a Chinese text's speech is in."""
    double = "“" in text or text.count('"') > 1
    return "“「『〝" + ('"' if text.count('"') > text.count("“") else "") + ("" if double else "‘")


def _is_speech(text: str, start: int, end: int, language: Language) -> bool:
    inner = text[start + 1 : end - 1].rstrip()
    if not inner:
        return False
    before = text[max(0, start - 3) : start].rstrip()[-1:]
    if language == "zh":
        return inner[-1] in "。！？…，；—!?,." or (before in ("：", ":") and len(inner) > 1)
    if inner[:1].islower() and " " not in inner:
        return False
    if inner[-1] in "’'" and len(inner) > 2:
        inner = inner[:-1].rstrip()
    # Words that go on to be said after an aside: "some are born stupid, and some" (here he paused) "are made so."
    if before == "," and len(inner.split()) >= 8:
        return True
    return inner[-1:] in tuple(".,!?;:—-…*") or (before in (",", ":") and inner[:1].isupper())


def find_quotes(text: str, paragraphs: Sequence[Span], language: Language) -> list[Quote]:
    """Quotations in the paragraphs of a text, in order. Nested ones belong to the outer."""
    if not paragraphs:
        return []
    if language == "en":
        return _english(text, paragraphs)
    opening = _marks(text[paragraphs[0].start : paragraphs[-1].end])
    opener = re.compile(f"[{re.escape(opening)}]")
    found: list[Quote] = []
    position = 0
    for index, paragraph in enumerate(paragraphs):
        position = max(position, paragraph.start)
        while position < paragraph.end:
            match = opener.search(text, position, paragraph.end)
            if not match:
                break
            start, mark = match.start(), match[0]
            if mark in "'‘" and start and text[start - 1].isalnum():
                position = start + 1
                continue
            end = _end(text, start, mark, index, paragraphs)
            if end < 0:
                position = start + 1
                continue
            speech = _is_speech(text, start, end, language)
            found.append(Quote(start, end, Span(start + 1, end - 1), index, speech))
            position = end
    bare = unmarked(text, paragraphs, sum(q.speech for q in found))
    return _with_unmarked(found, bare, paragraphs) if bare else found


def _with_unmarked(marked: Sequence[Quote], bare: Sequence[Span], paragraphs: Sequence[Span]) -> list[Quote]:
    """Speech without marks takes in what is marked within it."""
    starts, begins = [p.start for p in paragraphs], [s.start for s in bare]

    def apart(quote: Quote) -> bool:
        """Whether no speech without marks touches a quotation."""
        before = bisect_right(begins, quote.end - 1) - 1
        return before < 0 or bare[before].end <= quote.start

    found = [Quote(s.start, s.end, s, bisect_right(starts, s.start) - 1, True) for s in bare]
    return sorted([*found, *filter(apart, marked)], key=lambda q: q.start)


def _english(text: str, paragraphs: Sequence[Span]) -> list[Quote]:
    starts = [p.start for p in paragraphs]
    found = []
    for span in marks.spans(text, paragraphs):
        if span.end - span.start < 3:
            continue
        closed = text[span.end - 1] in "”’\"'" and text[span.start] in "“‘\"'"
        if text[span.start] in "“‘\"'":
            inner = Span(span.start + 1, span.end - closed)
        else:
            # A dash has no closing mark, and the second half of such a speech no mark at all.
            dash = re.match(r"[—―–-]*\s*", text[span.start : span.end])
            inner = Span(span.start + (dash.end() if dash else 0), span.end)
        speech = inner.end > inner.start and (
            text[span.start] not in "“‘\"'" or _is_speech(text, span.start, inner.end + 1, "en")
        )
        found.append(Quote(span.start, span.end, inner, bisect_right(starts, span.start) - 1, speech))
    return found


def _end(text: str, start: int, mark: str, index: int, paragraphs: Sequence[Span]) -> int:
    """One past the closing mark. An unclosed quotation goes on where the next paragraph opens one again (English)
    or where its mark closes before another opens (Chinese texts broken in the middle)."""
    stop = paragraphs[index].end
    if mark in "'‘":
        close = _closing_apostrophe(text, start, stop)
        return close + 1 if close >= 0 else _carried(text, start, "’", index, paragraphs)
    close_mark = _PAIRS.get(mark, mark)
    close = text.find(close_mark, start + 1, stop)
    if close >= 0:
        return close + 1
    return _carried(text, start, close_mark, index, paragraphs)


def _carried(text: str, start: int, close_mark: str, index: int, paragraphs: Sequence[Span]) -> int:
    mark = text[start]
    for following in paragraphs[index + 1 : index + 8]:
        if following.end - start > _LONGEST:
            break
        again = text[following.start] == mark
        close = text.find(close_mark, following.start + again, following.end)
        inner_open = text.find(mark, following.start + again, following.end) if mark != close_mark else -1
        if close >= 0 and (inner_open < 0 or close < inner_open):
            return close + 1
        if not again and inner_open >= 0:
            break
        if mark == close_mark and not again:
            break
    # Never closed: to the end of its own paragraph, if that reads as speech at all.
    end = paragraphs[index].end
    return end + 1 if end - start > 2 and close_mark not in "’'" and end < len(text) else -1
