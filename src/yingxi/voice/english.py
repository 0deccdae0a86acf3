"""English text as phonemes of Kokoro's American set."""

import re

from yingxi.voice import numbers
from yingxi.voice.lexicon import Lexicon

TITLES = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "st": "saint", "prof": "professor",
    "rev": "reverend", "capt": "captain", "col": "colonel", "gen": "general", "lt": "lieutenant",
    "sgt": "sergeant", "jr": "junior", "sr": "senior", "esq": "esquire", "vs": "versus", "etc": "et cetera",
    "no": "number", "vol": "volume", "ch": "chapter",
}  # fmt: skip
OLD = {"tis": "tˈɪz", "twas": "twˈʌz", "twere": "twˈɜɹ", "twill": "twˈɪl", "twould": "twˈʊd", "em": "əm"}
ALWAYS_ABBREVIATED = frozenset(TITLES) - {"no", "ch", "gen", "col", "st"}
SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "°": "degrees", "#": "number"}
MONEY = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros"), "¥": ("yuan", "yuan")}
NUMBERED = "chapter|part|book|act|scene|volume|canto|section|king|queen|pope|henry|louis|charles|george|edward"
PUNCTUATION = frozenset(';:,.!?—…"()“”')
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|[;:,.!?—…()“”]")
VOWEL_SOUNDS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")

# Words before which a verb is likely, and before which a noun is, where the lexicon reads the two apart.
BEFORE_VERB = frozenset((
    "to", "i", "you", "we", "they", "he", "she", "will", "would", "can", "could", "shall", "should", "may",
    "might", "must", "not", "don't", "didn't", "doesn't", "cannot", "can't", "won't", "let's", "who",
    "please", "never", "i'll", "you'll", "we'll", "they'll", "he'll", "she'll", "i'd", "you'd", "we'd",
    "they'd",
))  # fmt: skip
BEFORE_NOUN = frozenset((
    "the", "a", "an", "my", "your", "his", "her", "its", "our", "their", "this", "these", "those", "every",
    "each", "no", "some", "any", "of", "with", "by", "in", "on", "from", "at", "first", "last", "great",
    "old", "new",
))  # fmt: skip
HAVE = frozenset((
    "have", "has", "had", "having", "i've", "you've", "we've", "they've", "was", "were", "been", "is", "are",
))  # fmt: skip


def phonemes(text: str) -> str:
    """Phonemes and punctuation of an English text. What cannot be spoken is left out."""
    tokens = TOKEN.findall(normalise(text))
    lexicon = Lexicon.load()
    words = [token.replace("’", "'") for token in tokens]
    said: list[str] = []
    for at, word in enumerate(words):
        said.append(word if word in PUNCTUATION else _word(lexicon, words, at))
    for at in range(len(words) - 2, -1, -1):
        said[at] = _linked(words, said, at)
    return _joined(words, said)


def normalise(text: str) -> str:
    """Text with numbers, money, signs and abbreviations written out as words."""
    text = text.replace("‘", "'").replace("`", "'").replace("−", "-")
    text = re.sub(r"(?<=\w)[-‐‑](?=\w)", " ", text)
    text = re.sub(r"\s*(?:--+|[–—―]+|\s-\s)\s*", " — ", text)
    text = re.sub(r"\.{2,}|…+", "… ", text)
    text = re.sub(r'"(?=[\w\'])', "“", text).replace('"', "”")
    text = re.sub(r"(?<=[a-z] )St\.(?! ?[A-Z])", "street", text)
    text = re.sub(r"\b([A-Za-z]+)\.(?=\s|$)", _abbreviation, text)
    text = re.sub(r"\b(?:[A-Za-z]\.){2,}", lambda m: m[0].replace(".", "").upper() + " ", text)
    text = re.sub(rf"\b({NUMBERED}) ([IVXL]+)\b", _roman, text, flags=re.IGNORECASE)
    text = re.sub(r"([$£€¥])\s?(\d[\d,]*)(?:\.(\d+))?( (?:million|billion))?", _money, text)
    text = re.sub(r"\b(\d{1,2}):(\d{2})\b", _clock, text)
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: numbers.ordinal(int(m[1])), text)
    text = re.sub(r"\b(1[1-9]\d|20\d)0s\b", lambda m: numbers.year(int(m[1] + "0")) + "s", text)
    text = re.sub(r"\d{1,3}(?:,\d{3})+(?!\d)", lambda m: numbers.cardinal(int(m[0].replace(",", ""))), text)
    text = re.sub(r"(\d*)\.(\d+)", lambda m: " " + numbers.decimal(m[1], m[2]) + " ", text)
    text = re.sub(r"\d+", _number, text)
    for sign, word in SIGNS.items():
        text = text.replace(sign, f" {word} ")
    return text


