"""Scenes with sluglines, action and dialogue. On disk a screenplay is Fountain."""

from dataclasses import dataclass
from typing import Literal

from yingxi.core.story import Language, Span


@dataclass(frozen=True)
class Action:
    """What is seen, in prose."""

    text: str
    source: Span | None = None


@dataclass(frozen=True)
class Dialogue:
    """A line spoken aloud. `who` is a cast id, or None where the speaker is unresolved. `manner` is how it is said;
    `seen` is False for a voice from outside the picture (V.O., O.S.)."""

    who: str | None
    text: str
    source: Span | None = None
    manner: str = ""
    seen: bool = True


@dataclass(frozen=True)
class Narration:
    """A line of the narrator."""

    text: str
    source: Span | None = None


Element = Action | Dialogue | Narration


@dataclass(frozen=True)
class Scene:
    number: int
    place: str
    time: Literal["dawn", "day", "dusk", "night"]
    interior: bool
    present: tuple[str, ...]
    elements: tuple[Element, ...]
    source: Span | None = None


@dataclass(frozen=True)
class Screenplay:
    title: str
    language: Language
    scenes: tuple[Scene, ...]
