"""Verse in a text: stanzas, told from prose by their lines."""

import re
from collections.abc import Sequence

from yingxi.core.story import Language

_LONGEST = 62
_CLAUSE = re.compile("[，。；！？、,;!?]")
_LISTED = re.compile(r"(?:[-*•·]|\(?\d+[.)]|[ivxlc]+[.)])\s", re.IGNORECASE)


def stanza(lines: Sequence[str], language: Language, width: float) -> bool:
    """Whether lines that stand together are verse. `width` is how long the text's full lines are.

    English: two or more short lines that begin with capitals and mostly do not end sentences. Chinese: at least four
    clauses, all of five characters or all of seven.
    """
    if language == "zh":
        sizes = [len(c) for line in lines for c in _CLAUSE.split(line.strip()) if c]
        whole = all(_metre(line) for line in lines)
        return whole and len(sizes) >= 4 and len(set(sizes)) == 1
    short = min(_LONGEST, 0.8 * width) if width >= 50 else _LONGEST
    if len(lines) < 2 or any(len(line) > short for line in lines[:-1]) or len(lines[-1]) > _LONGEST:
        return False
    begins = [line.lstrip("“\"‘'_—- ")[:1] for line in lines]
    if not all(letter.isupper() for letter in begins) or any(_LISTED.match(line) for line in lines):
        return False
    if sum(line[0] in '“"‘' for line in lines) > 1 or sum(line.isupper() for line in lines) > 0:
        return False
    words = sum(len(line.split()) for line in lines)
    running = sum(line.rstrip("”\"’' _")[-1:] not in ".!?" for line in lines[:-1])
    return words >= 3 * len(lines) and 2 * running >= len(lines) - 1


def _metre(line: str) -> bool:
    """Whether a Chinese line is a couplet or more of five or of seven characters a clause."""
    clauses = [c for c in _CLAUSE.split(line.strip()) if c]
    if len(clauses) < 2 or len(clauses) % 2 or not all("\u3400" <= x <= "\u9fff" for c in clauses for x in c):
        return False
    return {len(c) for c in clauses} in ({5}, {7})
