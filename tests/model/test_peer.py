"""Pipelines of diffusers, tiny and random: the clip is the pipeline's own, what it cannot take is named."""

import importlib.util
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from diffusers import (  # noqa: E402
    AutoencoderKLCogVideoX,
    AutoencoderKLLTXVideo,
    CogVideoXDDIMScheduler,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    DDPMPipeline,
    DDPMScheduler,
    FlowMatchEulerDiscreteScheduler,
    LTXImageToVideoPipeline,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    UNet2DModel,
)
from diffusers.utils import logging  # noqa: E402
from PIL import Image  # noqa: E402
from transformers import T5Config, T5EncoderModel  # noqa: E402

from yingxi.core.clip import Clip, Provenance  # noqa: E402
from yingxi.core.errors import Refused, YingxiError  # noqa: E402
from yingxi.core.protocols import VideoModel  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.model import peer  # noqa: E402
from yingxi.model.peer import Peer  # noqa: E402

PICTURE = np.full((40, 100, 3), (200, 30, 10), np.uint8)


def text_encoder(words: Any) -> T5EncoderModel:
    return T5EncoderModel(
        T5Config(vocab_size=len(words), d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2)
    ).eval()


def write_ltx(folder: Path, words: Any) -> None:
    vae = AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4,
        layers_per_block=(1,) * 5, decoder_layers_per_block=(1,) * 5,
    )  # fmt: skip
    network = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        num_layers=1, caption_channels=16,
    )  # fmt: skip
    LTXPipeline(FlowMatchEulerDiscreteScheduler(), vae, text_encoder(words), words, network).save_pretrained(folder)


def write_cogvideo(folder: Path, words: Any) -> None:
    vae = AutoencoderKLCogVideoX(
        latent_channels=4, block_out_channels=(8,) * 4, layers_per_block=1, norm_num_groups=2, sample_height=32,
        sample_width=48,
    )  # fmt: skip
    network = CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=4, time_embed_dim=4,
        text_embed_dim=16, num_layers=1, sample_width=6, sample_height=4, sample_frames=9,
    )  # fmt: skip
    CogVideoXPipeline(words, text_encoder(words), vae, network, CogVideoXDDIMScheduler()).save_pretrained(folder)


