"""The parts of Wan's video autoencoders, named as in the checkpoints. Chunks are `[T,H,W,C]`, channels last."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.wan.vae_causal import CausalConv, Derived, Past, strips


class RMSNorm(nn.Module):
    """Division by the root mean square over the channels, then a gain for each."""

    def __init__(self, channels: int, *trailing: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, *trailing))

    def write(self, x: Tensor, out: Tensor) -> None:
        """Normalise [...,C] into `out`."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_(min=1e-12)
        torch.mul(x, length.reciprocal_().mul_(x.shape[-1] ** 0.5), out=out)
        out.mul_(self.gamma.flatten())

    def activate(self, x: Tensor, frames: Sequence[Tensor], part: slice) -> None:
        """Normalise and activate the rows [T,rows,W,C] into these rows of bordered frames."""
        for frame, target in zip(x, frames, strict=True):
            rows = target[1:-1][part]
            self.write(frame, rows)
            F.silu(rows, inplace=True)


def activated(norm: RMSNorm, x: Tensor, past: Past) -> list[Tensor]:
    """A chunk normalised and activated, as frames for a convolution."""
    frames = past.blank(x, x.shape[-1])
    for part in strips(x):
        norm.activate(x[:, part], frames, part)
    return frames


def bordered(x: Tensor, past: Past) -> list[Tensor]:
    """A chunk as frames for a convolution."""
    frames = past.blank(x, x.shape[-1])
    for source, target in zip(x, frames, strict=True):
        target[1:-1] = source
    return frames


def convolved(conv: CausalConv, frames: Sequence[Tensor], past: Past) -> Tensor:
    """The outputs [T,H,W,O] of a convolution of bordered frames, as one chunk."""
    height, width, _ = frames[0].shape
    out = frames[0].new_empty(len(frames), height - 2, width, conv.out_channels)
    for part, y in conv.stream(frames, past):
        out[:, part] = y
    return out


class Pointwise(nn.Conv3d):
    """A linear map of each pixel's channels."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 1)

    def forward(self, input: Tensor) -> Tensor:
        """[T,H,W,C] -> [T,H,W,O]."""
        return F.conv2d(input.permute(0, 3, 1, 2), self.weight[:, :, 0], self.bias).permute(0, 2, 3, 1)


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm1 = RMSNorm(inputs, 1, 1, 1)
        self.conv1 = CausalConv(inputs, outputs)
        self.norm2 = RMSNorm(outputs, 1, 1, 1)
        self.conv2 = CausalConv(outputs, outputs)
        self.conv_shortcut = Pointwise(inputs, outputs) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T,H,W,O]. Where the numbers of channels agree, x itself is changed and returned."""
        frames = activated(self.norm1, x, past)
        hidden = past.blank(x, self.conv1.out_channels)
        for part, y in self.conv1.stream(frames, past):
            self.norm2.activate(y, hidden, part)
        x = self.conv_shortcut(x)
        for part, y in self.conv2.stream(hidden, past):
            x[:, part] += y
        return x


class Attention(nn.Module):
    """Self-attention with one head among the pixels of each frame."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = RMSNorm(channels, 1, 1)
        self.to_qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[T,H,W,C], changed in place."""
        count, height, width, channels = x.shape
        h = torch.empty_like(x)
        self.norm.write(x, h)
        qkv = F.linear(h.view(count, -1, channels), self.to_qkv.weight[:, :, 0, 0], self.to_qkv.bias)
        q, k, v = qkv[:, None].chunk(3, dim=-1)
        h = F.scaled_dot_product_attention(q, k, v)[:, 0]
        h = F.linear(h, self.proj.weight[:, :, 0, 0], self.proj.bias)
        return x.add_(h.view(count, height, width, channels))


class MidBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([Attention(channels)])
        self.resnets = nn.ModuleList([ResidualBlock(channels, channels) for _ in range(2)])

    def forward(self, x: Tensor, past: Past) -> Tensor:
        return self.resnets[1](self.attentions[0](self.resnets[0](x, past)), past)


