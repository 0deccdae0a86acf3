"""Text encoder, diffusion transformer, video autoencoder, flow and checkpoints."""

import os

# Read when torch loads OpenMP: threads that spin while they wait make a busy machine thirty times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
