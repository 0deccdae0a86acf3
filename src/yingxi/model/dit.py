"""The diffusion transformer: Wan's block, with a noise level for each latent frame.

Shapes: B batch, F latent frames, C channels, H W latent rows and columns, L tokens, D width, T text vectors.
Arithmetic: Wan, arXiv 2503.20314; adaptive norms from DiT, arXiv 2212.09748. Parameter names are those under which
the published checkpoints are stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model import rotary

Context = Sequence[tuple[Tensor, Tensor]]
"""Keys and values of the text, one pair a block: the same in every step, so computed once a prompt.

Each is [B,heads,T,head], or [B,F,heads,T,head] where each latent frame has a text of its own: several shots in one
sample.
"""


@dataclass(frozen=True)
class DiTConfig:
    """Shape of a DiT. `patch` is (time, rows, columns) of a latent that make a token; time must be 1."""

    heads: int
    head: int
    layers: int
    ffn: int
    in_channels: int
    out_channels: int
    text: int
    patch: tuple[int, int, int] = (1, 1, 1)
    frequency: int = 256
    eps: float = 1e-6

    def __post_init__(self) -> None:
        if self.patch[0] != 1:
            raise ValueError("a patch spans one latent frame: each has a noise level of its own")

    @property
    def width(self) -> int:
        return self.heads * self.head


def timestep_embedding(t: Tensor, size: int) -> Tensor:
    """[...] timesteps of 0..1000 -> [..., size]: cosines, then sines."""
    half = size // 2
    powers = torch.arange(half, dtype=torch.float32, device=t.device) / half
    angles = t.float().unsqueeze(-1) * 1e4**-powers
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


class TwoLayers(nn.Module):
    def __init__(self, inner: int, width: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(inner, width)
        self.linear_2 = nn.Linear(width, width)


class ConditionEmbedder(nn.Module):
    """Timesteps and text into the transformer's width."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.frequency = config.frequency
        self.time_embedder = TwoLayers(config.frequency, config.width)
        self.time_proj = nn.Linear(config.width, 6 * config.width)
        self.text_embedder = TwoLayers(config.text, config.width)

    def time(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """[B,F] timesteps -> embedding [B,F,D] and modulations [B,F,6,D]."""
        x = timestep_embedding(t, self.frequency).to(self.time_proj.weight.dtype)
        x = self.time_embedder.linear_2(F.silu(self.time_embedder.linear_1(x)))
        return x, self.time_proj(F.silu(x)).unflatten(-1, (6, -1))

    def text(self, text: Tensor) -> Tensor:
        """[B,T,text] -> [B,T,D]."""
        x = F.gelu(self.text_embedder.linear_1(text), approximate="tanh")
        return self.text_embedder.linear_2(x)


class RMSNorm(nn.Module):
    """Root-mean-square norm over all heads at once, with a weight. Zhang and Sennrich, arXiv 1910.07467."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.eps)


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """[B,heads,L,head] -> the same. Written out while training: PyTorch's backward pass is slow on a CPU."""
    if q.requires_grad and q.device.type == "cpu":
        weights = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        return weights.softmax(-1) @ v
    return F.scaled_dot_product_attention(q, k, v)


class Attention(nn.Module):
    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.to_v = nn.Linear(width, width)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        self.norm_q = RMSNorm(width, config.eps)
        self.norm_k = RMSNorm(width, config.eps)

    def split(self, x: Tensor) -> Tensor:
        """[...,L,D] -> [...,heads,L,head]."""
        return x.unflatten(-1, (self.heads, -1)).transpose(-3, -2)

    def keys_values(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.norm_k(self.to_k(x))), self.split(self.to_v(x))

    def queries(self, x: Tensor) -> Tensor:
        return self.split(self.norm_q(self.to_q(x)))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        x = attention(q, k, v)
        return self.to_out[0](x.transpose(1, 2).flatten(2))


class Projection(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, inner)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.proj(x), approximate="tanh")


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.net = nn.ModuleList([Projection(width, inner), nn.Identity(), nn.Linear(inner, width)])

    def forward(self, x: Tensor) -> Tensor:
        for part in self.net:
            x = part(x)
        return x


