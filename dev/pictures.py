"""Makes the pictures of the README from films.

python dev/pictures.py sheet FILM.mp4 docs/NAME.webp       frames of a film, one every few seconds
python dev/pictures.py loop FILM.mp4 docs/film.webp        a moving picture of its best known moments
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from yingxi.core.clip import Frames
from yingxi.core.files import write_bytes
from yingxi.core.shapes import Size
from yingxi.media.picture import contact_sheet, resize, write_webp_animation
from yingxi.media.video import probe, read_frames

CELLS, COLUMNS, CELL = 20, 5, Size(256, 144)
LOOP_SIZE, LOOP_FPS, LOOP_SECONDS = Size(480, 270), 8, 24
SHEET_BYTES, LOOP_BYTES = 290_000, 1_950_000


def sheet(film: Path, picture: Path) -> None:
    frames = probe(film).frames
    wanted = {round((n + 0.5) * frames / CELLS) for n in range(CELLS)}
    cells = [resize(f[None], CELL)[0] for n, f in enumerate(read_frames(film)) if n in wanted]
    image = Image.fromarray(contact_sheet(cells, COLUMNS))
    for quality in range(85, 30, -5):
        data = io.BytesIO()
        image.save(data, "webp", quality=quality, method=6)
        if data.tell() <= SHEET_BYTES:
            break
    write_bytes(picture, data.getvalue())


def loop(film: Path, picture: Path) -> None:
    """Twelve passages of two seconds, evenly through the film."""
    info = probe(film)
    step = round(info.fps / LOOP_FPS)
    passages = LOOP_SECONDS // 2
    starts = [round((n + 0.4) * info.frames / passages) for n in range(passages)]
    wanted = {start + k * step for start in starts for k in range(2 * LOOP_FPS)}
    kept: list[Frames] = [resize(f[None], LOOP_SIZE)[0] for n, f in enumerate(read_frames(film)) if n in wanted]
    write_webp_animation(picture, np.stack(kept), LOOP_FPS, LOOP_BYTES)


if __name__ == "__main__":
    {"sheet": sheet, "loop": loop}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
