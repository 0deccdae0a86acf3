"""Muon for matrices, AdamW for the rest, in one optimiser with float32 masters.

Muon (Jordan et al., kellerjordan.github.io/posts/muon) steps along the nearest orthogonal matrix to the momentum,
found by Newton-Schulz iterations. Matrices of one shape are done in one batch, in bfloat16, which a CPU with
AVX-512 multiplies several times faster.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from yingxi.train.parallel import Team

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
BETA, BETA1, BETA2, EPS = 0.95, 0.9, 0.99, 1e-8

foreach: Any = torch
"""For `_foreach_*`, one call for a list of tensors: PyTorch's own optimisers use them, its stubs leave them out."""


def orthogonal(g: Tensor, iterations: int = 5) -> Tensor:
    """[N,rows,columns] -> about the nearest orthogonal matrices."""
    a, b, c = COEFFICIENTS
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(iterations):
        s = x @ x.transpose(-1, -2)
        x = a * x + (b * s + c * s @ s) @ x
    return x.transpose(-1, -2) if tall else x


class Optimizer:
    """Steps float32 masters of the named parameters and copies them into the parameters' own format."""

    def __init__(
        self,
        named: Iterable[tuple[str, nn.Parameter]],
        matrices: Iterable[str],
        decay: float,
        team: Team | None = None,
    ) -> None:
        self.team = team or Team()
        self.parameters = dict(named)
        chosen = set(matrices)
        self.decay = decay
        self.masters = {name: p.detach().float().clone() for name, p in self.parameters.items()}
        self.first = {name: torch.zeros_like(m) for name, m in self.masters.items()}
        self.second = {name: torch.zeros_like(m) for name, m in self.masters.items() if name not in chosen}
        self.groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for name, p in self.parameters.items():
            if name in chosen:
                self.groups[tuple(p.shape)].append(name)
        self.steps = 0

    @torch.no_grad()
    def step(self, muon_rate: float, adam_rate: float) -> None:
        self.steps += 1
        self._muon(muon_rate)
        self._adam(adam_rate)
        foreach._foreach_copy_(list(self.parameters.values()), list(self.masters.values()))
        for p in self.parameters.values():
            p.grad = None

    def _gradients(self, names: list[str]) -> list[Tensor]:
        grads = [self.parameters[name].grad for name in names]
        return [
            torch.zeros_like(self.masters[n]) if g is None else g.float() for n, g in zip(names, grads, strict=True)
        ]

    def _muon(self, rate: float) -> None:
        """Each process of the team makes its share of the matrices orthogonal; then they are exchanged."""
        results: dict[str, Tensor] = {}
        for names in self.groups.values():
            grads, momenta = self._gradients(names), [self.first[name] for name in names]
            foreach._foreach_lerp_(momenta, grads, 1 - BETA)
            updates = dict(zip(names, foreach._foreach_lerp(grads, momenta, BETA), strict=True))
            mine = names[self.team.rank :: self.team.size]
            results |= {name: torch.zeros_like(update) for name, update in updates.items()}
            if mine:
                steps = orthogonal(torch.stack([updates[name] for name in mine])).float()
                results |= dict(zip(mine, steps.unbind(), strict=True))
        if not results:
            return
        masters, steps = [self.masters[name] for name in results], self.team.mean(list(results.values()))
        # An AdamW step's root mean square is about 0.2 (Liu et al., arXiv 2502.16982): one rate for all shapes.
        scales = [-rate * 0.2 * max(step.shape) ** 0.5 * self.team.size for step in steps]
        foreach._foreach_mul_(masters, 1 - rate * self.decay)
        foreach._foreach_add_(masters, foreach._foreach_mul(steps, scales))

    def _adam(self, rate: float) -> None:
        names = list(self.second)
        if not names:
            return
        grads, first, second = self._gradients(names), [self.first[n] for n in names], list(self.second.values())
        foreach._foreach_lerp_(first, grads, 1 - BETA1)
        foreach._foreach_mul_(second, BETA2)
        foreach._foreach_addcmul_(second, grads, grads, value=1 - BETA2)
        first_bias, second_bias = 1 - BETA1**self.steps, 1 - BETA2**self.steps
        roots = foreach._foreach_div(second, second_bias)
        foreach._foreach_sqrt_(roots)
        foreach._foreach_add_(roots, EPS)
        foreach._foreach_addcdiv_([self.masters[n] for n in names], first, roots, value=-rate / first_bias)

    def state(self) -> dict[str, Any]:
        return {"masters": self.masters, "first": self.first, "second": self.second, "steps": self.steps}

    @torch.no_grad()
    def restore(self, state: Mapping[str, Any]) -> None:
        self.masters, self.first, self.second = state["masters"], state["first"], state["second"]
        self.steps = state["steps"]
        for name, p in self.parameters.items():
            p.copy_(self.masters[name])


def matrices(module: nn.Module, within: Iterable[str]) -> list[str]:
    """Names of the two-dimensional weights under the given prefixes: Muon's share."""
    prefixes = tuple(within)
    return [name for name, p in module.named_parameters() if p.ndim == 2 and name.startswith(prefixes)]
