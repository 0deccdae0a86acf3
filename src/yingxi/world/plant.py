"""Leaves and boughs, and the plants nearest to them: bamboo, grass and reeds."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, curve, limb
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


def leaf(path: skia.Path, x: float, y: float, angle: float, length: float, width: float) -> None:
    """Add a lance-shaped leaf from (x, y) along an angle (radians)."""
    dx, dy = math.cos(angle), math.sin(angle)
    tip = (x + dx * length, y + dy * length)
    side = (-dy * width, dx * width)
    mid = (x + dx * length * 0.4, y + dy * length * 0.4)
    path.moveTo(x, y)
    path.quadTo(mid[0] + side[0], mid[1] + side[1], *tip)
    path.quadTo(mid[0] - side[0], mid[1] - side[1], x, y)
    path.close()


def trunk(brush: Brush, points: list[Point], widths: list[float], name: str) -> None:
    """A bough with bark slits along it."""
    brush.leather(limb(points, widths), name, None, 0.035)
    slits = skia.Path()
    for i in range(len(points) - 1):
        (ax, ay), (bx, by) = points[i], points[i + 1]
        for share in (0.2, 0.6):
            x, y = ax + (bx - ax) * share, ay + (by - ay) * share
            nudge = widths[i] * brush.spread(-0.22, 0.22)
            slits.moveTo(x + nudge, y)
            slits.lineTo(x + nudge + (bx - ax) * 0.22, y + (by - ay) * 0.22)
    brush.cut(slits, 0.03, 0.5)


class Bamboo(Element):
    """A stalk of bamboo with its joints and sprays of leaves."""

    kind: Literal["bamboo"]
    height: float = 11.0
    girth: float = 0.2
    bend: float = 0.5
    sprays: int = 7
    stalk: Pigment = "moss"
    leaves: Pigment = "malachite"

    def paint(self, brush: Brush) -> None:
        joints = max(4, round(self.height / 1.15))
        bend = self.bend * brush.spread(-1, 1)
        points = [
            (bend * (i / joints) ** 2, 0.2 - self.height * i / joints + brush.spread(-0.06, 0.06))
            for i in range(joints + 1)
        ]
        slits, knots = skia.Path(), skia.Path()
        for i in range(joints):
            (ax, ay), (bx, by) = points[i], points[i + 1]
            half = self.girth / 2 * (1 - 0.45 * i / joints)
            part = skia.Path()
            part.moveTo(ax - half * 1.15, ay - 0.03)
            part.quadTo((ax + bx) / 2 - half * 0.8, (ay + by) / 2, bx - half, by + 0.03)
            part.lineTo(bx + half, by + 0.03)
            part.quadTo((ax + bx) / 2 + half * 0.8, (ay + by) / 2, ax + half * 1.15, ay - 0.03)
            part.close()
            brush.leather(part, self.stalk, self.leaves, 0.03)
            slits.moveTo(ax - half * 0.35, ay - 0.15)
            slits.lineTo(bx - half * 0.35, by + 0.2)
            knots.moveTo(ax - half * 1.3, ay)
            knots.lineTo(ax + half * 1.3, ay)
        brush.cut(slits, self.girth * 0.2, 0.65)
        brush.line(knots, 0.05)
        for _ in range(self.sprays):
            k = brush.random.randrange(joints // 3, joints + 1)
            self._spray(brush, *points[k], side=brush.random.choice((-1, 1)))

    def _spray(self, brush: Brush, x: float, y: float, side: int) -> None:
        size = brush.spread(0.8, 1.25)
        end = (x + side * size * brush.spread(0.7, 1.1), y - size * brush.spread(0.05, 0.4))
        twig = curve([(x, y), ((x + end[0]) / 2, min(y, end[1]) - 0.1), end])
        brush.line(twig, 0.035, self.leaves)
        blades, veins = skia.Path(), skia.Path()
        for share in (0.45, 0.75, 1.0):
            px, py = x + (end[0] - x) * share, y + (end[1] - y) * share - 0.05
            for turn in (-0.35, 0.25, 0.8):
                angle = (0.0 if side > 0 else math.pi) + side * (turn + brush.spread(-0.2, 0.3))
                length = size * brush.spread(0.5, 0.85)
                leaf(blades, px, py, angle, length, 0.1 * size)
                veins.moveTo(px + math.cos(angle) * length * 0.15, py + math.sin(angle) * length * 0.15)
                veins.lineTo(px + math.cos(angle) * length * 0.75, py + math.sin(angle) * length * 0.75)
        brush.fill(blades, self.leaves)
        brush.line(blades, 0.018, alpha=0.7)
        brush.cut(veins, 0.014, 0.6)


class Grass(Element):
    """Tufts of blades over a width: grass, or reeds when they are tall and plumed."""

    kind: Literal["grass"]
    width: float = 2.0
    height: float = 0.6
    count: int = 22
    leaves: Pigment = "moss"
    plume: Pigment | None = None

    def paint(self, brush: Brush) -> None:
        blades = skia.Path()
        heads: list[tuple[float, float, float]] = []
        for _ in range(self.count):
            x = brush.spread(-0.5, 0.5) * self.width
            length, bend = self.height * brush.spread(0.55, 1.0), brush.spread(-0.5, 0.5) * self.height
            bend += 0.05 * self.height * math.sin(brush.seconds * 1.4 + x * 3)
            thick = 0.035 + 0.02 * self.height
            blades.moveTo(x - thick, 0.08)
            blades.quadTo(x + bend * 0.2, -length * 0.6, x + bend, -length)
            blades.quadTo(x + bend * 0.2 + thick * 1.5, -length * 0.55, x + thick, 0.08)
            blades.close()
            heads.append((x + bend, -length, bend))
        brush.fill(blades, self.leaves)
        brush.line(blades, 0.02, alpha=0.6)
        if self.plume:
            tufts = skia.Path()
            for x, y, bend in heads[::2]:
                leaf(
                    tufts,
                    x,
                    y + 0.1,
                    -math.pi / 2 + (0.5 if bend > 0 else -0.5),
                    self.height * 0.3,
                    self.height * 0.06,
                )
            brush.fill(tufts, self.plume)
            brush.line(tufts, 0.018, alpha=0.5)


Painted = Annotated[Bamboo | Grass, Field(discriminator="kind")]
