"""How often the speakers found are right, against annotated books: the same scorer as `make quotes`."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

DEV = Path(__file__).parents[2] / "dev"
pytestmark = pytest.mark.slow


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DEV / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def scorer(shared: Path) -> Iterator[ModuleType]:
    yield module("quotes")
    for name in ("quotes", "quotes_english", "quotes_chinese"):
        sys.modules.pop(name, None)


def test_the_scorer_on_what_is_known(scorer: ModuleType) -> None:
    rows = [
        scorer.Row("a", "explicit", gold, found) for gold, found in (("A", "x"), ("A", "x"), ("B", "x"), ("B", None))
    ]
    assert scorer.right(rows) == [True, True, False, False]
    precision, recall, _ = scorer.b_cubed(rows)
    # Clusters {1,2,3} and {4} against {1,2} and {3,4}.
    assert precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)


def test_english(scorer: ModuleType, record_property: Callable[[str, object], None]) -> None:
    english = module("quotes_english")
    rows = english.cross_validated(english.books(), 0.35)
    correct = scorer.right(rows)
    record_property("scores", scorer.table(rows, correct))
    explicit = [ok for row, ok in zip(rows, correct, strict=True) if row.kind == "explicit" and row.found]
    assert sum(explicit) >= 0.85 * len(explicit)
    assert scorer.b_cubed(rows)[2] >= 0.72
    assert sum(correct) >= 0.68 * len(rows)


def test_chinese(scorer: ModuleType, record_property: Callable[[str, object], None]) -> None:
    chinese = module("quotes_chinese")
    rows = chinese.rows_of(chinese.instances("dev_unsplit.txt"), chinese.fitted(chinese.train_parts()), 0.35)
    correct = [row.found == row.gold for row in rows]
    record_property("scores", scorer.table(rows, correct, ("explicit", "implicit", "latent")))
    explicit = [ok for row, ok in zip(rows, correct, strict=True) if row.kind == "explicit" and row.found]
    assert sum(explicit) >= 0.93 * len(explicit)
    assert sum(correct) >= 0.67 * len(rows)
