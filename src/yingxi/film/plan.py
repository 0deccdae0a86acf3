"""What a shot needs before it is in the film: its lines' seconds, and the digests of its takes."""

from dataclasses import dataclass
from typing import Any

from yingxi.core.digest import digest
from yingxi.core.shot import Shot
from yingxi.film.crew import Crew
from yingxi.film.settings import FilmSettings
from yingxi.film.speech import Speech
from yingxi.film.timing import timed


@dataclass(frozen=True)
class Plan:
    """A shot whose lines have been spoken and placed. `frames` are the film's.

    `stage_key` names the stage's take, `shoot_key` what the shoot with a sampled model depends on; a card, and every
    shot of a film that the stage makes, has no shoot.
    """

    shot: Shot
    speeches: tuple[Speech, ...]
    frames: int
    stage_key: str
    shoot_key: str | None


def plan(shot: Shot, speeches: list[Speech], spoken: list[float], settings: FilmSettings, crew: Crew) -> Plan:
    """Place the lines, which last `spoken` seconds each, and name the takes."""
    shot = timed(shot, spoken, settings.fps)
    picture = (settings.size, settings.fps, settings.seed)
    stage_key = digest("stage", crew.stage.identity, structure(shot), *picture)
    shoot_key = None
    if crew.model is not None and shot.card is None:
        judge = crew.judge.identity if crew.judge else None
        made_from = (structure(shot), shot.period)
        shoot_key = digest("shoot", crew.model.identity, judge, settings.takes, *made_from, *picture)
    return Plan(shot, tuple(speeches), round(shot.seconds * settings.fps), stage_key, shoot_key)


def structure(shot: Shot) -> dict[str, Any]:
    """What a shot's picture is made from: not its name, nor where in the story it came from.

    Nor its period: that is a part of the prompt before a model that reads it.
    """
    return shot.model_dump(mode="json", exclude={"slate", "source", "period"})


def still_structure(shot: Shot) -> dict[str, Any]:
    """What a still of a shot is made from: its structure without time."""
    return shot.model_dump(mode="json", exclude={"slate", "source", "period", "lines", "seconds"})
