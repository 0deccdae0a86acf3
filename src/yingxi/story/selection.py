"""Which beats to film when there is time for some of them only."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yingxi.core.story import Language
from yingxi.story.beats import Beat
from yingxi.story.duration import PAUSE, SHORTEST, ended, speaking_seconds

_STEP = 0.25
_SLACK = 1.3
"""How much longer than asked a film may be to tell the whole story."""
_PASSAGE = 7.5
"""Seconds of film to a passage: two or three beats that follow on from each other before the story is skipped on."""
_NEAR = {1: 1.6, 2: 0.8}
"""What a beat gains when the one right before it, or the one before that, is filmed too."""
_LEANING = 4.0
"""What a beat loses that cannot be understood alone, where the one before it is not filmed."""
_SKIPPED = 3.5
"""What is lost where more is skipped than an even share, by the square of the shares."""
_UNSEEN = 1.0
"""What is lost for each place or time of the story that is left out altogether."""


def cost(beat: Beat) -> float:
    """Seconds of film that a beat takes."""
    return max(SHORTEST, beat.seconds + PAUSE)


def choose(beats: Sequence[Beat], seconds: float, language: Language) -> list[Beat]:
    """Beats in story order that fit into `seconds`, all of them where they do or all but do.

    Else those of the greatest worth together, found by dynamic programming: what each tells, more where it follows
    on from the one before, less where it leans on one that is left out, and less for long stretches passed over, so
    that beginning, middle and end are all told. Begins with the first beat that can stand alone, and ends with the
    last.
    """
    if sum(map(cost, beats)) <= _SLACK * seconds:
        return list(beats)
    if not beats:
        return []
    options = [_options(beat, language) for beat in beats]
    slots = max(1, int(seconds / _STEP))
    first, last = _first(beats), _last(beats)
    if first >= last:
        return [b for b in (beats[first],) if cost(b) <= seconds]
    mass = np.cumsum([b.score for b in beats])
    share = float(mass[last] - mass[first]) / max(2.0, seconds / _PASSAGE)
    reach = 3 * share
    scenes = np.array([b.setting for b in beats])

    best = np.full((len(beats), slots + 1), -np.inf)
    came = np.full((len(beats), slots + 1, 2), -1, dtype=np.int32)
    start = min(options[first], key=cost)
    best[first, min(slots, _need(start))] = 0.0
    came[first, :, 1] = options[first].index(start)
    for i in range(first + 1, last + 1):
        low = max(first, int(np.searchsorted(mass, mass[i - 1] - reach)))
        for number, option in enumerate(options[i]):
            need = _need(option)
            if need > slots:
                continue
            worth = (
                best[low:i, : slots + 1 - need]
                + (option.score + _gains(option, i, low, mass, share, scenes))[:, None]
            )
            from_ = np.argmax(worth, axis=0)
            top = np.take_along_axis(worth, from_[None], axis=0)[0]
            better = top > best[i, need:]
            best[i, need:][better] = top[better]
            came[i, need:][better] = np.stack([from_ + low, np.full_like(from_, number)], axis=-1)[better]
    used = int(np.argmax(best[last]))
    if best[last, used] == -np.inf:
        return [start] if cost(start) <= seconds else []
    picked: list[Beat] = []
    at = last
    while at >= 0:
        j, number = (int(v) for v in came[at, used])
        option = options[at][number]
        # Whom *he* is has been said only if the beat before was told.
        picked.append(replace(option, text=option.named) if option.named and at and j != at - 1 else option)
        used -= _need(option)
        at = j
    return picked[::-1]


def _gains(beat: Beat, i: int, low: int, mass: np.ndarray, share: float, scenes: np.ndarray) -> np.ndarray:
    """What filming beat `i` gains or loses by which of the beats `low`..`i - 1` is filmed before it."""
    skipped = (mass[i - 1] - mass[low:i]) / share
    gains = -_SKIPPED * np.maximum(0.0, skipped - 0.8) ** 2
    gains -= _UNSEEN * np.maximum(0, scenes[i] - scenes[low:i] - 1)
    if i - low > 1:
        gains[:-1] -= _LEANING * beat.leans
    for distance, bonus in _NEAR.items():
        if i - low >= distance:
            gains[-distance] += bonus
    return gains


def _need(beat: Beat) -> int:
    return int(np.ceil(cost(beat) / _STEP))


def _first(beats: Sequence[Beat]) -> int:
    """The first that can stand alone, unless it says little."""
    alone = [i for i in range(min(6, len(beats))) if not beats[i].leans and beats[i].who is None]
    most = max((beats[i].score for i in alone), default=0.0)
    return next((i for i in alone if beats[i].score * 4 >= most), 0)


def _last(beats: Sequence[Beat]) -> int:
    near = range(len(beats) - 1, max(-1, len(beats) - 4), -1)
    return next((i for i in near if beats[i].leans < 1), len(beats) - 1)


def _options(beat: Beat, language: Language) -> list[Beat]:
    """A beat in full, and in brief where it has such a form."""
    if beat.brief is None:
        return [beat]
    seconds = speaking_seconds(beat.brief, language)
    # A name stands in the same place of the brief form; what follows it is as long as there.
    named = beat.named and ended(beat.named[: len(beat.brief) + len(beat.named) - len(beat.text)], language)
    return [beat, replace(beat, text=beat.brief, named=named, seconds=seconds, score=beat.brief_score)]
