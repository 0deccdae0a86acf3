"""Yingxi 影戏: a story in, a film out, on your own machine.

import yingxi

model = yingxi.load("nano")
clip = model("a monk walks over the bridge at dusk", seconds=2)
clip.save("monk.mp4")

yingxi.make_film("story.txt")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yingxi.app import load, make_film
    from yingxi.core.clip import Clip
    from yingxi.core.request import Request

    __version__: str

__all__ = ["Clip", "Request", "load", "make_film"]

_HOMES = {"load": "app", "make_film": "app", "Clip": "core.clip", "Request": "core.request"}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("yingxi")
    # Imported on first use, so that `import yingxi` stays quick and needs no torch.
    if name in _HOMES:
        return getattr(import_module(f"yingxi.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'yingxi' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
