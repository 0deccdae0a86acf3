"""Files appear whole or not at all."""

import errno
from pathlib import Path

import pytest

from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text, writing


def fail_with(path: Path, error: Exception) -> None:
    path.write_text("half")
    raise error


def test_an_old_file_survives_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(YingxiError, match="disk is full"), writing(path) as temporary:
        fail_with(temporary, OSError(errno.ENOSPC, "No space left on device"))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_leave_nothing_either(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path / "b.txt") as temporary:
        fail_with(temporary, KeyError())
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(YingxiError, match="not a folder"):
        write_text(tmp_path / "file" / "inside.txt", "y")


def test_a_temporary_file_within_another_is_found_by_the_same_name(tmp_path: Path) -> None:
    with writing(tmp_path / "film.mp4") as outer, writing(outer) as inner:
        assert {outer, inner} == set(tmp_path.glob(".film.*.mp4"))
