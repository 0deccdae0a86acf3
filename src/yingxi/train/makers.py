"""Work in the background while training runs: processes that take no core from those that train."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import multiprocessing

LEAST_PRIORITY = 19
Stop = Callable[[], bool]


class Makers:
    """Processes at work. `wait` returns when there is enough of what they make."""

    def __init__(self, processes: list[Any]) -> None:
        self._processes = processes

    def check(self) -> None:
        """Raises RuntimeError if a process has failed; what it said is above."""
        for process in self._processes:
            if process.exitcode:
                raise RuntimeError(f"a process that makes clips ended with code {process.exitcode}")

    def wait(self, enough: Callable[[], bool]) -> None:
        while not enough():
            self.check()
            if not any(process.is_alive() for process in self._processes) and not enough():
                raise RuntimeError("those that make clips ended before there were enough")
            time.sleep(0.2)


def _background(work: Callable[..., None], rank: int, size: int, stop: Any, arguments: tuple[Any, ...]) -> None:
    os.nice(LEAST_PRIORITY)
    torch.set_num_threads(1)
    parent = os.getppid()
    work(rank, size, lambda: stop.is_set() or os.getppid() != parent, *arguments)


@contextmanager
def making(work: Callable[..., None], *arguments: Any, size: int) -> Iterator[Makers]:
    """Call `work(rank, size, stop, *arguments)` in `size` processes beside the block, and stop them at its end.

    With a size of 0 the work is done in this process, before the block. Raises RuntimeError if a process failed.
    """
    if size == 0:
        work(0, 1, lambda: False, *arguments)
        yield Makers([])
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    processes = [
        context.Process(target=_background, args=(work, rank, size, stop, arguments), daemon=True)
        for rank in range(size)
    ]
    for process in processes:
        process.start()
    makers = Makers(processes)
    try:
        yield makers
    finally:
        stop.set()
        for process in processes:
            process.join()
    makers.check()
