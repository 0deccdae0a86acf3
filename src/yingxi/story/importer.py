"""A text file as a Story."""

import re
from pathlib import Path
from typing import Literal

from yingxi.core.errors import YingxiError
from yingxi.core.story import Language, Story
from yingxi.story.chapters import divide
from yingxi.story.encoding import decode

LARGEST = 64 << 20
"""Bytes. Five times the longest novels; a file larger than that is no story, and would not fit in memory."""

_SMALL_WORDS = frozenset(
    ["a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "nor", "of", "on", "or", "the", "to", "with"]
)


def language_of(text: str) -> Language:
    """Chinese where a tenth or more of the letters are Chinese characters, else English."""
    sample = text[:200_000]
    chinese = sum("\u3400" <= c <= "\u9fff" for c in sample)
    letters = sum(c.isalpha() for c in sample)
    return "zh" if chinese * 10 >= letters and chinese else "en"


def _headline(words: str) -> str:
    """ALL CAPITALS as a headline is written today."""
    if words != words.upper() or words == words.lower():
        return words
    parts = words.lower().split()
    return " ".join(w if w in _SMALL_WORDS and i else w[:1].upper() + w[1:] for i, w in enumerate(parts))


def _title_of_file(path: Path) -> str:
    stem = re.sub(r"^(?:en|zh)[_\-]|[._\-](?:en|zh)$", "", path.stem)
    words = re.sub(r"[_\-]+", " ", stem).strip() or path.stem
    return _headline(words.upper()) if words.isascii() else words


def read_story(path: Path, language: Literal["auto", "en", "zh"] = "auto") -> Story:
    """Read a plain text file, in English or Chinese, with its chapters, paragraphs and sentences.

    Offsets count characters of the decoded text, whose line ends are ``\\n``. Raises YingxiError where there is no
    such file, where it is not text, in no encoding that is known, or holds no sentence.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise YingxiError(f"{path} is a folder; give the text file of a story")
        if path.stat().st_size > LARGEST:
            raise YingxiError(f"{path} is larger than {LARGEST >> 20} MB; give the text of one book")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise YingxiError(f"there is no file {path}") from error
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    text = decode(data, path)
    spoken: Language = language_of(text) if language == "auto" else language
    parts = divide(text, spoken)
    if not parts.chapters:
        raise YingxiError(f"{path} has no sentence in it; give a text file with a story")
    return Story(_headline(parts.title or "") or _title_of_file(path), spoken, text, parts.chapters)
