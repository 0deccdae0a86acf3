import pytest

torch = pytest.importorskip("torch")

from yingxi.model import rotary  # noqa: E402
from yingxi.model.dit import DiT, DiTConfig, timestep_embedding  # noqa: E402

SMALL = DiTConfig(heads=2, head=12, layers=2, ffn=32, in_channels=4, out_channels=4, text=8, frequency=16)


def make(config: DiTConfig = SMALL) -> DiT:
    torch.manual_seed(0)
    return DiT(config).requires_grad_(False)


def call(dit: DiT, x: torch.Tensor, t: torch.Tensor, times: torch.Tensor | None = None) -> torch.Tensor:
    text = torch.randn(len(x), 3, dit.config.text, generator=torch.Generator().manual_seed(1))
    times = torch.arange(x.shape[1]).float().expand(len(x), -1) if times is None else times
    return dit(x, t, times, dit.context(text))


def test_frames_in_frames_out() -> None:
    x = torch.randn(2, 3, 4, 2, 5)
    assert call(make(), x, torch.rand(2, 3) * 1000).shape == x.shape


def test_patches_of_two_by_two() -> None:
    config = DiTConfig(2, 12, 1, 32, 6, 4, 8, patch=(1, 2, 2), frequency=16)
    dit = make(config)
    assert call(dit, torch.randn(1, 2, 6, 4, 6), torch.zeros(1, 2)).shape == (1, 2, 4, 4, 6)
    x = torch.randn(1, 2, 6, 4, 6)
    by_convolution = dit.patch_embedding(x.transpose(1, 2)).transpose(1, 2).flatten(3).transpose(2, 3)
    assert torch.allclose(dit.tokens(x), by_convolution, atol=1e-5)


def test_tokens_come_back_where_they_were() -> None:
    config = DiTConfig(2, 12, 1, 32, 6, 6, 8, patch=(1, 2, 2), frequency=16)
    dit = make(config)
    x = torch.randn(1, 1, 6, 4, 6)
    patches = x.reshape(1, 1, 6, 2, 2, 3, 2).permute(0, 1, 3, 5, 4, 6, 2).flatten(4).flatten(2, 3)
    assert torch.equal(dit.latents(patches, 2, 3), x)


def test_parameters_have_the_published_names() -> None:
    names = set(dict(make().named_parameters()))
    assert {
        "patch_embedding.weight",
        "condition_embedder.time_embedder.linear_1.weight",
        "condition_embedder.time_proj.weight",
        "condition_embedder.text_embedder.linear_2.bias",
        "blocks.0.scale_shift_table",
        "blocks.1.attn1.to_out.0.weight",
        "blocks.1.attn2.norm_k.weight",
        "blocks.0.norm2.weight",
        "blocks.0.ffn.net.0.proj.weight",
        "blocks.0.ffn.net.2.bias",
        "proj_out.weight",
        "scale_shift_table",
    } <= names


def test_training_and_sampling_attend_alike() -> None:
    x, t = torch.randn(2, 2, 4, 2, 3), torch.rand(2, 2) * 1000
    dit = make()
    with torch.no_grad():
        sampled = call(dit, x, t)
    dit.requires_grad_(True)
    assert torch.allclose(call(dit, x, t).detach(), sampled, atol=1e-5)


def test_training_after_sampling() -> None:
    """What sampling keeps for the next step does not stand in the way of gradients."""
    x, t = torch.randn(1, 2, 4, 2, 3), torch.rand(1, 2) * 1000
    dit = make()
    with torch.inference_mode():
        call(dit, x, t)
    dit.requires_grad_(True)
    call(dit, x, t).sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in dit.blocks.parameters() if p.dim() > 1)


def test_times_of_their_own_in_a_batch() -> None:
    x, t = torch.randn(2, 2, 4, 2, 3), torch.rand(2, 2) * 1000
    times = torch.tensor([[0.0, 1.0], [2.0, 5.5]])
    dit = make()
    with torch.no_grad():
        text = torch.randn(1, 3, 8)
        both = dit(x, t, times, dit.context(text.expand(2, -1, -1)))
        alone = [dit(x[i : i + 1], t[i : i + 1], times[i : i + 1], dit.context(text)) for i in range(2)]
    assert torch.allclose(both, torch.cat(alone), atol=1e-5)


def test_a_frames_level_is_its_own() -> None:
    x = torch.randn(1, 2, 4, 2, 3)
    dit = make()
    a = call(dit, x, torch.tensor([[0.0, 500.0]]))
    b = call(dit, x.flip(1), torch.tensor([[500.0, 0.0]]), torch.tensor([[1.0, 0.0]]))
    assert torch.allclose(a, b.flip(1), atol=1e-5)


def test_only_differences_of_time_matter() -> None:
    x, t = torch.randn(1, 3, 4, 2, 3), torch.full((1, 3), 300.0)
    dit = make()
    times = torch.tensor([[0.0, 0.75, 2.5]])
    assert torch.allclose(call(dit, x, t, times), call(dit, x, t, times + 7), atol=1e-4)


def test_wans_share_of_the_axes() -> None:
    assert rotary.axis_sizes(128) == (44, 42, 42)
    assert rotary.axis_sizes(64) == (24, 20, 20)


def test_rotation_keeps_lengths() -> None:
    x = torch.randn(1, 2, 12, 12)
    turned = rotary.rotate(x, *rotary.tables(torch.tensor([[0.0, 1.3]]), 2, 3, 12))
    assert torch.allclose(turned.norm(dim=-1), x.norm(dim=-1), atol=1e-5)


def test_timesteps_are_cosines_then_sines() -> None:
    x = timestep_embedding(torch.tensor([0.0]), 8)
    assert x.tolist() == [[1, 1, 1, 1, 0, 0, 0, 0]]
