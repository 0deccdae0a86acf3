"""Convolutions over time with fewer products: Winograd's minimal filtering F(m,3).

m outputs of a filter with three taps take m + 2 products instead of 3m, once inputs, filters and outputs are mixed by
small matrices; each product here is a 2-D convolution of a whole frame. With m = 4 that is half the work, with m = 2
two thirds. The result is that of the plain sum up to rounding. (Winograd 1980; Lavin and Gray, arXiv 1509.09308.)
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

Matrix = tuple[tuple[float, ...], ...]

INPUTS: dict[int, Matrix] = {
    2: ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
    4: (
        (4, 0, -5, 0, 1, 0),
        (0, -4, -4, 1, 1, 0),
        (0, 4, -4, -1, 1, 0),
        (0, -2, -1, 2, 1, 0),
        (0, 2, -1, -2, 1, 0),
        (0, 4, 0, -5, 0, 1),
    ),
}
FILTERS: dict[int, Matrix] = {
    2: ((1, 0, 0), (1 / 2, 1 / 2, 1 / 2), (1 / 2, -1 / 2, 1 / 2), (0, 0, 1)),
    4: (
        (1 / 4, 0, 0),
        (-1 / 6, -1 / 6, -1 / 6),
        (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6),
        (1 / 24, -1 / 12, 1 / 6),
        (0, 0, 1),
    ),
}
OUTPUTS: dict[int, Matrix] = {
    2: ((1, 1, 1, 0), (0, 1, -1, -1)),
    4: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
}


def mix(matrix: Matrix, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    """Each output becomes its row's weighted sum of the inputs."""
    for row, output in zip(matrix, outputs, strict=True):
        (first, factor), *rest = [(x, f) for x, f in zip(inputs, row, strict=True) if f]
        torch.mul(first, factor, out=output)
        for x, f in rest:
            output.add_(x, alpha=f)


def filters(weight: Tensor, m: int) -> list[Tensor]:
    """[O,C,3,y,x] -> m + 2 filters [O,C,y,x], channels last."""
    mixing = torch.tensor(FILTERS[m], dtype=torch.float64, device=weight.device)
    mixed = torch.einsum("mt,octyx->moyxc", mixing, weight.double()).to(weight.dtype)
    return [f.permute(0, 3, 1, 2) for f in mixed.contiguous()]


def convolve(frames: Sequence[Tensor], mixed: Sequence[Tensor], bias: Tensor | None) -> Tensor:
    """m + 2 frames [h,W,C] and the `filters` of their number -> [m,h',W,O]; only the width is padded."""
    m = len(frames) - 2
    inputs = frames[0].new_empty(m + 2, *frames[0].shape)
    mix(INPUTS[m], frames, inputs.unbind())
    padding = (0, mixed[0].shape[-1] // 2)
    # The second product enters every output once: it carries the bias.
    products = [
        F.conv2d(x[None].permute(0, 3, 1, 2), f, bias if i == 1 else None, padding=padding)[0].permute(1, 2, 0)
        for i, (x, f) in enumerate(zip(inputs, mixed, strict=True))
    ]
    outputs = products[0].new_empty(m, *products[0].shape)
    mix(OUTPUTS[m], products, outputs.unbind())
    return outputs
