"""Which beats to film when there is time for some of them only."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from yingxi.core.story import Language
from yingxi.story.beats import Beat
from yingxi.story.duration import PAUSE, speaking_seconds

_STEP = 0.25
_PART = 14.0
"""Seconds of film that each stretch of the story gets: three or four beats that belong together."""
_NEAR = (0.0, 1.6, 0.8)
"""What a beat gains when the one right before it, or the one before that, is filmed too."""
_LEANING = 4.0
"""What a beat loses that cannot be understood alone, where the one before it is not filmed."""
_MUST = 100.0


def cost(beat: Beat) -> float:
    """Seconds of film that a beat takes."""
    return beat.seconds + PAUSE


def choose(beats: Sequence[Beat], seconds: float, language: Language) -> list[Beat]:
    """Beats in story order that fit into `seconds`, all of them where they do.

    The story is divided into stretches of equal weight, each with its share of the time, so that beginning, middle
    and end are told; within a stretch the best set is found exactly, where beats that follow on from each other
    count more. The first and the last beat that can stand alone are always taken.
    """
    if sum(map(cost, beats)) <= seconds:
        return list(beats)
    parts = _stretches(beats, max(2, round(seconds / _PART)))
    chosen: list[Beat] = []
    left = seconds
    last = -9
    for number, part in enumerate(parts):
        # What a stretch does not use, the next may.
        share = left / (len(parts) - number)
        musts = {_first(beats, part)} if number == 0 else {_last(beats, part)} if number == len(parts) - 1 else set()
        picked = _best(beats, part, share, last, musts, language)
        chosen += [beat for _, beat in picked]
        left -= sum(cost(beat) for _, beat in picked)
        last = picked[-1][0] if picked else last
    return chosen


def _stretches(beats: Sequence[Beat], count: int) -> list[range]:
    weights = np.cumsum([b.score for b in beats])
    bounds = [int(np.searchsorted(weights, weights[-1] * i / count)) for i in range(count)] + [len(beats)]
    return [range(a, b) for a, b in pairwise(bounds) if b > a]


def _first(beats: Sequence[Beat], part: range) -> int:
    """The first that can stand alone, unless it says little."""
    alone = [i for i in part[:4] if not beats[i].leans and beats[i].who is None]
    most = max((beats[i].score for i in alone), default=0.0)
    return next((i for i in alone if beats[i].score * 2.5 >= most), part[0])


def _last(beats: Sequence[Beat], part: range) -> int:
    return next((i for i in reversed(part[-3:]) if beats[i].leans < 1), part[-1])


def _options(beat: Beat, language: Language) -> list[Beat]:
    if beat.brief is None:
        return [beat]
    return [
        beat,
        replace(beat, text=beat.brief, seconds=speaking_seconds(beat.brief, language), score=0.75 * beat.score),
    ]


def _best(
    beats: Sequence[Beat], part: range, seconds: float, last: int, musts: set[int], language: Language
) -> list[tuple[int, Beat]]:
    """The set of greatest worth that fits, by dynamic programming over (beat, quarters of a second used, how many beats ago
    the last one was taken: 0 for three or more)."""
    slots = max(1, int(seconds / _STEP))
    gap = part[0] - last
    worth = np.full((len(part) + 1, slots + 1, 3), -np.inf)
    worth[0, 0, gap if gap in (1, 2) else 0] = 0.0
    how: dict[tuple[int, int, int], tuple[int, int, Beat | None]] = {}
    for row, i in enumerate(part):
        beat = beats[i]
        for used in range(slots + 1):
            for state in range(3):
                here = worth[row, used, state]
                if here == -np.inf:
                    continue
                onward = (0, 2, 0)[state]
                if here > worth[row + 1, used, onward]:
                    worth[row + 1, used, onward] = here
                    how[row + 1, used, onward] = (used, state, None)
                for option in _options(beat, language):
                    then = used + int(np.ceil(cost(option) / _STEP))
                    gain = option.score + _NEAR[state] - (_LEANING * beat.leans if state != 1 else 0.0)
                    gain += _MUST if i in musts else 0.0
                    if then <= slots and here + gain > worth[row + 1, then, 1]:
                        worth[row + 1, then, 1] = here + gain
                        how[row + 1, then, 1] = (used, state, option)
    used, state = np.unravel_index(int(np.argmax(worth[len(part)])), worth[len(part)].shape)
    at = (len(part), int(used), int(state))
    picked: list[tuple[int, Beat]] = []
    while at[0] > 0:
        used_before, state_before, taken = how[at]
        if taken is not None:
            picked.append((part[at[0] - 1], taken))
        at = (at[0] - 1, used_before, state_before)
    return picked[::-1]
