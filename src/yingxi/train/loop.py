"""The training loop that every part shares: steps, averaged weights, a log, checkpoints, and going on from them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from yingxi.core.files import writing
from yingxi.train.board import Board
from yingxi.train.muon import Optimizer, foreach
from yingxi.train.parallel import Team
from yingxi.train.sheet import Picture

Weights = dict[str, Tensor]
"""Parameters by name, float32."""
LOG, CHECK = 20, 100
"""Steps between two lines of the log, and between two looks at what is held out."""


@dataclass(frozen=True)
class Budget:
    """How long to train: a number of steps, or of seconds. Only steps make a restart equal bit by bit."""

    steps: int | None = None
    seconds: float | None = None

    def progress(self, step: int, elapsed: float) -> float:
        if 0 in (self.steps, self.seconds):
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
    """A module in training. `loss(step)` must depend on the step alone, so that a restart repeats it.

    `sheet(weights, step)` shows what averaged weights make, and returns the picture. With `held`, an error on what is
    held out of training, the best weights are kept, not the last.
    """

    name: str
    module: nn.Module
    matrices: list[str]
    loss: Callable[[int], Tensor]
    sheet: Callable[[Weights, int], Picture] | None = None
    held: Callable[[Weights], float] | None = None


class Average:
    """Exponential moving average of the masters, quicker at the start."""

    def __init__(self, masters: Weights, decay: float) -> None:
        self.values = {name: m.clone() for name, m in masters.items()}
        self.decay = decay

    @torch.no_grad()
    def update(self, masters: Weights, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        foreach._foreach_lerp_(list(self.values.values()), [masters[name] for name in self.values], 1 - decay)


def fill(module: nn.Module, values: Weights) -> nn.Module:
    """Put weights into a module's parameters; those that were not trained stay."""
    with torch.no_grad():
        for name, value in values.items():
            module.get_parameter(name).copy_(value)
    return module


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
) -> Weights:
    """Train to the end of the budget and return the averaged weights, or the best of them where `part.held` tells.

    Goes on from `folder/<name>.ckpt` if it is there, and says so.
    """
    learning = [(name, p) for name, p in part.module.named_parameters() if p.requires_grad]
    optimizer = Optimizer(learning, part.matrices, rates.decay, team)
    average = Average(optimizer.masters, rates.average)
    path = folder / f"{part.name}.ckpt"
    step, elapsed = 0, 0.0
    best: tuple[float, Weights] | None = None
    if path.exists():
        state = torch.load(path, weights_only=True, map_location=team.device)
        optimizer.restore(state["optimizer"])
        average.values, best = state["average"], state["best"]
        step, elapsed = state["step"], state["elapsed"]
        if team.leads:
            log(f"{part.name}: goes on from its checkpoint at step {step}")

    def save() -> None:
        state = {"optimizer": optimizer.state(), "average": average.values, "best": best}
        state |= {"step": step, "elapsed": elapsed}
        with writing(path) as temporary:
            torch.save(state, temporary)

    board = Board(folder if team.leads else None, part.name, log)
    saved = shown = time.monotonic()
    losses: list[Tensor] = []
    began, mark = time.monotonic(), elapsed
    while budget.progress(step, elapsed) < 1:
        loss = part.loss(step)
        loss.backward()
        grads = [p.grad for p in part.module.parameters() if p.grad is not None]
        clock = torch.tensor([mark + time.monotonic() - began])
        *means, loss_mean, clock_mean = team.mean([*grads, loss.detach().reshape(1), clock])
        norm = torch.nn.utils.get_total_norm(means)
        # Nothing is read back from a GPU but for the log, so that it never waits for the next step.
        scale = (rates.clip / (norm + 1e-6)).clamp(max=1.0)
        foreach._foreach_copy_(grads, foreach._foreach_mul(means, scale))
        factor = rates.factor(step, budget.progress(step, elapsed))
        optimizer.step(rates.muon * factor, rates.adam * factor)
        average.update(optimizer.masters, step)
        step, elapsed = step + 1, float(clock_mean)
        if part.held and (step % CHECK == 0 or budget.progress(step, elapsed) >= 1):
            error = float(team.mean([torch.tensor([part.held(average.values)])])[0])
            if best is None or error < best[0]:
                best = error, {name: value.clone() for name, value in average.values.items()}
            if team.leads:
                board.numbers(step, **{"held out": error})
        if not team.leads:
            continue
        losses.append(loss_mean)
        if step % LOG == 0:
            mean = float(torch.stack(losses).mean())
            board.numbers(step, loss=mean, norm=float(norm), factor=factor, seconds=elapsed)
            losses = []
        if time.monotonic() - saved > save_seconds:
            save()
            saved = time.monotonic()
        if part.sheet and time.monotonic() - shown > sheet_seconds:
            board.sheet(step, part.sheet(average.values, step))
            shown = time.monotonic()
    if team.leads:
        save()
        if part.sheet:
            board.sheet(step, part.sheet(average.values, step))
        board.close()
    return average.values if best is None else best[1]
