"""The shoot with a sampled model."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yingxi.core.clip import Clip
from yingxi.core.protocols import Capabilities
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.film.finish import _shown
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.shoot import native_size, worded
from yingxi.film.take import read_take
from yingxi.media.video import probe, read_frames

Make = Callable[..., Any]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_stills_first_then_the_chosen_one_moves(make: Make, root: Path) -> None:
    result = make(sampled=True)
    assert result.made[-2:] == ["cut", "film"]
    assert [m for m in result.made if m.startswith("animatic")] == [
        *(f"animatic {s}" for s in ("1A", "2A", "2B", "2C", "9A")), "animatic"
    ]  # fmt: skip
    of_shot = [m for m in result.made if " 2A" in m]
    assert of_shot == ["voice 2A.1", "animatic 2A", "still 2A.1", "still 2A.2", "still 2A.3", "take 2A"]
    assert "take 1A" not in result.made  # cards are the stage's
    assert (root / "animatic.mp4").is_file()
    assert probe(root / "animatic.mp4").frames == probe(root / "film.mp4").frames
    assert result.notes[0] == "stage made shots 1A, 9A"
    assert result.notes[1].startswith("dreamer made shots 2A, 2B, 2C; its 64x48 pictures were enlarged to 96x64")
    assert result.by.judge.judged == 9


def test_the_brightest_still_is_pinned_first(make: Make, root: Path) -> None:
    result = make(sampled=True)
    with Ledger(root / "ledger.sqlite", read_only=True) as ledger:
        stills = [t for t in ledger.takes("2A") if t.kind == "still"]
        overall = {t.digest: ledger.scores(t.digest, "judge")["overall"] for t in stills}
        clip = next(t for t in ledger.takes("2A") if t.kind == "clip")
    assert clip.parents == (max(overall, key=overall.__getitem__),)
    still = next(t for t in stills if t.digest == clip.parents[0])
    first = next(r for r in result.by.model.requests if r.pins and isinstance(r.pins[0], np.ndarray))
    assert first.seed == still.seed


@pytest.mark.parametrize("pins", ["any", "first"])
def test_a_long_shot_is_made_of_clips_that_extend_each_other(make: Make, root: Path, pins: str) -> None:
    result = make(sampled=True, pins=pins)
    take = read_take(Folder(root), _clip_of(root, "2A"))
    assert take is not None
    assert take.frames / 12 > 1.5  # longer than the model reaches
    assert take.notes
    assert take.notes[0].startswith("extended")
    light = [float(frame.mean()) for frame in read_frames(take.path(Folder(root)))]
    assert all(later < earlier + 1.0 for earlier, later in itertools.pairwise(light))  # no seam
    pinned = [r.pins[0] for r in result.by.model.requests if r.pins]
    assert any(isinstance(p, Clip) for p in pinned) == (pins == "any")


def _clip_of(root: Path, slate: str) -> str:
    with Ledger(root / "ledger.sqlite", read_only=True) as ledger:
        return [t for t in ledger.takes(slate) if t.kind == "clip"][-1].digest


def test_a_model_without_pins_is_judged_by_its_clips(make: Make) -> None:
    result = make(sampled=True, pins="none")
    assert not [m for m in result.made if m.startswith("still")]
    assert result.made.count("take 2A") == 3


def test_again_does_nothing_and_wakes_nobody(make: Make) -> None:
    make(sampled=True)
    again = make(sampled=True)
    assert again.made == []
    assert again.by.woken == []


def test_another_line_keeps_the_stills(make: Make, root: Path) -> None:
    make(sampled=True)
    edit(root / "shots.yaml", "text: The moon was red.", "text: The moon was blue and small.")
    assert make(sampled=True).made == [
        "voice 2B.1", "animatic 2B", "animatic", "take 2B", "cut", "film"
    ]  # fmt: skip


def test_more_takes_keep_those_that_are_there(make: Make) -> None:
    make(sampled=True)
    made = make(sampled=True, takes=4).made
    assert [m for m in made if m.startswith("still")] == ["still 2A.4", "still 2B.4", "still 2C.4"]


def test_a_shot_that_the_model_refuses_is_blocked(make: Make, root: Path) -> None:
    make(sampled=True)
    edit(root / "shots.yaml", "prompt: a red fox walks on a hill by day", "prompt: a nightmare")
    result = make(sampled=True)
    assert result.blocked == {"2A": "nightmares"}
    assert result.made[-1] == "film"
    again = make(sampled=True)
    assert again.blocked == {"2A": "nightmares"}
    assert again.by.woken == []


def test_slow_frames_are_repeated_and_short_takes_stand(make: Make, root: Path) -> None:
    make(sampled=True)
    folder = Folder(root)
    take = read_take(folder, _clip_of(root, "2A"))
    assert take is not None
    shown = list(_shown(take, take.frames * 2 + 5, folder, Size(96, 64), 24))
    assert len(shown) == take.frames * 2 + 5
    assert (shown[0] == shown[1]).all()
    assert (shown[-1] == shown[-6]).all()


def test_the_size_to_sample_at_is_nearest_in_aspect(company: Any) -> None:
    model = company.Dreamer()
    assert native_size(model.capabilities, Size(1280, 720)) == Size(64, 48)


@pytest.mark.parametrize(
    ("film", "wanted"),
    [("1280x720", "848x480"), ("720x1280", "480x848"), ("320x192", "320x192"), ("1000x1000", "624x624")],
)
def test_a_model_of_any_size_samples_at_the_films_aspect(company: Any, film: str, wanted: str) -> None:
    can = replace(
        company.Dreamer().capabilities, fixed_sizes=(), default_size=Size(832, 480), grid=16,
        min_size=Size(16, 16), max_size=Size(1920, 1920),
    )  # fmt: skip
    assert native_size(can, Size.parse(film)) == Size.parse(wanted)


def test_a_model_that_reads_prose_is_told_the_time_of_the_story(make: Make, root: Path) -> None:
    prompts = {r.prompt for r in make(sampled=True).by.model.requests}
    assert not any("Song dynasty" in p for p in prompts)
    result = make(sampled=True, era="song")
    told = {r.prompt for r in result.by.model.requests}
    assert told
    assert all(p.partition(" Song dynasty China")[0] in prompts and p.endswith(".") for p in told)
    assert not [m for m in result.made if m.startswith(("animatic 2", "voice"))]  # the stage plays as before
    edit(root / "shots.yaml", "prompt: a red fox walks on a hill by day", "prompt: my own fox")
    assert {r.prompt for r in make(sampled=True).by.model.requests} == {"my own fox"}
    edit(root / "shots.yaml", "prompt: my own fox", "prompt: my own fox\n  period: In the snow.")
    assert {r.prompt for r in make(sampled=True).by.model.requests} == {"my own fox In the snow."}


def test_a_model_of_captions_is_told_no_period() -> None:
    base = {"kind": "sampled", "fps": 12, "default_seconds": 1, "max_seconds": 1}
    sizes = dict.fromkeys(("default_size", "min_size", "max_size"), Size(64, 48))
    shot = Shot(slate="2A", prompt="a red fox", period="Song dynasty China.")
    prose = Capabilities(**base, **sizes)  # type: ignore[arg-type]
    assert worded(shot, prose).prompt == "a red fox Song dynasty China."
    assert worded(shot, replace(prose, captions=True)) == shot
    assert worded(shot, replace(prose, reads_shot=True)) == shot
    chinese = shot.model_copy(update={"prompt": "一只狐狸。", "period": "宋代中国。"})
    assert worded(chinese, prose).prompt == "一只狐狸。宋代中国。"
