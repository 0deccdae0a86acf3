"""Training the video autoencoder on four-frame pieces of the stage's clips."""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from yingxi.model.pixels import to_tensor
from yingxi.model.vae import FRAMES, VAEConfig, VideoVAE, patches
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team

STILL_SHARE = 0.15
NOISE = 0.5
BEND = 0.5

Shards = list[NDArray[np.uint8]]


def pieces(shards: Shards, count: int, rng: np.random.Generator) -> Tensor:
    """Random four-frame pieces [N,4,3,H,W]; some of them a still, held."""
    rows = []
    for _ in range(count):
        shard = shards[int(rng.integers(len(shards)))]
        clip = shard[int(rng.integers(len(shard)))]
        start = int(rng.integers(len(clip) - FRAMES + 1))
        piece = np.asarray(clip[start : start + FRAMES])
        if rng.random() < STILL_SHARE:
            piece = np.repeat(piece[:1], FRAMES, axis=0)
        rows.append(piece)
    return to_tensor(np.stack(rows))


def _slopes(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return x.diff(dim=-1), x.diff(dim=-2), x.diff(dim=1)


def picture_loss(y: Tensor, x: Tensor) -> Tensor:
    """Absolute error of pixels and of their differences in space and time, which keeps edges sharp."""
    y = y.float()
    loss = F.l1_loss(y, x) + 0.5 * F.mse_loss(y, x)
    for weight, a, b in zip((0.5, 0.5, 0.25), _slopes(y), _slopes(x), strict=True):
        loss = loss + weight * F.l1_loss(a, b)
    return loss


def loss(vae: VideoVAE, shards: Shards, team: Team, batch: int, step: int) -> Tensor:
    rng = np.random.default_rng((13, step, team.rank))
    generator = torch.Generator().manual_seed(step * 1000 + team.rank)
    x = pieces(shards, batch, rng)
    dtype = vae.from_latent.weight.dtype
    z = vae.encode(x.to(dtype))
    # A sampled latent is never quite right: the decoder learns to expect that.
    amount = NOISE * torch.rand(len(z), 1, 1, 1, generator=generator)
    z = z + (amount * torch.randn(z.shape, generator=generator)).to(dtype)
    return picture_loss(vae.decode(z), x)


@torch.no_grad()
def fit_components(vae: VideoVAE, shards: Shards, count: int = 400, seed: int = 5) -> None:
    """Set the principal components of patches, from `count` random pieces.

    A component of deviation d is scaled to d ** BEND, and all together to a mean square of 1: wholly whitened, faint
    detail would drown the picture's layout in the diffusion loss; not at all, it would never be drawn.
    """
    x = patches(pieces(shards, count, np.random.default_rng(seed))).flatten(0, 1)
    mean = x.mean(0)
    values, vectors = torch.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    channels = vae.config.channels
    deviations = values.flip(0)[:channels].clamp(min=1e-8).sqrt()
    wanted = deviations**BEND
    wanted = wanted / wanted.square().mean().sqrt()
    vae.mean.copy_(mean)
    vae.basis.copy_(vectors.flip(1).T[:channels])
    vae.scale.copy_(wanted / deviations)


def psnr(y: Tensor, x: Tensor) -> float:
    """Mean over samples, in decibels, of pictures in -1..1."""
    errors = (y.float().clamp(-1, 1) - x).square().flatten(1).mean(1) / 4
    return float((-10 * errors.log10()).mean())


@torch.no_grad()
def measure(vae: VideoVAE, x: Tensor) -> float:
    dtype = vae.from_latent.weight.dtype
    return psnr(vae.decode(vae.encode(x.to(dtype))), x)


def part(team: Team, shards: Shards, batch: int, config: VAEConfig, dtype: torch.dtype = torch.bfloat16) -> Part:
    torch.manual_seed(1)
    vae = VideoVAE(config)
    fit_components(vae, shards)
    vae = vae.to(dtype)
    return Part("vae", vae, matrices(vae, ["decoder"]), partial(loss, vae, shards, team, batch))
