"""Headings of chapters, told by their words, by the order of their numbers, or, without any, by standing alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yingxi.core.story import Language, Span
from yingxi.story.verse import stanza

_UNITS = "ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE"
_TEENS = "TEN|ELEVEN|TWELVE|THIRTEEN|FOURTEEN|FIFTEEN|SIXTEEN|SEVENTEEN|EIGHTEEN|NINETEEN"
_TENS = "TWENTY|THIRTY|FORTY|FIFTY|SIXTY|SEVENTY|EIGHTY|NINETY"
_ORDINAL = (
    r"(?:(?:TWENTY|THIRTY|FORTY|FIFTY)[- ])?(?:FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|NINTH|TENTH"
    r"|ELEVENTH|TWELFTH|\w+TEENTH|TWENTIETH|LAST)"
)
_BELOW = rf"(?:(?:{_TENS})(?:[- ](?:{_UNITS}))?|{_TEENS}|{_UNITS})"
_CARDINAL = rf"(?:(?:{_UNITS}) HUNDRED(?:(?: AND)? {_BELOW})?|{_BELOW})"
_ROMAN = r"(?=[IVXLC])C{0,3}(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})"
_NUMBER = rf"(?:{_ROMAN}|\d{{1,4}}|(?:THE )?{_ORDINAL}|{_CARDINAL})"
_PARTS = "BOOK|PART|VOLUME|VOL\\.?|EPOCH|ACT"
_EN = re.compile(
    rf"(?P<unit>CHAPTER|CHAP\.|CH\.|{_PARTS}|ADVENTURE|SCENE|STAVE|LETTER|SECTION|CANTO|EPISODE|TALE|DAY|NIGHT|NO\.)"
    rf"\s*(?<=[\s.])(?P<number>{_NUMBER})(?!['’\w])(?P<apart>[.:—–\-\s]*)(?P<words>.*)"
    rf"|(?:THE )?(?P<ordinal>{_ORDINAL}) (?P<unit_after>CHAPTER|{_PARTS}|TALE|ADVENTURE|STAVE|CANTO|NIGHT|DAY)\.?"
    r"|(?P<name>PROLOGUE|EPILOGUE|PREFACE|FOREWORD|INTRODUCTION|INTERLUDE|CONCLUSION|AFTERWORD|POSTSCRIPT|FINALE|CODA"
    r"|(?:AUTHOR.S )?NOTE TO THE READER|AUTHOR.S (?:NOTE|PREFACE)|APPENDIX)(?:[.:—–-]+(?P<about>.{0,60}))?"
    rf"|(?:§ ?)?(?P<numeral>{_ROMAN}|\d{{1,3}})(?:[.:)]|(?=\s)|$)(?:\s*[—–-]*\s*(?P<rest>[A-Z“\"‘].*))?",
    re.IGNORECASE,
)
_COUNT = "[零〇○一二两兩三四五六七八九十百千万廿卅壹贰叁肆伍陆柒捌玖拾佰仟0-9０-９]"
_NAMES = (
    "楔子|序章|序幕|序言|自序|代序|序|引子|引言|前言|尾声|尾聲|尾章|后记|後記|大结局|大結局|结局|終章|终章|跋|附录|附錄|外传|外傳"
    f"|[上中下][部卷篇]|卷[上中下]|卷{_COUNT}+|番外[篇卷]?(?:之?{_COUNT}+)?"
)
_ZH = re.compile(
    rf"(?:正文[\s　]*)?第[\s　]*(?P<number>{_COUNT}+)[\s　]*(?P<unit>[回章节節卷部集折幕篇话話])"
    r"(?P<apart>[\s　:：、.．·—-]*)(?P<words>.*)"
    rf"|(?P<name>{_NAMES})(?:[\s　:：·—-]+(?P<about>.{{0,24}}))?"
    r"|CHAPTER\s+(?P<english>\d+)[\s.:：]*(?P<after>.{0,30})"
    r"|[（(]?(?P<numeral>[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]+|[0-9０-９]{1,4})[)）]?"
    r"(?:(?:[、.．:：]|(?<=\d)(?=[\s　]))[\s　]*(?P<rest>[^\d\s].{0,24}))?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:In which|Wherein|Of|How|Containing|Treats|Treating|Concerning|Which|What|Shows)\b", re.IGNORECASE
)
_ABOVE = re.compile(rf"(?:{_PARTS}|[卷部集篇])", re.IGNORECASE)
_RUN_IN = {
    "en": re.compile(rf"((?:CHAPTER|Chapter|BOOK|Book|PART|Part) {_NUMBER}(?:[.:]|(?=\s)))\s+(?=[A-Z“\"‘'])"),
    "zh": re.compile(rf"(第{_COUNT}+[回章])[\s　]+(?=\S{{20}})"),
}
_DECOR = re.compile(r"^[\s*=_~#★☆◆◇■□●○※·—–-]+|[\s*=_~#★☆◆◇■□●○※—–-]+$|[【】\[\]]")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {c: n for n, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_SMALL = frozenset([
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "her", "his", "in", "into", "is", "it", "its", "my",
    "nor", "of", "on", "or", "our", "over", "that", "the", "their", "to", "upon", "was", "which", "who", "with", "de",
    "la", "le", "du", "von", "van",
])  # fmt: skip


@dataclass(frozen=True)
class Row(Span):
    """A line of the text without its surrounding white space; `indent` in characters, `lonely` between blanks."""

    indent: int
    lonely: bool
    first: bool


@dataclass(frozen=True)
class Label:
    """What the line of a heading says. `unit` is its noun in lower case, *name* for a preface and the like, or '' for
    a number alone; `number` as written, in lower case; `words` its own."""

    unit: str
    number: str
    words: str

    @property
    def above(self) -> bool:
        """Whether it is a part, which chapters are in."""
        return _ABOVE.fullmatch(self.unit) is not None


@dataclass(frozen=True)
class Heading:
    """Rows `first` to `last` (exclusive) of a text. `label` is None where only the format or its place tells it;
    `listed`: the table of contents tells it."""

    first: int
    last: int
    title: str
    words: str
    label: Label | None
    listed: bool = False


def label(line: str, language: Language) -> Label | None:
    """The line read as a heading with a number or a name, or None."""
    line = plain(line)
    match = (_ZH if language == "zh" else _EN).fullmatch(line)
    if not match:
        return None
    got = match.groupdict()
    name = got.get("name")
    if name and name.islower() and not line.isalpha():
        return None  # The end of a sentence, alone on its line.
    if name and re.search(r"\w[.!?。！？]$", got["about"] or ""):
        return None
    if name:
        return Label("name", name.lower(), (got["about"] or "").strip())
    words = (got["words"] or got["rest"] or got.get("after") or "").strip(" .:—-_")
    unit = (got["unit"] or got.get("unit_after") or ("chapter" if got.get("english") else "")).lower()
    number = (got["number"] or got["numeral"] or got.get("ordinal") or got.get("english") or "").lower()
    apart = bool(
        re.sub(r"[ \t]", "", got.get("apart") or "") if language == "en" else got.get("apart") or got["after"]
    )
    if unit and words and _sentence(words, line, apart, language):
        return None
    if not unit and words and (line[-1] in ("。．！？”，：；" if language == "zh" else ",;") or ". " in words):
        return None
    if not unit and language == "en" and (words[:1].islower() or line[0].islower() or prose([words], language)):
        return None  # "I laughed." is a sentence.
    if not number:
        return None
    return Label(unit, number.removeprefix("the "), words)


def _sentence(words: str, line: str, apart: bool, language: Language) -> bool:
    """Whether what follows the number goes on as prose does: *Chapter one was short,*"""
    if language == "zh":
        return line[-1] in "，；：" or (line[-1] in "。．！？”" and (not apart or len(line) > 36)) or len(line) > 60
    if line[-1] in ",;" or len(line) > 240:
        return True
    if words.isupper():
        return False
    ended = line[-1] in ".!?”’\"'"
    if (len(line) > 90 and (ended or not apart)) or (len(line) > 60 and re.search('[“"]', words)):
        return True
    if (
        ended
        and not _ABOUT.match(words)
        and prose([words], language)
        and sum(w.islower() for w in words.split()) >= 5
    ):
        return True
    return words[0].islower() and not apart


def split(text: str, rows: Sequence[Row], language: Language) -> list[Row]:
    """Lines, and those that go on with the story after a chapter's number as two: *CHAPTER I It was a dark night.*"""
    found: list[Row] = []
    for row in rows:
        match = _RUN_IN[language].match(text, row.start, row.end) if row.first else None
        if match and label(text[row.start : row.end], language) is None:
            found.append(Row(row.start, match.end(1), row.indent, True, True))
            found.append(Row(match.end(), row.end, row.indent, row.lonely, True))
        else:
            found.append(row)
    return found


