"""A LoRA as a person names it: a file, how strongly it is added, and to what."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

Noise = Literal["high", "low"]


@dataclass(frozen=True)
class LoraFile:
    """`noise` says which of two transformers is meant, the one for high or the one for low noise; None is both."""

    path: Path
    scale: float = 1.0
    noise: Noise | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """``FILE``, ``FILE:SCALE``, ``FILE:high``, ``FILE:SCALE:low``."""
        match = re.fullmatch(r"(.+?)(?::([-+]?\d*\.?\d+))?(?::(high|low))?", text, re.DOTALL)
        if not match:
            return cls(Path(text))
        noise: dict[str | None, Noise | None] = {None: None, "high": "high", "low": "low"}
        return cls(Path(match[1]), float(match[2] or 1), noise[match[3]])
