"""What a server says of its models is held to before anything is asked of it."""

from typing import Any

import numpy as np
import pytest
from video_server import Server, answer

from yingxi.core.errors import Refused
from yingxi.core.shapes import Size
from yingxi.generate import Generator
from yingxi.model import remote
from yingxi.model.offer import Offer, read_offer

PICTURE = np.zeros((48, 64, 3), np.uint8)
CARD: dict[str, Any] = {
    "id": "wan", "object": "model", "task_type": "TI2V", "supported_sizes": ["64x48", "1280x720"],
    "supported_durations": [8, 4, 12], "supported_fps": [16],
}  # fmt: skip


def load(server: Server, **said: Any) -> Generator:
    server.paths["GET /v1/models"] = lambda n: answer(200, {"data": [{**CARD, **said}, {"id": "other"}]})
    return Generator(remote.load(server.url + "#wan"))


def test_what_is_said_becomes_what_can_be_asked(working: Server) -> None:
    can = load(working).capabilities
    assert can.fixed_sizes == (Size(64, 48), Size(1280, 720))
    assert (can.default_size, can.default_seconds, can.max_seconds) == (Size(1280, 720), 4, 12)
    assert (can.fps, can.any_fps, can.pins) == (16, False, "first")
    several = load(working, supported_fps=[24, 16, 30]).capabilities
    assert (several.fps, several.any_fps) == (16, True)
    assert load(working, task_type="T2V").capabilities.pins == "none"


@pytest.mark.parametrize(
    ("said", "asked", "rule", "sentence"),
    [
        ({}, {"size": "480x320"}, "size", "makes 64x48 or 1280x720, not 480x320"),
        ({}, {"seconds": 13}, "seconds", "0 to 12 seconds, not 13"),
        ({}, {"fps": 24}, "fps", "makes 16 frames a second, not 24"),
        ({"task_type": "T2V"}, {"pins": {0: PICTURE}}, "pins", "does not take pins"),
        ({"task_type": "I2V"}, {}, "pins", "sets a picture in motion: pin one at 0"),
        ({"task_type": "TI2I"}, {}, "model", "makes pictures, not videos: its server says TI2I"),
        ({"task_type": "T2A"}, {}, "model", "makes sound, not videos"),
    ],
)
def test_what_it_cannot_is_refused_before_anything_is_asked(
    working: Server, said: dict[str, Any], asked: dict[str, Any], rule: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        load(working, **said)("a crane", **asked)
    assert refused.value.rule == rule
    assert working.url in str(refused.value)
    assert [path for path, _, _ in working.seen] == ["GET /v1/models"]


@pytest.mark.parametrize(("seconds", "sent"), [(0, "4"), (1.5, "4"), (4, "4"), (4.0001, "4"), (4.1, "8"), (12, "12")])
def test_the_fewest_seconds_that_hold_the_clip_are_asked_for(working: Server, seconds: float, sent: str) -> None:
    load(working)("a crane", seconds=seconds)
    assert working.calls("POST /v1/videos")[0]["seconds"] == sent


@pytest.mark.parametrize(("fps", "sent"), [(12, "16"), (24, "30"), (60, "30")])
def test_the_next_rate_is_asked_for_and_frames_are_left_out(working: Server, fps: float, sent: str) -> None:
    clip = load(working, supported_fps=[30, 16])("a crane", seconds=2, fps=fps)
    assert working.calls("POST /v1/videos")[0]["fps"] == sent
    assert (clip.shape.frames, clip.fps) == (2 * fps, fps)


def test_what_it_can_is_made(working: Server) -> None:
    clip = load(working)("a crane", seconds=1.5, size="64x48", fps=16)
    assert (clip.shape.frames, clip.fps) == (24, 16)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"supported_sizes": None, "supported_durations": "4", "supported_fps": 16, "task_type": 3},
        {"supported_sizes": ["720p", "0x0", 5], "supported_durations": ["4", 0, -1, None], "supported_fps": [{}]},
    ],
)
def test_what_is_not_understood_is_not_said(entry: dict[str, Any]) -> None:
    assert read_offer(entry) == Offer()
    assert Offer().capabilities(remote.ANY) == remote.ANY
