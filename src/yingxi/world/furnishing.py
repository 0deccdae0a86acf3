"""What stands and hangs in rooms: lanterns, curtains, tables, candles, shelves, screens, plants in pots."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Lantern(Element):
    """A red lantern hung at (x, y) by a cord, with a tassel; its light breathes."""

    kind: Literal["lantern"]
    y: float = 2.4
    size: float = 0.8
    cord: float = 3.0
    colour: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        r = self.size / 2
        swing = math.sin(brush.seconds * 0.9 + brush.spread(0, 6)) * 2.0
        breath = 0.5 + 0.06 * math.sin(brush.seconds * 5 + self.seed)
        brush.canvas.save()
        brush.canvas.translate(0, -self.cord)
        brush.canvas.rotate(swing)
        brush.canvas.translate(0, self.cord)
        brush.line(strokes([[(0, -self.cord), (0, -r)]]), 0.035)
        brush.glow(0, 0, self.size * 2.2, "orange", breath if brush.light.night else breath * 0.6)
        body = skia.Path()
        body.addOval(skia.Rect(-r * 1.15, -r, r * 1.15, r))
        brush.fill(body, self.colour, "orange", lit=True)
        brush.glow(0, 0.05, r * 1.0, "gold", 0.85)
        ribs = skia.Path()
        for k in (0.35, 0.75):
            ribs.addOval(skia.Rect(-r * 1.15 * k, -r, r * 1.15 * k, r))
        brush.line(ribs, 0.022, "lacquer", 0.8)
        brush.line(body, 0.035)
        for y in (-r, r):
            brush.leather(box(-r * 0.5, y - 0.06, r * 0.5, y + 0.06, 0.03), "gold", "ochre", 0.025)
        tassel = strokes([[(x * r, r + 0.06), (x * r * 1.2, r + r * 1.3)] for x in (-0.2, -0.1, 0, 0.1, 0.2)])
        brush.line(tassel, 0.04, "cinnabar")
        brush.canvas.restore()


class Drapery(Element):
    """A theatre curtain drawn aside, from the top down: (x, y) is where it hangs; it falls away from the middle."""

    kind: Literal["drapery"]
    y: float = -0.4
    width: float = 3.4
    height: float = 8.8
    cloth: Pigment = "crimson"
    lining: Pigment = "cinnabar"
    trim: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        edge = [
            (w, 0),
            (w * 0.86, h * 0.22),
            (w * 0.5, h * 0.46),
            (w * 0.2, h * 0.6),
            (w * 0.3, h * 0.8),
            (w * 0.34, h),
        ]
        body = curve(edge)
        body.lineTo(-w * 3, h)
        body.lineTo(-w * 3, -3)
        body.lineTo(w, -3)
        body.close()
        brush.leather(body, self.cloth, "lacquer", 0.05)
        brush.canvas.save()
        brush.canvas.clipPath(body, skia.ClipOp.kIntersect, True)
        for k in range(1, 22):
            share = max(-0.12, 1 - k * 0.14)
            fold = curve([(x * share - 0.01 * min(k, 8) ** 2 - 0.3 * max(0, k - 8), y) for x, y in edge])
            brush.line(fold, 0.07, "lacquer", 0.55)
            brush.canvas.save()
            brush.canvas.translate(0.12, 0)
            brush.line(fold, 0.09, self.lining, 0.7)
            brush.canvas.restore()
        brush.canvas.restore()
        inner = curve([(x - 0.16, y) for x, y in edge])
        brush.line(curve(edge), 0.1, self.trim)
        brush.line(inner, 0.035, self.trim, 0.9)
        tie = curve([(-w * 0.2, h * 0.57), (w * 0.05, h * 0.6), (w * 0.24, h * 0.58)])
        brush.line(tie, 0.2)
        brush.line(tie, 0.13, self.trim)
        brush.line(
            strokes(
                [[(w * 0.12 + d, h * 0.6), (w * 0.12 + d * 1.6, h * 0.72)] for d in (-0.12, -0.06, 0, 0.06, 0.12)]
            ),
            0.05,
            self.trim,
        )


class Table(Element):
    """A table with curled feet. `laid` puts things on it: a scholar's tools, a feast, or books."""

    kind: Literal["table"]
    width: float = 2.6
    height: float = 1.25
    wood: Pigment = "lacquer"
    laid: Literal["none", "scholar", "feast", "books"] = "scholar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for side in (-1, 1):
            leg = curve(
                [
                    (side * w * 0.42, -h * 0.86),
                    (side * w * 0.4, -h * 0.4),
                    (side * w * 0.44, -0.05),
                    (side * w * 0.5, 0),
                ]
            )
            brush.line(leg, 0.15)
            brush.line(leg, 0.1, self.wood)
        apron = curve(
            [
                (-w * 0.42, -h * 0.86),
                (-w * 0.36, -h * 0.66),
                (-w * 0.2, -h * 0.74),
                (0, -h * 0.64),
                (w * 0.2, -h * 0.74),
                (w * 0.36, -h * 0.66),
                (w * 0.42, -h * 0.86),
            ]
        )
        apron.close()
        brush.leather(apron, self.wood, None, 0.03)
        for side in (-1, 1):
            brush.cut(spiral(side * w * 0.24, -h * 0.79, 0.07, 1.2, 0, side), 0.025, 0.8)
        brush.leather(box(-w / 2, -h, w / 2, -h * 0.87, 0.04), self.wood, "umber", 0.035)
        brush.canvas.save()
        brush.canvas.translate(0, -h)
        if self.laid != "none":
            getattr(self, f"_{self.laid}")(brush, w)
        brush.canvas.restore()

    def _scholar(self, brush: Brush, w: float) -> None:
        pot = box(w * 0.2, -0.32, w * 0.31, 0, 0.05)
        for dx, tilt in ((0.0, -0.1), (0.05, 0.02), (0.1, 0.12)):
            brush.line(strokes([[(w * 0.21 + dx, -0.28), (w * 0.21 + dx + tilt, -0.85)]]), 0.045, "umber")
            brush.line(strokes([[(w * 0.21 + dx + tilt * 0.9, -0.78), (w * 0.21 + dx + tilt * 1.15, -0.98)]]), 0.06)
        brush.leather(pot, "azurite", "ivory", 0.03)
        brush.leather(box(-w * 0.08, -0.09, w * 0.1, 0), "ink", "soot", 0.025)
        brush.leather(box(-w * 0.42, -0.06, -w * 0.12, 0), "ivory", None, 0.025)
        brush.leather(circle(-w * 0.42, -0.05, 0.08), "ivory", "sand", 0.025)
        self._flame(brush, w * 0.42)

    def _books(self, brush: Brush, w: float) -> None:
        y = 0.0
        for name, size in (("azurite", 0.5), ("crimson", 0.44), ("malachite", 0.47)):
            brush.leather(box(-w * 0.3 - size / 2, y - 0.13, -w * 0.3 + size / 2, y, 0.02), name, None, 0.025)
            y -= 0.14
        self._flame(brush, w * 0.32)

    def _feast(self, brush: Brush, w: float) -> None:
        for x, name in ((-0.34, "gold"), (-0.08, "azurite"), (0.18, "gold")):
            dish = skia.Path()
            dish.addArc(skia.Rect(w * x - 0.24, -0.36, w * x + 0.24, 0.04), 0, 180)
            brush.leather(dish, name, None, 0.03)
            for dx in (-0.1, 0.0, 0.1):
                brush.leather(circle(w * x + dx, -0.2 - (0.06 if dx == 0 else 0), 0.08), "orange", "cinnabar", 0.02)
        self._flame(brush, w * 0.38)

    def _flame(self, brush: Brush, x: float) -> None:
        brush.canvas.save()
        brush.canvas.translate(x, 0)
        candle(brush, 0.42)
        brush.canvas.restore()


