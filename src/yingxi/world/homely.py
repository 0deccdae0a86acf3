"""What a cottage and a bedroom hold: a hearth, a casement, rafters hung with herbs, a canopied bed."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.architecture import lattice
from yingxi.world.brush import Brush, Point, box, circle, curve, polygon, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.pigment import Pigment


class Hearth(Element):
    """A fireplace of field stones, a kettle hung where its fire belongs, plates and a clock on the mantel."""

    kind: Literal["hearth"]
    width: float = 4.0
    height: float = 3.2
    stone: Pigment = "stone"
    beam: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        body = polygon([(-w / 2, 0.1), (-w / 2, -h), (-w * 0.3, -h), (-w * 0.24, -h - 6), (w * 0.24, -h - 6),
            (w * 0.3, -h),
                        (w / 2, -h), (w / 2, 0.1)])  # fmt: skip
        mouth = box(-w * 0.31, -h * 0.52, w * 0.31, 0.1)
        mouth.addArc(skia.Rect(-w * 0.31, -h * 0.72, w * 0.31, -h * 0.32), 180, 180)
        mouth = skia.Simplify(mouth)
        brush.fill(mouth, "#b5704a", "#f2c078", lit=True)
        stones = skia.Op(body, mouth, skia.PathOp.kDifference_PathOp)
        brush.leather(stones, self.stone, "slate", 0.05)
        brush.canvas.save()
        brush.canvas.clipPath(stones, skia.ClipOp.kIntersect, True)
        joints = skia.Path()
        for row in range(round((h + 3) / 0.42)):
            x = -w / 2 + brush.spread(-0.3, 0.1)
            while x < w / 2:
                size = brush.spread(0.4, 0.75)
                joints.addRoundRect(skia.Rect.MakeXYWH(x, -h - 3 + row * 0.42, size - 0.06, 0.36), 0.14, 0.14)
                x += size
        brush.line(joints, 0.03, "umber", 0.6)
        brush.canvas.restore()
        brush.line(mouth, 0.06)
        voussoirs = strokes([[(math.cos(a) * w * 0.31, -h * 0.52 - math.sin(a) * h * 0.2),
                              (math.cos(a) * w * 0.38, -h * 0.52 - math.sin(a) * h * 0.28)]
                             for a in (math.pi * k / 8 for k in range(9))])  # fmt: skip
        brush.line(voussoirs, 0.04, "umber")
        brush.line(strokes([[(0, -h * 0.7), (0, -h * 0.5)]]), 0.04)
        kettle = curve([(-0.32, -h * 0.42), (-0.26, -h * 0.5), (0.26, -h * 0.5), (0.32, -h * 0.42), (0.2,
            -h * 0.33), (-0.2, -h * 0.33)],
                       closed=True)  # fmt: skip
        brush.leather(kettle, "soot", "ink", 0.035)
        brush.leather(box(-w * 0.56, -h * 0.88, w * 0.56, -h * 0.76, 0.04), self.beam, "bark", 0.045)
        brush.cut(strokes([[(-w * 0.5, -h * 0.82), (w * 0.5, -h * 0.82)]]), 0.03, 0.5)
        for x, name in ((-0.42, "azurite"), (-0.27, "ivory"), (0.3, "azurite"), (0.44, "rose")):
            brush.leather(circle(w * x, -h * 0.88 - 0.25, 0.25), name, "ivory", 0.03)
            brush.line(circle(w * x, -h * 0.88 - 0.25, 0.16), 0.025, "ivory" if name != "ivory" else "azurite")
        brush.leather(box(-0.3, -h * 0.88 - 0.62, 0.3, -h * 0.88, 0.12), "umber", "soot", 0.035)
        brush.leather(circle(0, -h * 0.88 - 0.34, 0.2), "ivory", None, 0.03)
        brush.line(
            strokes(
                [[(0, -h * 0.88 - 0.34), (0, -h * 0.88 - 0.48)], [(0, -h * 0.88 - 0.34), (0.09, -h * 0.88 - 0.3)]]
            ),
            0.03,
        )


class Casement(Element):
    """A small leaded window with checked curtains and flowers in pots on its sill."""

    kind: Literal["casement"]
    y: float = 4.6
    width: float = 2.4
    height: float = 2.0
    cloth: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        pane = box(-w / 2, -h, w / 2, 0)
        brush.glow(0, -h / 2, w * 1.1, brush.light.core, 0.7)
        brush.fill(
            pane, *(("#5d7fc0", "#a9c1e6") if brush.light.night else (brush.light.core, brush.light.sky[2])), lit=True
        )
        lead: list[list[Point]] = []
        for k in range(-6, 7):
            lead += [
                [(k * w / 6 - h / 2, -h), (k * w / 6 + h / 2, 0)],
                [(k * w / 6 + h / 2, -h), (k * w / 6 - h / 2, 0)],
            ]
        brush.canvas.save()
        brush.canvas.clipPath(pane, skia.ClipOp.kIntersect, True)
        brush.line(strokes(lead), 0.03, "slate", 0.8)
        brush.canvas.restore()
        brush.line(strokes([[(0, -h), (0, 0)]]), 0.12, "umber")
        for width, name in ((0.2, "ink"), (0.14, "umber")):
            brush.line(pane, width, name)
        for side in (-1, 1):
            drape = curve([(0, -h * 1.05), (side * w * 0.34, -h * 0.6), (side * w * 0.46, -h * 0.3),
                (side * w * 0.62, -h * 0.3),
                           (side * w * 0.62, -h * 1.05)])  # fmt: skip
            drape.close()
            brush.leather(drape, self.cloth, "crimson", 0.035)
            brush.canvas.save()
            brush.canvas.clipPath(drape, skia.ClipOp.kIntersect, True)
            checks = [[(side * w * 0.08 * k, -h * 1.1), (side * w * 0.08 * k + side * 0.1, 0)] for k in range(9)]
            checks += [[(-w, -h * 0.12 * k), (w, -h * 0.12 * k)] for k in range(10)]
            brush.cut(strokes(checks), 0.03, 0.55)
            brush.canvas.restore()
        brush.leather(box(-w * 0.64, -h * 1.12, w * 0.64, -h * 1.03, 0.03), "ochre", None, 0.03)
        brush.leather(box(-w * 0.64, 0, w * 0.64, 0.14, 0.03), "umber", "bark", 0.035)
        for x, name in ((-0.34, "rose"), (0.0, "gold"), (0.34, "rose")):
            brush.leather(
                polygon([(w * x - 0.16, -0.22), (w * x + 0.16, -0.22), (w * x + 0.11, 0), (w * x - 0.11, 0)]),
                "orange",
                None,
                0.025,
            )
            for k in range(5):
                angle = math.pi * (1.15 + 0.175 * k)
                px, py = w * x + math.cos(angle) * 0.22, -0.3 + math.sin(angle) * 0.22
                brush.line(strokes([[(w * x, -0.22), (px, py)]]), 0.03, "malachite")
                brush.leather(circle(px, py, 0.075), name, None, 0.018)


class Rafters(Element):
    """Beams across a low ceiling, with bunches of herbs, strings of onions and copper pans hung from them."""

    kind: Literal["rafters"]
    y: float = 0.9
    width: float = 34.0
    wood: Pigment = "umber"

    def paint(self, brush: Brush) -> None:
        half = self.width / 2
        brush.leather(box(-half, -6, half, -0.5), "ochre", "bark", 0.04)
        for k in range(math.ceil(self.width / 2.2)):
            x = -half + 2.2 * (k + 0.5)
            brush.leather(
                polygon([(x - 0.2, -6), (x + 0.2, -6), (x + 0.16, -0.4), (x - 0.16, -0.4)]), self.wood, None, 0.035
            )
        brush.leather(box(-half, -0.55, half, 0), self.wood, "soot", 0.05)
        brush.cut(strokes([[(-half, -0.38), (half, -0.36)], [(-half, -0.16), (half, -0.18)]]), 0.03, 0.45)
        for k in range(round(self.width / 1.15)):
            brush.canvas.save()
            brush.canvas.translate(-half + 1.15 * (k + 0.5) + brush.spread(-0.2, 0.2), 0)
            (self._herbs, self._onions, self._pan)[brush.random.choice((0, 0, 1, 2))](brush)
            brush.canvas.restore()

    def _herbs(self, brush: Brush) -> None:
        name, bud = brush.random.choice((("malachite", "violet"), ("moss", "gold"), ("leaf", "rose")))
        stems = skia.Path()
        buds = skia.Path()
        for k in range(7):
            x = (k - 3) * 0.09
            end = (x * 1.6, 0.75 - 0.05 * abs(k - 3))
            stems.addPath(curve([(0, -0.02), (x * 0.3, 0.25), end]))
            buds.addCircle(*end, 0.055)
            buds.addCircle(end[0] * 0.85, end[1] - 0.13, 0.045)
        brush.line(stems, 0.075)
        brush.line(stems, 0.045, name)
        brush.leather(buds, bud, None, 0.018)
        brush.leather(box(-0.07, 0.14, 0.07, 0.24, 0.03), "cinnabar", None, 0.02)

    def _onions(self, brush: Brush) -> None:
        brush.line(strokes([[(0, 0), (0, 0.9)]]), 0.05, "straw")
        for k in range(5):
            x, y = (0.09 if k % 2 else -0.09), 0.25 + 0.15 * k
            brush.leather(circle(x, y, 0.12), "amber", "orange", 0.025)
            brush.cut(strokes([[(x, y - 0.08), (x, y + 0.08)]]), 0.02, 0.6)

    def _pan(self, brush: Brush) -> None:
        brush.line(strokes([[(0, 0), (0, 0.4)]]), 0.09)
        brush.line(strokes([[(0, 0), (0, 0.4)]]), 0.05, "orange")
        brush.leather(circle(0, 0.64, 0.27), "orange", "umber", 0.035)
        brush.cut(circle(0, 0.64, 0.19), 0.025, 0.7)


class Bed(Element):
    """A canopied bed with carved posts, fretwork, curtains tied back, pillows and a quilt."""

    kind: Literal["bed"]
    width: float = 5.4
    height: float = 4.6
    wood: Pigment = "lacquer"
    cloth: Pigment = "rose"
    quilt: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.fill(box(-w * 0.46, -h * 0.9, w * 0.46, -h * 0.2), "#f6dcae", "#efbf8e", lit=True)
        lattice(brush, -w * 0.44, -h * 0.42, w * 0.44, -h * 0.24, 0.24, 0.03)
        mattress = box(-w * 0.47, -h * 0.27, w * 0.47, -h * 0.15, 0.08)
        brush.leather(mattress, "ivory", "sand", 0.035)
        for x, name in ((-0.38, "azurite"), (-0.3, "ivory")):
            pillow = box(w * (x - 0.08), -h * 0.33, w * (x + 0.08), -h * 0.24, 0.12)
            brush.leather(pillow, name, "sky", 0.03)
            brush.cut(circle(w * x, -h * 0.285, 0.07), 0.03, 0.8)
        quilt = curve([(-w * 0.18, -h * 0.26), (0, -h * 0.34), (w * 0.2, -h * 0.3), (w * 0.45, -h * 0.32),
            (w * 0.47, -h * 0.16),
                       (-w * 0.2, -h * 0.16)], closed=True, tension=0.6)  # fmt: skip
        brush.leather(quilt, self.quilt, "crimson", 0.04)
        for k in range(6):
            x = w * (-0.12 + 0.1 * k)
            brush.line(spiral(x, -h * 0.235, 0.13, 1.4, k, 1 if k % 2 else -1), 0.035, "gold")
        brush.leather(box(-w / 2, -h * 0.16, w / 2, -h * 0.05), self.wood, "umber", 0.04)
        knots = skia.Path()
        for k in range(9):
            knots.addPath(spiral(-w * 0.44 + w * 0.11 * k, -h * 0.105, 0.12, 1.3, 0, 1 if k % 2 else -1))
        brush.cut(knots, 0.035, 0.8)
        for x in (-0.47, 0.47):
            brush.leather(box(w * x - 0.11, -h, w * x + 0.11, 0.05), self.wood, "umber", 0.04)
        for side in (-1, 1):
            edge = [(side * w * 0.06, -h * 0.86), (side * w * 0.22, -h * 0.7), (side * w * 0.36, -h * 0.5),
                (side * w * 0.4, -h * 0.38),
                    (side * w * 0.36, -h * 0.2), (side * w * 0.33, -h * 0.02)]  # fmt: skip
            drape = curve(edge)
            drape.lineTo(side * w * 0.5, -h * 0.02)
            drape.lineTo(side * w * 0.5, -h * 0.86)
            drape.close()
            brush.leather(drape, self.cloth, "peach", 0.04, 0.94)
            for share in (0.25, 0.5, 0.75):
                brush.line(curve([(x + (side * w * 0.5 - x) * share, y) for x, y in edge]), 0.03, "crimson", 0.5)
            brush.line(curve(edge), 0.06, "gold")
            brush.leather(
                box(side * w * 0.44 - 0.2, -h * 0.41, side * w * 0.44 + 0.2, -h * 0.37, 0.04), "gold", None, 0.03
            )
        valance = box(-w * 0.53, -h * 0.98, w * 0.53, -h * 0.86)
        scallops = skia.Path()
        for k in range(11):
            x = -w * 0.53 + w * 1.06 * (k + 0.5) / 11
            scallops.addArc(skia.Rect(x - w * 0.048, -h * 0.92, x + w * 0.048, -h * 0.8), 0, 180)
        brush.leather(scallops, self.cloth, "gold", 0.03)
        brush.leather(valance, self.wood, "crimson", 0.04)
        lattice(brush, -w * 0.4, -h * 0.965, w * 0.4, -h * 0.885, 0.2, 0.025)
        crown = curve([(-w * 0.58, -h * 0.98), (-w * 0.54, -h * 1.05), (-w * 0.2, -h * 1.02), (0, -h * 1.09),
            (w * 0.2, -h * 1.02),
                       (w * 0.54, -h * 1.05), (w * 0.58, -h * 0.98)])  # fmt: skip
        crown.close()
        brush.leather(crown, self.wood, "gold", 0.04)


Painted = Annotated[Hearth | Casement | Rafters | Bed, Field(discriminator="kind")]
