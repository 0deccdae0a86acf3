"""The diffusion transformer: Wan's, with a noise level for each latent frame.

Shapes: B batch, F latent frames, C channels, H W latent rows and columns, L tokens, D width, T text vectors.
Arithmetic: Wan, arXiv 2503.20314; adaptive norms from DiT, arXiv 2212.09748. Parameter names are those under which
the published checkpoints are stored.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.core.errors import YingxiError
from yingxi.model import rotary
from yingxi.model.block import Block, BlockConfig, Spans, modulated
from yingxi.model.context import Context, padding_bias
from yingxi.model.device import linear

IMAGE_EPS = 1e-5
WAVES = 5
PLACE = 4 * WAVES + 1
"""Numbers that say where a token is."""


@dataclass(frozen=True)
class DiTConfig:
    """Shape of a DiT. `patch` is (time, rows, columns) of a latent that make a token; time must be 1.

    `image` is the width of a picture's vectors where the model takes any, and `image_places` how many of them have a
    learned place (0: none has). With `placed` each token is also told where in the picture it is: rotary embeddings
    tell distances only.
    """

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
    image: int = 0
    image_places: int = 0
    placed: bool = False

    def __post_init__(self) -> None:
        if self.patch[0] != 1:
            raise ValueError("a patch spans one latent frame: each has a noise level of its own")

    @property
    def width(self) -> int:
        return self.heads * self.head

    @classmethod
    def from_diffusers(cls, config: Mapping[str, Any], keys: Collection[str]) -> "DiTConfig":
        """From a published `transformer/config.json` and the names of its tensors.

        The names decide what there is, the configuration how large it is. Raises YingxiError where it says nothing
        of a part that is there, or speaks of another number of layers or another arithmetic.
        """
        for key, value in {"qk_norm": "rms_norm_across_heads", "cross_attn_norm": True}.items():
            if config.get(key, value) != value:
                raise YingxiError(f"transformer/config.json says {key} is {config[key]!r}; Wan's is {value!r}")
        present = {key.split(".")[1] for key in keys if key.startswith("blocks.")}
        layers = _number(config, "num_layers")
        if present != {str(i) for i in range(layers)}:
            raise YingxiError(f"transformer/config.json says num_layers is {layers}, its tensors {len(present)}")
        return cls(
            heads=_number(config, "num_attention_heads"),
            head=_number(config, "attention_head_dim"),
            layers=layers,
            ffn=_number(config, "ffn_dim"),
            in_channels=_number(config, "in_channels"),
            out_channels=_number(config, "out_channels" if config.get("out_channels") else "in_channels"),
            text=_number(config, "text_dim"),
            patch=_patch(config),
            frequency=_number(config, "freq_dim"),
            eps=float(config.get("eps", 1e-6)),
            image=_image(config, keys),
            image_places=_optional(config, "pos_embed_seq_len", "condition_embedder.image_embedder.pos_embed", keys),
        )


def _number(config: Mapping[str, Any], key: str) -> int:
    value = config.get(key)
    if not isinstance(value, int) or value < 1:
        raise YingxiError(f"transformer/config.json says {key} is {value!r}; it must be a whole number")
    return value


def _patch(config: Mapping[str, Any]) -> tuple[int, int, int]:
    patch = config.get("patch_size")
    if not isinstance(patch, Sequence) or len(patch) != 3 or patch[0] != 1:
        raise YingxiError(f"transformer/config.json says patch_size is {patch!r}; it must be like [1, 2, 2]")
    return 1, int(patch[1]), int(patch[2])


def _optional(config: Mapping[str, Any], key: str, tensor: str, keys: Collection[str]) -> int:
    """The size of a part that the tensors have, else 0, whatever the configuration says."""
    if not any(name.startswith(tensor) for name in keys):
        return 0
    if config.get(key) is None:
        raise YingxiError(f"the transformer has {tensor}, but its config.json gives no {key}")
    return _number(config, key)


def _image(config: Mapping[str, Any], keys: Collection[str]) -> int:
    added = any(".attn2.add_k_proj." in key for key in keys)
    width = _optional(config, "image_dim", "condition_embedder.image_embedder.", keys)
    if added != bool(width):
        there, missing = ("attn2.add_k_proj", "image_embedder") if added else ("image_embedder", "attn2.add_k_proj")
        raise YingxiError(f"the transformer's tensors have {there} but no {missing}")
    return width


def kept_in_float32(name: str) -> bool:
    """Whether a parameter stays in float32 when the others are bfloat16: time embedder, tables and norms."""
    return any(part in name for part in ("time_embedder", "scale_shift_table", "norm"))


def timestep_embedding(t: Tensor, size: int) -> Tensor:
    """[...] timesteps of 0..1000 -> [..., size]: cosines, then sines."""
    half = size // 2
    powers = torch.arange(half, dtype=torch.float32, device=t.device) / half
    angles = t.float().unsqueeze(-1) * 1e4**-powers
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


def place_waves(rows: int, columns: int) -> Tensor:
    """Where each token of a picture is, [rows*columns,PLACE]: waves of its height and breadth, both 0..1, and the
    picture's shape. The same place in a smaller picture has the same numbers."""
    powers = math.pi * 2.0 ** torch.arange(WAVES)
    down, across = ((torch.arange(n) + 0.5)[:, None] / n * powers for n in (rows, columns))
    down, across = (torch.cat((angles.sin(), angles.cos()), -1) for angles in (down, across))
    shape = torch.full((rows, columns, 1), math.log(columns / rows))
    wide = down[:, None].expand(-1, columns, -1), across.expand(rows, -1, -1)
    return torch.cat((*wide, shape), -1).flatten(0, 1)


