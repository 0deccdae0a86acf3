"""Training shots: random but sensible, spread over everything that the stage can show."""

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from yingxi.core.cast import Look
from yingxi.core.shot import Figure, Shot, Weather
from yingxi.world.figures import chase
from yingxi.world.hour import seen
from yingxi.world.vocabulary import SKIRT, PuppetWords, lexicon

Name = TypeVar("Name", bound=str)

SIZES = {"MS": 0.24, "MLS": 0.24, "LS": 0.28, "MCU": 0.07, "CU": 0.08, "ELS": 0.09}
PAIR_SIZES = {"two-shot": 0.38, "MLS": 0.16, "LS": 0.38, "ELS": 0.08}
EMPTY_SIZES = {"LS": 0.6, "ELS": 0.4}
MOVES = {
    "static": 0.46, "pan left": 0.06, "pan right": 0.06, "dolly in": 0.07, "dolly out": 0.05, "zoom in": 0.05,
    "zoom out": 0.04, "truck left": 0.05, "truck right": 0.05, "tilt up": 0.03, "tilt down": 0.03,
    "crane up": 0.02, "crane down": 0.02, "orbit": 0.01,
}  # fmt: skip
TIMES = {"day": 0.34, "dusk": 0.24, "night": 0.26, "dawn": 0.16}
WEATHERS: dict[Weather, float] = {
    "clear": 0.60, "rain": 0.08, "snow": 0.08, "fog": 0.07, "storm": 0.05, "petals": 0.04, "leaves": 0.04,
        "fire": 0.04
}  # fmt: skip
CAMERA_STAYS = frozenset({"CU", "MCU"})
PAIRED = {
    "talk": 0.18,
    "fight": 0.10,
    "duel": 0.08,
    "box": 0.07,
    "embrace": 0.07,
    "give": 0.07,
    "wave": 0.05,
    "throw": 0.04,
    "hide": 0.03,
    "chase": 0.05,
    "transform": 0.04,
    "drink": 0.04,
    "bow": 0.06,
    "point": 0.06,
    "kneel": 0.05,
    "laugh": 0.03,
    "dance": 0.05,
    "sit": 0.03,
}
TOGETHER = frozenset({"fight", "duel", "box", "embrace", "drink", "dance", "laugh", "sit"})
BEASTS = frozenset({
    "stand", "walk", "run", "jump", "sit", "fall", "vanish", "appear", "fly", "sleep", "drink", "hide", "swim",
    "transform",
})  # fmt: skip
UNSUITED = frozenset(
    {
        ("bamboo", "snow"),
        *(
            (place, weather)
            for place in ("desert", "heaven")
            for weather in ("rain", "storm", "snow", "leaves", "petals")
        ),
        *((place, weather) for place in ("sea", "ship", "snow") for weather in ("fire", "leaves", "petals")),
        *((place, "fire") for place in ("heaven", "space", "underworld", "river", "lake")),
    }
)
WHERE = {"swim": frozenset({"river", "lake", "sea", "harbour"})}
"""Actions that only some places suit."""
WEIGHTS = {"walk": 2.0, "stand": 1.3, "fly": 1.3, "run": 1.3, "ride": 1.2}
ONE_DRESS = 0.5
"""How often jacket and skirt have one colour."""
HELD_OUT_SHARE = 0.03
WHO = ("a", "b")


