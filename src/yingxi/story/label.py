"""The line of a heading, read: its noun, its number, its own words; and how titles and running text are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yingxi.core.story import Language

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
NUMBER = rf"(?:{_ROMAN}|\d{{1,4}}|(?:THE )?{_ORDINAL}|{_CARDINAL})"
_PARTS = "BOOK|PART|VOLUME|VOL\\.?|EPOCH|ACT"
_EN = re.compile(
    rf"(?P<unit>CHAPTER|CHAP\.|CH\.|{_PARTS}|ADVENTURE|SCENE|STAVE|LETTER|SECTION|CANTO|EPISODE|TALE|DAY|NIGHT|NO\.)"
    rf"\s*(?<=[\s.])(?P<number>{NUMBER})(?!['’\w])(?P<apart>[.:—–\-\s]*)(?P<words>.*)"
    rf"|(?:THE )?(?P<ordinal>{_ORDINAL}) (?P<unit_after>CHAPTER|{_PARTS}|TALE|ADVENTURE|STAVE|CANTO|NIGHT|DAY)\.?"
    r"|(?P<name>PROLOGUE|EPILOGUE|PREFACE|FOREWORD|INTRODUCTION|INTERLUDE|CONCLUSION|AFTERWORD|POSTSCRIPT|FINALE|CODA"
    r"|(?:AUTHOR.S )?NOTE TO THE READER|AUTHOR.S (?:NOTE|PREFACE)|APPENDIX)(?:[.:—–-]+(?P<about>.{0,60}))?"
    rf"|(?:§ ?)?(?P<numeral>{_ROMAN}|\d{{1,3}})(?:[.:)]|(?=\s)|$)(?:\s*[—–-]*\s*(?P<rest>[A-Z“\"‘].*))?",
    re.IGNORECASE,
)
COUNT = "[零〇○一二两兩三四五六七八九十百千万廿卅壹贰叁肆伍陆柒捌玖拾佰仟0-9０-９]"
_NAMES = (
    "楔子|序章|序幕|序言|自序|代序|序|引子|引言|前言|尾声|尾聲|尾章|后记|後記|大结局|大結局|结局|終章|终章|跋|附录|附錄|外传|外傳"
    f"|[上中下][部卷篇]|卷[上中下]|卷{COUNT}+|番外[篇卷]?(?:之?{COUNT}+)?"
)
_ZH = re.compile(
    rf"(?:正文[\s　]*)?第[\s　]*(?P<number>{COUNT}+)[\s　]*(?P<unit>[回章节節卷部集折幕篇话話])"
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
_DECOR = re.compile(r"^[\s*=_~#★☆◆◇■□●○※·—–-]+|[\s*=_~#★☆◆◇■□●○※—–-]+$|[【】\[\]]")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {c: n for n, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_SMALL = frozenset([
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "her", "his", "in", "into", "is", "it", "its", "my",
    "nor", "of", "on", "or", "our", "over", "that", "the", "their", "to", "upon", "was", "which", "who", "with", "de",
    "la", "le", "du", "von", "van",
])  # fmt: skip


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
