"""Text encoder, diffusion transformer, video autoencoder, flow and checkpoints."""

import os

# Read when torch loads OpenMP: threads that spin while they wait make a busy machine thirty times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# But for some 20 microseconds, the time between two calls: to wake a thread takes twice as long.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
