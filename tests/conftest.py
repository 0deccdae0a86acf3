"""What every room's tests share: a user of one run, so that nobody's own keys are touched, and a tiny nano."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# Read when torch loads OpenMP: threads that spin while they wait make tests on a busy machine ten times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def _module(name: str) -> ModuleType:
    """One of the modules beside this file, for tests to import by name."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_servers = _module("video_server")
server, video, sounding, working = _servers.server, _servers.video, _servers.sounding, _servers.working


@pytest.fixture(scope="session")
def user_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_home(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(user_home))


VOCABULARY = ("a", "monk", "bows", "和", "尚")
TASKS = ("pins", "loop", "cuts")


def _write_nano(folder: Path, tasks: tuple[str, ...] = TASKS) -> Any:
    import torch

    from yingxi.model.checkpoint import NanoConfig, save_config, save_module
    from yingxi.model.dit import DiT, DiTConfig
    from yingxi.model.text import TextConfig, TextEncoder, Tokenizer
    from yingxi.model.vae import VAEConfig, VideoVAE

    config = NanoConfig(
        dit=DiTConfig(1, 64, 2, 64, 6, 6, 64, frequency=16),
        vae=VAEConfig(channels=6, width=64, ffn=64, decoder=1, features=8, convolutions=1),
        text=TextConfig(Tokenizer(VOCABULARY).size, 3, 64, 64, 1),
        vocabulary=VOCABULARY,
        slots=("who", "what", "where"),
        mean=(0.0,) * 6,
        std=(1.0,) * 6,
        width=48,
        height=32,
        fps=12,
        window=4,
        tasks=tasks,
    )
    torch.manual_seed(0)
    vae = VideoVAE(config.vae)
    vae.basis.copy_(torch.randn(vae.basis.shape) / 50)
    for name, part in (("dit", DiT(config.dit)), ("vae", vae), ("text", TextEncoder(config.text))):
        save_module(part, folder / f"{name}.safetensors", torch.float16)
    save_config(config, folder)
    return config


@pytest.fixture(scope="session")
def write_nano() -> Callable[..., Any]:
    """`write_nano(folder, tasks)` writes one and returns its configuration."""
    return _write_nano


@pytest.fixture(scope="session")
def nano_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nano")
    _write_nano(folder)
    return folder


@pytest.fixture(scope="session")
def nano(nano_folder: Path) -> Any:
    import torch

    from yingxi.model.nano import Nano

    return Nano(nano_folder, torch.float32)
