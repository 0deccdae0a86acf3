import contextlib
import io
import resource
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from yingxi.core.errors import YingxiError
from yingxi.core.story import Story
from yingxi.story.chapters import byline
from yingxi.story.importer import read_story

CHINESE = (
    "第一回　老人与狐狸\n\n从前有一座高山，山里住着一个老人。\n\n老人说：“今天的雪真大。”\n\n"
    "第二回　狐狸来了\n\n他们说了很多话。\n"
)
TRADITIONAL = (
    "從前有一座高山，山裡住著一個老人。老人說：「今天的雪真大，我們不要出門了。」\n\n"
    "他的女兒說：「好的，我給你做飯。」後來他們都睡了。\n"
)
ENGLISH = "CHAPTER I. Snow\n\nThe old man sat by the fire. “It is cold,” he said.\n\nCHAPTER II. Fox\n\nA fox came.\n"


def spans_hold(story: Story) -> None:
    """Every span is inside the one around it, in order, and not empty."""
    last = 0
    for chapter in story.chapters:
        for paragraph in chapter.paragraphs:
            assert last <= paragraph.start < paragraph.end <= len(story.text)
            assert chapter.start <= paragraph.start
            assert paragraph.end <= chapter.end
            at = paragraph.start
            for sentence in paragraph.sentences:
                assert at <= sentence.start < sentence.end <= paragraph.end
                at = sentence.end
            last = paragraph.end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_chinese_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CHINESE.encode(encoding))
    story = read_story(path)
    assert story.text == CHINESE
    assert (story.language, story.title) == ("zh", "老人与狐狸")
    assert [c.title for c in story.chapters] == ["第一回　老人与狐狸", "第二回　狐狸来了"]
    spans_hold(story)


@pytest.mark.parametrize("encoding", ["big5", "utf-16", "gb18030"])
def test_traditional_chinese(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "雪.txt"
    path.write_bytes(TRADITIONAL.encode(encoding))
    story = read_story(path)
    assert (story.text, story.title) == (TRADITIONAL, "雪")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_english_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(ENGLISH.replace("\n", "\r\n").encode(encoding))
    story = read_story(path)
    assert story.text == ENGLISH
    assert [story.read(s) for c in story.chapters for p in c.paragraphs for s in p.sentences] == [
        "The old man sat by the fire.",
        "“It is cold,” he said.",
        "A fox came.",
    ]


SHORT = "“It’s cold,” he said. “Very—cold.” ‘No,’ said she… ‘The café is warm.’\n"


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "utf-32", "latin-1"])
def test_english_of_old_editors(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    text = "\u00c0 la carte, na\u00efve.\n" if encoding == "latin-1" else SHORT
    path.write_bytes(text.encode(encoding))
    assert read_story(path).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_byte_costs_no_book(tmp_path: Path, encoding: str) -> None:
    whole = CHINESE * 9
    data = bytearray(whole.encode(encoding))
    data[len("第一回　老人".encode(encoding))] = 0xFF
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    story = read_story(path)
    assert story.language == "zh"
    assert 1 <= story.text.count("\ufffd") <= 4
    assert story.text.endswith(CHINESE)


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    return data.getvalue()


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("a.txt", "A story.")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (picture(), "a PNG picture"),
        (archive(), "a zip archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (bytes(range(256)) * 8, "binary file"),
        ("日本語の文章です。これはお話ではありません。".encode("shift_jis") * 9, "encoding"),
        (b"... --- ...\n***\n", "no sentence"),
        (b"1 2 3\n4 5 6\n", "no sentence"),
        ("Es war einmal ein Mädchen, das lebte im Wald und hatte eine Katze. ".encode() * 2, "neither"),
    ],
)
def test_what_is_no_story_is_refused_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(data)
    with pytest.raises(YingxiError, match=words) as error:
        read_story(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="there is no file"):
        read_story(tmp_path / "none.txt")
    with pytest.raises(YingxiError, match="is a folder"):
        read_story(tmp_path)


def test_wrapped_lines_are_one_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "the_old_house.txt"
    path.write_text(
        "The house stood on a hill and nobody had lived in it for as long as\n"
        "anyone could remember.  Mr. Brown bought it in the spring of that\nyear.\n\n"
        "He was not afraid of it, he said, and he moved in on a Sunday with\nhis dog.\n"
    )
    story = read_story(path)
    assert story.title == "The Old House"
    assert [len(p.sentences) for p in story.chapters[0].paragraphs] == [2, 1]
    spans_hold(story)


