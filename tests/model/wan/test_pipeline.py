"""Each family against diffusers' own pipeline: same noise, same prompt, same latents and frames."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import yingxi
from yingxi.core.clip import Clip, Provenance
from yingxi.core.errors import Refused
from yingxi.core.protocols import StreamingModel
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count
from yingxi.model.wan import load
from yingxi.model.wan.model import Wan

PROMPT, NEGATIVE = "a crane flies over the river at dusk", "no rain"
FRAMES = 9
Find = Callable[[str], Path]


def picture(size: Size, seed: int) -> np.ndarray:
    """Smooth colours [H,W,3]."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((size.width, size.height), Image.Resampling.BICUBIC))


def pipeline(path: Path, pictures: int) -> Any:
    from diffusers import WanImageToVideoPipeline, WanPipeline

    pipe = (WanImageToVideoPipeline if pictures else WanPipeline).from_pretrained(path)
    pipe.set_progress_bar_config(disable=True)
    return pipe


CASES = [
    ("t2v", 0, 6.0),
    ("t2v", 0, 1.0),
    ("i2v", 1, 5.0),
    ("flf2v", 2, 5.0),
    ("ti2v", 0, 5.0),
    ("ti2v", 1, 5.0),
    ("a14b_t2v", 0, (4.0, 3.0)),
    ("a14b_t2v_euler", 0, (4.0, 3.0)),
    ("a14b_i2v", 1, (3.5, 3.5)),
    ("a14b_i2v", 2, (3.5, 2.0)),
]


