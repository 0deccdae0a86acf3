"""Training the video autoencoder on four-frame pieces of the stage's clips."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from yingxi.model.pixels import to_tensor
from yingxi.model.vae import FRAMES, PIXELS, VideoVAE, patches
from yingxi.train.loop import Part
from yingxi.train.muon import matrices
from yingxi.train.parallel import Team
from yingxi.train.shards import halved

STILL_SHARE = 0.15
NOISE = 0.5
BEND = 0.5
CROP = 160
WHOLE = 4
"""A batch of whole pictures has this many times fewer pieces than one of crops."""

Shards = list[NDArray[np.uint8]]


def pieces(shards: Shards, count: int, rng: np.random.Generator, crop: int | None = None) -> Tensor:
    """Random four-frame pieces [N,4,3,H,W] of one size, or `crop` pixels of them; some of them a still, held."""
    first = shards[int(rng.integers(len(shards)))]
    alike = [shard for shard in shards if shard.shape[1:] == first.shape[1:]]
    rows = []
    for _ in range(count):
        shard = alike[int(rng.integers(len(alike)))]
        piece = np.asarray(shard[int(rng.integers(len(shard)))])
        if crop:
            _, height, width, _ = piece.shape
            y, x = int(rng.integers(max(0, height - crop) + 1)), int(rng.integers(max(0, width - crop) + 1))
            piece = piece[:, y : y + crop, x : x + crop]
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


Worsen = Callable[[Tensor, torch.Generator], Tensor]
"""Latents [N,C,h,w] of whole pictures -> the same with the errors of the transformer's samples."""


def loss(vae: VideoVAE, shards: Shards, team: Team, batch: int, worsen: Worsen, step: int) -> Tensor:
    """Of crops, at any place of the patches' grid, or of a few whole pictures.

    A sampled latent is never quite right, and the decoder learns to expect that: crops have noise in them, whole
    pictures the transformer's own errors.
    """
    whole = np.random.default_rng((13, step)).random() < 0.5
    rng = np.random.default_rng((13, step, team.rank))
    x = pieces(shards, max(1, batch // WHOLE), rng) if whole else pieces(shards, batch, rng, CROP)
    x = x.to(team.device, non_blocking=True)
    generator = torch.Generator(team.device).manual_seed(int(rng.integers(2**31)))
    dtype = vae.from_latent.weight.dtype
    z = vae.encode(x.to(dtype))
    if whole:
        z = worsen(z, generator)
    else:
        amount = NOISE * torch.rand(len(z), 1, 1, 1, generator=generator, device=team.device)
        z = z + (amount * torch.randn(z.shape, generator=generator, device=team.device)).to(dtype)
    return picture_loss(vae.decode(z), x)


@torch.no_grad()
def fit_components(vae: VideoVAE, shards: Shards, batches: int = 24, each: int = 4, seed: int = 5) -> None:
    """Set the principal components of patches, from `batches` of `each` random pieces, whole and at half their size.

    A component of deviation d is scaled to d ** BEND, and all together to a mean square of 1: wholly whitened, faint
    detail would drown the picture's layout in the diffusion loss; not at all, it would never be drawn.
    """
    rng = np.random.default_rng(seed)
    count, sums, products = 0, torch.zeros(PIXELS), torch.zeros(PIXELS, PIXELS)
    for _ in range(batches):
        whole = pieces(shards, each, rng)
        for x in (patches(whole).flatten(0, 1), patches(halved(whole)).flatten(0, 1)):
            count, sums, products = count + len(x), sums + x.sum(0), products + x.T @ x
    mean = sums / count
    values, vectors = torch.linalg.eigh(products / count - mean[:, None] * mean)
    channels = vae.config.channels
    deviations = values.flip(0)[:channels].clamp(min=1e-8).sqrt()
    wanted = deviations**BEND
    wanted = wanted / wanted.square().mean().sqrt()
    vae.mean.copy_(mean)
    vae.basis.copy_(vectors.flip(1).T[:channels])
    vae.scale.copy_(wanted / deviations)


@torch.no_grad()
def fit_scales(
    vae: VideoVAE, shards: Shards, batches: int = 24, each: int = 4, seed: int = 6
) -> tuple[Tensor, Tensor, Tensor]:
    """Mean of each latent channel; the deviation of all together, one number for every channel, or the layout would
    not stand out from faint detail; and the channels' variances in that measure. Each [C]."""
    rng = np.random.default_rng(seed)
    rows = [vae.encode(pieces(shards, each, rng)).movedim(1, -1).flatten(0, 2) for _ in range(batches)]
    z = torch.cat(rows)
    std = z.var(0).mean().sqrt().clamp(min=1e-3)
    return z.mean(0), std.expand(z.shape[1]), z.var(0) / std.square()


def psnr(y: Tensor, x: Tensor) -> float:
    """Mean over samples, in decibels, of pictures in -1..1."""
    errors = (y.float().clamp(-1, 1) - x).square().flatten(1).mean(1) / 4
    return float((-10 * errors.log10()).mean())


@torch.no_grad()
def measure(vae: VideoVAE, x: Tensor) -> float:
    return psnr(vae.decode(vae.encode(x.to(vae.from_latent.weight.dtype))), x)


def part(team: Team, shards: Shards, batch: int, vae: VideoVAE, worsen: Worsen) -> Part:
    """`vae` has its components."""
    chosen = matrices(vae, ["decoder"])
    return Part("vae", vae, chosen, partial(loss, vae, shards, team, batch, worsen))
