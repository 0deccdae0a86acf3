"""The boxes that an MP4 or QuickTime file is made of (ISO/IEC 14496-12, 4.2): enough to see that it is whole."""

from pathlib import Path

from yingxi.core.errors import YingxiError


def check_whole(path: Path) -> None:
    """Raises YingxiError if a box of an MP4 file reaches beyond its end, which FFmpeg would pass over in silence.

    Files in other containers, and what some programs append to theirs, are left alone.
    """
    end = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        while start < end:
            file.seek(start)
            head = file.read(16)
            kind = head[4:8]
            if not kind.isalnum() or (start == 0 and kind != b"ftyp"):
                return
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            elif length == 0:
                return  # to the end, whatever it is
            start += max(length, 8)
    if start > end:
        raise YingxiError(f"{path} is not whole: it is cut off by {start - end} bytes or more")
