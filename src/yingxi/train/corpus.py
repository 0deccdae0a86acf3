"""The shards that a part trains on: more of them as they come, and the same ones again after a restart.

On a CPU they stay mapped from the disk; on a GPU they are kept in its memory. Which shards were in use at which step
is written down (`taken-NAME.jsonl`), so that a restart draws what it would have drawn.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from yingxi.model.text import TextEncoder
from yingxi.train import shards
from yingxi.train.parallel import Team

GROW = 20
"""Steps between two looks for new shards."""
ON_DEVICE = ("latents", "half", "stills", "cover")
VECTORS = "vectors"

Shard = dict[str, Tensor]
Picks = list[tuple[Shard, int]]
"""Clips of one size: the shard and the row of each."""


class Corpus:
    """Clips as latents of mean 0 and deviation 1, their channels' variances `spread` [C], and captions as vectors
    [S,D]."""

    def __init__(
        self, folder: Path, team: Team, mean: Tensor, std: Tensor, spread: Tensor, encoder: TextEncoder
    ) -> None:
        self.folder, self.team = folder, team
        self.mean, self.std = (t.to(team.device)[:, None, None] for t in (mean, std))
        self.spread = spread.to(team.device)
        self.encoder = encoder.to(team.device).requires_grad_(False)
        self.empty = self.read(torch.zeros(1, 1, dtype=torch.int16))
        self._shards: list[Shard] = []
        self._alike: dict[tuple[int, ...], list[Shard]] = {}
        self._taken: list[tuple[int, int]] = []
        self._log: Path | None = None
        self._in_use = 0

    def begin(self, name: str) -> None:
        """Part `name` starts, or goes on: its shards are those it took before."""
        self._log = self.folder / f"taken-{name}.jsonl"
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        self._taken = [tuple(json.loads(line)) for line in lines]
        self._in_use = 0
        if self.team.size > 1:
            self.team.least(0)  # nobody writes before all have read

    def grow(self, step: int) -> None:
        """Take up the shards of this step: those that were, or, where it was not yet reached, those that there are.

        Raises RuntimeError if there is none.
        """
        if not self._taken or (step > self._taken[-1][0] and step % GROW == 0):
            count = self.team.least(shards.ready(self.folder))
            if count > (self._taken[-1][1] if self._taken else 0):
                self._taken.append((step, count))
                if self.team.leads and self._log:
                    with self._log.open("a", encoding="utf-8") as log:
                        log.write(json.dumps([step, count]) + "\n")
        counts = [count for since, count in self._taken if since <= step]
        if not counts:
            raise RuntimeError(f"no shard in {self.folder}")
        if counts[-1] != self._in_use:
            self._use(counts[-1])

    def _use(self, count: int) -> None:
        for number in range(len(self._shards), count):
            shard = shards.read_shard(self.folder, number)
            if self.team.device.type == "cuda":
                shard = {
                    name: t.pin_memory().to(self.team.device, non_blocking=True) if name in ON_DEVICE else t
                    for name, t in shard.items()
                }
            self._shards.append(shard)
        self._in_use = count
        alike: dict[tuple[int, ...], list[Shard]] = defaultdict(list)
        for shard in self._shards[:count]:
            alike[tuple(shard["cover"].shape[1:])].append(shard)
        self._alike = dict(alike)

    @property
    def puppets(self) -> int:
        """Numbers that a cell's cover may have."""
        return 1 + len(shards.puppet_numbers())

    def pick(self, count: int, rng: np.random.Generator) -> Picks:
        """Random clips of one size; a size comes as often as it has clips."""
        some = self._shards[int(rng.integers(self._in_use))]
        return self.others(some, count, rng)

    def others(self, like: Shard, count: int, rng: np.random.Generator) -> Picks:
        """Random clips of the size of a shard's."""
        alike = self._alike[tuple(like["cover"].shape[1:])]
        each = len(like["cover"])
        return [(alike[int(i) // each], int(i) % each) for i in rng.integers(len(alike) * each, size=count)]

    def latents(self, picks: Picks, starts: list[int], length: int, name: str = "latents") -> Tensor:
        """[B,length,C,h,w] float32, from frame `starts[i]` of clip i on; also of `half` or `stills`."""
        rows = [shard[name][row, at : at + length] for (shard, row), at in zip(picks, starts, strict=True)]
        return (torch.stack(rows).float() - self.mean) / self.std

    def cover(self, picks: Picks, starts: list[int], length: int) -> Tensor:
        """[B,length,h,w] uint8."""
        return torch.stack([s["cover"][row, at : at + length] for (s, row), at in zip(picks, starts, strict=True)])

    def text(self, picks: Picks, forget: float, rng: np.random.Generator) -> Tensor:
        """One of each clip's captions [B,S,D]; a share `forget` of them is the empty one."""
        which = rng.integers(shards.CAPTIONS, size=len(picks))
        rows = [self._read(shard)[row, int(j)] for (shard, row), j in zip(picks, which, strict=True)]
        forgotten = torch.from_numpy(rng.random(len(picks)) < forget).to(self.team.device)
        return torch.where(forgotten[:, None, None], self.empty, torch.stack(rows).float())

    def _read(self, shard: Shard) -> Tensor:
        """All captions of a shard as vectors [N,J,S,D] float16, read when first asked for."""
        if VECTORS not in shard:
            words = shard["words"]
            shard[VECTORS] = self.read(words.flatten(0, 1)).unflatten(0, words.shape[:2]).half()
        return shard[VECTORS]

    @torch.no_grad()
    def read(self, words: Tensor) -> Tensor:
        """Captions [B,64] as vectors [B,S,D]; one without words is empty."""
        words = words[:, : max(1, int((words > 0).sum(1).max()))].long()
        return self.encoder(words.to(self.team.device, non_blocking=True))
