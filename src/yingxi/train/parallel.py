"""One GPU, or data parallelism over processes of one thread each.

On a machine that does other work too, threads that wait for each other at every product lose most of their time;
processes that meet once a step do not.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing.spawn import spawn


@dataclass(frozen=True)
class Team:
    """This process among all, `rank` of `size`, and the device that it trains on."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Each tensor's mean over the team, as float32."""
        if self.size == 1:
            return [t.float() for t in tensors]
        flat = torch.cat([t.detach().float().flatten() for t in tensors])
        dist.all_reduce(flat)
        parts = (flat / self.size).split([t.numel() for t in tensors])
        return [part.view(t.shape) for part, t in zip(parts, tensors, strict=True)]

    def least(self, number: int) -> int:
        """The least of the team's numbers."""
        if self.size == 1:
            return number
        numbers = torch.tensor([number])
        dist.all_reduce(numbers, dist.ReduceOp.MIN)
        return int(numbers)


def _follow(parent: int) -> None:
    """End this process soon after its parent, which may be killed without a word."""
    while os.getppid() == parent:
        time.sleep(2)
    os._exit(1)


def _enter(
    rank: int, size: int, store: str, parent: int, work: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    torch.set_num_threads(1)
    if size > 1:
        dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=size)
    try:
        work(Team(rank, size), *arguments)
    finally:
        if size > 1:
            dist.destroy_process_group()


def run(work: Callable[..., None], *arguments: Any, size: int | None = None) -> None:
    """Call `work(team, *arguments)`, on a GPU in this process; else in `size` processes, one a core if not said, or
    in this one if it is 1."""
    if torch.cuda.is_available():
        work(Team(device=torch.device("cuda")), *arguments)
        return
    size = size or os.cpu_count() or 1
    if size == 1:
        work(Team(), *arguments)
        return
    # Read by each new process when it loads OpenMP.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store")
        spawn(_enter, args=(size, store, os.getpid(), work, arguments), nprocs=size, join=True)
