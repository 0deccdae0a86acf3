"""Causal convolutions over a video that arrives in chunks, and what they remember between chunks.

Frames are channels last, `[H,W,C]`; those that a 3x3 kernel reads carry a row of zeros above and below. A
convolution is worked off in strips of rows, small enough to stay in the processor's cache together with what is done
to them next.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.wan import vae_winograd

STRIP = 2**20


class Past:
    """What one stream remembers: the last two input frames of each causal convolution, and frames to use again.

    `first` is true during the first chunk. Large frames are used again since getting fresh memory from the system
    takes as long as filling it several times.
    """

    def __init__(self) -> None:
        self.first = True
        self.seen: dict[nn.Module, Sequence[Tensor | None]] = {}
        self.spare: dict[torch.Size, list[Tensor]] = {}

    def blank(self, like: Tensor, channels: int) -> list[Tensor]:
        """Frames [H+2,W,channels] for a chunk [T,H,W,*], zero in the first and the last row."""
        count, height, width, _ = like.shape
        spare = self.spare.setdefault(torch.Size((height + 2, width, channels)), [])
        fresh = [like.new_zeros(height + 2, width, channels) for _ in range(count - len(spare))]
        return fresh + [spare.pop() for _ in range(count - len(fresh))]

    def give_back(self, frames: Sequence[Tensor | None]) -> None:
        for frame in frames:
            if frame is not None:
                self.spare[frame.shape].append(frame)


def strips(x: Tensor) -> Iterator[slice]:
    """The rows of `[T,H,W,C]` in pieces of about STRIP numbers a frame; on other devices than a CPU in one piece."""
    _, height, width, channels = x.shape
    step = max(8, STRIP // (width * channels)) if x.device.type == "cpu" else height
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


class Derived:
    """A value made from a weight, kept until the weight changes."""

    def __init__(self) -> None:
        self.version: tuple[Any, ...] = ()
        self.value: Any = None

    def of(self, weight: Tensor, make: Callable[[Tensor], Any]) -> Any:
        """`make(weight)`, made only if the weight is not that of the last call."""
        # Tensors made in inference mode count no versions: they are not changed in place.
        version = weight.data_ptr(), weight.dtype, 0 if weight.is_inference() else weight._version
        if self.version != version:
            self.version, self.value = version, make(weight)
        return self.value


class CausalConv(nn.Conv3d):
    """A convolution whose kernel reaches two frames back and none ahead, with kernel 3x3x3 or 3x1x1."""

    def __init__(self, inputs: int, outputs: int, space: int = 3) -> None:
        super().__init__(inputs, outputs, (3, space, space))
        self.weight.data = self.weight.data.contiguous(memory_format=torch.channels_last_3d)
        self.mixed = {m: Derived() for m in vae_winograd.INPUTS}

    def stream(self, frames: Sequence[Tensor], past: Past) -> Iterator[tuple[slice, Tensor]]:
        """Strips of rows and their outputs [T,rows,W,O], from the chunk's frames; to be read to the end.

        The frames belong to the stream from now on.
        """
        every = [*past.seen.get(self, (None, None)), *frames]
        border = self.kernel_size[1] - 1
        mixed = self.mixed_filters(frames)
        for part in strips(frames[0][None, border:]):
            reach = slice(part.start, part.stop + border)
            yield part, self.convolve([None if f is None else f[reach] for f in every], mixed)
        past.seen[self] = every[-2:]
        if border:
            past.give_back(every[:-2])

    def mixed_filters(self, frames: Sequence[Tensor]) -> list[Tensor] | None:
        """The filters of a Winograd convolution, where one pays: in float32, and if they are fewer than the inputs.

        In bfloat16 mixing would cost digits; other devices have fast 3-D convolutions.
        """
        count, pixels = len(frames), sum(f.shape[0] * f.shape[1] for f in frames)
        plain = frames[0].device.type == "cpu" and frames[0].dtype == torch.float32
        numbers = (count + 2) * self.out_channels * self.kernel_size[1] ** 2
        if not plain or count not in self.mixed or numbers > pixels:
            return None
        return self.mixed[count].of(self.weight, partial(vae_winograd.filters, m=count))

    def convolve(self, frames: Sequence[Tensor | None], mixed: list[Tensor] | None) -> Tensor:
        """2 + T frames [h,W,C], None for zeros before the start -> [T,h',W,O]."""
        known = [f for f in frames if f is not None]
        count, missing = len(frames) - 2, len(frames) - len(known)
        if count > 1:
            known = [torch.zeros_like(known[0])] * missing + known
            missing = 0
        if mixed is not None:
            return vae_winograd.convolve(known, mixed, self.bias)
        across = self.kernel_size[2] // 2
        if known[0].dtype == torch.float32:
            # On a CPU PyTorch has a slow 3-D convolution for small float32 inputs, but none in 2-D.
            reach = 3 - missing
            x = torch.stack([torch.cat(known[i : i + reach], dim=2) for i in range(count)])
            taps = self.weight[:, :, missing:].permute(0, 3, 4, 2, 1).flatten(3).permute(0, 3, 1, 2)
            return F.conv2d(x.permute(0, 3, 1, 2), taps, self.bias, padding=(0, across)).permute(0, 2, 3, 1)
        x = torch.stack(known).permute(3, 0, 1, 2)[None]
        y = F.conv3d(x, self.weight[:, :, missing:], self.bias, padding=(0, 0, across))
        return y[0].permute(1, 2, 3, 0)
