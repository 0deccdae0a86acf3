"""Finding known phrases in free text: English by light stems, Chinese by characters, the longest phrase first."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[a-zà-öø-ÿ]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]|[^\sa-zà-öø-ÿ0-9\u3400-\u9fff]", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_VOWEL = re.compile(r"[aeiouy]")
_WHOLE = frozenset(
    {"evening", "morning", "nothing", "something", "during", "his", "this", "is", "as", "was", "us", "has"}
)


def is_chinese(text: str) -> bool:
    """Whether a text holds at least one Chinese character."""
    return bool(_CHINESE.search(text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A rough stem of an English word: what it shares with its other forms, not a word by itself."""
    word = word.lower().removesuffix("'s").replace("'", "")
    if word in _WHOLE or len(word) < 4:
        return word
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if not word.endswith(ending):
            continue
        if ending == "s" and word.endswith(("ss", "us", "is")):
            break
        rest = word[: -len(ending)] + instead
        if len(rest) >= 3 and _VOWEL.search(rest):
            word = rest
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou" else word


@dataclass(frozen=True)
class Token:
    """A stem, or one Chinese character, or a mark; `start` and `end` are its place in the text."""

    stem: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """A text's stems, Chinese characters and marks, in order. Hyphens part words."""
    return [
        Token(stem(match[0]), match.start(), match.end())
        for match in _TOKEN.finditer(text.replace("’", "'"))
        if match[0] != "-"
    ]


@dataclass(frozen=True)
class Spot:
    """A known phrase found in a text: what it names, and the tokens and characters it covers."""

    kind: str
    name: str
    first: int
    last: int
    start: int
    end: int
    words: int
    """English words, or half the Chinese characters, rounded up: how much the phrase says."""
    loose: bool = False
    """Whether the phrase is only near what it names."""


class Spotter:
    """Phrases by their first stem; each names one or more (kind, name)."""

    def __init__(self) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, str, bool]]] = defaultdict(list)
        self._seen: set[tuple[tuple[str, ...], str]] = set()

    def add(self, kind: str, name: str, phrases: Iterable[str], *, loose: bool = False) -> None:
        """Let phrases mean a name. A phrase of one kind keeps the first name that it was given."""
        for phrase in phrases:
            key = tuple(token.stem for token in tokens(phrase))
            if key and key[0] in {"a", "an", "the"} and len(key) > 1:
                key = key[1:]
            if key and (key, kind) not in self._seen:
                self._seen.add((key, kind))
                self._phrases[key[0]].append((key, kind, name, loose))

    def all(self, text: str, kinds: Iterable[str] | None = None) -> list[Spot]:
        """Every phrase that occurs, overlapping ones too, in the order of their places."""
        wanted = None if kinds is None else set(kinds)
        found = tokens(text)
        stems = [token.stem for token in found]
        spots = []
        for i, first in enumerate(stems):
            for key, kind, name, loose in self._phrases.get(first, ()):
                if wanted is not None and kind not in wanted:
                    continue
                last = i + len(key)
                if tuple(stems[i:last]) == key:
                    size = (len(key) + 1) // 2 if is_chinese(key[0]) else len(key)
                    spots.append(Spot(kind, name, i, last, found[i].start, found[last - 1].end, size, loose))
        return spots

    def apart(self, text: str, kinds: Iterable[str] | None = None) -> list[Spot]:
        """Phrases that do not overlap: of two that do, the one that covers more text stays."""
        taken: set[int] = set()
        kept = []
        for spot in sorted(self.all(text, kinds), key=lambda s: (s.first - s.last, s.first)):
            covered = set(range(spot.first, spot.last))
            if not covered & taken:
                taken |= covered
                kept.append(spot)
        return sorted(kept, key=lambda s: s.first)
