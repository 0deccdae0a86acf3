"""Which encoding a text file is in, told by its bytes; what is not text is refused."""

import re
from pathlib import Path

from charset_normalizer import from_bytes

from yingxi.core.errors import YingxiError

_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or an EPUB or Word document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"\x1a\x45\xdf\xa3", "a Matroska video"),
    (b"SQLite format 3\x00", "a database"),
)

# The commonest characters of Chinese prose, simplified and traditional: about a third of any running text.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好"
    "都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同已从老动两长知样現这給為說過們個來時國會對後於發無開"
    "經頭動兩長樣這著裡還沒麼道曰者之乃其此何與与将將却卻便即今吾汝三二十百千馬马山水王者門门軍军"
)
_SAMPLE = 1 << 17
_RUNS = re.compile(rb"[\x80-\xff]{2,}")
_MACINTOSH = re.compile("[a-z]\u00d5[a-z]|\u00d2[A-Z]|[a-z.,!?]\u00d3")


def _kind(data: bytes) -> str | None:
    """What a file is by its first bytes, if that is not text."""
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:256]):
            return kind
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "a picture, recording or video (RIFF)"
    return "a video" if data[4:8] == b"ftyp" else None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausible(text: str) -> float:
    """0..1: the share of a sample's characters that Chinese or English prose is made of."""
    sample = re.sub(r"\s", "", text[:_SAMPLE])
    if not sample:
        return 0.0
    good = sum(
        c in _COMMON or (c.isascii() and c.isprintable()) or c in "，。：；？！“”‘’「」『』、…—（）《》　"
        for c in sample
    )
    return good / len(sample)


def _prose(text: str | None, least: float) -> bool:
    return text is not None and _plausible(text) >= least


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: even length, and prose in one of the two orders."""
    if len(data) % 2:
        return None
    found = [(t, _plausible(t)) for e in ("utf-16-le", "utf-16-be") if (t := _decoded(data, e)) is not None]
    text, score = max(found, key=lambda pair: pair[1], default=(None, 0.0))
    return text if score >= 0.45 else None


def _chinese(data: bytes) -> str | None:
    """GB18030 or Big5, whichever reads more like prose."""
    found = [(t, _plausible(t)) for e in ("gb18030", "big5hkscs") if (t := _decoded(data, e)) is not None]
    text, score = max(found, key=lambda pair: pair[1], default=(None, 0.0))
    return text if score >= 0.3 else None


def _western(data: bytes) -> str | None:
    """English saved by an old editor: nearly all ASCII, with curly quotes or accents that mostly stand alone."""
    sample = data[:_SAMPLE]
    high = sum(b >= 128 for b in sample)
    together = sum(len(run) for run in _RUNS.findall(sample))
    if high > 0.05 * len(sample) and (high > 0.25 * len(sample) or together > 0.35 * high):
        return None
    text = _decoded(data, "cp1252")
    if text is None:
        best = from_bytes(sample).best()
        text = None if best is None else _decoded(data, best.encoding)
    # Old Macintoshes had their quotes where others have accented capitals: didnÕt.
    if text is not None and _MACINTOSH.search(text) and not re.search("[“”’]", text):
        return _decoded(data, "mac-roman")
    return text


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few bytes that are damaged or cut off."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    beyond = sum(c > "\x7f" for c in text[:_SAMPLE])
    return text if lost <= 4 + len(text) // 2000 and beyond >= 10 * lost else None


def _nearly_chinese(data: bytes) -> str | None:
    """GB18030 or Big5 with a few bytes that are damaged."""
    found = [data.decode(e, "replace") for e in ("gb18030", "big5hkscs")]
    text = min(found, key=lambda t: t.count("\ufffd"))
    return text if text.count("\ufffd") <= 3 + len(text) // 2000 and _plausible(text) >= 0.3 else None


def decode(data: bytes, path: Path) -> str:
    """The text of a file's bytes, with ``\\n`` line ends.

    Reads UTF-8 and UTF-16 with or without a byte order mark, UTF-32 with one, GB18030, Big5, and English in Windows'
    and Macintosh's old sets. A few damaged bytes become U+FFFD. Raises YingxiError for an empty
    file, for what is not text, and for an encoding that is none of these.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise YingxiError(f"{path} is empty; give a text file with a story in it")
    kind = _kind(data)
    if kind:
        raise YingxiError(f"{path} is {kind}, not a text; save the story as a plain .txt file")
    text: str | None
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        text = _decoded(data, "utf-32")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(data, "utf-16")
    elif b"\x00" in data:
        text = _utf16(data)
        if text is None:
            raise YingxiError(f"{path} is a binary file, not a text; save the story as a plain .txt file")
    else:
        text = _decoded(data, "utf-8-sig")
        if text is None:
            # Big5 and GB18030 bytes rarely form lone Latin letters, so the nearly-ASCII case is told first.
            text = _nearly_utf8(data) or _western(data) or _chinese(data) or _utf16(data) or _nearly_chinese(data)
        elif not _prose(text, 0.05) and _prose(other := _utf16(data), 0.6):
            text = other
    if text is None:
        raise YingxiError(f"{path} is in an encoding that is not known; save the story as UTF-8 text")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