def candle(brush: Brush, height: float) -> None:
    """A candle on its foot, with a flame that trembles."""
    brush.leather(box(-0.14, -0.06, 0.14, 0, 0.02), "gold", "ochre", 0.025)
    brush.leather(box(-0.05, -height, 0.05, -0.05), "ivory", "peach", 0.022)
    lean = 0.05 * math.sin(brush.seconds * 6.3 + brush.random.random() * 6)
    tall = height * 0.5 * (1 + 0.12 * math.sin(brush.seconds * 9.1))
    brush.glow(0, -height - 0.12, 0.9, "gold", 0.7 if brush.light.night else 0.45)
    flame = curve(
        [(0, -height), (0.07, -height - tall * 0.4), (lean, -height - tall), (-0.07, -height - tall * 0.4)],
        closed=True,
    )
    brush.fill(flame, "gold", "orange", lit=True)
    brush.line(flame, 0.015, "cinnabar", 0.8, lit=True)


class Candles(Element):
    """A standing candelabrum with several flames."""

    kind: Literal["candles"]
    height: float = 2.6
    arms: int = 3

    def paint(self, brush: Brush) -> None:
        h = self.height
        brush.line(strokes([[(0, 0), (0, -h)], [(-0.3, 0), (0, -0.3), (0.3, 0)]]), 0.1)
        brush.line(strokes([[(0, 0), (0, -h)], [(-0.3, 0), (0, -0.3), (0.3, 0)]]), 0.055, "gold")
        for i in range(self.arms):
            x = (i - (self.arms - 1) / 2) * 0.42
            arm = curve([(0, -h * 0.8), (x * 0.7, -h * 0.78), (x, -h * 0.95)])
            brush.line(arm, 0.08)
            brush.line(arm, 0.045, "gold")
            brush.canvas.save()
            brush.canvas.translate(x, -h * 0.95 if x else -h)
            candle(brush, 0.34)
            brush.canvas.restore()


