"""Training the text encoder: read a caption in either language, name every property of the shot it describes."""

from collections import Counter
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from yingxi.core.shot import Shot
from yingxi.core.story import Language
from yingxi.eval.attributes import SLOTS, attributes
from yingxi.model.text import BUCKETS, TextConfig, TextEncoder, Tokenizer, words
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

LANGUAGES: tuple[Language, Language] = ("en", "zh")
UNKNOWN_SHARE = 0.02


def draw_caption(shot: Shot, rng: np.random.Generator) -> str:
    """A random caption in a random language."""
    from yingxi.world.caption import caption

    return caption(shot, LANGUAGES[int(rng.integers(2))], rng)


def build_vocabulary(captions: int = 20000, least: int = 4, seed: int = 7) -> list[str]:
    """Words of at least `least` occurrences in random captions, in order of frequency."""
    from yingxi.world.samples import sample

    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    shot = sample(rng)
    for i in range(captions):
        if i % 2 == 0:
            shot = sample(rng)
        counts.update(words(draw_caption(shot, rng)))
    return [word for word, count in counts.most_common() if count >= least]


class Reading(nn.Module):
    """The encoder with one linear question a slot. The questions are needed in training only."""

    def __init__(self, config: TextConfig, values: dict[str, list[str]]) -> None:
        super().__init__()
        self.values = values
        self.encoder = TextEncoder(config)
        self.questions = nn.ModuleList([nn.Linear(config.width, len(values[slot])) for slot in SLOTS])
        self.index = {slot: {value: i for i, value in enumerate(values[slot])} for slot in SLOTS}

    def labels(self, shots: list[Shot]) -> Tensor:
        """[B,S]; -1 where a value is new."""
        rows = [[self.index[s].get(v, -1) for s, v in attributes(shot).items()] for shot in shots]
        return torch.tensor(rows)

    def forward(self, tokens: Tensor) -> list[Tensor]:
        """Logits for each slot."""
        vectors = self.encoder(tokens)
        return [question(vectors[:, i]) for i, question in enumerate(self.questions)]


def slot_values(shots: list[Shot]) -> dict[str, list[str]]:
    seen: dict[str, set[str]] = {slot: set() for slot in SLOTS}
    for shot in shots:
        for slot, value in attributes(shot).items():
            seen[slot].add(value)
    return {slot: sorted(values) for slot, values in seen.items()}


def _forget(tokens: Tensor, generator: torch.Generator) -> Tensor:
    """Now and then a word becomes an unknown one, so that unknown ones do no harm."""
    chance = torch.rand(tokens.shape, generator=generator)
    buckets = torch.randint(1, 1 + BUCKETS, tokens.shape, generator=generator)
    return torch.where((chance < UNKNOWN_SHARE) & (tokens > 0), buckets, tokens)


def loss(reading: Reading, tokenizer: Tokenizer, pool: list[Shot], team: Team, batch: int, step: int) -> Tensor:
    rng = np.random.default_rng((11, step, team.rank))
    generator = torch.Generator().manual_seed(step * 1000 + team.rank)
    shots = [pool[int(i)] for i in rng.integers(len(pool), size=batch)]
    tokens = tokenizer.batch(draw_caption(shot, rng) if rng.random() > 0.01 else "" for shot in shots)
    logits = reading(_forget(tokens, generator).to(team.device))
    labels = reading.labels(shots).to(team.device)
    losses = [F.cross_entropy(x.float(), labels[:, i], ignore_index=-1) for i, x in enumerate(logits)]
    return torch.stack(losses).mean()


def part(
    team: Team,
    vocabulary: list[str],
    pool: list[Shot],
    batch: int,
    config: TextConfig | None = None,
    dtype: torch.dtype = torch.bfloat16,
) -> Part:
    tokenizer = Tokenizer(vocabulary)
    config = config or TextConfig(vocabulary=tokenizer.size, slots=len(SLOTS))
    torch.manual_seed(0)
    reading = Reading(config, slot_values(pool)).to(team.device, dtype)
    return Part(
        "text", reading, matrices(reading, ["encoder.layers"]), partial(loss, reading, tokenizer, pool, team, batch)
    )


def accuracy(reading: Reading, tokenizer: Tokenizer, shots: list[Shot], language: Language) -> dict[str, float]:
    """Share of slots read right from full captions."""
    from yingxi.world.caption import caption

    with torch.no_grad():
        logits = reading(tokenizer.batch(caption(shot, language) for shot in shots))
    labels = reading.labels(shots)
    return {
        slot: float((x.argmax(-1) == labels[:, i]).float().mean())
        for i, (slot, x) in enumerate(zip(SLOTS, logits, strict=True))
    }
