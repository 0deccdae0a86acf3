from pathlib import Path

import numpy as np
import pytest

from yingxi.story.ranker import Ranker, fit, loads


def test_learns_what_tells_candidates_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    examples = []
    for _ in range(200):
        candidates = [{"near": float(n), "noise": float(v)} for n, v in rng.normal(size=(4, 2))]
        examples.append((candidates, int(np.argmax([c["near"] for c in candidates]))))
    ranker = fit(examples)
    assert ranker.weights["near"] > 5 * abs(ranker.weights["noise"])
    ranker.save(tmp_path / "r.json")
    likely = loads((tmp_path / "r.json").read_text()).probabilities([{"near": 2.0}, {"near": -1.0}, {}])
    assert likely.sum() == pytest.approx(1)
    assert list(np.argsort(-likely)) == [0, 2, 1]


def test_large_scores_do_not_overflow() -> None:
    assert Ranker({"a": 1000.0}).probabilities([{"a": 1.0}, {"a": -1.0}]).tolist() == [1.0, 0.0]
