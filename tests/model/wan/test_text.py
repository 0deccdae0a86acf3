import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from yingxi.model.wan.folder import read_folder
from yingxi.model.wan.image import ImageEncoder, prepared
from yingxi.model.wan.text import LENGTH, TextEncoder, clean

CPU = torch.device("cpu")
PROMPTS = ["a crane flies over the river", "鹤飞过江", "", "a &amp;amp; b   at\n dusk", "no " * 600]


@pytest.mark.parametrize("family", ["t2v", "i2v"])
def test_words_alone_give_what_diffusers_gives(checkpoint: Callable[[str], Path], family: str) -> None:
    from diffusers import WanPipeline

    path = checkpoint(family)
    pipe = WanPipeline.from_pretrained(path, image_encoder=None, image_processor=None)
    theirs, _ = pipe.encode_prompt(PROMPTS, do_classifier_free_guidance=False, max_sequence_length=LENGTH)
    ours = TextEncoder(read_folder(path), torch.float32, CPU).encode(PROMPTS)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b[: len(a)], rtol=1e-5, atol=1e-5)
        assert not b[len(a) :].any()
    assert len(ours[-1]) == LENGTH
    assert len(ours[2]) == 1


def test_texts_are_cleaned() -> None:
    assert clean(" a  &amp;amp;\n b ") == "a & b"
    assert clean("donâ€™t") == "don't"


def test_encoder_is_read_once_for_known_texts(checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    path = shutil.copytree(checkpoint("t2v"), tmp_path / "copy")
    encoder = TextEncoder(read_folder(path), torch.float32, CPU)
    first = encoder.encode(["a river"])[0]
    shutil.rmtree(path)
    assert torch.equal(encoder.encode(["a river"])[0], first)


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (28, 28), (31, 97)])
def test_pictures_are_read_as_diffusers_reads_them(checkpoint: Callable[[str], Path], shape: tuple[int, int]) -> None:
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    picture = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    processor = CLIPImageProcessorPil.from_pretrained(checkpoint("i2v") / "image_processor")
    theirs = processor(images=Image.fromarray(picture), return_tensors="pt").pixel_values[0]
    torch.testing.assert_close(prepared(picture, processor.to_dict()), theirs, rtol=1e-5, atol=1e-5)


def test_picture_vectors_are_those_of_the_tower(checkpoint: Callable[[str], Path]) -> None:
    from diffusers import WanImageToVideoPipeline

    path = checkpoint("flf2v")
    pictures = list(np.random.default_rng(0).integers(0, 256, (2, 36, 50, 3), dtype=np.uint8))
    pipe = WanImageToVideoPipeline.from_pretrained(path)
    theirs = pipe.encode_image([Image.fromarray(picture) for picture in pictures])
    folder = read_folder(path)
    assert folder.image_encoder
    ours = ImageEncoder(folder, folder.image_encoder, torch.float32, CPU).encode(pictures)
    torch.testing.assert_close(ours[0].unflatten(0, (2, -1)), theirs, rtol=1e-5, atol=1e-5)
