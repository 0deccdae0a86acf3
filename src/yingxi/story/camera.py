"""Sizes and moves of shots as films are cut: a place first, then nearer; reverse angles in talk; close for weight."""

from collections.abc import Sequence

from yingxi.core.shot import Figure, Move, ShotSize
from yingxi.story.beats import Beat

_WIDE = frozenset({"walk", "run", "ride", "fly", "jump", "fight", "dance"})
_NEAR = frozenset({"weep", "laugh", "kneel", "bow", "point"})
# Reverse angles of a talk: over a shoulder, then nearer, then the two again.
_REVERSES: tuple[tuple[ShotSize, Move, bool], ...] = (
    ("OTS", "static", False),
    ("MCU", "static", True),
    ("MS", "static", False),
    ("CU", "static", True),
)
_WHOLE = frozenset({"fall", "vanish", "appear", "sit"})


def opening(indoors: bool, number: int) -> tuple[ShotSize, Move]:
    """The first picture of a new place."""
    if indoors:
        return "LS", ("dolly in", "pan right")[number % 2]
    return ("ELS", "LS")[number % 2], ("pan right", "crane down", "dolly in")[number % 3]


def told(figures: Sequence[Figure], beat: Beat, number: int) -> tuple[ShotSize, Move]:
    """A narrated picture after the first."""
    actions = {f.action for f in figures}
    if not figures:
        return ("LS", "pan left") if number % 2 else ("ELS", "static")
    travelling = next((f for f in figures if f.to is not None), None)
    if travelling is not None and travelling.to is not None:
        rightward = travelling.to > travelling.at
        if travelling.action == "fly":
            return "LS", "tilt up"
        return ("MLS", "LS")[number % 2], ("truck right" if rightward else "truck left") if number % 2 else "static"
    if actions & _WIDE:
        return "LS", ("static", "dolly in")[number % 2]
    if actions & _WHOLE:
        return "MLS", ("static", "zoom in")[number % 2]
    if actions & _NEAR:
        return ("MS", "MCU")[number % 2] if len(figures) == 1 else "MLS", ("dolly in", "static")[number % 2]
    if len(figures) == 2:
        return ("two-shot", "MLS")[number % 2], ("static", "dolly in")[number % 2]
    if len(figures) == 1:
        return ("MS", "MLS", "MCU")[number % 3], ("static", "dolly in", "static")[number % 3]
    return ("MLS", "LS")[number % 2], ("static", "pan right")[number % 2]


def spoken(turn: int, seconds: float, listener: bool, heavy: bool) -> tuple[ShotSize, Move, bool]:
    """Size, move, and whether the speaker is alone in the picture, for the line number `turn` of an exchange."""
    if turn == 0 and listener:
        return "two-shot", "static", False
    if heavy:
        return "CU", "dolly in" if seconds > 3 else "static", True
    if not listener:
        return ("MS", "MCU")[turn % 2], ("dolly in", "static")[turn % 2], True
    return (("OTS", "static", False), ("MCU", "static", True), ("MS", "static", False), ("CU", "static", True))[
        (turn - 1) % 4
    ]
