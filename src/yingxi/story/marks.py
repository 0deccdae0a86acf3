"""Where English speech begins and ends: double and single marks, dashes, quotations over several paragraphs."""

import re
from collections.abc import Iterator, Sequence

from yingxi.core.story import Paragraph, Span

_LONGEST = 6000
_ENDS = ".,!?;:—-…)_*"
_SAID = r"said|asked|cried|answered|replied|repeated|whispered|shouted|murmured|continued|added|exclaimed|called"
_DASH_TAG = re.compile(rf"(?<=[,.!?…]) (?:(?:he|she|I|they|[A-Z]\w+) (?:{_SAID})|(?:{_SAID}))\b[^.,:;]{{0,60}}[.,:;]")
_ELIDED = re.compile(
    r"(?:[Tt](?:is|was|were|will|would|wouldn|ain|isn|wasn|weren)|[Ee]m|[Cc]ause|[Tt]il|[Gg]ainst|[Nn]eath|[Mm]ongst|[Pp]on"
    r"|[Bb]out|[Ff]raid|[Ss]cuse|[Rr]ound)\b"
)


def a_sentence_a_line(paragraphs: Sequence[Span]) -> bool:
    """Whether a text was cut into one sentence a line, so that its paragraphs say nothing."""
    counts = [len(p.sentences) for p in paragraphs if isinstance(p, Paragraph)]
    return len(counts) >= 20 and sum(n > 1 for n in counts) < 0.15 * len(counts)


def spans(text: str, paragraphs: Sequence[Span]) -> Iterator[Span]:
    """Quotations with their marks, in order; nested ones belong to the outer."""
    begin, stop = paragraphs[0].start, paragraphs[-1].end
    double = text.count("“", begin, stop) + text.count('"', begin, stop) // 2
    single = len(re.findall(r"‘ ?\w", text[begin:stop]))
    straight = len(re.findall(r"(?:^|\s)' ?[A-Z]", text[begin:stop]))
    dashes = [p for p in paragraphs if re.match(r"(?:—|--|―|–) ?[A-Z‘']", text[p.start : p.start + 4])]
    if len(dashes) >= 3 and len(dashes) > 2 * (double + single):
        yield from _dashed(text, dashes)
    elif max(single, straight) > double and straight > single:
        yield from _marked(text, paragraphs, "'", "'")
    elif single > double:
        yield from _marked(text, paragraphs, "‘", "’'")
    elif double:
        yield from _marked(text, paragraphs, '“"', '”"')


def _dashed(text: str, paragraphs: Sequence[Span]) -> Iterator[Span]:
    """Each paragraph that a dash begins is speech, but for *, said Ann,* within it."""
    for paragraph in paragraphs:
        begin = paragraph.start
        for tag in _DASH_TAG.finditer(text, paragraph.start, paragraph.end):
            yield Span(begin, tag.start())
            begin = tag.end()
            while begin < paragraph.end and text[begin].isspace():
                begin += 1
        if any(c.isalnum() for c in text[begin : paragraph.end]):
            yield Span(begin, paragraph.end)


def _marked(text: str, paragraphs: Sequence[Span], opening: str, closing: str) -> Iterator[Span]:
    lines = a_sentence_a_line(paragraphs)
    mark = re.compile(f"[{re.escape(opening + closing)}]")
    start = index = -1
    for number, paragraph in enumerate(paragraphs):
        if start >= 0 and not _goes_on(text, paragraphs, start, index, number, lines):
            # Never closed: to the end of its own paragraph, if that reads as speech at all.
            if text[start] not in "'‘" and paragraphs[index].end - start > 2:
                yield Span(start, paragraphs[index].end)
            start = -1
        for found in mark.finditer(text, paragraph.start, paragraph.end):
            at = found.start()
            if start < 0:
                if _opens(text, at, paragraph, opening):
                    start, index = at, number
            elif at == paragraph.start and number > index and found[0] in opening and paragraph.end > at + 1:
                continue  # Opened once more where a paragraph begins, though never closed.
            elif found[0] in closing and _closes(text, at, paragraph, text[start], lines):
                yield Span(start, at + 1)
                start = -1
            elif found[0] in "“" or (found[0] == '"' and _clearly_opens(text, at)):
                yield Span(start, paragraphs[index].end if index < number else _bare_end(text, start, at))
                start, index = at, number
    if start >= 0 and text[start] not in "'‘" and paragraphs[index].end - start > 2:
        yield Span(start, paragraphs[index].end)