class Shelf(Element):
    """A case of shelves with books, jars and scrolls."""

    kind: Literal["shelf"]
    width: float = 2.6
    height: float = 4.0
    rows: int = 5
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w / 2, -h, w / 2, 0.05), self.wood, "soot", 0.05)
        step = (h - 0.3) / self.rows
        for row in range(self.rows):
            top, bottom = -h + 0.12 + row * step, -h + row * step + step
            brush.hole(box(-w / 2 + 0.12, top, w / 2 - 0.12, bottom), 0.45)
            self._things(brush, -w / 2 + 0.16, w / 2 - 0.16, top, bottom)
        crown = curve([(-w * 0.54, -h), (-w * 0.3, -h - 0.1), (0, -h - 0.26), (w * 0.3, -h - 0.1), (w * 0.54, -h)])
        crown.close()
        brush.leather(crown, self.wood, None, 0.04)

    def _things(self, brush: Brush, left: float, right: float, top: float, bottom: float) -> None:
        x = left
        room = bottom - top
        while x < right - 0.12:
            pick = brush.random.random()
            if pick < 0.68:
                for _ in range(brush.random.randrange(2, 6)):
                    thick, tall = brush.spread(0.08, 0.15), room * brush.spread(0.6, 0.92)
                    if x + thick > right:
                        break
                    name = brush.random.choice(("crimson", "azurite", "malachite", "ochre", "ivory", "plum"))
                    brush.leather(box(x, bottom - tall, x + thick, bottom), name, None, 0.02)
                    brush.cut(
                        strokes([[(x + 0.02, bottom - tall * 0.8), (x + thick - 0.02, bottom - tall * 0.8)]]),
                        0.02,
                        0.7,
                    )
                    x += thick
            elif pick < 0.85 and x + 0.36 < right:
                r = min(0.15, room * 0.32)
                brush.leather(circle(x + 0.18, bottom - r, r), "ivory", "azurite", 0.025)
                brush.leather(box(x + 0.12, bottom - r * 2.6, x + 0.24, bottom - r * 1.8), "ivory", None, 0.02)
                x += 0.36
            elif x + 0.3 < right:
                for dy, dx in ((0.06, 0.08), (0.06, 0.22), (0.18, 0.15)):
                    brush.leather(circle(x + dx, bottom - dy - 0.01, 0.065), "ivory", "sand", 0.02)
                x += 0.34
            x += brush.spread(0.02, 0.12)


