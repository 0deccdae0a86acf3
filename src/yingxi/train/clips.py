"""Training clips: shots of the stage, played small and kept on disk in shards.

A shard is `NNNNN.npy`, uint8 `[N,T,H,W,3]`, and `NNNNN.jsonl`, the shot of each clip. A clip is a function of its
number alone, so shards may be made by any number of processes, in any order, and made again.
"""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yingxi.core.clip import Frames
from yingxi.core.files import write_text, writing
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.train.parallel import Team

SHARD = 32


@dataclass(frozen=True)
class ClipConfig:
    """Clips of `frames` pictures from the start of shots that last `least` to `most` seconds."""

    width: int = 160
    height: int = 96
    fps: int = 12
    frames: int = 24
    least: float = 2.0
    most: float = 4.0
    seed: int = 1


def draw_shot(config: ClipConfig, number: int) -> Shot:
    """Shot `number` of the endless series that `config.seed` names."""
    from yingxi.world.samples import sample

    rng = np.random.default_rng((config.seed, number))
    return sample(rng).model_copy(update={"seconds": round(float(rng.uniform(config.least, config.most)), 2)})


def play_clip(config: ClipConfig, shot: Shot, seed: int) -> Frames:
    """`[T,H,W,3]`."""
    from yingxi.world.play import play

    frames = play(shot, Size(config.width, config.height), config.fps, shot.seconds, seed)
    clip = list(islice(frames, config.frames))
    clip += [clip[-1]] * (config.frames - len(clip))
    return np.stack(clip)


def make_shard(config: ClipConfig, folder: Path, shard: int) -> None:
    shots = [draw_shot(config, shard * SHARD + i) for i in range(SHARD)]
    clips = np.stack([play_clip(config, shot, shard * SHARD + i) for i, shot in enumerate(shots)])
    write_text(folder / f"{shard:05d}.jsonl", "".join(shot.model_dump_json() + "\n" for shot in shots))
    with writing(folder / f"{shard:05d}.npy") as temporary:
        np.save(temporary, clips)


def make_shards(team: Team, config: ClipConfig, folder: Path, shards: int, nice: int = 0) -> None:
    """The shards that are missing among the first `shards`, shared out over the team."""
    if nice:
        os.nice(nice)
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(team.rank, shards, team.size):
        if not (folder / f"{shard:05d}.npy").exists():
            make_shard(config, folder, shard)


def shards(folder: Path) -> list[Path]:
    return sorted(folder.glob("?????.npy"))


def read_shots(shard: Path) -> list[Shot]:
    text = shard.with_suffix(".jsonl").read_text(encoding="utf-8")
    return [Shot.model_validate_json(line) for line in text.splitlines()]


def open_frames(paths: list[Path]) -> list[NDArray[np.uint8]]:
    """Memory-mapped frames of shards, each [N,T,H,W,3]."""
    return [np.load(path, mmap_mode="r") for path in paths]
