"""Wan's video autoencoders against those of diffusers, number by number."""

from collections.abc import Mapping
from typing import Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.model.wan.vae import WanVAE, WanVAEConfig  # noqa: E402

WAN_22 = {
    "base_dim": 160,
    "decoder_base_dim": 256,
    "z_dim": 48,
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "patch_size": 2,
    "scale_factor_spatial": 16,
    "clip_output": False,
    "latents_mean": [0.1] * 48,
    "latents_std": [0.9] * 48,
}
TINY = {"base_dim": 8, "z_dim": 3, "latents_mean": [0.2, -0.1, 0.4], "latents_std": [1.5, 0.7, 1.1]}
KINDS = {"2.1": TINY, "2.2": WAN_22 | TINY | {"decoder_base_dim": 16}}


def reference(kind: str) -> Any:
    torch.manual_seed(0)
    model = diffusers.AutoencoderKLWan(**{k: v for k, v in KINDS[kind].items() if k != "clip_output"})
    for name, parameter in model.requires_grad_(False).named_parameters():
        if "gamma" in name:
            parameter.uniform_(0.5, 1.5)
    return model.eval()


def ours(theirs: Any) -> WanVAE:
    vae = WanVAE(WanVAEConfig.from_diffusers(theirs.config)).requires_grad_(False)
    vae.load_state_dict(theirs.state_dict())
    return vae


def statistics(theirs: Any) -> tuple[Any, Any]:
    mean, std = (torch.tensor(theirs.config[k]).view(1, -1, 1, 1, 1) for k in ("latents_mean", "latents_std"))
    return mean, std


def error(a: Any, b: Any) -> float:
    """The largest difference, relative to the largest number."""
    assert a.shape == b.shape
    return ((a - b).abs().max() / b.abs().max()).item()


