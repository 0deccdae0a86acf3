"""A request on a Wan checkpoint's grid: size, frames, latent frames, and the pictures that are given."""

import math
from dataclasses import dataclass
from itertools import pairwise

from yingxi.core.clip import Clip, Frames
from yingxi.core.errors import Refused
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count
from yingxi.model.pins import place
from yingxi.model.pixels import fit
from yingxi.model.wan.family import Family
from yingxi.model.wan.text import LENGTH

LONGEST = 241
"""Frames that are made at once, two or three times those of training: a clip is best kept of one piece by attention
over all of it, and for longer ones that costs too much."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`frames` are shown, `latents` latent frames are made; pictures [H,W,3] and source [T,H,W,3] as they were given.

    The first latent frame is one frame, each further one `Family.temporal`; in a loop each is that many. The
    transformer sees `window` latent frames at a time: all, or as many as in training where they are more than LONGEST
    frames. `shots` are the prompts, each with the latent frame that it begins at.
    """

    size: Size
    frames: int
    latents: int
    window: int
    shots: tuple[tuple[int, str], ...]
    first: Frames | None = None
    last: Frames | None = None
    source: Frames | None = None

    def words(self, negative: str, branches: int) -> int:
        """Text vectors of which keys and values are held, at most: each text's, and each branch's for what it sees.

        A word is a byte or more. Of several prompts, each latent frame of a window has its own.
        """
        counts = [min(LENGTH, len(text.encode()) + 3) for text in (*(text for _, text in self.shots), negative)]
        frames = self.window if len(self.shots) > 1 else 1
        return sum(counts) + branches * frames * max(counts)


def plan(request: Request, name: str, family: Family, grid: int) -> Plan:
    """Raises Refused, by name, for what the checkpoint was not made for; what is right for any model is known by now.

    A loop, and a clip with a last picture, is as long as whole latent frames are: its duration is rounded. So are the
    boundaries between several prompts.
    """
    span, fps = family.temporal, family.settings.fps
    frames = frame_count(request.length(family.settings.frames / fps), fps)
    if request.loop:
        latents = max(1, round(frames / span))
        size, window = request.size or family.settings.size, _window(latents, family)
        return Plan(size, span * latents, latents, window, ((0, request.text),))
    ends = any(key == -1 for key in request.pins)
    if ends:
        frames = 1 + span * max(1, round((frames - 1) / span))
    pictures: dict[int, Frames] = {}
    for key, pin in request.pins.items():
        if isinstance(pin, Clip) and len(pin.frames) == 1:
            pin = pin.frames  # a picture, of whatever frame rate
        placed = place(key, pin, frames, fps)
        if len(placed.frames) != 1:
            raise Refused("pins", f"{name} pins a picture, not a clip of {len(placed.frames)} frames")
        if placed.start not in (0, frames - 1) or (placed.start and not family.last):
            where = "0 and at -1" if family.last else "0"
            raise Refused("pins", f"{name} pins a picture at {where}, not at {key}")
        if placed.start and not ends:
            raise Refused("pins", f"the last picture is pinned at -1, not at {key}")
        if placed.start in pictures:
            raise Refused("pins", f"two pins want frame {placed.start}")
        pictures[placed.start] = placed.frames[0]
    first, last = pictures.get(0), pictures.get(frames - 1) if frames > 1 else None
    if family.needs_picture and first is None:
        raise Refused("pins", f"{name} goes on from a picture: pin one at 0")
    if family.both and last is None:
        raise Refused("pins", f"{name} goes from one picture to another: pin them at 0 and at -1")
    source = None if request.source is None else request.source.at(fps).frames
    given = first if source is None else source[0]
    size = request.size or (family.settings.size if given is None else like(given, family.settings.size, grid))
    latents = 1 + math.ceil((frames - 1) / span)
    shots = _shots(request, latents, name, span, fps)
    return Plan(size, frames, latents, _window(latents, family), shots, first, last, source)


def _window(latents: int, family: Family) -> int:
    longest, trained = (1 + (frames - 1) // family.temporal for frames in (LONGEST, family.settings.frames))
    return latents if latents <= longest else trained


def _shots(request: Request, latents: int, name: str, span: int, fps: int) -> tuple[tuple[int, str], ...]:
    if isinstance(request.prompt, str):
        return ((0, request.prompt),)
    shots, seconds = [], 0.0
    for text, duration in request.prompt:
        # Latent frame i > 0 begins at frame (i - 1) * span + 1.
        shots.append((round((seconds * fps - 1) / span) + 1 if shots else 0, text))
        seconds += duration
    starts = [start for start, _ in shots]
    if any(a >= b for a, b in pairwise([*starts, latents])):
        raise Refused("seconds", f"a shot of {name} lasts at least {span / fps:.2f} seconds")
    return tuple(shots)


def like(picture: Frames, size: Size, grid: int) -> Size:
    """The size of a picture's aspect, on the grid, with no more pixels than `size`."""
    rows, columns = picture.shape[:2]
    area, aspect = size.width * size.height, rows / columns
    width, height = math.sqrt(area / aspect), math.sqrt(area * aspect)
    # A picture of just this aspect must not lose a row to the last digit of a root.
    return Size(*(max(grid, int(side + 1e-6) // grid * grid) for side in (width, height)))


def fitted(picture: Frames, size: Size, request: Request) -> Frames:
    """A picture [H,W,3] at another size."""
    return fit(picture[None], size.width, size.height, request.fit)[0]
