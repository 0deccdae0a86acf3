"""Whom speech calls by name."""

_BEFORE = "“‘\"',.!?;:—-–「『，。！？…；："
_AFTER = ",.!?;—-–，。！？…；”’\"'」』"
_FOND = frozenset(["dear", "dearest", "oh", "my", "old", "o", "ah", "good", "poor", "yes", "no", "come", "well"])


def is_called(text: str, start: int, end: int) -> bool:
    """Whether the name at `text[start:end]`, inside speech, is whom the words are said to: marks are on both sides.

    White space may stand before a mark, as in corpora."""
    before = text[max(0, start - 16) : start].rstrip()
    after = text[end : end + 2].lstrip()
    if not after or after[0] not in _AFTER:
        return False
    return not before or before[-1] in _BEFORE or before.split()[-1].lower() in _FOND
