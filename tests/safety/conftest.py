"""Keys of a user who exists for one test session, so that nobody's own are touched."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from yingxi.core.clip import Clip, Frames, Provenance


@pytest.fixture(scope="session")
def user_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_home(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(user_home))


def _scene(count: int, width: int = 128, height: int = 96) -> Iterator[Frames]:
    """A dim gradient, the same in every frame."""
    rows, columns = np.mgrid[0:height, 0:width]
    frame = np.stack([rows * 60 // height, columns * 60 // width, np.full_like(rows, 50)], -1).astype(np.uint8)
    for _ in range(count):
        yield frame.copy()


@pytest.fixture
def scene() -> Callable[[int], Iterator[Frames]]:
    """`scene(count)` hands out that many frames of 128x96."""
    return _scene


@pytest.fixture
def clip() -> Clip:
    return Clip(np.stack(list(_scene(6))), 12, Provenance("nano", "sampled", "abc", 7, "a crane over the river"))


@pytest.fixture
def still() -> Clip:
    return Clip(np.stack(list(_scene(1))), 12, Provenance("stage", "animation", prompt="河上的仙鹤"))
