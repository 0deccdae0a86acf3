"""Sample sheets: pictures side by side in one PNG, to look at while training."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from yingxi.core.files import writing

Picture = NDArray[np.uint8]
"""[H,W,3]."""


def write_sheet(path: Path, rows: list[list[Picture]], gap: int = 2) -> Picture:
    """Rows of pictures of one size, as one picture."""
    height, width, _ = rows[0][0].shape
    columns = max(len(row) for row in rows)
    sheet = np.zeros((len(rows) * (height + gap), columns * (width + gap), 3), np.uint8)
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            sheet[r * (height + gap) : r * (height + gap) + height, c * (width + gap) : c * (width + gap) + width] = (
                picture
            )
    with writing(path) as temporary:
        Image.fromarray(sheet).save(temporary)
    return sheet
