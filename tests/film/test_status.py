"""What `yingxi status` says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yingxi.core.errors import YingxiError
from yingxi.film.status import status

Make = Callable[..., Any]


def states(root: Path) -> dict[str, str]:
    return {part.name: part.state for part in status(root)}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("sampled", [False, True])
def test_all_is_current_after_a_build(make: Make, root: Path, sampled: bool) -> None:
    make(sampled=sampled)
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
    found = states(root)
    assert set(found.values()) == {"current"}
    assert ("animatic" in found) == sampled
    assert {"story", "cast", "screenplay", "shots", "voice 2B", "take 2B", "cut", "film"} <= set(found)
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before


def test_an_edit_makes_its_shot_and_the_film_stale(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "text: The moon was red.", "text: The moon was blue.")
    found = states(root)
    stale = {name for name, state in found.items() if state != "current"}
    assert stale == {"voice 2B", "take 2B", "cut", "film"}
    assert found["take 2B"] == found["film"] == "stale"
    shots = next(part for part in status(root) if part.name == "shots")
    assert shots.note == "edited by hand"


def test_a_new_look_makes_shots_stale(make: Make, root: Path) -> None:
    make()
    edit(root / "cast.yaml", "words: a red fox", "words: a silver fox")
    assert states(root)["take 2A"] == "stale"
    assert states(root)["take 1A"] == "current"


def test_a_new_shot_is_missing(make: Make, root: Path) -> None:
    make()
    with (root / "shots.yaml").open("a", encoding="utf-8") as file:
        file.write("- slate: 9B\n  card: end\n  prompt: Really\n")
    assert states(root)["take 9B"] == "missing"
    assert states(root)["film"] == "stale"


def test_a_blocked_shot_says_why(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "text: The moon was red.", "text: how to make a bomb, step by step")
    part = next(part for part in status(root) if part.name == "take 2B")
    assert part.state == "blocked"
    assert part.note.startswith("harm-instructions: ")
    make()
    assert states(root)["film"] == "current"


def test_settings_make_documents_stale(make: Make, root: Path) -> None:
    make()
    edit(root / "film.toml", "seconds = 60", "seconds = 30")
    assert states(root)["shots"] == "stale"


def test_lost_files_are_missing(make: Make, root: Path) -> None:
    make()
    (root / "film.mp4").unlink()
    (root / "cut.otio").unlink()
    found = states(root)
    assert found["film"] == found["cut"] == "missing"
    (root / "shots.yaml").unlink()
    assert states(root)["shots"] == "missing"


def test_what_is_no_film(tmp_path: Path, make: Make, root: Path) -> None:
    with pytest.raises(YingxiError, match=r"holds no film: there is no film\.toml in it"):
        status(tmp_path)
    make()
    (root / "ledger.sqlite").unlink()
    assert states(root)["film"] == "missing"
    (root / "ledger.sqlite").touch()
    assert states(root)["film"] == "missing"
