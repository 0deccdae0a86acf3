"""LoRA files for a Wan transformer: what a file adds to which tensor. Hu and others, arXiv 2106.09685.

A LoRA adds `scale * alpha / rank * up @ down` to a weight. Trainers write the same thing under different names:
`transformer.blocks.0.attn1.to_q.lora_A.weight` (diffusers and PEFT),
`diffusion_model.blocks.0.self_attn.q.lora_A.weight` (the original module names) and
`lora_unet_blocks_0_self_attn_q.lora_down.weight` (kohya, musubi-tuner). A file may also hold whole differences:
`.diff` of a weight, `.diff_b` of a bias.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from yingxi.core.digest import file_digest
from yingxi.core.errors import YingxiError

_PREFIX = re.compile(r"^(?:(?:transformer|diffusion_model|base_model\.model)\.|lora_unet_)")
_KEY = re.compile(
    r"^(?P<module>.+?)\.(?P<kind>lora_A|lora_B|lora_down|lora_up|alpha|diff|diff_b)"
    r"(?:\.(?!weight$|bias$)\w+)?(?P<bias>\.bias|\.weight)?$"
)
_DOWN, _UP = ("lora_A", "lora_down"), ("lora_B", "lora_up")
_OTHER_KINDS = {"dora_scale": "DoRA", "lora_magnitude_vector": "DoRA", "hada_w": "LoHa", "lokr_w": "LoKr"}
_PICTURE = ("add_k_proj", "add_v_proj", "norm_added_k", "image_embedder", "k_img", "v_img", "img_emb")

_ORIGINAL_BLOCK = {
    **{f"attn1.to_{name}": f"self_attn.{name}" for name in "qkv"},
    **{f"attn2.to_{name}": f"cross_attn.{name}" for name in "qkv"},
    **{f"attn1.norm_{name}": f"self_attn.norm_{name}" for name in "qk"},
    **{f"attn2.norm_{name}": f"cross_attn.norm_{name}" for name in "qk"},
    "attn1.to_out.0": "self_attn.o",
    "attn2.to_out.0": "cross_attn.o",
    "attn2.add_k_proj": "cross_attn.k_img",
    "attn2.add_v_proj": "cross_attn.v_img",
    "attn2.norm_added_k": "cross_attn.norm_k_img",
    "norm2": "norm3",
    "ffn.net.0.proj": "ffn.0",
    "ffn.net.2": "ffn.2",
    "scale_shift_table": "modulation",
}
_ORIGINAL = {
    "condition_embedder.time_embedder.linear_1": "time_embedding.0",
    "condition_embedder.time_embedder.linear_2": "time_embedding.2",
    "condition_embedder.time_proj": "time_projection.1",
    "condition_embedder.text_embedder.linear_1": "text_embedding.0",
    "condition_embedder.text_embedder.linear_2": "text_embedding.2",
    "condition_embedder.image_embedder.norm1": "img_emb.proj.0",
    "condition_embedder.image_embedder.ff.net.0.proj": "img_emb.proj.1",
    "condition_embedder.image_embedder.ff.net.2": "img_emb.proj.3",
    "condition_embedder.image_embedder.norm2": "img_emb.proj.4",
    "condition_embedder.image_embedder.pos_embed": "img_emb.emb_pos",
    "proj_out": "head.head",
    "scale_shift_table": "head.modulation",
}


@dataclass(frozen=True)
class Delta:
    """What is added to one tensor: `factor * up @ down`, or `factor * up` where there is no `down`."""

    up: Tensor
    down: Tensor | None = None
    factor: float = 1.0

    def add_to(self, total: Tensor, scale: float) -> None:
        """Add in place to a float32 tensor of the target's shape."""
        up = self.up.to(total.device, torch.float32)
        if self.down is None:
            total.add_(up, alpha=scale * self.factor)
        else:
            down = self.down.to(total.device, torch.float32)
            total.flatten(1).addmm_(up.flatten(1), down.flatten(1), alpha=scale * self.factor)


