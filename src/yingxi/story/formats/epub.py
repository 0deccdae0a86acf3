"""EPUB 2 and 3: the pages of its spine, in order. https://www.w3.org/TR/epub-33/"""

import io
import posixpath
import zipfile
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from yingxi.core.errors import YingxiError
from yingxi.story.formats.extract import Blocks, Extract
from yingxi.story.formats.html import markup_of, read_markup
from yingxi.story.formats.zipped import member, opened

_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_NO_STORY = ("cover", "toc", "nav", "copyright", "colophon", "titlepage")


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
    for reference in (e for e in root.iter() if _name(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "html" not in (item.get("media-type") or ""):
            continue
        name = posixpath.normpath(posixpath.join(base, unquote(item.get("href") or "")))
        if name not in archive.namelist():
            raise YingxiError(f"{path} is damaged: its page {name} is missing")
        _page(archive, name, item, reference, path, blocks)
    if not blocks.parts:
        raise YingxiError(f"{path} has no text in it; its pages may be pictures")
    blocks.title = title
    return blocks.extract()


def _page(
    archive: zipfile.ZipFile,
    name: str,
    item: ElementTree.Element,
    reference: ElementTree.Element,
    path: Path,
    blocks: Blocks,
) -> None:
    first, begin = len(blocks.parts), blocks.size
    read_markup(markup_of(member(archive, name, path), path), blocks)
    stem = posixpath.basename(name).lower().split(".")[0]
    aside = "nav" in (item.get("properties") or "") or stem in _NO_STORY or reference.get("linear") == "no"
    if aside and len(blocks.parts) > first:
        blocks.asides = [a for a in blocks.asides if a[0] < begin]
        blocks.headings = {h for h in blocks.headings if h < begin}
        blocks.asides.append(
            (begin, blocks.size - 2, "contents" if "nav" in stem or "toc" in stem else "front matter")
        )


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
