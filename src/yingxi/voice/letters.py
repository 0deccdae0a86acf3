"""The sounds of an unknown word from its letters, by a table learnt from the words of a lexicon.

Each letter stands for none to three sounds. The sounds that a letter has most often between the same neighbours are
kept for wide contexts only where they differ from what a narrower context says; a word is read with the widest
context known for each of its letters.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import log
from typing import Self

WIDTHS = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (4, 5))
EDGE = "_"
LONGEST = 3
STRESS = "ˈˌ"
VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻᵊ")
Pair = tuple[str, tuple[str, ...]]


def tokens(phonemes: str) -> tuple[str, ...]:
    """Sounds one by one, a stress mark together with the sound that follows it."""
    parts: list[str] = []
    mark = ""
    for sound in phonemes:
        if sound in STRESS:
            mark = sound
        else:
            parts.append(mark + sound)
            mark = ""
    return tuple(parts)


def _context(word: str, at: int, width: tuple[int, int]) -> str:
    left, right = width
    padded = EDGE * left + word + EDGE * right
    return padded[at : at + left + 1 + right]


def _key(word: str, at: int, level: int) -> str:
    return f"{level}{_context(word, at, WIDTHS[level])}"


class Letters:
    """A table from a letter between its neighbours to its sounds."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table

    @classmethod
    @cache
    def load(cls) -> "Letters":
        return cls(json.loads((files("yingxi.voice") / "letters.json").read_text("utf-8")))

    @classmethod
    def learn(cls, words: Iterable[tuple[str, str]], least: int = 3, rounds: int = 4) -> Self:
        """Learn from (lower-case word, phonemes). A wide context counts where it was seen `least` times or more."""
        pairs = [(word, tokens(phonemes)) for word, phonemes in words]
        aligned = _align(pairs, rounds)
        table: dict[str, str] = {}
        for level in range(len(WIDTHS)):
            seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
            for word, chunks in aligned:
                for at, chunk in enumerate(chunks):
                    seen[_key(word, at, level)][chunk] += 1
            narrower = cls(dict(table))
            for key, counts in seen.items():
                chunk, count = max(counts.items(), key=lambda item: (item[1], item[0]))
                if level == 0 or (count >= least and chunk != narrower._between(key)):
                    table[key] = chunk
        return cls(table)

    @property
    def table(self) -> Mapping[str, str]:
        return self._table

    def sounds(self, word: str) -> str:
        """Phonemes of a lower-case word of the letters a to z, with one main stress."""
        return _stressed("".join(self._sound(word, at) for at in range(len(word))))

    def _sound(self, word: str, at: int) -> str:
        for level in reversed(range(len(WIDTHS))):
            found = self._table.get(_key(word, at, level))
            if found is not None:
                return found
        return ""

    def _between(self, key: str) -> str:
        """What narrower contexts than `key` say of its middle letter."""
        level = int(key[0])
        left, _ = WIDTHS[level]
        for lower in reversed(range(level)):
            before, after = WIDTHS[lower]
            found = self._table.get(f"{lower}{key[1 + left - before : 1 + left + after + 1]}")
            if found is not None:
                return found
        return ""


def _stressed(phonemes: str) -> str:
    """The same sounds with the last main stress kept, others weakened, and one given to a word without any."""
    head, mark, tail = phonemes.rpartition("ˈ")
    if mark:
        return head.replace("ˈ", "ˌ") + mark + tail
    vowels = [i for i, sound in enumerate(phonemes) if sound in VOWELS - {"ə", "ᵊ", "ᵻ"}]
    if not vowels:
        vowels = [i for i, sound in enumerate(phonemes) if sound in VOWELS]
    if not vowels:
        return phonemes
    bare = phonemes.replace("ˌ", "")
    at = next(i for i, sound in enumerate(bare) if sound == phonemes[vowels[0]])
    return bare[:at] + "ˈ" + bare[at:]


def _align(pairs: list[Pair], rounds: int) -> list[tuple[str, list[str]]]:
    """Each word's letters with the sounds they stand for, by Viterbi training from even counts."""
    costs: dict[tuple[str, str], float] = {}
    aligned: list[tuple[str, list[str]]] = []
    for _ in range(rounds):
        aligned = [(word, chunks) for word, sounds in pairs if (chunks := _best(word, sounds, costs))]
        counts: Counter[tuple[str, str]] = Counter()
        letters: Counter[str] = Counter()
        for word, chunks in aligned:
            for letter, chunk in zip(word, chunks, strict=True):
                plain = chunk.replace("ˈ", "").replace("ˌ", "")
                counts[letter, plain] += 1
                letters[letter] += 1
        costs = {pair: log(letters[pair[0]] + 1) - log(count) for pair, count in counts.items()}
    return aligned


def _best(word: str, sounds: tuple[str, ...], costs: Mapping[tuple[str, str], float]) -> list[str]:
    """The cheapest split of `sounds` over the letters of `word`, empty if there is none."""
    plain = [sound.lstrip(STRESS) for sound in sounds]
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for at, letter in enumerate(word):
        row: dict[int, tuple[float, int]] = {}
        left = len(word) - at - 1
        for start, (cost, _) in best[-1].items():
            for length in range(min(LONGEST, len(sounds) - start) + 1):
                end = start + length
                if len(sounds) - end > left * LONGEST:
                    continue
                chunk = "".join(plain[start:end])
                # Before anything is known, one sound a letter is likeliest, and vowels go with vowels.
                first = abs(length - 1) + (length == 1 and (letter in "aeiouy") != (chunk[0] in VOWELS))
                price = cost + (costs.get((letter, chunk), 12.0) if costs else 2.0 * first)
                if end not in row or price < row[end][0]:
                    row[end] = (price, start)
        best.append(row)
    end = len(sounds)
    if end not in best[-1]:
        return []
    chunks: list[str] = []
    for row in reversed(best[1:]):
        start = row[end][1]
        chunks.append("".join(sounds[start:end]))
        end = start
    return chunks[::-1]
