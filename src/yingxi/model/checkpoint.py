"""Weights on disk: one safetensors file a part, and `config.json`, which says their shapes and tasks."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text, writing
from yingxi.model.dit import DiTConfig
from yingxi.model.text import TextConfig
from yingxi.model.vae import VAEConfig

CONFIG = "config.json"


@dataclass(frozen=True)
class NanoConfig:
    """Everything that is not a weight. `mean` and `std` normalise the latents, one number a channel."""

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

    @classmethod
    def parse(cls, data: dict[str, Any]) -> "NanoConfig":
        dit = {**data["dit"], "patch": tuple(data["dit"]["patch"])}
        plain = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        parts = {"dit": DiTConfig(**dit), "vae": VAEConfig(**data["vae"]), "text": TextConfig(**data["text"])}
        return cls(**{**plain, **parts})


def save_module(module: nn.Module | Mapping[str, torch.Tensor], path: Path, dtype: torch.dtype) -> None:
    """Write a module's tensors, whole or not at all."""
    state = module.state_dict() if isinstance(module, nn.Module) else module
    tensors = {name: t.detach().to(dtype).contiguous() for name, t in state.items()}
    with writing(path) as temporary:
        save_file(tensors, temporary)


def load_module(module: nn.Module, path: Path) -> None:
    """Fill a module's tensors, in its own number format. Raises YingxiError if the file does not fit."""
    try:
        module.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
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
