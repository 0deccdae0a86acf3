"""Plays a shot: scenery in depth, puppets, smoke and foreground, seen by a camera, lit by the lamp."""

from collections.abc import Iterator, Sequence

import numpy as np
import skia

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.story import Language
from yingxi.core.time import frame_count
from yingxi.world.actor import Actor
from yingxi.world.backdrop import Backdrop, look, memory, pixels
from yingxi.world.camera import CENTRE, Camera, Subject, View, frame, layout
from yingxi.world.foreground import Spots
from yingxi.world.grouping import part, soar
from yingxi.world.light import Lamp
from yingxi.world.scenery import Scenery

_DEFAULT_STAGE = "mountain"
_FINE = 300  # pixels of height below which frames are drawn at twice the size
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)


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
        yield pixels(surface)


class Staging:
    """A shot made ready: `picture(seconds)` draws one frame."""

    def __init__(self, shot: Shot, size: Size, seconds: float, seed: int) -> None:
        self._size = size
        times = 2 if size.height < _FINE else 1
        self._drawn = Size(size.width * times, size.height * times)
        self._surface = skia.Surface(self._drawn.width, self._drawn.height)
        self._final = skia.Surface(size.width, size.height) if times > 1 else self._surface
        self._still = seconds <= 0
        aspect = size.width / size.height
        scenery = Scenery(shot.stage or _DEFAULT_STAGE, shot.time, shot.weather, seed)
        self._cast = self._enter(shot, aspect, seconds, seed, scenery.hover)
        first = self._first(shot)
        self._camera = Camera(shot.size, shot.move, aspect, 0.0 if self._still else seconds,
                              [_subject(a) for a in self._order(shot, first)])  # fmt: skip
        self._shown = self._cast[1:] if shot.size == "POV" and len(self._cast) > 1 else self._cast
        self._shown = sorted(self._shown, key=lambda actor: actor.flies)  # Who flies passes behind the others.
        self._shoulder = None
        if shot.size == "OTS" and len(self._cast) > 1:
            self._shoulder = next(a for a in self._cast if a is not first)
            self._shown = [a for a in self._shown if a is not self._shoulder]
        self._rods = shot.size in ("LS", "ELS", "MLS", "MS", "two-shot")
        self._lamp = Lamp(shot.time, shot.weather, scenery.interior, size, seed)
        times = [float(t) for t in np.linspace(0, seconds, 1 if self._still else 9)]
        views = [self._camera.at(t) for t in times]
        for layer in scenery.layers:
            if layer.pieces:
                layer.make_way([self._spots(actor, times, layer.depth) for actor in self._shown])
        self._behind = Backdrop([la for la in scenery.layers if la.depth <= 1], views, self._drawn, opaque=True)
        self._before = Backdrop([la for la in scenery.layers if la.depth > 1], views, self._drawn, opaque=False)

    def _enter(self, shot: Shot, aspect: float, seconds: float, seed: int, hover: float) -> list[Actor]:
        cast = [
            Actor(figure, place=place, centre=CENTRE[0], width=layout(shot.size, aspect), seconds=seconds,
                  still=self._still, lines=shot.lines, seed=seed, hover=hover)
            for place, figure in enumerate(shot.figures)
        ]  # fmt: skip
        by_name = {actor.figure.who: actor for actor in reversed(cast)}
        for actor in cast:
            actor.meet(by_name)
        for actor in cast:
            actor.settle()
        part(cast, CENTRE[0], layout(shot.size, aspect))
        if shot.size in ("LS", "ELS"):
            soar(cast, frame(shot.size, aspect)[1])
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

    def _spots(self, actor: Actor, times: Sequence[float], depth: float) -> Spots:
        """Face and body of a figure while they are in the picture, as points of a layer at `depth` before them."""
        points = []
        for seconds in times:
            view = self._camera.at(seconds)
            left, top, width, height = view.layer(1.0)
            over = view.layer(depth)
            for x, y in _seen(actor, seconds):
                across, down = (x - left) / width, (y - top) / height
                if 0 < across < 1 and 0 < down < 1:
                    points.append((over[0] + across * over[2], over[1] + down * over[3]))
        return np.array(points)

    def picture(self, seconds: float) -> Frames:
        """The frame at a second of the shot."""
        view = self._camera.at(seconds)
        canvas = self._surface.getCanvas()
        canvas.clear(skia.ColorWHITE)
        self._behind.paint(canvas, view, seconds)
        canvas.save()
        look(canvas, view.layer(1.0), self._drawn)
        for actor in reversed(self._shown):
            actor.draw(canvas, seconds, self._rods)
        canvas.restore()
        if self._shoulder is not None:
            self._over(canvas, view, self._shoulder, seconds)
        self._before.paint(canvas, view, seconds)
        if self._final is not self._surface:
            final = self._final.getCanvas()
            target = skia.Rect.MakeWH(self._size.width, self._size.height)
            final.drawImageRect(self._surface.makeImageSnapshot(), target, _LINEAR)
        self._lamp.finish(self._final.getCanvas(), seconds)
        return pixels(self._final)

    def cover(self, seconds: float, size: Size) -> Frames:
        """Which figure is where on the cloth, `[H,W]` uint8 at any size: its number in the shot from 1, else 0."""
        surface = skia.Surface(size.width, size.height)
        canvas = surface.getCanvas()
        covered = np.zeros((size.height, size.width), np.uint8)
        look(canvas, self._camera.at(seconds).layer(1.0), size)
        for actor in reversed(self._shown):
            canvas.clear(skia.ColorTRANSPARENT)
            actor.draw(canvas, seconds, rods=False)
            covered[memory(surface)[..., 3] > 127] = self._cast.index(actor) + 1
        return covered

    def _over(self, canvas: skia.Canvas, view: View, actor: Actor, seconds: float) -> None:
        """The listener's back, large and dark at the picture's edge."""
        left, top, width, height = view.layer(1.0)
        side = -1 if actor.start < self._camera.at(seconds).x else 1
        face = actor.frames(seconds)["head"]
        scale = 1.75
        canvas.save()
        look(canvas, view.layer(1.0), self._drawn)
        x = left + width * (0.5 + 0.4 * side)
        canvas.translate(x, top + 0.62 * height)
        canvas.scale(scale, scale)
        canvas.translate(-face.e, -face.f)
        shade = skia.ColorFilters.Matrix([0.42, 0, 0, 0, 0, 0, 0.38, 0, 0, 0, 0, 0, 0.36, 0, 0, 0, 0, 0, 1, 0])
        canvas.saveLayer(None, skia.Paint(ColorFilter=shade))
        actor.draw(canvas, seconds, rods=False)
        canvas.restore()
        canvas.restore()


