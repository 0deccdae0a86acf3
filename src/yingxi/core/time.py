"""Seconds and frames. A frame count is what is stored and compared; seconds are what people write."""


def frame_count(seconds: float, fps: float) -> int:
    """Frames that a duration takes, at least one (zero seconds is one frame: a still)."""
    return max(1, round(seconds * fps))


def clock(seconds: float) -> str:
    """``75.2`` as ``1:15``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
