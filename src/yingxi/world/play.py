"""Plays a shot: scenery in depth, puppets, smoke and foreground, seen by a camera, lit by the lamp."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import skia

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.story import Language
from yingxi.core.time import frame_count
from yingxi.world.actor import Actor
from yingxi.world.camera import CENTRE, Camera, Subject, View, layout
from yingxi.world.light import Lamp
from yingxi.world.scenery import Layer, Scenery

_DEFAULT_STAGE = "mountain"
_FINE = 300  # pixels of height below which frames are drawn at twice the size
_LARGEST = 4096  # pixels across of a kept layer
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
_EXACT = skia.SamplingOptions()


def play(
    shot: Shot, size: Size, fps: float, seconds: float | None = None, seed: int = 0, language: Language = "en"
) -> Iterator[Frames]:
    """Frames `[H,W,3]` uint8, RGB, of a shot: as many as `seconds` take (the shot's own if None; one for 0).

    The same arguments give the same frames. Raises YingxiError for a puppet, action, place or colour that there is
    not.
    """
    length = shot.seconds if seconds is None else seconds
    frames = frame_count(length, fps)
    if shot.card is not None:
        yield from _card(shot, size, fps, frames, language)
        return
    stage = Staging(shot, size, length if frames > 1 else 0.0, seed)
    for number in range(frames):
        yield stage.picture(number / fps)


def _card(shot: Shot, size: Size, fps: float, frames: int, language: Language) -> Iterator[Frames]:
    from yingxi.world.card import Card

    card = Card(shot.card or "title", shot.prompt, size, language)
    surface = skia.Surface(size.width, size.height)
    for number in range(frames):
        # A single picture shows the card when it is fully lit.
        at, duration = (number / fps, frames / fps) if frames > 1 else (1.5, 3.0)
        card.draw(surface.getCanvas(), at, duration)
        yield _pixels(surface)


def _pixels(surface: skia.Surface) -> Frames:
    """A copy as RGB. Skia's own order is BGRA, in which it copies pictures ten times faster than in RGBA."""
    pixmap = skia.Pixmap()
    if not surface.peekPixels(pixmap):
        raise RuntimeError("skia gives no access to its pixels")
    return np.ascontiguousarray(np.asarray(pixmap)[..., 2::-1])


@dataclass(frozen=True)
class _Kept:
    """A still layer, painted once: its picture covers (left, top) to (left + width, top + height) of its layer."""

    image: skia.Image
    left: float
    top: float
    scale: float


class Staging:
    """A shot made ready: `picture(seconds)` draws one frame."""

    def __init__(self, shot: Shot, size: Size, seconds: float, seed: int) -> None:
        self._size = size
        self._fine = 2 if size.height < _FINE else 1
        self._width, self._height = size.width * self._fine, size.height * self._fine
        self._surface = skia.Surface(self._width, self._height)
        self._final = skia.Surface(size.width, size.height) if self._fine > 1 else self._surface
        self._still = seconds <= 0
        aspect = size.width / size.height
        self._cast = self._enter(shot, aspect, seconds, seed)
        first = self._first(shot)
        self._camera = Camera(shot.size, shot.move, aspect, 0.0 if self._still else seconds,
                              [_subject(a) for a in self._order(shot, first)])  # fmt: skip
        self._shown = [a for a in self._cast if not (shot.size == "POV" and len(self._cast) > 1 and a is self._cast[0])]
        self._shoulder = None
        if shot.size == "OTS" and len(self._cast) > 1:
            self._shoulder = next(a for a in self._cast if a is not first)
            self._shown = [a for a in self._shown if a is not self._shoulder]
        self._rods = shot.size in ("LS", "ELS", "MLS", "MS", "two-shot")
        scenery = Scenery(shot.stage or _DEFAULT_STAGE, shot.time, shot.weather, seed)
        self._lamp = Lamp(shot.time, shot.weather, scenery.interior, size, seed)
        self._times = np.linspace(0, seconds, 9) if not self._still else np.zeros(1)
        views = [self._camera.at(float(t)) for t in self._times]
        self._behind = self._keep([la for la in scenery.layers if la.depth <= 1], views, clear=False)
        self._before = self._keep([la for la in scenery.layers if la.depth > 1], views, clear=True)

    def _enter(self, shot: Shot, aspect: float, seconds: float, seed: int) -> list[Actor]:
        cast = [
            Actor(figure, place=place, centre=CENTRE[0], width=layout(shot.size, aspect), seconds=seconds,
                  still=self._still, lines=shot.lines, seed=seed)
            for place, figure in enumerate(shot.figures)
        ]  # fmt: skip
        by_name = {actor.figure.who: actor for actor in reversed(cast)}
        for actor in cast:
            actor.meet(by_name)
        for actor in cast:
            actor.settle()
        return cast

    def _first(self, shot: Shot) -> Actor | None:
        """Whom the shot is of: who speaks first, or the first figure; in a POV, whom the first figure sees."""
        if not self._cast:
            return None
        if shot.size == "POV" and len(self._cast) > 1:
            return self._cast[1]
        speakers = {line.who for line in shot.lines}
        return next((a for a in self._cast if a.figure.who in speakers), self._cast[0])

    def _order(self, shot: Shot, first: Actor | None) -> list[Actor]:
        return [] if first is None else [first, *(a for a in self._cast if a is not first)]

    def picture(self, seconds: float) -> Frames:
        """The frame at a second of the shot."""
        view = self._camera.at(seconds)
        canvas = self._surface.getCanvas()
        canvas.clear(skia.ColorWHITE)
        self._paint(canvas, self._behind, view, seconds)
        canvas.save()
        self._look(canvas, view.layer(1.0))
        for actor in reversed(self._shown):
            actor.draw(canvas, seconds, self._rods)
        canvas.restore()
        if self._shoulder is not None:
            self._over(canvas, view, self._shoulder, seconds)
        self._paint(canvas, self._before, view, seconds)
        if self._fine > 1:
            final = self._final.getCanvas()
            target = skia.Rect.MakeWH(self._size.width, self._size.height)
            final.drawImageRect(self._surface.makeImageSnapshot(), target, _LINEAR)
        self._lamp.finish(self._final.getCanvas(), seconds)
        return _pixels(self._final)

    def _look(self, canvas: skia.Canvas, seen: tuple[float, float, float, float]) -> None:
        left, top, width, height = seen
        canvas.scale(self._width / width, self._height / height)
        canvas.translate(-left, -top)

    def _over(self, canvas: skia.Canvas, view: View, actor: Actor, seconds: float) -> None:
        """The listener's back, large and dark at the picture's edge."""
        left, top, width, height = view.layer(1.0)
        side = -1 if actor.start < self._camera.at(seconds).x else 1
        face = actor.frames(seconds)["head"]
        scale = 1.75
        canvas.save()
        self._look(canvas, (left, top, width, height))
        x = left + width * (0.5 + 0.4 * side)
        canvas.translate(x, top + 0.62 * height)
        canvas.scale(scale, scale)
        canvas.translate(-face.e, -face.f)
        shade = skia.ColorFilters.Matrix([0.42, 0, 0, 0, 0, 0, 0.38, 0, 0, 0, 0, 0, 0.36, 0, 0, 0, 0, 0, 1, 0])
        canvas.saveLayer(None, skia.Paint(ColorFilter=shade))
        actor.draw(canvas, seconds, rods=False)
        canvas.restore()
        canvas.restore()

    def _paint(self, canvas: skia.Canvas, kept: Sequence["_Kept | Layer | _Depth"], view: View, seconds: float) -> None:
        for item in kept:
            if isinstance(item, Layer):
                canvas.save()
                self._look(canvas, view.layer(item.depth))
                item.draw(canvas, 0.0 if self._still else seconds)
                canvas.restore()
            elif isinstance(item, _Kept):
                canvas.drawImage(item.image, 0, 0, _EXACT)
            else:
                item.blit(canvas, view, self._width, self._height)

    def _keep(self, layers: Sequence[Layer], views: Sequence[View], clear: bool) -> list["_Kept | Layer | _Depth"]:
        """Still layers painted once. Where the camera stands still, neighbours become one picture."""
        kept: list[_Kept | Layer | _Depth] = []
        fixed = all(view == views[0] for view in views)
        run: list[Layer] = []

        def flush() -> None:
            if run:
                kept.append(self._flatten(run, views[0], opaque=not clear and not kept))
                run.clear()

        for layer in layers:
            if not layer.still:
                flush()
                kept.append(layer)
            elif fixed:
                run.append(layer)
            else:
                kept.append(_Depth.of(layer, views, self._width, self._height))
        flush()
        return kept

    def _flatten(self, layers: Sequence[Layer], view: View, opaque: bool) -> _Kept:
        surface = skia.Surface(self._width, self._height)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorWHITE if opaque else skia.ColorTRANSPARENT)
        for layer in layers:
            canvas.save()
            self._look(canvas, view.layer(layer.depth))
            with _soft(canvas, layer.depth, self._height / view.height):
                layer.draw(canvas, 0.0)
            canvas.restore()
        return _Kept(surface.makeImageSnapshot(), 0, 0, 1)