def _seen(actor: Actor, seconds: float) -> list[tuple[float, float]]:
    """Points of a figure that are to be seen: its face, which counts twice, either side of it, and its middle."""
    frames = actor.frames(seconds)
    head, s = actor.puppet.sheet.head, actor.scale
    x, y = frames["head"].at(0.1 * head, -0.42 * head)
    middle = np.mean([(frame.e, frame.f) for frame in frames.values()], axis=0)
    return [(x, y), (x, y), (x - 0.4 * s, y), (x + 0.4 * s, y), (float(middle[0]), float(middle[1]))]


def _subject(actor: Actor) -> Subject:
    head, crown = actor.puppet.sheet.head, actor.puppet.crown

    def face(seconds: float) -> tuple[float, float]:
        return actor.frames(seconds)["head"].at(0.1 * head, -0.42 * head)

    def top(seconds: float) -> float:
        # A head that is bent ends not at its crown but at its back: it is taken for a ball.
        frame = actor.frames(seconds)["head"]
        return min(frame.at(0.0, -crown)[1], frame.at(0.0, -crown / 2)[1] - crown / 2)

    def hand(seconds: float) -> tuple[float, float]:
        frames = actor.frames(seconds)
        return frames["prop"].at(0.2, 0.0) if "prop" in frames else face(seconds)

    return Subject(actor.figure.at, actor.towards, top, face, hand)
