"""Pins on the latent grid: clips keep their place as clean latents, pictures stand beside the window at their time.

A picture is encoded as a frame held for four, and joins the sequence clean at the rotary time of its frame, so it
may be pinned anywhere, the last frame included. A clip that brings its latents is not encoded again: the grid is
moved by its phase, so that they fall into place even where frames were cut off the clip.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Clip, Frames, Latents
from yingxi.core.errors import Refused
from yingxi.core.request import Pin
from yingxi.model.vae import FRAMES

Encode = Callable[[Frames], Tensor]
"""[4n,H,W,3] -> latents [n,C,h,w]."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A pin from output frame `start` on: its frames [T,H,W,3], and their latents if it brought any of this space."""

    start: int
    frames: Frames
    latents: Latents | None = None


@dataclass(frozen=True, eq=False)
class Conditions:
    """`clean` maps latent frames to latents [C,h,w]; `pictures` are (rotary time, latent [C,h,w])."""

    clean: dict[int, Tensor] = field(default_factory=dict)
    pictures: Sequence[tuple[float, Tensor]] = ()


def picture_time(frame: float) -> float:
    """The rotary time of output frame `frame`: latent frame i is at time i, the middle of its four frames."""
    return (frame - (FRAMES - 1) / 2) / FRAMES


def place(key: float, pin: Pin, total: int, fps: float) -> Placed:
    """Where a pin lies in a clip of `total` frames at `fps`. Raises Refused if it does not fit."""
    clip = pin.at(fps) if isinstance(pin, Clip) else None
    frames = clip.frames if clip else np.asarray(pin)
    frames = frames if frames.ndim == 4 else frames[None]
    length = len(frames)
    index = round(key * fps) if isinstance(key, float) else key
    if index < 0:
        index += total
        start = index - length + 1
    else:
        start = index
    if start < 0 or start + length > total:
        raise Refused(
            "pins",
            f"the pin at {key} covers frames {start} to {start + length - 1}, but the clip has frames 0 to "
            f"{total - 1}; make it longer (seconds) or the pin shorter",
        )
    return Placed(start, frames, clip.latents if clip else None)


def check_apart(pins: Mapping[float, Pin], total: int, fps: float) -> None:
    """Raises Refused where two pins want the same frame."""
    taken: dict[int, float] = {}
    for key, pin in pins.items():
        placed = place(key, pin, total, fps)
        for frame in range(placed.start, placed.start + len(placed.frames)):
            if frame in taken:
                raise Refused("pins", f"the pins at {taken[frame]} and {key} both want frame {frame}")
            taken[frame] = key


def phase(pins: Sequence[Placed]) -> int:
    """Output frame f lies in latent (f + phase) // 4: chosen for the first pin with latents, else the first clip."""
    clips = [pin for pin in pins if len(pin.frames) >= FRAMES]
    for pin in [*(p for p in pins if p.latents), *clips]:
        return ((pin.latents.offset if pin.latents else 0) - pin.start) % FRAMES
    return 0


def conditions(pins: Sequence[Placed], shift: int, encode: Encode) -> Conditions:
    """What of a clip is known, on a grid moved by `shift` frames."""
    clean: dict[int, Tensor] = {}
    pictures: list[tuple[float, Tensor]] = []
    for pin in pins:
        start, known = pin.start + shift, pin.latents
        if known is not None and (start - known.offset) % FRAMES == 0:
            for i, latent in enumerate(torch.from_numpy(known.values), (start - known.offset) // FRAMES):
                clean.setdefault(i, latent)
        else:
            _encoded(start, pin.frames, encode, clean, pictures)
    return Conditions(clean, pictures)


def _encoded(
    start: int, frames: Frames, encode: Encode, clean: dict[int, Tensor], pictures: list[tuple[float, Tensor]]
) -> None:
    """Latents that the pictures cover wholly are clean; the first and last picture beyond stand beside them."""
    stop = start + len(frames)
    first, last = -(-start // FRAMES), stop // FRAMES
    if first < last:
        for i, latent in enumerate(encode(frames[first * FRAMES - start : last * FRAMES - start]), first):
            clean.setdefault(i, latent)
    loose = [f for f in range(start, stop) if not first * FRAMES <= f < last * FRAMES]
    for frame in sorted({loose[0], loose[-1]}) if loose else ():
        still = np.repeat(frames[frame - start][None], FRAMES, axis=0)
        pictures.append((picture_time(frame), encode(still)[0]))
