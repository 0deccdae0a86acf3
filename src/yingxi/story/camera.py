"""Sizes and moves of shots as films are cut: a place first, then nearer; reverse angles in talk; close for weight."""

import re
from collections.abc import Sequence
from typing import TypeVar

from yingxi.core.shot import Figure, Move, ShotSize
from yingxi.story.beats import Beat

T = TypeVar("T")
View = tuple[ShotSize, Move]

_INDOORS: tuple[View, ...] = (("LS", "dolly in"), ("LS", "pan right"))
_OUTDOORS: tuple[View, ...] = (
    ("ELS", "pan right"), ("LS", "crane down"), ("ELS", "dolly in"),
    ("LS", "pan right"), ("ELS", "crane down"), ("LS", "dolly in"),
)  # fmt: skip
_EMPTY: tuple[View, ...] = (("LS", "pan left"), ("ELS", "static"))
_WIDE: tuple[View, ...] = (("LS", "static"), ("LS", "dolly in"))
_WHOLE: tuple[View, ...] = (("MLS", "static"), ("MLS", "zoom in"))
_FEELING: tuple[View, ...] = (("MS", "dolly in"), ("MCU", "static"))
_FEELING_SEEN: tuple[View, ...] = (("MLS", "dolly in"), ("MS", "static"))
_ALONE: tuple[View, ...] = (("MS", "static"), ("MLS", "dolly in"), ("MCU", "static"))
_PAIR: tuple[View, ...] = (("two-shot", "static"), ("MLS", "dolly in"))
_COMPANY: tuple[View, ...] = (("MLS", "static"), ("LS", "pan right"))
_MONOLOGUE: tuple[View, ...] = (("MS", "dolly in"), ("MCU", "static"))
# Reverse angles of a talk, and whether the speaker is alone in the picture.
_REVERSES: tuple[tuple[ShotSize, Move, bool], ...] = (
    ("OTS", "static", False),
    ("MCU", "static", True),
    ("MS", "static", False),
    ("CU", "static", True),
)

_GLANCE = 4.5
"""Seconds that a thing alone is looked at."""
_SEES = re.compile(
    r"(?:see|watch|behold|notice|spot|spy|observe|glimpse)\b|[^，。]{0,6}(?:看见|望见|瞧见|看到|瞥见|只见)"
)
_NEARER: dict[ShotSize, ShotSize] = {
    "ELS": "LS", "LS": "MLS", "MLS": "MS", "two-shot": "MS", "MS": "MCU", "MCU": "CU",
}  # fmt: skip

_MOVING = frozenset({
    "walk", "run", "ride", "fly", "jump", "fight", "dance", "chase", "swim", "climb", "duel", "box", "throw",
})  # fmt: skip
_RESTING = frozenset({"stand", "talk", "read"})
_MOVED = frozenset({"weep", "laugh", "kneel", "bow", "point", "embrace", "give", "wave", "pray", "drink", "read"})
_FLOOR = frozenset({"fall", "vanish", "appear", "transform", "sit", "sleep", "hide", "flute", "zither"})


def _turn(views: Sequence[T], number: int) -> T:
    return views[number % len(views)]


def opening(indoors: bool, number: int) -> View:
    """The first picture of the scene `number`."""
    return _turn(_INDOORS if indoors else _OUTDOORS, number)


def told(figures: Sequence[Figure], number: int, deed: str, held: bool, seconds: float) -> View:
    """A narrated picture after a scene's first; `number` varies what may be varied. `deed` is what the first figure
    does; `held`: it has something in hand that is spoken of."""
    actions = {f.action for f in figures}
    resting = bool(figures) and figures[0].action in _RESTING and figures[0].to is None
    if held and resting and seconds <= _GLANCE:
        return "insert", "static"
    if len(figures) == 2 and _SEES.match(deed) and not actions & _MOVED:
        return "POV", "static"
    travelling = next((f for f in figures if f.to is not None), None)
    if not figures:
        return _turn(_EMPTY, number)
    if travelling is not None and travelling.to is not None:
        if travelling.action == "fly":
            return "LS", "tilt up"
        follow: Move = "truck right" if travelling.to > travelling.at else "truck left"
        views: tuple[View, ...] = (("MLS", "static"), ("LS", follow))
        return _turn(views, number)
    if actions & _MOVING:
        return _turn(_WIDE, number)
    if actions & _FLOOR:
        return _turn(_WHOLE, number)
    if actions & _MOVED:
        return _turn(_FEELING if len(figures) == 1 else _FEELING_SEEN, number)
    return _turn({1: _ALONE, 2: _PAIR}.get(len(figures), _COMPANY), number)


def spoken(turn: int, beat: Beat, listener: bool) -> tuple[ShotSize, Move, bool]:
    """Size, move, and whether the speaker is alone in the picture, for the line number `turn` of an exchange."""
    if turn == 0 and listener:
        return "two-shot", "static", False
    if not listener:
        return *_turn(_MONOLOGUE, turn), True
    if beat.seconds > 4:
        # A long answer is a speech: go to the face.
        return "MCU", "dolly in", True
    return _turn(_REVERSES, turn - 1)


def nearer(size: ShotSize) -> ShotSize:
    """The next size towards the face."""
    return _NEARER.get(size, "MS")
