"""Chapters are found in the forms that books give them, and nothing of the story is lost or added."""

from pathlib import Path

import pytest

from yingxi.core.story import Story
from yingxi.story.importer import read_story

RIVER = "The old miller went down to the river in the morning and looked at the wheel, which had stopped."
BREAD = "He mended it before noon. Then he ate his bread."
HE = "　　清晨，老磨坊主走到河边，看了看水车，水车在夜里停了。"
TA = "　　“昨晚风太大了。”他说，“我得在中午以前修好它。”"


def read(tmp_path: Path, text: str, name: str = "mill.txt") -> Story:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_story(path)


def titles(story: Story) -> list[str]:
    return [c.title for c in story.chapters]


def told(story: Story) -> list[str]:
    return [story.read(p) for c in story.chapters for p in c.paragraphs]


def aside(story: Story, why: str) -> list[str]:
    return [story.read(a) for a in story.set_aside if a.why == why]


ENGLISH = [
    ["I", "II", "III"],
    ["I. The Wheel", "II. The Flood"],
    ["1.", "2."],
    ["Chapter Twenty", "Chapter Twenty-One: The Flood"],
    ["CHAPTER ONE HUNDRED AND ONE", "CHAPTER ONE HUNDRED AND TWO"],
    ["CHAPTER THE FIRST. OF THE WHEEL", "CHAPTER THE SECOND. OF THE FLOOD"],
    ["CHAPTER I. WHO STOPPED THE WHEEL?", "CHAPTER II. RAIN; MORE RAIN. A BOAT."],
    ["THE FIRST TALE", "THE SECOND TALE"],
    ["Day One", "Day Two"],
    ["THE WHEEL", "THE FLOOD", "THE END OF IT ALL"],
    ["Prologue", "Chapter 1", "Interlude", "Epilogue"],
]
CHINESE = [
    ["第一回　水车停夜半老人叹　洪水涨天明少年愁", "第二回　雨打孤舟　云开古渡"],
    ["第 1 章 水车停了！", "第 2 章 洪水来了……"],
    ["第廿一回", "第卅二回"],
    ["第壹章 水车", "第贰章 洪水"],
    ["第一话 水车", "第二話 洪水"],
    ["楔子", "第一章 水车（求月票）", "番外：磨坊", "尾声"],
    ["一、水车", "二、洪水"],
    ["001 水车", "002 洪水"],
    ["自序", "第一卷 第一章 水车", "跋"],
]


@pytest.mark.parametrize("joint", ["\n\n", "\n"])
@pytest.mark.parametrize("heads", [*ENGLISH, *CHINESE])
def test_forms_of_headings(tmp_path: Path, heads: list[str], joint: str) -> None:
    chinese = heads in CHINESE
    body = [HE, TA] if chinese else [RIVER, BREAD]
    above = "水车\n\n作者：安某\n\n" if chinese else "The Mill\n\nby Ann Author\n\n"
    story = read(tmp_path, above + joint.join(line for h in heads for line in [h, *body]))
    assert titles(story) == heads
    assert told(story) == [line.strip() for _ in heads for line in body]
    assert story.title == ("水车" if chinese else "The Mill")


@pytest.mark.parametrize(
    ("line", "title"),
    [("=== Chapter {} ===", "Chapter {}"), ("_CHAPTER {}._", "CHAPTER {}."), ("[Chapter {}]", "Chapter {}")],
)
def test_ornaments_of_headings(tmp_path: Path, line: str, title: str) -> None:
    story = read(tmp_path, "\n\n".join(f"{line.format(n)}\n\n{RIVER}" for n in (1, 2)))
    assert titles(story) == [title.format(n) for n in (1, 2)]


def test_a_title_on_the_next_line(tmp_path: Path) -> None:
    text = (
        f"CHAPTER I.\nThe Wheel\n\n{RIVER}\n\nCHAPTER II.\n\nTHE FLOOD, AND WHAT\nCAME OF IT\n\n{RIVER}\n\n"
        f"CHAPTER III\nIn which the Miller, though he never went to sea,\nis found in a boat\n\n{RIVER}\n\n"
        f"CHAPTER IV. Which tells of the Goose that was lost\nin the Flood, and of the Fox\n\n{RIVER}\n"
    )
    story = read(tmp_path, text)
    assert titles(story)[:2] == ["CHAPTER I. The Wheel", "CHAPTER II. THE FLOOD, AND WHAT CAME OF IT"]
    assert titles(story)[3] == "CHAPTER IV. Which tells of the Goose that was lost in the Flood, and of the Fox"


@pytest.mark.parametrize(
    "line",
    ["I laughed.", "I", "Chapter one was short, and he liked it.", "Mix", "Part of the wheel was gone.", "I am he"],
)
def test_what_is_no_heading(tmp_path: Path, line: str) -> None:
    story = read(tmp_path, f"{RIVER}\n{line}\n{BREAD}\n{RIVER}\n")
    assert titles(story) == [""]


@pytest.mark.parametrize("line", ["第二天他走了。", "第一回我去的时候，他不在。", "序幕拉开了。", "一会儿他走了。"])
def test_what_is_no_chinese_heading(tmp_path: Path, line: str) -> None:
    assert titles(read(tmp_path, f"{HE}\n{line}\n{TA}\n{HE}\n")) == [""]