class _soft:
    """A layer before the puppets is off the cloth, and so a little out of focus."""

    def __init__(self, canvas: skia.Canvas, depth: float, scale: float) -> None:
        self._canvas, self._sigma = canvas, 0.035 * (depth - 1) / 0.3 * scale / scale if depth > 1.02 else 0.0

    def __enter__(self) -> None:
        if self._sigma > 0:
            blur = skia.ImageFilters.Blur(self._sigma, self._sigma)
            self._canvas.saveLayer(None, skia.Paint(ImageFilter=blur))

    def __exit__(self, *_: object) -> None:
        if self._sigma > 0:
            self._canvas.restore()


class _Depth:
    """A still layer under a moving camera: what the whole shot sees of it, painted once at the finest scale."""

    def __init__(self, depth: float, kept: _Kept) -> None:
        self._depth, self._kept = depth, kept

    @classmethod
    def of(cls, layer: Layer, views: Sequence[View], width: int, height: int) -> "_Depth":
        seen = [view.layer(layer.depth) for view in views]
        margin = 0.02 * max(s[2] for s in seen)
        left, top = min(s[0] for s in seen) - margin, min(s[1] for s in seen) - margin
        right, bottom = max(s[0] + s[2] for s in seen) + margin, max(s[1] + s[3] for s in seen) + margin
        scale = min(max(width / s[2] for s in seen), _LARGEST / (right - left), _LARGEST / (bottom - top))
        surface = skia.Surface(max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.scale(scale, scale)
        canvas.translate(-left, -top)
        with _soft(canvas, layer.depth, scale):
            layer.draw(canvas, 0.0)
        image, x, y = _trimmed(surface)
        return cls(layer.depth, _Kept(image, left + x / scale, top + y / scale, scale))

    def blit(self, canvas: skia.Canvas, view: View, width: int, height: int) -> None:
        left, top, seen_width, seen_height = view.layer(self._depth)
        across, down = width / seen_width, height / seen_height
        kept = self._kept
        x, y = (kept.left - left) * across, (kept.top - top) * down
        w, h = kept.image.width() / kept.scale * across, kept.image.height() / kept.scale * down
        canvas.drawImageRect(kept.image, skia.Rect.MakeXYWH(x, y, w, h), _LINEAR)


def _trimmed(surface: skia.Surface) -> tuple[skia.Image, int, int]:
    """The picture without its empty rows and columns, and where it began."""
    pixmap = skia.Pixmap()
    if not surface.peekPixels(pixmap):
        raise RuntimeError("skia gives no access to its pixels")
    alpha = np.asarray(pixmap)[..., 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    image = surface.makeImageSnapshot()
    if not len(rows):
        return image.makeSubset(skia.IRect.MakeWH(1, 1)), 0, 0
    x, y = int(columns[0]), int(rows[0])
    box = skia.IRect.MakeLTRB(x, y, int(columns[-1]) + 1, int(rows[-1]) + 1)
    return image.makeSubset(box), x, y


def _subject(actor: Actor) -> Subject:
    size = actor.puppet.sheet.head * actor.scale

    def face(seconds: float) -> tuple[float, float]:
        return actor.frames(seconds)["head"].at(0.1 * actor.puppet.sheet.head, -0.42 * actor.puppet.sheet.head)

    def top(seconds: float) -> float:
        head = actor.frames(seconds)["head"]
        return min(head.at(0.0, -0.85 * actor.puppet.sheet.head)[1], head.f - 0.3 * size)

    def hand(seconds: float) -> tuple[float, float]:
        frames = actor.frames(seconds)
        joint = "prop" if "prop" in frames else "head"
        return frames[joint].at(0.2, 0.0)

    return Subject(actor.figure.at, actor.towards, top, face, hand)
