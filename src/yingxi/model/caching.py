"""Steps that are not computed: where velocities change along a line, the line is followed.

Step caches repeat what the network gave last (EasyCache, arXiv 2507.02860; first-block caches) or draw it further
(TaylorSeer, arXiv 2503.06923). Here the guided velocity is drawn further, along the line through the last two that
were computed, for as long as the bend of the last three promises a small error. Nothing is asked of the network: a
step that is spared runs no block and reads none. `dev/caching.py` measures what it costs.
"""

import math
from collections.abc import Callable

from torch import Tensor


class StepCache:
    """The velocities of one run. `threshold` is the relative error that may be expected of each; 0 computes all."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._computed: list[tuple[float, Tensor]] = []
        self._bend = math.inf
        self._network: str | None = None

    def velocity(
        self, level: float, compute: Callable[[], Tensor], *, network: str | None = None, exact: bool = False
    ) -> Tensor:
        """At noise level `level`, lower from call to call; computed in any case if `exact`.

        Nothing is drawn further from one `network` to another.
        """
        if not self.threshold:
            return compute()
        if network != self._network:
            self._network, self._computed, self._bend = network, [], math.inf
        if not exact and self._error(level) < self.threshold:
            (s0, v0), (s1, v1) = self._computed
            return v1 + (v1 - v0) * ((level - s1) / (s1 - s0))
        v = compute()
        if len(self._computed) == 2:
            (s0, v0), (s1, v1) = self._computed
            bend = (v - v1) / (level - s1) - (v1 - v0) / (s1 - s0)
            self._bend = (bend.norm() / v.norm()).item() / abs(level - s0)
        self._computed = [*self._computed[-1:], (level, v)]
        return v

    def turn(self, dim: int) -> None:
        """Rotate what is remembered by one along `dim`, as the caller rotates x."""
        self._computed = [(level, v.roll(1, dim)) for level, v in self._computed]

    def _error(self, level: float) -> float:
        """Of the line at `level`, relative to the velocity: the remainder of linear interpolation."""
        return self._bend * math.prod(abs(level - s) for s, _ in self._computed)
