"""Yingxi 影戏: a story in, a film out, on your own machine."""
