"""Chinese names written in pinyin inside English text, in the English sounds nearest to them."""

from functools import cache

INITIALS = {
    "b": "b", "p": "p", "m": "m", "f": "f", "d": "d", "t": "t", "n": "n", "l": "l", "g": "ɡ", "k": "k", "h": "h",
    "j": "ʤ", "q": "ʧ", "x": "ʃ", "zh": "ʤ", "ch": "ʧ", "sh": "ʃ", "r": "ɹ", "z": "dz", "c": "ts", "s": "s",
}  # fmt: skip
FINALS = {
    "a": "ɑ", "o": "ɔ", "e": "ʌ", "i": "i", "u": "u", "v": "ju", "ai": "I", "ei": "A", "ao": "W", "ou": "O",
    "an": "ɑn", "en": "ʌn", "ang": "ɑŋ", "eng": "ʌŋ", "ong": "ʊŋ", "ia": "jɑ", "ie": "jɛ", "iao": "jW", "iu": "jO",
    "ian": "jɛn", "in": "ɪn", "iang": "jɑŋ", "ing": "ɪŋ", "iong": "jʊŋ", "ua": "wɑ", "uo": "wO", "uai": "wI",
    "ui": "wA", "uan": "wɑn", "un": "wʊn", "uang": "wɑŋ", "ue": "wɛ", "ve": "wɛ",
}  # fmt: skip
WHOLE = {
    "a": "ɑ", "o": "ɔ", "e": "ʌ", "er": "ɛɹ", "ai": "I", "ei": "A", "ao": "W", "ou": "O", "an": "ɑn", "en": "ʌn",
    "ang": "ɑŋ", "yi": "ji", "ya": "jɑ", "ye": "jɛ", "yao": "jW", "you": "jO", "yan": "jɛn", "yin": "jɪn",
    "yang": "jɑŋ", "ying": "jɪŋ", "yong": "jʊŋ", "yu": "ju", "yue": "jwɛ", "yuan": "jwɛn", "yun": "jun", "wu": "wu",
    "wa": "wɑ", "wo": "wO", "wai": "wI", "wei": "wA", "wan": "wɑn", "wen": "wʌn", "wang": "wɑŋ", "weng": "wʌŋ",
}  # fmt: skip
VOWELS = frozenset("ɑɔʌiuIAWOɛɪʊɜə")
RETROFLEX = ("zh", "ch", "sh", "r")
PALATAL = ("j", "q", "x")


def _final(initial: str, final: str) -> str | None:
    if final == "i" and initial in RETROFLEX:
        return "ɜɹ" if initial != "r" else "ɜ"
    if final == "i" and initial in ("z", "c", "s"):
        return "ə"
    if initial in PALATAL:
        if final[0] not in "iuv":
            return None
        return {"uan": "wɛn", "un": "un"}.get(final, FINALS.get(final))
    if final[0] == "i" and (initial in RETROFLEX or initial in ("f", "g", "k", "h", "z", "c", "s")):
        return None
    return FINALS.get(final)


@cache
def syllables() -> dict[str, str]:
    """Every pinyin syllable, without tone, and its English sounds, unstressed."""
    table = dict(WHOLE)
    for initial, onset in INITIALS.items():
        for final in FINALS:
            rime = _final(initial, final)
            if rime:
                table[initial + final] = onset + rime
    return table


def split(word: str) -> list[str] | None:
    """A word as pinyin syllables, the longest first, or None if it is not pinyin: ``wukong`` is wu, kong."""
    if not word:
        return []
    for length in range(min(6, len(word)), 0, -1):
        if word[:length] in syllables():
            rest = split(word[length:])
            if rest is not None:
                return [word[:length], *rest]
    return None


def sounds(word: str) -> str | None:
    """English phonemes of a lower-case pinyin word with the stress on its last syllable, or None."""
    parts = split(word.replace("ü", "v").replace("'", ""))
    if not parts:
        return None
    stressed = []
    for number, part in enumerate(parts, 1):
        plain = syllables()[part]
        vowel = next(i for i, sound in enumerate(plain) if sound in VOWELS)
        stressed.append(plain[:vowel] + ("ˈ" if number == len(parts) else "ˌ") + plain[vowel:])
    return "".join(stressed)
