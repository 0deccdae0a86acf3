"""What a person has edited is never overwritten."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yingxi.core.errors import YingxiError
from yingxi.film.status import status

Make = Callable[..., Any]
OTHER = "The Red Fox\n\nA fox sat down. Then it rained all night.\n"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def states(root: Path) -> dict[str, str]:
    return {part.name: part.state for part in status(root)}


def test_a_new_story_renews_what_nobody_edited(make: Make, root: Path, story: Path) -> None:
    make()
    story.write_text(OTHER, encoding="utf-8")
    result = make()
    assert result.made[:3] == ["story", "screenplay", "shots"]
    assert "rained" in (root / "shots.yaml").read_text(encoding="utf-8")
    assert not list(root.glob("*.new.*"))


def test_a_new_story_meets_edited_shots(make: Make, root: Path, story: Path) -> None:
    make()
    edit(root / "shots.yaml", "action: walk", "action: sit")
    edited = (root / "shots.yaml").read_bytes()
    story.write_text(OTHER, encoding="utf-8")
    result = make()
    assert result.made == ["story", "screenplay", "take 2A", "cut", "film"]
    assert "shots.yaml was edited by hand and is kept; the new proposal is in shots.new.yaml" in result.notes
    assert (root / "shots.yaml").read_bytes() == edited
    assert "rained" in (root / "shots.new.yaml").read_text(encoding="utf-8")
    assert states(root)["shots"] == "blocked"
    assert make().made == []
    (root / "shots.new.yaml").unlink()  # the person keeps her own
    assert states(root)["shots"] == "current"
    assert make().made == []
    assert (root / "shots.yaml").read_bytes() == edited


def test_a_person_takes_the_new_proposal(make: Make, root: Path, story: Path) -> None:
    make()
    edit(root / "shots.yaml", "action: walk", "action: sit")
    story.write_text(OTHER, encoding="utf-8")
    make()
    (root / "shots.new.yaml").rename(root / "shots.yaml")
    assert states(root)["shots"] == "current"
    assert "film" in make().made
    story.write_text("The Red Fox\n\nA fox laughed.\n", encoding="utf-8")
    assert "shots" in make().made  # it is the program's own again


def test_an_edited_cast_stays_when_the_length_changes(make: Make, root: Path) -> None:
    make()
    edit(root / "cast.yaml", "words: a red fox", "words: a silver fox")
    result = make(again=True, seconds=9)
    assert "silver" in (root / "cast.yaml").read_text(encoding="utf-8")
    assert not list(root.glob("*.new.*"))  # the proposal for the cast had not changed
    assert "cast" not in result.made


def test_a_story_edited_in_the_folder_wins(make: Make, root: Path, story: Path) -> None:
    make()
    edit(root / "story.txt", "The moon was red.", "The moon was full.")
    result = make()
    assert "shots" in result.made
    assert "full" in (root / "shots.yaml").read_text(encoding="utf-8")
    story.write_text(OTHER, encoding="utf-8")
    result = make()
    assert result.notes[0].startswith("story.txt was edited by hand and is kept")
    assert "full" in (root / "story.txt").read_text(encoding="utf-8")


def test_documents_survive_a_lost_ledger(make: Make, root: Path) -> None:
    make()
    (root / "ledger.sqlite").unlink()
    result = make()
    assert result.made == ["cut", "film"]  # takes and voices are found by their names
    edit(root / "shots.yaml", "action: walk", "action: sit")
    (root / "ledger.sqlite").unlink()
    edited = (root / "shots.yaml").read_bytes()
    make()
    assert (root / "shots.yaml").read_bytes() == edited


def test_people_whom_edited_shots_need_stay_in_the_cast(make: Make, root: Path, story: Path) -> None:
    make()
    cast = (root / "cast.yaml").read_text(encoding="utf-8")
    for path in (root / "cast.yaml", root / "shots.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("fox", "vixen"), encoding="utf-8")
    edit(root / "cast.yaml", "puppet: vixen", "puppet: fox")
    story.write_text(OTHER, encoding="utf-8")
    result = make()
    assert "- id: vixen" in (root / "cast.yaml").read_text(encoding="utf-8")
    assert result.made[-1] == "film"
    (root / "cast.yaml").unlink()  # what is not there is written, even if the shots do not fit
    with pytest.raises(YingxiError, match="no character 'vixen' in the cast; there is fox"):
        make()
    assert (root / "cast.yaml").read_text(encoding="utf-8") == cast


def test_an_edited_title_names_the_film(make: Make, root: Path) -> None:
    from yingxi.media.video import probe

    make()
    edit(root / "film.toml", 'title = ""', 'title = "The Vixen"')
    result = make()
    assert {"shots", "take 1A", "film"} <= set(result.made)
    assert probe(result.film).metadata["title"] == "The Vixen"


def test_a_title_card_written_by_hand_stays(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "prompt: The Red Fox", "prompt: A Fox")
    assert make().made == ["take 1A", "cut", "film"]


def test_edits_are_carried_over_to_a_longer_story(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "action: walk", "action: sit")
    with (root / "story.txt").open("a", encoding="utf-8") as file:
        file.write("\nThen it slept.\n")
    make(again=True, seconds=9)
    text = (root / "shots.yaml").read_text(encoding="utf-8")
    assert "Then it slept." in text
    assert "action: sit" in text
    assert not list(root.glob("*.new.*"))
    assert make(again=True, seconds=9).made == []
    assert states(root)["shots"] == "current"


def test_comments_of_a_person_are_never_lost(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "action: walk", "action: sit  # he is tired")
    with (root / "story.txt").open("a", encoding="utf-8") as file:
        file.write("\nThen it slept.\n")
    make(again=True, seconds=9)
    assert "he is tired" in (root / "shots.yaml").read_text(encoding="utf-8")
    assert "Then it slept." in (root / "shots.new.yaml").read_text(encoding="utf-8")
