"""Shots, as `shots.yaml` holds them: one camera view each, with structure for the stage and a prompt for the rest."""

from typing import Literal

from pydantic import Field, field_validator

from yingxi.core.cast import Look
from yingxi.core.documents import Document
from yingxi.core.story import Language

ShotSize = Literal["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS", "OTS", "POV", "insert", "two-shot"]
Move = Literal[
    "static", "pan left", "pan right", "tilt up", "tilt down", "dolly in", "dolly out",
    "truck left", "truck right", "crane up", "crane down", "zoom in", "zoom out", "orbit",
]  # fmt: skip
TimeOfDay = Literal["dawn", "day", "dusk", "night"]
Weather = Literal["clear", "rain", "storm", "snow", "fog", "petals", "leaves", "fire"]
"""What falls, drifts or burns where the shot is. `petals` are of spring, `leaves` of autumn."""


class Line(Document):
    """Words spoken in a shot by `who`: a cast id, `narrator`, or null where the speaker is unresolved.

    `start` and `seconds`, in the shot's own time, are known once the line has been spoken.
    """

    who: str | None
    text: str
    start: float | None = None
    seconds: float | None = None


class Figure(Document):
    """A member of the cast in the picture. `at` and `to` run across the picture: 0 left edge, 1 right edge.

    `action` is an action of the stage; `toward` names another figure (by `who`) that the action is between.
    `look` is filled in from the cast when the shot is played.
    """

    who: str
    action: str = "stand"
    at: float = Field(0.5, ge=-0.5, le=1.5)
    to: float | None = Field(None, ge=-0.5, le=1.5)
    facing: Literal["left", "right"] = "right"
    toward: str | None = None
    look: Look | None = None


class Shot(Document):
    """One camera view. `card` makes it a title or end card, whose text is `prompt`.

    `seconds` is the least it lasts; it is longer where its lines are. `place` is a cast id of a place; `stage`, the
    stage's own place, is filled in from the cast when the shot is played. `period` says to models that read prose how
    the time of the story looks; where it is empty it is written from the cast's era. `source` are character offsets
    into the story.
    """

    slate: str = Field(pattern=r"^[0-9]+[A-Z]{0,2}$")
    card: Literal["title", "end"] | None = None
    size: ShotSize = "MS"
    move: Move = "static"
    seconds: float = Field(4.0, gt=0, le=120)
    place: str | None = None
    stage: str | None = None
    time: TimeOfDay = "day"
    weather: Weather = "clear"
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    prompt: str = ""
    period: str = ""
    source: tuple[int, int] | None = None


class ShotList(Document):
    language: Language
    shots: tuple[Shot, ...]

    @field_validator("shots")
    @classmethod
    def _slates_are_unique(cls, shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
        seen: set[str] = set()
        for shot in shots:
            if shot.slate in seen:
                raise ValueError(f"two shots have the slate {shot.slate}")
            seen.add(shot.slate)
        return shots
