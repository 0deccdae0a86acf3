"""Wan's video autoencoders, 2.1 and 2.2: pixels to latents and back, a few frames at a time.

Both are causal: the first latent frame holds one frame, each further one four that depend on what went before. Only
the last two inputs of each convolution are kept from chunk to chunk, so memory does not grow with the film's length.
The tensors are those of diffusers' `AutoencoderKLWan`, by name and shape. (Wan, arXiv 2503.20314.)

Shapes: B clips, 1 + 4k frames of HxW pixels, 1 + k latent frames of C channels; H and W are multiples of `scale`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from yingxi.core.errors import YingxiError
from yingxi.model.wan.vae_blocks import (
    Downsample,
    MidBlock,
    Pointwise,
    ResidualDownBlock,
    ResidualUpBlock,
    RMSNorm,
    UpBlock,
    activated,
    bordered,
    convolved,
    residual_blocks,
)
from yingxi.model.wan.vae_causal import CausalConv, Past

FRAMES = 4

MEAN = (-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508)
MEAN += (0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921)
STD = (2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743)
STD += (3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160)


@dataclass(frozen=True)
class WanVAEConfig:
    """Field by field the `vae/config.json` of diffusers, spelling included; the defaults are Wan 2.1.

    `in_channels` and `out_channels` count a patch's numbers: 3 pixels' colours times `patch_size` squared.
    """

    base_dim: int = 96
    decoder_base_dim: int | None = None
    z_dim: int = 16
    dim_mult: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: int = 2
    temperal_downsample: tuple[bool, ...] = (False, True, True)
    latents_mean: tuple[float, ...] = MEAN
    latents_std: tuple[float, ...] = STD
    is_residual: bool = False
    in_channels: int = 3
    out_channels: int = 3
    patch_size: int | None = None

    def __post_init__(self) -> None:
        colours = 3 * (self.patch_size or 1) ** 2
        if (self.in_channels, self.out_channels) != (colours, colours):
            raise YingxiError(
                f"a video autoencoder with patch_size {self.patch_size} has {colours} channels in and out"
            )
        if sum(self.temperal_downsample) != 2 or len(self.temperal_downsample) != len(self.dim_mult) - 1:
            raise YingxiError("a Wan autoencoder halves time twice: temperal_downsample must hold two trues")
        if not len(self.latents_mean) == len(self.latents_std) == self.z_dim:
            raise YingxiError(f"latents_mean and latents_std must hold {self.z_dim} numbers each, one a channel")

    @classmethod
    def from_diffusers(cls, data: Mapping[str, Any]) -> "WanVAEConfig":
        """From `vae/config.json`. Raises YingxiError if it is not that of a Wan autoencoder that can be read."""
        if data.get("attn_scales"):
            raise YingxiError("a Wan autoencoder with attention between its blocks (attn_scales) cannot be read")
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        return cls(**values)

    @property
    def scale(self) -> int:
        """How many pixels, across and down, become one latent."""
        return 2 ** (len(self.dim_mult) - 1) * (self.patch_size or 1)


class Encoder(nn.Module):
    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        widths = [config.base_dim * m for m in (1, *config.dim_mult)]
        self.conv_in = CausalConv(config.in_channels, widths[0])
        self.down_blocks = nn.ModuleList()
        for (inputs, outputs), time in zip(pairwise(widths), (*config.temperal_downsample, None), strict=True):
            blocks, reduce = config.num_res_blocks, time is not None
            if config.is_residual:
                self.down_blocks.append(ResidualDownBlock(inputs, outputs, blocks, reduce, bool(time)))
                continue
            self.down_blocks.extend(residual_blocks(inputs, outputs, blocks))
            if reduce:
                self.down_blocks.append(Downsample(outputs, bool(time)))
        self.mid_block = MidBlock(widths[-1])
        self.norm_out = RMSNorm(widths[-1], 1, 1, 1)
        self.conv_out = CausalConv(widths[-1], 2 * config.z_dim)

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """The next chunk, [1,H,W,C] or [4,H,W,C] -> [1,h,w,2*z]."""
        x = convolved(self.conv_in, bordered(x, past), past)
        for block in (*self.down_blocks, self.mid_block):
            x = block(x, past)
        return convolved(self.conv_out, activated(self.norm_out, x, past), past)


class Decoder(nn.Module):
    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        base = config.decoder_base_dim or config.base_dim
        widths = [base * m for m in (config.dim_mult[-1], *reversed(config.dim_mult))]
        self.conv_in = CausalConv(config.z_dim, widths[0])
        self.mid_block = MidBlock(widths[0])
        self.up_blocks = nn.ModuleList()
        Block = ResidualUpBlock if config.is_residual else UpBlock
        for i, time in enumerate((*reversed(config.temperal_downsample), None)):
            # The enlargements of Wan 2.1 halve the channels.
            inputs = widths[i] // 2 if i > 0 and not config.is_residual else widths[i]
            blocks, enlarge = config.num_res_blocks + 1, time is not None
            self.up_blocks.append(Block(inputs, widths[i + 1], blocks, enlarge, bool(time)))
        self.norm_out = RMSNorm(widths[-1], 1, 1, 1)
        self.conv_out = CausalConv(widths[-1], config.out_channels)

    def forward(self, z: Tensor, past: Past) -> Tensor:
        """The next latent frame, [1,h,w,z] -> [1,H,W,C] at first, then [4,H,W,C]."""
        x = convolved(self.conv_in, bordered(z, past), past)
        for block in (self.mid_block, *self.up_blocks):
            x = block(x, past)
        return convolved(self.conv_out, activated(self.norm_out, x, past), past)


class WanVAE(nn.Module):
    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.quant_conv = Pointwise(2 * config.z_dim, 2 * config.z_dim)
        self.post_quant_conv = Pointwise(config.z_dim, config.z_dim)
        self.decoder = Decoder(config)

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """[B,3,T,H,W] in -1..1 -> [B,C,1+k,h,w] float32, the posterior's mean, normalised.

        Raises YingxiError if T is not 1 + 4k, or H or W no multiple of `config.scale`.
        """
        _, _, count, height, width = x.shape
        scale = self.config.scale
        if count % FRAMES != 1:
            raise YingxiError(f"a Wan model takes 1, 5, 9... frames, one and then fours, not {count}")
        if height % scale or width % scale:
            raise YingxiError(
                f"a Wan model takes widths and heights that are multiples of {scale}, not {width}x{height}"
            )
        return torch.stack([self.latents(clip.split((1, *[FRAMES] * (count // FRAMES)), dim=1)) for clip in x])

    @torch.no_grad()
    def latents(self, chunks: Iterable[Tensor]) -> Tensor:
        """A clip as chunks [3,t,H,W], t = 1 at first and then 4 -> [C,1+k,h,w], as `encode` does."""
        z = torch.cat(list(self.encoded(chunks)), dim=1)
        mean, std = self.statistics(z.device)
        return (z.float() - mean) / std

    def encoded(self, chunks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Chunks [3,t,H,W] -> the posterior's mean [C,1,h,w] of each latent frame."""
        past = Past()
        patch = self.config.patch_size or 1
        for chunk in chunks:
            x = chunk.to(self.quant_conv.weight.dtype)
            x = x.unflatten(3, (-1, patch)).unflatten(2, (-1, patch)).permute(1, 2, 4, 0, 5, 3).flatten(3)
            z = self.quant_conv(self.encoder(x, past))[..., : self.config.z_dim]
            past.first = False
            yield z.permute(3, 0, 1, 2)

    def decode(self, z: Tensor) -> Tensor:
        """Normalised latents [B,C,1+k,h,w] -> [B,3,1+4k,H,W] in -1..1."""
        return torch.cat(list(self.stream(z)), dim=2)

    @torch.no_grad()
    def stream(self, z: Tensor, discard: int = 0) -> Iterator[Tensor]:
        """Normalised latents [B,C,N,h,w] -> chunks [B,3,t,H,W] in -1..1, one for each latent frame: t is 1, then 4.

        The chunks of the first `discard` latent frames are left out. So frames that go on from earlier ones, or a
        loop's, which go on from its own end, come from latents that begin with what went before.
        """
        if z.shape[1] != self.config.z_dim:
            raise YingxiError(f"this autoencoder reads latents of {self.config.z_dim} channels, not {z.shape[1]}")
        mean, std = self.statistics(z.device)
        z = z.float() * std + mean
        clips = [self.decoded(clip.to(self.post_quant_conv.weight.dtype)) for clip in z]
        for i, chunks in enumerate(zip(*clips, strict=True)):
            if i >= discard:
                yield torch.stack(chunks)

    def decoded(self, z: Tensor) -> Iterator[Tensor]:
        """Latents [C,N,h,w] -> the frames [3,t,H,W] of each."""
        past = Past()
        patch = self.config.patch_size or 1
        for i in range(z.shape[1]):
            x = self.decoder(self.post_quant_conv(z[:, i : i + 1].permute(1, 2, 3, 0).contiguous()), past)
            past.first = False
            x = x.clamp_(-1, 1).unflatten(3, (-1, patch, patch)).permute(3, 0, 1, 5, 2, 4)
            yield x.flatten(4).flatten(2, 3)

    def statistics(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the latents, [C,1,1,1] each."""
        both = torch.tensor([self.config.latents_mean, self.config.latents_std], device=device)
        return both[0].view(-1, 1, 1, 1), both[1].view(-1, 1, 1, 1)
