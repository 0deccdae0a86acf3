"""Wan's transformer block: self-attention and feed-forward, shifted, scaled and gated by the noise level.

Shapes: B batch, F latent frames, L tokens of all of them, D width, R different noise levels, T text vectors.
Without gradients everything is done in place, in float32 where it matters, and a noise level is applied once for
all tokens that share it; with gradients (training) the same is written out frame by frame.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model import rotary
from yingxi.model.context import Pair
from yingxi.model.device import attention, linear

HIDDEN = 8 << 20
"""Bytes of the hidden feed-forward layer that are held at a time on a CPU."""
ALONE = 1 << 18
"""Numbers of a sample that attends to itself alone on a CPU: of all parts of a block that takes the most memory."""
TILE = 1 << 19
"""Numbers that are normalised and turned at a time on a CPU, so that they stay in its cache."""

Spans = Sequence[tuple[int, int, int]]
"""Runs of tokens of one noise level: first, last + 1, and the row of their modulation. Over the whole batch."""


@dataclass(frozen=True)
class BlockConfig:
    """`added` blocks also attend to a picture's vectors."""

    heads: int
    width: int
    ffn: int
    eps: float
    added: bool


class RMSNorm(nn.Module):
    """Root-mean-square norm over all heads at once, with a weight. Zhang and Sennrich, arXiv 1910.07467."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        y = x.to(self.weight.dtype)
        return F.rms_norm(y, self.weight.shape, self.weight, self.eps).to(x.dtype)


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Weight and bias may be more precise than `x`."""
    if x.device.type == "cpu" or x.dtype == weight.dtype:
        return F.layer_norm(x, x.shape[-1:], weight, bias, eps)
    return F.layer_norm(x.to(weight.dtype), x.shape[-1:], weight, bias, eps).to(x.dtype)


def modulated(x: Tensor, shift: Tensor, scale: Tensor, eps: float, spans: Spans | None) -> Tensor:
    """Norm of `x` [B,L,D], scaled and shifted by rows [R,D] float32, or [B,F,D] without `spans`."""
    if spans is None:
        y = F.layer_norm(x, x.shape[-1:], eps=eps).unflatten(1, (shift.shape[1], -1))
        return (y * (1 + scale.to(x.dtype)).unsqueeze(2) + shift.to(x.dtype).unsqueeze(2)).flatten(1, 2)
    tokens, scale = x.flatten(0, 1), scale + 1
    parts = [layer_norm(tokens[a:b], scale[row], shift[row], eps) for a, b, row in spans]
    return (parts[0] if len(parts) == 1 else torch.cat(parts)).view(x.shape)


def added(x: Tensor, h: Tensor, gate: Tensor, spans: Spans | None) -> Tensor:
    """`x` + `h` * `gate`, in place where there are `spans`."""
    gate = gate.to(x.dtype)
    if spans is None:
        return x + (h.unflatten(1, (gate.shape[1], -1)) * gate.unsqueeze(2)).flatten(1, 2)
    tokens, h = x.flatten(0, 1), h.flatten(0, 1)
    for a, b, row in spans:
        tokens[a:b].addcmul_(h[a:b], gate[row])
    return x


