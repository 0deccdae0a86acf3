"""The sizes that `compare.py` knows, and checkpoints of them with random weights, written by diffusers."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from diffusers.pipelines.wan.pipeline_wan import WanPipeline
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from diffusers.utils import logging
from transformers import UMT5Config, UMT5EncoderModel

sys.path.append(str(Path(__file__).parent.parent / "tests" / "model" / "wan"))

from tiny import randomise, tokenizer  # pyright: ignore[reportMissingImports]


@dataclass(frozen=True)
class Scale:
    """A checkpoint's sizes and the clip it is timed on.

    `residual` is the autoencoder of Wan 2.2 (4x16x16) in place of Wan 2.1's (4x8x8), with timesteps by the token.
    `decodes` is False where text encoder and autoencoder are there for form alone.
    """

    heads: int
    head: int
    layers: int
    ffn: int
    text: int
    base: int
    decoder: int
    residual: bool
    width: int
    height: int
    frames: int
    decodes: bool = True

    @property
    def channels(self) -> int:
        return 48 if self.residual else 16

    @property
    def latents(self) -> tuple[int, ...]:
        """[1,C,F,h,w]."""
        spatial = 16 if self.residual else 8
        return 1, self.channels, 1 + self.frames // 4, self.height // spatial, self.width // spatial

    @property
    def tokens(self) -> int:
        _, _, frames, rows, columns = self.latents
        return frames * rows * columns // 4

    @property
    def fps(self) -> int:
        return 24 if self.residual else 16

    @property
    def step_operations(self) -> tuple[float, float]:
        """Operations of a guided step's matrix products: without text tokens, and for each of them.

        Only what a step cannot do without: both branches share the first block's self-attention, and the text's keys
        and values are there before the first step.
        """
        width = self.heads * self.head
        itself = self.tokens * 2 * width * (4 * width + 2 * self.tokens)
        rest = self.tokens * 2 * width * (2 * width + 2 * self.ffn)
        borders = self.tokens * 2 * width * 4 * self.channels
        both = 2 * self.layers
        return both * (itself + rest) - itself + 3 * borders, both * self.tokens * 4 * width

    def note(self) -> str:
        made = f"transformer of {self.layers} layers, width {self.heads * self.head}, {self.tokens} tokens"
        clip = f"{self.frames} frames of {self.width}x{self.height}"
        vae = f"Wan {'2.2' if self.residual else '2.1'} autoencoder, decoder base {self.decoder}"
        return f"{made}; {clip}; {vae if self.decodes else 'transformer only'}"


SCALES = {
    "tiny": Scale(2, 24, 2, 72, 32, 8, 8, True, 96, 64, 9),
    "nano": Scale(3, 128, 12, 1536, 384, 24, 32, True, 448, 256, 33),
    "middle": Scale(6, 128, 8, 4480, 768, 32, 32, False, 448, 256, 17),
    "1.3b": Scale(12, 128, 30, 8960, 4096, 8, 8, False, 448, 256, 17, decodes=False),
}


def write(folder: Path, scale: Scale) -> None:
    """The checkpoint in `folder`: float32, the transformer in bfloat16 where it is large."""
    logging.disable_progress_bar()
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    words = tokenizer()
    text = UMT5EncoderModel(
        UMT5Config(
            vocab_size=len(words),
            d_model=scale.text,
            d_kv=64,
            d_ff=2 * scale.text,
            num_layers=4 if scale.decodes else 1,
            num_heads=max(1, scale.text // 64),
        )
    )
    wan22 = {
        "is_residual": True,
        "patch_size": 2,
        "in_channels": 12,
        "out_channels": 12,
        "scale_factor_spatial": 16,
        "latents_mean": [0.0] * scale.channels,
        "latents_std": [1.0] * scale.channels,
    }
    vae = AutoencoderKLWan(
        base_dim=scale.base,
        decoder_base_dim=scale.decoder,
        z_dim=scale.channels,
        **(wan22 if scale.residual else {}),
    )
    torch.set_default_dtype(torch.float32 if scale.decodes else torch.bfloat16)
    transformer = WanTransformer3DModel(
        num_attention_heads=scale.heads,
        attention_head_dim=scale.head,
        in_channels=scale.channels,
        out_channels=scale.channels,
        text_dim=scale.text,
        ffn_dim=scale.ffn,
        num_layers=scale.layers,
    )
    torch.set_default_dtype(torch.float32)
    scheduler: Any = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0)
    WanPipeline(
        tokenizer=words,
        text_encoder=text,
        vae=randomise(vae, generator),
        transformer=randomise(transformer, generator) if scale.decodes else transformer,
        scheduler=scheduler,
        expand_timesteps=scale.residual,
    ).save_pretrained(folder)


def described(scale: Scale) -> dict[str, Any]:
    operations, per_word = scale.step_operations
    clip = {name: getattr(scale, name) for name in ("width", "height", "frames", "fps", "latents")}
    return {
        "note": scale.note(),
        "decodes": scale.decodes,
        "clip": clip,
        "operations": operations,
        "operations_per_word": per_word,
    }


def main() -> None:
    """Writes the checkpoint of a size to a folder, and says as JSON what it is."""
    size, folder = sys.argv[1:]
    write(Path(folder), SCALES[size])
    print(json.dumps(described(SCALES[size])))


if __name__ == "__main__":
    main()
