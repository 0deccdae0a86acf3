"""Which of several candidates it is: a conditional logit over named features.

McFadden, Conditional logit analysis of qualitative choice behavior, 1974.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

Features = Mapping[str, float]
"""Feature -> value; what is not named is 0."""


@dataclass(frozen=True)
class Ranker:
    """A weight for each feature; the sum over a candidate's features is its score."""

    weights: Mapping[str, float]

    def probabilities(self, candidates: Sequence[Features]) -> np.ndarray:
        """[N] float, summing to 1: how likely each of N candidates is."""
        scores = np.array([sum(self.weights.get(k, 0.0) * v for k, v in c.items()) for c in candidates])
        return np.exp(scores - logsumexp(scores))

    def save(self, path: Path) -> None:
        rounded = {name: round(weight, 4) for name, weight in sorted(self.weights.items())}
        path.write_text(json.dumps(rounded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def loads(text: str) -> Ranker:
    return Ranker(json.loads(text))


def fit(examples: Sequence[tuple[Sequence[Features], int]], ridge: float = 1.0) -> Ranker:
    """The weights under which the right candidates of `examples` (candidates, index of the right one) are likeliest,
    less `ridge` / 2 times the sum of their squares."""
    names = sorted({name for candidates, _ in examples for c in candidates for name in c})
    column = {name: number for number, name in enumerate(names)}
    rows = [c for candidates, _ in examples for c in candidates]
    values = np.zeros((len(rows), len(names)))
    for row, features in enumerate(rows):
        for name, value in features.items():
            values[row, column[name]] = value
    starts = np.cumsum([0, *(len(candidates) for candidates, _ in examples)])
    right = np.array([start + index for start, (_, index) in zip(starts[:-1], examples, strict=True)])
    group = np.repeat(np.arange(len(examples)), np.diff(starts))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = values @ weights
        top = np.maximum.reduceat(scores, starts[:-1])
        total = np.add.reduceat(np.exp(scores - top[group]), starts[:-1])
        likely = np.exp(scores - top[group]) / total[group]
        value = float((np.log(total) + top - scores[right]).sum() + 0.5 * ridge * weights @ weights)
        likely[right] -= 1
        return value, values.T @ likely + ridge * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return Ranker(dict(zip(names, found.x.tolist(), strict=True)))
