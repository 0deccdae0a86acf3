"""From a sentence and pins to latents: windows of the trained length, one after another, each with guidance.

A clip longer than a window is extended: latents that are known stay clean, and the next ones are made beside them,
forwards from what comes before, backwards where only what comes after is known.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from yingxi.model import flow
from yingxi.model.dit import DiT
from yingxi.model.flow import OnStep, Schedule
from yingxi.model.pins import Conditions


@dataclass(frozen=True)
class Window:
    """Latent frames `start` to `stop`, of which those of `fresh` are made; the others are known by then."""

    start: int
    stop: int
    fresh: range


def windows(total: int, window: int, known: Collection[int] = (), loop: bool = False) -> list[Window]:
    """Windows of at most `window` latent frames, in the order of their making.

    A loop ends beside its own beginning: latent frame `total` is 0 again. The last window before what is known keeps
    one known frame at each end, as in training.
    """
    if loop:
        first = min(window, total)
        return [Window(0, first, range(first)), *_forwards(first, total, window, {total})]
    plans: list[Window] = []
    for start, stop in _gaps(total, known):
        if start:
            plans += _forwards(start, stop, window, known)
        elif stop < total:
            plans += _backwards(stop, window, known)
        else:
            first = min(window, total)
            plans += [Window(0, first, range(first)), *_forwards(first, total, window, known)]
    return plans


def _gaps(total: int, known: Collection[int]) -> list[tuple[int, int]]:
    """The (start, stop) of what is not known."""
    edges = [i for i in range(total + 1) if (i < total and i not in known) != (i > 0 and i - 1 not in known)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _forwards(start: int, stop: int, window: int, known: Collection[int]) -> Iterator[Window]:
    """Half of each window goes on from the other half."""
    closing = max(1, window - 2) if stop in known else 0
    while start < stop:
        left = stop - start
        if left <= closing:
            before = min(start, max(1, window - left - 1))
            yield Window(start - before, stop + 1, range(start, stop))
            return
        fresh = min(window - window // 2, left - closing)
        yield Window(start - min(start, window - fresh), start + fresh, range(start, start + fresh))
        start += fresh


def _backwards(stop: int, window: int, known: Collection[int]) -> Iterator[Window]:
    end = stop
    while end in known:
        end += 1
    while stop:
        fresh = min(window - min(window // 2, end - stop), stop)
        yield Window(stop - fresh, min(end, stop - fresh + window), range(stop - fresh, stop))
        stop -= fresh


@dataclass
class Sampler:
    """Draws latents, normalised. `text` [B,S,D] and `empty` [1,S,D] are sentences as vectors; with the `spread` [C]
    of the latents the network adds to a plain guess.

    `cache` is the threshold of each window's StepCache; `straight` steps are of first order.
    """

    dit: DiT
    text: Tensor
    empty: Tensor
    guidance: float
    schedule: Schedule
    cache: float = 0.0
    straight: bool = False
    spread: Tensor | None = None

    def window(
        self,
        noise: Tensor,
        known: dict[int, Tensor],
        pictures: Sequence[tuple[float, Tensor]],
        on_step: OnStep | None,
        *,
        text: Tensor | None = None,
        rotate: bool = False,
    ) -> Tensor:
        """`noise` [B,F,C,H,W]; `known` latents [B,C,H,W] by place; pictures as (time, [B,C,H,W]).

        `text` [B,F+pictures,S,D] is the sentence of each frame, where they are not all the same.
        """
        batch, frames = noise.shape[:2]
        times = torch.tensor([*map(float, range(frames)), *(t for t, _ in pictures)]).expand(batch, -1)
        held = torch.stack([p for _, p in pictures], dim=1) if pictures else None
        branches = [self.text if text is None else text]
        if self.guidance != 1:
            empty = self.empty if text is None else self.empty[:, None]
            branches.append(empty.expand_as(branches[0]))
        with torch.inference_mode():
            context = self.dit.context(torch.cat(branches))

        def predict(x: Tensor, levels: Tensor) -> Tensor:
            levels = levels.clone()
            for place, latent in known.items():
                x[:, place] = latent
                levels[:, place] = 0
            if held is not None:
                x = torch.cat((x, held), dim=1)
                levels = torch.cat((levels, torch.zeros(held.shape[:2])), dim=1)
            clean = self.dit(x, levels * 1000, times, context)[:, :frames].float()
            if len(branches) > 1:
                given, without = clean.chunk(2)
                if self.spread is None:
                    clean = without + self.guidance * (given - without)
                else:
                    clean = flow.guided(given, without, self.guidance)
            if self.spread is not None:
                clean = flow.clean_frames(clean, x[:, :frames], levels[:, :frames], self.spread)
            for place, latent in known.items():
                clean[:, place] = latent
            return clean

        with torch.inference_mode():
            return flow.sample(
                predict,
                noise.clone(),
                self.schedule,
                rotate=rotate,
                cache=self.cache,
                straight=self.straight,
                on_step=on_step,
            )

    def stream(
        self,
        total: int,
        window: int,
        start: Callable[[int], Tensor],
        conditions: Conditions,
        on_step: OnStep,
        *,
        shots: Sequence[tuple[int, Tensor]] = (),
        loop: bool = False,
    ) -> Iterator[Tensor]:
        """Latents [n,C,H,W] of a clip of `total`, in order; only those that others go on from are kept.

        `start` gives latent frame i at the schedule's first level. `shots` are (first latent frame, sentence [1,S,D])
        where there is more than one. A loop of up to two windows is made at once, rotated in time between steps,
        which closes better than a last window that knows the first (`dev/tasks.py` measures it).
        """
        rotate = loop and total <= 2 * window
        plans = windows(total, total if rotate else window, conditions.clean, loop)
        steps = self.schedule.count
        made: dict[int, Tensor] = {}
        ready = 0
        for number, plan in enumerate(plans):
            inside = range(plan.start, plan.stop)
            known = {i: made[i] if i in made else conditions.clean[i] for i in inside if i not in plan.fresh}
            near = [(t, p) for t, p in conditions.pictures if plan.fresh.start - 0.5 <= t < plan.fresh.stop]
            noise = torch.stack([start(i) if i in plan.fresh else known[i] for i in inside])

            def told(done: int, _: int, clean: Tensor, number: int = number) -> None:
                on_step(number * steps + done, len(plans) * steps, clean[0])

            x = self.window(
                noise[None],
                {i - plan.start: latent[None] for i, latent in known.items()},
                [(t - plan.start, p[None]) for t, p in near],
                told,
                text=_texts(shots, [*inside, *(t for t, _ in near)]),
                rotate=rotate,
            )[0]
            made |= {i: x[i - plan.start] for i in plan.fresh}
            if loop and not number:
                made[total] = made[0]
            chunk = []
            while ready < total and (ready in made or ready in conditions.clean):
                chunk.append(made[ready] if ready in made else conditions.clean[ready])
                ready += 1
            if chunk:
                yield torch.stack(chunk)
            made = {i: latent for i, latent in made.items() if i >= ready - window}
        if not plans:
            yield torch.stack([conditions.clean[i] for i in range(total)])


def _texts(shots: Sequence[tuple[int, Tensor]], times: Sequence[float]) -> Tensor | None:
    """The sentence [1,len(times),S,D] at each latent time, None where there is one for all."""
    if not shots:
        return None
    return torch.stack([next(text for first, text in reversed(shots) if first <= max(0, round(t))) for t in times], 1)