GUTENBERG = f"""The Project Gutenberg eBook of The Lamp of Oakham

Title: The Lamp
        of Oakham

Author: Jane Writer

*** START OF THE PROJECT GUTENBERG EBOOK THE LAMP OF OAKHAM ***

Produced by A. Nonymous and the
Team of Oakham

[Illustration]

THE LAMP OF OAKHAM

By Jane Writer

LONDON
SMITH & CO.
1871

Contents

 CHAPTER I.     The Lamp
 CHAPTER II.    The Road
 CHAPTER III.   Home

List of Illustrations

 The Lamp . . . . . 3

TO MY MOTHER

CHAPTER I.
The Lamp

{RIVER}

[Illustration: “Who is there?” cried
Mrs. Gale.]

{BREAD}[1]

       *       *       *       *       *

[Footnote 1: In Oakham bread is eaten twice
a day.]

CHAPTER II.
The Road

{RIVER}

CHAPTER III.
Home

They came home.

THE END

FOOTNOTES:

[2] In Oakham they never come home
but on foot.

End of Project Gutenberg's The Lamp of Oakham, by Jane Writer

*** END OF THE PROJECT GUTENBERG EBOOK THE LAMP OF OAKHAM ***
"""


def test_a_book_with_everything_around_it(tmp_path: Path) -> None:
    story = read(tmp_path, GUTENBERG)
    assert story.title == "The Lamp of Oakham"
    assert titles(story) == ["CHAPTER I. The Lamp", "CHAPTER II. The Road", "CHAPTER III. Home"]
    assert told(story) == [RIVER, f"{BREAD}[1]", RIVER, "They came home."]
    assert {a.why for a in story.set_aside} == {
        "licence", "advertisement", "illustration", "front matter", "contents", "footnote", "end",
    }  # fmt: skip
    assert aside(story, "footnote")[-1].endswith("on foot.")
    assert aside(story, "illustration")[1].endswith("Gale.]")


def test_chinese_front_matter(tmp_path: Path) -> None:
    text = (
        "《水车》\n作者：安某\n\n内容简介：\n一座磨坊的故事。\n\n目录\n第一章 风\n第二章 水\n\n"
        f"第一章 风\n{HE}\n\n第二章 水\n{TA}\n\n（全书完）\n"
    )
    story = read(tmp_path, text)
    assert titles(story) == ["第一章 风", "第二章 水"]
    assert told(story) == [HE.strip(), TA.strip()]


def test_a_beginning_without_a_heading_stays(tmp_path: Path) -> None:
    story = read(tmp_path, f"The Mill\n\n{RIVER}\n\nCHAPTER I\n\n{BREAD}\n\nCHAPTER II\n\n{RIVER}\n")
    assert titles(story) == ["", "CHAPTER I", "CHAPTER II"]
    assert told(story) == [RIVER, BREAD, RIVER]


def test_page_numbers_between_chapters_are_no_chapters(tmp_path: Path) -> None:
    text = f"CHAPTER I\n\n{RIVER}\n\n12\n\n{BREAD}\n\nCHAPTER II\n\n{RIVER}\n\n13\n\n{BREAD}\n"
    story = read(tmp_path, text)
    assert titles(story) == ["CHAPTER I", "CHAPTER II"]
    assert aside(story, "page number") == ["12", "13"]


def test_numbers_of_stanzas_are_no_chapters(tmp_path: Path) -> None:
    song = "  O wheel, go round and round,\n  Go round in all the rain,"
    text = f"CHAPTER I\n\n{RIVER}\n\nI.\n\n{song}\n\nII.\n\n{song}\n\nCHAPTER II\n\n{RIVER}\n"
    assert titles(read(tmp_path, text)) == ["CHAPTER I", "CHAPTER II"]


def test_titles_that_only_the_contents_tell(tmp_path: Path) -> None:
    text = (
        "The Mill\n\nby Ann Author\n\nCONTENTS\n\nThe Wheel . . . 3\nThe Flood . . . 9\nHome Again . . . 12\n\n"
        f"The Wheel\n\n{RIVER}\n\nThe Flood\n\n{RIVER}\n\n{BREAD}\n\nHome Again\n\n{RIVER}\n"
    )
    story = read(tmp_path, text)
    assert titles(story) == ["The Wheel", "The Flood", "Home Again"]
    assert aside(story, "contents")[0].endswith("12")


@pytest.mark.parametrize(
    "line",
    [
        "CHAPTER {}. The wheel had stopped, and nobody in the mill could say why it had done so.",
        "Chapter {} “It has stopped,” said he, and nobody in the mill could say why.",
    ],
)
def test_a_chapter_that_begins_on_the_line_of_its_number(tmp_path: Path, line: str) -> None:
    story = read(tmp_path, "\n\n".join(f"{line.format(n)}\n\n{RIVER}" for n in (1, 2)))
    assert [len(c.paragraphs) for c in story.chapters] == [2, 2]
    assert titles(story)[0] in line.format(1)
    assert told(story)[0] == line[line.index("}") + 1 :].lstrip(". ")