@dataclass(frozen=True)
class HeldOut:
    """Which (puppet, action, place) are never sampled, by a digest of their names: the same ones always."""

    share: float

    def __call__(self, puppet: str, action: str, place: str) -> bool:
        digest = hashlib.sha256(f"{puppet}/{action}/{place}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32 < self.share

    def __contains__(self, combination: tuple[str, str, str]) -> bool:
        return self(*combination)

    def all(self) -> list[tuple[str, str, str]]:
        """Every held-out combination that the stage can show and would otherwise sample."""
        words = lexicon()
        return [
            (puppet, action, place)
            for puppet in words.puppets
            for action in actions_of(puppet)
            for place in words.places
            if self(puppet, action, place) and suits(action, place)
        ]


HELD_OUT = HeldOut(HELD_OUT_SHARE)
"""Combinations kept for evaluation: seen apart, never together."""


def _draw(rng: np.random.Generator, shares: dict[Name, float]) -> Name:
    weights = np.array(list(shares.values()))
    return list(shares)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def suits(action: str, place: str) -> bool:
    """Whether an action may be done at a place: nobody rides indoors, nor swims on a mountain."""
    if action == "ride" and lexicon().places[place].inside:
        return False
    return place in WHERE.get(action, (place,))


def actions_of(puppet: str) -> list[str]:
    """The actions that suit a puppet: a horse does not kneel, nor ride, and a rocket only flies."""
    words = lexicon()
    entry = words.puppets[puppet]
    if entry.does:
        return [name for name in words.actions if name in entry.does]
    return [name for name in words.actions if not entry.animal or name in BEASTS]


def _look(puppet: PuppetWords, action: str, rng: np.random.Generator) -> Look:
    """A look with random dyes, headwear and prop; its own ones most often. An action may leave no hand for a prop."""

    def pick(choices: tuple[str, ...], own: float) -> str:
        return choices[0] if rng.random() < own else str(rng.choice(choices))

    # Names of characters mean their own costume; a lady wears anything.
    own = 0.45 if puppet.proper else 0.1
    colours = {role: pick(dyes, own if role == puppet.role else 0.6) for role, dyes in puppet.colours.items() if dyes}
    if rng.random() < ONE_DRESS and colours.get(puppet.role or "") in puppet.colours.get(SKIRT, ()):
        colours[SKIRT] = colours[puppet.role or ""]
    headwear = pick(puppet.headwear, 0.75) if puppet.headwear else None
    prop = pick(puppet.props, 0.75) if puppet.props else None
    if lexicon().actions[action].holds and not puppet.animal:
        prop = None
    return Look(puppet=puppet.name, colours=colours, headwear=headwear, prop=prop)


def _puppet(rng: np.random.Generator) -> str:
    names = list(lexicon().puppets)
    return names[int(rng.integers(len(names)))]


def _action(puppet: str, place: str, rng: np.random.Generator) -> str:
    """An action that suits the puppet and the place, evenly but for those that films use most."""
    names = [name for name in actions_of(puppet) if suits(name, place)]
    return _draw(rng, {name: WEIGHTS.get(name, 1.0) for name in names})


def _course(action: str, facing: str, at: float, rng: np.random.Generator) -> tuple[float, float | None]:
    """Where a figure starts and, if it crosses the picture, where it ends."""
    entry = lexicon().actions.get(action)
    if not entry or not entry.going:
        return at, None
    near, far = rng.uniform(0.05, 0.35), rng.uniform(0.65, 0.95)
    return (round(near, 2), round(far, 2)) if facing == "right" else (round(far, 2), round(near, 2))


def _one(puppet: str, action: str, rng: np.random.Generator) -> tuple[Figure, ...]:
    facing = "right" if rng.random() < 0.55 else "left"
    at, to = _course(action, facing, round(float(rng.uniform(0.25, 0.75)), 2), rng)
    look = _look(lexicon().puppets[puppet], action, rng)
    return (Figure(who=WHO[0], action=action, at=at, to=to, facing=facing, look=look),)


def _two(first: str, place: str, rng: np.random.Generator) -> tuple[Figure, ...]:
    """Two figures: mostly one turned to the other, else each about its own business."""
    words = lexicon()
    second = _puppet(rng)
    while second == first and words.puppets[first].proper:
        second = _puppet(rng)  # There is one Monkey King; there are many monks.
    places = [round(float(rng.uniform(0.25, 0.38)), 2), round(float(rng.uniform(0.62, 0.75)), 2)]
    pairs = {n: w for n, w in PAIRED.items() if n in words.actions}
    beast = words.puppets[first].animal or words.puppets[second].animal
    if pairs and not beast and rng.random() < 0.75:
        action = _draw(rng, pairs)
        answer = action if action in TOGETHER else _draw(rng, {"stand": 0.6, "talk": 0.15, "bow": 0.1, "laugh": 0.15})
        answer = answer if answer in words.actions and action != "transform" else "stand"
        actions = [action, answer]
        toward = [WHO[1], WHO[0]]
    else:
        actions = [_action(name, place, rng) for name in (first, second)]
        still = [n for n in actions if not words.actions[n].going]
        # Two who cross the picture at once would walk through each other.
        actions = actions if still else [actions[0], "stand"]
        toward = [None, None]
    looks = [_look(words.puppets[name], action, rng) for name, action in zip((first, second), actions, strict=True)]
    if actions[0] == "chase":
        one, other = (
            Figure(
                who=who, action=doing, at=0.5, to=None, facing="right" if rng.random() < 0.55 else "left", look=look
            )
            for who, doing, look in zip(WHO, actions, looks, strict=True)
        )
        return chase(one, other)
    if toward[0] and actions[0] != actions[1] and rng.random() < 0.5:
        places.reverse()
    figures = []
    for i in range(2):
        facing = "right" if places[i] < 0.5 else "left"
        at, to = (places[i], None) if toward[i] else _course(actions[i], facing, places[i], rng)
        figures.append(
            Figure(who=WHO[i], action=actions[i], at=at, to=to, facing=facing, toward=toward[i], look=looks[i])
        )
    return tuple(figures)


def _shot(figures: tuple[Figure, ...], place: str, sizes: dict[str, float], rng: np.random.Generator) -> Shot:
    inside = lexicon().places[place].inside
    weather = seen(_draw(rng, WEATHERS), inside)
    if (place, weather) in UNSUITED:
        weather = "clear"
    size = _draw(rng, sizes)
    going = any((entry := lexicon().actions.get(f.action)) and entry.going for f in figures)
    if going and size in CAMERA_STAYS:
        size = "MLS"
    return Shot.model_validate({
        "slate": "1A", "size": size, "move": _draw(rng, MOVES), "stage": place, "time": _draw(rng, TIMES),
        "weather": weather, "figures": figures,
    })  # fmt: skip


def sample(rng: np.random.Generator) -> Shot:
    """A random sensible shot with looks and stage filled in, no combination in it held out.

    Two thirds show one figure, most others two, one in twenty-five nobody.
    """
    places = list(lexicon().places)
    while True:
        place = places[int(rng.integers(len(places)))]
        kind = rng.random()
        if kind < 0.04:
            return _shot((), place, EMPTY_SIZES, rng)
        puppet = _puppet(rng)
        if kind < 0.32:
            figures, sizes = _two(puppet, place, rng), PAIR_SIZES
        else:
            figures, sizes = _one(puppet, _action(puppet, place, rng), rng), SIZES
        if not any(HELD_OUT(_puppet_of(figure), figure.action, place) for figure in figures):
            return _shot(figures, place, sizes, rng)


def _puppet_of(figure: Figure) -> str:
    return figure.look.puppet if figure.look else ""


def held_out_sample(rng: np.random.Generator) -> Shot:
    """A random shot of one figure whose (puppet, action, place) is held out from `sample`."""
    combinations = HELD_OUT.all()
    puppet, action, place = combinations[int(rng.integers(len(combinations)))]
    return _shot(_one(puppet, action, rng), place, SIZES, rng)
