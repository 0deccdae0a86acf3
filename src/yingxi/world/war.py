"""What is left on a battlefield: broken carts, weapons planted in the ground, columns of smoke."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, colour, curve, polygon, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment, mix


def wheel(brush: Brush, x: float, y: float, r: float, spokes: int = 8) -> None:
    """A spoked wheel of wood about (x, y), the light between its spokes."""
    brush.line(circle(x, y, r * 0.88), r * 0.3)
    brush.line(circle(x, y, r * 0.88), r * 0.2, "umber")
    bars = [
        [(x, y), (x + math.cos(math.tau * k / spokes) * r * 0.8, y + math.sin(math.tau * k / spokes) * r * 0.8)]
        for k in range(spokes)
    ]
    brush.line(strokes(bars), r * 0.15)
    brush.line(strokes(bars), r * 0.09, "ochre")
    brush.leather(circle(x, y, r * 0.2), "gold", "ochre", 0.03)
    nails = skia.Path()
    for k in range(spokes * 2):
        angle = math.tau * (k + 0.5) / (spokes * 2)
        nails.addCircle(x + math.cos(angle) * r * 0.89, y + math.sin(angle) * r * 0.89, r * 0.035)
    brush.hole(nails, 0.85)


class Cart(Element):
    """A war cart that has broken down: one wheel under it, the other off, the shafts in the air."""

    kind: Literal["cart"]
    width: float = 2.6
    cloth: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w = self.width
        brush.canvas.save()
        brush.canvas.translate(0, -w * 0.24)
        brush.canvas.rotate(-9)
        shafts = strokes([[(w * 0.3, 0.0), (w * 0.98, -w * 0.04)], [(w * 0.3, -w * 0.1), (w * 0.9, -w * 0.2)]])
        brush.line(shafts, 0.15)
        brush.line(shafts, 0.09, "umber")
        brush.leather(box(-w * 0.5, -w * 0.16, w * 0.42, w * 0.05), "umber", "soot", 0.04)
        boards = strokes([[(-w * 0.5 + w * 0.153 * k, -w * 0.15), (-w * 0.5 + w * 0.153 * k, w * 0.04)]
                          for k in range(1, 6)])  # fmt: skip
        brush.cut(boards, 0.03, 0.6)
        rail: list[list[Point]] = [[(-w * 0.46 + w * 0.15 * k, -w * 0.16), (-w * 0.46 + w * 0.15 * k, -w * 0.36)]
                                   for k in range(5)]  # fmt: skip
        rail.append([(-w * 0.52, -w * 0.36), (w * 0.1, -w * 0.36)])
        brush.line(strokes(rail), 0.12)
        brush.line(strokes(rail), 0.065, "ochre")
        flag = curve([(-w * 0.1, -w * 0.34), (w * 0.08, -w * 0.3), (w * 0.2, -w * 0.12), (w * 0.34, w * 0.02),
                      (w * 0.1, w * 0.0), (0.0, -w * 0.1), (-w * 0.1, w * 0.06)], closed=True,
                      tension=0.6)  # fmt: skip
        brush.leather(flag, self.cloth, "crimson", 0.035)
        brush.canvas.restore()
        wheel(brush, -w * 0.22, -w * 0.24, w * 0.24)
        brush.canvas.save()
        brush.canvas.translate(w * 0.66, -w * 0.13)
        brush.canvas.scale(1, 0.62)
        wheel(brush, 0, 0, w * 0.22)
        brush.canvas.restore()


class Weapons(Element):
    """Spears, swords, arrows and a shield left standing in the ground."""

    kind: Literal["weapons"]
    width: float = 2.0
    height: float = 2.2
    count: int = 4
    arrows: int = 6

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for _ in range(self.arrows):
            x, tall, lean = brush.spread(-0.5, 0.5) * w, h * brush.spread(0.24, 0.36), brush.spread(-0.5, 0.1)
            tip = (x + lean * tall, -tall)
            brush.line(strokes([[(x, 0.05), tip]]), 0.04)
            feather = polygon(
                [tip, (tip[0] - 0.09, tip[1] - 0.16), (tip[0], tip[1] - 0.3), (tip[0] + 0.07, tip[1] - 0.14)]
            )
            brush.leather(feather, "ivory", "cinnabar", 0.02)
        for k in range(self.count):
            x = w * ((k + 0.5) / self.count - 0.5) + brush.spread(-0.1, 0.1)
            brush.canvas.save()
            brush.canvas.translate(x, 0.06)
            brush.canvas.rotate(brush.spread(-22, 22))
            (self._spear if k % 3 != 1 else self._sword)(brush, h * brush.spread(0.8, 1.1))
            brush.canvas.restore()
        x = -w * 0.32
        shield = circle(x, -h * 0.2, h * 0.21)
        brush.leather(shield, "lacquer", "crimson", 0.045)
        for r in (0.16, 0.1):
            brush.line(circle(x, -h * 0.2, h * r), 0.035, "gold")
        brush.leather(circle(x, -h * 0.2, h * 0.05), "gold", "ochre", 0.03)

    def _spear(self, brush: Brush, h: float) -> None:
        brush.line(strokes([[(0, 0), (0, -h)]]), 0.09)
        brush.line(strokes([[(0, 0), (0, -h)]]), 0.05, "ochre")
        tuft = polygon([(0, -h - 0.02), (-0.15, -h + 0.32), (0, -h + 0.24), (0.15, -h + 0.34)])
        brush.leather(tuft, "cinnabar", "crimson", 0.025)
        brush.leather(polygon([(-0.09, -h), (0, -h - 0.42), (0.09, -h), (0, -h + 0.08)]), "stone", "slate", 0.03)

    def _sword(self, brush: Brush, h: float) -> None:
        long = h * 0.6
        brush.leather(polygon([(-0.07, -long), (0.07, -long), (0.05, 0), (-0.05, 0)]), "ivory", "slate", 0.03)
        brush.cut(strokes([[(0, -long + 0.08), (0, -0.1)]]), 0.02)
        brush.leather(box(-0.22, -long - 0.07, 0.22, -long + 0.03, 0.04), "gold", "ochre", 0.03)
        brush.leather(box(-0.05, -long - 0.4, 0.05, -long - 0.05), "lacquer", None, 0.025)
        brush.leather(circle(0, -long - 0.44, 0.08), "gold", None, 0.025)


class Smoke(Element):
    """A column of smoke that leans in the wind: soft puffs that rise, swell and thin out."""

    kind: Literal["smoke"]
    height: float = 5.0
    girth: float = 0.9
    wind: float = 1.6
    colour: Pigment = "slate"
    alpha: float = 0.5
    ember: float = 0.0

    def paint(self, brush: Brush) -> None:
        if self.ember:
            brush.glow(0, 0, self.girth * 2.4, "orange", self.ember)
        count = 11
        for k in range(count):
            rise = ((k + brush.seconds * 0.55) / count) % 1
            x = self.wind * rise**1.6 + 0.14 * self.girth * math.sin(k * 2.1 + brush.seconds * 0.7)
            y, r = -self.height * rise, self.girth * (0.32 + 0.75 * rise)
            alpha = self.alpha * min(1, rise * 6) * (1 - rise) ** 0.8
            tone = mix(brush.tone(self.colour), brush.light.haze, 0.25 + 0.4 * rise)
            shades = [colour(tone, alpha), colour(tone, alpha * 0.75), colour(tone, 0)]
            puff = skia.GradientShader.MakeRadial(skia.Point(x, y), r, shades, [0.0, 0.6, 1.0])
            brush.canvas.drawCircle(x, y, r, skia.Paint(AntiAlias=True, Shader=puff))


Painted = Annotated[Cart | Weapons | Smoke, Field(discriminator="kind")]
