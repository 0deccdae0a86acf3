"""Which frames of a training window are pinned, so that one model learns every task as the same operation.

A clip is pinned in place: its latents stay clean, at noise level 0. A picture is encoded as a held frame and added to
the sequence at its own rotary time, clean as well.
"""

from dataclasses import dataclass

import numpy as np

SHARES = {"none": 0.35, "first picture": 0.3, "pictures": 0.1, "start": 0.17, "end": 0.04, "ends": 0.04}


@dataclass(frozen=True)
class Layout:
    """`clean` latent frames of the window are pinned; `pictures` are indices of still frames shown beside it."""

    clean: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()


def draw_layout(window: int, inside: list[int], rng: np.random.Generator) -> Layout:
    """A random task. `inside` are the indices of the stills that fall into the window, in order."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    if kind == "first picture" and inside:
        return Layout(pictures=(inside[0],))
    if kind == "pictures" and len(inside) > 1:
        chosen = [inside[0], inside[-1]] if rng.random() < 0.6 else [int(rng.choice(inside))]
        return Layout(pictures=tuple(chosen))
    several = int(rng.integers(1, max(2, window // 2 + 1)))
    if kind == "start":
        return Layout(clean=tuple(range(several)))
    if kind == "end":
        return Layout(clean=tuple(range(window - several, window)))
    if kind == "ends" and window > 2:
        return Layout(clean=(0, window - 1))
    return Layout()
