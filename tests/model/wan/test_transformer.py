"""Every published Wan transformer: the same parameters and the same numbers as the `diffusers` package."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from diffusers import WanTransformer3DModel  # noqa: E402
from torch._dynamo.utils import counters  # noqa: E402

from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.model import block, context, device  # noqa: E402
from yingxi.model.dit import DiT, DiTConfig, kept_in_float32  # noqa: E402

PADDED = 512
SMALL = {"num_attention_heads": 12, "num_layers": 30, "ffn_dim": 8960, "in_channels": 16, "out_channels": 16}
LARGE = {"num_attention_heads": 40, "num_layers": 40, "ffn_dim": 13824, "in_channels": 16, "out_channels": 16}
CLIP = {"image_dim": 1280, "added_kv_proj_dim": 5120}
PUBLISHED: dict[str, dict[str, Any]] = {
    "2.1 T2V 1.3B": SMALL,
    "2.1 T2V 14B and 2.2 T2V A14B": LARGE,
    "2.1 I2V 14B": {**LARGE, "in_channels": 36, **CLIP},
    "2.1 FLF2V 14B": {**LARGE, "in_channels": 36, **CLIP, "pos_embed_seq_len": 514},
    "2.2 TI2V 5B": {
        "num_attention_heads": 24,
        "num_layers": 30,
        "ffn_dim": 14336,
        "in_channels": 48,
        "out_channels": 48,
    },
    "2.2 I2V A14B": {**LARGE, "in_channels": 36},
}
FAMILIES: dict[str, dict[str, Any]] = {
    "T2V": {"in_channels": 16},
    "I2V": {"in_channels": 36, "image_dim": 20, "added_kv_proj_dim": 48},
    "FLF2V": {"in_channels": 36, "image_dim": 20, "added_kv_proj_dim": 48, "pos_embed_seq_len": 14},
    "TI2V": {"in_channels": 48, "out_channels": 48},
    "I2V A14B": {"in_channels": 36},
}
TINY = {
    "num_attention_heads": 2,
    "attention_head_dim": 24,
    "num_layers": 2,
    "ffn_dim": 64,
    "text_dim": 16,
    "freq_dim": 32,
    "out_channels": 16,
}


def randomise(model: torch.nn.Module) -> None:
    """Every parameter, those that start at zero or one as well."""
    generator = torch.Generator().manual_seed(0)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        scale = parameter.shape[-1] ** -0.5 if parameter.dim() > 1 else 0.3
        middle = 1 if "norm" in name and name.endswith("weight") else 0
        parameter.data.copy_(middle + noise * scale)


def pair(**config: Any) -> tuple[WanTransformer3DModel, DiT]:
    theirs = WanTransformer3DModel(**{**TINY, **config}).eval().requires_grad_(False)
    randomise(theirs)
    state = theirs.state_dict()
    ours = DiT(DiTConfig.from_diffusers(theirs.config, state)).requires_grad_(False)
    ours.load_state_dict(state)
    return theirs, ours


def inputs(config: DiTConfig, frames: int = 3, words: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents [1,C,F,6,10] and text [1,512,D], of which only the first words are not zero."""
    generator = torch.Generator().manual_seed(1)
    text = torch.randn(1, PADDED, config.text, generator=generator)
    text[:, words:] = 0
    return torch.randn(1, config.in_channels, frames, 6, 10, generator=generator), text


@torch.inference_mode()
def ask(ours: DiT, x: torch.Tensor, t: torch.Tensor, said: context.Context) -> torch.Tensor:
    """As diffusers is asked: [B,C,F,H,W] -> the same."""
    times = torch.arange(x.shape[2]).float().expand(len(x), -1)
    return ours(x.transpose(1, 2), t, times, said).transpose(1, 2)


def apart(a: torch.Tensor, b: torch.Tensor) -> float:
    return ((a.double() - b.double()).norm() / b.double().norm()).item()


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_parameters(name: str) -> None:
    with torch.device("meta"):
        theirs = WanTransformer3DModel(**PUBLISHED[name])
        wanted = {key: tensor.shape for key, tensor in theirs.state_dict().items()}
        ours = DiT(DiTConfig.from_diffusers(theirs.config, wanted))
    assert {key: tensor.shape for key, tensor in ours.state_dict().items()} == wanted


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_numbers(family: str) -> None:
    theirs, ours = pair(**FAMILIES[family])
    x, text = inputs(ours.config)
    image = torch.randn(1, 14, ours.config.image) if ours.config.image else None
    # diffusers counts two pictures of a pair as a batch of two.
    halves = image.view(2, 7, -1) if image is not None and ours.config.image_places else image
    with torch.inference_mode():
        wanted = theirs(x, torch.tensor([437]), text, halves, return_dict=False)[0]
        said = ours.context(text[:, :7], PADDED - 7, image)
    assert apart(ask(ours, x, torch.full((1, 3), 437.0), said), wanted) < 1e-5
    if image is not None:
        with torch.inference_mode():
            blind = ours.context(text[:, :7], PADDED - 7, image.roll(1, -1))
        assert apart(ask(ours, x, torch.full((1, 3), 437.0), blind), wanted) > 1e-3


