"""What a model's clips let be heard: in the film, lower under speech, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from video_server import Server, answer

from yingxi.core.clip import Sound
from yingxi.film.build import build
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger
from yingxi.film.take import read_take
from yingxi.media.audio import decode_sound, read_wav
from yingxi.media.film import read_cues
from yingxi.model import remote
from yingxi.voice.duck import BED, DOWN, DUCK, UP, duck, level
from yingxi.voice.loudness import loudness

PAUSE = 4
"""Seconds that each shot is to last: some of them without speech."""


@pytest.fixture
def film(root: Path, story: Path, company: Any, server: Server, sounding: bytes) -> Callable[..., Any]:
    """`film(clip_sound=...)` builds the fox's film with a model on a server whose clips hold a tone of 1 kHz."""
    server.job({"status": "completed"})
    server.gives(sounding)

    def make(**changes: Any) -> Any:
        from yingxi.film.crew import Crew, Deferred

        by = company.Company(sampled=True)
        members = by.crew(None)
        model = Deferred("remote", lambda: remote.load(server.url))
        crew = Crew(members.stage, members.stagecraft, members.voice, model, members.judge)
        result = build(root, lambda settings: crew, story=story, changes={**company.SMALL, "takes": 1, **changes})
        shots = root / "shots.yaml"
        text = shots.read_text(encoding="utf-8")
        if f"seconds: {PAUSE}" not in text:
            shots.write_text(text.replace("seconds: 0.5", f"seconds: {PAUSE}"), encoding="utf-8")
            result = build(root, lambda settings: crew, story=story)
        return result

    return make


def tone(sound: Sound, start: float, end: float) -> float:
    """The level of 1 kHz in decibels: the amplitude of its projection over whole periods."""
    part = sound.samples[round(start * sound.rate) : round(end * sound.rate)]
    times = np.arange(len(part)) / sound.rate
    window = np.hanning(len(part))  # the voice's tones beside it do not leak in
    return 20 * np.log10(2 * abs(np.sum(part * window * np.exp(-2000j * np.pi * times))) / window.sum() + 1e-9)


def levels(path: Path) -> tuple[list[float], list[float]]:
    """The tone in the middle of each line, and where there is none, of each shot but the cards."""
    sound, cues = decode_sound(path), read_cues(path)
    spoken = [tone(sound, cue.start + 0.1, cue.end - 0.1) for cue in cues]
    ends = [cue.end + UP + 0.1 for cue in cues]
    return spoken, [tone(sound, end, end + 0.4) for end in ends]


def test_it_is_lowered_while_a_line_is_spoken(film: Callable[..., Any]) -> None:
    result = film()
    assert not result.blocked
    spoken, silent = levels(result.film)
    assert len(spoken) >= 3
    drops = np.mean(silent) - np.array(spoken)
    assert drops == pytest.approx(DUCK, abs=1)
    assert np.ptp(silent) < 1
    assert tone(decode_sound(result.film), 0, 0.4) < np.mean(silent) - 30, "a title card is silent"


def test_it_is_kept_or_dropped_as_asked_and_nothing_is_shot_again(film: Callable[..., Any], server: Server) -> None:
    film()
    asked = len(server.calls("POST /v1/videos"))
    kept = film(clip_sound="keep")
    assert kept.made == ["film"]
    spoken, silent = levels(kept.film)
    assert np.array(spoken) == pytest.approx(np.mean(silent), abs=1)
    dropped = film(clip_sound="drop")
    assert dropped.made == ["film"]
    assert max(levels(dropped.film)[1]) < np.mean(silent) - 30
    assert film(clip_sound="drop").made == []
    assert len(server.calls("POST /v1/videos")) == asked


def test_a_take_keeps_its_sound_beside_it(film: Callable[..., Any], root: Path) -> None:
    film()
    folder = Folder(root)
    with Ledger(folder.ledger, read_only=True) as ledger:
        take = read_take(folder, [t for t in ledger.takes("2A") if t.kind == "clip"][-1].digest)
    assert take is not None
    assert take.sound
    heard = read_wav(take.sound_path(folder))
    assert heard.seconds == pytest.approx(take.frames / take.fps, abs=1e-3)
    assert tone(heard, 0.5, 1) == pytest.approx(-12, abs=1)
    timeline = otio.adapters.read_from_file(str(folder.cut))
    sounds = [c.media_reference.target_url for t in timeline.audio_tracks() for c in t.find_clips()]
    assert f"takes/{take.digest}/sound.wav" in sounds
    take.sound_path(folder).unlink()
    assert read_take(folder, take.digest) is None, "without its sound it is not whole"


def test_a_shot_of_several_clips_is_heard_to_its_end(film: Callable[..., Any], server: Server) -> None:
    card = {"id": "short", "supported_durations": [2]}
    server.paths["GET /v1/models"] = lambda n: answer(200, {"data": [card]})
    sound = decode_sound(film(clip_sound="keep").film)
    assert {form["seconds"] for form in server.calls("POST /v1/videos")} == {"2"}
    heard = [tone(sound, PAUSE * shot + at, PAUSE * shot + at + 0.4) for shot in (1, 2, 3) for at in (0.1, 2.5, 3.5)]
    assert np.ptp(heard) < 1
    assert min(heard) > -20


def test_the_numbers_of_ducking() -> None:
    rate = 8_000
    flat = Sound(np.ones(4 * rate, np.float32), rate)
    lowered = 20 * np.log10(duck(flat, [(1.0, 1.5), (1.9, 2.5)]).samples)
    at = dict(enumerate(lowered))
    assert at[round((1 - DOWN) * rate)] == at[round((2.5 + UP) * rate)] == pytest.approx(0, abs=0.01)
    assert lowered[rate : round(1.5 * rate)] == pytest.approx(-DUCK, abs=0.01)
    assert at[round((1 - DOWN / 2) * rate)] == pytest.approx(-DUCK / 2, abs=0.01)
    assert at[round((2.5 + UP / 2) * rate)] == pytest.approx(-DUCK / 2, abs=0.01)
    pause = lowered[round(1.5 * rate) : round(1.9 * rate)]
    assert -DUCK < pause.max() < -DUCK / 4, "a short pause lets it rise a little"
    assert np.abs(np.diff(lowered)).max() < DUCK / DOWN / rate * 1.01


def test_loud_clips_are_brought_down_and_quiet_ones_left() -> None:
    noise = np.random.default_rng(0).normal(0, 0.3, 96_000).astype(np.float32)
    assert loudness(level(Sound(noise, 48_000))) == pytest.approx(BED, abs=0.1)
    quiet = Sound(noise / 100, 48_000)
    assert np.array_equal(level(quiet).samples, quiet.samples)
    silence = Sound(np.zeros(4_800, np.float32), 48_000)
    assert not level(silence).samples.any()