@pytest.mark.parametrize("config", [{}, WAN_22], ids=["2.1", "2.2"])
def test_published_checkpoints_fit(config: Mapping[str, Any]) -> None:
    with torch.device("meta"):
        theirs = diffusers.AutoencoderKLWan(**{k: v for k, v in config.items() if k != "clip_output"})
        vae = WanVAE(WanVAEConfig.from_diffusers(config))
    shapes = {name: tensor.shape for name, tensor in theirs.state_dict().items()}
    assert {name: tensor.shape for name, tensor in vae.state_dict().items()} == shapes
    default = {k: theirs.config[k] for k in ("latents_mean", "latents_std")}
    assert {k: list(getattr(vae.config, k)) for k in default} == default


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("latents", "height", "width"), [(1, 3, 5), (2, 2, 3), (3, 1, 2), (4, 3, 2)])
def test_equal_to_diffusers(kind: str, latents: int, height: int, width: int) -> None:
    theirs = reference(kind)
    vae, (mean, std) = ours(theirs), statistics(theirs)
    z = torch.randn(1, 3, latents, height, width)
    assert error(vae.decode(z), theirs.decode(z * std + mean).sample) < 1e-5
    x = torch.rand(1, 3, 4 * latents - 3, vae.config.scale * height, vae.config.scale * width) * 2 - 1
    assert error(vae.encode(x), (theirs.encode(x).latent_dist.mode() - mean) / std) < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_strips_of_rows_leave_no_seam(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vae = ours(reference(kind))
    z = torch.randn(1, 3, 3, 3, 2)
    x = torch.rand(1, 3, 5, vae.config.scale * 3, vae.config.scale * 2) * 2 - 1
    whole = vae.decode(z), vae.encode(x)
    monkeypatch.setattr("yingxi.model.wan.vae_causal.STRIP", 1)
    assert error(vae.decode(z), whole[0]) < 1e-5
    assert error(vae.encode(x), whole[1]) < 1e-5


def test_each_clip_of_a_batch_stands_by_itself() -> None:
    vae = ours(reference("2.1"))
    z = torch.randn(2, 3, 2, 2, 2)
    x = vae.decode(z)
    assert torch.equal(x[1:], vae.decode(z[1:]))
    assert torch.equal(vae.encode(x)[1:], vae.encode(x[1:]))


def test_a_stream_is_the_whole_in_parts() -> None:
    vae = ours(reference("2.2"))
    z = torch.randn(1, 3, 4, 2, 2)
    chunks = list(vae.stream(z))
    assert [c.shape[2] for c in chunks] == [1, 4, 4, 4]
    assert torch.equal(torch.cat(chunks, 2), vae.decode(z))


def test_two_streams_do_not_meet() -> None:
    vae = ours(reference("2.1"))
    z = torch.randn(2, 3, 3, 2, 2)
    both = zip(vae.stream(z[:1]), vae.stream(z[1:]), strict=True)
    assert torch.equal(torch.cat([torch.cat(pair) for pair in both], 2), vae.decode(z))


def test_a_warmed_up_stream_gives_four_frames_for_each_latent() -> None:
    vae = ours(reference("2.1"))
    z = torch.randn(1, 3, 3, 2, 2)
    warmed = torch.cat((z[:, :, -2:], z), 2)
    frames = torch.cat(list(vae.stream(warmed, discard=2)), 2)
    assert frames.shape[2] == 12
    assert torch.equal(frames, vae.decode(warmed)[:, :, 5:])


def test_memory_does_not_grow_with_the_number_of_frames() -> None:
    """What a stream holds after three chunks, it holds after six."""
    from yingxi.model.wan.vae_causal import Past

    vae = ours(reference("2.2"))

    def held(latents: int) -> int:
        past = Past()
        with torch.no_grad():
            for _ in range(latents):
                vae.decoder(torch.randn(1, 4, 4, 3), past)
                past.first = False
        frames = [f for kept in (*past.seen.values(), *past.spare.values()) for f in kept if f is not None]
        return sum(storage for storage in {f.data_ptr(): f.untyped_storage().nbytes() for f in frames}.values())

    assert held(3) == held(6)


def test_half_precision_is_as_near_as_that_of_diffusers() -> None:
    theirs = reference("2.1")
    vae, (mean, std) = ours(theirs), statistics(theirs)
    z = torch.randn(1, 3, 3, 3, 2)
    exact = vae.decode(z)
    rounded = theirs.to(torch.bfloat16).decode((z * std + mean).bfloat16()).sample
    assert error(vae.to(torch.bfloat16).decode(z).float(), exact) < 1.5 * error(rounded.float(), exact)


def test_new_weights_are_used() -> None:
    theirs = reference("2.1")
    vae = ours(theirs)
    z = torch.randn(1, 3, 2, 2, 2)
    before = vae.decode(z)
    vae.load_state_dict({name: -t for name, t in theirs.state_dict().items()})
    after = vae.decode(z)
    assert error(after, before) > 0.1
    vae.load_state_dict(theirs.state_dict())
    assert torch.equal(vae.decode(z), before)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((1, 3, 4, 16, 16), "frames, one and then fours, not 4"), ((1, 3, 5, 16, 20), "multiples of 8, not 20x16")],
)
def test_clips_that_do_not_fit_are_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(YingxiError, match=message):
        ours(reference("2.1")).encode(torch.zeros(shape))


def test_foreign_latents_are_refused() -> None:
    with pytest.raises(YingxiError, match="3 channels, not 4"):
        ours(reference("2.1")).decode(torch.zeros(1, 4, 1, 2, 2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attn_scales": [0.5]}, "attn_scales"),
        ({"patch_size": 2}, "12 channels in and out"),
        ({"temperal_downsample": [False, False, True]}, "halves time twice"),
        ({"latents_std": [1.0]}, "16 numbers each"),
    ],
)
def test_other_autoencoders_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(YingxiError, match=message):
        WanVAEConfig.from_diffusers(change)
