"""Figures in one picture leave each other room: those at rest stand side by side, who flies passes over heads."""

from collections.abc import Sequence
from itertools import pairwise

from yingxi.world.actor import GROUND, Actor

_EDGE = 0.7
"""Units from the picture's side within which nobody is pushed."""
_ROUNDS = 12


def part(cast: Sequence[Actor], centre: float, width: float) -> None:
    """Push apart those who stay where they are, until none covers another, or the picture is full. Those whose action
    brings them together stay as near as they are, and move as one."""
    groups: list[list[Actor]] = []
    for actor in sorted((a for a in cast if not a.travels), key=lambda a: a.start):
        near = next((g for g in groups if any(actor.touches(other) for other in g)), None)
        groups.append([actor]) if near is None else near.append(actor)
    sides = [
        (min(a.start - a.reach(-1) for a in group), max(a.start + a.reach(1) for a in group)) for group in groups
    ]
    moved = [0.0] * len(groups)
    low, high = centre - width / 2 + _EDGE, centre + width / 2 - _EDGE
    for _ in range(_ROUNDS):
        for one, two in pairwise(range(len(groups))):
            overlap = sides[one][1] + moved[one] - sides[two][0] - moved[two]
            if overlap > 0:
                moved[one] -= overlap / 2
                moved[two] += overlap / 2
        for number, group in enumerate(groups):
            # Nobody is pushed out of the picture: what one side lacks the other gives.
            most = max(0.0, high - max(a.start for a in group))
            least = min(0.0, low - min(a.start for a in group))
            moved[number] = min(max(moved[number], least), most)
    for group, by in zip(groups, moved, strict=True):
        for actor in group:
            actor.shift(by)


def soar(cast: Sequence[Actor], height: float) -> None:
    """Let those who fly rise above the heads that they pass, as far as a picture `height` units high has room."""
    for flyer in (a for a in cast if a.flies):
        left, right = sorted((flyer.start, flyer.end))
        heads = [_height(a) for a in cast if not a.flies and left - 1 < a.start < right + 1]
        room = 0.76 * height - _height(flyer)
        flyer.above = max(0.0, min(max(heads, default=0.0) - 1.0, room - 1.0))


def _height(actor: Actor) -> float:
    """From the ground, or the cloud, to the top of the head."""
    head = actor.frames(0.0)["head"].at(0.0, -actor.puppet.crown)[1]
    return GROUND - head - (actor.lift(0.0) if actor.flies else 0.0)
