"""From a request to a clip: a checked Generator around any model, and the files that a person gives with a prompt."""

from yingxi.generate.generator import Generator

__all__ = ["Generator"]