def plain(line: str) -> str:
    """A heading without its ornaments: *=== Chapter 1 ===*"""
    return re.sub(r"^[\s.．]+", "", _DECOR.sub(" ", line)).strip()


def titled(line: str, language: Language) -> bool:
    """Whether a line is written as titles are: short, with capitals, no sentence."""
    line = plain(line)
    if not line or not any(c.isalpha() for c in line) or re.match(r"(?:by|von|par)\s", line, re.IGNORECASE):
        return False
    if language == "zh":
        return len(line) <= 24 and not re.search(r"[。，！？；：…“”「」、曰]|\w:", line)
    if len(line) > 75 or line[-1] in ",;:”\"’'" or line[0] in '“"':
        return False
    if line == line.upper():
        return True
    words = re.findall(r"[^\W\d_][\w’'-]*", line)
    lower = [w for w in words[1:] if w[0].islower() and w.lower() not in _SMALL]
    return words[0][0].isupper() and not lower and (line[-1] != "." or len(words) <= 8) and len(words) <= 14


def prose(lines: Sequence[str], language: Language) -> bool:
    """Whether lines that stand together are running text, not names, titles or entries."""
    whole = " ".join(lines)
    if language == "zh":
        return bool(re.search(r"[。．！？”」]", whole)) or (len(whole) > 60 and "，" in whole)
    if any(line[:1] in tuple('“"‘') for line in lines):
        return True
    words = re.findall(r"[^\W\d_][\w’'-]*", whole)
    lower = sum(w[0].islower() for w in words)
    ended = whole.rstrip("_*)")[-1:] in tuple('.!?”"’…—') and len(words) >= 3
    return lower >= 3 and (lower >= 0.5 * len(words) or (ended and lower >= 0.35 * len(words)))


