"""What a run will take of the memory, told before it starts; what cannot fit is refused, saying what would.

Weights are counted from file headers. What is computed on the way follows from the request's size by constants that
were measured as peaks of resident memory, on a CPU. In float32 from 192x128 to 640x384, an autoencoder's plan beside
its weights is within 10 % of the peak; that of Wan 2.2's encoder is up to 0.45 GB above it, since filters are counted
that are made when something is decoded.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch

from yingxi.core.errors import Refused
from yingxi.core.shapes import Size

Shapes = Mapping[str, Sequence[int]]
FLOAT32 = torch.float32.itemsize
LATENTS = 14
"""Copies of a whole clip's latents in a step: 12 for UniPC with windows, and 2 that a step cache keeps."""
STREAMED = 3
"""Blocks in memory when they are read ahead of use: one computed, one filled, and the file it is filled from."""
IN_FLOAT32, IN_FORMAT = 6, 4
"""Numbers a token and unit of width while a block attends: residual, queries and keys, and the rest."""
FEEDING = 5
"""Numbers in float32 a token and unit of width while a block's feed-forward runs, beside its inner ones."""
ENCODED, DECODED = {1: 10.3, 2: 10.0}, {1: 12.8, 2: 18.5}
"""Numbers in float32 for each of four frames' places and channels in the autoencoder's outermost stage, while they
pass. By the pixels of a place's side: where it is a patch, Wan 2.2, stages below are the larger ones."""
MIXED = 0.23
"""Filters that are made of the autoencoder's weights, in proportion to these."""


