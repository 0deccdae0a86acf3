"""What the probes learn from: shots of a series of their own, four pictures of each, and the puppets in them.

A shard is `NNNNN.safetensors` and `NNNNN.jsonl`, the shot of each clip: `pictures` uint8 [N,4,H,W,3], `cover` uint8
[N,4,H/8,W/8], the number of the puppet that covers a cell, else 0; `follows` bool [N], whether a clip is a sequel of
the one before it. Every fourth is, where that one has one figure.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from yingxi.core.files import write_text, writing
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.eval.probes import CELL, looks
from yingxi.eval.shots import FPS, FRAMES, begin, fresh, sequel
from yingxi.train.makers import Stop
from yingxi.train.shards import puppet_numbers

SEED = 2_000_003
"""A series of shots that neither nano, nor the judge, nor the report meets."""


def draw_shot(number: int) -> tuple[Shot, bool]:
    """Shot `number`, and whether it is a sequel."""
    if number % 4 == 3:
        before = fresh(SEED, number - 1)
        if len(before.figures) == 1:
            return sequel(before, SEED, number), True
    return fresh(SEED, number), False


def play(shot: Shot, number: int, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Pictures [4,H,W,3] and which figure covers each cell [4,H/8,W/8]: 1, 2, 0."""
    from yingxi.world.play import Staging

    start = begin(shot, number)
    times = [start + frame / FPS for frame in looks(FRAMES)]
    staging = Staging(shot, size, shot.seconds, number)
    rows, columns = size.height // CELL, size.width // CELL
    cover = np.stack([staging.cover(seconds, Size(2 * columns, 2 * rows)) for seconds in times])
    return np.stack([staging.picture(t) for t in times]), cover.reshape(-1, rows, 2, columns, 2).max((2, 4))


def make_shots(rank: int, processes: int, stop: Stop, size: Size, folder: Path, count: int, each: int) -> None:
    """This process's share of those of the first `count` shards, of `each` clips, that are missing."""
    puppets = puppet_numbers()
    for shard in range(rank, count, processes):
        path = folder / f"{shard:05d}.safetensors"
        if path.exists():
            continue
        numbers = range(shard * each, (shard + 1) * each)
        drawn = [draw_shot(number) for number in numbers]
        pictures, covers = [], []
        for (shot, _), number in zip(drawn, numbers, strict=True):
            if stop():
                return
            frames, cover = play(shot, number, size)
            names = [0, *(puppets.get(figure.look.puppet if figure.look else "", 0) for figure in shot.figures)]
            pictures.append(frames)
            covers.append(np.array(names, np.uint8)[cover])
        tensors = {name: torch.from_numpy(np.stack(x)) for name, x in (("pictures", pictures), ("cover", covers))}
        tensors["follows"] = torch.tensor([follows for _, follows in drawn])
        write_text(folder / f"{shard:05d}.jsonl", "".join(shot.model_dump_json() + "\n" for shot, _ in drawn))
        with writing(path) as temporary:
            save_file(tensors, temporary)
