"""Tiny checkpoints, written once a run."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def checkpoint(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a family's checkpoint: `checkpoint("t2v")`. Copy it before changing it."""
    root = tmp_path_factory.mktemp("wan")

    def find(family: str) -> Path:
        path = root / family
        return path if path.is_dir() else tiny.write(path, family)

    return find
