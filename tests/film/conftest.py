import copy
import importlib.util
import shutil
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


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Where films that several tests begin with are kept, and their results."""
    return tmp_path_factory.mktemp("begun"), {}


@pytest.fixture
def make(root: Path, story: Path, company: ModuleType, begun: tuple[Path, dict[str, Any]]) -> Callable[..., Any]:
    """Build the fox's film with a fresh company; returns the result, with the company as `by`.

    A film begun with the same company and settings as in another test is a copy of that film.
    """
    from yingxi.film.build import build

    def run(*, sampled: bool = False, pins: str = "any", again: bool = False, **changes: Any) -> Any:
        given = changes if again else {**company.SMALL, **changes}
        key = f"{sampled} {pins} {sorted(given.items())}"
        kept, results = begun
        is_new = not root.exists() and not changes
        if is_new and key in results:
            shutil.copytree(kept / str(list(results).index(key)), root)
            return replace_film(results[key], root)
        by = company.Company(sampled=sampled, pins=pins)
        result = build(root, by.crew, story=story, changes=given)
        result.by = by  # pyright: ignore[reportAttributeAccessIssue]
        if is_new:
            results[key] = result
            shutil.copytree(root, kept / str(list(results).index(key)))
        return result

    return run


def replace_film(result: Any, root: Path) -> Any:
    copied = copy.copy(result)
    copied.film = root / "film.mp4"
    return copied


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "fox.film"
