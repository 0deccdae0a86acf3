"""The voices in the box: mixtures of the model's own styles, as `timbres.yaml` lists them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from yingxi.core.cast import VoiceProfile
from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.story import Language

TIMBRE = 128


class Timbre(Document):
    """A voice by name.

    `sound` and `manner` weigh the model's styles, for the first half of a style (how the voice sounds) and the second
    (how it moves: rhythm and melody); weights are scaled to add up to one, and negative ones lead away from a style.
    `throat` above 1 is a shorter throat, with higher formants. `pitch` in semitones, `tempo` a factor: what a profile
    of this voice starts from; `speed` corrects a style that speaks slower or faster than others.
    """

    name: str
    gender: Literal["female", "male"]
    age: Literal["child", "young", "adult", "old"]
    sound: dict[str, float]
    manner: dict[str, float] = Field(default_factory=dict)
    throat: float = Field(1.0, ge=0.7, le=1.4)
    pitch: float = Field(0.0, ge=-12, le=12)
    tempo: float = Field(1.0, ge=0.5, le=2)
    speed: float = Field(1.0, ge=0.5, le=2)
    languages: tuple[Language, ...] = ("en", "zh")

    @property
    def profile(self) -> VoiceProfile:
        return VoiceProfile(name=self.name, pitch=self.pitch, tempo=self.tempo)

    def style(self, styles: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """The style table `[510,256]` of this voice from the model's own."""
        sound = _mixed(styles, self.sound)
        manner = _mixed(styles, self.manner or self.sound)
        return np.concatenate([sound[:, :TIMBRE], manner[:, TIMBRE:]], axis=1)


class _Table(Document):
    timbres: tuple[Timbre, ...]


@cache
def table() -> tuple[Timbre, ...]:
    """All voices, the narrator's first."""
    with as_file(files("yingxi.voice") / "timbres.yaml") as path:
        return load_yaml(path, _Table).timbres


def find(name: str) -> Timbre:
    """A voice by name. Raises YingxiError naming what there is."""
    for timbre in table():
        if timbre.name == name:
            return timbre
    raise YingxiError(f"no voice is called {name!r}; there is {', '.join(t.name for t in table())}")


def _mixed(styles: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]) -> NDArray[np.float32]:
    whole = sum(weights.values())
    parts = np.stack([styles[name] * (weight / whole) for name, weight in weights.items()])
    return parts.sum(axis=0, dtype=np.float32)
