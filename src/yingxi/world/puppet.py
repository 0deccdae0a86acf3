"""Puppets as data: a rig, parts cut from leather, colours by role, headwear and a prop. One YAML file each."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import skia
from pydantic import Field

from yingxi.core.cast import Look
from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.story import Language
from yingxi.world import leather, rig
from yingxi.world.leather import RGB, Shape
from yingxi.world.rig import Affine, Rig

_HERE = Path(__file__).parent
NOTHING = "none"
"""Headwear or a prop of this name is left off; None means the puppet's own."""
_PLUME = 0.5
"""How much of what waves over a head counts to its height, in the rig's units."""


class Dye(Document):
    """A named colour."""

    rgb: str = Field(pattern=r"^#[0-9a-f]{6}$")
    words: dict[Language, tuple[str, ...]]

    @property
    def colour(self) -> RGB:
        return int(self.rgb[1:3], 16), int(self.rgb[3:5], 16), int(self.rgb[5:7], 16)


class Palette(Document):
    dyes: dict[str, Dye]


class Part(Document):
    """Pieces on a joint. A joint named without `_n` or `_f` (near, far) means both sides, where there are two."""

    joint: str
    pieces: tuple[Shape, ...]
    words: dict[Language, tuple[str, ...]] = Field(default_factory=dict)


class Parts(Document):
    parts: dict[str, Part]


class Sheet(Document):
    """One puppet. The first of `colours`, `headwear` and `props` is its own; the others suit it too."""

    words: dict[Language, tuple[str, ...]]
    rig: str
    scale: float = Field(1.0, gt=0)
    head: float = Field(1.0, gt=0, description="the head's size against the body's")
    stoop: float = Field(0.0, description="degrees that the torso leans")
    colours: dict[str, tuple[str, ...]]
    headwear: tuple[str, ...] = (NOTHING,)
    props: tuple[str, ...] = (NOTHING,)
    parts: tuple[str, ...]
    own: dict[str, Part] = Field(default_factory=dict)


def names() -> list[str]:
    """Every puppet that there is, sorted."""
    return sorted(path.stem for path in (_HERE / "puppets").glob("*.yaml"))


@cache
def palette() -> dict[str, Dye]:
    """The named colours."""
    return load_yaml(_HERE / "palette.yaml", Palette).dyes


@cache
def wardrobe() -> dict[str, Part]:
    """Every shared part by name: bodies, heads, headwear, props."""
    return {name: part for path in sorted((_HERE / "parts").glob("*.yaml"))
            for name, part in load_yaml(path, Parts).parts.items()}  # fmt: skip


@cache
def sheet(name: str) -> Sheet:
    """The puppet called `name`. Raises YingxiError naming what there is."""
    path = _HERE / "puppets" / f"{name}.yaml"
    if "/" in name or not path.is_file():
        raise YingxiError(f"no puppet is called {name!r}; there is {', '.join(names())}")
    return load_yaml(path, Sheet)


class Puppet:
    """A puppet dressed for a look, ready to be posed and drawn, facing right, its root joint at the origin."""

    def __init__(self, look: Look) -> None:
        self.sheet = sheet(look.puppet)
        self.rig: Rig = rig.load(self.sheet.rig)
        self.headwear = self._worn("headwear", look.headwear, self.sheet.headwear)
        self.prop = self._worn("prop", look.prop, self.sheet.props)
        self._dyes = self._dye(look.colours)
        self._pictures = self._cut()

    def _worn(self, kind: str, asked: str | None, own: tuple[str, ...]) -> str | None:
        name = own[0] if asked is None else asked
        if name == NOTHING:
            return None
        if name not in wardrobe():
            raise YingxiError(f"no {kind} is called {name!r}; {self.sheet.words['en'][0]} may have {', '.join(own)}")
        return name

    def _part(self, name: str) -> Part:
        part = self.sheet.own.get(name) or wardrobe().get(name)
        if part is None:
            raise YingxiError(f"{self.sheet.words['en'][0]}: no part is called {name!r}")
        return part

    def _dye(self, asked: Mapping[str, str]) -> dict[str, RGB]:
        dyes = {role: palette()[choices[0]].colour for role, choices in self.sheet.colours.items()}
        for role, name in asked.items():
            if name not in palette():
                raise YingxiError(f"no colour is called {name!r}; there is {', '.join(palette())}")
            dyes[role] = palette()[name].colour
        for name, dye in palette().items():
            dyes.setdefault(name, dye.colour)
        return dyes

    def _cut(self) -> dict[str, list[skia.Picture]]:
        far = {role: leather.shaded(rgb, 0.8) for role, rgb in self._dyes.items()}
        near_key, far_key = tuple(self._dyes.items()), tuple(far.items())
        pictures: dict[str, list[skia.Picture]] = {}
        listed = [*self.sheet.parts, *(w for w in (self.headwear, self.prop) if w)]
        for name in listed:
            part = self._part(name)
            joints = [j for j in (part.joint, f"{part.joint}_n", f"{part.joint}_f") if j in self.rig.joints]
            for joint in joints:
                key = far_key if joint in self.rig.far else near_key
                pictures.setdefault(joint, []).append(leather.part(part.pieces, key))
        return pictures

    @property
    def crown(self) -> float:
        """How high the head with what is on it rises over the neck, in the rig's units: ears, horns, antennas and
        hats are counted, of the long plumes of a headdress only the foot."""
        bare = high = self.rig.crown
        if self.sheet.rig == "human":
            parts = map(self._part, self.sheet.parts)
            high = max(bare, *(_top(part) for part in parts if part.joint == "head"))
        if self.headwear is not None:
            worn = wardrobe()[self.headwear]
            high = max(high, min(_top(worn), bare + _PLUME), _top(worn, bare))
        return high * self.sheet.head

    def place(self, pose: rig.Pose, level: float = 1.0) -> dict[str, Affine]:
        """Frames of the joints for a pose, in the rig's units."""
        stooped = {**pose, "torso": pose.get("torso", 0.0) + self.sheet.stoop} if self.sheet.stoop else pose
        return self.rig.place(stooped, level)

    def draw(self, canvas: skia.Canvas, frames: Mapping[str, Affine], behind: bool | None = None) -> None:
        """Draw all parts; with a rig that has a `mount`, only those behind it (True) or before it (False)."""
        order = self.rig.order
        if behind is not None and self.rig.mount:
            split = order.index(self.rig.mount)
            order = order[:split] if behind else order[split:]
        for joint in order:
            for picture in self._pictures.get(joint, ()):
                matrix = frames[joint].matrix
                if joint in ("head", "jaw", "hat") and self.sheet.head != 1.0:
                    matrix = matrix.preScale(self.sheet.head, self.sheet.head)
                canvas.drawPicture(picture, matrix, None)


def _top(part: Part, bare: float | None = None) -> float:
    """How high a part rises over its joint: all of it, or only the cut leather that begins at a `bare` head, which a
    plume's line and its tip do not."""
    bounds = [(piece.outline().getBounds(), piece) for piece in part.pieces]
    solid = [b for b, piece in bounds if bare is None or (piece.fill and -b.bottom() < bare + 0.2)]
    return max((-b.top() for b in solid), default=0.0)


@lru_cache(maxsize=64)
def _dressed(key: str) -> Puppet:
    return Puppet(Look.model_validate_json(key))


def dressed(look: Look) -> Puppet:
    """A puppet for a look, kept for the next shot with the same look."""
    return _dressed(look.model_copy(update={"words": ""}).model_dump_json())