def _bare_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _around(text: str, at: int) -> tuple[str, str]:
    """The characters before and after, a space at the text's borders."""
    return text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "


def _clearly_opens(text: str, at: int) -> bool:
    before, after = _around(text, at)
    return before.isspace() and not after.isspace() and after not in ".,;:!?"


def _opens(text: str, at: int, paragraph: Span, opening: str) -> bool:
    """Whether a mark outside speech opens it: an apostrophe or a stray closing mark does not."""
    if text[at] not in opening:
        return False
    before, after = _around(text, at)
    if text[at] in "'‘" and _ELIDED.match(text, at + 1) and not _closed_first(text, at, paragraph):
        return False  # 'Twas a cold night.
    if text[at] in "“‘":
        return not before.isalnum()
    if at + 1 >= paragraph.end > paragraph.start + 1 and text[paragraph.start : at].rstrip()[-1:] not in (":", ","):
        return False
    glued = not before.isspace() and before not in "([—-_“‘" and at > paragraph.start
    if text[at] == "'":
        # Apart from both its neighbours it is a mark of a text cut into words; else it must stand before a word.
        if before.isspace() and after.isspace():
            return not re.search(r"s $", text[max(0, at - 2) : at]) or at + 1 >= paragraph.end
        begins = after.isupper() or (after in "'’" and _ELIDED.match(text, at + 2) is not None)
        return not glued and not before.isalnum() and (begins or text[at - 2 : at] in (", ", ": ", "; ", ". "))
    return not glued or (after.isalnum() and not before.isalnum())


def _closed_first(text: str, at: int, paragraph: Span) -> bool:
    """Whether a mark that closes speech follows in the paragraph before one that may open it."""
    for i in range(at + 1, paragraph.end):
        if text[i] in "'’‘":
            before, after = _around(text, i)
            if before in _ENDS and not after.isalnum():
                return True
            if before.isspace() and not after.isspace():
                return False
    return False


def _closes(text: str, at: int, paragraph: Span, opened: str, lines: bool) -> bool:
    """Whether a mark within speech closes it, told from apostrophes and from marks that open the next."""
    before, after = _around(text, at)
    if opened in "“" and text[at] == '"':
        return False
    if text[at] == "”":
        return True
    if text[at] == '"':
        return not _clearly_opens(text, at) or (lines and at + 1 >= paragraph.end)
    if after.isalnum():
        return False
    if before.isspace():
        # The mark of a text cut into words. "the boys ' hats" is the exception that a comma or stop tells.
        return at + 1 >= paragraph.end or text[at - 2 : at - 1] in _ENDS
    return before in _ENDS or (before.isalnum() and before != "s" and not _later(text, at, paragraph))


def _later(text: str, at: int, paragraph: Span) -> bool:
    """Whether a better closing mark follows, before another opens."""
    for i in range(at + 1, paragraph.end):
        if text[i] == "‘":
            return False
        if text[i] in "’'" and text[i - 1] in _ENDS and not (text[i + 1 : i + 2] or " ").isalnum():
            return True
    return False


def _goes_on(text: str, paragraphs: Sequence[Span], start: int, index: int, number: int, lines: bool) -> bool:
    """Whether an unclosed quotation goes on in paragraph `number`: it opens there again, or the text has a sentence a
    line and a mark that can close it comes before one that opens."""
    paragraph = paragraphs[number]
    if paragraph.end - start > _LONGEST:
        return False
    mark = text[start]
    if text[paragraph.start] == mark and not lines:
        return True
    if mark in "'‘" and not lines:
        return False
    if not lines and (mark == '"' or number - index > 8):
        return False
    return _closed_later(text, paragraphs, number, mark, lines)


def _closed_later(text: str, paragraphs: Sequence[Span], number: int, mark: str, lines: bool) -> bool:
    closing = {"“": "”", "‘": "’", "'": "'", '"': '"'}[mark]
    for paragraph in paragraphs[number : number + (40 if lines else 8)]:
        for i in range(paragraph.start, paragraph.end):
            if text[i] == mark and mark != closing and i > paragraph.start:
                return False
            if text[i] == closing and (i > paragraph.start or paragraph.end == i + 1 or mark != closing):
                if _closes(text, i, paragraph, mark, lines):
                    return True
                if mark == '"':
                    return False
    return False
