"""Whether a character stays the same: cosines between the probes' features of figures.

From all features the mean of the real clips' is taken away, so that two figures who have nothing in common are at
about 0.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from yingxi.eval.probes import Seen, looks
from yingxi.eval.shots import FRAMES, Scene


def report(
    seen: Mapping[str, Seen], single: Sequence[Scene], joined: Sequence[Scene], again: int
) -> dict[str, dict[str, float]]:
    """Clips are in the order: one shot each, joined, second takes. Different characters are other puppets."""
    centre = seen["real"].figure[: len(single)].mean((0, 1))
    found: dict[str, dict[str, float]] = {"across shots": {}, "across takes": {}, "different characters": {}}
    for kind, some in seen.items():
        figure = some.figure - centre
        one, two, three = figure.split([len(single), len(joined), again])
        shots = [pair for scene, clip in zip(joined, two, strict=True) for pair in _pairs(scene, clip)]
        takes = list(zip(one[:again].mean(1), three.mean(1), strict=True))
        puppets = [_puppet(scene) for scene in single]
        strangers = [(one[i - 1].mean(0), one[i].mean(0)) for i in range(len(one)) if puppets[i - 1] != puppets[i]]
        for name, pairs in zip(found, (shots, takes, strangers), strict=True):
            if pairs:
                a, b = (torch.stack(side) for side in zip(*pairs, strict=True))
                found[name][kind] = float(cosine_similarity(a, b).mean())
    return found


def _pairs(scene: Scene, figure: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The figure [T,D] in each shot and in the next."""
    shot = torch.tensor(looks(FRAMES)) // scene.lengths[0]
    each = [figure[shot == i].mean(0) for i in range(len(scene.shots))]
    return list(pairwise(each))


def _puppet(scene: Scene) -> str:
    look = scene.shots[0].figures[0].look
    return look.puppet if look else ""
