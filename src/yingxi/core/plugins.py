"""Plugins by entry point. The built-in models, voices and judges register in the same way as a stranger's."""

from importlib.metadata import entry_points
from typing import Any

from yingxi.core.errors import YingxiError

MODELS = "yingxi.models"
VOICES = "yingxi.voices"
JUDGES = "yingxi.judges"
RELEASE = "yingxi.release"
OPEN = "yingxi.open"


def names(group: str) -> list[str]:
    """Names registered in a group, sorted."""
    return sorted({point.name for point in entry_points(group=group)})


def find(group: str, name: str) -> Any:
    """The object registered as `name`. Raises YingxiError naming what there is."""
    for point in entry_points(group=group):
        if point.name == name:
            return point.load()
    kind = group.removeprefix("yingxi.").removesuffix("s")
    raise YingxiError(f"no {kind} is called {name!r}; there is {', '.join(names(group)) or 'none'}")
