"""Which number format, which matrix product and which attention: the one place that knows the machine.

On a CPU with AVX-512, oneDNN's product is called by itself: it uses these instructions on every make of CPU, which
PyTorch's own float32 product does not, and it applies GELU on the way. Attention is then written out as two such
products with a softmax in float32 between them, because PyTorch's attention does not use bfloat16 instructions there.
Everywhere else PyTorch chooses.
"""

import time
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

SCORES = 1 << 20
"""Scores that are held at a time: threads are woken for every call, so that few large ones are quickest."""
FEW = 64
"""Keys so few that the scores of all heads are one product."""
KEPT = 16 << 20
"""Bytes of the largest block whose memory is kept for the next one."""
WORTHWHILE = 1 << 14
"""Scores of a head below which one call of PyTorch's attention is quicker."""


def best_device() -> torch.device:
    """CUDA, else Apple's MPS (not run by us), else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def best_dtype(device: torch.device, float32: bool) -> torch.dtype:
    """bfloat16 on a GPU. On a CPU weights that are stored in `float32` stay so, others get what is fastest."""
    if device.type != "cpu":
        return torch.bfloat16
    return torch.float32 if float32 else fastest_dtype()


@cache
def fastest_dtype() -> torch.dtype:
    """bfloat16 where a small product is quicker in it than in float32, else float32: measured, in milliseconds."""

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(512, 320, dtype=dtype), torch.ones(1024, 320, dtype=dtype)
        with torch.inference_mode():
            linear(a, b)
            start = time.perf_counter()
            for _ in range(4):
                linear(a, b)
        return time.perf_counter() - start

    return torch.bfloat16 if seconds(torch.bfloat16) < seconds(torch.float32) else torch.float32


@cache
def _has_onednn() -> bool:
    available = torch.backends.mkldnn.is_available() and torch.backends.cpu.get_cpu_capability() == "AVX512"
    # glibc hands memory that is freed back to the system, and getting it again took a fifth of a small model's step,
    # unless a block as large has been freed before.
    torch.empty(KEPT, dtype=torch.uint8)
    return available and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def _onednn(x: Tensor) -> bool:
    known = x.dtype in (torch.float32, torch.bfloat16) and x.device.type == "cpu"
    return known and not torch.is_grad_enabled() and _has_onednn()


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None, *, gelu: bool = False) -> Tensor:
    """`x` [...,K] times `weight` [N,K], plus `bias` [N] -> [...,N], through tanh-GELU if asked."""
    if _onednn(x) and x.dtype == weight.dtype:
        kind, how = ("gelu", "tanh") if gelu else ("none", "")
        return torch.ops.mkldnn._linear_pointwise(x.contiguous(), weight.contiguous(), bias, kind, [], how)
    x = F.linear(x, weight, bias)
    return F.gelu(x, approximate="tanh") if gelu else x


def attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """[B,heads,L,head], keys and values [B,heads,T,head] -> [B,heads,L,head] in the format of `v`.

    `bias` [B,T] is added to the scores. Queries and keys may be more precise than the values.
    """
    if q.requires_grad and q.device.type == "cpu" and bias is None:
        # PyTorch's backward pass is slow on a CPU.
        return ((q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)).softmax(-1) @ v
    if _onednn(v) and q.shape[-2] * k.shape[-2] >= WORTHWHILE:
        return _products(q.float(), k.float(), v, bias)
    q, k = q.to(v.dtype), k.to(v.dtype)
    mask = None if bias is None else bias[:, None, None].to(v.dtype)
    return F.scaled_dot_product_attention(q, k, v, mask)


def _products(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    batch, heads, length, size = q.shape
    keys = k.shape[-2]
    together = heads if keys <= FEW else 1
    rows = max(1, SCORES // (together * keys))
    out = v.new_empty(batch, length, heads, size)
    for b in range(batch):
        shift = None if bias is None else bias[b]
        for h in range(0, heads, together):
            some = slice(h, h + together)
            scaled, values = k[b, some] * size**-0.5, v[b, some].mT.contiguous()
            for i in range(0, length, rows):
                scores = _bmm(q[b, some, i : i + rows], scaled, shift)
                torch.softmax(scores, -1, out=scores)
                out[b, i : i + rows, some] = _bmm(scores.to(v.dtype), values).transpose(0, 1)
    return out.transpose(1, 2)


def _bmm(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`x` [n,M,K] times `weight` [n,N,K], plus `bias` [N] -> [n,M,N]."""
    if len(x) == 1:
        return linear(x[0], weight[0], bias)[None]
    return torch.bmm(x, weight.mT) if bias is None else torch.baddbmm(bias, x, weight.mT)
