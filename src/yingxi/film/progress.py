"""How far a build is, for whoever shows it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[float], None]
"""Called with what has been done since the last call, in the task's own unit."""


class Progress(Protocol):
    def task(self, name: str, total: float) -> AbstractContextManager[Advance]:
        """A piece of work of `total` units, begun on entering and over on leaving."""
        ...


class Silent:
    """Progress that nobody watches."""

    @contextmanager
    def task(self, name: str, total: float) -> Iterator[Advance]:
        yield lambda amount: None
