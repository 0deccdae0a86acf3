"""Mandarin text as phonemes of Kokoro's v1.0 set: IPA with arrows for the tones."""

import logging
import re
import unicodedata
from functools import cache
from typing import Any

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
PUNCTUATION = {
    mark: said
    for marks, said in (
        ("，、,", ", "),
        ("。．.", ". "),
        ("！!", "! "),
        ("？?", "? "),
        ("：:", ": "),
        ("；;", "; "),
        ("《〈「『【“", " “"),
        ("》〉」』】”", "” "),
        ("（(", " ("),
        ("）)", ") "),
        ("—", "—"),
        ("…", "…"),
    )
    for mark in marks
}

# Readings that the word list of pypinyin lacks or gets wrong, met in classical novels.
READINGS = {
    "行者": ("xing2", "zhe3"),
    "孙行者": ("sun1", "xing2", "zhe3"),
    "悟空": ("wu4", "kong1"),
    "八戒": ("ba1", "jie4"),
    "长老": ("zhang3", "lao3"),
    "菩萨": ("pu2", "sa4"),
    "沙和尚": ("sha1", "he2", "shang5"),
    "和尚": ("he2", "shang5"),
    "白骨精": ("bai2", "gu3", "jing1"),
    "火眼金睛": ("huo3", "yan3", "jin1", "jing1"),
}


@cache
def _tokenizer() -> Any:
    # An own tokenizer: words that others add to jieba's shared one must not change how a line is read.
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for word in READINGS:
        tokenizer.add_word(word, freq=100_000)
    return tokenizer


def phonemes(text: str) -> str:
    """Phonemes and punctuation of Chinese text. Digits are read as numbers; other scripts are left out."""
    text = normalise(text)
    said = ""
    at = 0
    for run in HAN.finditer(text):
        said += _punctuation(text[at : run.start()])
        said += " ".join(_word(word) for word in _tokenizer().lcut(run[0]))
        at = run.end()
    said += _punctuation(text[at:])
    return re.sub(r"\s+", " ", said).strip()


def normalise(text: str) -> str:
    """Text with numbers in characters."""
    import cn2an

    text = unicodedata.normalize("NFC", text)  # one character for each compatibility ideograph
    text = text.replace("〇", "零").replace("％", "%")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(\d{1,2}):(\d{2})", lambda m: f"{m[1]}点{m[2]}分" if int(m[2]) else f"{m[1]}点", text)
    if re.search(r"\d", text):
        text = re.sub(r"(?:1\d|20)\d{2}(?=年)", lambda m: cn2an.an2cn(m[0], "direct"), text)
        text = re.sub(r"(\d+(?:\.\d+)?)%", lambda m: "百分之" + m[1], text)
        text = re.sub(r"\d{1,15}(?:\.\d+)?", lambda m: cn2an.an2cn(m[0].lstrip("0") or "0"), text)
    return text


def _word(word: str) -> str:
    from misaki.zh import ZHG2P
    from pypinyin import Style, lazy_pinyin

    # A rare character that has no reading in the tables is left out.
    readings = READINGS.get(word) or lazy_pinyin(
        word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore"
    )
    return "".join(ZHG2P.py2ipa(reading) for reading in readings).replace("\u032f", "")


def _punctuation(text: str) -> str:
    return "".join(PUNCTUATION.get(mark, " " if mark.isspace() or mark in "·-" else "") for mark in text)