def test_a_first_frame_without_noise() -> None:
    """TI2V: diffusers has a timestep for each token, here a frame has one."""
    theirs, ours = pair(**FAMILIES["TI2V"])
    x, text = inputs(ours.config)
    t = torch.tensor([[0.0, 437.0, 437.0]])
    with torch.inference_mode():
        wanted = theirs(x, t.repeat_interleave(15, dim=1), text, return_dict=False)[0]
        said = ours.context(text[:, :7], PADDED - 7)
    assert apart(ask(ours, x, t, said), wanted) < 1e-5


def test_branches_of_guidance_in_one_pass() -> None:
    """Two texts of different lengths, one latent: what two passes with padded texts say."""
    theirs, ours = pair(**FAMILIES["TI2V"])
    x, text = inputs(ours.config)
    other = inputs(ours.config, words=3)[1]
    t = torch.tensor([[0.0, 437.0, 437.0]])
    with torch.inference_mode():
        wanted = [theirs(x, t.repeat_interleave(15, dim=1), words, return_dict=False)[0] for words in (text, other)]
        both = context.stack([ours.context(text[:, :7], PADDED - 7), ours.context(other[:, :3], PADDED - 3)])
    assert apart(ask(ours, x, t, both), torch.cat(wanted)) < 1e-5


def test_a_picture_in_both_branches() -> None:
    theirs, ours = pair(**FAMILIES["I2V"])
    x, text = inputs(ours.config)
    image = torch.randn(1, 5, ours.config.image)
    with torch.inference_mode():
        wanted = [theirs(x, torch.tensor([437]), y, image, return_dict=False)[0] for y in (text, text * 0)]
        both = context.stack([ours.context(text, image=image), ours.context(text[:, :1] * 0, PADDED - 1, image)])
    assert apart(ask(ours, x, torch.full((1, 3), 437.0), both), torch.cat(wanted)) < 1e-5


def test_gradients_change_nothing() -> None:
    """The written-out path of training, branches and all."""
    _, ours = pair(**FAMILIES["TI2V"])
    x, text = inputs(ours.config)
    t, times = torch.tensor([[0.0, 437.0, 437.0]]), torch.arange(3.0)[None]
    both = context.stack([ours.context(text[:, :7], PADDED - 7), ours.context(text[:, :3])])
    trained = ours(x.transpose(1, 2), t, times, both).transpose(1, 2)
    assert apart(ask(ours, x, t, both), trained) < 1e-5


def test_a_text_for_each_frame() -> None:
    _, ours = pair(**FAMILIES["T2V"])
    x, text = inputs(ours.config)
    t = torch.full((1, 3), 437.0)
    with torch.inference_mode():
        first, second = ours.context(text[:, :7], PADDED - 7), ours.context(text[:, 2:6])
        same = context.per_frame([first] * 3)
        cut = context.per_frame([first, second, second])
    assert apart(ask(ours, x, t, same), ask(ours, x, t, first)) < 1e-5
    assert apart(ask(ours, x, t, cut), ask(ours, x, t, first)) > 1e-3
    both = ask(ours, x, t, context.stack([cut, second]))
    assert apart(both, torch.cat((ask(ours, x, t, cut), ask(ours, x, t, second)))) < 1e-5


@pytest.mark.parametrize("alone", [0, 1 << 20])
def test_many_frames_at_once(monkeypatch: pytest.MonkeyPatch, alone: int) -> None:
    """Long enough for the products of the CPU; in pieces of tokens, of the feed-forward and of the scores."""
    theirs, ours = pair(in_channels=4, out_channels=4)
    x, texts = torch.randn(1, 4, 3, 38, 40), torch.randn(2, 40, 16)
    tokens, width = 3 * 19 * 20, 48
    monkeypatch.setattr(block, "ALONE", alone)
    monkeypatch.setattr(block, "TILE", 500 * width)
    monkeypatch.setattr(block, "HIDDEN", 500 * 64 * 4)
    monkeypatch.setattr(device, "SCORES", 500 * tokens)
    with torch.inference_mode():
        wanted = [theirs(x, torch.tensor([437]), text[None], return_dict=False)[0] for text in texts]
        said = ours.context(texts)
    assert apart(ask(ours, x, torch.full((1, 3), 437.0), said), torch.cat(wanted)) < 1e-5


