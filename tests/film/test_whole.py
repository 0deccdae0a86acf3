"""A film from the real story, stage, voice and release, at a small size."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from yingxi.core.protocols import Judge, VideoModel
from yingxi.film.build import BuildResult, build
from yingxi.film.crew import Crew, Deferred
from yingxi.film.settings import FilmSettings
from yingxi.film.status import status
from yingxi.media.film import read_cues
from yingxi.media.video import probe, read_frames
from yingxi.safety.verify import verify

pytestmark = pytest.mark.slow

ENGLISH = """The Fisherman's Bell

An old man walked along the river at dusk. A girl stood under the willow and wept.

"Why do you weep?" the old man asked.

"My bell has fallen into the water," said the girl.

The old man knelt and reached into the river. He gave her the bell, and the girl danced.
"""
CHINESE = """渔夫的铃铛

黄昏时，一个老人沿着河边走来。一个小姑娘站在柳树下哭泣。

老人问道：“你为什么哭？”

小姑娘说：“我的铃铛掉进水里了。”

老人跪下来，把手伸进河里，捞起了铃铛。小姑娘高兴得跳起舞来。
"""


def crew(settings: FilmSettings) -> Crew:
    from yingxi.voice.kokoro import Kokoro
    from yingxi.world.stage import Stage
    from yingxi.world.stagecraft import ShadowStagecraft

    model: Deferred[VideoModel] | None = None
    judge: Deferred[Judge] | None = None
    return Crew(
        Deferred("stage", Stage), Deferred("shadow", ShadowStagecraft), Deferred("kokoro", Kokoro), model, judge
    )


def make(root: Path, story: Path | None = None) -> BuildResult:
    return build(root, crew, story=story, changes={"size": "192x108", "fps": 12, "seconds": 15} if story else None)


def is_moving(frames: Sequence[np.ndarray]) -> bool:
    return any((a != b).any() for a, b in itertools.pairwise(frames))


@pytest.mark.parametrize(("text", "language", "code"), [(ENGLISH, "en", "eng"), (CHINESE, "zh", "zho")])
def test_a_story_becomes_a_film(tmp_path: Path, text: str, language: str, code: str) -> None:
    story, root = tmp_path / "bell.txt", tmp_path / "bell.film"
    story.write_text(text, encoding="utf-8")
    result = make(root, story)
    assert not result.blocked
    film = probe(result.film)
    assert [(s.kind, s.codec) for s in film.streams] == [
        ("video", "h264"),
        ("audio", "aac"),
        ("subtitle", "mov_text"),
    ]
    assert film.streams[2].language == code
    assert 8 < film.seconds < 60
    assert verify(result.film).whole
    said = "".join(cue.text for cue in read_cues(result.film)).replace("\n", "")
    assert said
    # Whom *he* means is said where the sentence before is left out.
    sentences = (text + text.replace("He gave", "The old man gave")).replace("\n", "")
    assert all(cue.text.split("\n")[0] in sentences for cue in read_cues(result.film))
    assert is_moving(list(read_frames(result.film)))
    assert {part.state for part in status(root)} == {"current"}
    assert make(root).made == []


def test_a_line_changed_by_hand(tmp_path: Path) -> None:
    story, root = tmp_path / "bell.txt", tmp_path / "bell.film"
    story.write_text(ENGLISH, encoding="utf-8")
    make(root, story)
    shots = (root / "shots.yaml").read_text(encoding="utf-8")
    old = next(line for line in shots.splitlines() if line.strip().startswith("text: "))
    (root / "shots.yaml").write_text(
        shots.replace(old, old.split("text: ")[0] + "text: Nobody came.", 1), encoding="utf-8"
    )
    made = make(root).made
    assert len(made) == 4
    assert made[0].startswith("voice ")
    assert made[1] == made[0].replace("voice", "take").split(".")[0]
    assert made[2:] == ["cut", "film"]
