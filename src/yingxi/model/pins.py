"""Pins on the latent grid: clips keep their place as clean latents, pictures stand beside the window at their time.

A picture is encoded as a frame held for four, and joins the sequence clean at the rotary time of its frame, so it
may be pinned anywhere, the last frame included.
"""

from collections.abc import Mapping

from yingxi.core.clip import Clip, Frames
from yingxi.core.errors import Refused
from yingxi.core.request import Pin
from yingxi.model.vae import FRAMES


def picture_time(frame: float) -> float:
    """The rotary time of output frame `frame`: latent frame i is at time i, the middle of its four frames."""
    return (frame - (FRAMES - 1) / 2) / FRAMES


def place(key: float, pin: Pin, total: int, fps: float) -> tuple[int, Frames]:
    """Where a pin starts in a clip of `total` frames, and its pictures. Raises Refused if it does not fit."""
    frames = pin.frames if isinstance(pin, Clip) else pin
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
    return start, frames


def check_apart(pins: Mapping[float, Pin], total: int, fps: float) -> None:
    """Raises Refused where two pins want the same frame."""
    taken: dict[int, float] = {}
    for key, pin in pins.items():
        start, frames = place(key, pin, total, fps)
        for frame in range(start, start + len(frames)):
            if frame in taken:
                raise Refused("pins", f"the pins at {taken[frame]} and {key} both want frame {frame}")
            taken[frame] = key
