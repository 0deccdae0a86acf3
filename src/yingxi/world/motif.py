"""Open-work patterns: small motifs set in rows, as a shadow puppet's leather is punched to let the lamp through."""

import math
from collections.abc import Callable
from typing import Literal

import skia

Motif = Literal["cloud", "flower", "scale", "coin", "key", "dot", "diamond", "leaf", "wave", "brick", "stripe", "fur"]
Tile = Callable[[skia.Path, float, float, float], None]


def _cloud(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - r, y + 0.35 * r)
    path.cubicTo(x - r, y - 0.5 * r, x - 0.2 * r, y - 0.9 * r, x + 0.2 * r, y - 0.35 * r)
    path.cubicTo(x + 0.9 * r, y - 0.7 * r, x + 1.1 * r, y + 0.3 * r, x + 0.5 * r, y + 0.4 * r)
    path.cubicTo(x + 0.1 * r, y + 0.45 * r, x + 0.05 * r, y - 0.05 * r, x + 0.4 * r, y - 0.05 * r)
    path.cubicTo(x, y - 0.2 * r, x - 0.2 * r, y + 0.5 * r, x - r, y + 0.35 * r)
    path.close()


def _flower(path: skia.Path, x: float, y: float, r: float) -> None:
    for k in range(5):
        angle = math.tau * k / 5 - math.pi / 2
        path.addCircle(x + 0.58 * r * math.cos(angle), y + 0.58 * r * math.sin(angle), 0.3 * r)


def _scale(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - r, y - 0.4 * r)
    path.quadTo(x - 0.9 * r, y + 0.8 * r, x, y + r)
    path.quadTo(x + 0.9 * r, y + 0.8 * r, x + r, y - 0.4 * r)
    path.quadTo(x + 0.55 * r, y + 0.55 * r, x, y + 0.6 * r)
    path.quadTo(x - 0.55 * r, y + 0.55 * r, x - r, y - 0.4 * r)
    path.close()


def _coin(path: skia.Path, x: float, y: float, r: float) -> None:
    for k in range(4):
        a = math.tau * k / 4
        b = a + math.tau / 4
        path.moveTo(x + r * math.cos(a), y + r * math.sin(a))
        path.quadTo(x + r * math.cos((a + b) / 2) * 1.15, y + r * math.sin((a + b) / 2) * 1.15,
                    x + r * math.cos(b), y + r * math.sin(b))  # fmt: skip
        path.quadTo(x + 0.25 * r * math.cos((a + b) / 2), y + 0.25 * r * math.sin((a + b) / 2),
                    x + r * math.cos(a), y + r * math.sin(a))  # fmt: skip
        path.close()


def _key(path: skia.Path, x: float, y: float, r: float) -> None:
    t = 0.3 * r
    for dx, dy, w, h in (
        (-1, -1, 2, 0),
        (0.7, -1, 0, 2),
        (-0.4, 0.7, 1.4, 0),
        (-0.4, -0.1, 0, 1),
        (-0.4, -0.2, 0.6, 0),
    ):
        path.addRect(skia.Rect.MakeXYWH(x + dx * r, y + dy * r, max(w * r, t), max(h * r, t)))


def _dot(path: skia.Path, x: float, y: float, r: float) -> None:
    path.addCircle(x, y, 0.55 * r)


def _diamond(path: skia.Path, x: float, y: float, r: float) -> None:
    path.addPoly(
        [skia.Point(x, y - r), skia.Point(x + 0.6 * r, y), skia.Point(x, y + r), skia.Point(x - 0.6 * r, y)], True
    )


def _leaf(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - 0.8 * r, y + 0.6 * r)
    path.quadTo(x - 0.7 * r, y - 0.8 * r, x + 0.8 * r, y - 0.6 * r)
    path.quadTo(x + 0.6 * r, y + 0.7 * r, x - 0.8 * r, y + 0.6 * r)
    path.close()


def _wave(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - r, y + 0.2 * r)
    path.quadTo(x - 0.5 * r, y - 0.8 * r, x, y)
    path.quadTo(x + 0.5 * r, y + 0.6 * r, x + r, y - 0.2 * r)
    path.quadTo(x + 0.5 * r, y + 1.1 * r, x, y + 0.4 * r)
    path.quadTo(x - 0.5 * r, y - 0.3 * r, x - r, y + 0.2 * r)
    path.close()


def _brick(path: skia.Path, x: float, y: float, r: float) -> None:
    path.addRect(skia.Rect.MakeXYWH(x - 0.85 * r, y - 0.62 * r, 1.7 * r, 1.24 * r))


def _stripe(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - 0.25 * r, y - 1.5 * r)
    path.quadTo(x + 0.5 * r, y, x - 0.1 * r, y + 1.4 * r)
    path.quadTo(x + 0.05 * r, y, x - 0.25 * r, y - 1.5 * r)
    path.close()


def _fur(path: skia.Path, x: float, y: float, r: float) -> None:
    path.moveTo(x - 0.5 * r, y - 0.8 * r)
    path.quadTo(x + 0.3 * r, y - 0.1 * r, x + 0.3 * r, y + 0.9 * r)
    path.quadTo(x, y, x - 0.5 * r, y - 0.8 * r)
    path.close()


_TILES: dict[Motif, Tile] = {
    "cloud": _cloud, "flower": _flower, "scale": _scale, "coin": _coin, "key": _key, "dot": _dot,
    "diamond": _diamond, "leaf": _leaf, "wave": _wave, "brick": _brick, "stripe": _stripe, "fur": _fur,
}  # fmt: skip


def rows(motif: Motif, within: skia.Path, size: float, margin: float) -> skia.Path:
    """Motifs `size` apart in staggered rows, only those that lie whole inside `within`, `margin` from its edge."""
    path = skia.Path()
    bounds = within.getBounds()
    size *= 0.86
    radius = size * 0.4
    row, y = 0, bounds.top() + margin + radius
    while y < bounds.bottom():
        x = bounds.left() + (0.5 if row % 2 else 0.0) * size + 0.5 * margin
        while x < bounds.right():
            if _fits(within, x, y, radius + margin):
                _TILES[motif](path, x, y, radius)
            x += size
        row, y = row + 1, y + size * 0.84
    return path


def _fits(within: skia.Path, x: float, y: float, reach: float) -> bool:
    diagonal = 0.7 * reach
    around = ((reach, 0), (-reach, 0), (0, reach), (0, -reach), (diagonal, diagonal), (-diagonal, diagonal),
              (diagonal, -diagonal), (-diagonal, -diagonal))  # fmt: skip
    return all(within.contains(x + dx, y + dy) for dx, dy in around)
