"""LoRA files: what diffusers makes of them, we make of them; and what is no LoRA for the model is refused by name."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")
diffusers = pytest.importorskip("diffusers")

from safetensors.torch import load_file, save_file  # noqa: E402

from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.model.lora import original_name, read_lora, spellings  # noqa: E402
from yingxi.model.offload import refresh  # noqa: E402
from yingxi.model.source import Source  # noqa: E402

State = dict[str, torch.Tensor]
MODULES = [f"attn{n}.{part}" for n in (1, 2) for part in ("to_q", "to_k", "to_v", "to_out.0")]
MODULES += ["ffn.net.0.proj", "ffn.net.2"]


def transformer(layers: int = 2, **config: object) -> torch.nn.Module:
    torch.manual_seed(0)
    made = diffusers.WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=4,
        out_channels=4,
        text_dim=8,
        freq_dim=16,
        ffn_dim=32,
        num_layers=layers,
        **config,
    )
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return made.requires_grad_(False)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    state = {name: tensor.contiguous() for name, tensor in transformer().state_dict().items()}
    save_file(state, tmp_path / "model.safetensors")
    return Source(dict.fromkeys(state, tmp_path / "model.safetensors"))


def matrices(seed: int, rank: int = 3) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Down and up for each matrix of both blocks."""
    generator = torch.Generator().manual_seed(seed)
    weights = {name: tensor for name, tensor in transformer().state_dict().items() if name.endswith(".weight")}
    found = {}
    for module in (f"blocks.{index}.{name}" for index in range(2) for name in MODULES):
        rows, columns = weights[f"{module}.weight"].shape
        down = torch.randn(rank, columns, generator=generator) / 5
        found[module] = down, torch.randn(rows, rank, generator=generator) / 5
    return found


def in_diffusers_style(seed: int) -> State:
    state = {}
    for module, (down, up) in matrices(seed).items():
        state |= {f"transformer.{module}.lora_A.weight": down, f"transformer.{module}.lora_B.weight": up}
    return state


def in_original_style(seed: int) -> State:
    state = {}
    for module, (down, up) in matrices(seed).items():
        name = f"diffusion_model.{original_name(module)}"
        state |= {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}
    return state


def in_original_style_with_alphas_and_biases(seed: int) -> State:
    state = {}
    for module, (down, up) in matrices(seed).items():
        name = f"diffusion_model.{original_name(module)}"
        state |= {f"{name}.lora_down.weight": down, f"{name}.lora_up.weight": up, f"{name}.alpha": torch.tensor(2.0)}
        state[f"{name}.diff_b"] = up[:, 0].clone()
    head = torch.Generator().manual_seed(seed)
    state["diffusion_model.head.head.diff"] = torch.randn(16, 24, generator=head) / 5
    state["diffusion_model.head.head.diff_b"] = torch.randn(16, generator=head) / 5
    return state


def in_kohya_style(seed: int) -> State:
    state = {}
    for module, (down, up) in matrices(seed).items():
        name = "lora_unet_" + original_name(module).replace(".", "_")
        state |= {f"{name}.lora_down.weight": down, f"{name}.lora_up.weight": up, f"{name}.alpha": torch.tensor(1.5)}
    return state


def written(state: State, path: Path, metadata: dict[str, str] | None = None) -> Path:
    save_file(state, path, metadata)
    return path


def output(model: torch.nn.Module) -> torch.Tensor:
    generator = torch.Generator().manual_seed(9)
    x = torch.randn(1, 4, 2, 4, 6, generator=generator)
    text = torch.randn(1, 5, 8, generator=generator)
    return model(x, torch.tensor([400.0]), text, return_dict=False)[0]


def ours(source: Source) -> torch.Tensor:
    model = transformer()
    refresh_all(model, source)
    return output(model)


def refresh_all(model: torch.nn.Module, source: Source) -> None:
    refresh(model, source, source.files)


def theirs(loras: list[tuple[Path, float]]) -> torch.Tensor:
    model = transformer()
    scheduler = diffusers.UniPCMultistepScheduler()
    pipe = diffusers.WanPipeline(None, None, None, scheduler, transformer=model)
    for index, (path, _) in enumerate(loras):
        pipe.load_lora_weights(path.parent, weight_name=path.name, adapter_name=f"lora{index}")
    pipe.set_adapters([f"lora{index}" for index in range(len(loras))], [scale for _, scale in loras])
    return output(model)


