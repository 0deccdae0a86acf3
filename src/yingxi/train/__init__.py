"""Recipes that make the models in the box: data from the stage, losses, optimisers and loops."""