class Screen(Element):
    """A folding screen, its panels painted with mountains, bamboo or cranes in flight."""

    kind: Literal["screen"]
    width: float = 4.2
    height: float = 3.0
    panels: int = 4
    frame: Pigment = "lacquer"
    paper: Pigment = "ivory"

    def paint(self, brush: Brush) -> None:
        w = self.width / self.panels
        for i in range(self.panels):
            left = -self.width / 2 + i * w
            rise = 0.1 if i % 2 else 0.0
            panel = polygon(
                [
                    (left, -self.height + rise),
                    (left + w, -self.height + 0.1 - rise),
                    (left + w, 0.1 - rise),
                    (left, rise),
                ]
            )
            brush.leather(panel, self.frame, None, 0.045)
            inner = polygon(
                [
                    (left + 0.1, -self.height + 0.2),
                    (left + w - 0.1, -self.height + 0.2),
                    (left + w - 0.1, -0.5),
                    (left + 0.1, -0.5),
                ]
            )
            brush.fill(inner, self.paper, "straw", lit=True)
            brush.canvas.save()
            brush.canvas.clipPath(inner, skia.ClipOp.kIntersect, True)
            for k, name in enumerate(("azurite", "malachite")):
                foot = -0.5
                w1, w2, tall = left + w * brush.spread(0.1, 0.3), left + w * 0.9, self.height
                hill = curve([
                    (left - 0.3, foot), (w1, foot - tall * (0.42 - 0.16 * k)), (left + w * 0.6, foot - tall * 0.16),
                    (w2, foot - tall * (0.3 - 0.1 * k)), (left + w + 0.3, foot),
                ])  # fmt: skip
                hill.close()
                brush.fill(hill, name, self.paper, 0.75)
                brush.line(hill, 0.022, alpha=0.5)
            bird = (left + w * brush.spread(0.3, 0.6), -self.height * brush.spread(0.72, 0.84))
            wings = curve(
                [
                    (bird[0] - 0.22, bird[1] - 0.1),
                    (bird[0] - 0.08, bird[1] - 0.06),
                    (bird[0], bird[1]),
                    (bird[0] + 0.08, bird[1] - 0.06),
                    (bird[0] + 0.22, bird[1] - 0.1),
                ]
            )
            brush.line(wings, 0.035)
            brush.canvas.restore()
            brush.line(inner, 0.03, "gold")
            brush.cut(
                strokes(
                    [[(left + 0.16, -0.3), (left + w - 0.16, -0.3)], [(left + 0.16, -0.2), (left + w - 0.16, -0.2)]]
                ),
                0.03,
                0.6,
            )


class Shrub(Element):
    """A bonsai or peony in a glazed pot."""

    kind: Literal["shrub"]
    height: float = 1.5
    leaves: Pigment = "malachite"
    petals: Pigment = "rose"
    pot: Pigment = "azurite"

    def paint(self, brush: Brush) -> None:
        h = self.height
        stem = curve([(0, -h * 0.3), (h * 0.1, -h * 0.5), (-h * 0.08, -h * 0.7), (0, -h * 0.85)])
        brush.line(stem, 0.1)
        brush.line(stem, 0.06, "umber")
        for x, y, r in ((-0.22, 0.62, 0.17), (0.24, 0.66, 0.18), (0.0, 0.9, 0.2)):
            brush.leather(
                curve(
                    [
                        (
                            h * (x + r * math.cos(a) * (1.15 if k % 2 else 0.95)),
                            -h * (y + r * 0.7 * math.sin(a) * (1.15 if k % 2 else 0.95)),
                        )
                        for k, a in enumerate(math.tau * k / 14 for k in range(14))
                    ],
                    closed=True,
                ),
                self.leaves,
                "pine",
                0.03,
            )
            for _ in range(3):
                fx, fy = h * (x + brush.spread(-0.1, 0.1)), -h * (y + brush.spread(-0.07, 0.07))
                brush.leather(circle(fx, fy, h * 0.045), self.petals, "crimson", 0.018)
        pot = polygon([(-h * 0.26, -h * 0.34), (h * 0.26, -h * 0.34), (h * 0.2, 0), (-h * 0.2, 0)])
        brush.leather(pot, self.pot, "ivory", 0.035)
        brush.cut(strokes([[(-h * 0.22, -h * 0.17), (h * 0.22, -h * 0.17)]]), 0.035, 0.7)


Painted = Annotated[Lantern | Drapery | Table | Candles | Shelf | Screen | Shrub, Field(discriminator="kind")]