def test_wrapped_lines_whose_first_stand_further_in(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The house stood on the hill for a hundred years and no one\nlived in it, because of the war.\n"
        '    "I will live here," he said.\n'
        "    The dog said nothing. It was an old dog, and it had seen\nmany houses.\n"
    )
    found = [read_story(path).read(p)[:9] for c in read_story(path).chapters for p in c.paragraphs]
    assert found == ["The house", '"I will l', "The dog s"]
    path.write_text(
        "　　老人住在山上已经很多年了，他每天早上都要到河边去\n看水车，看它转了多少圈，然后回家。\n"
        "　　“今天转了一百圈。”他说。\n"
        "　　妻子没有回答，因为她正在数鹅，鹅又少了一只，这是很\n奇怪的事情。\n"
    )
    assert len(read_story(path).chapters[0].paragraphs) == 3


def test_one_paragraph_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The king slept.\nThe queen read a book.\nNobody came.\n")
    assert len(read_story(path).chapters[0].paragraphs) == 3


def test_title_and_byline(english: Story, chinese: Story) -> None:
    assert (english.title, byline(english.text, english.title)) == (
        "The White Bone Demon",
        "From Journey to the West",
    )
    assert (chinese.title, byline(chinese.text, chinese.title)) == ("三打白骨精", "取材自《西游记》")
    assert english.read(english.chapters[0].paragraphs[0].sentences[0]).startswith("One morning")


def test_gutenberg_frame_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Some licence text.\n\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\nA dog ran home.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK A ***\n\nMore licence.\n"
    )
    story = read_story(path)
    assert [story.read(p) for p in story.chapters[0].paragraphs] == ["A dog ran home."]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab A.!?\n\r“”\"'’《》第一回章。，：「」王 \u3000\t", min_size=1, max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(text.encode())
    with contextlib.suppress(YingxiError):
        spans_hold(read_story(path))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "The cat sat. " * 60_000,
        "CHAPTER I\n\n" * 30_000 + "The cat sat.",
        "[Illustration " * 9000 + "\n\nHe sat.",
    ],
)
def test_odd_texts_are_read_in_time(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    start = time.perf_counter()
    assert read_story(path, "en").chapters
    assert time.perf_counter() - start < 8


@pytest.mark.slow
def test_a_long_novel_is_read_in_seconds_and_bounded_memory(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    words = np.array(["the", "old", "king", "rode", "over", "hills", "and", "said", "nothing", "to", "his", "men"])
    sentences = [" ".join(random.choice(words, 14)).capitalize() + ". " for _ in range(200)]
    paragraph = [sentence * 4 for sentence in sentences]
    path = tmp_path / "novel.txt"
    with path.open("w") as file:
        for number in range(10_000_000 // (len("".join(paragraph)) + 400)):
            file.write(f"CHAPTER {number + 1}\n\n" + "\n\n".join(paragraph) + "\n\n")
    assert path.stat().st_size > 9_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    story = read_story(path)
    assert time.perf_counter() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
    assert len(story.chapters) > 50


@pytest.mark.parametrize(
    "headings",
    [
        ("第一回　风雪", "第二回　天明"),
        ("正文 第五章 雨", "正文 第六章 晴"),
        ("卷一", "卷二"),
        ("番外一", "番外二"),
        ("一、开始", "二、结束"),
        ("（一）", "（二）"),
        ("上部", "下部"),
        ("1", "2"),
        ("楔子", "第一章"),
    ],
)
def test_chinese_headings(tmp_path: Path, headings: tuple[str, str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{headings[0]}\n\n风雪夜里，老人推开了庙门。\n\n{headings[1]}\n\n天亮了，雪停了。\n")
    assert [c.title for c in read_story(path).chapters] == list(headings)


@pytest.mark.parametrize("headings", [("Chapter One", "Chapter Two"), ("PART THE FIRST", "BOOK II"), ("I.", "II.")])
def test_english_headings(tmp_path: Path, headings: tuple[str, str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        f"{headings[0]}\n\nThe snow fell on the old road.\n\n{headings[1]}\n\nI laughed.\n\nIt was day.\n"
    )
    story = read_story(path)
    assert [c.title for c in story.chapters] == list(headings)
    assert len(story.chapters[1].paragraphs) == 2