class TwoLayers(nn.Module):
    def __init__(self, inner: int, width: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(inner, width)
        self.linear_2 = nn.Linear(width, width)


class ImageFeedForward(nn.Module):
    """As FeedForward, with exact GELU and any width at the end."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        first = nn.Module()
        first.proj = nn.Linear(width, width)
        self.net = nn.ModuleList([first, nn.Identity(), nn.Linear(width, out)])

    def forward(self, x: Tensor) -> Tensor:
        return self.net[2](F.gelu(cast(nn.Linear, self.net[0].proj)(x)))


class ImageEmbedder(nn.Module):
    """A picture's vectors, as CLIP sees it, into the transformer's width."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.image, eps=IMAGE_EPS)
        self.ff = ImageFeedForward(config.image, config.width)
        self.norm2 = nn.LayerNorm(config.width, eps=IMAGE_EPS)
        if config.image_places:
            self.pos_embed = nn.Parameter(torch.zeros(1, config.image_places, config.image))

    def forward(self, x: Tensor) -> Tensor:
        """[B,S,image] -> [B,S,D]."""
        if hasattr(self, "pos_embed"):
            x = x + self.pos_embed
        dtype = cast(nn.Linear, self.ff.net[2]).weight.dtype
        x = self.norm1(x.to(self.norm1.weight.dtype)).to(dtype)
        return self.norm2(self.ff(x).to(self.norm2.weight.dtype)).to(dtype)


class ConditionEmbedder(nn.Module):
    """Timesteps, text and pictures into the transformer's width."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.frequency = config.frequency
        self.time_embedder = TwoLayers(config.frequency, config.width)
        self.time_proj = nn.Linear(config.width, 6 * config.width)
        self.text_embedder = TwoLayers(config.text, config.width)
        if config.image:
            self.image_embedder = ImageEmbedder(config)

    def time(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """[...] timesteps -> embedding [...,D] and modulations [...,6,D]."""
        x = timestep_embedding(t, self.frequency).to(self.time_embedder.linear_1.weight.dtype)
        x = self.time_embedder.linear_2(F.silu(self.time_embedder.linear_1(x)))
        return x, self.time_proj(F.silu(x).to(self.time_proj.weight.dtype)).unflatten(-1, (6, -1))

    def text(self, text: Tensor) -> Tensor:
        """[...,T,text] -> [...,T,D]."""
        first, second = self.text_embedder.linear_1, self.text_embedder.linear_2
        x = linear(text.to(first.weight.dtype), first.weight, first.bias, gelu=True)
        return linear(x, second.weight, second.bias)


def _runs(t: Sequence[Sequence[float]], rows: Mapping[float, int], tokens: int) -> Spans:
    """Runs of one timestep over a batch of clips, each frame of which has so many `tokens`."""
    runs: list[tuple[int, int, int]] = []
    for i, level in enumerate(level for clip in t for level in clip):
        row, end = rows[level], (i + 1) * tokens
        if runs and runs[-1][2] == row:
            runs[-1] = (runs[-1][0], end, row)
        else:
            runs.append((i * tokens, end, row))
    return runs


class DiT(nn.Module):
    """Latent frames, each with its own time and noise level, in; their prediction out."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        block = BlockConfig(config.heads, width, config.ffn, config.eps, added=bool(config.image))
        self.patch_embedding = nn.Conv3d(config.in_channels, width, config.patch, config.patch)
        self.condition_embedder = ConditionEmbedder(config)
        if config.placed:
            self.place_embedder = nn.Linear(PLACE, width)
        self.blocks = nn.ModuleList([Block(block) for _ in range(config.layers)])
        self.proj_out = nn.Linear(width, config.out_channels * config.patch[1] * config.patch[2])
        self.scale_shift_table = nn.Parameter(torch.randn(1, 2, width) / width**0.5)
        self._turn: tuple[object, Tensor] | None = None

    def compile_blocks(self, backend: str = "inductor") -> None:
        """Have each block's small operations fused when it first runs: one compilation serves all blocks.

        For GPUs: on a CPU most of a step is oneDNN's products, which TorchInductor does not take from us.
        """
        for block in self.blocks:
            block.compile(backend=backend)

    def context(self, text: Tensor, padding: int = 0, image: Tensor | None = None) -> Context:
        """[B,T,text], or [B,F,T,text], and a picture's vectors [B,S,image] -> what they say to each block.

        `padding` is the number of zero vectors that the model is used to see after the text.
        """
        if padding:
            text = F.pad(text, (0, 0, 0, 1))
        x = self.condition_embedder.text(text)
        y = None if image is None else self.condition_embedder.image_embedder(image)
        pairs, pictures = [], []
        for block in self.blocks:  # one at a time: they may be read from disk in turn
            attn = cast(Block, block).attn2
            pairs.append(attn.keys_values(x))
            if y is not None:
                pictures.append(attn.image_keys_values(y))
        return Context(pairs, padding_bias(pairs[0][0], padding) if padding else None, pictures or None)

    def tokens(self, x: Tensor) -> Tensor:
        """[B,F,C,H,W] -> [B,F,L,D]."""
        _, ph, pw = self.config.patch
        batch, frames, channels, height, width = x.shape
        x = x.reshape(batch, frames, channels, height // ph, ph, width // pw, pw)
        x = x.permute(0, 1, 3, 5, 2, 4, 6).flatten(4).flatten(2, 3)
        return linear(x, self.patch_embedding.weight.flatten(1), self.patch_embedding.bias)

    def latents(self, x: Tensor, rows: int, columns: int) -> Tensor:
        """[B,F,L,patch*C] -> [B,F,C,H,W]; within a token the channels come last."""
        _, ph, pw = self.config.patch
        x = x.unflatten(3, (ph, pw, -1)).unflatten(2, (rows, columns))
        batch, frames = x.shape[:2]
        return x.permute(0, 1, 6, 2, 4, 3, 5).reshape(batch, frames, -1, rows * ph, columns * pw)

    def turn(self, times: Tensor, rows: int, columns: int, span: int, device: torch.device) -> Tensor:
        """Cosines and sines [B or 1,L,head/2,2]: the last ones are kept, as they are the same in every step."""
        places = tuple(map(tuple, times.tolist()))
        key = places, rows, columns, span, device
        if self._turn is None or self._turn[0] != key:
            # Kept beyond inference mode, and in float64 on the way, which not every device has.
            with torch.inference_mode(False):
                distinct = torch.tensor(places if len(set(places)) > 1 else places[:1])
                pair = rotary.tables(distinct, rows, columns, self.config.head, span)
                self._turn = key, torch.stack(pair, dim=-1).squeeze(1).to(device)
        return self._turn[1]

    def forward(self, x: Tensor, t: Tensor, times: Tensor, context: Context, span: int = 1) -> Tensor:
        """`x` [B,F,C,H,W] at timesteps `t` [B,F] of 0..1000 and rotary times `times` [B or 1,F] -> [B,F,out,H,W].

        The context's batch may be a multiple of B: branches of guidance, one after another, and so is the result's.
        Pictures at a `span`-th of their size have the places that they have at full size.
        """
        _, ph, pw = self.config.patch
        batch, frames = t.shape
        branches = context.batch // batch
        if torch.is_grad_enabled() and branches > 1:
            x, t, times = (y.repeat(branches, *[1] * (y.dim() - 1)) for y in (x, t, times))
        rows, columns = x.shape[3] // ph, x.shape[4] // pw
        turn = self.turn(times, rows, columns, span, x.device)
        spans = None
        if not torch.is_grad_enabled():
            levels = t.tolist()
            places = {level: i for i, level in enumerate(dict.fromkeys(level for clip in levels for level in clip))}
            t = torch.tensor(list(places), device=t.device)
            each = rows * columns
            spans = _runs(levels, places, each), _runs(levels * branches, places, each)
        x = self.tokens(x.to(self.patch_embedding.weight.dtype))
        if self.config.placed:
            x = x + self.place_embedder(place_waves(rows, columns).to(x))
        x = x.flatten(1, 2)
        embedding, modulation = self.condition_embedder.time(t)
        for i, block in enumerate(self.blocks):
            image = None if context.image is None else context.image[i]
            x = block(x, modulation, turn, context.text[i], context.bias, image, spans)
            spans = spans and (spans[1], spans[1])
        shift, scale = (self.scale_shift_table.float() + embedding.float().unsqueeze(-2)).unbind(-2)
        x = modulated(x, shift, scale, self.config.eps, spans and spans[1])
        x = linear(x, self.proj_out.weight, self.proj_out.bias)
        return self.latents(x.unflatten(1, (frames, -1)), rows, columns)
