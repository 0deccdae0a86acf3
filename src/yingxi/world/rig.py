"""Skeletons: joints, how they hang together, and where a pose puts them."""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple, Self

import skia
from pydantic import AfterValidator, Field

from yingxi.core.documents import Document, load_yaml

FOLDER = Path(__file__).parent / "rigs"
Pose = Mapping[str, float]
"""Degrees by joint; positive bends forwards (up, for tails and toes). `lift` and `shift` move the root, in units."""
Keys = float | tuple[tuple[float, float], ...]


def _rising(curves: dict[str, Keys]) -> dict[str, Keys]:
    for joint, keys in curves.items():
        phases = [k[0] for k in keys] if isinstance(keys, tuple) else [0.0]
        if phases != sorted(set(phases)) or phases[0] < 0 or phases[-1] > 1:
            raise ValueError(f"the phases of {joint} do not rise from 0 to 1")
    return curves


Curves = Annotated[dict[str, Keys], AfterValidator(_rising)]
"""Angles over phase 0..1 by joint."""


class Affine(NamedTuple):
    """``x' = a x + c y + e``, ``y' = b x + d y + f``."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, x: float, y: float, degrees: float) -> Self:
        """This frame, moved by (x, y) in its own units and turned clockwise."""
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        a, b, c, d, e, f = self
        return self._replace(
            a=a * cos + c * sin, b=b * cos + d * sin, c=c * cos - a * sin, d=d * cos - b * sin,
            e=a * x + c * y + e, f=b * x + d * y + f,
        )  # fmt: skip

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def turn(self) -> float:
        """Degrees clockwise."""
        return math.degrees(math.atan2(self.b, self.a))

    @property
    def matrix(self) -> skia.Matrix:
        return skia.Matrix.MakeAll(self.a, self.c, self.e, self.b, self.d, self.f, 0, 0, 1)


class Joint(Document):
    """`hangs` says that the part points down from the joint, so that forwards is anticlockwise.

    `level` keeps a foot parallel to the ground, `plumb` lets a
    thing hang straight down. `follows` adds a share of other joints' angles.
    """

    parent: str | None = None
    at: tuple[float, float] = (0.0, 0.0)
    hangs: bool = False
    level: bool = False
    plumb: bool = False
    rest: float = 0.0
    follows: dict[str, float] = Field(default_factory=dict)


class Rig(Document):
    """`joints` with parents before children; `order` from back to front; `contacts` may touch the ground.

    A rig with the joints of another moves `like` it. One that moves like no other has `curves` of its own by action:
    at least `stand` and `walk`, which it plays round and round for actions that it does not list. One with `wings`
    flies without a cloud. `length` is how much farther from others than a person it stands, `crown` how far it rises
    over the joint `head`.
    """

    joints: dict[str, Joint]
    order: tuple[str, ...]
    contacts: tuple[tuple[str, float, float], ...]
    far: tuple[str, ...] = ()
    mount: str | None = None
    like: str | None = None
    curves: dict[str, Curves] = Field(default_factory=dict)
    wings: bool = False
    length: float = 0.0
    crown: float = 0.5

    @property
    def feet(self) -> bool:
        """Whether it goes on feet, which must not slide."""
        return any(joint.startswith(("foot", "hoof")) for joint, _x, _y in self.contacts)

    def place(self, pose: Pose, level: float = 1.0) -> dict[str, Affine]:
        """Each joint's frame in the puppet's units, the root joint at the origin."""
        frames: dict[str, Affine] = {}
        for name, joint in self.joints.items():
            parent = frames[joint.parent] if joint.parent else Affine()
            angle = joint.rest + pose.get(name, 0.0)
            for other, share in joint.follows.items():
                angle += share * pose.get(other, 0.0)
            turn = -angle if joint.hangs else angle
            if joint.level or joint.plumb:
                turn -= parent.turn * (1.0 if joint.plumb else level)
            frames[name] = parent.then(*joint.at, turn)
        return frames

    def depth(self, frames: Mapping[str, Affine]) -> float:
        """How far below the root the lowest contact is."""
        return max(frames[joint].at(x, y)[1] for joint, x, y in self.contacts)


@cache
def load(name: str) -> Rig:
    """The rig called `name`. Raises YingxiError if there is none, or for a mistake in its file."""
    return load_yaml(FOLDER / f"{name}.yaml", Rig)