def _tiles(shape: Sequence[int]) -> Iterator[slice]:
    """Of the tokens of [B,L,D]."""
    batch, length, width = shape
    count = max(1, TILE // (batch * width))
    return (slice(i, i + count) for i in range(0, length, count))


class Attention(nn.Module):
    def __init__(self, config: BlockConfig, added: bool = False) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.to_v = nn.Linear(width, width)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        self.norm_q = RMSNorm(width, config.eps)
        self.norm_k = RMSNorm(width, config.eps)
        if added:
            self.add_k_proj = nn.Linear(width, width)
            self.add_v_proj = nn.Linear(width, width)
            self.norm_added_k = RMSNorm(width, config.eps)

    def split(self, x: Tensor) -> Tensor:
        """[...,L,D] -> [...,heads,L,head]."""
        return x.unflatten(-1, (self.heads, -1)).transpose(-3, -2)

    def keys_values(self, x: Tensor) -> Pair:
        """Of text [...,T,D]."""
        k = linear(x, self.to_k.weight, self.to_k.bias)
        return self.split(self.norm_k(k)), self.split(linear(x, self.to_v.weight, self.to_v.bias))

    def image_keys_values(self, x: Tensor) -> Pair:
        """Of a picture [B,S,D]."""
        return self.split(self.norm_added_k(self.add_k_proj(x))), self.split(self.add_v_proj(x))

    def normed(self, x: Tensor, norm: RMSNorm, turn: Tensor | None = None) -> Tensor:
        """[B,L,D] -> [B,heads,L,head], normalised over all heads, then turned by `turn` [B or 1,L,head/2,2].

        Without gradients on a CPU the result is float32, and `x` is used up.
        """
        if torch.is_grad_enabled():
            x = self.split(norm(x))
            return x if turn is None else rotary.rotate(x, *turn.to(x.dtype).unsqueeze(1).unbind(-1))
        if torch.compiler.is_compiling():
            y = self.split(norm(x.float()))
            return (y if turn is None else rotary.rotate(y, *turn.unsqueeze(1).unbind(-1))).to(x.dtype)
        on_cpu = x.device.type == "cpu"
        y = x.float()
        turns = None if turn is None else torch.view_as_complex(turn).unsqueeze(2)
        for some in _tiles(x.shape) if on_cpu else (slice(None),):
            part = y[:, some]
            scale = torch.linalg.vector_norm(part, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(norm.eps)
            scale = scale.rsqrt_().unsqueeze(-1)
            part = part.mul_(norm.weight).unflatten(-1, (self.heads, -1))
            if turns is None:
                part.mul_(scale)
            else:
                rotary.rotate_(part, turns[:, some] * scale)
        return self.split(y if on_cpu else y.to(x.dtype))

    def projected(self, x: Tensor) -> Tensor:
        """[B,heads,L,head] -> [B,L,D]."""
        out = cast(nn.Linear, self.to_out[0])
        return linear(x.transpose(1, 2).flatten(2), out.weight, out.bias)

    def to_itself(self, x: Tensor, turn: Tensor) -> Tensor:
        """[B,L,D] -> [B,L,D]."""
        if len(x) > 1 and x[0].numel() >= ALONE and x.device.type == "cpu" and not torch.is_grad_enabled():
            turns = turn.expand(len(x), *turn.shape[1:])
            return torch.cat([self.to_itself(*pair) for pair in zip(x.split(1), turns.split(1), strict=True)])
        q = self.normed(linear(x, self.to_q.weight, self.to_q.bias), self.norm_q, turn)
        k = self.normed(linear(x, self.to_k.weight, self.to_k.bias), self.norm_k, turn)
        v = self.split(linear(x, self.to_v.weight, self.to_v.bias))
        return self.projected(attention(q, k, v))

    def to_context(self, x: Tensor, text: Pair, bias: Tensor | None, image: Pair | None) -> Tensor:
        """`x` [B,L,D], `text` [B,heads,T,head], or [B,F,heads,T,head]: a text for each frame."""
        shape = x.shape
        q = linear(x, self.to_q.weight, self.to_q.bias)
        keys, values = text
        if keys.dim() == 5:
            q = q.reshape(-1, shape[1] // keys.shape[1], shape[2])
            keys, values = keys.flatten(0, 1), values.flatten(0, 1)
            bias = None if bias is None else bias.flatten(0, 1)
        q = self.normed(q, self.norm_q)
        out = attention(q, keys, values, bias)
        if image is not None:
            out = out + self.pictured(q, image)
        return self.projected(out).view(shape)

    def pictured(self, q: Tensor, image: Pair) -> Tensor:
        """Queries [B,heads,L,head], or [B*F,...] -> the same."""
        count = len(q) // len(image[0])
        keys, values = (x.repeat_interleave(count, dim=0) if count > 1 else x for x in image)
        return attention(q, keys, values)


class Projection(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, inner)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.proj.weight, self.proj.bias, gelu=True)


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.net = nn.ModuleList([Projection(width, inner), nn.Identity(), nn.Linear(inner, width)])

    def forward(self, x: Tensor) -> Tensor:
        """[...,D] -> [...,D]."""
        inner, outer = self.net[0], cast(nn.Linear, self.net[2])
        tokens = x.flatten(0, -2)
        rows = max(1, HIDDEN // (outer.in_features * x.element_size()))
        if torch.is_grad_enabled() or x.device.type != "cpu" or len(tokens) <= rows:
            return linear(inner(x), outer.weight, outer.bias)
        out = torch.empty_like(x)
        for part, result in zip(tokens.split(rows), out.flatten(0, -2).split(rows), strict=True):
            result.copy_(linear(inner(part), outer.weight, outer.bias))
        return out


class Block(nn.Module):
    def __init__(self, config: BlockConfig) -> None:
        super().__init__()
        width = config.width
        self.eps = config.eps
        self.attn1 = Attention(config)
        self.attn2 = Attention(config, config.added)
        self.norm2 = nn.LayerNorm(width, eps=config.eps)
        self.ffn = FeedForward(width, config.ffn)
        self.scale_shift_table = nn.Parameter(torch.randn(1, 6, width) / width**0.5)

    def forward(
        self,
        x: Tensor,
        modulation: Tensor,
        turn: Tensor,
        text: Pair,
        bias: Tensor | None = None,
        image: Pair | None = None,
        spans: tuple[Spans, Spans] | None = None,
    ) -> Tensor:
        """`x` [B,L,D] is changed in place if there are `spans`, and returned; `modulation` [R,6,D], else [B,F,6,D].

        Where the context's batch is larger, by branches of guidance that are still alike, they part after the
        self-attention; `spans` are those before and after.
        """
        before, after = spans or (None, None)
        rows = (self.scale_shift_table.float() + modulation.float()).unbind(-2)
        shift1, scale1, gate1, shift2, scale2, gate2 = rows

        h = self.attn1.to_itself(modulated(x, shift1, scale1, self.eps, before), turn)
        x = added(x, h, gate1, before)
        if len(text[0]) > len(x):
            x = x.repeat(len(text[0]) // len(x), 1, 1)

        h = layer_norm(x, self.norm2.weight, self.norm2.bias, self.eps)
        h = self.attn2.to_context(h, text, bias, image)
        x = x + h if spans is None else x.add_(h)

        h = self.ffn(modulated(x, shift2, scale2, self.eps, after))
        return added(x, h, gate2, after)