def agree(a: torch.Tensor, b: torch.Tensor) -> bool:
    return bool((a - b).abs().max() <= 1e-5 * b.abs().max())


STYLES = [in_diffusers_style, in_original_style, in_original_style_with_alphas_and_biases, in_kohya_style]


@pytest.mark.parametrize("style", STYLES)
def test_the_output_is_that_of_diffusers(style: Callable[[int], State], source: Source, tmp_path: Path) -> None:
    path = written(style(1), tmp_path / "lora.safetensors")
    without = ours(source)
    source.add(path, 0.8)
    assert agree(ours(source), theirs([(path, 0.8)]))
    assert (ours(source) - without).abs().max() > 0.01 * without.abs().max()


def test_alphas_in_the_header_are_those_of_diffusers(source: Source, tmp_path: Path) -> None:
    config = {"r": 3, "lora_alpha": 6.0, "target_modules": MODULES, "alpha_pattern": {"blocks.1.ffn.net.2": 1.0}}
    header = json.dumps({f"transformer.{key}": value for key, value in config.items()})
    path = written(in_diffusers_style(1), tmp_path / "lora.safetensors", {"lora_adapter_metadata": header})
    source.add(path, 1.0)
    assert agree(ours(source), theirs([(path, 1.0)]))


def test_alphas_beside_a_peft_file(source: Source, tmp_path: Path) -> None:
    state = {key.replace("transformer.", "base_model.model."): t for key, t in in_diffusers_style(1).items()}
    path = written(state, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 3, "lora_alpha": 6, "use_rslora": True}))
    plain = written(in_diffusers_style(1), tmp_path / "lora.safetensors")
    source.add(path, 1.0)
    assert agree(ours(source), theirs([(plain, 6 / 3**0.5)]))


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
def test_stacked_rescaled_and_taken_off(source: Source, tmp_path: Path) -> None:
    first = written(in_diffusers_style(1), tmp_path / "first.safetensors")
    second = written(in_kohya_style(2), tmp_path / "second.safetensors")
    model = transformer()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for path, scale in ((first, 1.0), (second, -0.3), (first, 0.7)):
        refresh(model, source, source.add(path, scale))
    assert agree(output(model), theirs([(first, 0.7), (second, -0.3)]))
    refresh(model, source, source.remove(first))
    assert agree(output(model), theirs([(second, -0.3)]))
    refresh(model, source, source.remove(second))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_a_bfloat16_model_is_rounded_once_and_comes_back_bit_by_bit(source: Source, tmp_path: Path) -> None:
    path = written({key: t.bfloat16() for key, t in in_diffusers_style(1).items()}, tmp_path / "lora.safetensors")
    model = transformer()
    for parameter in model.parameters():
        parameter.data = parameter.data.bfloat16()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    refresh(model, source, source.add(path, 0.5))
    name = "blocks.1.ffn.net.2"
    lora, original = load_file(path), load_file(source.files[f"{name}.weight"])
    up, down = (lora[f"transformer.{name}.lora_{side}.weight"].float() for side in "BA")
    exact = original[f"{name}.weight"] + 0.5 * up @ down
    half_a_step = exact.abs() * 2**-8
    assert ((model.state_dict()[f"{name}.weight"].float() - exact).abs() <= half_a_step * 1.01).all()
    refresh(model, source, source.remove(path))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_every_published_module_is_found_by_its_original_name() -> None:
    """The pairs that a converter of whole checkpoints needs, here from the original module names."""
    names = set(spellings(transformer(image_dim=8, added_kv_proj_dim=24).state_dict()))
    block = [
        "self_attn.q",
        "cross_attn.o",
        "cross_attn.k_img",
        "cross_attn.norm_k_img",
        "norm3",
        "ffn.0",
        "modulation",
    ]
    other = [
        "time_embedding.0",
        "time_projection.1",
        "text_embedding.2",
        "img_emb.proj.1",
        "head.head",
        "head.modulation",
    ]
    for name in [f"blocks.1.{part}" for part in block] + other + ["patch_embedding"]:
        assert {name, name.replace(".", "_")} <= names


