"""A request held against a model's capabilities."""

import math

import numpy as np

from yingxi.core.clip import Clip
from yingxi.core.errors import Refused
from yingxi.core.protocols import Capabilities
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count


def check_request(request: Request, name: str, can: Capabilities) -> None:
    """Hold a request against capabilities. Raises Refused with the field's name as its rule."""
    _check_prompt(request, name, can)
    _check_seconds(request, name, can)
    if request.size is not None:
        _check_size(request.size, name, can)
    if request.fps is not None:
        if not (math.isfinite(request.fps) and 0 < request.fps <= 240):
            raise Refused("fps", f"{request.fps:g} frames a second cannot be made; give a number from 1 to 240")
        if not can.any_fps and request.fps != can.fps:
            raise Refused("fps", f"{name} makes {can.fps:g} frames a second, not {request.fps:g}")
    wanted = {
        "guidance": (request.guidance is not None, can.guidance),
        "negative": (request.negative is not None, can.negative),
        "steps": (request.steps is not None, can.steps),
        "cache": (request.cache != 0, can.cache),
        "loop": (request.loop, can.loop),
        "source": (request.source is not None or request.strength is not None, can.source),
        "pins": (bool(request.pins), can.pins != "none"),
    }
    for rule, (asked, able) in wanted.items():
        if asked and not able:
            raise Refused(rule, f"{name} does not take {rule}")
    if request.steps is not None and not 1 <= request.steps <= 1000:
        raise Refused("steps", f"{request.steps} steps cannot be made; give a number from 1 to 1000")
    if not 0 <= request.cache <= 1:
        raise Refused("cache", f"cache {request.cache:g} is outside 0 to 1")
    if request.strength is not None:
        if request.source is None:
            raise Refused("strength", "strength says how much of a source is made anew: give a source too")
        if not 0 < request.strength <= 1:
            raise Refused("strength", f"strength {request.strength:g} is not above 0 and at most 1")
    if request.guidance is not None and not 0 <= request.guidance <= 50:
        raise Refused("guidance", f"guidance {request.guidance:g} is outside 0 to 50")
    _check_pins(request, name, can)
    if request.loop:
        _check_loop(request, name)
    if request.source is not None:
        _check_source(request, request.source, can)


def _check_pins(request: Request, name: str, can: Capabilities) -> None:
    for key, pin in request.pins.items():
        if not math.isfinite(key):
            raise Refused("pins", f"a pin lies at a frame or at seconds, not at {key}")
        if not isinstance(pin, Clip) and (pin.ndim not in (3, 4) or pin.shape[-1] != 3 or pin.dtype != np.uint8):
            raise Refused("pins", f"the pin at {key} is {pin.shape} {pin.dtype}, not [H,W,3] or [T,H,W,3] in bytes")
    if can.pins == "first":
        if any(key != 0 for key in request.pins):
            raise Refused("pins", f"{name} can pin only the first frame, at 0")
        for frames in (pin.frames if isinstance(pin, Clip) else pin for pin in request.pins.values()):
            if frames.ndim == 4 and len(frames) > 1:
                raise Refused("pins", f"{name} can pin a picture at 0, not a clip of {len(frames)} frames")


def _check_loop(request: Request, name: str) -> None:
    if request.pins or request.source:
        raise Refused("pins" if request.pins else "source", f"{name} makes a loop of nothing but a prompt")
    if request.seconds == 0:
        raise Refused("seconds", "a loop needs more than one frame: give it seconds")
    if not isinstance(request.prompt, str):
        raise Refused("prompt", f"{name} loops one prompt, not a list of them")


def _check_source(request: Request, source: Clip, can: Capabilities) -> None:
    if frame_count(source.seconds, can.fps) != frame_count(request.length(can.default_seconds), can.fps):
        raise Refused("seconds", f"an edit lasts as long as its source, {source.seconds:.2f} seconds")


def _check_prompt(request: Request, name: str, can: Capabilities) -> None:
    if isinstance(request.prompt, str):
        if not request.prompt.strip() and request.shot is None:
            raise Refused("prompt", "the prompt is empty: say what is to be seen")
        return
    if not can.shots:
        raise Refused("prompt", f"{name} makes one shot at a time: give one prompt, not a list of them")
    if not request.prompt:
        raise Refused("prompt", "the list of prompts is empty")
    for number, (text, seconds) in enumerate(request.prompt, 1):
        if not text.strip():
            raise Refused("prompt", f"prompt {number} of the list is empty: say what is to be seen")
        if not (math.isfinite(seconds) and seconds > 0):
            raise Refused("seconds", f"prompt {number} of the list cannot last {seconds:g} seconds")
    if request.seconds is not None:
        raise Refused("seconds", "each prompt of a list has its own seconds: leave out the seconds of the whole")


def _check_seconds(request: Request, name: str, can: Capabilities) -> None:
    if isinstance(request.prompt, str):
        seconds = request.seconds
        if seconds is None and request.source is not None:
            seconds = request.source.seconds
    else:
        seconds = sum(seconds for _, seconds in request.prompt)
    if seconds is None:
        return
    if not (math.isfinite(seconds) and 0 <= seconds <= can.max_seconds):
        raise Refused("seconds", f"{name} makes clips of 0 to {can.max_seconds:g} seconds, not {seconds:g}")


def _check_size(size: Size, name: str, can: Capabilities) -> None:
    if can.fixed_sizes:
        if size not in can.fixed_sizes:
            raise Refused("size", f"{name} makes {' or '.join(map(str, can.fixed_sizes))}, not {size}")
        return
    inside = (
        can.min_size.width <= size.width <= can.max_size.width
        and can.min_size.height <= size.height <= can.max_size.height
    )
    if not inside:
        raise Refused("size", f"{name} makes sizes from {can.min_size} to {can.max_size}, not {size}")
    if size.width % can.grid or size.height % can.grid:
        near = (max(can.grid, round(side / can.grid) * can.grid) for side in (size.width, size.height))
        raise Refused("size", f"{name} makes multiples of {can.grid}, not {size}: the nearest size is {Size(*near)}")
