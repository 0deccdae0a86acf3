"""What sparing steps costs nano: error and time with fewer steps, and with `cache` at several thresholds.

    python dev/caching.py [STEPS ...]

Twelve prompts, two seeds each, against the same sample with all of STEPS computed (20 by default), and against one of
a hundred steps, which is nearly exact: calls of the network, CPU seconds, relative L2 error of the latents, PSNR of
the frames, the judge's agreement. Markdown, one table for each number of steps.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
import torch

from yingxi.core.clip import Clip, Frames
from yingxi.core.request import Request
from yingxi.eval.judge import load as load_judge
from yingxi.model.nano import Nano, load

PROMPTS = (
    "A monk walks by a river at dusk.",
    "A general stands below a city wall by day.",
    "A red horse runs across a plain in the morning.",
    "A lady dances in a garden at night.",
    "Two soldiers fight on a bridge in the rain.",
    "A tiger walks through a bamboo forest in fog.",
    "A monkey with a staff flies over the mountains at dawn.",
    "An old man sits in a hall by night.",
    "月下，一只老虎在竹林里走。",
    "黄昏，一个和尚在庙里鞠躬。",
    "白天，一位将军在城墙下骑马。",
    "雪中，一个女子站在桥上。",
)
ASKED = [Request(prompt, seed=seed) for prompt in PROMPTS for seed in (1, 2)]
EXACT = 100
FEWER = (15, 10, 8, 6, 4)
THRESHOLDS = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True)
class Made:
    """Clips, the network's calls for each and CPU seconds for each."""

    clips: list[Clip]
    calls: float
    seconds: float


def made(nano: Nano, steps: int, cache: float = 0.0) -> Made:
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    hook = nano.dit.register_forward_hook(count)
    begun = time.process_time()
    clips = [nano.run(replace(asked, steps=steps, cache=cache), lambda *_: None) for asked in ASKED]
    seconds = time.process_time() - begun
    hook.remove()
    return Made(clips, calls / len(ASKED), seconds / len(ASKED))


def values(clip: Clip) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    assert clip.latents is not None
    return clip.latents.values


def apart(found: Made, wanted: Made) -> float:
    """Mean relative L2 error of the latents."""
    pairs = [(values(a), values(b)) for a, b in zip(found.clips, wanted.clips, strict=True)]
    return float(np.mean([np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in pairs]))


def psnr(a: Frames, b: Frames) -> float:
    """In dB; two clips that are equal in every bit count as 60."""
    error = np.square(a.astype(float) - b).mean()
    return min(60.0, float(10 * np.log10(255**2 / max(1e-9, error))))


def table(nano: Nano, steps: int, exact: Made) -> None:
    judge = load_judge()

    def agreement(found: Made) -> float:
        return float(np.mean([judge.agreement(c.frames, a.text) for c, a in zip(found.clips, ASKED, strict=True)]))

    whole = made(nano, steps)
    rows = [(steps, threshold) for threshold in (0.0, *THRESHOLDS)]
    rows += [(fewer, 0.0) for fewer in (20, *FEWER) if fewer < steps]
    print(f"\n| | computed | CPU s | L2 to all {steps} | L2 to exact | PSNR to all {steps} | agreement |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for count, threshold in rows:
        found = whole if (count, threshold) == (steps, 0.0) else made(nano, count, threshold)
        name = f"{count} steps, cache {threshold:g}" if threshold else f"{count} steps"
        dB = np.mean([psnr(a.frames, b.frames) for a, b in zip(found.clips, whole.clips, strict=True)])
        print(
            f"| {name} | {found.calls:.1f} | {found.seconds:.2f} | {apart(found, whole):.3f} | "
            f"{apart(found, exact):.3f} | {dB:.1f} dB | {agreement(found):.3f} |",
            flush=True,
        )


def main() -> None:
    torch.set_num_threads(1)
    nano = load()
    exact = made(nano, EXACT)
    for steps in map(int, sys.argv[1:] or ("20",)):
        table(nano, steps, exact)


if __name__ == "__main__":
    main()
