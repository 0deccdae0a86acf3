"""What every element of a place has: where it stands, how large, how often. Its painter is its class."""

from collections.abc import Callable

from pydantic import Field

from yingxi.core.documents import Document
from yingxi.world.brush import Brush


class Element(Document):
    """An element paints around its own foot (0, 0), y down. Several `x` repeat it, each time a little different."""

    x: float | tuple[float, ...] = 8.0
    y: float = 7.6
    scale: float = Field(default=1.0, gt=0)
    flip: bool = False
    lean: float = 0.0
    seed: int = 0

    @property
    def across(self) -> tuple[float, ...]:
        """Where its copies stand."""
        return self.x if isinstance(self.x, tuple) else (self.x,)

    def place(self, brush_of: Callable[[str], Brush], seed: str) -> None:
        """Paint it at each of its positions."""
        for number in range(len(self.across)):
            self.put(brush_of, seed, number)

    def put(self, brush_of: Callable[[str], Brush], seed: str, number: int) -> None:
        """Paint one of its copies."""
        brush = brush_of(f"{seed}/{self.seed}/{number}")
        brush.canvas.save()
        brush.canvas.translate(self.across[number], self.y)
        if self.lean:
            brush.canvas.rotate(self.lean)
        brush.canvas.scale(-self.scale if self.flip else self.scale, self.scale)
        self.paint(brush)
        brush.canvas.restore()

    def paint(self, brush: Brush) -> None:
        raise NotImplementedError
