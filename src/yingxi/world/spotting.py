"""Finding known phrases in free text: English by light stems, Chinese by characters, the longest phrase first."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[a-zà-öø-ÿ]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]|[^\sa-zà-öø-ÿ0-9\u3400-\u9fff]", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
VOWELS = "aeiouy"
LEAST_MENDED = 6
"""Letters of the shortest word that is mended: shorter ones are too near to others."""
_VOWEL = re.compile(r"[aeiouy]")
_WHOLE = frozenset(
    {"evening", "morning", "nothing", "something", "during", "his", "this", "is", "as", "was", "us", "has", "please",
     "stage", "mars", "steppe", "glade", "dame", "scarlett", "cane", "canes"}
)  # fmt: skip


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


def _slips(word: str) -> Iterator[str]:
    """What may have been meant by a word; its first letter is right."""
    for i in range(1, len(word)):
        head, tail = word[:i], word[i:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield head + tail[1:]
        yield from (head + letter + tail for letter in "etaoinshrdlucmfwypvbgkjqxz")
        if tail[0] in VOWELS:
            yield from (head + vowel + tail[1:] for vowel in VOWELS)
    yield from (word + letter for letter in "etaoinshrdlucmfwypvbgkjqxz")


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
    near: bool = False
    """Whether what it names only plays what the phrase asks for."""


class Spotter:
    """Phrases by their first stem; each names one or more (kind, name)."""

    def __init__(self) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, str, bool, bool]]] = defaultdict(list)
        self._seen: set[tuple[tuple[str, ...], str]] = set()
        self._words: dict[str, str] = {}

    def add(self, kind: str, name: str, phrases: Iterable[str], *, loose: bool = False, near: bool = False) -> None:
        """Let phrases mean a name. A phrase of one kind keeps the first name that it was given."""
        for phrase in phrases:
            found = tokens(phrase)
            key = tuple(token.stem for token in found)
            self._words.update((token.stem, phrase[token.start : token.end]) for token in found)
            if key and key[0] in {"a", "an", "the"} and len(key) > 1:
                key = key[1:]
            if key and (key, kind) not in self._seen:
                self._seen.add((key, kind))
                self._phrases[key[0]].append((key, kind, name, loose, near))

    def all(self, text: str, kinds: Iterable[str] | None = None) -> list[Spot]:
        """Every phrase that occurs, overlapping ones too, in the order of their places."""
        wanted = None if kinds is None else set(kinds)
        found = tokens(text)
        stems = [token.stem for token in found]
        spots = []
        for i, first in enumerate(stems):
            for key, kind, name, loose, near in self._phrases.get(first, ()):
                if wanted is not None and kind not in wanted:
                    continue
                last = i + len(key)
                if tuple(stems[i:last]) == key:
                    size = (len(key) + 1) // 2 if is_chinese(key[0]) else len(key)
                    spots.append(Spot(kind, name, i, last, found[i].start, found[last - 1].end, size, loose, near))
        return spots

    def mended(self, text: str, known: Container[str]) -> str:
        """The text with the English words that are one slip from a word of some phrase set right.

        A slip is two letters in the wrong order, one too many or too few, or a wrong vowel. Words with a capital
        inside a sentence are names, and `known` words are right as they are.
        """

        def mend(match: re.Match[str]) -> str:
            word = match[0]
            named = word[0].isupper() and match.start() > 0
            if len(word) < LEAST_MENDED or named or word.lower() in known or stem(word) in self._words:
                return word
            slips = (self._words[s] for s in _slips(stem(word)) if s in self._words)
            return next((right for right in slips if len(right) >= LEAST_MENDED), word)

        return re.sub(r"[A-Za-z]+", mend, text)

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
