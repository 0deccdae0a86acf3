"""A magistrate's court: the board of justice, the mural of sea and sun, drums, racks of staffs and signs."""

import math
from typing import Annotated, Literal

import skia
from pydantic import Field

from yingxi.world.brush import Brush, Point, box, circle, curve, spiral, strokes
from yingxi.world.element import Element
from yingxi.world.lettering import font
from yingxi.world.pigment import Pigment
from yingxi.world.water import Scales


class Plaque(Element):
    """A lacquered board with gilt characters, hung at (x, y) in a carved frame."""

    kind: Literal["plaque"]
    y: float = 1.4
    width: float = 4.4
    text: str = "明镜高悬"
    board: Pigment = "indigo"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.width * 0.3
        frame = box(-w / 2, -h / 2, w / 2, h / 2, 0.06)
        brush.leather(frame, "gold", "amber", 0.05)
        brush.leather(box(-w / 2 + 0.17, -h / 2 + 0.17, w / 2 - 0.17, h / 2 - 0.17), self.board, "ink", 0.035)
        knots = skia.Path()
        count = round(w / 0.3)
        for k in range(count):
            x = -w / 2 + w * (k + 0.5) / count
            for y in (-h / 2 + 0.085, h / 2 - 0.085):
                knots.addPath(spiral(x, y, 0.07, 1.1, 0, 1 if k % 2 else -1))
        brush.line(knots, 0.028, "lacquer")
        size = min(h * 0.56, (w - 0.7) / len(self.text))
        letters = font("zh", size, bold=True)
        step = (w - 0.7) / len(self.text)
        for k, mark in enumerate(self.text):
            x = -w / 2 + 0.35 + step * (k + 0.5)
            brush.canvas.drawString(
                mark, x - letters.measureText(mark) / 2, size * 0.36, letters, brush.paint("gold", lit=True)
            )


class Mural(Element):
    """The painted screen behind a judge's seat: the red sun over waves, among clouds."""

    kind: Literal["mural"]
    width: float = 6.0
    height: float = 4.0
    frame: Pigment = "lacquer"

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        brush.leather(box(-w / 2, -h, w / 2, 0.05), self.frame, "crimson", 0.05)
        pane = box(-w / 2 + 0.2, -h + 0.2, w / 2 - 0.2, -0.35)
        brush.fill(pane, "#fdf1cf", "#f6d9a0", lit=True)
        brush.canvas.save()
        brush.canvas.clipPath(pane, skia.ClipOp.kIntersect, True)
        brush.glow(0, -h * 0.66, h * 0.5, "gold", 0.6)
        brush.leather(circle(0, -h * 0.66, h * 0.15), "cinnabar", "orange", 0.04)
        for x, y, r in (
            (-0.3, 0.74, 0.3),
            (-0.22, 0.68, 0.22),
            (0.3, 0.8, 0.28),
            (0.22, 0.75, 0.2),
            (0.38, 0.6, 0.24),
            (-0.4, 0.56, 0.2),
        ):
            brush.leather(circle(w * x, -h * y, r), "sky", "ivory", 0.03)
            brush.line(spiral(w * x, -h * y, r * 0.75, 1.5, 0.5, 1 if x > 0 else -1), 0.035, "azurite")
        brush.canvas.translate(0, -h * 0.46)
        Scales(
            kind="scales", width=w + 1, rows=4, radius=0.36, growth=1.12, top="sky", bottom="azurite", rings=2
        ).paint(brush)
        brush.canvas.restore()
        brush.line(pane, 0.05, "gold")


class Drum(Element):
    """A great drum on a stand, a dragon's curl on its skin."""

    kind: Literal["drum"]
    height: float = 3.0
    body: Pigment = "cinnabar"

    def paint(self, brush: Brush) -> None:
        h = self.height
        r, y = h * 0.3, -h * 0.68
        legs: list[list[Point]] = [
            [(-h * 0.3, 0.05), (-h * 0.2, y)],
            [(h * 0.3, 0.05), (h * 0.2, y)],
            [(-h * 0.28, -h * 0.2), (h * 0.28, -h * 0.2)],
        ]
        brush.line(strokes(legs), 0.2)
        brush.line(strokes(legs), 0.13, "lacquer")
        brush.leather(circle(0, y, r), self.body, "crimson", 0.05)
        brush.leather(circle(0, y, r * 0.82), "ivory", "sand", 0.04)
        nails = skia.Path()
        for k in range(22):
            nails.addCircle(math.cos(math.tau * k / 22) * r * 0.91, y + math.sin(math.tau * k / 22) * r * 0.91, 0.035)
        brush.fill(nails, "gold")
        for k in range(3):
            brush.line(spiral(0, y, r * 0.6, 1.1, math.tau * k / 3), 0.06, ("cinnabar", "azurite", "malachite")[k])
        brush.line(circle(0, y, r * 0.68), 0.035, "lacquer")
        for side in (-1, 1):
            brush.line(spiral(side * h * 0.24, y - r * 0.9, 0.14, 1.2, 0, side), 0.06, "gold")


class Rack(Element):
    """A rack of lacquered staffs and boards that say: silence, make way."""

    kind: Literal["rack"]
    width: float = 2.2
    height: float = 3.4
    boards: tuple[str, ...] = ("肃静", "回避")

    def paint(self, brush: Brush) -> None:
        w, h = self.width, self.height
        for k in range(5):
            x = -w * 0.44 + w * 0.22 * k
            brush.line(strokes([[(x, 0), (x, -h * (0.92 if k % 2 else 0.84))]]), 0.15)
            brush.line(strokes([[(x, 0), (x, -h * (0.92 if k % 2 else 0.84))]]), 0.1, "cinnabar" if k % 2 else "soot")
            brush.leather(circle(x, -h * (0.94 if k % 2 else 0.86), 0.11), "gold", "ochre", 0.03)
        for k, text in enumerate(self.boards):
            x = w * (k - (len(self.boards) - 1) / 2) * 0.56
            board = curve(
                [
                    (x - 0.34, -h * 0.46),
                    (x - 0.34, -h * 0.86),
                    (x, -h * 0.98),
                    (x + 0.34, -h * 0.86),
                    (x + 0.34, -h * 0.46),
                ],
                tension=0.4,
            )
            board.close()
            brush.leather(board, "cinnabar", "crimson", 0.04)
            brush.line(board, 0.02, "gold")
            letters = font("zh", 0.46, bold=True)
            for j, mark in enumerate(text):
                brush.canvas.drawString(
                    mark, x - 0.23, -h * 0.86 + 0.5 * (j + 1), letters, brush.paint("gold", lit=True)
                )
        for y in (0.12, 0.4):
            brush.leather(box(-w / 2, -h * y - 0.07, w / 2, -h * y + 0.07), "umber", "bark", 0.035)
        for x in (-w / 2, w / 2):
            brush.leather(box(x - 0.08, -h * 0.5, x + 0.08, 0.05), "umber", "bark", 0.035)


Painted = Annotated[Plaque | Mural | Drum | Rack, Field(discriminator="kind")]
