"""The text encoder: a sentence in English or Chinese becomes a few vectors, one for each thing a shot can say.

Learned queries ("slots") read the words; while training, each slot is asked for one property of the shot (who, in
what colour, does what, where, when...), so that both languages and all paraphrases land in the same place.

Shapes: B batch, T words, S slots, D width.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.model.block import FeedForward

MAX_WORDS = 64
BUCKETS = 128
_WORD = re.compile(r"[a-z]+|[0-9]+|[\u3400-\u9fff]")


def words(text: str) -> list[str]:
    """Lower-case English words, numbers, and Chinese characters one by one."""
    return _WORD.findall(text.lower())[:MAX_WORDS]


class Tokenizer:
    """Words as numbers. 0 is padding; a word that is not in the vocabulary falls into one of 128 buckets."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._index = {word: i + 1 + BUCKETS for i, word in enumerate(self.vocabulary)}

    @property
    def size(self) -> int:
        return 1 + BUCKETS + len(self.vocabulary)

    def encode(self, text: str) -> list[int]:
        return [self._index.get(word) or 1 + zlib.crc32(word.encode()) % BUCKETS for word in words(text)]

    def batch(self, texts: Iterable[str]) -> Tensor:
        """[B,T] int64, padded with 0 to the longest, at least one word."""
        rows = [self.encode(text) for text in texts]
        longest = max(1, *(len(row) for row in rows)) if rows else 1
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows], dtype=torch.int64)


@dataclass(frozen=True)
class TextConfig:
    vocabulary: int
    slots: int
    width: int = 192
    head: int = 64
    layers: int = 3


class Layer(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = width // config.head
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.ffn = FeedForward(width, 4 * width)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        """`x` [B,L,D]; `hidden` [B,1,1,L] is -inf where there is only padding."""
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5 + hidden
        x = x + self.out((weights.softmax(-1) @ v).transpose(1, 2).flatten(2))
        return x + self.ffn(self.norm2(x))


class TextEncoder(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.position = nn.Parameter(torch.randn(MAX_WORDS, config.width) * 0.02)
        self.slots = nn.Parameter(torch.randn(config.slots, config.width) * 0.02)
        self.layers = nn.ModuleList([Layer(config) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """[B,T] int64 -> [B,S,D]."""
        batch, length = tokens.shape
        x = self.embedding(tokens) + self.position[:length]
        x = torch.cat((x, self.slots.expand(batch, -1, -1)), dim=1)
        padding = F.pad(tokens == 0, (0, self.config.slots))
        hidden = torch.zeros(padding.shape, dtype=x.dtype, device=x.device).masked_fill(padding, -1e4)
        for layer in self.layers:
            x = layer(x, hidden[:, None, None])
        return self.norm(x[:, length:])
