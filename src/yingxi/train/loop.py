"""The training loop that every part shares: steps, averaged weights, a log, checkpoints, and going on from them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from yingxi.core.files import writing
from yingxi.train.muon import Optimizer
from yingxi.train.parallel import Team


@dataclass(frozen=True)
class Budget:
    """How long to train: a number of steps, or of seconds. Only steps make a restart equal bit by bit."""

    steps: int | None = None
    seconds: float | None = None

    def progress(self, step: int, elapsed: float) -> float:
        if self.steps == 0:
            return 1.0
        by_steps = step / self.steps if self.steps else 0.0
        by_clock = elapsed / self.seconds if self.seconds else 0.0
        return max(by_steps, by_clock)


@dataclass(frozen=True)
class Rates:
    """Learning rates: a short rise, a plateau, and a fall to a twentieth over the last share of the budget."""

    muon: float = 0.01
    adam: float = 0.002
    rise: int = 20
    fall: float = 0.3
    decay: float = 0.01
    average: float = 0.99
    clip: float = 1.0

    def factor(self, step: int, progress: float) -> float:
        rise = min(1.0, (step + 1) / self.rise)
        fall = min(1.0, (1.0 - progress) / self.fall) if self.fall else 1.0
        return rise * max(0.05, fall)


@dataclass
class Part:
    """A module in training. `loss(step)` must depend on the step alone, so that a restart repeats it."""

    name: str
    module: nn.Module
    matrices: list[str]
    loss: Callable[[int], Tensor]
    sheet: Callable[[nn.Module, int], None] | None = None


class Average:
    """Exponential moving average of the masters, quicker at the start."""

    def __init__(self, masters: dict[str, Tensor], decay: float) -> None:
        self.values = {name: m.clone() for name, m in masters.items()}
        self.decay = decay

    @torch.no_grad()
    def update(self, masters: dict[str, Tensor], step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in self.values.items():
            value.lerp_(masters[name], 1 - decay)


def averaged(part: Part, average: Average) -> Callable[[], None]:
    """Put the averaged weights into the module; the result puts the masters back."""
    parameters = dict(part.module.named_parameters())
    kept = {name: p.detach().clone() for name, p in parameters.items()}

    def fill(values: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, p in parameters.items():
                p.copy_(values[name])

    fill(average.values)
    return lambda: fill(kept)


def train(
    part: Part,
    folder: Path,
    budget: Budget,
    rates: Rates,
    team: Team,
    *,
    save_seconds: float = 240.0,
    sheet_seconds: float = 420.0,
    log: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train to the end of the budget and return the averaged weights, float32.

    Goes on from `folder/<name>.ckpt` if it is there, and says so.
    """
    optimizer = Optimizer(part.module.named_parameters(), part.matrices, rates.decay, team)
    average = Average(optimizer.masters, rates.average)
    path = folder / f"{part.name}.ckpt"
    step, elapsed = 0, 0.0
    if path.exists():
        state = torch.load(path, weights_only=True)
        optimizer.restore(state["optimizer"])
        average.values = state["average"]
        step, elapsed = state["step"], state["elapsed"]
        if team.leads:
            log(f"{part.name}: goes on from its checkpoint at step {step}")

    def save() -> None:
        state = {"optimizer": optimizer.state(), "average": average.values, "step": step, "elapsed": elapsed}
        with writing(path) as temporary:
            torch.save(state, temporary)

    saved = shown = time.monotonic()
    sums = {"loss": 0.0, "count": 0.0}
    began, mark = time.monotonic(), elapsed
    while budget.progress(step, elapsed) < 1:
        loss = part.loss(step)
        loss.backward()
        grads = [p.grad for p in part.module.parameters() if p.grad is not None]
        clock = torch.tensor([mark + time.monotonic() - began])
        *means, loss_mean, clock_mean = team.mean([*grads, loss.detach().reshape(1), clock])
        norm = torch.nn.utils.get_total_norm(means)
        scale = min(1.0, rates.clip / (float(norm) + 1e-6))
        for grad, mean in zip(grads, means, strict=True):
            grad.copy_(mean * scale)
        factor = rates.factor(step, budget.progress(step, elapsed))
        optimizer.step(rates.muon * factor, rates.adam * factor)
        average.update(optimizer.masters, step)
        step, elapsed = step + 1, float(clock_mean)
        sums["loss"] += float(loss_mean)
        sums["count"] += 1
        if not team.leads:
            continue
        if step % 20 == 0:
            line = {"part": part.name, "step": step, "loss": round(sums["loss"] / sums["count"], 5)}
            line |= {"norm": round(float(norm), 3), "factor": round(factor, 3), "seconds": round(elapsed, 1)}
            log(json.dumps(line))
            sums = {"loss": 0.0, "count": 0.0}
        if time.monotonic() - saved > save_seconds:
            save()
            saved = time.monotonic()
        if part.sheet and time.monotonic() - shown > sheet_seconds:
            back = averaged(part, average)
            part.sheet(part.module, step)
            back()
            shown = time.monotonic()
    if team.leads:
        save()
        if part.sheet:
            back = averaged(part, average)
            part.sheet(part.module, step)
            back()
    return average.values