@pytest.mark.parametrize(("family", "pictures", "guidance"), CASES)
def test_latents_and_frames_are_those_of_diffusers(
    checkpoint: Find, family: str, pictures: int, guidance: float | tuple[float, float]
) -> None:
    path = checkpoint(family)
    wan = load(path, dtype=torch.float32)
    size = Size(5 * wan.capabilities.grid, 3 * wan.capabilities.grid)
    spatial = wan.family.spatial
    shape = (1, wan.family.channels, 1 + FRAMES // 4, size.height // spatial, size.width // spatial)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    given = [picture(size, seed) for seed in range(pictures)]

    pipe = pipeline(path, pictures)
    images = dict(zip(("image", "last_image"), map(Image.fromarray, given), strict=False))
    high, low = guidance if isinstance(guidance, tuple) else (guidance, None)
    options = {"height": size.height, "width": size.width, "num_frames": FRAMES, "num_inference_steps": 5}
    with torch.inference_mode():
        theirs = pipe(
            prompt=PROMPT,
            negative_prompt=NEGATIVE,
            guidance_scale=high,
            guidance_scale_2=low,
            latents=noise.clone(),
            output_type="latent",
            **images,
            **options,
        ).frames
    ours = wan.latents(
        PROMPT,
        noise=noise,
        negative=NEGATIVE,
        steps=5,
        guidance=guidance,
        seconds=FRAMES / wan.capabilities.fps,
        size=size,
        pins=dict(zip((0, -1), given, strict=False)),
    )
    assert (ours - theirs).norm() <= 1e-5 * theirs.norm()
    assert (ours - theirs).abs().max() <= 1e-4 * theirs.abs().max()

    frames = wan.decode(ours)
    video = decoded(pipe, theirs)
    assert frames.shape == video.shape == (FRAMES, size.height, size.width, 3)
    assert frames.std() > 5
    assert np.abs(frames.astype(int) - video).max() <= 1


def test_an_edit_is_that_of_diffusers(checkpoint: Find) -> None:
    from diffusers import WanVideoToVideoPipeline

    path, size, noise = checkpoint("t2v"), Size(80, 48), torch.randn(1, 16, 3, 6, 10)
    frames = np.stack([picture(size, seed) for seed in range(FRAMES)])
    pipe = WanVideoToVideoPipeline.from_pretrained(path)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler.set_timesteps(6)
    # The pipeline draws its own noise: the same generator must give ours.
    theirs = pipe(
        video=[Image.fromarray(frame) for frame in frames],
        prompt=PROMPT,
        height=size.height,
        width=size.width,
        num_inference_steps=6,
        strength=0.7,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(5),
        output_type="latent",
    ).frames
    noise = torch.randn(noise.shape, generator=torch.Generator().manual_seed(5))
    source = Clip(frames, 16.0, Provenance("test", "animation"))
    wan = load(path, dtype=torch.float32)
    ours = wan.latents(PROMPT, source=source, strength=0.7, steps=6, guidance=4.0, noise=noise, size=size)
    assert (ours - theirs).norm() <= 1e-4 * theirs.norm()


def test_a_seed_gives_the_noise_of_diffusers(checkpoint: Find) -> None:
    path = checkpoint("t2v")
    generator = torch.Generator().manual_seed(7)
    with torch.inference_mode():
        theirs = pipeline(path, 0)(
            prompt=PROMPT, height=32, width=48, num_frames=5, num_inference_steps=2, generator=generator,
            output_type="latent",
        ).frames  # fmt: skip
    ours = load(path, dtype=torch.float32).latents(
        PROMPT, seed=7, steps=2, guidance=5.0, size=Size(48, 32), seconds=5 / 16
    )
    assert (ours - theirs).norm() <= 1e-4 * theirs.norm()


def test_bfloat16_is_near(checkpoint: Find) -> None:
    path = checkpoint("a14b_i2v")
    request = {"seed": 3, "steps": 4, "seconds": 5 / 16, "size": Size(48, 32), "pins": {0: picture(Size(48, 32), 0)}}
    exact = load(path, dtype=torch.float32).latents(PROMPT, **request)
    near = load(path, dtype=torch.bfloat16).latents(PROMPT, **request)
    assert (near - exact).norm() <= 0.03 * exact.norm()


def wan_request(**changes: Any) -> Request:
    return Request(**({"prompt": PROMPT, "size": Size(48, 32), "seconds": 0.5, "seed": 3, "steps": 3} | changes))


def quiet(done: int, total: int) -> None:
    pass


@pytest.mark.parametrize("changes", [{}, {"loop": True}, {"seconds": 0}, {"seconds": 0.4}])
def test_run_and_stream_and_previews_agree(checkpoint: Find, changes: dict[str, Any]) -> None:
    wan = load(checkpoint("t2v"))
    request, told, previews = wan_request(**changes), [], []
    clip = wan.run(request, lambda *step: told.append(step), lambda *preview: previews.append(preview))
    assert told == [(1, 3), (2, 3), (3, 3)]
    frames = list(wan.stream(request, quiet))
    assert np.array_equal(np.stack(frames), clip.frames)
    assert isinstance(wan, StreamingModel)
    assert len(frames) == frame_count(request.seconds or 0, 16)
    assert clip.fps == 16
    assert clip.provenance == wan.provenance(request)
    done, shown = previews[-1]
    assert done == 3
    assert np.array_equal(shown, clip.frames)


def test_a_loop_closes(checkpoint: Find) -> None:
    """Frames of a loop's end and start are as near as any neighbours, on average over seeds, and it is 4n long."""
    wan = load(checkpoint("t2v"))
    ratios = []
    for seed in range(4):
        frames = wan.run(wan_request(loop=True, seconds=1.4, seed=seed), quiet).frames.astype(float)
        assert len(frames) == 24
        between = np.abs(np.diff(frames, axis=0, append=frames[:1])).mean((1, 2, 3))
        edges = between[3::4]  # between latents, where a clip changes most
        ratios.append(edges[-1] / edges[:-1].mean())
    assert np.mean(ratios) < 1.2


def test_several_prompts_are_heard_each_in_its_frames(checkpoint: Find) -> None:
    wan = load(checkpoint("i2v"), dtype=torch.float32)
    options = {"size": Size(48, 32), "steps": 2, "pins": {0: picture(Size(48, 32), 0)}}
    one = wan.latents("a crane flies", seconds=1.0, **options)
    same = wan.latents([("a crane flies", 0.5), ("a crane flies", 0.5)], **options)
    assert (same - one).norm() <= 1e-5 * one.norm()
    other = wan.latents([("a crane flies", 0.5), ("no river", 0.5)], **options)
    assert (other - one).norm() > 1e-3 * one.norm()
    change = (other - one).abs().mean((0, 1, 3, 4))
    assert change[3:].mean() > change[:3].mean()
    made = wan.plan(Request([("a", 0.5), ("b", 0.6), ("c", 0.3)], pins=options["pins"]))
    assert made.shots == ((0, "a"), (3, "b"), (5, "c"))
    assert made.latents == 7


def test_weights_are_memory_mapped(checkpoint: Find) -> None:
    maps = Path("/proc/self/maps")
    if not maps.is_file():
        pytest.skip("only Linux tells where memory comes from")
    path = checkpoint("t2v")
    weight = load(path, dtype=torch.float32).transformers.load("dit").blocks[1].ffn.net[2].weight
    found = [line for line in maps.read_text().splitlines() if f"{path}/transformer/" in line]
    spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in found]
    assert any(start <= weight.data_ptr() < stop for start, stop in spans)