def test_compiled_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU compiles, traced on a CPU: in one piece, for two branches that part in the first block."""
    monkeypatch.setattr(device, "_has_onednn", lambda: False)
    _, ours = pair(**FAMILIES["I2V"])
    x = torch.randn(1, 36, 3, 6, 10)
    t = torch.tensor([[0.0, 437.0, 437.0]])
    with torch.inference_mode():
        said = ours.context(torch.randn(2, 9, 16), padding=3, image=torch.randn(2, 14, 20))
    plain = ask(ours, x, t, said)
    torch._dynamo.reset()
    counters.clear()
    ours.compile_blocks("aot_eager")
    assert apart(ask(ours, x, t, said), plain) < 1e-5
    assert counters["stats"]["unique_graphs"] == 2
    assert not counters["graph_break"]


def test_half_the_bits_are_as_near_to_the_truth_as_diffusers() -> None:
    theirs, ours = pair(num_attention_heads=4, attention_head_dim=32, num_layers=4, ffn_dim=256)
    x, text = torch.randn(1, 16, 3, 16, 20), torch.randn(1, PADDED, 16)
    text[:, 40:] = 0
    t = torch.full((1, 3), 437.0)
    with torch.inference_mode():
        truth = theirs(x, torch.tensor([437]), text, return_dict=False)[0]
        for model in (theirs, ours):
            for name, parameter in model.named_parameters():
                kept = any(part in name for part in theirs._keep_in_fp32_modules)
                kept = kept if model is theirs else kept_in_float32(name)
                parameter.data = parameter.data.to(torch.float32 if kept else torch.bfloat16)
        wanted = theirs(x.bfloat16(), torch.tensor([437]), text.bfloat16(), return_dict=False)[0]
        made = ask(ours, x, t, ours.context(text[:, :40], PADDED - 40))
    assert made.dtype == torch.bfloat16
    assert apart(made, truth) < 1.02 * apart(wanted, truth)


def test_what_stays_in_float32() -> None:
    with torch.device("meta"):
        names = list(DiT(DiTConfig(2, 24, 1, 64, 36, 16, 16, (1, 2, 2), image=20)).state_dict())
    kept = {name for name in names if kept_in_float32(name)}
    assert {"scale_shift_table", "blocks.0.norm2.weight", "blocks.0.attn1.norm_q.weight"} <= kept
    assert "condition_embedder.time_embedder.linear_1.weight" in kept
    assert not {"condition_embedder.time_proj.weight", "proj_out.weight", "blocks.0.ffn.net.2.weight"} & kept


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("keys", [40, 700])
def test_attention_is_attention(dtype: torch.dtype, keys: int) -> None:
    q, k, v = torch.randn(2, 3, 600, 32) * 3, torch.randn(2, 3, keys, 32), torch.randn(2, 3, keys, 32)
    bias = torch.randn(2, keys)
    bias[1, 30:] = -torch.inf
    scores = q.to(dtype).double() @ k.to(dtype).double().mT / 32**0.5 + bias[:, None, None]
    wanted = scores.softmax(-1) @ v.to(dtype).double()
    with torch.inference_mode():
        made = device.attention(q.to(dtype), k.to(dtype), v.to(dtype), bias)
    assert made.dtype == dtype
    assert apart(made, wanted) < (1e-6 if dtype == torch.float32 else 4e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_layers": 3}, "num_layers is 3"),
        ({"ffn_dim": None}, "ffn_dim is None"),
        ({"qk_norm": "layer_norm"}, "qk_norm is 'layer_norm'"),
        ({"patch_size": [2, 2, 2]}, "patch_size"),
        ({"image_dim": None}, "image_dim"),
    ],
)
def test_a_configuration_that_contradicts_the_tensors(change: dict[str, Any], message: str) -> None:
    theirs, _ = pair(**FAMILIES["I2V"])
    with pytest.raises(YingxiError, match=message):
        DiTConfig.from_diffusers({**theirs.config, **change}, theirs.state_dict())


def test_half_a_branch_for_pictures() -> None:
    theirs, _ = pair(**FAMILIES["I2V"])
    keys = [key for key in theirs.state_dict() if "add_k_proj" not in key]
    with pytest.raises(YingxiError, match=r"image_embedder but no attn2\.add_k_proj"):
        DiTConfig.from_diffusers(theirs.config, keys)


def test_a_stale_configuration() -> None:
    """It speaks of a branch for pictures that the tensors do not have: the tensors are right."""
    theirs, _ = pair()
    config = {**theirs.config, "image_dim": 1280, "added_kv_proj_dim": 5120, "pos_embed_seq_len": 514}
    assert DiTConfig.from_diffusers(config, theirs.state_dict()).image == 0