def value(number: str) -> int:
    """A number as written, in figures, Roman or Chinese; 0 for one in words."""
    if number.isdigit():
        return int(number)
    if re.fullmatch(_ROMAN, number, re.IGNORECASE):
        worth = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[c] for c in number.lower()]
        return sum(-a if a < b else a for a, b in zip(worth, [*worth[1:], 0], strict=True))
    total = digit = 0
    for char in number.replace("拾", "十"):
        if char == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            return 0
    return total + digit


def headings(
    text: str, rows: Sequence[Row], language: Language, marked: frozenset[int] = frozenset()
) -> list[Heading]:
    """The headings among the lines of a text, in order. `marked`: where lines begin that the book's format calls
    headings."""
    lines = [text[r.start : r.end] for r in rows]
    labels = [label(line, language) if len(line) <= 240 else None for line in lines]
    bare = {i for i, got in enumerate(labels) if got and not got.unit}
    kept = {i for i in bare if rows[i].lonely and len(lines[i]) <= 90} | _series(bare, labels)
    kept -= {i for i in kept if _numbers_verse(lines, rows, i, labels[i], language)}
    named = {
        i
        for i, got in enumerate(labels)
        if got and got.unit and (got.unit not in _LOOSE or rows[i].first or not got.words)
    }
    counted = kept | named
    found = counted | {i for i, r in enumerate(rows) if r.start in marked}
    if not found:
        found = _alone(lines, rows, language)
    result: list[Heading] = []
    for i in sorted(found):
        if result and i < result[-1].last:
            continue
        got = labels[i] if i in counted else None
        told = lines[i].strip("# \t") if rows[i].start in marked else plain(lines[i]) or lines[i]
        words = got.words if got else told
        last = _below(lines, rows, labels, i, got, language, marked) if got else i + 1
        below = " ".join(plain(line) for line in lines[i + 1 : last])
        result.append(Heading(i, last, f"{told} {below}".strip(), f"{words} {below}".strip(), got))
    return result


