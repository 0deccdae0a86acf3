"""The memory that a run will take, for the published shapes, counted on the meta device."""

import re
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")
transformers = pytest.importorskip("transformers")

from yingxi.core.errors import Refused  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model.memory import LATENTS, Asked, Footprint, Network, fitting  # noqa: E402

GB = 10**9


def shapes(make: Any, *args: Any, **config: Any) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in make(*args, **config).named_parameters()}


@pytest.fixture(scope="module")
def large() -> Footprint:
    """Wan 2.1 text to video 14B with its text encoder, as published."""
    sizes = {"vocab_size": 256384, "d_model": 4096, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
    umt5 = transformers.UMT5Config(d_kv=64, feed_forward_proj="gated-gelu", **sizes)
    return Footprint.of(
        text=shapes(transformers.UMT5EncoderModel, umt5),
        transformers=[shapes(diffusers.WanTransformer3DModel)],
        vae=shapes(diffusers.AutoencoderKLWan),
        image=None,
        spatial=8,
    )


def asked(**changes: Any) -> Asked:
    usual: dict[str, Any] = {
        "size": Size(832, 480),
        "frames": 81,
        "latents": 21,
        "window": 21,
        "branches": 2,
        "words": 2048,
    }
    return Asked(**usual | {"dtype": torch.bfloat16} | changes)


def test_weights_are_counted_to_the_last_one(large: Footprint) -> None:
    with torch.device("meta"):
        model = diffusers.WanTransformer3DModel()
    assert large.transformers[0].elements(offload=False) == sum(p.numel() for p in model.parameters())
    assert 14.2e9 < large.transformers[0].elements(offload=False) < 14.4e9
    assert (large.width, large.inner, large.patch, large.channels) == (5120, 13824, (2, 2), 16)
    assert (large.encoder, large.decoder, large.column) == (96, 96, 1)


def test_an_offloaded_network_has_three_blocks_in_memory() -> None:
    named = {f"blocks.{i}.a.weight": (10, 10) for i in range(5)} | {"proj_out.weight": (7,)}
    network = Network.of(named)
    assert network.elements(offload=False) == 507
    assert network.elements(offload=True) == 307
    assert network.page_locked(itemsize=2) == 5 * 256


def test_stages_follow_one_another(large: Footprint) -> None:
    plan = fitting(large, asked(pictures=True), free=None)
    assert [stage.name for stage in plan.stages] == ["pictures", "text", "denoising", "decoding"]
    assert plan.peak.name == "denoising"
    assert plan.peak.total == sum(plan.peak.parts.values())
    assert re.fullmatch(
        r"\d+ GB for denoising \(transformer 29, working 1\d, latents 0\.\d+, autoencoder 0\.6\d\)", str(plan.peak)
    )
    streamed = fitting(large, asked(offload=True), free=None).stages[1]
    assert streamed.parts["transformer"] < 3 * GB
    assert streamed.parts["working"] == plan.peak.parts["working"]


def test_all_is_kept_where_it_fits(large: Footprint) -> None:
    """Two transformers of 14B, the text encoder and the autoencoder."""
    two = replace(large, transformers=large.transformers * 2)
    one = fitting(two, asked(), free=60 * GB)
    both = fitting(two, asked(), free=90 * GB)
    assert (one.kept, both.kept) == (False, True)
    assert both.peak.total <= 90 * GB
    for stage in both.stages:
        assert stage.parts["transformer"] == 2 * one.peak.parts["transformer"]
        assert stage.parts["autoencoder"] >= large.autoencoder
    assert one.stages[0].parts.keys() == {"text encoder"}
    assert not fitting(two, asked(), free=None).kept
    assert fitting(large, asked(), free=None).kept


def test_a_window_takes_the_same_whatever_the_duration(large: Footprint) -> None:
    short, long = (
        fitting(large, asked(frames=4 * latents, latents=latents, streamed=True), free=None) for latents in (70, 700)
    )
    for a, b in zip(short.stages, long.stages, strict=True):
        grown = {part for part in b.parts if b.parts[part] != a.parts[part]}
        assert grown == (set() if a.name == "text" else {"latents"})
    assert long.peak.parts["latents"] == 700 * 16 * 60 * 104 * 4 * LATENTS
    whole = fitting(large, asked(latents=70, window=70), free=None)
    assert whole.stages[1].total > 1.5 * short.stages[1].total


def test_what_cannot_fit_is_refused_with_what_would(large: Footprint) -> None:
    with pytest.raises(Refused) as refusal:
        fitting(large, asked(dtype=torch.float32), free=30 * GB)
    assert refusal.value.rule == "memory"
    sentence = str(refusal.value)
    assert re.match(
        r"832x480 with 81 frames needs \d\d GB for denoising \(transformer 57, working \d\d, latents 0\.\d+\)",
        sentence,
    )
    assert sentence.endswith("and 30 GB are free; it fits with --offload, or with --offload and bfloat16")
    fitting(large, asked(dtype=torch.float32, offload=True), free=30 * GB)
    with pytest.raises(Refused, match=r"; it fits with 640x352$"):
        fitting(large, asked(size=Size(1280, 720), offload=True), free=14 * GB)
    with pytest.raises(Refused, match="no smaller size fits either"):
        fitting(large, asked(), free=GB)


def test_advice_is_true(large: Footprint) -> None:
    for free in (6, 10, 20, 40):
        try:
            fitting(large, asked(size=Size(1280, 720), dtype=torch.float32), free=free * GB)
        except Refused as refusal:
            for size in re.findall(r"--offload and bfloat16 and (\d+x\d+)", str(refusal)):
                fitting(large, asked(size=Size.parse(size), offload=True), free=free * GB)


def test_beside_a_gpu_there_must_be_room_for_all_blocks(large: Footprint) -> None:
    assert fitting(large, asked(offload=True), free=24 * GB, host=64 * GB).kept
    plan = fitting(large, asked(offload=True), free=24 * GB, host=50 * GB)
    assert not plan.kept
    assert 28 * GB < plan.host < 50 * GB
    assert "beside the GPU" in str(plan)
    with pytest.raises(Refused, match="beside the GPU, and 20 GB are free"):
        fitting(large, asked(offload=True), free=24 * GB, host=20 * GB)
    assert fitting(large, asked(), free=64 * GB, host=0).host == 0
