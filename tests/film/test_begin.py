"""Beginning a film: what is wrong is said before anything is written."""

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from yingxi.core.errors import YingxiError
from yingxi.film.build import build

Make = Callable[..., Any]


def test_no_story_no_folder(company: ModuleType, tmp_path: Path) -> None:
    crew = company.Company().crew
    with pytest.raises(YingxiError, match="there is no such folder; name a story"):
        build(tmp_path / "none.film", crew)
    with pytest.raises(YingxiError, match="there is no file"):
        build(tmp_path / "none.film", crew, story=tmp_path / "none.txt")
    (tmp_path / "empty.txt").touch()
    with pytest.raises(YingxiError, match=r"empty\.txt"):
        build(tmp_path / "none.film", crew, story=tmp_path / "empty.txt")
    assert not (tmp_path / "none.film").exists()


def test_a_wrong_setting_makes_no_folder(company: ModuleType, story: Path, root: Path) -> None:
    with pytest.raises(YingxiError, match="size: "):
        build(root, company.Company().crew, story=story, changes={"size": "10x10"})
    assert not root.exists()


def test_a_size_that_the_stage_does_not_play(make: Make, root: Path) -> None:
    with pytest.raises(YingxiError, match="size 1280x720: the stage plays 96x64 to 640x360"):
        make(size="1280x720")
    assert make(again=True, size="96x64").made[-1] == "film"


def test_other_peoples_folders_are_left_alone(company: ModuleType, story: Path, root: Path) -> None:
    root.mkdir()
    (root / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(YingxiError, match="holds other files and no film"):
        build(root, company.Company().crew, story=story)
    assert [p.name for p in root.iterdir()] == ["letters.txt"]


def test_a_file_in_the_way(company: ModuleType, story: Path, root: Path) -> None:
    root.write_text("x", encoding="utf-8")
    with pytest.raises(YingxiError, match=r"fox\.film"):
        build(root, company.Company().crew, story=story)
    assert root.read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_may_not_be_written(company: ModuleType, story: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(YingxiError, match=r"cannot write .*permission denied"):
        build(closed / "fox.film", company.Company().crew, story=story)


def test_a_foreign_ledger_is_left_alone(make: Make, root: Path) -> None:
    make()
    (root / "ledger.sqlite").write_text("a letter" * 100, encoding="utf-8")
    film = (root / "film.mp4").read_bytes()
    with pytest.raises(YingxiError, match="not a film's ledger; move it away"):
        make()
    assert (root / "film.mp4").read_bytes() == film


def test_a_folder_goes_on_without_its_story_file(make: Make, company: ModuleType, root: Path, story: Path) -> None:
    make()
    story.unlink()
    by = company.Company()
    assert build(root, by.crew).made == []
    (root / "film.mp4").unlink()
    assert build(root, by.crew).made == ["film"]
