"""Shots that nothing was trained on, and how the stage itself plays them.

The series `seed` is endless and apart from all others: nano learns from the first, the probes from one of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot

LEAST, MOST = 2.0, 4.0
"""Seconds that a shot lasts."""
FPS = 12
FRAMES = 24
"""Of a clip."""
OPENING = 0.6
"""The share of clips that begin with their shot; the others begin anywhere in it."""
SAME_PLACE = 0.5


def lasting(shot: Shot, rng: np.random.Generator) -> Shot:
    return shot.model_copy(update={"seconds": round(float(rng.uniform(LEAST, MOST)), 2)})


def fresh(seed: int, number: int) -> Shot:
    """Shot `number` of a series, of any kind."""
    from yingxi.world.samples import sample

    rng = np.random.default_rng((seed, number))
    return lasting(sample(rng), rng)


def held_out(seed: int, number: int) -> Shot:
    """A shot of one figure whose (puppet, action, place) no training has met."""
    from yingxi.world.samples import held_out_sample

    rng = np.random.default_rng((seed, number, 1))
    return lasting(held_out_sample(rng), rng)


def sequel(shot: Shot, seed: int, number: int) -> Shot:
    """Another shot of the same figure: it does something else, seen otherwise; half of the time at the same place."""
    from yingxi.world.samples import HELD_OUT, actions_of, sample, suits
    from yingxi.world.vocabulary import lexicon

    rng = np.random.default_rng((seed, number, 2))
    figure = shot.figures[0]
    assert figure.look is not None
    puppet, prop = figure.look.puppet, figure.look.prop
    stays = rng.random() < SAME_PLACE
    while True:
        other = sample(rng)
        if len(other.figures) != 1 or other.size == shot.size:
            continue
        action = other.figures[0].action
        place = (shot if stays else other).stage or ""
        hands_full = prop and lexicon().actions[action].holds
        if action not in actions_of(puppet) or hands_full or not suits(action, place):
            continue
        if HELD_OUT(puppet, action, place) or action == figure.action:
            continue
        kept = {"stage": shot.stage, "time": shot.time, "weather": shot.weather} if stays else {}
        doing = other.figures[0].model_copy(update={"look": figure.look})
        return lasting(other.model_copy(update={**kept, "figures": (doing,)}), rng)


@dataclass(frozen=True)
class Scene:
    """One clip to be asked for: its shots, one after the other in equal parts, and its number, from which the real
    one takes its randomness."""

    shots: tuple[Shot, ...]
    number: int

    @property
    def lengths(self) -> list[int]:
        """Frames of each shot, all of them a multiple of four."""
        return [FRAMES // len(self.shots)] * len(self.shots)

    def real(self, size: Size, wanted: Sequence[int] | None = None) -> Frames:
        """The stage's own clip [T,H,W,3], all its frames or those that are `wanted`."""
        from yingxi.world.play import Staging

        pictures: dict[int, Frames] = {}
        first = 0
        for i, (shot, length) in enumerate(zip(self.shots, self.lengths, strict=True)):
            mine = [f for f in (range(FRAMES) if wanted is None else wanted) if first <= f < first + length]
            start = begin(shot, self.number + i, length)
            staging = Staging(shot, size, shot.seconds, self.number)
            pictures |= {f: staging.picture(start + (f - first) / FPS) for f in mine}
            first += length
        return np.stack([pictures[f] for f in (range(FRAMES) if wanted is None else wanted)])


def begin(shot: Shot, number: int, frames: int = FRAMES) -> float:
    """The second of a shot with which a clip of `frames` frames begins."""
    rng = np.random.default_rng((number, 3))
    spare = shot.seconds - frames / FPS
    return 0.0 if rng.random() < OPENING else float(rng.uniform(0, spare))