@dataclass(frozen=True)
class Lora:
    """A LoRA read and checked. `digest` is its file's.

    `skipped` names tensors for the picture branch, if the transformer has none: Wan 2.2 is used with LoRAs for 2.1,
    which has one.
    """

    digest: str
    deltas: Mapping[str, tuple[Delta, ...]]
    skipped: tuple[str, ...] = ()


@torch.no_grad()
def add_lora(module: nn.Module, path: Path, scale: float = 1.0) -> None:
    """Add a LoRA file to a module's parameters for good. Raises YingxiError if it does not fit."""
    parameters = dict(module.named_parameters())
    lora = read_lora(path, {name: p.shape for name, p in parameters.items()})
    for name, deltas in lora.deltas.items():
        total = parameters[name].to(torch.float32, copy=True)
        for delta in deltas:
            delta.add_to(total, scale)
        parameters[name].copy_(total)


def original_name(module: str) -> str:
    """The name in the original Wan code of a module or bare tensor of the transformer."""
    match = re.fullmatch(r"(blocks\.\d+\.)(.+)", module)
    if match:
        return match[1] + _ORIGINAL_BLOCK.get(match[2], match[2])
    return _ORIGINAL.get(module, module)


def spellings(names: Iterable[str]) -> dict[str, str]:
    """Every way in which a file may spell a module -> its name in the transformer."""
    found = {}
    for module in {re.sub(r"\.(weight|bias)$", "", name) for name in names}:
        for spelling in (module, original_name(module)):
            found[spelling] = found[spelling.replace(".", "_")] = module
    return found


def read_lora(path: Path, shapes: Mapping[str, torch.Size]) -> Lora:
    """Read a LoRA for a transformer whose parameters have these names and shapes.

    Raises YingxiError if it is no safetensors file, holds no LoRA, or does not fit: the sentence names the tensor.
    """
    tensors, header = _tensors(path)
    groups, skipped = _grouped(path, tensors, spellings(shapes))
    config = _peft_config(path, header, tensors)
    deltas: dict[str, list[Delta]] = {}
    for module, parts in groups.items():
        for target, delta in _deltas(path, module, parts, config, shapes):
            _check_shape(path, target, delta, shapes)
            deltas.setdefault(target, []).append(delta)
    if not deltas:
        raise YingxiError(
            f"{path}: only the picture branch of an image-to-video model, which this model does not have"
        )
    return Lora(file_digest(path), {name: tuple(found) for name, found in deltas.items()}, skipped)


