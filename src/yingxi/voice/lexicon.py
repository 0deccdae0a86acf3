"""The sounds of English words: a lexicon of 180,000 words, what suffixes add, and letters where it ends."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from yingxi.voice import pinyin
from yingxi.voice.letters import Letters

Entry = str | dict[str, str | None]
VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻᵊ")
VOICELESS = frozenset("ptkfθsʃʧ")
SIBILANT = frozenset("szʃʒʧʤ")


class Lexicon:
    """Words of misaki's American tables (Apache-2.0); an entry may depend on the part of speech."""

    def __init__(self, gold: Mapping[str, Entry], silver: Mapping[str, Entry]) -> None:
        self._gold = gold
        self._silver = silver
        self._letters = Letters.load()

    @classmethod
    @cache
    def load(cls) -> "Lexicon":
        data = files("misaki") / "data"
        tables = (json.loads((data / f"us_{rank}.json").read_text("utf-8")) for rank in ("gold", "silver"))
        return cls(*tables)

    def sounds(self, word: str, part: str = "DEFAULT") -> str:
        """Phonemes of a word as written; `part` is a key of entries that have several readings.

        A name that can be read as pinyin is; any other unknown word goes by its letters; capitals without a vowel
        are spelt out.
        """
        found = self._known(word, part)
        if found is not None:
            return found
        bare = "".join(c for c in unicodedata.normalize("NFKD", word) if c.isascii() and (c.isalpha() or c == "'"))
        if bare != word and (found := self._known(bare, part)) is not None:
            return found
        if word.isupper() and (len(word) <= 3 or not set(word) & set("AEIOUY")):
            return self.spelt(bare)
        if bare.lower().endswith(("'s", "s'")):
            return add_s(self.sounds(bare[:-2], part))
        bare = bare.lower()
        if not word.islower() and (found := pinyin.sounds(bare)) is not None:
            return found
        return self._compound(bare) or self._letters.sounds(bare.replace("'", ""))

    def spelt(self, word: str) -> str:
        """A word letter by letter, the last stressed: ``YX`` as *why ex*."""
        names = [self._entry(letter.upper(), "DEFAULT") or "" for letter in word if letter.isalpha()]
        names = [name.replace("ˈ", "ˌ") for name in names[:-1]] + names[-1:]
        return "".join(names)

    def _known(self, word: str, part: str) -> str | None:
        for form in dict.fromkeys((word, word.lower(), word.capitalize())):
            found = self._entry(form, part) or self._inflected(form, part)
            if found is not None:
                return found
        return None

    def _entry(self, word: str, part: str) -> str | None:
        entry = self._gold.get(word) or self._silver.get(word)
        if isinstance(entry, dict):
            return entry.get(part) or entry["DEFAULT"]
        return entry

    def _inflected(self, word: str, part: str) -> str | None:
        for suffix, add in SUFFIXES.items():
            if not word.endswith(suffix) or len(word) < len(suffix) + 2:
                continue
            stem = word[: -len(suffix)]
            for base in _bases(stem, suffix):
                found = self._entry(base, part)
                if found:
                    return add(found)
        return None

    def _compound(self, word: str) -> str | None:
        """Two known words of three letters or more joined, the second with weaker stress."""
        for cut in sorted(range(3, len(word) - 2), key=lambda i: abs(2 * i - len(word))):
            first = self._entry(word[:cut], "DEFAULT")
            second = self._entry(word[cut:], "DEFAULT") or self._inflected(word[cut:], "DEFAULT")
            if first and second:
                return first + second.replace("ˈ", "ˌ")
        return None


def _bases(stem: str, suffix: str) -> list[str]:
    """Words that `stem` may stand for before `suffix`: with e put back, i made y, a doubled letter made single."""
    bases = [stem]
    if suffix[0] in "aei":
        bases.append(stem + "e")
        if len(stem) > 2 and stem[-1] == stem[-2]:
            bases.append(stem[:-1])
    if stem.endswith("i") and suffix != "ing":
        bases.append(stem[:-1] + "y")
    return bases


def _flapped(stem: str) -> str:
    """A final t after a vowel is a flap before an unstressed vowel, as Americans say *waiting*."""
    return stem[:-1] + "ɾ" if len(stem) > 1 and stem[-1] == "t" and stem[-2] in VOWELS | {"ɹ"} else stem


def add_s(stem: str) -> str:
    """The ending -s: *cats*, *dogs*, *foxes*."""
    last = stem[-1:]
    return stem + ("ᵻz" if last in SIBILANT else "s" if last in VOICELESS else "z")


def _add_ed(stem: str) -> str:
    last = stem[-1:]
    if last in "td":
        return _flapped(stem) + "ᵻd"
    return stem + ("t" if last in VOICELESS else "d")


SUFFIXES = {
    "'s": add_s, "s'": add_s, "es": add_s, "s": add_s, "ed": _add_ed, "d": _add_ed,
    "ing": lambda stem: _flapped(stem) + "ɪŋ",
    "in'": lambda stem: _flapped(stem) + "ɪn",
    "ers": lambda stem: _flapped(stem) + "əɹz",
    "er": lambda stem: _flapped(stem) + "əɹ",
    "est": lambda stem: _flapped(stem) + "əst",
    "eth": lambda stem: stem + "əθ",
    "ly": lambda stem: stem + ("i" if stem.endswith("l") else "li"),
    "ness": lambda stem: stem + "nəs",
    "less": lambda stem: stem + "ləs",
    "ful": lambda stem: stem + "fəl",
    "ish": lambda stem: _flapped(stem) + "ɪʃ",
    "like": lambda stem: stem + "lˌIk",
    "able": lambda stem: _flapped(stem) + "əbᵊl",
}  # fmt: skip
