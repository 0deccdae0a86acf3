"""Weights on disk: files of at most 16 MB, and matrices in 8 bits."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.model import checkpoint  # noqa: E402
from yingxi.model.checkpoint import NanoConfig, load_module, load_tensors, part_files, save_module  # noqa: E402
from yingxi.model.nano import WEIGHTS  # noqa: E402


def module() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(40, 30), nn.LayerNorm(30), nn.Linear(30, 20))


def test_a_large_part_is_written_in_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LARGEST", 3000)
    path = tmp_path / "dit.safetensors"
    save_module(module(), path)
    assert [file.name for file in part_files(path)] == ["dit.safetensors", "dit-2.safetensors"]
    read = nn.Sequential(nn.Linear(40, 30), nn.LayerNorm(30), nn.Linear(30, 20))
    load_module(read, path)
    assert torch.equal(read[2].weight, module()[2].weight.half().float())


def test_a_part_that_fits_again_leaves_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dit.safetensors"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "LARGEST", 3000)
        save_module(module(), path)
    save_module(module(), path)
    assert part_files(path) == [path]


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LARGEST", 3000)
    path = tmp_path / "dit.safetensors"
    save_module(module(), path)
    (tmp_path / "dit-2.safetensors").unlink()
    with pytest.raises(YingxiError, match="not the weights of this model"):
        load_module(module(), path)


def test_eight_bits_keep_a_matrix_to_half_a_step_of_its_rows(tmp_path: Path) -> None:
    save_module(module(), tmp_path / "a.safetensors", bits=8)
    wanted, read = module().state_dict(), load_tensors(tmp_path / "a.safetensors")
    assert read.keys() == wanted.keys()
    step = wanted["0.weight"].abs().amax(1, keepdim=True) / 127
    assert ((read["0.weight"] - wanted["0.weight"]).abs() <= 0.5001 * step).all()
    assert torch.equal(read["0.bias"], wanted["0.bias"].half())


def test_the_shipped_weights_lose_less_than_a_hundredth_in_eight_bits(tmp_path: Path) -> None:
    whole = load_tensors(WEIGHTS / "dit.safetensors")
    save_module(whole, tmp_path / "dit.safetensors", bits=8)
    read = load_tensors(tmp_path / "dit.safetensors")
    lost = sum((whole[k].float() - read[k].float()).square().sum() for k in whole)
    assert float(lost) < 1e-4 * float(sum(t.float().square().sum() for t in whole.values()))
    written = sum(file.stat().st_size for file in part_files(tmp_path / "dit.safetensors"))
    assert written < 0.55 * sum(2 * t.numel() for t in whole.values())


def test_sizes_are_remembered_and_older_models_have_one() -> None:
    data = json.loads((WEIGHTS / "config.json").read_text(encoding="utf-8"))
    data.pop("sizes", None)
    assert NanoConfig.parse(data).sizes == ()
    assert NanoConfig.parse({**data, "sizes": [[448, 256], [256, 448]]}).sizes == ((448, 256), (256, 448))
