"""Every task of the one operation, by a nano with random weights: what is kept, what is made, what is refused."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core import tasks  # noqa: E402
from yingxi.core.clip import Clip, Frames, Provenance, Sound  # noqa: E402
from yingxi.core.errors import Refused, YingxiError  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.generate import Generator  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402

ASKED = Request("a monk bows", seconds=1, steps=2, seed=5)
FOUND = Provenance("a file", "sampled")


def make(nano: Nano, request: Request) -> Clip:
    return nano.run(request, lambda done, total: None)


def values(clip: Clip) -> np.ndarray:
    assert clip.latents is not None
    return clip.latents.values


def scene(count: int, fps: float = 12, size: tuple[int, int] = (32, 48)) -> Clip:
    """Frame i is grey, of brightness 10 i."""
    frames = np.stack([np.full((*size, 3), 10 * i, np.uint8) for i in range(count)])
    return Clip(frames, fps, FOUND)


def test_extending_in_latents_is_making_one_long_clip(nano: Nano) -> None:
    clip = make(nano, replace(ASKED, seconds=16 / 12))
    for _ in range(10):
        clip = make(nano, tasks.extend(replace(ASKED, seconds=8 / 12), clip))
    whole = make(nano, replace(ASKED, seconds=96 / 12))
    assert np.array_equal(values(clip), values(whole))
    assert np.abs(clip.frames.astype(int) - whole.frames).max() <= 1


def test_latents_of_another_model_are_encoded_anew(nano: Nano) -> None:
    clip = make(nano, ASKED)
    assert clip.latents is not None
    foreign = replace(clip, latents=replace(clip.latents, space="another"))
    request = tasks.extend(ASKED, foreign)
    bare = tasks.extend(ASKED, replace(clip, latents=None))
    assert np.array_equal(make(nano, request).frames, make(nano, bare).frames)
    assert not np.array_equal(make(nano, request).frames[12:], make(nano, tasks.extend(ASKED, clip)).frames[12:])


@pytest.mark.parametrize(("start", "stop"), [(0, 12), (1, 12), (2, 11), (3, 7), (0, 10)])
@pytest.mark.parametrize("task", [tasks.extend, tasks.prepend])
def test_a_trimmed_clip_keeps_its_latents_and_its_frames(
    nano: Nano, task: Callable[[Request, Clip], Request], start: int, stop: int
) -> None:
    clip = make(nano, ASKED)
    part = clip.part(start, stop)
    assert part.latents is not None
    made = make(nano, task(ASKED, part))
    assert len(made.frames) == 12 + stop - start
    kept = made.frames[: stop - start] if task is tasks.extend else made.frames[-(stop - start) :]
    assert np.array_equal(kept, part.frames)
    inside = [any(np.array_equal(mine, theirs) for mine in values(made)) for theirs in part.latents.values]
    assert all(inside)
    # The clip made can be gone on from in its turn, wherever its grid lies.
    assert made.latents is not None
    again = made.part(12, 14)
    assert again.latents is not None
    assert (made.latents.offset + 12) // 4 * 4 + again.latents.offset == made.latents.offset + 12


@pytest.mark.parametrize("count", [3, 6, 8, 9])
def test_a_found_clip_is_kept_wherever_it_ends(nano: Nano, count: int) -> None:
    found = scene(count)
    after, before = make(nano, tasks.extend(ASKED, found)), make(nano, tasks.prepend(ASKED, found))
    assert np.array_equal(after.frames[:count], found.frames)
    assert np.array_equal(before.frames[-count:], found.frames)
    assert len(after.frames) == len(before.frames) == 12 + count
    assert after.provenance.parents == (found.digest,)


def test_a_clip_of_another_rate_keeps_its_time(nano: Nano) -> None:
    found = scene(24, fps=24)
    made = make(nano, tasks.extend(ASKED, found))
    assert np.array_equal(made.frames[:12, 0, 0, 0], np.arange(12) * 20 + 10)


def test_two_clips_are_connected(nano: Nano) -> None:
    first, second = make(nano, ASKED), make(nano, replace(ASKED, seed=6))
    made = make(nano, tasks.connect(ASKED, first, second))
    assert np.array_equal(made.frames[:12], first.frames)
    assert np.array_equal(made.frames[-12:], second.frames)
    assert np.array_equal(values(made)[:3], values(first))
    assert np.array_equal(values(made)[-3:], values(second))
    elsewhere = make(nano, tasks.connect(ASKED, first, make(nano, replace(ASKED, seed=7))))
    assert not np.array_equal(made.frames[12:24], elsewhere.frames[12:24])


def test_what_comes_before_is_made_to_fit_what_comes_after(nano: Nano) -> None:
    made = make(nano, tasks.prepend(ASKED, scene(8)))
    other = make(nano, tasks.prepend(ASKED, scene(9).part(1, 9)))
    assert np.abs(values(made)[:3] - values(other)[:3]).max() > 1e-3


def test_a_task_wants_its_end_free() -> None:
    picture = scene(1).frames[0]
    with pytest.raises(Refused, match="first frame"):
        tasks.extend(replace(ASKED, pins={0: picture}), scene(4))
    with pytest.raises(Refused, match="seconds"):
        tasks.extend(replace(ASKED, seconds=None), scene(4))


@pytest.mark.parametrize("seconds", [4 / 12, 1, 3, 40 / 12])
def test_a_loop_is_whole_latents(nano: Nano, seconds: float) -> None:
    made = make(nano, replace(ASKED, seconds=seconds, loop=True))
    assert len(made.frames) == 4 * round(seconds * 3)
    assert made.latents is not None
    assert len(values(made)) == len(made.frames) / 4


def test_the_end_of_a_long_loop_knows_its_beginning(nano: Nano) -> None:
    request = replace(ASKED, seconds=4)
    line, loop = make(nano, request), make(nano, replace(request, loop=True))
    assert np.array_equal(values(line)[:4], values(loop)[:4])
    assert not np.array_equal(values(line)[-1], values(loop)[-1])


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"pins": {0: np.zeros((32, 48, 3), np.uint8)}}, "pins"),
        ({"source": scene(12)}, "source"),
        ({"seconds": 0}, "seconds"),
        ({"prompt": [("a", 1.0)], "seconds": None}, "prompt"),
    ],
)
def test_what_a_loop_cannot_be(nano: Nano, more: dict[str, Any], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        nano.check(replace(ASKED, loop=True, **more))
    assert refused.value.rule == rule


def test_strength_decides_how_much_is_made_anew(nano: Nano) -> None:
    clip = make(nano, replace(ASKED, seconds=2))

    def apart(strength: float, steps: int = 20) -> float:
        request = Request("a monk", source=clip, strength=strength, steps=steps, seed=9)
        made = make(nano, request)
        assert made.provenance.parents == (clip.digest,)
        assert len(made.frames) == len(clip.frames)
        return float(np.square(values(made) - values(clip)).mean())

    assert apart(0.05) < apart(0.3) < apart(1.0)
    free = make(nano, Request("a monk", seconds=2, steps=4, seed=9))
    edited = make(nano, Request("a monk", source=clip, strength=1.0, steps=4, seed=9))
    assert np.array_equal(free.frames, edited.frames)


def test_a_found_video_is_edited_at_its_own_length(nano: Nano) -> None:
    found = scene(21, fps=24, size=(64, 64))
    assert make(nano, Request("a monk", source=found, steps=2)).frames.shape == (10, 32, 48, 3)
    with pytest.raises(Refused, match="as long as its source"):
        nano.check(Request("a monk", source=found, seconds=2))


@pytest.mark.parametrize("strength", [0, -0.1, 1.5, float("nan")])
def test_strength_out_of_range_is_refused(nano: Nano, strength: float) -> None:
    with pytest.raises(Refused, match="strength"):
        nano.check(replace(ASKED, seconds=None, source=scene(8), strength=strength))


def test_strength_wants_a_source(nano: Nano) -> None:
    with pytest.raises(Refused, match="source"):
        nano.check(replace(ASKED, strength=0.5))


def test_shots_change_at_their_boundary(nano: Nano) -> None:
    """Up to the window that holds the cut nothing depends on what follows; the text changes what comes after."""
    first, second = ("a monk bows", 20 / 12), ("a monk", 12 / 12)
    made = make(nano, Request([first, second], steps=2))
    assert len(made.frames) == 32
    alone = make(nano, Request(first[0], seconds=32 / 12, steps=2))
    assert np.array_equal(values(made)[:4], values(alone)[:4])
    assert not np.array_equal(values(made)[-1], values(alone)[-1])
    assert made.provenance.prompt == "a monk bows\na monk"
    same = make(nano, Request([first, (first[0], second[1])], steps=2))
    assert np.abs(values(same) - values(alone)).max() < 1e-4


@pytest.mark.parametrize(
    ("prompt", "more", "says"),
    [
        ([("a", 1.0), (" ", 1.0)], {}, "prompt 2"),
        ([("a", 1.0), ("b", 0.0)], {}, "prompt 2"),
        ([("a", 1.0), ("b", float("nan"))], {}, "prompt 2"),
        ([("a", 1.0), ("b", 0.1)], {}, "at least 0.33 seconds"),
        ([("a", 1.0)], {"seconds": 3}, "own seconds"),
        ([("a", 700.0)], {}, "600"),
        ([], {}, "empty"),
    ],
)
def test_shots_that_cannot_be(nano: Nano, prompt: list[tuple[str, float]], more: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        nano.check(Request(prompt, **more))


def test_shots_are_refused_by_a_model_that_never_saw_a_cut(write_nano: Callable[..., Any], tmp_path: Path) -> None:
    write_nano(tmp_path, tasks=("pins", "loop"))
    with pytest.raises(Refused, match="one shot at a time"):
        Nano(tmp_path, torch.float32).check(Request([("a", 1.0), ("b", 1.0)]))


def test_a_preview_changes_nothing(nano: Nano) -> None:
    shown: list[tuple[int, Frames]] = []
    with Generator(nano) as model:
        request = replace(ASKED, steps=10, seconds=3, pins={0: scene(1).frames[0]})
        seen = model.run(request, on_preview=lambda done, frames: shown.append((done, frames)))
        assert seen.digest == model.run(request).digest
    assert len(shown) == 5
    assert shown[-1][0] == 40
    assert all(frames.shape[1:] == (32, 48, 3) for _, frames in shown)
    assert np.abs(shown[-1][1][-1].astype(int) - seen.frames[-1]).max() <= 1


def test_a_stream_is_the_clip_and_holds_little_of_it(nano: Nano) -> None:
    request = replace(ASKED, seconds=5, pins={0: scene(6), -1: scene(1).frames[0]})
    made = make(nano, request)
    streamed = np.stack(list(nano.stream(request, lambda done, total: None)))
    assert np.array_equal(streamed, made.frames)
    assert nano.provenance(request) == made.provenance

    def peak(seconds: float) -> int:
        tracemalloc.start()
        for _ in nano.stream(replace(ASKED, seconds=seconds, steps=1), lambda done, total: None):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(32) < peak(8) + 200_000 < 384 * 32 * 48 * 3


def test_frames_may_be_pinned_anywhere_at_once(nano: Nano) -> None:
    pins: dict[int | float, Any] = {0: scene(1).frames[0], 0.5: scene(5), 20: scene(1).frames, -1: scene(2)}
    made = make(nano, replace(ASKED, seconds=3, pins=pins))
    assert np.array_equal(made.frames[6:11], scene(5).frames)
    assert np.array_equal(made.frames[-2:], scene(2).frames)
    assert not made.frames[0].any()
    assert not made.frames[20].any()


def test_what_is_no_picture_is_refused_as_a_pin(nano: Nano) -> None:
    for pin in (np.zeros((32, 48), np.uint8), np.zeros((32, 48, 4), np.uint8), np.zeros((32, 48, 3))):
        with pytest.raises(Refused, match="pin at 0"):
            nano.check(replace(ASKED, pins={0: pin}))
    with pytest.raises(Refused, match="nan"):
        nano.check(replace(ASKED, pins={float("nan"): scene(1).frames}))


def test_a_picture_may_be_padded(nano: Nano) -> None:
    square = np.full((40, 40, 3), 200, np.uint8)
    for fit, edge in (("crop", 200), ("pad", 0)):
        made = make(nano, replace(ASKED, pins={0: square}, fit=fit))
        assert made.frames[0, 16, 0, 0] == edge
        assert made.frames[0, 16, 24, 0] == 200


def test_part_of_a_clip() -> None:
    clip = replace(scene(12), sound=Sound(np.arange(120, dtype=np.float32), 120))
    part = clip.part(3, 9)
    assert part.sound is not None
    assert (len(part.frames), part.sound.samples[0], len(part.sound.samples)) == (6, 30, 60)
    for start, stop in ((-1, 3), (3, 3), (0, 13)):
        with pytest.raises(YingxiError, match="frames"):
            clip.part(start, stop)
