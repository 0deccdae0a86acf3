"""Tiny Wan checkpoints with random weights, one a family, written by diffusers in the layout of the published ones.

Every parameter is random, those too that start at zero or one, so that nothing hides behind a zero.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    T5TokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

TEXT = 32
IMAGE = 24
PICTURE = 28
PATCHES = (PICTURE // 14) ** 2 + 1


@dataclass(frozen=True)
class Tiny:
    """What sets one family apart from Wan 2.1 text to video."""

    channels: int = 16
    inputs: int = 16
    clip: bool = False
    first_last: bool = False
    experts: int = 1
    index: dict[str, Any] = field(default_factory=dict)
    residual: bool = False
    pipeline: type = WanPipeline
    shift: float = 3.0
    euler: bool = False


FAMILIES: dict[str, Tiny] = {
    "t2v": Tiny(),
    "i2v": Tiny(inputs=36, clip=True, pipeline=WanImageToVideoPipeline),
    "flf2v": Tiny(inputs=36, clip=True, first_last=True, pipeline=WanImageToVideoPipeline),
    "ti2v": Tiny(channels=48, inputs=48, residual=True, index={"expand_timesteps": True}, shift=5.0),
    "a14b_t2v": Tiny(experts=2, index={"boundary_ratio": 0.875}, shift=12.0),
    "a14b_t2v_euler": Tiny(experts=2, index={"boundary_ratio": 0.875}, shift=12.0, euler=True),
    "a14b_i2v": Tiny(
        inputs=36, experts=2, index={"boundary_ratio": 0.9}, shift=5.0, pipeline=WanImageToVideoPipeline
    ),
}


def randomise(module: nn.Module, generator: torch.Generator, gain: float = 1.0) -> nn.Module:
    """Every parameter that is constant becomes random around its constant; matrices grow by `gain`."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(gain if parameter.dim() > 1 else 1.0)
        for parameter in module.parameters():
            if parameter.numel() == 1 or bool((parameter == parameter.flatten()[0]).all()):
                parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    return module.eval()


def tokenizer() -> T5TokenizerFast:
    """A Unigram tokenizer of single characters and a few words, with the special tokens of T5."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -3.0)]
    pieces += [(f"▁{word}", -2.0) for word in ("a", "the", "crane", "flies", "over", "river", "dusk", "at", "no")]
    pieces += [(chr(code), -6.0) for code in range(33, 127)]
    pieces += [(character, -6.0) for character in "鹤飞过江黄昏"]
    fast = Tokenizer(models.Unigram(pieces, unk_id=2))
    fast.normalizer = normalizers.NFKC()
    fast.pre_tokenizer = pre_tokenizers.Metaspace()
    fast.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return T5TokenizerFast(tokenizer_object=fast, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", extra_ids=0)


def transformer(tiny: Tiny, generator: torch.Generator) -> WanTransformer3DModel:
    model = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=24,
        in_channels=tiny.inputs,
        out_channels=tiny.channels,
        text_dim=TEXT,
        freq_dim=32,
        ffn_dim=72,
        num_layers=2,
        image_dim=IMAGE if tiny.clip else None,
        added_kv_proj_dim=48 if tiny.clip else None,
        pos_embed_seq_len=2 * PATCHES if tiny.first_last else None,
    )
    # So that each condition (text, guidance, picture) moves the result by far more than the tests allow.
    randomise(model, generator, gain=2.0)
    return model


def vae(tiny: Tiny, generator: torch.Generator) -> AutoencoderKLWan:
    options: dict[str, Any] = {"base_dim": 8, "z_dim": tiny.channels, "dim_mult": [1, 1, 2, 2], "num_res_blocks": 1}
    if tiny.residual:
        options |= {
            "decoder_base_dim": 8,
            "is_residual": True,
            "patch_size": 2,
            "in_channels": 12,
            "out_channels": 12,
            "scale_factor_spatial": 16,
            "latents_mean": (0.3 * torch.randn(tiny.channels, generator=generator)).tolist(),
            "latents_std": (0.5 + torch.rand(tiny.channels, generator=generator)).tolist(),
        }
    model = AutoencoderKLWan(**options)
    randomise(model, generator)
    return model


def parts(family: str, seed: int = 0) -> dict[str, Any]:
    """The components of a pipeline by name."""
    tiny = FAMILIES[family]
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        words = tokenizer()
        text = UMT5EncoderModel(
            UMT5Config(vocab_size=len(words), d_model=TEXT, d_kv=8, d_ff=48, num_layers=2, num_heads=4)
        )
        made: dict[str, Any] = {
            "tokenizer": words,
            "text_encoder": randomise(text, generator),
            "vae": vae(tiny, generator),
            "transformer": transformer(tiny, generator),
            "transformer_2": transformer(tiny, generator) if tiny.experts == 2 else None,
            "scheduler": FlowMatchEulerDiscreteScheduler(shift=tiny.shift)
            if tiny.euler
            else UniPCMultistepScheduler(
                prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=tiny.shift
            ),
        }
        if tiny.clip:
            config = CLIPVisionConfig(
                hidden_size=IMAGE,
                intermediate_size=40,
                num_hidden_layers=3,
                num_attention_heads=2,
                image_size=PICTURE,
                patch_size=14,
            )
            made["image_encoder"] = randomise(CLIPVisionModel(config), generator)
            made["image_processor"] = CLIPImageProcessor(
                size={"shortest_edge": PICTURE}, crop_size={"height": PICTURE, "width": PICTURE}
            )
    return made | tiny.index


def write(folder: Path, family: str, *, seed: int = 0, shard: str | None = None) -> Path:
    """A checkpoint of `family` (a key of FAMILIES) in `folder`; `shard` is the greatest size of a file, as "40KB"."""
    pipeline = FAMILIES[family].pipeline(**parts(family, seed))
    if shard is None:
        pipeline.save_pretrained(folder)
    else:
        pipeline.save_pretrained(folder, max_shard_size=shard)
    return folder
