"""Where words that somebody says stand in the text do stand."""

import re

from yingxi.core.story import Span

_ALIKE = {"'": "['‘’]", "‘": "['‘’]", "’": "['‘’]", '"': '["“”]', "“": '["“”]', "”": '["“”]', "-": "[-–—]",
          "–": "[-–—]", "—": "[-–—]"}  # fmt: skip
_LEAST = 4
"""Latin letters, or twice the Chinese characters: fewer stand anywhere."""


def copied(text: str, words: str, start: int, end: int) -> Span | None:
    """The first place between `start` and `end` where a text has these words, however its lines are broken and
    whichever quotation marks it has. None for fewer than two words' worth of letters, and where they do not stand."""
    parts = words.strip().strip("….").split()
    letters = "".join(parts)
    if sum(2 if c > "\u2e80" else 1 for c in letters) < _LEAST:
        return None
    gap = r"\s*" if letters > "\u2e80" else r"\s+"
    pattern = gap.join("".join(_ALIKE.get(c, re.escape(c)) for c in part) for part in parts)
    match = re.compile(pattern).search(text, start, end)
    return Span(match.start(), match.end()) if match else None
