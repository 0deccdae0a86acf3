"""Final Draft's .fdx, a finished screenplay in XML, as Fountain."""

from pathlib import Path
from xml.etree import ElementTree

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Extract

_FORCED = {"Scene Heading": ".", "Shot": ".", "Character": "@", "Transition": "> "}
_IN_SPEECH = ("Parenthetical", "Dialogue", "Lyrics")


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where the file is damaged."""
    # Python's parser stops at entities that grow without bound.
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise YingxiError(f"{path} is damaged and cannot be read") from error
    blocks: list[str] = []
    title = next((t for p in root.iterfind("./TitlePage/Content/Paragraph") if (t := _words(p))), "") or path.stem
    for paragraph in root.iterfind("./Content/Paragraph"):
        kind, words = paragraph.get("Type", "Action"), _words(paragraph)
        if not words:
            continue
        if kind == "Parenthetical" and not words.startswith("("):
            words = f"({words})"
        if kind in _IN_SPEECH and blocks:
            blocks[-1] += f"\n{words}"
        elif kind == "Scene Heading" and words.isascii() and words.upper().startswith(("INT", "EXT", "I/E", "EST")):
            blocks.append(words)
        else:
            blocks.append(f"{_FORCED.get(kind, '')}{words}")
    return Extract(f"Title: {title}\n\n" + "\n\n".join(blocks) + "\n", title, screenplay=True)


def _words(paragraph: ElementTree.Element) -> str:
    return " ".join("".join("".join(t.itertext()) for t in paragraph.iterfind("Text")).split())
