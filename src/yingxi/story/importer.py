"""A book or a finished screenplay as a Story: plain text, Markdown, HTML, EPUB, Word, PDF, Fountain or Final Draft,
told by its bytes and then by its name."""

import re
from pathlib import Path
from typing import Literal

from yingxi.core.errors import YingxiError
from yingxi.core.story import Aside, Language, Story
from yingxi.story.chapters import divide, is_heading
from yingxi.story.encoding import decode
from yingxi.story.formats.extract import Extract
from yingxi.story.formats.play import as_fountain, is_play
from yingxi.story.fountain import as_story, is_screenplay

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


def _foreign(text: str) -> bool:
    """Whether a text is in a language that is neither: most letters of another script, kana, or Latin letters
    without the small words of English."""
    sample = text[:100_000]
    letters = [c for c in sample if c.isalpha()]
    if sum("\u3040" <= c <= "\u30ff" for c in letters) * 12 > len(letters):
        return True
    if sum(not (c.isascii() or "\u00c0" <= c <= "\u024f" or "\u3400" <= c <= "\u9fff") for c in letters) * 2 > len(
        letters
    ):
        return True
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if language_of(text) == "zh":
        return False
    english, other = (sum(w in small for w in words) for small in (_ENGLISH, _NEIGHBOURS))
    return english * 12 < len(words) and (len(words) >= 150 or other > max(2, english))


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


_OTHER = re.compile("[^A-Za-z\u00c0-\u024f\u3400-\u9fff]")
_ENGLISH = frozenset([
    "the", "and", "of", "to", "in", "a", "that", "he", "she", "it", "was", "is", "his", "her", "you", "i", "with",
    "for", "had", "not", "as", "at", "but",
])  # fmt: skip

_NEIGHBOURS = frozenset([
    "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "es", "le", "les", "des", "et", "est", "une", "dans",
    "sa", "el", "los", "las", "que", "en", "una", "con", "su", "il", "di", "che", "non", "per", "da", "uma", "het",
    "een", "van",
])  # fmt: skip
"""The small words of German, French, Spanish, Italian, Portuguese and Dutch."""


def _extract(data: bytes, path: Path) -> Extract:
    """The text of a file in its format. Raises YingxiError for what is no book."""
    if not data.strip():
        raise YingxiError(f"{path} is empty; give a text file with a story in it")
    suffix = path.suffix.lower()
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(b"%PDF") and (suffix == ".pdf" or len(data) > 1024):
        from yingxi.story.formats import pdf as format_
    elif data.startswith(b"PK") and (b"application/epub" in data[:200] or suffix == ".epub"):
        from yingxi.story.formats import epub as format_
    elif data.startswith(b"PK") and (suffix == ".docx" or b"word/" in data[:4096]):
        from yingxi.story.formats import docx as format_
    elif head.startswith((b"<!doctype html", b"<html")) or suffix in (".html", ".htm", ".xhtml"):
        from yingxi.story.formats import html as format_
    elif suffix in (".md", ".markdown"):
        from yingxi.story.formats import markdown as format_
    elif data[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        raise YingxiError(f"{path} is a Kindle book; give it as epub or as text")
    elif suffix == ".fdx" or b"<finaldraft" in head:
        from yingxi.story.formats import fdx as format_
    else:
        text = decode(data, path)
        if suffix != ".fountain" and is_play(text):
            text, title = as_fountain(text)
            return Extract(text, title or None, screenplay=True)
        return Extract(text, plain=True, screenplay=suffix == ".fountain" or is_screenplay(text))
    try:
        return format_.extract(data, path)
    except (YingxiError, MemoryError):
        raise
    except Exception as error:  # What their parsers raise for damaged files is theirs to choose.
        raise YingxiError(f"{path} is damaged and cannot be read") from error


def read_story(path: Path, language: Literal["auto", "en", "zh"] = "auto") -> Story:
    """Read a book in English or Chinese, with its chapters, paragraphs and sentences.

    Offsets count characters of the decoded text, whose line ends are ``\\n``. Raises YingxiError where there is no
    such file, where it is damaged, locked or no text, in no encoding or language that is known, or has no sentence.
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
    book = _extract(data, path)
    text = book.text
    if language == "auto" and _foreign(text):
        raise YingxiError(
            f"{path} is in neither English nor Chinese; to read it as one of them, name it with --language"
        )
    spoken: Language = language_of(text) if language == "auto" else language
    if book.screenplay:
        story = as_story(book.title or _title_of_file(path), text, spoken, book.plain and is_screenplay(text))
        if not story.chapters:
            raise YingxiError(f"{path} has no scene in it; give a screenplay, or a text file with a story")
        return story
    parts = divide(text, spoken, book.headings, [Aside(*a) for a in book.asides])
    if not parts.chapters or not any(c.isalpha() for c in text):
        raise YingxiError(f"{path} has no sentence in it; give a text file with a story")
    title = _headline(book.title or parts.title or "") or _title_of_file(path)
    return Story(title, spoken, text, parts.chapters, parts.set_aside, book.plain)


def as_text(story: Story) -> str:
    """A story taken out of a book's format as plain text, which reads back with the same chapters."""
    if story.screenplay:
        return story.text if is_screenplay(story.text) else f"Title: {story.title}\n\n{story.text}"
    parts = [story.title]
    joint = " " if story.language == "en" else ""
    for number, chapter in enumerate(story.chapters, 1):
        title = chapter.title.strip()
        if title and not is_heading(title, story.language):
            title = f"第{number}章 {title}" if story.language == "zh" else f"Chapter {number}. {title}"
        parts += [title] * bool(title)
        parts += [re.sub(r"\s*\n\s*", joint, story.read(p)) for p in chapter.paragraphs]
    return "\n\n".join(parts) + "\n"
