"""When each line of a shot is spoken, and how long the shot lasts for it."""

import math
from collections.abc import Sequence

from yingxi.core.shot import Shot

LEAD = 0.35
"""Seconds of picture before the first line."""
GAP = 0.3
"""Seconds between two lines."""
REST = 0.45
"""Seconds of picture after the last line."""


def timed(shot: Shot, spoken: Sequence[float], fps: float) -> Shot:
    """The shot with `start` and `seconds` of each line, lasting whole frames and at least as long as its lines.

    `spoken` are the lines' durations in seconds. A start that a person wrote is the earliest that the line begins.
    """
    clock, lines = LEAD, []
    for line, seconds in zip(shot.lines, spoken, strict=True):
        start = max(clock, line.start or 0.0)
        lines.append(line.model_copy(update={"start": round(start, 3), "seconds": round(seconds, 3)}))
        clock = start + seconds + GAP
    least = clock - GAP + REST if lines else 0.0
    frames = max(1, math.ceil(round(max(shot.seconds, least) * fps, 3)))
    return shot.model_copy(update={"lines": tuple(lines), "seconds": round(frames / fps, 6)})
