"""The ledger: whole records, or a clear word about the file."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from yingxi.core.errors import YingxiError
from yingxi.film.ledger import Ledger, TakeRecord


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_what_was_recorded_is_read_back(path: Path) -> None:
    take = TakeRecord("d1", "still", "2B", "nano", 3, "a fox", ("d0",), 1.5)
    with Ledger(path) as ledger:
        ledger.add_take(take)
        ledger.add_scores("d1", "judge", {"overall": 0.5, "agreement": 0.25})
        ledger.record("adapt", "i1", {"a": ["狐"]}, 2.0)
        ledger.set_fact("crew", {"stage": "stage 1"})
        ledger.about_to_write("cast.yaml", "c1")
    with Ledger(path) as ledger:
        assert ledger.takes("2B") == [take]
        assert ledger.takes("2C") == []
        assert ledger.scores("d1", "judge") == {"overall": 0.5, "agreement": 0.25}
        assert ledger.done("adapt", "i1") == {"a": ["狐"]}
        assert ledger.done("adapt", "i2") is None
        assert ledger.fact("crew") == {"stage": "stage 1"}
        assert ledger.wrote("cast.yaml", "c1")
        assert not ledger.wrote("shots.yaml", "c1")
        assert ledger.seconds_spent() == 3.5


def test_a_persons_selection_stays(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.select("2B", "among", "d1", "judge")
        ledger.select("2B", "among", "d2", "judge")
        assert ledger.selected("2B", "among") == "d2"
        ledger.select("2B", "among", "d3", "person")
        ledger.select("2B", "among", "d1", "judge")
        assert ledger.selected("2B", "among") == "d3"


def test_a_copy_forgets(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.set_fact("a", 1)
    with Ledger.copy_of(path) as copy:
        copy.set_fact("a", 2)
        assert copy.fact("a") == 2
    with Ledger(path, read_only=True) as ledger:
        assert ledger.fact("a") == 1


def test_a_foreign_file_is_left_alone(path: Path) -> None:
    path.write_text("not a database at all, but a letter to a friend" * 9, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(YingxiError, match=r"ledger\.sqlite is damaged or not a film's ledger; move it away"):
        Ledger(path)
    assert path.read_bytes() == before


def test_a_strangers_database_is_left_alone(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE birds (name TEXT)")
    base.close()
    with pytest.raises(YingxiError, match=r"ledger\.sqlite is not a film's ledger; move it away"):
        Ledger(path)


def test_a_damaged_ledger_is_told(path: Path) -> None:
    with Ledger(path) as ledger:
        for number in range(200):
            ledger.record("step", str(number), "x" * 200)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(YingxiError, match="damaged"), Ledger(path) as ledger:
        ledger.done("step", "7")


def test_an_empty_file_is_begun(path: Path) -> None:
    path.touch()
    with Ledger(path) as ledger:
        assert ledger.fact("a") is None


def test_another_version_is_told(path: Path) -> None:
    Ledger(path).close()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version=9")
    base.close()
    with pytest.raises(YingxiError, match=r"another version of yingxi \(9, not 1\)"):
        Ledger(path)


def test_a_journal_of_a_killed_build_is_rolled_back(path: Path, tmp_path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.set_fact("a", 1)
        base = ledger._base
        base.execute("PRAGMA cache_size=1")  # so that pages are written before the commit
        for number in range(300):
            base.execute(
                "INSERT INTO steps (name, inputs, output, seconds_spent) VALUES ('s', ?, ?, 0)", (number, "x" * 999)
            )
        killed = tmp_path / "killed.sqlite"
        shutil.copy(path, killed)
        shutil.copy(f"{path}-journal", f"{killed}-journal")
        base.rollback()
    assert killed.stat().st_size > 99_999
    with Ledger.copy_of(killed) as copy:
        assert copy.fact("a") == 1
        assert copy.done("s", "7") is None
