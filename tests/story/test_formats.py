"""Books in their formats, whole and damaged."""

import contextlib
import io
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from yingxi.core.errors import YingxiError
from yingxi.core.story import Story
from yingxi.story.importer import read_story
from yingxi.story.selecting import select

PAGE = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{}</body></html>"
ONE = "<h2>The Bridge</h2><p>A crane stood on the old bridge.</p><p>“Who goes there?” asked the <i>guard</i>.</p>"
TWO = "<h2>The River</h2><p>The river rose in the night &amp; the crane flew away.</p>"
NAV = "<nav><ol><li>The Bridge</li><li>The River</li></ol></nav>"


def epub(*pages: str, extra: dict[str, str] | None = None, missing: bool = False, nav: str = NAV) -> bytes:
    """An EPUB of the pages, with a table of contents of its own."""
    data = io.BytesIO()
    items = "".join(
        f"<item id='p{n}' href='p%20{n}.xhtml' media-type='application/xhtml+xml'/>" for n in range(len(pages))
    )
    contents = "<item id='nav' properties='nav' href='nav.xhtml' media-type='application/xhtml+xml'/>"
    spine = "<itemref idref='nav'/>" + "".join(f"<itemref idref='p{n}'/>" for n in range(len(pages)))
    package = (
        "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<metadata><dc:title>The Crane</dc:title></metadata><manifest>{contents}{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        file.writestr("META-INF/container.xml", "<c><rootfiles><rootfile full-path='b/o.opf'/></rootfiles></c>")
        file.writestr("b/o.opf", package)
        file.writestr("b/nav.xhtml", PAGE.format(nav))
        for n, page in enumerate(pages):
            if not (missing and n):
                file.writestr(f"b/p {n}.xhtml", PAGE.format(page))
        for name, text in (extra or {}).items():
            file.writestr(name, text)
    return data.getvalue()


def pdf(*pages: str, password: str = "") -> bytes:
    """A PDF with a line of text for each line of each page; a tab indents one, and an empty one is a gap."""
    writer = pypdf.PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 400)
        font = DictionaryObject({
            NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })  # fmt: skip
        fonts = DictionaryObject({NameObject("/F"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        lines = "".join(
            f"15 0 Td ({line[1:]}) Tj -15 -14 Td\n" if line.startswith("\t") else f"({line}) Tj 0 -14 Td\n"
            for line in text.split("\n")
        )
        stream.set_data(f"BT /F 10 Tf 20 380 Td\n{lines}ET".encode())
        page[NameObject("/Contents")] = stream
    if password:
        writer.encrypt(password)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("The Crane", 0)
    document.add_heading("The Bridge", 1)
    document.add_paragraph("A crane stood on the old bridge.")
    document.add_paragraph("“Who goes there?” asked the guard.")
    document.add_heading("The River", 1)
    document.add_paragraph("The river rose in the night, and the crane flew away.")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def write(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def paragraphs(story: Story) -> list[str]:
    return [story.read(p) for c in story.chapters for p in c.paragraphs]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.epub", epub(ONE, TWO)),
        ("a.docx", word()),
        ("a.html", ("<!DOCTYPE html>" + PAGE.format(ONE + TWO).replace(">x<", ">The Crane<")).encode()),
        (
            "a.md",
            b"# The Crane\n\n## The Bridge\n\nA crane stood on the old bridge.\n\n"
            b"*Who goes there?* asked the guard.\n\n## The River\n\nThe river rose in the night.\n",
        ),
    ],
)
def test_chapters_and_paragraphs(tmp_path: Path, name: str, data: bytes) -> None:
    story = read_story(write(tmp_path, name, data))
    assert story.title == "The Crane"
    assert [c.title.strip("# ") for c in story.chapters] == ["The Bridge", "The River"]
    found = paragraphs(story)
    assert found[0] == "A crane stood on the old bridge."
    assert "guard" in found[1]
    assert found[2].startswith("The river rose in the night")
    assert len(found) == 3
    assert story.plain == (name == "a.md")


def test_a_table_of_contents_is_set_aside(tmp_path: Path) -> None:
    story = read_story(write(tmp_path, "a.epub", epub(ONE, TWO)))
    aside = next(a for a in story.set_aside if a.why == "contents")
    assert "The River" in story.read(aside)


def test_contents_tables_and_breaks_of_a_document(tmp_path: Path) -> None:
    document = docx.Document()
    for line in ("The Crane", "Chapter 1 The Bridge\t1", "Chapter 2 The River\t9"):
        document.add_paragraph(line)
    document.add_paragraph("Chapter 1\nThe Bridge", style="Heading 1")
    document.add_paragraph("A crane stood on the old bridge.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "It was grey.", "“Go,” said the guard."
    document.add_paragraph("It flew away.")
    document.add_heading("Chapter 2 The River", 1)
    document.add_paragraph("The river rose in the night.")
    data = io.BytesIO()
    document.save(data)
    story = read_story(write(tmp_path, "a.docx", data.getvalue()))
    assert (story.title, [c.title for c in story.chapters]) == (
        "The Crane",
        ["Chapter 1 The Bridge", "Chapter 2 The River"],
    )
    assert paragraphs(story)[1:4] == ["It was grey.", "“Go,” said the guard.", "It flew away."]
    assert [a.why for a in story.set_aside] == ["contents"]


def test_what_markdown_does_not_show(tmp_path: Path) -> None:
    text = (
        "---\ntitle: The Crane\n---\n\n- [One](#one)\n- [Two](#two)\n\n# One\n\n"
        "A crane stood on [the bridge](http://a.example).\n\n"
        "![A crane](crane.png)\n\n<!-- Mend\nthis. -->\n\nTwo\n===\n\nIt flew.[^1]\n\n[^1]: Over the river.\n"
    )
    story = read_story(write(tmp_path, "a.md", text.encode()))
    assert (story.title, [c.title for c in story.chapters]) == ("The Crane", ["One", "Two"])
    assert paragraphs(story) == ["A crane stood on [the bridge](http://a.example).", "It flew.[^1]"]
    assert story.text == text


BARE = "<p>A crane stood on the old bridge.</p><p>It had stood there since the morning.</p>"


def test_titles_that_only_the_table_of_contents_has(tmp_path: Path) -> None:
    nav = (
        "<nav><ol><li><a href='p%200.xhtml'>The Bridge</a></li><li><a href='p%201.xhtml'>The River</a></li>"
        "<li><a href='p%201.xhtml#b'>The Sea</a></li></ol></nav>"
    )
    pages = (BARE, f"<p class='t'>The River</p>{BARE}<p id='b' class='t'>The Sea</p>{BARE}")
    story = read_story(write(tmp_path, "a.epub", epub(*pages, nav=nav)))
    assert [c.title for c in story.chapters] == ["The Bridge", "The River", "The Sea"]
    assert len(paragraphs(story)) == 6


def test_what_a_page_does_not_show_or_tell(tmp_path: Path) -> None:
    page = (
        "<h2>The<br/>Bridge</h2><span epub:type='pagebreak' title='3'>3</span><p>A crane"
        "<a epub:type='noteref' href='#n'>1</a> stood on the <ruby>bridge<rp>(</rp><rt>brij</rt><rp>)</rp></ruby>"
        "<sup><a href='#m'>[2]</a></sup>.</p>"
        "<p style='display: none'>Unseen.</p><aside epub:type='footnote' id='n'><p>A bird.</p></aside><p>It flew.</p>"
    )
    notes = "<section epub:type='endnotes'><h2>Notes</h2><p id='m'>A bridge of wood.</p></section>"
    about = "<h1>About the Author</h1><p>Ann Author lives by the river with a crane.</p>"
    story = read_story(write(tmp_path, "a.epub", epub(page, TWO, notes, about)))
    assert [c.title for c in story.chapters] == ["The Bridge", "The River"]
    assert paragraphs(story)[:2] == ["A crane stood on the bridge.", "It flew."]
    assert [a.why for a in story.set_aside] == ["contents", "footnote", "footnote", "front matter"]


def test_a_page_of_the_web(tmp_path: Path) -> None:
    page = (
        "<html><head><meta charset='gb18030'><title>石桥 - 某某小说网</title></head><body>"
        "<nav><a href='/'>首页</a></nav>"
        "<h1>第一章 石桥</h1><div>&nbsp;&nbsp;&nbsp;&nbsp;鹤站在石桥上。<br/><br/>&nbsp;&nbsp;“谁？”卫兵问。</div>"
        "<p><a href='0'>上一章</a> <a href='2'>下一章</a></p><button>收藏</button>"
        "<footer>某某公司</footer></body></html>"
    )
    story = read_story(write(tmp_path, "a.html", page.encode("gb18030")))
    assert (story.title, [c.title for c in story.chapters]) == ("石桥", ["第一章 石桥"])
    assert paragraphs(story) == ["鹤站在石桥上。", "“谁？”卫兵问。"]
    assert [a.why for a in story.set_aside] == ["contents", "links", "footer"]


def test_a_text_in_a_page(tmp_path: Path) -> None:
    text = "\nCHAPTER I\n\nA crane stood on\nthe bridge.\n\nCHAPTER II\n\nIt flew.\n"
    page = f"<html><body><pre>{text}</pre></body></html>"
    story = read_story(write(tmp_path, "a.html", page.encode()))
    assert [c.title for c in story.chapters] == ["CHAPTER I", "CHAPTER II"]
    assert paragraphs(story) == ["A crane stood on\nthe bridge.", "It flew."]


def test_pdf_without_its_headers_and_page_numbers(tmp_path: Path) -> None:
    pages = [
        f"The Crane of the North\nThe crane walked over bridge number {n} and it was\nvery cold there that day.\n{n}"
        for n in ("one", "two", "three", "four")
    ]
    pages = [p.rsplit("\n", 1)[0] + f"\n{n}" for n, p in enumerate(pages, 7)]
    story = read_story(write(tmp_path, "a.pdf", pdf(*pages)))
    told = " ".join(paragraphs(story))
    assert told.count("very cold there") == 4
    assert "Crane of the North" not in told
    assert {a.why for a in story.set_aside} == {"page header", "page number"}


def test_paragraphs_of_a_pdf(tmp_path: Path) -> None:
    one = (
        "THE CRANE\n\nCHAPTER I\nThe Bridge\n\tA crane stood on the old bridge, which nobody had re-\nmembered "
        "to mend, and a well-known fox\ncame by. It was a well-\nknown fox in all of those hills.\n\tHe sat down.\n\t"
    )
    two = (
        "THE CRANE\n\nThe crane did not, for it never sat down before the\nevening.\n\n"
        "So they stood and looked at it.\n"
    )
    three = "THE CRANE\n\nCHAPTER II\n\tThe fox went home to his wife, and told her of the crane.\n"
    pages = [f"{page}\n{n}" for n, page in enumerate((one, two, three), 3)]
    story = read_story(write(tmp_path, "a.pdf", pdf(*pages)))
    assert [c.title for c in story.chapters] == ["CHAPTER I The Bridge", "CHAPTER II"]
    assert paragraphs(story) == [
        "A crane stood on the old bridge, which nobody had remembered to mend, and a well-known fox came by. "
        "It was a well-known fox in all of those hills.",
        "He sat down.",
        "The crane did not, for it never sat down before the evening.",
        "So they stood and looked at it.",
        "The fox went home to his wife, and told her of the crane.",
    ]
    assert [a.why for a in story.set_aside].count("page number") == 3


def test_a_scan_with_a_stamp_on_every_page(tmp_path: Path) -> None:
    path = write(tmp_path, "a.pdf", pdf(*(f"Scanned by Some Scanner {n}" for n in range(9))))
    with pytest.raises(YingxiError, match="no text in it"):
        read_story(path)


FRENCH = "Il était une fois une petite fille qui vivait dans la forêt avec sa mère. " * 30
BOMB = epub("<p>" + "0" * (65 << 20) + "</p>")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.epub", epub(ONE, TWO)[:400], "damaged"),
        ("a.epub", epub(ONE, TWO, missing=True), "damaged: its page"),
        ("a.epub", BOMB, "more than 64 MB"),
        ("a.epub", epub("<img src='a.png'/>"), "no text|no sentence"),
        (
            "a.epub",
            epub(ONE, extra={"META-INF/encryption.xml": "<e><EncryptionMethod Algorithm='aes'/></e>"}),
            "locked",
        ),
        ("a.docx", word()[:1000], "damaged"),
        ("a.pdf", pdf("A story of a crane.", password="secret"), "encrypted"),
        ("a.pdf", pdf("", ""), "no text in it"),
        ("a.pdf", b"%PDF-1.7\n" + b"nothing " * 200, "damaged"),
        ("a.mobi", b"\0" * 60 + b"BOOKMOBI" + b"\0" * 400, "Kindle"),
        ("a.txt", FRENCH.encode(), "neither"),
        ("a.txt", ("Жил-был старик со своею старухой у самого синего моря. " * 9).encode(), "neither"),
        ("a.txt", ("昔々あるところにおじいさんとおばあさんがいました。" * 9).encode(), "neither"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = write(tmp_path, name, data)
    with pytest.raises(YingxiError, match=words) as error:
        read_story(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@settings(max_examples=60, deadline=None)
@given(
    cut=st.integers(0, 3000), byte=st.integers(0, 255), name=st.sampled_from(["a.epub", "a.docx", "a.pdf", "a.html"])
)
def test_a_damaged_book_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, byte: int, name: str
) -> None:
    whole = {"a.epub": epub(ONE, TWO), "a.docx": word(), "a.pdf": pdf("A crane stood here.\nIt flew."),
             "a.html": PAGE.format(ONE).encode()}[name]  # fmt: skip
    at = cut % len(whole)
    path = tmp_path_factory.mktemp("books") / name
    path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    with contextlib.suppress(YingxiError):
        assert paragraphs(read_story(path))


def test_a_third_language_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    assert read_story(write(tmp_path, "a.txt", FRENCH.encode()), "en").language == "en"


def test_advertisements_and_page_numbers_of_a_text(tmp_path: Path) -> None:
    text = (
        "第一章 风雪\n\n本书由某某小说网下载 www.example.com\n\n风雪夜里，老人推开了庙门。\n\n- 12 -\n\n"
        "他抖了抖身上的雪。\n\n第二章 天明\n\n天亮了，雪停了。\n\n更多电子书请访问 http://example.com\n"
    )
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert [c.title for c in story.chapters] == ["第一章 风雪", "第二章 天明"]
    assert paragraphs(story) == ["风雪夜里，老人推开了庙门。", "他抖了抖身上的雪。", "天亮了，雪停了。"]
    assert [a.why for a in story.set_aside] == ["advertisement", "page number", "advertisement"]


def test_a_page_number_in_a_sentence_is_in_no_paragraph(tmp_path: Path) -> None:
    text = (
        "The old king rode for seven days over the\nhills, and on the eighth he came to the sea and\n\n41\n\n"
        "found no ship there, nor any man to ask.\n\nHe sat down on the sand and waited for the\nmorning.\n"
    )
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert "41" not in "".join(paragraphs(story))
    assert paragraphs(story)[1] == "found no ship there, nor any man to ask."
    assert "page number" in {a.why for a in story.set_aside}


def test_a_part_of_a_story(tmp_path: Path) -> None:
    text = "".join(f"CHAPTER {n}\n\nThe king rode to hill {n}.\n\nHe slept there.\n\n" for n in range(1, 7))
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert [c.title for c in select(story, "2,4-").chapters] == [f"CHAPTER {n}" for n in (2, 4, 5, 6)]
    part = select(story, "2-3", begins="He  slept", ends="to hill 3")
    assert paragraphs(part) == ["He slept there.", "The king rode to hill 3."]
    assert part.text == story.text
    for wrong in ("0", "7", "3-2", "two", ","):
        with pytest.raises(YingxiError, match="chapter"):
            select(story, wrong)
    with pytest.raises(YingxiError, match="words"):
        select(story, begins="a dragon")
    part = select(story, begins="2", ends="3")
    assert [c.title for c in part.chapters] == ["CHAPTER 2", "CHAPTER 3"]
    assert len(paragraphs(part)) == 4
    for begins, ends in (("9", ""), ("4", "3")):
        with pytest.raises(YingxiError, match=r"chapter 9|nothing of the story"):
            select(story, begins=begins, ends=ends)


def test_notes_of_authors_and_sites(tmp_path: Path) -> None:
    text = (
        "第一章 桥\n\n小兰走过石桥。\n\nPS：明天有事。\n\n手机用户请浏览m.example.com阅读，更好的体验。\n\n"
        "求月票！\n\n作者有话要说：谢谢大家。\n\n第二章 河（求月票）\n\n小兰在河边坐下。\n"
    )
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert paragraphs(story) == ["小兰走过石桥。", "小兰在河边坐下。"]
    assert [c.title for c in story.chapters] == ["第一章 桥", "第二章 河（求月票）"]
    text = "The crane stood on the bridge.\n\nAuthor's note: please write to me!\n\nPage 3 of 9\n\nIt flew.\n"
    story = read_story(write(tmp_path, "b.txt", text.encode()))
    assert paragraphs(story) == ["The crane stood on the bridge.", "It flew."]


def test_words_are_found_whatever_their_marks(tmp_path: Path) -> None:
    text = "He slept.\n\n“It’s cold,” said\nthe king.\n\nHe rose.\n"
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert paragraphs(select(story, begins='"it\'s COLD," said the'))[0].startswith("“It’s")


def test_the_end_of_a_chapter_is_set_aside(tmp_path: Path) -> None:
    text = (
        "第一章 桥\n\n小兰走过石桥，看见河水。\n\n（本章完）\n\n第二章 河\n\n小兰在河边坐下。\n\n(本章未完，请翻页)\n"
    )
    story = read_story(write(tmp_path, "a.txt", text.encode()))
    assert "本章" not in "".join(paragraphs(story))
    assert [a.why for a in story.set_aside] == ["end of a chapter"] * 2
