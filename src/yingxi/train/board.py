"""What training says of itself: JSON lines and, with `tensorboardX`, files for TensorBoard."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = "tensorboard"


class Board:
    """The log of one part: numbers and pictures by step, in `folder/tensorboard/<part>`; without a folder in lines
    only."""

    def __init__(self, folder: Path | None, part: str, say: Callable[[str], None]) -> None:
        self.part, self._say = part, say
        self._writer: Any = None
        if folder is None:
            return
        try:
            from tensorboardX import SummaryWriter
        except ModuleNotFoundError:
            return
        self._writer = SummaryWriter(str(folder / FOLDER / part))

    def numbers(self, step: int, **numbers: float) -> None:
        rounded = {name: float(f"{value:.5g}") for name, value in numbers.items()}
        self._say(json.dumps({"part": self.part, "step": step, **rounded}))
        if self._writer:
            for name, value in numbers.items():
                self._writer.add_scalar(f"{self.part}/{name}", value, step)

    def sheet(self, step: int, picture: NDArray[np.uint8]) -> None:
        """A picture [H,W,3]."""
        if self._writer:
            self._writer.add_image(f"{self.part}/sheet", picture, step, dataformats="HWC")

    def close(self) -> None:
        if self._writer:
            self._writer.close()