def test_a_picture_branch_that_the_model_does_not_have_is_skipped(source: Source, tmp_path: Path) -> None:
    state = in_original_style(1)
    extra = {f"diffusion_model.blocks.0.cross_attn.k_img.lora_{s}.weight": torch.ones(3, 3) for s in "AB"}
    both = read_lora(written(state | extra, tmp_path / "i2v.safetensors"), source.shapes())
    assert set(both.skipped) == set(extra)
    assert len(both.deltas) == len(matrices(1))
    with pytest.raises(YingxiError, match="only the picture branch"):
        read_lora(written(extra, tmp_path / "only.safetensors"), source.shapes())


def test_a_patch_embedding_has_a_lora_too(source: Source, tmp_path: Path) -> None:
    up, down = torch.randn(24, 2, 1, 1, 1), torch.randn(2, 4, 1, 2, 2)
    state = {"lora_unet_patch_embedding.lora_up.weight": up, "lora_unet_patch_embedding.lora_down.weight": down}
    before = dict(source.read(["patch_embedding.weight"]))["patch_embedding.weight"]
    source.add(written(state, tmp_path / "lora.safetensors"), 2.0)
    after = dict(source.read(["patch_embedding.weight"]))["patch_embedding.weight"]
    expected = before + 2 * torch.einsum("or,rithw->oithw", up[..., 0, 0, 0], down)
    assert torch.allclose(after, expected, atol=1e-5)


def changed(**replaced: torch.Tensor) -> State:
    """A good file with two tensors of its first block's last matrix replaced."""
    name = "transformer.blocks.0.ffn.net.2.lora_"
    return in_diffusers_style(1) | {f"{name}{side}.weight": tensor for side, tensor in replaced.items()}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({}, "not a LoRA: it holds no tensors"),
        (
            {"blocks.0.attn1.to_q.weight": torch.ones(2, 2)},
            "not a LoRA: its first tensor is blocks.0.attn1.to_q.weight",
        ),
        (
            {"lora_unet_double_blocks_0_img_attn_proj.lora_up.weight": torch.ones(2, 2)},
            "no place for lora_unet_double_blocks_0_img_attn_proj.lora_up.weight",
        ),
        (
            {"transformer.blocks.7.attn1.to_q.lora_A.weight": torch.ones(2, 2)},
            "no place for transformer.blocks.7.attn1.to_q.lora_A.weight",
        ),
        (changed(A=torch.ones(3, 40)), "blocks.0.ffn.net.2.weight of 24x40, this model's is 24x32"),
        (changed(A=torch.ones(4, 32)), "the ranks of blocks.0.ffn.net.2 differ: up is 24x3, down is 4x32"),
        (
            changed(A=torch.full((3, 32), torch.nan)),
            "blocks.0.ffn.net.2.lora_A.weight holds values that are not finite",
        ),
        ({"transformer.blocks.0.attn1.to_q.lora_A.weight": torch.ones(2, 24)}, "only one of its two LoRA matrices"),
        ({"diffusion_model.blocks.0.self_attn.q.dora_scale": torch.ones(2)}, "a DoRA, not a LoRA"),
        ({"lora_unet_blocks_0_ffn_0.lokr_w1": torch.ones(2)}, "a LoKr, not a LoRA"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(state: State, sentence: str, source: Source, tmp_path: Path) -> None:
    path = written(state, tmp_path / "wrong.safetensors")
    with pytest.raises(YingxiError, match=re.escape(sentence)) as refusal:
        source.add(path, 1.0)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert source.loras == {}


def test_a_file_of_another_kind_is_refused(source: Source, tmp_path: Path) -> None:
    pickle, text, cut = tmp_path / "lora.pt", tmp_path / "lora.txt", tmp_path / "cut.safetensors"
    torch.save(in_diffusers_style(1), pickle)
    text.write_text("a story")
    cut.write_bytes(written(in_diffusers_style(1), tmp_path / "whole.safetensors").read_bytes()[:-8])
    sentences = {
        pickle: "a pickle",
        text: "not a safetensors file",
        cut: "not a safetensors file, or a damaged one",
        tmp_path / "none.safetensors": "no LoRA there",
    }
    for path, sentence in sentences.items():
        with pytest.raises(YingxiError, match=sentence):
            source.add(path, 1.0)


def test_a_scale_is_a_finite_number(source: Source, tmp_path: Path) -> None:
    path = written(in_diffusers_style(1), tmp_path / "lora.safetensors")
    with pytest.raises(YingxiError, match="finite"):
        source.add(path, float("nan"))
    with pytest.raises(YingxiError, match="not on the model"):
        source.remove(path)
