"""`yingxi make` as a person runs it: a real story at a small size, killed midway, taken up, edited."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import yingxi
from yingxi.core.shapes import Size
from yingxi.media.film import read_cues
from yingxi.media.video import probe
from yingxi.safety.verify import verify

pytestmark = pytest.mark.slow

STORY = """The Lantern

A monk walked over the mountain at dusk. "Who is there?" asked the monk. A tiger ran away into the forest.
"""
MAKE = [sys.executable, "-m", "yingxi", "make"]
SMALL = ["--size", "192x108", "--seconds", "12", "--model", "stage"]


def takes(film: Path) -> dict[str, float]:
    """Take -> when it was made."""
    return {p.parent.name: p.stat().st_mtime for p in film.glob("takes/*/take.json")}


def test_killed_taken_up_and_edited(tmp_path: Path) -> None:
    story, film = tmp_path / "lantern.txt", tmp_path / "lantern.film"
    story.write_text(STORY)
    process = subprocess.Popen([*MAKE, str(story), *SMALL], stderr=subprocess.DEVNULL)
    patience = time.monotonic() + 120
    while not takes(film) and process.poll() is None and time.monotonic() < patience:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = takes(film)
    assert before

    done = subprocess.run([*MAKE, str(story), *SMALL], capture_output=True, text=True, check=True)
    assert str(film / "film.mp4") in done.stdout
    after = takes(film)
    assert all(after[name] == made for name, made in before.items())
    info = probe(film / "film.mp4")
    assert [s.kind for s in info.streams] == ["video", "audio", "subtitle"]
    assert info.size == Size(192, 108)
    assert abs(info.seconds - max(cue.end for cue in read_cues(film / "film.mp4"))) < 6
    labels = verify(film / "film.mp4")
    assert labels.whole
    assert labels.ai_labelled

    again = subprocess.run([*MAKE, str(film)], capture_output=True, text=True, check=True)
    assert "nothing to do" in again.stdout
    assert takes(film) == after

    shots = film / "shots.yaml"
    shots.write_text(shots.read_text().replace("action: walk", "action: dance", 1))
    subprocess.run([*MAKE, str(film)], capture_output=True, check=True)
    assert len(set(takes(film)) - set(after)) == 1


def test_the_package_does_the_same(tmp_path: Path) -> None:
    model = yingxi.load("stage")
    clip = model("a monk walks over the bridge at dusk", seconds=0.5, size="96x64", seed=1)
    assert verify(clip.save(tmp_path / "monk.mp4")).ai_labelled
    (tmp_path / "lantern.txt").write_text(STORY)
    result = yingxi.make_film(tmp_path / "lantern.txt", seconds=10, size=Size(96, 64), model="stage")
    assert result.film == tmp_path / "lantern.film" / "film.mp4"
    assert probe(result.film).seconds > 4
