"""Makes the pictures of the README from films.

python dev/pictures.py sheet FILM.mp4 docs/NAME.webp       frames of a film, one every few seconds
python dev/pictures.py loop FILM.mp4 docs/film.webp        a moving picture of its best known moments
python dev/pictures.py world docs/world.webp               every place of the stage, and its puppets in turn
"""

import io
import sys
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

from yingxi.core.cast import Look
from yingxi.core.clip import Frames
from yingxi.core.files import write_bytes
from yingxi.core.shapes import Size
from yingxi.core.shot import Figure, Shot, TimeOfDay
from yingxi.media.picture import contact_sheet, resize, write_webp_animation
from yingxi.media.video import probe, read_frames
from yingxi.world.play import play
from yingxi.world.vocabulary import lexicon

CELLS, COLUMNS, CELL = 20, 5, Size(256, 144)
HOURS: tuple[TimeOfDay, ...] = ("day", "dusk", "night", "dawn")
LOOP_SIZE, LOOP_FPS, LOOP_SECONDS = Size(480, 270), 8, 24
SHEET_BYTES, LOOP_BYTES = 290_000, 1_950_000


def sheet(film: Path, picture: Path) -> None:
    frames = probe(film).frames
    wanted = {round((n + 0.5) * frames / CELLS) for n in range(CELLS)}
    cells = [resize(f[None], CELL)[0] for n, f in enumerate(read_frames(film)) if n in wanted]
    write_sheet(cells, COLUMNS, picture)


def write_sheet(cells: list[Frames], columns: int, picture: Path) -> None:
    image = Image.fromarray(contact_sheet(cells, columns))
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


def world(picture: Path) -> None:
    words = lexicon()
    who = cycle(words.puppets)
    cells = []
    for i, place in enumerate(words.places):
        looks = [Look(puppet=next(who)) for _ in range(2)]
        figures = [Figure(who=str(n), look=look, at=0.3 + 0.4 * n) for n, look in enumerate(looks)]
        figures[1] = figures[1].model_copy(update={"facing": "left"})
        shot = Shot(slate="1A", size="LS", stage=place, time=HOURS[i % 4], figures=figures, prompt=place)
        cells.append(next(play(shot, CELL, 24, 0, i)))
    write_sheet(cells, 6, picture)


if __name__ == "__main__":
    make = {"sheet": sheet, "loop": loop, "world": world}[sys.argv[1]]
    make(*map(Path, sys.argv[2:]))
