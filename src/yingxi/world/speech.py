"""Who speaks when in a shot."""

from collections.abc import Sequence
from dataclasses import dataclass

from yingxi.core.shot import Line
from yingxi.world.action import eased


@dataclass(frozen=True)
class Turn:
    """When somebody speaks, in the shot's seconds."""

    start: float
    end: float

    def weight(self, seconds: float) -> float:
        """0 silent, 1 in full speech, eased over a quarter of a second."""
        return eased((seconds - self.start) / 0.25 + 0.5) * eased((self.end - seconds) / 0.25 + 0.5)


def turns(lines: Sequence[Line], who: str, seconds: float) -> tuple[Turn, ...]:
    """When `who` speaks. Lines that have not been timed share the shot by their length."""
    if all(line.start is not None for line in lines):
        return tuple(Turn(line.start, line.start + (line.seconds or 0.0))
                     for line in lines if line.who == who and line.start is not None)  # fmt: skip
    total = sum(len(line.text) for line in lines) or 1
    found, at = [], 0.05 * seconds
    for line in lines:
        length = 0.9 * seconds * len(line.text) / total
        if line.who == who:
            found.append(Turn(at, at + length))
        at += length
    return tuple(found)