def _tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors of a file, memory-mapped, and its header's text."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise YingxiError(f"{path}: no LoRA there ({error.strerror})") from error
    if start == b"PK" or start[:1] == b"\x80":
        raise YingxiError(f"{path}: a pickle, which can run code when it is opened; take a .safetensors file")
    try:
        with safe_open(path, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
            return tensors, file.metadata() or {}
    except SafetensorError as error:
        raise YingxiError(f"{path}: not a safetensors file, or a damaged one ({error})") from error


def _grouped(
    path: Path, tensors: Mapping[str, Tensor], names: Mapping[str, str]
) -> tuple[dict[str, dict[str, Tensor]], tuple[str, ...]]:
    """Tensors by the transformer's module and by what they are to it: up, down, alpha, diff, diff_b or up_bias."""
    for key in tensors:
        for mark, kind in _OTHER_KINDS.items():
            if mark in key:
                raise YingxiError(f"{path}: a {kind}, not a LoRA ({key}); only LoRA files can be read")
    keys = {key: _KEY.match(_PREFIX.sub("", key)) for key in tensors}
    if not any(keys.values()):
        first = f"its first tensor is {next(iter(keys))}" if keys else "it holds no tensors"
        raise YingxiError(f"{path}: not a LoRA: {first}")
    groups: dict[str, dict[str, Tensor]] = {}
    skipped = []
    pictures = any(part in name for name in names for part in _PICTURE)
    for key, match in keys.items():
        module = names.get(match["module"]) if match else None
        if match is None or module is None:
            if not pictures and any(part in key for part in _PICTURE):
                skipped.append(key)
                continue
            raise YingxiError(f"{path}: a LoRA for another model: this one has no place for {key}")
        if not torch.isfinite(tensors[key].float()).all():
            raise YingxiError(f"{path}: {key} holds values that are not finite numbers")
        kind = "down" if match["kind"] in _DOWN else "up" if match["kind"] in _UP else match["kind"]
        groups.setdefault(module, {})[kind + ("_bias" if match["bias"] == ".bias" else "")] = tensors[key]
    return groups, tuple(skipped)


@dataclass(frozen=True)
class _PeftConfig:
    """The alphas of a file that keeps them outside its tensors, in the words of PEFT's LoraConfig."""

    lora_alpha: float | None = None
    alpha_pattern: Mapping[str, float] = field(default_factory=dict)
    use_rslora: bool = False

    def factor(self, module: str, rank: int) -> float:
        pairs = self.alpha_pattern.items()
        found = [alpha for key, alpha in pairs if f".{module}".endswith("." + key.removeprefix("^"))]
        alpha = found[0] if found else self.lora_alpha
        return 1.0 if alpha is None else alpha / (math.sqrt(rank) if self.use_rslora else rank)


def _peft_config(path: Path, header: Mapping[str, str], tensors: Iterable[str]) -> _PeftConfig:
    """From the header, as diffusers writes it, or from `adapter_config.json` beside the file, as PEFT does."""
    beside = path.with_name("adapter_config.json")
    try:
        if "lora_adapter_metadata" in header:
            data = json.loads(header["lora_adapter_metadata"])
            data = {key.removeprefix("transformer."): value for key, value in data.items()}
        elif beside.is_file() and any(key.startswith("base_model.model.") for key in tensors):
            data = json.loads(beside.read_text(encoding="utf-8"))
        else:
            return _PeftConfig()
        return _parse_config(data)
    except (ValueError, TypeError, AttributeError) as error:
        raise YingxiError(f"{path}: its LoRA configuration cannot be read ({error})") from error


def _parse_config(data: Mapping[str, Any]) -> _PeftConfig:
    alpha = data.get("lora_alpha")
    pattern = {str(key): float(value) for key, value in (data.get("alpha_pattern") or {}).items()}
    return _PeftConfig(None if alpha is None else float(alpha), pattern, bool(data.get("use_rslora")))


def _deltas(
    path: Path, module: str, parts: Mapping[str, Tensor], config: _PeftConfig, shapes: Mapping[str, torch.Size]
) -> Iterable[tuple[str, Delta]]:
    """What one module's tensors add, by the name of the parameter they add to."""
    weight = f"{module}.weight" if f"{module}.weight" in shapes else module
    bias = f"{module}.bias"
    up, down = parts.get("up"), parts.get("down")
    if (up is None) != (down is None):
        raise YingxiError(f"{path}: {module} has only one of its two LoRA matrices")
    if up is not None and down is not None:
        if up.dim() < 2 or down.dim() < 2 or not up.shape[1] == down.shape[0] > 0:
            raise YingxiError(f"{path}: the ranks of {module} differ: up is {_size(up)}, down is {_size(down)}")
        rank = down.shape[0]
        factor = float(parts["alpha"].sum()) / rank if "alpha" in parts else config.factor(module, rank)
        yield weight, Delta(up, down, factor)
        if "up_bias" in parts:
            yield bias, Delta(parts["up_bias"], factor=factor)
    if "diff" in parts:
        yield weight, Delta(parts["diff"])
    if "diff_b" in parts:
        yield bias, Delta(parts["diff_b"])


def _size(tensor: Tensor | torch.Size) -> str:
    shape = tensor.shape if isinstance(tensor, Tensor) else tensor
    return "x".join(map(str, shape)) or "a single number"


def _check_shape(path: Path, target: str, delta: Delta, shapes: Mapping[str, torch.Size]) -> None:
    if target not in shapes:
        raise YingxiError(f"{path}: a LoRA for another model: this one has no {target}")
    made = delta.up.shape if delta.down is None else torch.Size((delta.up.shape[0], *delta.down.shape[1:]))
    if made != shapes[target]:
        raise YingxiError(
            f"{path}: a LoRA for a model of another size: it fits {target} of {_size(made)}, "
            f"this model's is {_size(shapes[target])}"
        )
