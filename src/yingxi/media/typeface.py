"""The typeface of everything that is lettered: Noto Sans CJK, which has both languages."""

from functools import cache
from pathlib import Path

import noto_cjk_sans_otc
from PIL import ImageFont

_SIMPLIFIED_CHINESE = 2  # which of the collection's faces


def typeface_path() -> Path:
    """The font collection's file (OpenType, several faces; number 2 is Simplified Chinese)."""
    return Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc"


@cache
def typeface(pixels: int) -> ImageFont.FreeTypeFont:
    """The typeface at a size of `pixels` to the em."""
    return ImageFont.truetype(str(typeface_path()), pixels, index=_SIMPLIFIED_CHINESE)
