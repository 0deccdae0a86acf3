"""What stands and hangs in places: lanterns, curtains, tables, shelves, screens, thrones, altars, boats."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
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
        for k in range(1, 9):
            share = 1 - k * 0.14
            fold = curve([(x * share - 0.05 * k * k * 0.2, y) for x, y in edge])
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
                hill = curve([
                    (left - 0.3, foot), (left + w * brush.spread(0.1, 0.3), foot - self.height * (0.42 - 0.16 * k)),
                    (left + w * 0.6, foot - self.height * 0.16), (left + w * 0.9, foot - self.height * (0.3 - 0.1 * k)), (left + w + 0.3, foot),
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


class Throne(Element):
    """The dragon throne on its dais, a carved back with a sun and clouds."""

    kind: Literal["throne"]
    width: float = 3.0
    height: float = 4.4

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for k in range(3):
            step = box(-w * (1.3 - 0.2 * k), -0.26 * (k + 1), w * (1.3 - 0.2 * k), -0.26 * k + 0.02)
            brush.leather(step, "stone", "slate", 0.04)
            brush.line(
                strokes(
                    [[(-w * (1.3 - 0.2 * k), -0.26 * (k + 1) + 0.09), (w * (1.3 - 0.2 * k), -0.26 * (k + 1) + 0.09)]]
                ),
                0.03,
                "gold",
            )
        brush.canvas.save()
        brush.canvas.translate(0, -0.78)
        h -= 0.78
        back = curve(
            [
                (-w * 0.5, 0),
                (-w * 0.56, -h * 0.4),
                (-w * 0.5, -h * 0.62),
                (-w * 0.34, -h * 0.74),
                (-w * 0.2, -h * 0.92),
                (0, -h),
                (w * 0.2, -h * 0.92),
                (w * 0.34, -h * 0.74),
                (w * 0.5, -h * 0.62),
                (w * 0.56, -h * 0.4),
                (w * 0.5, 0),
            ]
        )
        back.close()
        brush.leather(back, "gold", "amber", 0.055)
        brush.line(
            curve(
                [
                    (x * 0.85, y * 0.92)
                    for x, y in [
                        (-w * 0.5, 0),
                        (-w * 0.54, -h * 0.4),
                        (-w * 0.34, -h * 0.74),
                        (0, -h),
                        (w * 0.34, -h * 0.74),
                        (w * 0.54, -h * 0.4),
                        (w * 0.5, 0),
                    ]
                ]
            ),
            0.05,
            "cinnabar",
        )
        brush.leather(circle(0, -h * 0.68, w * 0.13), "cinnabar", "orange", 0.035)
        for side in (-1, 1):
            for x, y, r in ((0.3, 0.52, 0.12), (0.18, 0.4, 0.09), (0.36, 0.28, 0.1), (0.2, 0.8, 0.07)):
                brush.cut(spiral(side * w * x, -h * y, w * r, 1.5, 0.4, side), 0.045, 0.85)
            dragon = [(side * w * (0.62 + 0.06 * math.sin(k)), -h * (0.1 + 0.055 * k)) for k in range(9)]
            brush.line(curve(dragon), 0.26)
            brush.line(curve(dragon), 0.19, "gold")
            brush.leather(circle(dragon[-1][0], dragon[-1][1] - 0.08, 0.19), "gold", "ochre", 0.035)
        brush.leather(box(-w * 0.52, -h * 0.3, w * 0.52, -h * 0.2, 0.05), "cinnabar", "crimson", 0.04)
        brush.leather(box(-w * 0.48, -h * 0.2, w * 0.48, 0), "amber", "ochre", 0.04)
        brush.canvas.restore()


class Altar(Element):
    """A Buddha on a lotus before a flaming halo, an incense table in front of him."""

    kind: Literal["altar"]
    height: float = 4.6

    def paint(self, brush: Brush) -> None:
        h = self.height
        s = h / 4.6
        brush.canvas.save()
        brush.canvas.scale(s, s)
        brush.glow(0, -3.0, 3.2, "gold", 0.7)
        halo = polygon(
            [
                (
                    math.sin(math.tau * k / 48) * (1.62 if k % 2 else 1.42),
                    -2.75 - math.cos(math.tau * k / 48) * (1.75 if k % 2 else 1.55),
                )
                for k in range(48)
            ]
        )
        brush.leather(halo, "orange", "gold", 0.04)
        brush.leather(circle(0, -2.75, 1.22), "ivory", "gold", 0.035)
        brush.cut(circle(0, -2.75, 1.34), 0.05, 0.8)
        robe = curve(
            [
                (-0.2, -2.75),
                (-0.62, -2.45),
                (-0.82, -1.75),
                (-1.35, -1.3),
                (-1.1, -1.0),
                (1.1, -1.0),
                (1.35, -1.3),
                (0.82, -1.75),
                (0.62, -2.45),
                (0.2, -2.75),
            ],
            closed=True,
        )
        brush.leather(robe, "amber", "cinnabar", 0.05)
        folds = skia.Path()
        for k in range(4):
            folds.moveTo(-0.45 + 0.1 * k, -2.4 + 0.1 * k)
            folds.quadTo(0.2, -1.9 + 0.2 * k, 0.75 - 0.05 * k, -1.7 + 0.14 * k)
        brush.cut(folds, 0.045, 0.75)
        brush.leather(circle(0, -3.12, 0.42), "peach", "ochre", 0.045)
        hair = curve(
            [
                (-0.42, -3.2),
                (-0.3, -3.5),
                (-0.12, -3.56),
                (0, -3.74),
                (0.12, -3.56),
                (0.3, -3.5),
                (0.42, -3.2),
                (0, -3.34),
            ],
            closed=True,
        )
        brush.leather(hair, "indigo", None, 0.035)
        face = strokes(
            [[(-0.22, -3.12), (-0.08, -3.1)], [(0.08, -3.1), (0.22, -3.12)], [(-0.09, -2.9), (0.09, -2.9)]]
        )
        brush.line(face, 0.03)
        for row, (count, y, r) in enumerate(((7, -0.95, 0.32), (8, -0.72, 0.3))):
            for k in range(count):
                x = (k - (count - 1) / 2) * 0.36
                petal = curve([(x, y - r), (x + r * 0.62, y), (x, y + r * 0.55), (x - r * 0.62, y)], closed=True)
                brush.leather(petal, "rose" if row else "peach", "crimson", 0.03)
        brush.leather(box(-1.7, -0.55, 1.7, -0.36, 0.04), "lacquer", "umber", 0.04)
        brush.leather(box(-1.5, -0.36, 1.5, 0.05), "cinnabar", "crimson", 0.04)
        for k in range(-3, 4):
            brush.cut(spiral(k * 0.42, -0.15, 0.11, 1.3, 0, 1 if k % 2 else -1), 0.03, 0.75)
        brush.canvas.restore()


class Burner(Element):
    """A bronze tripod for incense, with smoke that winds upwards."""

    kind: Literal["burner"]
    height: float = 1.3
    metal: Pigment = "teal"

    def paint(self, brush: Brush) -> None:
        h = self.height
        for strand in range(2):
            points: list[Point] = []
            for k in range(9):
                t = k / 8
                sway = math.sin(brush.seconds * 1.2 - t * 5 + strand * 2.4) * h * 0.22 * t
                points.append((sway + (strand - 0.5) * 0.1, -h - t * h * 2.2))
            brush.line(curve(points), 0.1 + 0.08 * strand, brush.light.core, 0.35, lit=True)
            brush.line(curve(points), 0.03, "slate", 0.35)
        for side in (-1, 1):
            leg = curve([(side * h * 0.24, -h * 0.4), (side * h * 0.34, -h * 0.15), (side * h * 0.28, 0)])
            brush.line(leg, 0.14)
            brush.line(leg, 0.09, self.metal)
            ear = box(side * h * 0.36 - 0.07, -h * 0.98, side * h * 0.36 + 0.07, -h * 0.7, 0.04)
            brush.leather(ear, self.metal, None, 0.035)
        pot = curve(
            [
                (-h * 0.42, -h * 0.78),
                (-h * 0.44, -h * 0.5),
                (-h * 0.2, -h * 0.28),
                (h * 0.2, -h * 0.28),
                (h * 0.44, -h * 0.5),
                (h * 0.42, -h * 0.78),
            ]
        )
        pot.close()
        brush.leather(pot, self.metal, "pine", 0.045)
        brush.cut(spiral(-h * 0.16, -h * 0.54, h * 0.11, 1.4), 0.03, 0.7)
        brush.cut(spiral(h * 0.16, -h * 0.54, h * 0.11, 1.4, math.pi, -1), 0.03, 0.7)
        brush.leather(box(-h * 0.48, -h * 0.84, h * 0.48, -h * 0.75, 0.03), self.metal, None, 0.035)


class Banner(Element):
    """A tall flag on a pole, its cloth moving in the wind."""

    kind: Literal["banner"]
    height: float = 4.0
    width: float = 0.9
    cloth: Pigment = "cinnabar"
    trim: Pigment = "gold"

    def paint(self, brush: Brush) -> None:
        h, w = self.height, self.width
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.08)
        brush.line(strokes([[(0, 0.05), (0, -h)]]), 0.04, "ochre")
        wave = [math.sin(brush.seconds * 2.4 - k * 0.9 + self.seed) * 0.1 * k / 6 for k in range(7)]
        edge = [(w + wave[k], -h * 0.97 + h * 0.6 * k / 6) for k in range(7)]
        cloth = curve([(0.04, -h * 0.97), *edge])
        cloth.lineTo(0.04, -h * 0.42)
        cloth.close()
        brush.leather(cloth, self.cloth, "crimson", 0.04)
        brush.line(curve([(x - 0.12, y + 0.02) for x, y in edge]), 0.05, self.trim)
        brush.hole(circle(w * 0.45 + wave[3], -h * 0.68, w * 0.2), 0.75)
        brush.line(circle(w * 0.45 + wave[3], -h * 0.68, w * 0.28), 0.035, self.trim)
        brush.leather(polygon([(-0.06, -h), (0, -h - 0.3), (0.06, -h)]), self.trim, None, 0.025)


class Boat(Element):
    """A river boat with a woven awning."""

    kind: Literal["boat"]
    width: float = 4.0
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w = self.width
        hull = curve(
            [
                (-w * 0.56, -w * 0.14),
                (-w * 0.4, 0),
                (0, w * 0.06),
                (w * 0.4, 0),
                (w * 0.58, -w * 0.17),
                (w * 0.3, -w * 0.07),
                (-w * 0.3, -w * 0.06),
            ],
            closed=True,
            tension=0.8,
        )
        awning = skia.Path()
        awning.addArc(skia.Rect(-w * 0.26, -w * 0.29, w * 0.2, w * 0.13), 180, 180)
        awning.close()
        brush.leather(awning, "straw", "ochre", 0.04)
        weave = strokes(
            [
                [(-w * 0.26 + w * 0.46 * k / 7, -w * 0.07), (-w * 0.03 + (k - 3.5) * w * 0.04, -w * 0.29)]
                for k in range(8)
            ]
        )
        brush.canvas.save()
        brush.canvas.clipPath(awning, skia.ClipOp.kIntersect, True)
        brush.line(weave, 0.03, "umber", 0.7)
        brush.canvas.restore()
        brush.leather(hull, self.wood, "soot", 0.045)
        brush.cut(curve([(-w * 0.44, -w * 0.05), (0, w * 0.0), (w * 0.44, -w * 0.06)]), 0.04, 0.6)
        brush.line(strokes([[(w * 0.36, -w * 0.34), (w * 0.52, w * 0.08)]]), 0.05, "ochre")


class Stall(Element):
    """A market stall: a striped awning on poles over a counter of goods, with a shop sign."""

    kind: Literal["stall"]
    width: float = 2.6
    height: float = 2.5
    cloth: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for x in (-w * 0.46, w * 0.46):
            brush.line(strokes([[(x, 0), (x, -h)]]), 0.1)
            brush.line(strokes([[(x, 0), (x, -h)]]), 0.055, "ochre")
        brush.leather(box(-w * 0.5, -h * 0.36, w * 0.5, 0), "umber", "soot", 0.04)
        brush.cut(
            strokes(
                [[(-w * 0.46 + w * 0.92 * k / 6, -h * 0.3), (-w * 0.46 + w * 0.92 * k / 6, -0.06)] for k in range(7)]
            ),
            0.03,
            0.5,
        )
        for k in range(6):
            x = -w * 0.4 + w * 0.8 * k / 5
            name = ("orange", "gold", "malachite")[k % 3]
            for dx, dy in ((-0.08, 0), (0.08, 0), (0, -0.13)):
                brush.leather(circle(x + dx, -h * 0.36 - 0.08 + dy, 0.085), name, None, 0.02)
        bands = 8
        for k in range(bands):
            left, right = -w * 0.6 + w * 1.2 * k / bands, -w * 0.6 + w * 1.2 * (k + 1) / bands
            flap = polygon(
                [(left * 0.86, -h * 1.12), (right * 0.86, -h * 1.12), (right, -h * 0.84), (left, -h * 0.84)]
            )
            flap.addArc(skia.Rect(left, -h * 0.84 - 0.1, right, -h * 0.84 + 0.12), 0, 180)
            brush.leather(flap, self.cloth if k % 2 else "ivory", None, 0.03)


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


Painted = Annotated[
    Lantern | Drapery | Table | Candles | Shelf | Screen | Throne | Altar | Burner | Banner | Boat | Stall | Shrub,
    Field(discriminator="kind"),
]
