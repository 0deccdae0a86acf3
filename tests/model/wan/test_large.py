"""Checkpoints with LoRAs and of any size: against diffusers, against themselves in full memory, and refused."""

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from yingxi.core.errors import Refused, YingxiError
from yingxi.core.lora import LoraFile
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.model.wan import load
from yingxi.model.wan import model as wan_model
from yingxi.model.wan import transformer as wan_transformer
from yingxi.model.wan.folder import load_tensors

Find = Callable[[str], Path]
PROMPT, NEGATIVE = "a crane flies over the river at dusk", "no rain"
SIZE, FRAMES = Size(80, 48), 5


def lora(path: Path, seed: int, layers: int = 2) -> Path:
    """Two matrices of each block and the patches' bias."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for module in (f"blocks.{i}.{name}" for i in range(layers) for name in ("attn1.to_q", "attn2.to_out.0")):
        state[f"transformer.{module}.lora_A.weight"] = torch.randn(4, 48, generator=generator) / 3
        state[f"transformer.{module}.lora_B.weight"] = torch.randn(48, 4, generator=generator) / 3
    save_file(state, path)
    return path


def ours(wan: Any, **options: Any) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(1, 16, 2, 6, 10, generator=generator)
    seconds = (FRAMES - 0.5) / wan.capabilities.fps
    return wan.latents(
        PROMPT, negative=NEGATIVE, seconds=seconds, size=SIZE, noise=noise, steps=4, guidance=(4.0, 3.0), **options
    )


def theirs(path: Path, high: Path | None, low: Path | None) -> torch.Tensor:
    from diffusers import WanPipeline

    pipe = WanPipeline.from_pretrained(path)
    pipe.set_progress_bar_config(disable=True)
    if high:
        pipe.load_lora_weights(high.parent, weight_name=high.name)
    if low:
        pipe.load_lora_weights(low.parent, weight_name=low.name, load_into_transformer_2=True)
    two = pipe.transformer_2 is not None
    with torch.inference_mode():
        return pipe(
            prompt=PROMPT,
            negative_prompt=NEGATIVE,
            latents=torch.randn(1, 16, 2, 6, 10, generator=torch.Generator().manual_seed(1)),
            width=SIZE.width,
            height=SIZE.height,
            num_frames=FRAMES,
            num_inference_steps=4,
            guidance_scale=4.0,
            guidance_scale_2=3.0 if two else None,
            output_type="latent",
        ).frames


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max())


@pytest.mark.parametrize("offload", [False, True])
def test_a_lora_on_each_of_two_transformers_as_in_diffusers(checkpoint: Find, tmp_path: Path, offload: bool) -> None:
    pytest.importorskip("peft")
    path = checkpoint("a14b_t2v")
    high, low = lora(tmp_path / "high.safetensors", 1), lora(tmp_path / "low.safetensors", 2)
    wan = load(path, dtype=torch.float32, offload=offload)
    plain, weights = ours(wan), wan.weights
    wan.load_lora(high, noise="high")
    only_high = ours(wan)
    wan.load_lora(low, noise="low")
    assert distance(ours(wan), theirs(path, high, low)) < 1e-4
    assert distance(only_high, theirs(path, high, None)) < 1e-4
    assert distance(ours(wan), only_high) > 1e-2
    assert wan.weights != weights
    wan.unload_lora(low)
    assert torch.equal(ours(wan), only_high)
    wan.unload_lora(high)
    assert torch.equal(ours(wan), plain)
    assert wan.weights == weights


def test_loras_given_when_a_model_is_loaded_are_those_added_later(checkpoint: Find, tmp_path: Path) -> None:
    file = lora(tmp_path / "lora.safetensors", 1)
    first = load(checkpoint("t2v"), dtype=torch.float32, loras=[LoraFile(file, 0.5)])
    second = load(checkpoint("t2v"), dtype=torch.float32)
    ours(second)
    second.load_lora(file, 1.0)
    full = second.weights
    second.load_lora(file, 0.5)
    assert torch.equal(ours(first), ours(second))
    assert first.weights == second.weights != full


def test_a_lora_is_named_by_file_scale_and_noise() -> None:
    assert LoraFile.parse("a b.safetensors") == LoraFile(Path("a b.safetensors"))
    assert LoraFile.parse("x.safetensors:-0.5") == LoraFile(Path("x.safetensors"), -0.5)
    assert LoraFile.parse("x.safetensors:high") == LoraFile(Path("x.safetensors"), 1.0, "high")
    assert LoraFile.parse("C:/x.safetensors:.7:low") == LoraFile(Path("C:/x.safetensors"), 0.7, "low")


def test_a_lora_that_has_no_place_is_refused(checkpoint: Find, tmp_path: Path) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32)
    file = lora(tmp_path / "lora.safetensors", 1)
    with pytest.raises(YingxiError, match="one transformer for all noise"):
        wan.load_lora(file, noise="low")
    with pytest.raises(YingxiError, match="not on the model"):
        wan.unload_lora(file)
    with pytest.raises(YingxiError, match=r"no place for transformer\.blocks\.2"):
        wan.load_lora(lora(tmp_path / "deep.safetensors", 1, layers=3))


@pytest.mark.parametrize("family", ["t2v", "a14b_t2v"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_offloaded_it_makes_the_same_to_the_bit(checkpoint: Find, family: str, dtype: torch.dtype) -> None:
    path = checkpoint(family)
    assert torch.equal(ours(load(path, dtype=dtype, offload=True)), ours(load(path, dtype=dtype)))


@pytest.mark.parametrize("room", [True, False])
def test_both_experts_are_kept_where_there_is_room(
    checkpoint: Find, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    wan = load(checkpoint("a14b_t2v"), dtype=torch.float32)
    request = Request(PROMPT, seconds=0.5, size=SIZE, steps=8)
    monkeypatch.setattr(wan_model, "free_memory", lambda _: None)
    least = wan.memory(request, streamed=False).peak.total
    monkeypatch.setattr(wan_model, "free_memory", lambda _: 100 * least if room else least)
    read: list[weakref.ref[torch.nn.Module]] = []
    beside: list[int] = []

    def counted(module: torch.nn.Module, *args: Any) -> None:
        beside.append(sum(earlier() is not None for earlier in read))
        read.append(weakref.ref(module))
        load_tensors(module, *args)

    monkeypatch.setattr(wan_transformer, "load_tensors", counted)
    used: list[tuple[str, ...]] = []
    clips = [wan.run(request, lambda done, total: used.append(wan.transformers.loaded)) for _ in range(2)]
    assert clips[0].digest == clips[1].digest
    assert beside == ([0, 1] if room else [0, 0, 0, 0])
    assert used[0] == ("dit",)
    assert used[-1] == (("dit", "dit_2") if room else ("dit_2",))


def test_what_does_not_fit_is_refused_before_anything_is_read(
    checkpoint: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    wan = load(checkpoint("t2v"), dtype=torch.float32)
    request = Request(PROMPT, seconds=1, size=Size(832, 480))
    plan = wan.memory(request)
    assert [stage.name for stage in plan.stages] == ["text", "denoising", "decoding"]
    monkeypatch.setattr(wan_model, "free_memory", lambda _: plan.peak.total)
    wan.check(request)
    monkeypatch.setattr(wan_model, "free_memory", lambda _: plan.peak.total // 2)
    with pytest.raises(Refused, match=r"832x480 with 16 frames needs .* it fits with .*416x240") as refusal:
        wan.run(request, lambda done, total: None)
    assert refusal.value.rule == "memory"
    assert not wan.transformers.loaded
    monkeypatch.setattr(wan_model, "free_memory", lambda _: None)
    wan.check(request)
