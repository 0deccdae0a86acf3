"""Weights on disk: safetensors files of at most 16 MB, and `config.json`, which says their shapes and tasks.

A part is `NAME.safetensors`; what does not fit goes on in `NAME-2.safetensors` and so on, and `NAME.index.json` says
which tensor is where. In 8 bits a matrix is whole numbers of -127..127, and `KEY.scale` a scale for each row.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text, writing
from yingxi.model.dit import DiTConfig
from yingxi.model.text import TextConfig
from yingxi.model.vae import VAEConfig

CONFIG = "config.json"
LARGEST = 16_000_000
"""Bytes of tensors in a file."""


@dataclass(frozen=True)
class NanoConfig:
    """Everything that is not a weight. `mean` and `std` normalise the latents, one number a channel.

    `width` and `height` are the usual size, `sizes` all that the model was trained for; () is the usual one alone.
    `spread` are the variances of the normalised latents' channels, if the network adds to a plain guess and weighs
    it: its output has twice the channels then.
    `fast` is the number of steps of the distilled LoRA beside the transformer, 0 without one.
    """

    dit: DiTConfig
    vae: VAEConfig
    text: TextConfig
    vocabulary: tuple[str, ...]
    slots: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    width: int
    height: int
    fps: int
    window: int
    tasks: tuple[str, ...]
    trained: Mapping[str, Any] = field(default_factory=dict)
    sizes: tuple[tuple[int, int], ...] = ()
    fast: int = 0
    spread: tuple[float, ...] = ()

    @classmethod
    def parse(cls, data: dict[str, Any]) -> "NanoConfig":
        dit = {**data["dit"], "patch": tuple(data["dit"]["patch"])}
        plain = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        parts = {"dit": DiTConfig(**dit), "vae": VAEConfig(**data["vae"]), "text": TextConfig(**data["text"])}
        sizes = tuple((int(width), int(height)) for width, height in data.get("sizes", ()))
        return cls(**{**plain, **parts, "sizes": sizes})


def save_module(
    module: nn.Module | Mapping[str, Tensor],
    path: Path,
    dtype: torch.dtype = torch.float16,
    bits: Literal[8, 16] = 16,
) -> None:
    """Write a module's tensors in files of at most 16 MB, whole or not at all, the index last."""
    state = module.state_dict() if isinstance(module, nn.Module) else module
    tensors: dict[str, Tensor] = {}
    for name, t in state.items():
        value = t.detach().cpu()
        small = bits == 16 or value.ndim != 2 or not value.is_floating_point()
        tensors |= {name: value.to(dtype).contiguous()} if small else quantised(name, value)
    files: list[dict[str, Tensor]] = [{}]
    for name, t in tensors.items():
        if files[-1] and sum(map(_bytes, files[-1].values())) + _bytes(t) > LARGEST:
            files.append({})
        files[-1][name] = t
    names = [path.name, *(f"{path.stem}-{i}{path.suffix}" for i in range(2, len(files) + 1))]
    for name, part in zip(names, files, strict=True):
        with writing(path.with_name(name)) as temporary:
            save_file(part, temporary)
    index = path.with_suffix(".index.json")
    if len(files) == 1:
        index.unlink(missing_ok=True)
        return
    where = {key: name for name, part in zip(names, files, strict=True) for key in part}
    write_text(index, json.dumps({"weight_map": where}, indent=1) + "\n")


def _bytes(t: Tensor) -> int:
    return t.numel() * t.element_size()


def quantised(name: str, matrix: Tensor) -> dict[str, Tensor]:
    """A matrix [N,K] as int8 and its rows' scales [N,1] float32."""
    scale = matrix.float().abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    return {name: (matrix.float() / scale).round().to(torch.int8), f"{name}.scale": scale}


def part_files(path: Path) -> list[Path]:
    """The files of the part whose first file is `path`."""
    index = path.with_suffix(".index.json")
    if not index.exists():
        return [path]
    names = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
    return [path.with_name(name) for name in dict.fromkeys(names)]


def load_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a part, 8-bit ones as float32. Raises OSError, SafetensorError, KeyError or ValueError."""
    tensors: dict[str, Tensor] = {}
    for file in part_files(path):
        tensors |= load_file(file)
    for name in [name for name, t in tensors.items() if t.dtype == torch.int8]:
        tensors[name] = tensors[name].float() * tensors.pop(f"{name}.scale")
    return tensors


def load_module(module: nn.Module, path: Path) -> None:
    """Fill a module's tensors, in its own number format. Raises YingxiError if the files do not fit."""
    try:
        module.load_state_dict(load_tensors(path))
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise YingxiError(f"{path}: not the weights of this model ({reason})") from error


def save_config(config: NanoConfig, folder: Path) -> None:
    write_text(folder / CONFIG, json.dumps(asdict(config), ensure_ascii=False, indent=1) + "\n")


def load_config(folder: Path) -> NanoConfig:
    """Raises YingxiError if the folder holds no model."""
    path = folder / CONFIG
    try:
        return NanoConfig.parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise YingxiError(f"no nano model in {folder}: train one with `yingxi train nano`") from error
    except (ValueError, KeyError, TypeError) as error:
        raise YingxiError(f"{path}: not a nano model's configuration ({error})") from error
