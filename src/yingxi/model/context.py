"""What the text, and a picture where the model takes one, say to every block: computed once a prompt."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

Pair = tuple[Tensor, Tensor]
"""Keys and values [B,heads,T,head], or [B,F,heads,T,head] where each latent frame has a text of its own."""


@dataclass(frozen=True, eq=False)
class Context:
    """`text` has one pair a block, and so has `image` [B,heads,S,head].

    `bias` [B,T] or [B,F,T] float32 is added to the scores of the text's keys.
    """

    text: Sequence[Pair]
    bias: Tensor | None = None
    image: Sequence[Pair] | None = None

    @property
    def batch(self) -> int:
        return len(self.text[0][0])

    @property
    def length(self) -> int:
        return self.text[0][0].shape[-2]

    @property
    def by_frame(self) -> bool:
        return self.text[0][0].dim() == 5


def padding_bias(keys: Tensor, padding: int) -> Tensor:
    """The bias of `keys` whose last stands for `padding` equal ones: n of them weigh as one with log n more."""
    bias = torch.zeros(*keys.shape[:-3], keys.shape[-2], device=keys.device)
    bias[..., -1] = math.log(padding)
    return bias


def stack(contexts: Sequence[Context]) -> Context:
    """Branches of guidance or prompts, one after another in the batch. Lengths may differ.

    A text for all frames may stand beside one for each frame.
    """
    frames = max(c.text[0][0].shape[1] if c.by_frame else 0 for c in contexts)
    if frames:
        contexts = [c if c.by_frame else _spread(c, frames) for c in contexts]
    images = [c.image for c in contexts if c.image is not None]
    image = [
        (torch.cat([k for k, _ in pairs]), torch.cat([v for _, v in pairs])) for pairs in zip(*images, strict=True)
    ]
    return Context(*_join(contexts, torch.cat), image or None)


def per_frame(contexts: Sequence[Context]) -> Context:
    """One context a latent frame -> one with a text for each. A picture is the same for all of them."""
    return Context(*_join(contexts, lambda tensors: torch.stack(tensors, dim=1)), contexts[0].image)


def _spread(context: Context, frames: int) -> Context:
    def repeat(x: Tensor) -> Tensor:
        return x.unsqueeze(1).expand(-1, frames, *x.shape[1:])

    text = [(repeat(k), repeat(v)) for k, v in context.text]
    return Context(text, None if context.bias is None else repeat(context.bias), context.image)


def _join(contexts: Sequence[Context], join: Callable[[list[Tensor]], Tensor]) -> tuple[list[Pair], Tensor | None]:
    """Texts and bias of all, each filled up to the longest with keys that are never seen."""
    length = max(c.length for c in contexts)

    def filled(x: Tensor) -> Tensor:
        return F.pad(x, (0, 0, 0, length - x.shape[-2]))

    blocks = zip(*(c.text for c in contexts), strict=True)
    text = [(join([filled(k) for k, _ in pairs]), join([filled(v) for _, v in pairs])) for pairs in blocks]
    if all(c.bias is None and c.length == length for c in contexts):
        return text, None
    biases = []
    for c in contexts:
        keys = c.text[0][0]
        bias = torch.zeros(*keys.shape[:-3], c.length, device=keys.device) if c.bias is None else c.bias
        biases.append(F.pad(bias, (0, length - c.length), value=-math.inf))
    return text, join(biases)
