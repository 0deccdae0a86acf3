"""One denoising step beside that of the `diffusers` package: the same weights, format and thread, taken in turns.

    python dev/step.py [--layers 8] [--heads 6] [--rounds 5] [--format bfloat16]

Seconds are those of the processor, so that what else runs counts little; a ratio is the median over the rounds.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
from diffusers import WanTransformer3DModel
from torch import Tensor

from yingxi.model.context import stack
from yingxi.model.device import linear
from yingxi.model.dit import DiT, DiTConfig, kept_in_float32

WORDS = 40
PADDED = 512
FRAMES, ROWS, COLUMNS = 3, 40, 52


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def models(heads: int, layers: int, dtype: torch.dtype) -> tuple[WanTransformer3DModel, DiT]:
    width = 128 * heads
    theirs = WanTransformer3DModel(num_attention_heads=heads, num_layers=layers, ffn_dim=width * 35 // 6)
    theirs = theirs.eval().requires_grad_(False)
    state = theirs.state_dict()
    with torch.device("meta"):
        ours = DiT(DiTConfig.from_diffusers(theirs.config, state)).requires_grad_(False)
    ours.load_state_dict(
        {k: v.to(torch.float32 if kept_in_float32(k) else dtype, copy=True) for k, v in state.items()}, assign=True
    )
    for name, parameter in theirs.named_parameters():
        if not any(part in name for part in WanTransformer3DModel._keep_in_fp32_modules):
            parameter.data = parameter.data.to(dtype)
    return theirs, ours


def operations(config: DiTConfig, tokens: int, branches: int) -> float:
    """Those of the matrix products that a step cannot do without."""
    width, layers = config.width, config.layers
    itself = tokens * 2 * width * (4 * width + 2 * tokens)
    rest = tokens * 2 * width * (2 * width + 2 * config.ffn + 2 * WORDS)
    return branches * layers * (itself + rest) - (branches - 1) * itself


def rate(config: DiTConfig, tokens: int, dtype: torch.dtype) -> float:
    """Operations a second of the feed-forward's products alone."""
    x, w = torch.randn(tokens, config.width).to(dtype), torch.randn(config.ffn, config.width).to(dtype)
    linear(x, w)
    best = min(seconds(lambda: linear(x, w)) for _ in range(5))
    return 2 * w.numel() * tokens / best


@torch.inference_mode()
def measure(heads: int, layers: int, rounds: int, dtype: torch.dtype) -> None:
    theirs, ours = models(heads, layers, dtype)
    x = torch.randn(1, 16, FRAMES, ROWS, COLUMNS).to(dtype)
    text = torch.randn(1, PADDED, 4096).to(dtype)
    text[:, WORDS:] = 0
    t, times = torch.full((1, FRAMES), 500.0), torch.arange(float(FRAMES))[None]
    said = ours.context(text[:, :WORDS], PADDED - WORDS)
    both = stack([said, said])
    tokens = FRAMES * ROWS * COLUMNS // 4

    def their_pass() -> Tensor:
        return theirs(x, torch.tensor([500]), text, return_dict=False)[0]

    def their_step() -> Tensor:
        return torch.cat((their_pass(), their_pass()))

    def our_pass() -> Tensor:
        return ours(x.transpose(1, 2), t, times, said)

    def our_step() -> Tensor:
        return ours(x.transpose(1, 2), t, times, both)

    a, b = their_step().float(), our_step().transpose(1, 2).float()
    print(
        f"{dtype}: {tokens} tokens, width {ours.config.width}, {layers} layers; apart {(a - b).norm() / a.norm():.1e}"
    )
    fastest = max(rate(ours.config, tokens, dtype) for _ in range(2))
    print(f"  product alone {fastest / 1e9:.0f} GFLOP/s")
    for name, branches, there, here in (("pass", 1, their_pass, our_pass), ("guided step", 2, their_step, our_step)):
        taken = [(seconds(there), seconds(here)) for _ in range(rounds)]
        ratios = sorted(a / b for a, b in taken)
        mine = min(b for _, b in taken)
        share = operations(ours.config, tokens, branches) / mine / fastest
        print(
            f"  {name}: diffusers {min(a for a, _ in taken):.2f} s, here {mine:.2f} s; "
            f"{statistics.median(ratios):.2f} times as fast ({ratios[0]:.2f}-{ratios[-1]:.2f}), "
            f"{share:.0%} of the product alone"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", type=int, default=6)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--format", choices=["float32", "bfloat16"], action="append")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    for name in arguments.format or ["float32", "bfloat16"]:
        measure(arguments.heads, arguments.layers, arguments.rounds, getattr(torch, name))


if __name__ == "__main__":
    main()
