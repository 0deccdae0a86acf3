"""How well nano closes its loops, keeps its pins and goes on from its own clips: numbers, as JSON lines.

    python dev/tasks.py [FOLDER]

FOLDER holds a nano; without one, the model in the box is asked.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from yingxi.core import tasks
from yingxi.core.clip import Clip, Frames
from yingxi.core.request import Request
from yingxi.model.nano import WEIGHTS, Nano, load

PROMPTS = ("A monk bows in the mountains.", "A red horse runs by a river at dusk.", "月下，一只老虎在竹林里走。")


def say(**result: object) -> None:
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()


def made(nano: Nano, request: Request) -> Clip:
    return nano.run(request, lambda done, total: None)


def unpasted(nano: Nano, clip: Clip) -> Frames:
    """The frames as the latents alone give them."""
    assert clip.latents is not None
    frames = nano._decode(torch.from_numpy(clip.latents.values)[None])[0]
    return frames[clip.latents.offset :][: len(clip.frames)]


def psnr(a: Frames, b: Frames) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.square(a.astype(float) - b).mean())))


def change(a: Frames, b: Frames) -> float:
    return float(np.abs(a.astype(float) - b).mean())


def loops(nano: Nano) -> None:
    """The step over the seam, over the mean step between latent frames elsewhere."""
    for seconds in (4 / 3, 8 / 3, 16 / 3):
        for loop in (True, False):
            ratios = []
            for seed, prompt in enumerate(PROMPTS):
                frames = made(nano, Request(prompt, seconds=seconds, seed=seed, loop=loop)).frames
                steps = [change(frames[i], frames[i - 1]) for i in range(4, len(frames), 4)]
                ratios.append(change(frames[0], frames[-1]) / np.mean(steps))
            say(measured="seam", loop=loop, seconds=round(seconds, 2), ratio=round(float(np.mean(ratios)), 2))


def pins(nano: Nano) -> None:
    """PSNR of the pinned frame before it is pasted, and what the autoencoder alone loses of it."""
    for key in (0, -1, 5):
        kept, coded = [], []
        for seed, prompt in enumerate(PROMPTS):
            picture = made(nano, Request(prompt, seconds=0, seed=seed)).frames[0]
            frames = unpasted(nano, made(nano, Request(prompt, seed=seed + 9, pins={key: picture})))
            still = nano._decode(nano.encode(np.repeat(picture[None], 4, 0))[None])[0]
            kept.append(psnr(frames[key], picture))
            coded.append(psnr(still[0], picture))
        say(measured="pin", at=key, psnr=round(np.mean(kept), 1), autoencoder=round(np.mean(coded), 1))


def chain(nano: Nano) -> None:
    """Ten extensions by two latent frames against one clip of the same length: in latents, and encoded anew."""
    request = Request(PROMPTS[0], seconds=2 / 3, seed=3)
    begin = made(nano, replace(request, seconds=4 / 3))
    whole = made(nano, replace(request, seconds=begin.seconds + 10 * 2 / 3))
    assert whole.latents is not None
    for way in ("latents", "frames"):
        clip = begin
        for _ in range(10):
            clip = made(nano, tasks.extend(request, clip if way == "latents" else replace(clip, latents=None)))
        assert clip.latents is not None
        apart = np.square(clip.latents.values - whole.latents.values).mean((1, 2, 3))
        detail = [
            float(np.abs(np.diff(f.astype(float), axis=1)).mean()) for f in (clip.frames[:16], clip.frames[-16:])
        ]
        say(
            measured="ten extensions",
            way=way,
            latents_apart=[round(float(a), 3) for a in apart[::4]],
            psnr_of_the_beginning=round(psnr(unpasted(nano, clip)[:16], begin.frames), 1),
            detail=[round(d, 2) for d in detail],
        )


def main() -> None:
    torch.set_num_threads(1)
    nano = load(Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS)
    for measure in (loops, pins, chain):
        measure(nano)


if __name__ == "__main__":
    main()
