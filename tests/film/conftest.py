import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_FILE = Path(__file__).with_name("company.py")


@pytest.fixture(scope="session")
def company_file() -> Path:
    return _FILE


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module `company.py`, its adaptation in the place of the story's own."""
    spec = importlib.util.spec_from_file_location("film_company", _FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, stand_in in module.modules().items():
        monkeypatch.setitem(sys.modules, name, stand_in)
    return module


@pytest.fixture
def story(tmp_path: Path, company: ModuleType) -> Path:
    path = tmp_path / "fox.txt"
    path.write_text(company.STORY, encoding="utf-8")
    return path


@pytest.fixture
def make(tmp_path: Path, story: Path, company: ModuleType) -> Callable[..., Any]:
    """Build the fox's film with a fresh company; returns the result, with the company as `by`."""
    from yingxi.film.build import build

    def run(*, sampled: bool = False, pins: str = "any", again: bool = False, **changes: Any) -> Any:
        by = company.Company(sampled=sampled, pins=pins)
        given = changes if again else {**company.SMALL, **changes}
        result = build(tmp_path / "fox.film", by.crew, story=story, changes=given)
        result.by = by  # pyright: ignore[reportAttributeAccessIssue]
        return result

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "fox.film"
