"""Outlines as text: SVG path data, or curves through points, which are easier to draw by hand.

A curve is written ``0,0! 1,2 3,4``: a smooth line (Catmull-Rom, as cubic Béziers) through the points, with a corner
at every point marked ``!``.
"""

import re
from collections.abc import Sequence
from typing import cast

import skia

from yingxi.core.errors import YingxiError

Point = tuple[float, float]
_TOKEN = re.compile(r"[MmLlHhVvCcSsQqTtZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


def curve(text: str, closed: bool = True) -> skia.Path:
    """A path through the points of `text`. Raises YingxiError where a point is not ``x,y``."""
    points: list[Point] = []
    corners: list[bool] = []
    for word in text.split():
        x, _comma, y = word.rstrip("!").partition(",")
        try:
            points.append((float(x), float(y)))
        except ValueError as error:
            raise YingxiError(f"{word!r} in the curve {text[:40]!r} is not a point x,y") from error
        corners.append(word.endswith("!"))
    return through(points, corners, closed)


def through(points: Sequence[Point], corners: Sequence[bool], closed: bool) -> skia.Path:
    """Catmull-Rom through `points`; the tangent is zero at corners and at open ends."""
    count = len(points)
    path = skia.Path()
    if count == 0:
        return path

    def tangent(i: int) -> Point:
        if corners[i] or (not closed and i in (0, count - 1)):
            return (0.0, 0.0)
        before, after = points[i - 1], points[(i + 1) % count]
        return ((after[0] - before[0]) / 6, (after[1] - before[1]) / 6)

    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        (ax, ay), (bx, by) = points[i], points[j]
        (tx, ty), (ux, uy) = tangent(i), tangent(j)
        path.cubicTo(ax + tx, ay + ty, bx - ux, by - uy, bx, by)
    if closed:
        path.close()
    return path


def svg(text: str) -> skia.Path:
    """A path from SVG path data (M L H V C S Q T Z, either case). Raises YingxiError for anything else."""
    tokens = cast(list[str], _TOKEN.findall(text))
    if re.sub(r"[\s,]", "", text) != "".join(tokens) or not tokens or tokens[0] not in "Mm":
        raise YingxiError(f"not path data that the stage can read: {text[:60]!r}")
    path = skia.Path()
    x = y = start_x = start_y = 0.0
    control: Point | None = None
    command, i = "M", 0
    while i < len(tokens):
        if tokens[i].isalpha():
            command, i = tokens[i], i + 1
        kind, relative = command.upper(), command.islower()
        count = _TAKES[kind]
        try:
            numbers = [float(n) for n in tokens[i : i + count]]
        except ValueError as error:
            raise YingxiError(f"{command!r} takes {count} numbers in {text[:60]!r}") from error
        if len(numbers) < count:
            raise YingxiError(f"{command!r} takes {count} numbers in {text[:60]!r}")
        i += count
        if kind == "Z":
            path.close()
            x, y, control = start_x, start_y, None
            if i < len(tokens) and not tokens[i].isalpha():
                raise YingxiError(f"a number follows Z in {text[:60]!r}")
            continue
        if kind == "H":
            numbers = [numbers[0] + (x if relative else 0), y]
        elif kind == "V":
            numbers = [x, numbers[0] + (y if relative else 0)]
        elif relative:
            numbers = [n + (y if k % 2 else x) for k, n in enumerate(numbers)]
        mirrored = (2 * x - control[0], 2 * y - control[1]) if control else (x, y)
        if kind == "M":
            path.moveTo(*numbers)
            start_x, start_y, control = numbers[0], numbers[1], None
            command = "l" if relative else "L"
        elif kind in "LHV":
            path.lineTo(*numbers)
            control = None
        elif kind in "CS":
            first = [*mirrored] if kind == "S" else numbers[:2]
            path.cubicTo(*first, *numbers[-4:])
            control = (numbers[-4], numbers[-3])
        else:
            middle = mirrored if kind == "T" else (numbers[0], numbers[1])
            path.quadTo(*middle, *numbers[-2:])
            control = middle
        x, y = numbers[-2], numbers[-1]
    return path