def test_blocks_may_be_streamed(checkpoint: Find) -> None:
    request = wan_request(steps=8)
    whole, streamed = (load(checkpoint("a14b_t2v"), offload=offload).run(request, quiet) for offload in (False, True))
    assert whole.digest == streamed.digest


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("t2v", {"pins": {0: 1}}, "pins", "does not take pins"),
    ("t2v", {"size": Size(50, 41)}, "size", "multiples of 16, not 50x41: the nearest size is 48x48"),
    ("t2v", {"fps": 24.0}, "fps", "16 frames a second"),
    ("t2v", {"seconds": 601.0}, "seconds", "clips of 0 to 600 seconds"),
    ("t2v", {"loop": True, "seconds": 0}, "seconds", "a loop needs more than one frame"),
    ("t2v", {"source": 9, "seconds": 2.0}, "seconds", "an edit lasts as long as its source"),
    ("t2v", {"source": 9, "loop": True, "seconds": None}, "source", "a loop of nothing but a prompt"),
    (
        "t2v",
        {"prompt": [("a", 1.0), ("b", 0.05), ("c", 1.0)], "seconds": None},
        "seconds",
        "lasts at least 0.25 seconds",
    ),
    ("t2v", {"prompt": [("a", 1.0), ("b", 1.0)], "seconds": None, "loop": True}, "prompt", "loops one prompt"),
    ("ti2v", {"pins": {3: 1}}, "pins", "can pin only the first frame"),
    ("ti2v", {"pins": {0: 4}, "size": Size(64, 32)}, "pins", "not a clip of 4 frames"),
    ("i2v", {}, "pins", "pin one at 0"),
    ("i2v", {"pins": {-1: 1}}, "pins", "can pin only the first frame"),
    ("i2v", {"pins": {0: 1}, "source": 9}, "source", "does not take source"),
    ("flf2v", {"pins": {0: 1}}, "pins", "pin them at 0 and at -1"),
    ("a14b_i2v", {"pins": {0: 1, 0.25: 1}}, "pins", "0 and at -1, not at 0.25"),
]


@pytest.mark.parametrize(("family", "changes", "rule", "sentence"), REFUSED)
def test_what_cannot_be_made_is_refused_by_name(
    checkpoint: Find, family: str, changes: dict[str, Any], rule: str, sentence: str
) -> None:
    def clip(frames: int) -> Clip:
        return Clip(np.zeros((frames, 32, 48, 3), np.uint8), 16.0, Provenance("test", "animation"))

    made = {key: clip(value) if key == "source" else value for key, value in changes.items()}
    if "pins" in made:
        made["pins"] = {at: clip(count) for at, count in made["pins"].items()}
    wan = load(checkpoint(family))
    with pytest.raises(Refused) as refusal:
        wan.check(wan_request(**({"size": None} | made)))
    assert refusal.value.rule == rule
    assert sentence in str(refusal.value)


def test_a_picture_gives_the_size(checkpoint: Find) -> None:
    wan = load(checkpoint("i2v"))
    for shape, expected in {(480, 832): (832, 480), (832, 480): (480, 832), (500, 500): (624, 624)}.items():
        pins = {0: np.zeros((*shape, 3), np.uint8)}
        made = wan.plan(Request(PROMPT, pins=pins))
        assert (made.size.width, made.size.height) == expected
        assert (made.frames, made.latents) == (81, 21)


def test_recommended_shift_follows_the_size(checkpoint: Find) -> None:
    family = load(checkpoint("i2v")).family
    assert family.shift(Size(832, 480)) == 3.0
    assert family.shift(Size(1280, 720)) == 5.0


def decoded(pipe: Any, latents: torch.Tensor) -> np.ndarray:
    """Frames [T,H,W,3] as diffusers decodes them."""
    config = pipe.vae.config
    mean, std = (torch.tensor(v).view(1, -1, 1, 1, 1) for v in (config.latents_mean, config.latents_std))
    with torch.inference_mode():
        video = pipe.vae.decode(latents * std + mean, return_dict=False)[0]
    return (pipe.video_processor.postprocess_video(video, output_type="np")[0] * 255).round().astype(int)


@pytest.mark.parametrize("family", ["t2v", "a14b_i2v", "ti2v"])
def test_noise_says_how_large_and_how_long(checkpoint: Find, family: str) -> None:
    with yingxi.load(checkpoint(family)) as model:
        wan = model.model
        assert isinstance(wan, Wan)
        size = Size(3 * wan.capabilities.grid, 2 * wan.capabilities.grid)
        pins = {0: picture(size, 0)} if wan.family.needs_picture else {}
        noise = torch.randn(1, wan.family.channels, 3, 4, 6, generator=torch.Generator().manual_seed(1))
        found = model.latents(PROMPT, noise=noise, steps=2, pins=pins)
        assert found.shape == noise.shape
        same = model.latents(PROMPT, noise=noise, steps=2, pins=pins, size=size, seconds=9 / wan.capabilities.fps)
        assert torch.equal(found, same)
        frames = model.decode(found)
        assert frames.shape == (9, size.height, size.width, 3)
        assert frames.dtype == np.uint8
        for wrong in ({"noise": noise[0]}, {"noise": noise, "size": Size(64, 64)}, {"noise": noise, "seconds": 5.0}):
            with pytest.raises(Refused, match="noise"):
                model.latents(PROMPT, steps=2, pins=pins, **wrong)


def test_weights_stored_in_float32_stay_so_on_a_cpu(checkpoint: Find) -> None:
    expected = torch.float32 if not torch.cuda.is_available() else torch.bfloat16
    assert load(checkpoint("t2v")).transformers.dtype == expected
    assert load(checkpoint("t2v"), dtype="bfloat16").transformers.dtype == torch.bfloat16
