"""Makes docs/gallery.md: fixed prompts, fixed seeds, the first result of each, by nano and by the stage.

    python dev/gallery.py [--weights DIR] [--out DIR] [--only 1,5,16]

DIR of `--weights` holds a nano; without it, the model in the box is asked. The page and its pictures go to `--out`
(default: docs); `--only` makes a page of those numbers, to try it.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

import yingxi
from yingxi.core.clip import Clip, Frames
from yingxi.core.digest import digest
from yingxi.core.files import write_bytes, write_text
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.generate import Generator
from yingxi.generate.wording import heard
from yingxi.media.picture import contact_sheet, resize
from yingxi.safety.label import labelled

COLUMNS, SECONDS, BYTES = 6, 2.0, 290_000
SHAPES = {"wide": (16, 9, 108), "tall": (9, 16, 176), "square": (1, 1, 144)}
"""Aspect, and the height of a picture on the page."""


@dataclass(frozen=True)
class Piece:
    """A prompt, or shots with their seconds; `how` is still, clip, loop or pin (to a picture of the stage's)."""

    prompt: str | tuple[tuple[str, float], ...]
    how: str = "clip"
    shape: str = "wide"


SECTIONS: dict[str, tuple[Piece, ...]] = {
    "Stills": (
        Piece("a monk bows in a temple at dusk", "still"),
        Piece("小狗在沙滩上跑", "still"),
        Piece("a red dragon over snowy mountains", "still"),
        Piece("月下，一位白衣女子站在桥上", "still"),
    ),
    "Clips": (
        Piece("two samurai duel in the pouring rain"),
        Piece("孙悟空在云海上飞"),
        Piece("a little girl in a blue dress dances in a garden, petals falling"),
        Piece("黄昏，将军骑马穿过沙漠"),
        Piece("an astronaut walks among the planets; the camera zooms in"),
    ),
    "Tall": (
        Piece("a witch laughs in front of a castle at night", shape="tall"),
        Piece("老人在竹林里走，下着雪", shape="tall"),
    ),
    "Square": (
        Piece("a white rabbit hops in a field", shape="square"),
        Piece("夜里，书生在书房里读书", shape="square"),
    ),
    "Two shots, a loop, a pin": (
        Piece((("A general stands on a city wall at dawn.", 1.0), ("A close-up of the general, laughing.", 1.0))),
        Piece("a fisherman by a lake in drifting mist", "loop"),
        Piece("a queen walks through a great hall", "pin"),
    ),
}


def size_for(shape: str, model: Generator) -> Size:
    """Of the sizes that nano makes, the one nearest to the shape."""
    wide, high, _ = SHAPES[shape]
    can = model.capabilities
    return min(can.fixed_sizes or (can.default_size,), key=lambda s: abs(math.log(s.width * high / s.height / wide)))


def played(piece: Piece, seed: int, nano: Generator, stage: Generator) -> tuple[Clip, Clip]:
    """The piece by nano and by the stage."""
    seconds = {"still": 0.0}.get(piece.how, SECONDS) if isinstance(piece.prompt, str) else None
    asked = Request(piece.prompt, seconds=seconds, size=size_for(piece.shape, nano), seed=seed)
    drawn = stage.run(asked)
    pins = {0: drawn.frames[0]} if piece.how == "pin" else {}
    return nano.run(replace(asked, loop=piece.how == "loop", pins=pins)), drawn


def command(piece: Piece, seed: int, nano: Generator, weights: Path | None) -> str:
    """What makes the piece by nano; with `--model stage` and without loop and pin, by the stage."""
    size, can = size_for(piece.shape, nano), nano.capabilities
    words = [
        f'yingxi generate "{piece.prompt}"' if isinstance(piece.prompt, str) else "yingxi generate --shots shots.txt"
    ]
    if isinstance(piece.prompt, str) and piece.how != "still":
        words.append(f"--seconds {SECONDS:g}")
    if size != can.default_size:
        words.append(f"--size {size}")
    words += ["--loop"] * (piece.how == "loop") + ["--image first.png"] * (piece.how == "pin")
    words += [f"--model {weights}"] * bool(weights) + [
        f"--seed {seed} -o {seed}.{'png' if piece.how == 'still' else 'mp4'}"
    ]
    return " ".join(words)


def row(clip: Clip, height: int, label: bool) -> list[Frames]:
    """Up to `COLUMNS` frames, evenly through the clip, the last one labelled."""
    picked = np.unique(np.linspace(0, len(clip.frames) - 1, COLUMNS).round().astype(int))
    width = round(height * clip.size.width / clip.size.height)
    cells = [resize(clip.frames[i], Size(width, height)) for i in picked]
    return [*cells[:-1], labelled(cells[-1], "en")] if label else cells


def sheet(pairs: list[tuple[Clip, Clip]], height: int) -> Image.Image:
    """Of each pair nano above, the stage below; pairs of stills side by side."""
    if all(len(clip.frames) == 1 for pair in pairs for clip in pair):
        rows = [[row(pair[i], height, label=i == 0)[0] for pair in pairs] for i in (0, 1)]
        return Image.fromarray(contact_sheet([cell for cells in rows for cell in cells], len(pairs)))
    blocks = []
    for made, drawn in pairs:
        cells = [*row(made, height, label=True), *row(drawn, height, label=False)]
        blocks.append(contact_sheet(cells, len(cells) // 2))
    paper = Image.new("RGB", (max(b.shape[1] for b in blocks), sum(b.shape[0] for b in blocks)))
    top = 0
    for block in blocks:
        paper.paste(Image.fromarray(block), (0, top))
        top += len(block)
    return paper


def write_sheet(image: Image.Image, path: Path) -> int:
    """A WebP of at most `BYTES`, as good as that allows. Returns its bytes."""
    data = io.BytesIO()
    for quality in range(85, 20, -5):
        data = io.BytesIO()
        image.save(data, "webp", quality=quality, method=6)
        if data.tell() <= BYTES:
            break
    write_bytes(path, data.getvalue())
    return data.tell()


def told(piece: Piece, seed: int, nano: Generator, weights: Path | None) -> Iterator[str]:
    """The piece's lines of the page."""
    shots = () if isinstance(piece.prompt, str) else piece.prompt
    yield f"**{seed}.** {' / '.join(Request(piece.prompt).text.splitlines())}\n\n```"
    if shots:
        yield "printf '" + "".join(f"{seconds:g} {text}\\n" for text, seconds in shots) + "' > shots.txt"
    if piece.how == "pin":
        size = size_for(piece.shape, nano)
        yield f'yingxi generate "{piece.prompt}" --model stage --size {size} --seed {seed} -o first.png'
    yield f"{command(piece, seed, nano, weights)}\n```\n"
    yield from (f"{line}  " for line in heard(Request(piece.prompt), nano.capabilities))
    yield ""


def main(
    weights: Annotated[Path | None, typer.Option(help="The folder of a nano.")] = None,
    out: Annotated[Path, typer.Option(help="For gallery.md and the pictures.")] = Path(__file__).parents[1] / "docs",
    only: Annotated[str, typer.Option(help="Numbers of prompts, with commas.")] = "",
) -> None:
    """Make the page."""
    wanted = {int(number) for number in only.split(",") if number}
    nano, stage = yingxi.load(weights or "nano"), yingxi.load("stage")
    made_by, sizes = getattr(nano.model, "weights", ""), ", ".join(map(str, nano.capabilities.fixed_sizes))
    page = [
        "# Gallery\n",
        "Fixed prompts, fixed seeds, and the first result of each: nothing was picked, nothing was left out. Of each "
        "pair the upper row is sampled by `nano`, the lower one is drawn by `stage` from the same words (add "
        "`--model stage`; it plays the loop and the pin plain). Below each command stands what the words were taken "
        "as. A pin is the stage's first frame, here without the label that a file carries.\n",
        f"Made by `python dev/gallery.py` with the weights `{made_by[:12]}`, which make {sizes}.\n",
    ]
    seed = 0
    for title, pieces in SECTIONS.items():
        numbered = [(seed + i, piece) for i, piece in enumerate(pieces, 1)]
        seed += len(pieces)
        chosen = [(number, piece) for number, piece in numbered if not wanted or number in wanted]
        if not chosen:
            continue
        pairs = [played(piece, number, nano, stage) for number, piece in chosen]
        picture = out / "gallery" / f"{title.split(',')[0].lower().replace(' ', '_')}.webp"
        size = write_sheet(sheet(pairs, SHAPES[chosen[0][1].shape][2]), picture)
        typer.echo(
            f"{picture.name}: {size / 1000:.0f} kB, clips {digest(*[c.digest for pair in pairs for c in pair])[:12]}"
        )
        page += [f"## {title}\n", f"![{title}](gallery/{picture.name})\n"]
        page += [line for number, piece in chosen for line in told(piece, number, nano, weights)]
    write_text(out / "gallery.md", "\n".join(page))


if __name__ == "__main__":
    typer.run(main)
