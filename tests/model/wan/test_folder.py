"""What is wrong with a checkpoint is said in one sentence, and before its weights are read."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from yingxi.core.errors import YingxiError
from yingxi.model.device import best_device
from yingxi.model.wan import load
from yingxi.model.wan.family import read_family
from yingxi.model.wan.folder import read_folder
from yingxi.model.wan.hub import find_folder

Find = Callable[[str], Path]
WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture
def copy(checkpoint: Find, tmp_path: Path) -> Path:
    """A text-to-video checkpoint that may be spoiled."""
    return shutil.copytree(checkpoint("t2v"), tmp_path / "copy")


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def edit_tensors(path: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    tensors = load_file(path)
    change(tensors)
    path.unlink()
    save_file(tensors, path)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def to_pickle(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")


def scramble(path: Path) -> None:
    path.write_bytes(b"\xff" * 64 + path.read_bytes()[64:])


SPOILED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "nothing": (shutil.rmtree, "there is no folder"),
    "a file": (lambda p: (shutil.rmtree(p), p.write_text("")), "is a file"),
    "no index": (lambda p: (p / "model_index.json").unlink(), "it has no model_index.json"),
    "broken index": (lambda p: (p / "model_index.json").write_text("{"), "cannot be read as JSON"),
    "another family": (lambda p: edit(p / "model_index.json", _class_name="LTXPipeline"), "holds LTXPipeline"),
    "another transformer": (
        lambda p: edit(p / "model_index.json", transformer=["diffusers", "WanVACETransformer3DModel"]),
        "its transformer is WanVACETransformer3DModel",
    ),
    "half of two": (lambda p: edit(p / "model_index.json", boundary_ratio=0.9), "belong together"),
    "no part": (lambda p: shutil.rmtree(p / "vae"), "vae is not whole: it lacks config.json"),
    "no tokenizer": (lambda p: shutil.rmtree(p / "tokenizer"), "it lacks the folder tokenizer"),
    "no weights": (lambda p: (p / "vae" / WEIGHTS).unlink(), "vae is not whole: it has no safetensors file"),
    "cut short": (lambda p: cut_short(p / "transformer" / WEIGHTS), "is cut short or damaged"),
    "scrambled": (lambda p: scramble(p / "transformer" / WEIGHTS), "is cut short or damaged"),
    "pickled": (lambda p: to_pickle(p / "transformer"), "only pickled weights (diffusion_pytorch_model.bin)"),
    "other width": (
        lambda p: edit(p / "transformer" / "config.json", ffn_dim=80),
        "the tensor blocks.0.ffn.net.0.proj.weight is (72, 48), and its config.json asks for (80, 48)",
    ),
    "more layers": (
        lambda p: edit(p / "transformer" / "config.json", num_layers=3),
        "says num_layers is 3, its tensors 2",
    ),
    "fewer layers": (
        lambda p: edit(p / "transformer" / "config.json", num_layers=1),
        "says num_layers is 1, its tensors 2",
    ),
    "missing tensor": (
        lambda p: edit_tensors(p / "vae" / WEIGHTS, lambda t: t.pop("decoder.conv_in.bias")),
        "vae lacks the tensor decoder.conv_in.bias that",
    ),
    "missing text tensor": (
        lambda p: edit_tensors(p / "text_encoder/model.safetensors", lambda t: t.pop("shared.weight")),
        "text_encoder lacks the tensor shared.weight that",
    ),
    "left-over tensor": (
        lambda p: edit_tensors(p / "vae" / WEIGHTS, lambda t: t.update(extra=torch.zeros(2))),
        "vae has a tensor extra that",
    ),
    "other channels": (
        lambda p: edit_tensors(
            p / "transformer" / WEIGHTS, lambda t: t.update({"patch_embedding.weight": torch.zeros(48, 20, 1, 2, 2)})
        ),
        "patch_embedding.weight takes 20 channels",
    ),
    "another scheduler": (
        lambda p: edit(p / "scheduler" / "scheduler_config.json", solver_order=3),
        "the scheduler's solver_order is 3",
    ),
    "original layout": (
        lambda p: ((p / "model_index.json").unlink(), (p / "config.json").write_text('{"_class_name": "WanModel"}')),
        "the edition whose name ends in -Diffusers",
    ),
}


@pytest.mark.parametrize("fault", SPOILED)
def test_a_fault_is_named(copy: Path, fault: str) -> None:
    spoil, sentence = SPOILED[fault]
    spoil(copy)
    with pytest.raises(YingxiError) as error:
        load(copy)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_numbers_that_are_not_finite_are_found(copy: Path, number: float, dtype: torch.dtype) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name in tensors:
            tensors[name] = tensors[name].to(dtype)
        tensors["blocks.1.ffn.net.2.weight"][3, 5] = number

    edit_tensors(copy / "transformer" / WEIGHTS, change)
    with pytest.raises(YingxiError, match=r"the tensor blocks\.1\.ffn\.net\.2\.weight holds numbers"):
        load(copy).latents("a crane", steps=1, size=load(copy).capabilities.min_size, seconds=0)


def test_quantised_weights_are_refused(copy: Path) -> None:
    edit_tensors(
        copy / "transformer" / WEIGHTS,
        lambda t: t.update({"proj_out.weight": t["proj_out.weight"].to(torch.float8_e4m3fn)}),
    )
    with pytest.raises(YingxiError, match=r"proj_out\.weight is stored as float8_e4m3fn"):
        load(copy).latents("a crane", steps=1, size=load(copy).capabilities.min_size, seconds=0)


def test_shards_are_read_and_missed(tiny: ModuleType, checkpoint: Find, tmp_path: Path) -> None:
    path = tiny.write(tmp_path / "shards", "t2v", shard="60KB")
    whole, parts = read_folder(checkpoint("t2v")), read_folder(path)
    assert len(set(parts.transformer.files.values())) > 3
    assert parts.transformer.shapes == whole.transformer.shapes
    for (a, x), (b, y) in zip(
        sorted(whole.vae.source().read(whole.vae.files)),
        sorted(parts.vae.source().read(parts.vae.files)),
        strict=True,
    ):
        assert a == b
        assert torch.equal(x, y)
    shard = sorted((path / "transformer").glob("*-00002-*"))[0]
    moved = shard.rename(tmp_path / "away")
    with pytest.raises(YingxiError, match=f"transformer is not whole: it lacks {shard.name}"):
        load(path)
    shutil.copy(sorted((path / "transformer").glob("*-00001-*"))[0], shard)
    with pytest.raises(YingxiError, match=r"safetensors lacks the tensor .* that its index promises"):
        load(path)
    shutil.move(moved, shard)
    index = next((path / "vae").glob("*.index.json"))
    edit(index, weight_map=dict.fromkeys(json.loads(index.read_text())["weight_map"], "../../away.safetensors"))
    with pytest.raises(YingxiError, match="vae is not whole"):
        load(path)


def test_tensors_say_more_than_a_stale_configuration(checkpoint: Find, tmp_path: Path) -> None:
    path = shutil.copytree(checkpoint("a14b_i2v"), tmp_path / "copy")
    for part in ("transformer", "transformer_2"):
        edit(path / part / "config.json", image_dim=24, added_kv_proj_dim=48)
    assert not read_family(read_folder(path)).clip
    assert load(path).image is None


def test_tensors_that_nothing_asks_for_may_be_there(checkpoint: Find, tmp_path: Path) -> None:
    path = shutil.copytree(checkpoint("i2v"), tmp_path / "copy")
    norm = {f"blocks.{i}.attn2.norm_added_q.weight": torch.ones(48) for i in range(2)}
    edit_tensors(path / "transformer" / WEIGHTS, lambda t: t.update(norm))
    older = {"vision_model.embeddings.position_ids": torch.arange(5)[None]}
    edit_tensors(path / "image_encoder" / "model.safetensors", lambda t: rename(t) or t.update(older))
    wan = load(path)
    assert wan.transformers.load("dit").config.image == 24
    assert wan.image is not None
    assert wan.image.encode([np.zeros((30, 30, 3), np.uint8)]).shape == (1, 5, 24)


def rename(tensors: dict[str, torch.Tensor]) -> None:
    """To the names of older editions."""
    for name in list(tensors):
        tensors[f"vision_model.{name}"] = tensors.pop(name)


FAMILIES = {
    "t2v": ("T2V small", "none", 16),
    "i2v": ("I2V", "first", 16),
    "flf2v": ("FLF2V", "any", 16),
    "ti2v": ("TI2V", "first", 24),
    "a14b_t2v": ("A14B T2V", "none", 16),
    "a14b_i2v": ("A14B I2V", "any", 16),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_families_are_told_apart(checkpoint: Find, family: str) -> None:
    wan = load(checkpoint(family))
    name, pins, fps = FAMILIES[family]
    can = wan.capabilities
    assert (wan.family.name, can.pins, can.fps) == (name, pins, fps)
    assert can.grid == (32 if family == "ti2v" else 16)
    assert can.default_seconds * can.fps == (121 if family == "ti2v" else 81)
    assert can.loop is can.source is (family not in ("i2v", "flf2v", "a14b_i2v"))


def test_fingerprint_names_the_weights(checkpoint: Find, copy: Path) -> None:
    before = read_folder(copy).fingerprint()
    assert before == read_folder(checkpoint("t2v")).fingerprint()
    edit_tensors(copy / "vae" / WEIGHTS, lambda t: t["decoder.conv_in.bias"].add_(1))
    assert read_folder(copy).fingerprint() != before


def test_a_folder_wins_over_a_name(checkpoint: Find, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Wan-AI").mkdir()
    path = shutil.copytree(checkpoint("t2v"), tmp_path / "Wan-AI" / "Wan2.1-T2V-1.3B-Diffusers")
    monkeypatch.chdir(tmp_path)
    assert find_folder("Wan-AI/Wan2.1-T2V-1.3B-Diffusers").resolve() == path
    with pytest.raises(YingxiError, match="there is no folder nowhere"):
        find_folder("nowhere")


OFFLINE = """
import sys
from yingxi.core.errors import YingxiError
from yingxi.model.wan.hub import find_folder
print(find_folder("org/there"))
try:
    find_folder("org/not-there")
except YingxiError as error:
    print(error)
"""


def test_a_snapshot_in_the_cache_needs_no_network(tmp_path: Path) -> None:
    cache = tmp_path / "hub" / "models--org--there"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("0" * 40)
    snapshot = cache / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text("{}")
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", OFFLINE]
    said = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    found, refused = said.splitlines()
    assert Path(found) == snapshot
    assert refused == "org/not-there is not whole in the cache and cannot be fetched: HF_HUB_OFFLINE is set"


@pytest.mark.skipif(best_device().type != "cpu", reason="there is a GPU")
def test_compiling_without_a_gpu(checkpoint: Find) -> None:
    with pytest.raises(YingxiError, match="compiling is for GPUs"):
        load(checkpoint("t2v"), compile=True)
