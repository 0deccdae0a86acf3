"""Text encoder, diffusion transformer, video autoencoder, flow and checkpoints."""