def _numbers_verse(lines: Sequence[str], rows: Sequence[Row], at: int, got: Label | None, language: Language) -> bool:
    """Whether a number stands above a stanza of a song."""
    if language == "zh" or (got and got.words) or at + 1 >= len(rows):
        return False
    return stanza(lines[at + 1 : _block(rows, at + 1)], language, 0)


def numbered_pages(heads: Sequence[Heading]) -> list[Heading]:
    """Bare figures that are no chapters' but count pages: they go on counting through chapters, or do not
    begin with 1."""
    bare = [h for h in heads if h.label and not h.label.unit and not h.words and h.label.number.isdigit()]
    counts = [int(h.label.number) for h in bare if h.label]
    chapters = any(h.label and h.label.unit not in ("", "name") and not h.label.above for h in heads)
    rising = all(a < b for a, b in pairwise(counts))
    return bare if rising and len(bare) >= 2 and (chapters or counts[0] > 1) else []


_LOOSE = ("day", "night", "no.", "letter", "tale", "episode", "section")
"""Nouns that lines of prose begin with too: their headings stand apart."""


def _series(bare: set[int], labels: Sequence[Label | None]) -> set[int]:
    """Lines with a number that go on counting from 1, with something between them."""
    found: set[int] = set()
    run: list[int] = []
    for i in sorted(bare):
        got = labels[i]
        number = value(got.number) if got else 0
        if run and number == len(run) + 1 and i > run[-1] + 1:
            run.append(i)
        elif number == 1:
            run = [i]
        if len(run) >= 2:
            found |= set(run)
    return found


def _below(
    lines: Sequence[str],
    rows: Sequence[Row],
    labels: Sequence[Label | None],
    at: int,
    got: Label,
    language: Language,
    marked: frozenset[int],
) -> int:
    """The row after a heading's last: its title may stand on the next line, or go on there."""
    end = at + 1
    if got.words:
        # A long title broken at the width: the rest of its block, if that is short.
        if rows[at].first and 45 <= len(lines[at]) <= 80 and lines[at][-1] not in ".!?。！？":
            while end < len(rows) and not rows[end].first and labels[end] is None:
                end += 1
            block = lines[at + 1 : end]
            told = any("“" in line or len(line) > 80 for line in block)
            return end if len(block) <= 3 and end < len(rows) and not told else at + 1
        return end
    if end >= len(rows) - 1 or labels[end] is not None or rows[end].start in marked:
        return end
    if not titled(lines[end], language) or got.unit == "name":
        return end
    stop = _block(rows, end)
    if not rows[end].first or stop == end + 1 or all(line.isupper() for line in lines[end:stop]):
        end += 1
        while end < stop and lines[end].isupper() and labels[end] is None:
            end += 1
    # What follows a title is told; lines like it are a list, or verse.
    alike = rows[end].lonely and titled(lines[end], language) and labels[end] is None and not lines[end].isupper()
    return at + 1 if alike and language == "zh" else end


def _alone(lines: Sequence[str], rows: Sequence[Row], language: Language) -> set[int]:
    """Titles without numbers: lines alone that are written as titles, at least two, with running text under each."""
    found = [
        i
        for i in range(len(rows) - 1)
        if (rows[i].lonely or (lines[i].isupper() and len(lines[i]) > 3 and language == "en"))
        and titled(lines[i], language)
        and (len(plain(lines[i])) <= 12 or language == "en")
    ]
    led = [i for i in found if i + 1 not in found and prose(lines[i + 1 : _block(rows, i + 1)], language)]
    stray = [i for i in found if i > 1 and i not in led]
    # Where many are no titles of a chapter, none is.
    return set(led) if len(led) >= 2 and len(led) >= 2 * len(stray) and 2 * len(led) < len(rows) else set()


def _block(rows: Sequence[Row], at: int) -> int:
    """The row after the last that stands together with one, or after the sixth."""
    end = at + 1
    while end < min(len(rows), at + 6) and not rows[end].first:
        end += 1
    return end
