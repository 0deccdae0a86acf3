"""What writes tiny Wan checkpoints, for all tests of models."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The module `tiny.py`: writes checkpoints."""
    spec = importlib.util.spec_from_file_location("wan_tiny", Path(__file__).parent / "wan" / "tiny.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["wan_tiny"] = module
    spec.loader.exec_module(module)
    return module
