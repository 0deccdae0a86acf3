"""What a server says of a model in its list, ``GET /v1/models``, beyond the name.

OpenAI's entries and those of vLLM-Omni have a name only. SGLang adds ``task_type`` (T2V, I2V, TI2V, T2I and others);
OpenRouter's names for a video model's limits, ``supported_sizes`` (WIDTHxHEIGHT) and ``supported_durations`` (whole
seconds), are read where a server gives them, and ``supported_fps`` beside them.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from yingxi.core.errors import Refused
from yingxi.core.protocols import Capabilities
from yingxi.core.request import Request
from yingxi.core.shapes import Size

_SIZE = re.compile(r"[1-9]\d{0,4}x[1-9]\d{0,4}")


@dataclass(frozen=True)
class Offer:
    """The sizes, durations in seconds and frame rates that a model has; none are named where the server does not say.

    Other sizes are refused, and other rates where there is but one. A clip of other seconds or at another rate is cut
    from the next that holds it.
    """

    task: str = ""
    sizes: tuple[Size, ...] = ()
    seconds: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()

    def capabilities(self, can: Capabilities) -> Capabilities:
        """`can`, held to what is offered."""
        if self.sizes:
            usual = can.default_size if can.default_size in self.sizes else self.sizes[0]
            can = replace(can, fixed_sizes=self.sizes, default_size=usual)
        if self.seconds:
            usual = can.default_seconds if can.default_seconds in self.seconds else self.seconds[0]
            can = replace(can, max_seconds=self.seconds[-1], default_seconds=usual)
        if self.rates:
            can = replace(can, fps=self.rates[0], any_fps=len(self.rates) > 1)
        return replace(can, pins="none") if self.task == "T2V" else can

    def check(self, request: Request, name: str) -> None:
        """Raises Refused for what capabilities cannot say."""
        made = {"I": "pictures", "A": "sound", "M": "meshes"}.get(self.task[-1:])
        if made:
            raise Refused("model", f"{name} makes {made}, not videos: its server says {self.task}")
        if self.task == "I2V" and not request.pins:
            raise Refused("pins", f"{name} sets a picture in motion: pin one at 0")

    def seconds_for(self, wanted: float) -> float:
        """The seconds to ask for: the fewest that hold `wanted`, of all whole ones if none are offered."""
        wanted = round(wanted, 3)
        return next((seconds for seconds in self.seconds if seconds >= wanted), max(1, math.ceil(wanted)))

    def rate_for(self, wanted: float) -> float:
        """The rate to ask for: the least that is not below `wanted`, else the highest; any if none are offered."""
        return next((rate for rate in self.rates if rate >= wanted), max(self.rates, default=wanted))


def read_offer(entry: Mapping[str, Any]) -> Offer:
    """What one entry of the list says. What is not of the kind that is looked for is not said."""
    sizes = [text for text in _listed(entry, "supported_sizes") if isinstance(text, str) and _SIZE.fullmatch(text)]
    task = entry.get("task_type")
    return Offer(
        task if isinstance(task, str) else "",
        tuple(Size.parse(text) for text in sizes),
        _numbers(entry, "supported_durations"),
        _numbers(entry, "supported_fps"),
    )


def _listed(entry: Mapping[str, Any], name: str) -> list[Any]:
    found = entry.get(name)
    return found if isinstance(found, list) else []


def _numbers(entry: Mapping[str, Any], name: str) -> tuple[float, ...]:
    """In order."""
    return tuple(sorted(float(n) for n in _listed(entry, name) if isinstance(n, int | float) and 0 < n < math.inf))
