"""Autoencoder, text, flow, sampling and pins."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from yingxi.core.clip import Clip, Provenance  # noqa: E402
from yingxi.core.errors import Refused  # noqa: E402
from yingxi.model import flow, pixels  # noqa: E402
from yingxi.model.flow import Schedule  # noqa: E402
from yingxi.model.pins import check_apart, picture_time, place  # noqa: E402
from yingxi.model.sampling import Window, windows  # noqa: E402
from yingxi.model.text import BUCKETS, MAX_WORDS, TextConfig, TextEncoder, Tokenizer, words  # noqa: E402
from yingxi.model.vae import PIXELS, VAEConfig, VideoVAE  # noqa: E402

TINY = VAEConfig(channels=6, width=64, ffn=64, decoder=1, features=8, convolutions=1)


def test_the_autoencoder_keeps_shapes_and_lengths() -> None:
    vae = VideoVAE(TINY).requires_grad_(False)
    x = torch.rand(2, 4, 3, 32, 48) * 2 - 1
    z = vae.encode(x)
    assert z.shape == (2, 6, 2, 3)
    assert vae.decode(z).shape == x.shape


def test_with_all_components_nothing_is_lost() -> None:
    vae = VideoVAE(VAEConfig(channels=PIXELS, width=64, ffn=64, decoder=1, features=8, convolutions=1))
    vae.basis.copy_(torch.linalg.qr(torch.randn(PIXELS, PIXELS)).Q)
    x = torch.rand(1, 4, 3, 16, 32) * 2 - 1
    with torch.no_grad():
        assert torch.allclose(vae.decode(vae.encode(x)), x, atol=1e-3)


def test_pictures_of_another_aspect_are_padded_if_asked() -> None:
    fitted = pixels.fit(np.full((1, 40, 40, 3), 200, np.uint8), 60, 30, "pad")
    assert fitted.shape == (1, 30, 60, 3)
    assert (fitted[:, :, 15:45] == 200).all()
    assert not fitted[:, :, :15].any()
    assert not fitted[:, :, 45:].any()


def test_bytes_survive_the_way_to_numbers_and_back() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3), dtype=np.uint8)
    assert np.array_equal(pixels.to_bytes(pixels.to_tensor(frames)), frames)


def test_pictures_are_cropped_to_the_aspect() -> None:
    frames = np.zeros((1, 100, 100, 3), np.uint8)
    frames[:, 30:70] = 255
    fitted = pixels.fit(frames, 50, 20)
    assert fitted.shape == (1, 20, 50, 3)
    assert fitted.min() > 230


def test_words_of_both_languages() -> None:
    assert words("The Monkey-King's 2 孙悟空!") == ["the", "monkey", "king", "s", "2", "孙", "悟", "空"]


def test_unknown_words_fall_into_buckets() -> None:
    tokenizer = Tokenizer(["monk", "僧"])
    known, unknown = tokenizer.encode("monk zyzzyva")
    assert known == 1 + BUCKETS
    assert 1 <= unknown <= BUCKETS


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    tokens = Tokenizer(["a"]).batch([text])
    assert tokens.shape[1] <= MAX_WORDS
    assert tokens.max() < Tokenizer(["a"]).size


def test_padding_does_not_change_a_sentence() -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(["a", "monk", "bows"])
    encoder = TextEncoder(TextConfig(tokenizer.size, 3, 64, 64, 2)).requires_grad_(False)
    alone = encoder(tokenizer.batch(["a monk"]))
    beside = encoder(tokenizer.batch(["a monk", "a monk bows a monk bows"]))
    assert torch.allclose(alone[0], beside[0], atol=1e-5)


@given(st.integers(1, 60), st.floats(1, 8))
def test_levels_fall_from_one_to_zero(steps: int, shift: float) -> None:
    levels = Schedule(steps, shift).levels()
    assert levels[0] == pytest.approx(1)
    assert levels[-1] == 0
    assert all(a > b for a, b in pairwise(levels))


@pytest.mark.parametrize("rotate", [False, True])
def test_a_perfect_prediction_is_reached(rotate: bool) -> None:
    wanted = torch.ones(1, 3, 2, 1, 1)
    made = flow.sample(lambda x, _: torch.ones_like(x), torch.randn(wanted.shape), Schedule(5), rotate=rotate)
    assert torch.allclose(made, wanted, atol=1e-5)


def test_rotation_is_undone() -> None:
    noise = torch.arange(4.0)[None, :, None, None, None]
    made = flow.sample(lambda x, _: x, noise, Schedule(6), rotate=True)
    assert torch.equal(made, noise)


@given(st.integers(1, 40), st.integers(3, 8), st.sets(st.integers(0, 39)))
def test_windows_make_every_frame_once(total: int, window: int, known: set[int]) -> None:
    there = {i for i in known if i < total}
    for plan in windows(total, window, set(there)):
        inside = range(plan.start, plan.stop)
        assert 0 <= plan.start < plan.stop <= plan.start + window
        assert set(plan.fresh) <= set(inside)
        assert not set(plan.fresh) & there
        assert {i for i in inside if i not in plan.fresh} <= there
        assert plan.fresh.start == 0 or plan.start < plan.fresh.start or plan.fresh.stop in there
        there |= set(plan.fresh)
    assert there >= set(range(total))


def test_windows_meet_what_is_known() -> None:
    assert windows(6, 4) == [Window(0, 4, range(4)), Window(2, 6, range(4, 6))]
    assert windows(6, 4, {0, 1, 2}) == [Window(1, 5, range(3, 5)), Window(2, 6, range(5, 6))]
    assert windows(6, 4, {5}) == [Window(2, 6, range(2, 5)), Window(0, 4, range(2))]
    assert windows(6, 4, {0, 5}) == [Window(0, 3, range(1, 3)), Window(2, 6, range(3, 5))]
    assert windows(6, 4, {0, 1, 2, 3, 4, 5}) == []


@given(st.integers(5, 40))
def test_a_long_loop_ends_beside_its_beginning(total: int) -> None:
    plans = windows(total, 4, loop=True)
    assert [i for plan in plans for i in plan.fresh] == list(range(total))
    assert plans[-1].stop == total + 1


def test_strength_is_the_share_of_steps_that_are_run() -> None:
    whole, part = Schedule(10).levels(), Schedule(10, strength=0.6).levels()
    assert part == whole[-7:]
    assert Schedule(10, strength=0.6).count == 6
    assert Schedule(10, strength=0.01).count == 1


def picture(frames: int = 1) -> np.ndarray:
    return np.zeros((frames, 4, 4, 3), np.uint8)


def test_pins_are_placed() -> None:
    clip = Clip(picture(3), 12, Provenance("stage", "animation"))
    assert place(0, picture()[0], 16, 12).start == 0
    assert place(-1, picture()[0], 16, 12).start == 15
    assert place(-1, clip, 16, 12).start == 13
    assert place(0.5, picture()[0], 16, 12).start == 6
    assert picture_time(1.5) == 0


@pytest.mark.parametrize("key", [16, -17, 14])
def test_pins_that_do_not_fit_are_refused(key: int) -> None:
    with pytest.raises(Refused, match="pin at"):
        place(key, picture(3), 16, 12)


def test_pins_may_not_overlap() -> None:
    with pytest.raises(Refused, match="both want frame 2"):
        check_apart({0: picture(3), 2: picture()[0]}, 16, 12)
