"""What every room's tests share: a user who exists for one run, so that nobody's own keys are touched."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def user_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_home(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(user_home))
