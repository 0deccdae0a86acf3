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

    def place(self, brush_of: Callable[[str], Brush], seed: str) -> None:
        """Paint it at each of its positions."""
        places = self.x if isinstance(self.x, tuple) else (self.x,)
        for number, x in enumerate(places):
            brush = brush_of(f"{seed}/{self.seed}/{number}")
            brush.canvas.save()
            brush.canvas.translate(x, self.y)
            if self.lean:
                brush.canvas.rotate(self.lean)
            brush.canvas.scale(-self.scale if self.flip else self.scale, self.scale)
            self.paint(brush)
            brush.canvas.restore()

    def paint(self, brush: Brush) -> None:
        raise NotImplementedError