class Upsample(nn.Module):
    """Twice the height and width, and with `time` twice the frames, but for the stream's first frame.

    Repeating pixels and convolving them by 3x3 is four convolutions by 2x2 of the original pixels, one for each place
    within a doubled pixel: 2.25 times fewer products.
    """

    def __init__(self, inputs: int, outputs: int, time: bool) -> None:
        super().__init__()
        self.resample = nn.Sequential(nn.Identity(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.outputs = outputs
        self.time_conv = CausalConv(inputs, 2 * inputs, space=1) if time else None
        self.places = Derived()

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T',2H,2W,O]."""
        if self.time_conv is not None and not past.first:
            doubled = x.new_empty(len(x), 2, *x.shape[1:])
            for part, y in self.time_conv.stream(x.unbind(), past):
                doubled[:, :, part] = y.unflatten(3, (2, -1)).permute(0, 3, 1, 2, 4)
            x = doubled.flatten(0, 1)
        return self.enlarge(x)

    def enlarge(self, x: Tensor) -> Tensor:
        """[T,H,W,C] -> [T,2H,2W,O]."""
        weight = self.places.of(self.get_parameter("resample.1.weight"), four_places)
        bias = self.get_parameter("resample.1.bias").repeat(4)
        count, height, width, _ = x.shape
        out = x.new_empty(count, height, 2, width, 2, self.outputs)
        for part in strips(x):
            top, bottom = max(part.start - 1, 0), min(part.stop + 1, height)
            rows, border = part.stop - part.start, (top - part.start + 1, part.stop + 1 - bottom)
            for frame, target in zip(x, out, strict=True):
                padded = F.pad(frame[top:bottom], (0, 0, 0, 0, *border)).permute(2, 0, 1)[None]
                y = F.conv2d(padded, weight, bias, padding=(0, 1))[0].permute(1, 2, 0).unflatten(2, (2, 2, -1))
                for i in (0, 1):
                    for j in (0, 1):
                        target[part, i, :, j] = y[i : i + rows, j : j + width, i, j]
        return out.flatten(3, 4).flatten(1, 2)


def four_places(weight: Tensor) -> Tensor:
    """[O,C,3,3] -> [4*O,C,2,2]: the filters that a pixel's doubles see, (0,0), (0,1), (1,0) and (1,1)."""
    sums = torch.tensor([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], dtype=torch.float64, device=weight.device)
    places = torch.einsum("piy,qjx,ocyx->pqoijc", sums, sums, weight.double())
    return places.flatten(0, 2).to(weight.dtype).contiguous().permute(0, 3, 1, 2)


class Downsample(nn.Module):
    """Half the height and width, and with `time` half the frames, but for the stream's first frame."""

    def __init__(self, channels: int, time: bool) -> None:
        super().__init__()
        self.resample = nn.Sequential(nn.Identity(), nn.Conv2d(channels, channels, 3, stride=2))
        self.time_conv = nn.Conv3d(channels, channels, (3, 1, 1), stride=(2, 1, 1)) if time else None

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T',H/2,W/2,C]."""
        x = self.resample(F.pad(x.permute(0, 3, 1, 2), (0, 1, 0, 1))).permute(0, 2, 3, 1)
        if self.time_conv is None:
            return x
        last = [frame for frame in past.seen.get(self, ()) if frame is not None]
        past.seen[self] = [x[-1].clone()]
        if not last:
            return x
        x = torch.stack(last + list(x)).permute(3, 0, 1, 2)[None]
        return self.time_conv(x)[0].permute(1, 2, 3, 0)


class UpBlock(nn.Module):
    """Residual blocks, then the enlargement: Wan 2.1."""

    def __init__(self, inputs: int, outputs: int, blocks: int, enlarge: bool, time: bool) -> None:
        super().__init__()
        self.resnets = residual_blocks(inputs, outputs, blocks)
        self.upsamplers = nn.ModuleList([Upsample(outputs, outputs // 2, time)] if enlarge else [])

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T',H',W',O]; x is changed."""
        for block in (*self.resnets, *self.upsamplers):
            x = block(x, past)
        return x


class ResidualUpBlock(nn.Module):
    """Residual blocks and the enlargement, beside a shortcut that spreads channels over space and time: Wan 2.2."""

    def __init__(self, inputs: int, outputs: int, blocks: int, enlarge: bool, time: bool) -> None:
        super().__init__()
        self.resnets = residual_blocks(inputs, outputs, blocks)
        self.upsampler = Upsample(outputs, outputs, time) if enlarge else None
        self.time = 2 if time else 1

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T',H',W',O]; x is changed if there is no enlargement."""
        if self.upsampler is None:
            for block in self.resnets:
                x = block(x, past)
            return x
        source, x = x, x.clone()
        for block in self.resnets:
            x = block(x, past)
        x = self.upsampler(x, past)
        self.add_spread(source, x, past.first)
        return x

    def add_spread(self, source: Tensor, x: Tensor, first: bool) -> None:
        """Add [T,H,W,C] to [T',2H,2W,O]: channel by channel, each number goes to consecutive (channel, t, y, x)."""
        places = 4 * self.time
        apart = source.shape[3] // x.shape[3]  # channels of the source for one of x
        for place in range(places):
            part = source[..., place * apart // places :: apart]
            t, i, j = place // 4, place // 2 % 2, place % 2
            if not first:
                x[t :: self.time, i::2, j::2] += part
            elif t == self.time - 1:
                x[:, i::2, j::2] += part


class ResidualDownBlock(nn.Module):
    """Residual blocks and the reduction, beside a shortcut that averages over channels, space and time: Wan 2.2."""

    def __init__(self, inputs: int, outputs: int, blocks: int, reduce: bool, time: bool) -> None:
        super().__init__()
        self.resnets = residual_blocks(inputs, outputs, blocks)
        self.downsampler = Downsample(outputs, time) if reduce else None
        self.space, self.time, self.outputs = 2 if reduce else 1, 2 if time else 1, outputs

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """[T,H,W,C] -> [T',H',W',O]; x is changed."""
        shortcut = self.average(x)
        for block in self.resnets:
            x = block(x, past)
        if self.downsampler is not None:
            x = self.downsampler(x, past)
        return x.add_(shortcut)

    def average(self, x: Tensor) -> Tensor:
        """[T,H,W,C] -> [T',H',W',outputs]: means of consecutive (channel, t, y, x).

        A lone first frame follows zeros.
        """
        if len(x) % self.time:
            x = torch.cat([torch.zeros_like(x[:1]), x])
        x = x.unflatten(2, (-1, self.space)).unflatten(1, (-1, self.space)).unflatten(0, (-1, self.time))
        x = x.permute(0, 2, 4, 6, 1, 3, 5).flatten(3)
        return x.unflatten(3, (self.outputs, -1)).mean(4)


def residual_blocks(inputs: int, outputs: int, count: int) -> nn.ModuleList:
    return nn.ModuleList([ResidualBlock(inputs if i == 0 else outputs, outputs) for i in range(count)])
