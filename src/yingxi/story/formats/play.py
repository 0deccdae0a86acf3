"""A stage play in plain text, whose speeches begin with the speaker's name (``TOM: Come in.``, 老人：请进), as
Fountain."""

import re
from collections import Counter
from string import capwords

_NAME = r"(?:[A-Z][A-Z.'’ -]{1,30}?[A-Z]|[A-Z][\w'’-]{1,14}(?: [A-Z][\w'’-]{1,14})?)"
_CUE = re.compile(
    rf"\s*_?(?P<en>{_NAME})_?(?:\s*[(\[](?P<how>[^)\]]*)[)\]])?(?::|(?<=[A-Z])\.)\s+(?=\S)"
    r"|\s*(?P<zh>[\u3400-\u9fff·]{1,6})(?:（(?P<wie>[^）]*)）)?(?:[：:]\s*|[\u3000\t]+)(?=\S)"
)
_MANNER = re.compile(r"[\[(（]([^\])）]*)[\])）]\s*")
_NOBODY = frozenset([
    "persons", "characters", "cast", "time", "place", "setting", "scene", "act", "note", "author", "title",
    "人物", "时间", "地点", "布景", "剧中人", "时", "地", "景", "作者", "编剧", "注",
])  # fmt: skip
_ALONE = re.compile(r"\s*(?!(?:CHAPTER|BOOK|PART|VOLUME|LETTER|CANTO)\b)(?P<en>[A-Z][A-Z'’ -]{1,30}?[A-Z])[.:]?")
_SAYS = ("道", "曰", "说", "云", "问", "答", "喊", "叫", "想", "写", "笑")
"""How a story, and no play, begins a speech: 行者道："""
_PART = re.compile(
    r"\s*(?:(?:ACT|SCENE|Act|Scene)\s+[IVXLC\d]+\b[.:]?\s*|第[一二三四五六七八九十\d]+[幕场折出景][　 ：:]*)"
    "(?P<at>.*)"
)
_ASIDE = re.compile(r"\[[^\]]*\]|（[^）]*）|\([^)]*\)")
_END = re.compile(r"\*\*\* ?END OF")
_BEGINNING = 100_000
"""Characters of a text that tell whether it is a play."""
_FEWEST, _SHARE, _AGAIN = 6, 0.5, 2.0
"""Speeches of a play at least, their share of its lines, and how often on average a speaker speaks."""


def is_play(text: str) -> bool:
    """Whether most lines of a text begin with the name of somebody who speaks again."""
    text = text[:_BEGINNING]
    blocks = [b.strip("\n") for b in re.split(r"\n[ \t\u3000]*\n", text) if b.strip()]
    lines = [line for line in text.splitlines() if line.strip()]
    names = Counter(cue for line in lines if (cue := _cue(line)[0]))
    for found, units in ((names, lines), (names, blocks), (_alone(blocks), blocks)):
        count = sum(found.values())
        if count >= _FEWEST and count >= _SHARE * len(units) and count >= _AGAIN * len(found):
            return True
    return False


def as_fountain(text: str) -> tuple[str, str]:
    """A play as Fountain, and its title: its first line, where that is no part of it."""
    apart = _alone([b.strip("\n") for b in re.split(r"\n[ \t\u3000]*\n", text) if b.strip()])
    blocks: list[str] = []
    title, speaking = "", False
    for line in text.splitlines():
        words = line.strip(" \t\u3000_")
        if _END.match(words):
            break
        part, (name, how, said) = _PART.fullmatch(line), _cue(line)
        alone = _ALONE.fullmatch(line)
        if alone and apart[alone["en"]] > 1 and not speaking:
            name = alone["en"]
        if not words:
            speaking = False
        elif part:
            if not any(b.startswith("@") for b in blocks):
                blocks.clear()  # The title page, and who plays.
            blocks.append(f".{part['at'].strip(' .') or words}")
            speaking = False
        elif name:
            blocks.append("\n".join(filter(None, (f"@{name}", how and f"({how})", said))))
            speaking = True
        elif speaking:
            blocks[-1] = "\n".join(filter(None, (blocks[-1], _spoken(words))))
        elif not title and not blocks:
            title = capwords(words) if words.isupper() else words
        else:
            blocks.append(words.strip("[]()（）"))
    # A name without words is no speech.
    blocks = [b for b in blocks if not b.startswith("@") or "\n" in b]
    return f"Title: {title or 'Play'}\n\n" + "\n\n".join(blocks) + "\n", title


def _alone(blocks: list[str]) -> Counter[str]:
    """Names that stand on a line of their own above words."""
    firsts = (_ALONE.fullmatch(b.split("\n")[0]) for b in blocks if "\n" in b)
    return Counter(m["en"] for m in firsts if m and m["en"].lower() not in _NOBODY)


def _cue(line: str) -> tuple[str, str, str]:
    """Speaker, manner and words of a line that begins a speech; empty where it does not."""
    cue = _CUE.match(line)
    name = cue and (cue["en"] or cue["zh"])
    if not cue or not name or name.endswith(_SAYS) or name.lower() in _NOBODY:
        return "", "", ""
    how, said = cue["how"] or cue["wie"] or "", line[cue.end() :]
    if manner := _MANNER.match(said):
        how, said = how or manner[1], said[manner.end() :]
    return name.strip(), how, _spoken(said)


def _spoken(words: str) -> str:
    return " ".join(_ASIDE.sub(" ", words).split())
