"""What a caption tells of a shot: which details, by chance or all of them, and who is seen with what look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from yingxi.core.shot import Figure, Shot
from yingxi.world.hour import seen
from yingxi.world.vocabulary import SKIRT, Lexicon, PuppetWords, lexicon

T = TypeVar("T")

DETAILS = ("colour", "prop", "headwear", "place", "time", "weather", "size", "move", "side", "facing")
CHANCES: dict[str, tuple[float, ...]] = {
    "short": (0.35, 0.10, 0.00, 0.75, 0.40, 0.40, 0.00, 0.00, 0.10, 0.00),
    "middle": (0.75, 0.35, 0.25, 1.00, 0.95, 0.90, 0.35, 0.35, 0.30, 0.10),
    "full": (1.00, 0.85, 0.60, 1.00, 1.00, 1.00, 0.95, 1.00, 0.60, 0.35),
}
"""Chances that a caption of a level tells each detail."""
SHARES = {"short": 0.2, "middle": 0.35, "full": 0.45}


class Choice:
    """What to say and how: always the first and everything, or as a random generator falls."""

    def __init__(self, rng: np.random.Generator | None) -> None:
        self.rng = rng
        names = list(SHARES)
        self.level = None if rng is None else names[int(rng.choice(len(names), p=list(SHARES.values())))]

    def one(self, options: Sequence[T], favour: float = 0.5) -> T:
        """The first option, or a random one; the first has the chance `favour` before all are equal."""
        if self.rng is None or len(options) == 1 or self.rng.random() < favour:
            return options[0]
        return options[int(self.rng.integers(len(options)))]

    def tells(self, detail: str) -> bool:
        return self.level is None or self.chance(CHANCES[self.level][DETAILS.index(detail)])

    def chance(self, share: float) -> bool:
        """A matter of style: never in a canonical caption."""
        return self.rng is not None and bool(self.rng.random() < share)


@dataclass(frozen=True)
class Person:
    """A figure as captions see it: its puppet's words, and what is told of its look."""

    words: PuppetWords
    colour: str | None
    headwear: str | None
    prop: str | None
    skirt: str | None = None
    given: str = ""


@dataclass(frozen=True)
class Telling:
    """What a caption tells of a shot. Names, not yet words; None is left unsaid."""

    people: tuple[Person, ...]
    figures: tuple[Figure, ...]
    place: str | None
    time: str | None
    weather: str | None
    size: str | None
    move: str | None
    side: bool
    facing: bool


def person(figure: Figure, choice: Choice, words: Lexicon) -> Person:
    look = figure.look
    fallback = next(iter(words.puppets.values()))
    puppet = words.puppets.get(look.puppet if look else "scholar", fallback)
    dyes = puppet.colours.get(puppet.role or "", ())
    colour = look.colours.get(puppet.role or "") if look else None
    colour = colour or next(iter(dyes), None)
    if colour == puppet.unsaid:
        colour = None
    skirt = (look.colours.get(SKIRT) if look else None) or next(iter(puppet.colours.get(SKIRT, ())), None)
    headwear = look.headwear if look else None
    if headwear and (headwear == "none" or headwear == next(iter(puppet.headwear), None)):
        headwear = None  # A puppet's own headwear is part of what it is.
    prop = (look.prop if look else None) or next(iter(puppet.props), None)
    doing = words.actions.get(figure.action)
    if doing and doing.holds and not puppet.animal:
        prop = None
    told = bool(colour) and choice.tells("colour")
    return Person(
        words=puppet,
        colour=colour if told else None,
        skirt=skirt if told and skirt != colour and puppet.top[0] else None,
        headwear=headwear if headwear and choice.tells("headwear") else None,
        prop=prop if prop and prop != "none" and choice.tells("prop") else None,
        given=look.words if look and choice.rng is None else "",
    )


def telling(shot: Shot, choice: Choice) -> Telling:
    """Decide what to say of a shot. What was never shown is never said: weather indoors, sides in a close-up."""
    words = lexicon()
    place = words.places.get(shot.stage or "mountain")
    inside = bool(place and place.inside)
    weather = None if seen(shot.weather, inside) == "clear" else shot.weather
    if shot.weather == "clear" and not inside and choice.chance(0.05):
        weather = "clear"
    said_move = choice.tells("move") if shot.move != "static" else choice.chance(0.12)
    figures = shot.figures
    if not any(figure.toward and not _same_action(figures) for figure in figures):
        figures = tuple(sorted(figures, key=lambda figure: figure.at))  # As one reads a picture, from left to right.
    near = shot.size in {"ECU", "CU", "MCU", "insert", "POV", "OTS"}
    return Telling(
        people=tuple(person(figure, choice, words) for figure in figures),
        figures=figures,
        place=(shot.stage or "mountain") if place and (not shot.figures or choice.tells("place")) else None,
        time=shot.time if choice.tells("time") else None,
        weather=weather if weather and choice.tells("weather") else None,
        size=shot.size if choice.tells("size") else None,
        move=shot.move if said_move else None,
        side=not near and choice.tells("side"),
        facing=choice.tells("facing"),
    )


def _same_action(figures: tuple[Figure, ...]) -> bool:
    return len({figure.action for figure in figures}) == 1


def going_side(figure: Figure) -> str:
    """Where a figure that crosses the picture goes: left or right."""
    if figure.to is not None and abs(figure.to - figure.at) > 0.02:
        return "right" if figure.to > figure.at else "left"
    return figure.facing


def standing_side(figure: Figure) -> str:
    """The third of the picture in which a figure stands: left, centre or right."""
    return "left" if figure.at < 0.4 else "right" if figure.at > 0.6 else "centre"
