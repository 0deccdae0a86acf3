"""Letters of the cards: Noto Sans CJK, and lines broken to fit a width in either language."""

import re
from functools import lru_cache

import noto_cjk_sans_otc
import skia

from yingxi.core.errors import YingxiError
from yingxi.core.story import Language

FACES: dict[Language, int] = {"en": 0, "zh": 2}
"""Faces in the collection: simplified Chinese is its third; Latin letters are the same in all."""

WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Characters that a line may be broken between: Chinese ones, their marks, full-width forms."""

CLOSING = "，。！？；：、）》」』”’…—,.!?;:)"
"""Marks that may not begin a line."""


@lru_cache
def typeface(language: Language) -> skia.Typeface:
    """The typeface for a language. Raises YingxiError if the font package is not whole."""
    # A manager of no fonts but this one: the default one reads, and complains of, the machine's configuration.
    face = skia.FontMgr.New_Custom_Empty().makeFromFile(str(noto_cjk_sans_otc.FONT_PATH), FACES[language])
    if face is None:
        raise YingxiError("the font of the package noto-cjk-sans-otc cannot be read; install the package again")
    return face


def font(language: Language, size: float, bold: bool = False) -> skia.Font:
    made = skia.Font(typeface(language), size)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    made.setSubpixel(True)
    made.setLinearMetrics(True)  # sizes are in units, often near 1: rounded advances would tear words apart
    made.setHinting(skia.FontHinting.kNone)
    made.setEmbolden(bold)
    return made


def wrap(text: str, letters: skia.Font, width: float) -> list[str]:
    """Break one paragraph into lines no wider than `width`: between words, or between Chinese characters. A word
    that is wider than a whole line is broken inside."""
    pieces = re.findall(rf"[{WIDE}]|[^\s{WIDE}]+|\s+", text)
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if not line and piece.isspace():
            continue
        if letters.measureText((line + piece).rstrip()) <= width or (line and piece in CLOSING):
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = "" if piece.isspace() else piece
        while len(line) > 1 and letters.measureText(line) > width:
            room = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or letters.measureText(line[:n]) <= width)
            lines.append(line[:room])
            line = line[room:]
    if line.strip():
        lines.append(line.rstrip())
    return lines
