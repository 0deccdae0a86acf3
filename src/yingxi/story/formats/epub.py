"""EPUB 2 and 3: the pages of its spine, in order. https://www.w3.org/TR/epub-33/"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.formats.html import markup_of, read_markup
from yingxi.story.formats.zipped import member, opened
from yingxi.story.label import label

_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_NO_STORY = ("cover", "toc", "nav", "copyright", "colophon", "titlepage")
_NO_STORY_TITLE = re.compile(
    r"cover|title ?page|half ?title|(?:table of )?contents|copyright(?: page| notice)?|colophon|imprint|dedication"
    r"|index|about the (?:author|publisher)|also by .*|(?:other )?books by .*|acknowledge?ments?|newsletter.*"
    r"|封面|封底|扉页|书名页|版权(?:信息|页|声明|所有)?"
    r"|目[\s　]*[录錄次]|(?:关于)?作者(?:简介)?|出版说明|出版前言|编者按?|书籍信息",
    re.IGNORECASE,
)
_NOTES_TITLE = re.compile(r"(?:foot|end)?notes\.?|注[释釋]|註釋|译注", re.IGNORECASE)


def extract(data: bytes, path: Path) -> Extract:
    """Raises YingxiError where the file is damaged or locked."""
    archive = opened(data, path)
    if _locked(archive, path):
        raise YingxiError(f"{path} is locked by its seller (DRM); give a copy that is not")
    package = _package(archive, path)
    blocks = Blocks()
    base = posixpath.dirname(package)
    root = _xml(member(archive, package, path), path)
    title = next((e.text for e in root.iter() if _name(e) == "title" and e.text), None)
    items = {e.get("id"): e for e in root.iter() if _name(e) == "item"}
    names = set(archive.namelist())
    labels = _labels(archive, base, items.values(), names, path)
    for reference in (e for e in root.iter() if _name(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "html" not in (item.get("media-type") or ""):
            continue
        name = _joined(base, item.get("href") or "")
        if name not in names:
            raise YingxiError(f"{path} is damaged: its page {name} is missing")
        page = Blocks()
        anchors = read_markup(markup_of(member(archive, name, path), path), page).ids
        _sort(page, name, item, reference, labels.get(name, []), anchors)
        blocks.extend(page)
    if not blocks.parts:
        raise YingxiError(f"{path} has no text in it; its pages may be pictures")
    blocks.title = title
    return blocks.extract()


def _sort(
    page: Blocks,
    name: str,
    item: ElementTree.Element,
    reference: ElementTree.Element,
    labels: list[tuple[str, str]],
    anchors: dict[str, int],
) -> None:
    """Mark a page's headings by the book's table of contents, or set the page aside."""
    if not page.parts:
        return
    stem = posixpath.basename(name).lower().split(".")[0]
    why = None
    if "nav" in (item.get("properties") or "") or stem in _NO_STORY or reference.get("linear") == "no":
        why = "contents" if "nav" in stem or "toc" in stem else "front matter"
    heads = [" ".join(page.parts_at(h).split()) for h in sorted(page.headings)[:1]] or page.parts[:1]
    called = [*heads, *(words for words, fragment in labels if not fragment)]
    if any(_NO_STORY_TITLE.fullmatch(words) for words in called):
        why = why or "front matter"
    elif any(_NOTES_TITLE.fullmatch(words) for words in called):
        why = "footnote"
    if why:
        page.headings.clear()
        page.asides = [(0, page.size - 2, why)]
        return
    for words, fragment in labels:
        at = anchors.get(fragment, 0)
        block = page.parts_at(at)
        if block and at not in page.headings and len(block) <= 90 and _alike(block, words):
            page.headings.add(at)
    whole = [words for words, fragment in labels if not fragment or not anchors.get(fragment)]
    lines = [line for part in page.parts[:2] for line in part.split("\n")]
    if whole and not page.headings and not any(label(line, "en") or label(line, "zh") for line in lines):
        # The page does not say its title, the table does.
        own = Blocks()
        own.add(whole[0], heading=True)
        own.extend(page)
        page.__dict__.update(own.__dict__)


def _alike(one: str, other: str) -> bool:
    one, other = (re.sub(r"[\W_]+", "", words).casefold() for words in (one, other))
    short, long = sorted((one, other), key=len)
    return bool(short) and short in long and len(long) <= 2 * len(short) + 8


def _labels(
    archive: zipfile.ZipFile, base: str, items: Iterable[ElementTree.Element], names: set[str], path: Path
) -> dict[str, list[tuple[str, str]]]:
    """Page -> what the book's table of contents calls it and its parts, each with the anchor or ''."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        ncx = "dtbncx" in (item.get("media-type") or "")
        name = _joined(base, item.get("href") or "")
        if name not in names or not (ncx or "nav" in (item.get("properties") or "").split()):
            continue
        try:
            root = _xml(member(archive, name, path), path)
        except ElementTree.ParseError:
            continue
        for point in root.iter():
            if _name(point) != ("navPoint" if ncx else "a"):
                continue
            source = next((e.get("src") for e in point if _name(e) == "content"), None) if ncx else point.get("href")
            told = next((e for e in point if _name(e) == "navLabel"), None) if ncx else point
            words = " ".join("".join(told.itertext()).split()) if told is not None else ""
            if source and words:
                page, _, fragment = source.partition("#")
                entry = (words, unquote(fragment))
                known = found.setdefault(_joined(posixpath.dirname(name), page), [])
                known += [entry] if entry not in known else []
    return found


def _joined(base: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(base, unquote(href)))


def _package(archive: zipfile.ZipFile, path: Path) -> str:
    container = _xml(member(archive, "META-INF/container.xml", path), path)
    found = next((e.get("full-path") for e in container.iter() if _name(e) == "rootfile"), None)
    if not found:
        raise YingxiError(f"{path} is a damaged epub: it does not say where its book is")
    return found


def _locked(archive: zipfile.ZipFile, path: Path) -> bool:
    if "META-INF/encryption.xml" not in archive.namelist():
        return False
    methods = [e.get("Algorithm") for e in _xml(member(archive, "META-INF/encryption.xml", path), path).iter()
               if _name(e) == "EncryptionMethod"]  # fmt: skip
    return any(m not in _FONTS for m in methods)


def _xml(data: bytes, path: Path) -> ElementTree.Element:
    if b"<!ENTITY" in data:
        raise YingxiError(f"{path} defines entities of its own, which is not read")
    return ElementTree.parse(io.BytesIO(data)).getroot()


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