@pytest.fixture(scope="module")
def checkpoint(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a family: ``ltx``, ``cogvideo``, or one of Wan's."""
    root = tmp_path_factory.mktemp("pipelines")
    logging.disable_progress_bar()

    def find(family: str) -> Path:
        folder = root / family
        if not folder.exists():
            torch.manual_seed(0)
            own = {"ltx": write_ltx, "cogvideo": write_cogvideo}
            own[family](folder, tiny.tokenizer()) if family in own else tiny.write(folder, family)
        return folder

    return find


@pytest.fixture
def open_peer(checkpoint: Callable[[str], Path]) -> Callable[[str], Peer]:
    def open_(name: str) -> Peer:
        family, hash_, pipeline = name.partition("#")
        return peer.load(f"{checkpoint(family)}{hash_}{pipeline}", torch.float32)

    return open_


def run(model: Peer, **more: Any) -> Clip:
    return model.run(Request(more.pop("prompt", "a crane flies"), **more), lambda done, total: None)


def as_bytes(frames: Any) -> np.ndarray:
    return np.round(np.asarray(frames) * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("family", "fps", "size", "frames"),
    [("ltx", 25, Size(704, 512), 161), ("cogvideo", 8, Size(48, 32), 9), ("t2v", 16, Size(832, 480), 81)],
)
def test_what_a_pipeline_can_do_is_read_from_it(
    open_peer: Callable[[str], Peer], family: str, fps: float, size: Size, frames: int
) -> None:
    model = open_peer(family)
    can = model.capabilities
    assert isinstance(model, VideoModel)
    assert (can.kind, can.fps, can.default_size, can.pins) == ("sampled", fps, size, "none")
    assert can.max_seconds * fps == pytest.approx(frames)
    assert can.grid == (32 if family == "ltx" else 16)
    assert can.any_fps == (family == "ltx")
    assert (can.guidance, can.negative, can.steps) == (True, True, True)


@pytest.mark.parametrize("family", ["ltx", "cogvideo", "t2v"])
def test_a_clip_is_the_pipelines_own(open_peer: Callable[[str], Peer], family: str) -> None:
    model = open_peer(family)
    told: list[tuple[int, int]] = []
    request = Request(
        "a crane flies", seconds=5 / model.capabilities.fps, size=Size(64, 32), seed=7, steps=3, guidance=3.0,
        negative="dusk",
    )  # fmt: skip
    clip = model.run(request, lambda *step: told.append(step))
    more = {"frame_rate": 25.0} if family == "ltx" else {}
    own = model._pipeline(
        prompt="a crane flies", negative_prompt="dusk", width=64, height=32, num_frames=9 if family == "ltx" else 5,
        num_inference_steps=3, guidance_scale=3.0, generator=torch.Generator().manual_seed(7), output_type="np",
        **more,
    ).frames[0]  # fmt: skip
    assert clip.frames.shape == (5, 32, 64, 3)
    assert clip.frames.std() > 1
    assert np.array_equal(clip.frames, as_bytes(own[:5]))
    assert clip.provenance == Provenance(model.name, "sampled", None, 7, "a crane flies")
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_still_and_a_seed(open_peer: Callable[[str], Peer]) -> None:
    model = open_peer("t2v")
    first, again, other = (run(model, seconds=0, size=Size(32, 32), steps=2, seed=seed) for seed in (1, 1, 2))
    assert first.shape.frames == 1
    assert first.digest == again.digest != other.digest


def test_the_rate_is_passed_where_the_pipeline_takes_one(open_peer: Callable[[str], Peer]) -> None:
    model = open_peer("ltx")
    slow, usual = (run(model, seconds=9 / fps, fps=fps, size=Size(32, 32), steps=2) for fps in (5, 25))
    assert (slow.fps, slow.shape.frames, usual.shape.frames) == (5, 9, 9)
    assert slow.digest != usual.digest


@pytest.mark.parametrize("name", ["ltx#LTXImageToVideoPipeline", "i2v"])
def test_a_first_frame(open_peer: Callable[[str], Peer], name: str) -> None:
    model = open_peer(name)
    assert model.capabilities.pins == "first"
    free = {"seconds": 5 / model.capabilities.fps, "size": Size(64, 32), "steps": 2, "seed": 3}
    clip = run(model, pins={0: PICTURE}, **free)
    picture = Image.new("RGB", (64, 32), (200, 30, 10))
    more = {"frame_rate": 25.0} if name != "i2v" else {}
    own = model._pipeline(
        image=picture, prompt="a crane flies", width=64, height=32, num_frames=5 if name == "i2v" else 9,
        num_inference_steps=2, generator=torch.Generator().manual_seed(3), output_type="np", **more,
    ).frames[0]  # fmt: skip
    assert np.array_equal(clip.frames, as_bytes(own[:5]))
    with pytest.raises(Refused, match="first frame, at 0"):
        run(model, pins={-1: PICTURE}, **free)
    with pytest.raises(Refused, match="not a clip"):
        run(model, pins={0: clip}, **free)


def test_the_hash_chooses_the_pipeline(open_peer: Callable[[str], Peer]) -> None:
    assert type(open_peer("ltx")._pipeline) is LTXPipeline
    assert type(open_peer("ltx#LTXImageToVideoPipeline")._pipeline) is LTXImageToVideoPipeline
    for wrong in ("ltx#NoSuchPipeline", "ltx#LTXVideoTransformer3DModel"):
        with pytest.raises(YingxiError, match="has no pipeline"):
            open_peer(wrong)


def test_a_pipeline_that_needs_a_picture_says_so(open_peer: Callable[[str], Peer]) -> None:
    with pytest.raises(Refused, match="pin one at 0"):
        run(open_peer("i2v"))


@pytest.mark.parametrize(
    ("rule", "request_"),
    [
        ("pins", {"pins": {0: PICTURE}}),
        ("fps", {"fps": 30}),
        ("size", {"size": Size(64, 40)}),
        ("seconds", {"seconds": 60}),
        ("loop", {"loop": True}),
        ("source", {"source": Clip(PICTURE[None], 16, Provenance("stage", "animation"))}),
        ("prompt", {"prompt": [("a crane", 1.0), ("a river", 1.0)]}),
    ],
)
def test_what_cannot_be_taken_is_named(open_peer: Callable[[str], Peer], rule: str, request_: dict[str, Any]) -> None:
    model = open_peer("t2v")
    with pytest.raises(Refused) as refused:
        model.check(Request(request_.pop("prompt", "a crane"), **request_))
    assert refused.value.rule == rule


def test_what_the_pipeline_refuses_is_told(open_peer: Callable[[str], Peer], monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_peer("ltx")
    monkeypatch.setattr(model, "capabilities", replace(model.capabilities, grid=1))
    with pytest.raises(YingxiError, match="have to be divisible by 32"):
        run(model, size=Size(40, 32))


def test_pictures_that_are_no_numbers_are_told(open_peer: Callable[[str], Peer]) -> None:
    model = open_peer("t2v")
    with torch.no_grad():
        model._pipeline.transformer.proj_out.bias.fill_(float("nan"))
    with pytest.raises(YingxiError, match="no numbers"):
        run(model, seconds=0, size=Size(32, 32), steps=2)


def test_what_makes_no_video_is_told(tmp_path: Path) -> None:
    unet = UNet2DModel(8, 3, 3, block_out_channels=(8, 8), layers_per_block=1, norm_num_groups=4,
                       down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2)  # fmt: skip
    DDPMPipeline(unet, DDPMScheduler()).save_pretrained(tmp_path)
    with pytest.raises(YingxiError, match="DDPMPipeline, which makes no video from a text"):
        peer.load(str(tmp_path))


def test_what_needs_more_than_a_request_has_is_told(open_peer: Callable[[str], Peer]) -> None:
    with pytest.raises(YingxiError, match="also needs 'video'"):
        open_peer("t2v#LucyEditPipeline")


def test_a_wrong_folder_is_told(checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match="there is no such folder"):
        peer.load("./nowhere")
    with pytest.raises(YingxiError, match="has no model_index"):
        peer.load(str(tmp_path))
    (tmp_path / "model_index.json").write_text("[]")
    with pytest.raises(YingxiError, match="names no pipeline"):
        peer.load(str(tmp_path))
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": ["evil.py", "Evil"]}))
    with pytest.raises(YingxiError, match="programs in a checkpoint are not run"):
        peer.load(str(tmp_path))
    (tmp_path / "model_index.json").write_text("{")
    with pytest.raises(YingxiError, match="not JSON"):
        peer.load(str(tmp_path))
    whole = shutil.copytree(checkpoint("cogvideo"), tmp_path / "broken")
    words = whole / "text_encoder" / "model.safetensors"
    words.write_bytes(words.read_bytes()[:500])
    with pytest.raises(YingxiError, match="deserializing"):
        peer.load(str(whole))
    weights = whole / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(YingxiError, match="diffusers cannot load"):
        peer.load(str(whole))


def test_a_hub_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(YingxiError, match="diffusers cannot load nobody/nothing"):
        peer.load("nobody/nothing")


def test_without_diffusers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("yingxi.core.extras.find_spec", lambda name: None if name == "diffusers" else find(name))
    with pytest.raises(YingxiError, match=r"pip install 'yingxi\[diffusers\]'"):
        peer.load("anything")
