"""Clips that are longer than what the transformer sees at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.errors import Refused
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.model.memory import LATENTS
from yingxi.model.wan import load
from yingxi.model.wan import plan as wan_plan
from yingxi.model.wan.model import Wan
from yingxi.model.wan.windows import Windows

Find = Callable[[str], Path]
PROMPT = "a crane flies over the river at dusk"
SIZE = Size(48, 32)
LATENT = (2, 3)
"""Tokens of a latent frame at this size."""

windows = st.builds(Windows, st.integers(1, 90), st.integers(4, 40), st.booleans())


def shares(windows: Windows) -> torch.Tensor:
    """The weight [W,F] of each window in each latent frame."""
    each = torch.eye(len(windows.starts)).view(len(windows.starts), 1, -1, 1, 1)
    x, levels = torch.zeros(1, windows.total, len(each), 1, 1), torch.zeros(1, windows.total)
    blended = windows.blended(lambda part, _, first: part + each[windows.starts.index(first)], x, levels)
    return blended[0, :, :, 0, 0].T


@given(windows)
def test_weights_sum_to_one_and_fall_towards_the_ends_of_windows(windows: Windows) -> None:
    found = shares(windows)
    assert torch.allclose(found.sum(0), torch.ones(windows.total))
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    for start, weights in zip(windows.starts, found, strict=True):
        places = [(start + i) % windows.total for i in range(windows.length)]
        assert set(weights.nonzero().flatten().tolist()) <= set(places)
        if windows.overlap and (start or windows.joint):
            assert weights[places[0]] == 0
        if windows.overlap and (start < windows.starts[-1] or windows.joint):
            assert weights[places[-1]] <= 1 / windows.overlap + 1e-6


@given(windows)
def test_some_window_sees_each_latent_frame_together_with_the_next(windows: Windows) -> None:
    found = shares(windows) > 0
    together = (found & found.roll(-1, 1)).any(0)
    assert together[: windows.total - 1].all() or windows.overlap < 2
    assert together.all() or windows.overlap < 2 or not windows.loop


@given(windows, st.floats(-1e3, 1e3, width=32))
def test_velocities_on_which_windows_agree_are_theirs_to_the_bit(windows: Windows, value: float) -> None:
    x, levels = torch.zeros(1, windows.total, 2, 1, 1), torch.zeros(1, windows.total)
    constant = windows.blended(lambda part, _, first: torch.full_like(part, value), x, levels)
    assert torch.equal(constant, torch.full_like(x, value))
    field = torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    told: list[tuple[int, int]] = []

    def seen(part: torch.Tensor, at: torch.Tensor, first: int) -> torch.Tensor:
        told.append((first, part.shape[1]))
        assert at.shape[1] == part.shape[1]
        return part

    assert torch.equal(windows.blended(seen, field, levels), field)
    assert told == [(start, min(windows.length, windows.total)) for start in windows.starts]


def ours(wan: Wan, seconds: float | None, prompt: Any = PROMPT, **options: Any) -> torch.Tensor:
    return wan.latents(prompt, seconds=seconds, **({"size": SIZE, "steps": 2, "seed": 3} | options))


def tokens(wan: Wan, seconds: float) -> set[int]:
    """Of all latent frames that the transformer's blocks see at a time while a clip is made."""
    seen: set[int] = set()
    hooks = [
        block.register_forward_pre_hook(lambda _, inputs: seen.add(inputs[0].shape[1]))
        for block in wan.transformers.load("dit").blocks
    ]
    ours(wan, seconds)
    for hook in hooks:
        hook.remove()
    return seen


def test_the_transformer_sees_one_window_whatever_the_duration(checkpoint: Find) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32)
    per_latent = LATENT[0] * LATENT[1]
    assert tokens(wan, 81 / 16) == {21 * per_latent}
    assert tokens(wan, 241 / 16) == {61 * per_latent}
    assert tokens(wan, 3 * 84 / 16) == tokens(wan, 30) == {21 * per_latent}


