"""A prompt becomes vectors: UMT5's, of the words that are there.

Wan's transformer was trained on 512 vectors a text, zero where there is no word. The encoder masks what is not there,
so only the words are encoded here, and the transformer is told how many zero vectors follow (`DiT.context`).
"""

import html
import re
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from yingxi.core.errors import YingxiError
from yingxi.model.offload import offload
from yingxi.model.wan.folder import Folder, check_numbers, check_tensors, load_tensors

if TYPE_CHECKING:
    from transformers import UMT5EncoderModel

LENGTH = 512


def clean(text: str) -> str:
    """Mojibake mended, entities of HTML read (twice, for those that are escaped twice), white space collapsed."""
    import ftfy

    text = html.unescape(html.unescape(ftfy.fix_text(text)))
    return re.sub(r"\s+", " ", text).strip()


class TextEncoder:
    """The tokenizer and UMT5 of a checkpoint. Loaded when first asked; texts that were encoded are remembered."""

    def __init__(self, folder: Folder, dtype: torch.dtype, device: torch.device, streamed: bool = False) -> None:
        """With `streamed` the encoder's blocks are read from disk while it runs."""
        self.folder = folder
        self.dtype = dtype
        self.device = device
        self.streamed = streamed
        self._checked = False
        self._known: dict[str, Tensor] = {}

    def encode(self, texts: list[str]) -> list[Tensor]:
        """Vectors [n,D] of each text's n tokens, at most 512 (what is longer is cut), the end mark among them.

        The encoder is freed again afterwards: it is larger than most transformers, and its work is done.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            tokens = self._tokens(new)
            model = self._load()
            with torch.inference_mode():
                for text, row in zip(new, tokens, strict=True):
                    ids = torch.tensor([row], device=self.device)
                    vectors = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]
                    self._known[text] = vectors
        return [self._known[text] for text in texts]

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        from transformers import AutoTokenizer

        path = self.folder.path / "tokenizer"
        try:
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        except (OSError, ValueError) as error:
            raise YingxiError(f"{path} cannot be read as a tokenizer ({str(error).splitlines()[0]})") from error
        return [tokenizer(clean(text), truncation=True, max_length=LENGTH).input_ids for text in texts]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each of the encoder's tensors, by the module's name for it."""
        return {_name(stored): shape for stored, shape in self.folder.text_encoder.shapes.items()}

    def check(self) -> None:
        """Raises YingxiError where the files' headers do not fit the configuration."""
        check_tensors(self._empty(), self.folder.text_encoder, _name)

    def _empty(self) -> "UMT5EncoderModel":
        from transformers import UMT5Config, UMT5EncoderModel

        with torch.device("meta"):
            model = UMT5EncoderModel(UMT5Config(**self.folder.text_encoder.config))
        model.encoder.embed_tokens = model.shared
        return model

    def _load(self) -> "UMT5EncoderModel":
        model, part = self._empty(), self.folder.text_encoder
        if self.streamed:
            if not self._checked:
                check_numbers(part)
                self._checked = True
            offload(model.eval(), part.source(), self.device, lambda _: self.dtype, "encoder.block")
            return model
        load_tensors(model, part, part.source(), self.device, lambda _: self.dtype, _name)
        return model


def _name(stored: str) -> str:
    """The embedding is one tensor under two names, of which files have either or both."""
    return "shared.weight" if stored == "encoder.embed_tokens.weight" else stored
