"""A line of either language, or of both mixed, as phonemes, in pieces that fit one breath of the model."""

import re

from yingxi.core.story import Language
from yingxi.voice import english, mandarin

LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’\- ]*[A-Za-zÀ-ɏ]|[A-Za-zÀ-ɏ]")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff，。！？、；：《》「」“”…—]*[\u3400-\u9fff\uf900-\ufaff]+")
ENDS = re.compile(r"(?<=[.!?…])[”)]*\s+")
PAUSES = re.compile(r"(?<=[;:,—])[”)]*\s+|\s+(?=—)")
COMFORTABLE = 220
LIMIT = 480


def phonemes(text: str, language: Language) -> str:
    """Phonemes and punctuation of a line; runs in the other language's script are read in that language."""
    own, other = (mandarin, english) if language == "zh" else (english, mandarin)
    foreign = LATIN if language == "zh" else HAN
    said: list[str] = []
    at = 0
    for run in foreign.finditer(text):
        said += [own.phonemes(text[at : run.start()]), other.phonemes(run[0])]
        at = run.end()
    said.append(own.phonemes(text[at:]))
    return re.sub(r"\s+([;:,.!?…)”])", r"\1", " ".join(part for part in said if part)).strip()


def breaths(said: str) -> list[str]:
    """Phonemes in pieces of at most LIMIT, cut at sentence ends, else at pauses, else between words."""
    pieces: list[str] = []
    for sentence in _kept(ENDS, said):
        parts = [sentence]
        for cut in (PAUSES, re.compile(r"\s+")):
            parts = [p for part in parts for p in (_packed(_kept(cut, part), LIMIT) if len(part) > LIMIT else [part])]
        pieces += [part[i : i + LIMIT] for part in parts for i in range(0, len(part), LIMIT)]
    return _packed(pieces, COMFORTABLE)


def _kept(cut: re.Pattern[str], text: str) -> list[str]:
    """`text` split where `cut` matches, the match staying with what is before it."""
    parts: list[str] = []
    at = 0
    for match in cut.finditer(text):
        parts.append(text[at : match.end()].strip())
        at = match.end()
    return [part for part in [*parts, text[at:].strip()] if part]


def _packed(parts: list[str], room: int) -> list[str]:
    """Neighbours joined while they fit into `room`."""
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + 1 + len(part) <= room:
            packed[-1] += " " + part
        else:
            packed.append(part)
    return packed
