"""A figure of a shot as it plays: where it is, how it is posed, and what surrounds it, at any second."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import skia

from yingxi.core.cast import Look
from yingxi.core.shot import Figure, Line
from yingxi.world import action as actions
from yingxi.world import effect, puppet
from yingxi.world.action import Action, eased, sway
from yingxi.world.rig import Affine
from yingxi.world.speech import turns

GROUND = 7.6
_DEFAULT = Look(puppet="scholar")
_DELAY = 0.2  # seconds that an action done once waits, so that its start is seen
CLIMB = 0.95
"""Units that a cycle of climbing rises."""
THROWN = 0.54
"""Where in a throw the hand lets go."""
_SMOKE = {"smoke in": (0.0, 0.5), "smoke out": (0.45, 1.0), "change": (0.25, 0.75)}
"""The part of the action in which there is smoke: who comes or goes is seen for as long as the smoke."""
_SETTLE = 0.35  # seconds from one way of moving to the next
_LOOSE = ("arm", "fore", "hand", "prop", "dangle", "cape", "tail")
_FLESH, _WIDEST = 0.6, 3.4
"""Units around the joints, and the most that others keep off a long beast."""
_SPOKEN = ("head", "jaw", "neck", "arm_n", "fore_n", "hand_n", "prop", "cannon_n")


class Actor:
    """One figure in a shot of `seconds`; `width` is the picture's in world units. `still` shows a single moment.

    `hover` is how high above the stage's ground it floats where the place has none.
    """

    def __init__(
        self, figure: Figure, *, place: int, centre: float, width: float, seconds: float, still: bool,
        lines: Sequence[Line], seed: int, hover: float = 0.0,
    ) -> None:  # fmt: skip
        self.figure = figure
        self.action: Action = actions.load(figure.action)
        look = figure.look or _DEFAULT
        self.puppet = puppet.dressed(look)
        if self.action.holds and self.puppet.sheet.rig == "human":
            self.puppet = puppet.dressed(look.model_copy(update={"prop": self.action.holds}))
        self.scale = self.puppet.sheet.scale
        self._rig = self.puppet.sheet.rig
        self._seconds, self._still = seconds, still
        self._rng = np.random.default_rng([seed, place])
        self._offset = float(self._rng.random())
        self._place = place
        self._hover = hover
        self._turns = turns(lines, figure.who, seconds)
        self._silent = bool(lines) and not self._turns
        self.mount = self._saddle() if self.action.effect == "horse" else None
        self.start = centre + (figure.at - 0.5) * width
        self.above = 0.0
        self._met: float | None = None
        self._becomes: Actor | None = None
        self._was: Actor | None = None
        self._plan(centre, width)

    def _saddle(self) -> "puppet.Puppet | None":
        return puppet.dressed(Look(puppet="horse")) if self._rig == "human" else None

    def _plan(self, centre: float, width: float) -> None:
        figure, moving = self.figure, self.action
        self.towards = 1 if figure.facing == "right" else -1
        self.end, self._arrival = self.start, 0.0
        self._name = figure.action
        if figure.to is not None and abs(figure.to - figure.at) > 0.01:
            self.end = centre + (figure.to - 0.5) * width
            if not moving.travels:
                self._name, moving = "walk", actions.load("walk")
        elif figure.to is None and moving.travels:
            # Nobody said where to: on across the picture, and out of it where there is time.
            ahead = 1.2 - figure.at if self.towards > 0 else figure.at + 0.2
            far = min(moving.travels * self.scale * max(self._seconds, 1.0), max(ahead, 0.3) * width)
            self.end = self.start + self.towards * far
        self._mover = moving
        distance = abs(self.end - self.start)
        if distance > 0:
            self.towards = 1 if self.end > self.start else -1
            natural = moving.travels * self.scale
            speed = min(max(distance / max(self._seconds, 1e-6), 0.6 * natural), 2.0 * natural)
            self._arrival = distance / speed
            if self._name == "jump":
                # Whoever jumps lands before stopping.
                self._arrival = moving.seconds * max(1, round(self._arrival / moving.seconds))
        self._speed = distance / self._arrival if self._arrival else 0.0

    def meet(self, others: Mapping[str, "Actor"]) -> None:
        """Turn to the figure that the action is towards, and stand as far from it as the action wants."""
        other = others.get(self.figure.toward or "")
        if other is None or other is self or self._arrival:
            return
        self.towards = 1 if other.start >= self.start else -1
        if other.start == self.start:
            self.towards = 1 if self._place < other._place else -1
        if self.action.effect == "change":
            self._becomes, other._was, other._met = other, self, self.start
            return
        gap = self.action.gap
        if gap is not None and not other._arrival:
            mutual = other.figure.toward == self.figure.who
            share = 0.5 if mutual else 1.0
            middle = (self.start + other.start) / 2 if mutual else other.start
            long = self.puppet.rig.length + other.puppet.rig.length
            self._met = middle - self.towards * (gap + long) * share * (self.scale + other.scale) / 2

    def settle(self) -> None:
        """Take the place that `meet` found, once everyone has looked."""
        if self._met is not None:
            self.start = self.end = self._met

    def shift(self, by: float) -> None:
        """Stand `by` units farther to the right."""
        self.start, self.end = self.start + by, self.end + by

    @property
    def travels(self) -> bool:
        """Whether it goes anywhere in the shot."""
        return self._arrival > 0

    @property
    def flies(self) -> bool:
        return self.action.effect == "cloud"

    def touches(self, other: "Actor") -> bool:
        """Whether the action of either is to be near the other: a fight, an embrace, a change of shape."""
        near = self._was is other or other._was is self
        return near or any(
            a._met is not None and a.figure.toward == b.figure.who for a, b in ((self, other), (other, self))
        )

    def reach(self, side: int) -> float:
        """Units from its root to its outline on a side (1 right, -1 left) when it has come to rest, without arms and
        what hangs or waves."""
        frames = {**self.frames(self._seconds), **(self.steed(self._seconds) if self.mount else {})}
        root = self.x(self._seconds)
        bones = [side * (f.e - root) for joint, f in frames.items() if not joint.startswith(_LOOSE)]
        bones.append(side * (frames["head"].at(0.0, -0.6 * self.puppet.sheet.head)[0] - root))
        return min(max(*bones, self.puppet.rig.length * self.scale) + _FLESH * self.scale, _WIDEST)

    def progress(self, seconds: float) -> float:
        """0..1 through an action that is done once."""
        if self._still:
            return self.action.still
        begun, wait = self._arrival * (self._mover is not self.action), _DELAY
        if self.action.effect == "smoke out":
            # Who vanishes is seen for half of the shot, and not missed for the rest of a long one.
            wait = max(wait, (self._seconds - begun) / 2 - _SMOKE["smoke out"][0] * self._span())
        return min(max((seconds - begun - wait) / self._span(), 0.0), 1.0)

    def _span(self) -> float:
        """Seconds that an action which is done once takes: its own, or what the shot leaves it."""
        return min(self.action.seconds, max(0.5, self._seconds - 2 * _DELAY))

    def x(self, seconds: float) -> float:
        """Where the figure's root is, without the action's own shift."""
        if self._still:
            return self.start + 0.4 * (self.end - self.start) if self._seconds else self.start
        gone = min(max(seconds, 0.0), self._arrival)
        if self._mover is self.action and self._name == "jump" and self._speed:
            cycle = self.action.seconds
            turn, phase = divmod(gone / cycle, 1.0)
            gone = min((turn + eased((phase - 0.2) / 0.5)) * cycle, self._arrival)
        return self.start + self.towards * self._speed * gone

    def _moving_phase(self, seconds: float) -> float:
        if self._still:
            return self._mover.still
        if self.puppet.rig.feet and (self._name in ("walk", "run") or self._rig != "human"):
            if self._mover.ground and self._name != "jump":
                return actions.gait(self._name, self._rig).phase(abs(self.x(seconds) - self.start) / self.scale)
            return seconds / self._mover.seconds
        return seconds / self._mover.seconds + (self._offset if self._name != "jump" else 0.0)

    def pose(self, seconds: float) -> tuple[dict[str, float], float, bool]:
        """(angles, level, grounded) at a second: the action, blended with speech and a breath of life."""
        arrived = eased((seconds - self._arrival) / _SETTLE) if self._arrival else 1.0
        moving = self._mover if self._arrival and not self._still else None
        rest = self.action
        if self._arrival and self._mover is self.action and self.action.ground:
            rest = actions.load("stand")
        if self._still and self._arrival:
            rest = self._mover
        if rest.cyclic(self._rig):
            late = 0.5 * (self._place % 2) if rest.gap else self._offset
            phase = rest.still if self._still else seconds / rest.seconds + late
        else:
            phase = self.progress(seconds)
        angles = rest.pose(self._rig, phase)
        level, ground = rest.level, rest.ground
        if moving is not None and arrived < 1.0:
            walked = moving.pose(self._rig, self._moving_phase(seconds))
            angles = blend(walked, angles, arrived)
            level = moving.level * (1 - arrived) + level * arrived
            ground = moving.ground if arrived < 0.5 else ground
        self._speak(angles, seconds)
        self._breathe(angles, seconds)
        return angles, level, ground

    def speaking(self, seconds: float) -> float:
        """0..1, how much the figure speaks."""
        return max((turn.weight(seconds) for turn in self._turns), default=0.0)

    def _speak(self, angles: dict[str, float], seconds: float) -> None:
        weight = self.speaking(seconds)
        if self.figure.action == "talk":
            if self._silent or (self._turns and weight < 1.0):
                quiet = actions.load("stand").pose(self._rig, seconds / 4)
                for joint in {*angles, *quiet}:
                    low = quiet.get(joint, 0.0)
                    angles[joint] = low + (angles.get(joint, 0.0) - low) * weight
            return
        if weight <= 0:
            return
        said = actions.load("talk").pose(self._rig, seconds / 2.4 + self._offset)
        for joint in _SPOKEN:
            if joint not in said:
                continue
            if joint in ("head", "jaw", "neck"):
                angles[joint] = angles.get(joint, 0.0) + weight * said[joint]
            elif not self.action.busy:
                angles[joint] = angles.get(joint, 0.0) * (1 - 0.85 * weight) + 0.85 * weight * said[joint]

    def _breathe(self, angles: dict[str, float], seconds: float) -> None:
        if self._still:
            seconds = 0.0
        for joint, size, period in (("torso", 1.3, 3.1), ("head", 2.2, 4.3), ("arm_n", 2.0, 3.7), ("arm_f", 2.0, 4.1),
                                    ("fore_n", 2.5, 2.9), ("neck", 1.5, 3.4), ("cape", 2.0, 3.3)):  # fmt: skip
            angles[joint] = angles.get(joint, 0.0) + size * sway(seconds, self._offset + size, period)

    def lift(self, seconds: float) -> float:
        """How high a figure is that flies, or floats where there is no ground."""
        if self.flies:
            return 1.35 + self.above if self._still else 0.5 + (1.0 + self.above) * eased(seconds / 1.4)
        if self.action.effect == "ladder" and self._rig == "human":
            return self.scale * CLIMB * (1.6 if self._still else seconds / self.action.seconds + 0.4)
        return self._hover and self._hover + 0.16 * sway(seconds, self._offset, 5.0)

    def frames(self, seconds: float) -> dict[str, Affine]:
        """Joint frames in world units."""
        angles, level, ground = self.pose(seconds)
        shift, lift = angles.pop("shift", 0.0), angles.pop("lift", 0.0)
        local = self.puppet.place(angles, level)
        depth = self.puppet.rig.depth(local) if ground else self._standing()
        if self.mount is not None:
            depth = 0.0
            lift += self._seat(seconds)
        s = self.scale
        x = self.x(seconds) + self.towards * shift * s
        y = GROUND - 0.05 * self._place - (depth + lift) * s - self.lift(seconds)
        base = Affine(self.towards * s, 0.0, 0.0, s, x, y)
        return {joint: _under(base, frame) for joint, frame in local.items()}

    def _standing(self) -> float:
        return self.puppet.rig.depth(self.puppet.place({}))

    def _seat(self, seconds: float) -> float:
        """Height of the saddle in the rider's units."""
        frames = self.steed(seconds)
        return (GROUND - 0.05 * self._place - frames["saddle"].f) / self.scale

    def steed(self, seconds: float) -> dict[str, Affine]:
        """Frames of the horse under a rider."""
        assert self.mount is not None
        moving = self._arrival and seconds < self._arrival
        if moving or self._still:
            gone = 0.35 if self._still else abs(self.x(seconds) - self.start)
            angles = self.action.pose("quadruped", actions.gait("ride", "quadruped").phase(gone))
        else:
            angles = actions.load("stand").pose("quadruped", seconds / 4)
        lift = angles.pop("lift", 0.0)
        local = self.mount.place(angles, 1.0)
        scale = self.mount.sheet.scale
        y = GROUND - 0.05 * self._place - (self.mount.rig.depth(local) + lift) * scale
        base = Affine(self.towards * scale, 0.0, 0.0, scale, self.x(seconds), y)
        return {joint: _under(base, frame) for joint, frame in local.items()}

    def opacity(self, seconds: float) -> float:
        """Less than 1 only in smoke, and before what somebody turns into is there."""
        if self._was is not None:
            return self._was._smoked(seconds, coming=True)
        match self.action.effect:
            case "change":
                back = 0.0 if self._becomes else self._smoked(seconds, coming=True)
                return max(self._smoked(seconds, coming=False), back)
            case "smoke out":
                return self._smoked(seconds, coming=False)
            case "smoke in":
                return self._smoked(seconds, coming=True)
        return 1.0

    def _smoke(self, seconds: float) -> float:
        """0..1 through the smoke of the action."""
        start, end = _SMOKE[self.action.effect or ""]
        return (self.progress(seconds) - start) / (end - start)

    def _smoked(self, seconds: float, coming: bool) -> float:
        """Opacity of who goes while the smoke is at its thickest, or comes when that one is gone."""
        if coming:
            return eased((self._smoke(seconds) - 0.5) / 0.2)
        return 1 - eased((self._smoke(seconds) - 0.3) / 0.2)

    def draw(self, canvas: skia.Canvas, seconds: float, rods: bool) -> None:
        """Draw the figure and what surrounds it onto a canvas in world units."""
        frames = self.frames(seconds)
        opacity = self.opacity(seconds)
        if opacity > 0.01:
            layered = opacity < 0.99
            if layered:
                canvas.saveLayerAlpha(None, round(255 * opacity))
            if self._rig == "human":
                self._furnish(canvas)
            if rods:
                effect.rods(canvas, frames, self.towards)
            canvas.save()
            self._cut(canvas, seconds)
            if self.mount is not None:
                self.puppet.draw(canvas, frames, behind=True)
                self.mount.draw(canvas, self.steed(seconds))
                self.puppet.draw(canvas, frames, behind=False)
            else:
                self.puppet.draw(canvas, frames)
            canvas.restore()
            if layered:
                canvas.restore()
        if self.flies and not self.puppet.rig.wings:
            low = GROUND - self.lift(seconds) + 0.12 * math.sin(2 * seconds)
            effect.cloud(canvas, self.x(seconds), low, self.scale, self.towards, seconds)
        elif self.action.effect in _SMOKE:
            effect.smoke(canvas, self.x(seconds), GROUND, self.scale, self._smoke(seconds), self._offset)
        elif self.action.effect == "water":
            effect.water(canvas, self.x(seconds), GROUND - 0.62 * self.scale, self.scale, self.towards, seconds)
        elif self.action.effect == "throw":
            self._throw(canvas, seconds)

    def _cut(self, canvas: skia.Canvas, seconds: float) -> None:
        """Who changes shape spins, as a puppet does, edge on and round; of a swimmer the waves hide the rest."""
        x = self.x(seconds)
        if self.action.effect == "water":
            canvas.clipRect(skia.Rect.MakeLTRB(x - 50, -50, x + 50, GROUND - 0.05 * self.scale))
        elif self.action.effect == "change":
            canvas.translate(x, 0)
            canvas.scale(math.cos(4 * math.pi * eased(self.progress(seconds))), 1)
            canvas.translate(-x, 0)

    def _furnish(self, canvas: skia.Canvas) -> None:
        """What the action stands or lies on, or climbs, behind the figure."""
        x, ground, s = self.end, GROUND - 0.05 * self._place, self.scale
        if self.action.effect == "stool":
            # The seat waits where the figure will be when it has sat down.
            local = self.puppet.place(self.action.pose("human", 1.0), self.action.level)
            seat = ground - (self.puppet.rig.depth(local) - local["pelvis"].at(0, 0.26)[1]) * s
            effect.stool(canvas, x - 0.06 * self.towards * s, seat, ground, s)
        elif self.action.effect == "couch":
            effect.couch(canvas, x, ground, s, self.towards)
        elif self.action.effect == "zither":
            effect.zither(canvas, x, ground, s, self.towards)
        elif self.action.effect == "ladder":
            effect.ladder(canvas, x + 0.6 * self.towards * s, ground, s, CLIMB / 3)

    def _throw(self, canvas: skia.Canvas, seconds: float) -> None:
        """The stone: in the hand, and then in the air."""
        gone = seconds - (THROWN * self._span() + _DELAY) if not self._still else -1.0
        hand = self.frames(seconds - max(gone, 0.0))["hand_n" if self._rig == "human" else "head"]
        (x, y), s, t = hand.at(0.0, 0.16), self.scale, max(gone, 0.0)
        effect.stone(canvas, x + self.towards * 9.0 * s * t, min(y - 2.6 * s * t + 6.0 * s * t * t, GROUND - 0.1), s)


def blend(a: Mapping[str, float], b: Mapping[str, float], share: float) -> dict[str, float]:
    """Angles between two poses; `share` of the second."""
    return {joint: a.get(joint, 0.0) * (1 - share) + b.get(joint, 0.0) * share for joint in {**a, **b}}


def _under(base: Affine, frame: Affine) -> Affine:
    a, b, c, d, e, f = frame
    return Affine(base.a * a + base.c * b, base.b * a + base.d * b, base.a * c + base.c * d, base.b * c + base.d * d,
                  base.a * e + base.c * f + base.e, base.b * e + base.d * f + base.f)  # fmt: skip