@pytest.mark.parametrize("family", ["t2v", "ti2v"])
def test_a_clip_of_one_window_is_the_plain_one_to_the_bit(
    checkpoint: Find, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wan = load(checkpoint(family))
    settings = wan.family.settings
    size = Size(2 * wan.capabilities.grid, wan.capabilities.grid)
    plain = ours(wan, settings.frames / settings.fps, size=size)
    monkeypatch.setattr(wan_plan, "LONGEST", settings.frames - 1)
    assert torch.equal(ours(wan, settings.frames / settings.fps, size=size), plain)
    made = wan.plan(Request(PROMPT, seconds=(settings.frames + 1) / settings.fps, size=size))
    assert made.window == made.latents - 1


def test_texts_follow_the_windows(checkpoint: Find) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32)
    one = ours(wan, 20)
    same = ours(wan, None, [(PROMPT, 7.0), (PROMPT, 13.0)])
    assert (same - one).norm() <= 1e-4 * one.norm()
    # In a single step nothing passes from window to window.
    other = ours(wan, None, [(PROMPT, 7.0), ("no river", 13.0)], steps=1)
    change = (other - ours(wan, 20, steps=1)).abs().amax((0, 1, 3, 4))
    start = wan.plan(Request([(PROMPT, 7.0), ("no", 13.0)])).shots[1][0]
    assert start == 29
    assert not change[:16].any()
    assert (change[start:] > 1e-3).all()


def test_a_pinned_picture_stays(checkpoint: Find) -> None:
    wan = load(checkpoint("ti2v"), dtype=torch.float32)
    picture = np.random.default_rng(1).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    size = Size(64, 32)
    alone = ours(wan, 0, size=size, pins={0: picture})
    long = ours(wan, 11, size=size, pins={0: picture}, steps=1)
    assert long.shape[2] == 67
    assert torch.equal(long[:, :, :1], alone)
    change = (long - ours(wan, 11, size=size, steps=1)).abs().amax((0, 1, 3, 4))
    assert (change[:16] > 1e-4).all()
    assert not change[31:].any()


def test_a_long_loop_streams_and_is_shown_on_the_way(checkpoint: Find) -> None:
    wan = load(checkpoint("t2v"))
    request = Request(PROMPT, seconds=16.0, size=Size(16, 16), steps=2, seed=1, loop=True)
    shown: list[np.ndarray] = []
    frames = wan.run(request, lambda done, total: None, lambda done, frames: shown.append(frames)).frames
    assert len(frames) == 256
    assert np.array_equal(shown[-1], frames)
    assert np.array_equal(np.stack(list(wan.stream(request, lambda done, total: None))), frames)


def test_memory_grows_by_latents_and_kept_frames_only(checkpoint: Find) -> None:
    wan = load(checkpoint("t2v"))
    short, long = (Request(PROMPT, seconds=seconds, size=SIZE) for seconds in (20, 100))
    made = wan.plan(short), wan.plan(long)
    latents = LATENTS * (made[1].latents - made[0].latents) * 16 * 4 * 6 * 4
    frames = (made[1].frames - made[0].frames) * SIZE.width * SIZE.height * 3

    def grown(streamed: bool) -> dict[str, dict[str, int]]:
        few, many = (wan.memory(request, streamed) for request in (short, long))
        return {
            a.name: {part: b.parts[part] - a.parts[part] for part in a.parts if b.parts[part] != a.parts[part]}
            for a, b in zip(few.stages, many.stages, strict=True)
        }

    streamed, kept = grown(True), grown(False)
    assert streamed == {"text": {}, "denoising": {"latents": latents}, "decoding": {"latents": latents}}
    assert kept == streamed | {"decoding": {"latents": latents, "frames": frames}}


def test_what_needs_a_picture_all_along_is_refused(checkpoint: Find) -> None:
    picture = np.zeros((32, 48, 3), np.uint8)
    for family in ("i2v", "a14b_i2v"):
        wan = load(checkpoint(family))
        wan.check(Request(PROMPT, seconds=241 / 16, size=SIZE, pins={0: picture}))
        with pytest.raises(Refused, match=r"clips of 0 to 15\.0625 seconds, not 15\.2"):
            wan.check(Request(PROMPT, seconds=15.2, size=SIZE, pins={0: picture}))
    wan = load(checkpoint("t2v"))
    wan.check(Request(PROMPT, seconds=600, size=SIZE))
    with pytest.raises(Refused, match="clips of 0 to 600 seconds"):
        wan.check(Request(PROMPT, seconds=601, size=SIZE))
