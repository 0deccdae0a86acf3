"""Training clips: shots of the stage, played at one of a few sizes.

A clip is a function of its number alone, and so is a shard of them: shards may be made by any number of processes, in
any order, and made again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot

CELL = 16
"""Pixels across that a latent's cell covers."""
SPAN = 4
"""Frames of a latent."""

WIDE, TALL, SQUARE = Size(448, 256), Size(256, 448), Size(320, 320)


@dataclass(frozen=True)
class ClipConfig:
    """Clips of `frames` pictures out of shots that last `least` to `most` seconds; a share `opening` of them begin
    with their shot, the others anywhere in it. `shard` clips of one size make a shard; number n has the size
    `sizes[n % len(sizes)]`.
    """

    sizes: tuple[Size, ...] = (WIDE, WIDE, TALL, WIDE, WIDE, WIDE, SQUARE, WIDE, WIDE, WIDE)
    fps: int = 12
    frames: int = 24
    least: float = 2.0
    most: float = 4.0
    opening: float = 0.6
    shard: int = 32
    seed: int = 1

    def __post_init__(self) -> None:
        for size in self.sizes:
            if size.width % (4 * CELL) or size.height % (4 * CELL):
                raise ValueError(f"{size}: tokens of half the picture need multiples of {4 * CELL} pixels")
        if self.frames % SPAN or self.frames > self.least * self.fps:
            raise ValueError(f"{self.frames} frames: a multiple of {SPAN}, no more than the shortest shot has")

    def size(self, shard: int) -> Size:
        return self.sizes[shard % len(self.sizes)]

    @property
    def latents(self) -> int:
        return self.frames // SPAN


def draw_shot(config: ClipConfig, number: int) -> Shot:
    """Shot `number` of the endless series that `config.seed` names."""
    from yingxi.world.samples import sample

    rng = np.random.default_rng((config.seed, number))
    return sample(rng).model_copy(update={"seconds": round(float(rng.uniform(config.least, config.most)), 2)})


def begins(config: ClipConfig, shot: Shot, number: int) -> float:
    """The second of the shot with which clip `number` begins."""
    rng = np.random.default_rng((config.seed, number, 1))
    spare = shot.seconds - config.frames / config.fps
    return 0.0 if rng.random() < config.opening else float(rng.uniform(0, spare))


def play_clip(
    config: ClipConfig, shot: Shot, size: Size, number: int, start: float | None = None
) -> tuple[Frames, NDArray[np.uint8]]:
    """Frames `[T,H,W,3]`, and the figure that covers each cell of each latent frame, `[T/4,H/16,W/16]`: 1, 2, 0."""
    from yingxi.world.play import Staging

    staging = Staging(shot, size, shot.seconds, number)
    start = begins(config, shot, number) if start is None else start
    frames = np.stack([staging.picture(start + i / config.fps) for i in range(config.frames)])
    fine = Size(2 * size.width // CELL, 2 * size.height // CELL)
    middles = [start + (i + 0.5) * SPAN / config.fps for i in range(config.latents)]
    cover = np.stack([staging.cover(seconds, fine) for seconds in middles])
    return frames, cover.reshape(len(cover), fine.height // 2, 2, fine.width // 2, 2).max((2, 4))
