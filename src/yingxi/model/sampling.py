"""From a sentence and pins to latents: windows of the trained length, one after another, each with guidance.

A clip longer than a window is extended: the last latents stay clean and the next ones are made after them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from yingxi.model import flow
from yingxi.model.dit import Context, DiT
from yingxi.model.flow import Schedule

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Conditions:
    """`clean` maps latent frames to latents [C,H,W]; `pictures` are (rotary time, latent [C,H,W])."""

    clean: dict[int, Tensor]
    pictures: Sequence[tuple[float, Tensor]] = ()


@dataclass(frozen=True)
class Plan:
    """A window: latent frames `start` to `stop`, of which those before `fresh` are known already."""

    start: int
    fresh: int
    stop: int


def windows(total: int, window: int, overlap: int) -> list[Plan]:
    """Windows of at most `window` latent frames, each seeing `overlap` of those before it."""
    plans = [Plan(0, 0, min(total, window))]
    while plans[-1].stop < total:
        stop = min(total, plans[-1].stop + window - overlap)
        plans.append(Plan(stop - window, plans[-1].stop, stop))
    return plans


@dataclass
class Sampler:
    """Draws latents [F,C,H,W], normalised, for a batch of one or more prompts of the same shape."""

    dit: DiT
    context: Context
    empty: Context
    guidance: float
    schedule: Schedule

    def predict(self, x: Tensor, levels: Tensor, times: Tensor) -> Tensor:
        """Both branches of guidance in one pass."""
        dtype = self.dit.proj_out.weight.dtype
        guided = self.guidance != 1
        if guided:
            context = [
                (torch.cat((k, ek.expand_as(k))), torch.cat((v, ev.expand_as(v))))
                for (k, v), (ek, ev) in zip(self.context, self.empty, strict=True)
            ]
            x, levels, times = (torch.cat((t, t)) for t in (x, levels, times))
        else:
            context = list(self.context)
        clean = self.dit(x.to(dtype), levels * 1000, times, context).float()
        if guided:
            with_text, without = clean.chunk(2)
            clean = without + self.guidance * (with_text - without)
        return clean

    def window(
        self,
        noise: Tensor,
        known: dict[int, Tensor],
        pictures: Sequence[tuple[float, Tensor]],
        on_step: OnStep | None,
        rotate: bool = False,
    ) -> Tensor:
        """`noise` [B,F,C,H,W]; `known` latents [B,C,H,W] by place; pictures as (time, [B,C,H,W])."""
        frames = noise.shape[1]
        times = torch.tensor([*map(float, range(frames)), *(t for t, _ in pictures)]).expand(len(noise), -1)
        held = torch.stack([p for _, p in pictures], dim=1) if pictures else None

        def predict(x: Tensor, levels: Tensor) -> Tensor:
            levels = levels.clone()
            for place, latent in known.items():
                x[:, place] = latent
                levels[:, place] = 0
            if held is not None:
                x = torch.cat((x, held), dim=1)
                levels = torch.cat((levels, torch.zeros(held.shape[:2])), dim=1)
            clean = self.predict(x, levels, times)[:, :frames]
            for place, latent in known.items():
                clean[:, place] = latent
            return clean

        return flow.sample(predict, noise.clone(), self.schedule, rotate=rotate, on_step=on_step)

    def clip(self, noise: Tensor, conditions: Conditions, window: int, on_step: OnStep, loop: bool = False) -> Tensor:
        """All latent frames [F,C,H,W] from `noise` of the same shape."""
        total = len(noise)
        if loop:
            return self.window(noise[None], {}, (), on_step, rotate=True)[0]
        plans = windows(total, window, max(1, window // 2))
        result = noise.clone()
        steps = self.schedule.steps
        for i, plan in enumerate(plans):
            inside = range(plan.start, plan.stop)
            known = {f - plan.start: conditions.clean[f][None] for f in inside if f in conditions.clean}
            known |= {f - plan.start: result[f][None] for f in inside if f < plan.fresh}
            near = [
                (t - plan.start, p[None])
                for t, p in conditions.pictures
                if plan.start - 0.5 <= t < plan.stop and (t >= plan.fresh - 0.5 or plan.fresh == 0)
            ]
            x = self.window(
                noise[None, plan.start : plan.stop],
                known,
                near,
                lambda n, _, i=i: on_step(i * steps + n, len(plans) * steps),
            )
            result[plan.start : plan.stop] = x[0]
        return result
