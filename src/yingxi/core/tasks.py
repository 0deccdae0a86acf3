"""The tasks of video generation as requests: each is the one operation, denoise what is not pinned.

`request.seconds`, or the seconds of its prompts, say how long the new part is. What is returned asks for the whole.
"""

from collections.abc import Sequence
from dataclasses import replace

from yingxi.core.clip import Clip
from yingxi.core.errors import Refused
from yingxi.core.request import Request


def extend(request: Request, clip: Clip) -> Request:
    """The new part comes after `clip`."""
    return _longer(request, before=clip)


def prepend(request: Request, clip: Clip) -> Request:
    """The new part comes before `clip`."""
    return _longer(request, after=clip)


def connect(request: Request, first: Clip, second: Clip) -> Request:
    """The new part leads from one clip to the other."""
    return _longer(request, before=first, after=second)


def edit(request: Request, clip: Clip) -> Request:
    """`clip` is made anew by the prompt, as much of it as `request.strength` says."""
    return replace(request, source=clip)


def _longer(request: Request, before: Clip | None = None, after: Clip | None = None) -> Request:
    pins = dict(request.pins)
    for key, clip in ((0, before), (-1, after)):
        if clip is None:
            continue
        if key in pins:
            raise Refused("pins", f"two pins want the {'first' if key == 0 else 'last'} frame")
        pins[key] = clip
    head, tail = (clip.seconds if clip else 0.0 for clip in (before, after))
    if isinstance(request.prompt, str):
        if request.seconds is None:
            raise Refused("seconds", "say how many seconds are to be made")
        return replace(request, pins=pins, seconds=head + request.seconds + tail)
    return replace(request, pins=pins, prompt=_stretched(request.prompt, head, tail))


def _stretched(prompts: Sequence[tuple[str, float]], head: float, tail: float) -> list[tuple[str, float]]:
    """The first prompt is also that of what comes before, the last that of what comes after."""
    last = len(prompts) - 1
    return [
        (text, seconds + (head if i == 0 else 0.0) + (tail if i == last else 0.0))
        for i, (text, seconds) in enumerate(prompts)
    ]
