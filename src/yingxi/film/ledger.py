"""What a machine keeps of a film: which takes there are, their scores, which are selected, what steps gave."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yingxi.core.errors import YingxiError

_APPLICATION = 0x59584C47  # "YXLG", in the file's header
_VERSION = 1

_TABLES = """
CREATE TABLE takes (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, slate TEXT NOT NULL, model TEXT NOT NULL, seed INTEGER NOT NULL,
    prompt TEXT NOT NULL, parents TEXT NOT NULL, seconds_spent REAL NOT NULL,
    made_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE scores (
    take TEXT NOT NULL, judge TEXT NOT NULL, name TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (take, judge, name));
CREATE TABLE selections (
    slate TEXT NOT NULL, among TEXT NOT NULL, take TEXT NOT NULL, chosen_by TEXT NOT NULL,
    PRIMARY KEY (slate, among));
CREATE TABLE steps (
    name TEXT NOT NULL, inputs TEXT NOT NULL, output TEXT NOT NULL, seconds_spent REAL NOT NULL,
    done_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (name, inputs));
CREATE TABLE written (
    name TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (name, digest));
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class TakeRecord:
    """A take's row: what made it, and the wall seconds that it took."""

    digest: str
    kind: str
    slate: str
    model: str
    seed: int
    prompt: str
    parents: tuple[str, ...]
    seconds_spent: float


class Ledger:
    """`ledger.sqlite`. Every method is one transaction, so that a killed process leaves whole records."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create. Raises YingxiError for a file that is no ledger, is damaged, or cannot be written."""
        self.path = path
        # A killed build may leave a journal to be rolled back, which even a reader must be able to do.
        mode = "rw" if read_only else "rwc"
        try:
            self._base = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=10)
            self._prepare(read_only)
        except sqlite3.OperationalError as error:
            raise YingxiError(f"cannot open {path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    @classmethod
    def copy_of(cls, path: Path) -> "Ledger":
        """The ledger as it stands, in memory: what is recorded there is forgotten."""
        original = cls(path, read_only=True)
        copy = cls.__new__(cls)
        copy.path, copy._base = path, sqlite3.connect(":memory:")
        with original, original._explained() as base:
            base.backup(copy._base)
        return copy

    def _prepare(self, read_only: bool) -> None:
        application = self._base.execute("PRAGMA application_id").fetchone()[0]
        version = self._base.execute("PRAGMA user_version").fetchone()[0]
        empty = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if empty and not read_only:
            with self._base:
                # One script in one transaction: a file killed here is still empty, and begun again.
                self._base.executescript(
                    f"BEGIN; {_TABLES} PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_VERSION}; COMMIT;"
                )
        elif empty or application != _APPLICATION:
            self._base.close()
            raise YingxiError(f"{self.path} is not a film's ledger; move it away and run this again")
        elif version != _VERSION:
            self._base.close()
            raise YingxiError(f"{self.path} was written by another version of yingxi ({version}, not {_VERSION})")

    def _damaged(self) -> YingxiError:
        return YingxiError(
            f"{self.path} is damaged or not a film's ledger; move it away and run this again: "
            "takes and edited files are kept"
        )

    def close(self) -> None:
        self._base.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._base:
                yield self._base
        except sqlite3.OperationalError as error:
            raise YingxiError(f"cannot use {self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._explained() as base:
            return base.execute(query, values).fetchall()

    def _put(self, query: str, *values: Any) -> None:
        with self._explained() as base:
            base.execute(query, values)

    # Takes, scores, selections

    def add_take(self, take: TakeRecord) -> None:
        self._put(
            "INSERT OR REPLACE INTO takes (digest, kind, slate, model, seed, prompt, parents, seconds_spent)"
            " VALUES (?,?,?,?,?,?,?,?)",
            take.digest, take.kind, take.slate, take.model, take.seed, take.prompt,
            json.dumps(take.parents), take.seconds_spent,
        )  # fmt: skip

    def takes(self, slate: str) -> list[TakeRecord]:
        """A slate's takes, the oldest first."""
        rows = self._rows(
            "SELECT digest, kind, slate, model, seed, prompt, parents, seconds_spent FROM takes"
            " WHERE slate=? ORDER BY rowid",
            slate,
        )
        return [TakeRecord(*row[:6], parents=tuple(json.loads(row[6])), seconds_spent=row[7]) for row in rows]

    def add_scores(self, take: str, judge: str, scores: Mapping[str, float]) -> None:
        with self._explained() as base:
            base.executemany(
                "INSERT OR REPLACE INTO scores (take, judge, name, value) VALUES (?,?,?,?)",
                [(take, judge, name, float(value)) for name, value in scores.items()],
            )

    def scores(self, take: str, judge: str) -> dict[str, float]:
        return dict(self._rows("SELECT name, value FROM scores WHERE take=? AND judge=?", take, judge))

    def select(self, slate: str, among: str, take: str, chosen_by: str) -> None:
        """Select a take of a slate `among` candidates (a digest of theirs). A person's choice stays."""
        self._put(
            "INSERT INTO selections (slate, among, take, chosen_by) VALUES (?,?,?,?)"
            " ON CONFLICT (slate, among) DO UPDATE SET take=excluded.take, chosen_by=excluded.chosen_by"
            " WHERE selections.chosen_by != 'person' OR excluded.chosen_by = 'person'",
            slate, among, take, chosen_by,
        )  # fmt: skip

    def selected(self, slate: str, among: str) -> str | None:
        rows = self._rows("SELECT take FROM selections WHERE slate=? AND among=?", slate, among)
        return rows[0][0] if rows else None

    # Steps: what a pure function gave for the digest of its inputs

    def done(self, name: str, inputs: str) -> Any | None:
        """The output that a step gave for its inputs, None if it has not been done."""
        rows = self._rows("SELECT output FROM steps WHERE name=? AND inputs=?", name, inputs)
        return json.loads(rows[0][0]) if rows else None

    def record(self, name: str, inputs: str, output: Any, seconds_spent: float = 0.0) -> None:
        self._put(
            "INSERT OR REPLACE INTO steps (name, inputs, output, seconds_spent) VALUES (?,?,?,?)",
            name, inputs, json.dumps(output, ensure_ascii=False), seconds_spent,
        )  # fmt: skip

    def seconds_spent(self) -> float:
        """Wall seconds of all steps and takes so far."""
        rows = self._rows(
            "SELECT (SELECT total(seconds_spent) FROM steps) + (SELECT total(seconds_spent) FROM takes)"
        )
        return rows[0][0]

    # Which contents of a document are the program's own, not a person's

    def about_to_write(self, name: str, digest: str) -> None:
        """Record a document's content before it is written, so that a kill in between is no person's edit."""
        self._put("INSERT OR IGNORE INTO written (name, digest) VALUES (?,?)", name, digest)

    def wrote(self, name: str, digest: str) -> bool:
        return bool(self._rows("SELECT 1 FROM written WHERE name=? AND digest=?", name, digest))

    # Single facts

    def fact(self, name: str) -> Any | None:
        rows = self._rows("SELECT value FROM facts WHERE name=?", name)
        return json.loads(rows[0][0]) if rows else None

    def set_fact(self, name: str, value: Any) -> None:
        self._put("INSERT OR REPLACE INTO facts (name, value) VALUES (?,?)", name, json.dumps(value))