@dataclass(frozen=True)
class Network:
    """The numbers of a network: of its tensors outside blocks, and of each tensor of one of `blocks` like blocks."""

    outside: int
    blocks: int = 0
    block: tuple[int, ...] = ()

    @classmethod
    def of(cls, shapes: Shapes, at: str = "blocks") -> Self:
        inside = {name: math.prod(shape) for name, shape in shapes.items() if name.startswith(f"{at}.")}
        block = tuple(count for name, count in inside.items() if name.startswith(f"{at}.0."))
        outside = sum(map(math.prod, shapes.values())) - sum(inside.values())
        return cls(outside, sum(inside.values()) // max(1, sum(block)), block)

    def elements(self, offload: bool) -> int:
        blocks = min(self.blocks, STREAMED) if offload else self.blocks
        return self.outside + blocks * sum(self.block)

    def page_locked(self, itemsize: int) -> int:
        """Bytes of host memory for all blocks when a GPU reads them: PyTorch rounds each tensor to a power of two."""
        return self.blocks * sum(1 << (count * itemsize - 1).bit_length() for count in self.block)


@dataclass(frozen=True)
class Asked:
    """A run: `frames` in `latents` latent frames, of which the transformer sees `window` at a time.

    `branches` is 2 with guidance; `words` are the text vectors of which keys and values are held, of all branches;
    the transformers' weights are in `dtype`. `offload`: blocks are read while they run. `pictures`: some are encoded.
    `streamed`: frames are handed on as they come. `kept`: what was loaded for one step or run stays for the next.
    """

    size: Size
    frames: int
    latents: int
    window: int
    branches: int
    words: int
    dtype: torch.dtype
    offload: bool = False
    pictures: bool = False
    streamed: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Stage:
    """What is in memory at one time: bytes by part."""

    name: str
    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {gigabytes(count)}" for name, count in self.parts.items())
        return f"{gigabytes(self.total)} GB for {self.name} ({parts})"


@dataclass(frozen=True)
class MemoryPlan:
    """The stages of a run, one after the other. `host`: bytes beside a GPU in which an offloaded model is kept.

    `kept`: there is room for all transformers at once, and for what one run leaves to the next.
    """

    stages: tuple[Stage, ...]
    host: int = 0
    kept: bool = False

    @property
    def peak(self) -> Stage:
        return max(self.stages, key=lambda stage: stage.total)

    def __str__(self) -> str:
        lines = [str(stage) for stage in self.stages]
        if self.host:
            lines.append(f"{gigabytes(self.host)} GB beside the GPU (all blocks)")
        return "\n".join(lines)


@dataclass(frozen=True)
class Footprint:
    """The numbers of a checkpoint from which the memory of a run follows.

    `width` and `inner` are the transformer's and its feed-forward's, `patch` a token's latent rows and columns,
    `spatial` the pixels of a latent's side, `channels` a latent's. `encoder` and `decoder` are the channels of the
    autoencoder's outermost stages and `column` the pixels of a side of their grid.
    """

    text: Network
    transformers: tuple[Network, ...]
    vae: Network
    image: Network | None
    width: int
    inner: int
    patch: tuple[int, int]
    spatial: int
    channels: int
    encoder: int
    decoder: int
    column: int

    @classmethod
    def of(
        cls, text: Shapes, transformers: Sequence[Shapes], vae: Shapes, image: Shapes | None, spatial: int
    ) -> Self:
        """From the shapes of the tensors, by the names that diffusers gives them."""
        first = transformers[0]
        patch = first["patch_embedding.weight"]
        return cls(
            text=Network.of(text, "encoder.block"),
            transformers=tuple(Network.of(shapes) for shapes in transformers),
            vae=Network.of(vae),
            image=None if image is None else Network.of(image),
            width=patch[0],
            inner=first["blocks.0.ffn.net.0.proj.weight"][0],
            patch=(patch[3], patch[4]),
            spatial=spatial,
            channels=vae["decoder.conv_in.weight"][1],
            encoder=vae["encoder.conv_in.weight"][0],
            decoder=vae["decoder.conv_out.weight"][1],
            column=math.isqrt(vae["decoder.conv_out.weight"][0] // 3),
        )

    def plan(self, asked: Asked, gpu: bool) -> MemoryPlan:
        """What a run takes, stage by stage.

        Unless all is kept, the text encoder finds nothing else in memory, and one transformer is there at a time.
        """
        one = asked.dtype.itemsize
        vae = self.autoencoder
        transformer = {"transformer": self.transformer(asked)}
        kept = {**transformer, "autoencoder": vae} if asked.kept else {}
        seen = {"autoencoder": vae} if asked.pictures else {}
        text = {"text encoder": self.text.elements(asked.offload) * one, **seen, **kept}
        clip = {"latents": self._latents(asked)}
        denoising = {**transformer, "working": self._denoising(asked), **clip, **seen, **kept}
        passing = self._passing(asked, self.decoder * DECODED[self.column])
        decoding = {**transformer, "autoencoder": vae, "working": passing, **clip}
        if not asked.streamed:
            decoding["frames"] = asked.frames * asked.size.width * asked.size.height * 3
        stages = [Stage("text", text), Stage("denoising", denoising), Stage("decoding", decoding)]
        if asked.pictures:
            passing = self._passing(asked, self.encoder * ENCODED[self.column])
            picture = {"autoencoder": vae, "working": passing, **kept}
            if self.image:
                picture["picture encoder"] = self.image.elements(False) * one
            stages.insert(0, Stage("pictures", picture))
        blocks = [network.page_locked(one) for network in self.transformers]
        text_blocks = self.text.page_locked(one)
        host = sum(blocks) + text_blocks if asked.kept else max(*blocks, text_blocks)
        return MemoryPlan(tuple(stages), host if gpu and asked.offload else 0, asked.kept)

    @property
    def autoencoder(self) -> int:
        """Bytes of the autoencoder's weights and of what is made of them."""
        return int(self.vae.elements(False) * FLOAT32 * (1 + MIXED))

    def transformer(self, asked: Asked) -> int:
        """Bytes of the transformers' weights: of all if they are kept, else of the largest."""
        counts = [network.elements(asked.offload) * asked.dtype.itemsize for network in self.transformers]
        return sum(counts) if asked.kept else max(counts)

    def _denoising(self, asked: Asked) -> int:
        """Bytes of a window's activations, and of the prompts' keys and values."""
        rows, columns = self._places(asked)
        tokens = asked.window * (rows // self.patch[0]) * (columns // self.patch[1])
        one = asked.dtype.itemsize
        attending = (IN_FLOAT32 * FLOAT32 + IN_FORMAT * one) * self.width
        feeding = FEEDING * FLOAT32 * self.width + one * self.inner
        context = 2 * asked.words * self.width * self.transformers[0].blocks * one
        return asked.branches * tokens * max(attending, feeding) + context

    def _latents(self, asked: Asked) -> int:
        """Bytes of the whole clip's latents."""
        rows, columns = self._places(asked)
        return LATENTS * asked.latents * rows * columns * self.channels * FLOAT32

    def _places(self, asked: Asked) -> tuple[int, int]:
        """Rows and columns of a latent frame."""
        return asked.size.height // self.spatial, asked.size.width // self.spatial

    def _passing(self, asked: Asked, numbers: float) -> int:
        """Bytes of four frames on their way through the autoencoder, with so many numbers a place."""
        places = 4 * (asked.size.height // self.column) * (asked.size.width // self.column)
        return int(places * numbers * FLOAT32)


def fitting(footprint: Footprint, asked: Asked, free: int | None, host: int | None = None) -> MemoryPlan:
    """The plan of a run, if it fits into `free` bytes; on a GPU `host` bytes are free beside it. None: not known.

    All that is read is kept if that fits too; where nothing is known, a model's only transformer is. Raises Refused
    with what is needed, what there is, and the settings that would fit.
    """
    gpu = host is not None

    def fits(other: Asked) -> bool:
        plan = footprint.plan(other, gpu)
        return (free is None or plan.peak.total <= free) and (host is None or plan.host <= host)

    plan, whole = footprint.plan(asked, gpu), replace(asked, kept=True)
    if len(footprint.transformers) == 1 if free is None else fits(whole):
        return footprint.plan(whole, gpu)
    if fits(asked):
        return plan
    if free is not None and plan.peak.total > free:
        short = f"{plan.peak}, and {gigabytes(free)} GB are free"
    else:
        short = f"{gigabytes(plan.host)} GB beside the GPU, and {gigabytes(host or 0)} GB are free"
    grid = footprint.spatial * footprint.patch[0]
    others = [words for words, other in _ways(asked) if fits(other)]
    others = others or [words for words, other in _smaller(asked, grid) if fits(other)][:1]
    advice = f"it fits with {', or with '.join(others)}" if others else "no smaller size fits either"
    raise Refused("memory", f"{asked.size} with {asked.frames} frames needs {short}; {advice}")


def _ways(asked: Asked) -> list[tuple[str, Asked]]:
    """The same request by other means, in words, the least change first."""
    offloaded, halved = replace(asked, offload=True), replace(asked, dtype=torch.bfloat16)
    ways = [] if asked.offload else [("--offload", offloaded)]
    if asked.dtype.itemsize > 2:
        ways.append(("bfloat16", halved))
    if len(ways) == 2:
        ways.append(("--offload and bfloat16", replace(halved, offload=True)))
    return ways


def _smaller(asked: Asked, grid: int) -> Iterator[tuple[str, Asked]]:
    """Smaller sizes in multiples of `grid`, by all other means too, the largest first."""
    words, least = [("", asked), *_ways(asked)][-1]
    for eighths in (6, 4, 3, 2):
        sides = (max(grid, side * eighths // 8 // grid * grid) for side in (asked.size.width, asked.size.height))
        size = Size(*sides)
        yield " and ".join(filter(None, (words, str(size)))), replace(least, size=size)


def gigabytes(count: int) -> str:
    """Bytes in units of 10**9, in two digits or more."""
    size = count / 10**9
    return f"{size:.0f}" if size >= 10 else f"{size:.1f}" if size >= 1 else f"{size:.2g}"