class Block(nn.Module):
    """Self-attention and feed-forward, shifted, scaled and gated by the noise level; text in between, ungated."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        width = config.width
        self.eps = config.eps
        self.attn1 = Attention(config)
        self.attn2 = Attention(config)
        self.norm2 = nn.LayerNorm(width, eps=config.eps)
        self.ffn = FeedForward(width, config.ffn)
        self.scale_shift_table = nn.Parameter(torch.randn(1, 6, width) / width**0.5)

    def forward(
        self, x: Tensor, modulation: Tensor, context: tuple[Tensor, Tensor], turn: tuple[Tensor, Tensor]
    ) -> Tensor:
        """`x` [B,F,L,D], `modulation` [B,F,6,D]."""
        frames = x.shape[1]
        shape = x.shape[-1:]
        rows = (self.scale_shift_table + modulation).to(x.dtype).unsqueeze(2).unbind(3)
        shift1, scale1, gate1, shift2, scale2, gate2 = rows

        h = F.layer_norm(x, shape, eps=self.eps) * (1 + scale1) + shift1
        h = h.flatten(1, 2)
        k, v = self.attn1.keys_values(h)
        q = rotary.rotate(self.attn1.queries(h), *turn)
        h = self.attn1.attend(q, rotary.rotate(k, *turn), v)
        x = x + h.unflatten(1, (frames, -1)) * gate1

        h = F.layer_norm(x, shape, self.norm2.weight.to(x.dtype), self.norm2.bias.to(x.dtype), self.eps)
        keys, values = context
        if keys.dim() == 5:
            h = self.attn2.attend(self.attn2.queries(h.flatten(0, 1)), keys.flatten(0, 1), values.flatten(0, 1))
            x = x + h.unflatten(0, (-1, frames))
        else:
            h = self.attn2.attend(self.attn2.queries(h.flatten(1, 2)), keys, values)
            x = x + h.unflatten(1, (frames, -1))

        h = F.layer_norm(x, shape, eps=self.eps) * (1 + scale2) + shift2
        return x + self.ffn(h) * gate2


class DiT(nn.Module):
    """Latent frames, each with its own time and noise level, in; their prediction out."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.patch_embedding = nn.Conv3d(config.in_channels, width, config.patch, config.patch)
        self.condition_embedder = ConditionEmbedder(config)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.proj_out = nn.Linear(width, config.out_channels * config.patch[1] * config.patch[2])
        self.scale_shift_table = nn.Parameter(torch.randn(1, 2, width) / width**0.5)

    def context(self, text: Tensor) -> Context:
        """[B,T,text] -> keys and values for each block."""
        x = self.condition_embedder.text(text)
        return [block.attn2.keys_values(x) for block in self.blocks if isinstance(block, Block)]

    def tokens(self, x: Tensor) -> Tensor:
        """[B,F,C,H,W] -> [B,F,L,D]."""
        _, ph, pw = self.config.patch
        batch, frames, channels, height, width = x.shape
        x = x.reshape(batch, frames, channels, height // ph, ph, width // pw, pw)
        x = x.permute(0, 1, 3, 5, 2, 4, 6).flatten(4).flatten(2, 3)
        return F.linear(x, self.patch_embedding.weight.flatten(1), self.patch_embedding.bias)

    def latents(self, x: Tensor, rows: int, columns: int) -> Tensor:
        """[B,F,L,patch*C] -> [B,F,C,H,W]; within a token the channels come last."""
        _, ph, pw = self.config.patch
        x = x.unflatten(3, (ph, pw, -1)).unflatten(2, (rows, columns))
        batch, frames = x.shape[:2]
        return x.permute(0, 1, 6, 2, 4, 3, 5).reshape(batch, frames, -1, rows * ph, columns * pw)

    def forward(self, x: Tensor, t: Tensor, times: Tensor, context: Context) -> Tensor:
        """`x` [B,F,C,H,W] at timesteps `t` [B,F] of 0..1000 and rotary times `times` [B,F] -> [B,F,out,H,W]."""
        _, ph, pw = self.config.patch
        rows, columns = x.shape[3] // ph, x.shape[4] // pw
        cosines, sines = rotary.tables(times, rows, columns, self.config.head)
        x = self.tokens(x)
        turn = cosines.to(x.dtype), sines.to(x.dtype)
        embedding, modulation = self.condition_embedder.time(t)
        for block, pair in zip(self.blocks, context, strict=True):
            x = block(x, modulation, pair, turn)
        rows_out = (self.scale_shift_table + embedding.unsqueeze(2)).to(x.dtype).unsqueeze(3)
        shift, scale = rows_out.unbind(2)
        x = F.layer_norm(x, x.shape[-1:], eps=self.config.eps) * (1 + scale) + shift
        return self.latents(self.proj_out(x), rows, columns)
