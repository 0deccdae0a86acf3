"""Every quotation of a text, with its marks, also where it runs over several paragraphs."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from yingxi.core.story import Language, Span
from yingxi.story import marks
from yingxi.story.unmarked import unmarked

_PAIRS = {"“": "”", "「": "」", "『": "』", "〝": "〞", "﹁": "﹂", "﹃": "﹄", "｢": "｣"}
_SPACE = re.compile(r"\s+")
_BETWEEN = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")
"""White space in Chinese, but for that between Latin words."""
_CONTINUED = re.compile(r"\n\s*[“「\"‘]?")
_ENDED = tuple('.!?”’"')
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
    if re.search(r"[\u4e00-\u9fff]", words):
        words = _BETWEEN.sub("", words)
    return _SPACE.sub(" ", words).strip()


def _closing_apostrophe(text: str, start: int, stop: int) -> int:
    """The ’ that closes a Chinese quotation opened at `start`, no apostrophe of a Latin word; -1 if there is none."""
    for i in range(start + 2, stop):
        if text[i] in "’'" and not re.match(r"[A-Za-z].[A-Za-z]", text[i - 1 : i + 2]):
            return i
    return -1


def _mended(text: str) -> str:
    """The text, as long as before, with ” for the straight marks that some editions close “ with."""
    if text.count("“") <= text.count("”") or '"' not in text:
        return text
    opened = False

    def curl(mark: re.Match[str]) -> str:
        nonlocal opened
        closes, opened = opened and mark[0] == '"', mark[0] == "“" or (mark[0] == '"' and not opened)
        return "”" if closes else mark[0]

    return re.sub('[“”"]', curl, text)


def _marks(text: str) -> dict[str, str]:
    """The marks that a Chinese text's speech is in: what opens it, and what closes that."""
    pairs = dict(_PAIRS)
    count, singles = text.count("“"), text.count("‘")
    if singles > count and len(re.findall("(?:^|[：:，。！？\\s])‘", text)) > count:
        del pairs["“"]  # “” stand within ‘’.
        pairs["‘"] = "’"
    elif not count and text.count('"') <= 1:
        pairs["‘"] = "’"
        if not any(mark in text for mark in (*pairs, "”")) and len(re.findall("[：:，。！？\\s]'", text)) > 1:
            pairs["'"] = "'"
    # Where a text has only one of the two, it stands for both.
    if count > 1 and "”" not in text:
        pairs["“"] = "“"
    elif not count and text.count("”") > 1:
        pairs["”"] = "”"
    if text.count('"') > count:
        pairs['"'] = '"'
    return pairs


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
    # Broken off for what the speaker does: "I shall"--here he rose--"never go."
    if text.startswith(("—", "--"), end) and inner[:1].isupper() and " " in inner and before in ("", *_ENDED):
        return True
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
    text = _mended(text)
    pairs = _marks(text[paragraphs[0].start : paragraphs[-1].end])
    opener = re.compile(f"[{re.escape(''.join(pairs))}]")
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
            end, closed = _end(text, start, pairs[mark], index, paragraphs)
            if end < 0:
                position = start + 1
                continue
            speech = _is_speech(text, start, end + (not closed), language)
            found.append(Quote(start, end, Span(start + 1, end - closed), index, speech))
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


def _end(text: str, start: int, closing: str, index: int, paragraphs: Sequence[Span]) -> tuple[int, bool]:
    """Where a quotation ends, -1 if it is none, and whether a mark closes it. An unclosed one goes on where the next
    paragraph opens one again or where its mark closes before another opens (texts broken in the middle)."""
    stop = paragraphs[index].end
    single = text[start] in "'‘"
    close = _closing_apostrophe(text, start, stop) if single else text.find(closing, start + 1, stop)
    if close >= 0:
        return close + 1, True
    mark = text[start]
    for following in paragraphs[index + 1 : index + 8]:
        if following.end - start > _LONGEST:
            break
        again = text[following.start] == mark
        close = text.find(closing, following.start + again, following.end)
        inner_open = text.find(mark, following.start + again, following.end) if mark != closing else -1
        if close >= 0 and (inner_open < 0 or close < inner_open):
            return close + 1, True
        if not again and (inner_open >= 0 or mark == closing):
            break
    # Never closed: to the end of its own paragraph, if that reads as speech at all.
    return (stop, False) if stop - start > 2 and not single else (-1, False)