def _abbreviation(match: re.Match[str]) -> str:
    word = match[1].lower()
    if word in ALWAYS_ABBREVIATED or (word in TITLES and match[1][0].isupper() and word != "no"):
        return TITLES[word]
    return match[0]


def _roman(match: re.Match[str]) -> str:
    number = numbers.roman(match[2])
    royal = match[1].lower() in NUMBERED.split("|")[-8:] and match[2].lower() != "i"
    if royal:
        return f"{match[1]} the {numbers.ordinal(number)}"
    return match[0] if match[2] == "I" and match[1].islower() else f"{match[1]} {numbers.cardinal(number)}"


def _money(match: re.Match[str]) -> str:
    one, many = MONEY[match[1]]
    whole = int(match[2].replace(",", ""))
    cents = int((match[3] or "0").ljust(2, "0")[:2])
    if match[4]:
        number = numbers.decimal(str(whole), match[3]) if match[3] else numbers.cardinal(whole)
        return f"{number}{match[4]} {many}"
    return f"{numbers.cardinal(whole)} {one if whole == 1 else many}" + (
        f" {numbers.cardinal(cents)}" if cents else ""
    )


def _clock(match: re.Match[str]) -> str:
    minutes = int(match[2])
    said = "o'clock" if minutes == 0 else ("oh " if minutes < 10 else "") + numbers.cardinal(minutes)
    return f"{numbers.cardinal(int(match[1]))} {said}"


def _number(match: re.Match[str]) -> str:
    text = match[0]
    if len(text) > 1 and text[0] == "0":
        said = numbers.digits(text)
    else:
        said = numbers.year(int(text)) if len(text) == 4 else numbers.cardinal(int(text))
    return f" {said} "


def _word(lexicon: Lexicon, words: list[str], at: int) -> str:
    word = words[at]
    low = word.lower()
    before = words[at - 1].lower() if at else ""
    after = words[at + 1].lower() if at + 1 < len(words) else "."
    if low == "a" and (word == "a" or after not in PUNCTUATION):
        return "ɐ"
    if low == "an":
        return "ɐn"
    if low == "i":
        return "ˌI"
    if low in OLD:
        return OLD[low]
    if low == "used" and after == "to":
        return lexicon.sounds("used", "VBD")
    if low == "read" and before in HAVE:
        return lexicon.sounds("read", "VBN")
    if after in PUNCTUATION and low != "i":
        final = lexicon.sounds(word, "None") if low in WEAK else ""
        if final:
            return final
    part = "VERB" if before in BEFORE_VERB else "NOUN" if before in BEFORE_NOUN else "DEFAULT"
    return lexicon.sounds(word.rstrip("'") if not low.endswith(("s'", "in'")) else word, part)


WEAK = frozenset((
    "the", "to", "of", "and", "in", "for", "with", "that", "at", "from", "as", "but", "or", "it", "you",
    "he", "she", "we", "they", "them", "us", "him", "her", "me",
))  # fmt: skip


def _linked(words: list[str], said: list[str], at: int) -> str:
    """A weak word by the sound that follows it: *the end*, *to eat*."""
    low = words[at].lower()
    following = said[at + 1].lstrip("ˈˌ")[:1]
    if words[at + 1] in PUNCTUATION:
        return said[at]
    if low == "the":
        return "ði" if following in VOWEL_SOUNDS else "ðə"
    if low == "to":
        return "tʊ" if following in VOWEL_SOUNDS else "tə"
    return said[at]


def _joined(words: list[str], said: list[str]) -> str:
    text = ""
    for word, sounds in zip(words, said, strict=True):
        tight = not text or word in ";:,.!?…)”" or text[-1] in "(“"
        text += sounds if tight else " " + sounds
    return text
