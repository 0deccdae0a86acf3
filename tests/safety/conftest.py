"""Small clips to release."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from yingxi.core.clip import Clip, Frames, Provenance


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
