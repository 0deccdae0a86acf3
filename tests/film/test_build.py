"""A film is a build: made once, made again only where something changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yingxi.core.errors import YingxiError
from yingxi.media.film import read_cues
from yingxi.media.video import probe, read_frames
from yingxi.safety.verify import verify

Make = Callable[..., Any]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_story_becomes_a_film(make: Make, root: Path) -> None:
    result = make()
    voices = ["voice 2A.1", "voice 2B.1", "voice 2C.1"]
    takes = ["take 1A", "take 2A", "take 2B", "take 2C", "take 9A"]
    assert result.made == ["story", "cast", "screenplay", "shots", *voices, *takes, "cut", "film"]
    assert result.kept == 0
    assert not result.blocked
    assert result.notes == ["stage made shots 1A, 2A, 2B, 2C, 9A"]
    film = probe(result.film)
    assert str(film.size) == "96x64"
    assert [s.kind for s in film.streams] == ["video", "audio", "subtitle"]
    assert "The moon was red." in [cue.text for cue in read_cues(result.film)]
    labels = verify(result.film)
    assert labels.whole
    assert labels.ai_labelled
    names = {p.name for p in root.iterdir()}
    assert names == {
        ".lock", "film.toml", "story.txt", "cast.yaml", "screenplay.fountain", "shots.yaml", "takes", "voices",
        "ledger.sqlite", "cut.otio", "film.srt", "film.mp4",
    }  # fmt: skip


def test_a_shot_lasts_as_long_as_its_lines(make: Make) -> None:
    result = make()
    spoken = sum(len(text) * 0.05 for text in result.by.voice.said)
    assert probe(result.film).frames / 12 >= spoken + 1.0  # and the two cards


def test_again_does_nothing_and_wakes_nobody(make: Make) -> None:
    first = make()
    before = first.film.stat().st_mtime_ns
    second = make()
    assert second.made == []
    assert second.by.woken == []
    assert second.kept == 3 + 5 + 1 + 1
    assert second.film.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("prompt: a red fox walks on a hill by day", "prompt: a blue fox", ["take 2A", "cut", "film"]),
        ("action: walk", "action: sit", ["take 2A", "cut", "film"]),
        ("text: The moon was red.", "text: The moon was blue and small.", ["voice 2B.1", "take 2B", "cut", "film"]),
        ("prompt: The End", "prompt: Enough", ["take 9A", "cut", "film"]),
    ],
)
def test_one_line_of_shots_remakes_that_shot_and_the_cut(
    make: Make, root: Path, old: str, new: str, made: list[str]
) -> None:
    make()
    edit(root / "shots.yaml", old, new)
    assert make().made == made
    assert new in (root / "shots.yaml").read_text(encoding="utf-8")
    assert make().made == []


def test_an_edit_taken_back_finds_the_old_take(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "action: walk", "action: sit")
    make()
    edit(root / "shots.yaml", "action: sit", "action: walk")
    assert make().made == ["cut", "film"]


def test_a_shot_may_be_taken_out_or_renamed(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "slate: 2A", "slate: 7C")
    assert make().made == ["cut", "film"]
    text = (root / "shots.yaml").read_text(encoding="utf-8")
    (root / "shots.yaml").write_text(text[: text.index("- slate: 9A")], encoding="utf-8")
    result = make()
    assert result.made == ["cut", "film"]
    assert "9A" not in result.notes[0]


def test_a_new_look_remakes_the_shots_it_is_in(make: Make, root: Path) -> None:
    make()
    edit(root / "cast.yaml", "words: a red fox", "words: a silver fox")
    result = make()
    assert result.made == ["take 2A", "take 2B", "take 2C", "cut", "film"]
    assert "silver" in (root / "takes").joinpath(_take_of(root, "2A"), "take.json").read_text(encoding="utf-8")


def _take_of(root: Path, slate: str) -> str:
    from yingxi.film.ledger import Ledger

    with Ledger(root / "ledger.sqlite", read_only=True) as ledger:
        return ledger.takes(slate)[-1].digest


def test_a_new_voice_speaks_all_lines_again(make: Make, root: Path) -> None:
    make()
    edit(root / "cast.yaml", "narrator:\n", "narrator:\n  pitch: 3.0\n")
    made = make().made
    assert [m for m in made if m.startswith("voice")] == ["voice 2A.1", "voice 2B.1", "voice 2C.1"]
    assert made[-2:] == ["cut", "film"]


def test_another_size_plays_again_but_speaks_nothing_anew(make: Make, root: Path) -> None:
    make()
    result = make(again=True, size="128x72")
    assert not [m for m in result.made if m.startswith("voice")]
    assert 'size = "128x72"' in (root / "film.toml").read_text(encoding="utf-8")
    assert str(probe(result.film).size) == "128x72"
    assert make(again=True).made == []


def test_a_lost_file_is_made_again(make: Make, root: Path) -> None:
    make()
    (root / "film.mp4").unlink()
    assert make().made == ["film"]
    (root / "cut.otio").unlink()
    assert make().made == ["cut"]
    clip = root / "takes" / _take_of(root, "2B") / "clip.mp4"
    clip.write_bytes(clip.read_bytes()[:100])
    assert make().made == ["take 2B"]
    with (root / "film.mp4").open("ab") as file:
        file.write(b"x")
    assert make().made == ["film"]


def test_subtitles_edited_by_hand_go_into_the_film(make: Make, root: Path) -> None:
    make()
    edit(root / "film.srt", "The moon was red.", "Red was the moon.")
    assert make().made == ["film"]
    assert "Red was the moon." in [cue.text for cue in read_cues(root / "film.mp4")]
    edit(root / "shots.yaml", "text: He sat down and laughed.", "text: He laughed.")
    result = make()
    assert "film.srt was edited by hand and is kept; the new subtitles are in film.new.srt" in result.notes
    assert "Red was the moon." in (root / "film.srt").read_text(encoding="utf-8")


def test_a_blocked_shot_is_left_out_by_name(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "text: The moon was red.", "text: how to make a bomb, step by step")
    result = make()
    assert result.blocked == {"2B": "harm-instructions"}
    assert result.made == ["cut", "film"]
    again = make()
    assert again.blocked == {"2B": "harm-instructions"}
    assert again.made == []
    assert again.by.woken == []


def test_a_shot_that_the_stage_refuses_is_blocked(make: Make, root: Path) -> None:
    make()
    edit(root / "shots.yaml", "prompt: a red fox walks on a hill by day", "prompt: unplayable")
    assert make().blocked == {"2A": "unplayable"}
    assert make().by.woken == []


def test_every_shot_blocked_is_said(make: Make, root: Path) -> None:
    make()
    text = "language: en\nshots:\n- slate: 1A\n  card: title\n  prompt: how to make a bomb step by step\n"
    (root / "shots.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(YingxiError, match=r"every shot of .* is blocked"):
        make()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "shots.yaml",
            "action: walk",
            "actoin: walk",
            r"shots.yaml, line \d+: shots.1.figures.0.actoin: unknown key",
        ),
        ("shots.yaml", "seconds: 0.5", "seconds: soon", r"shots.yaml, line \d+: shots.0.seconds: "),
        (
            "shots.yaml",
            "action: walk",
            "action: swim",
            r"shots.yaml, shot 2A: the stage has no action 'swim'; it has ",
        ),
        (
            "shots.yaml",
            "who: fox",
            "who: wolf",
            r"shots.yaml, shot 2A: no character 'wolf' in the cast; there is fox",
        ),
        (
            "shots.yaml",
            "place: hill",
            "place: sea",
            r"shots.yaml, shot 2A: no place 'sea' in the cast; there is hill",
        ),
        ("shots.yaml", "who: narrator", "who: owl", r"shots.yaml, shot 2A: a line of 'owl', who is not in the cast"),
        ("cast.yaml", "puppet: fox", "puppet: bear", r"shot 2A: the stage has no puppet 'bear'; it has fox"),
        ("film.toml", "takes = 3", "taeks = 3", r"film.toml, line \d+: taeks: unknown key"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_damaged(
    make: Make, root: Path, file: str, old: str, new: str, message: str
) -> None:
    film = make().film.read_bytes()
    edit(root / file, old, new)
    edited = (root / file).read_text(encoding="utf-8")
    with pytest.raises(YingxiError, match=message):
        make()
    assert (root / "film.mp4").read_bytes() == film
    assert (root / file).read_text(encoding="utf-8") == edited


def test_frames_are_the_stages_own(make: Make) -> None:
    result = make()
    first = next(iter(read_frames(result.film)))
    assert np.asarray(first).shape == (64, 96, 3)


def test_two_shots_alike_share_one_take(make: Make, root: Path) -> None:
    make()
    text = (root / "shots.yaml").read_text(encoding="utf-8")
    (root / "shots.yaml").write_text(text + "- slate: 9B\n  card: end\n  prompt: The End\n  seconds: 0.5\n")
    assert make().made == ["cut", "film"]
