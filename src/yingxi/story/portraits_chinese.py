"""What a Chinese story tells of its people: who is related to whom, and how they look, in its own words."""

import re
from collections.abc import Iterator

from yingxi.core.cast import Character, Relation
from yingxi.core.story import Span
from yingxi.story.reading import Mention, Reading

_KIN = {
    "父亲": "father", "父": "father", "爹": "father", "母亲": "mother", "母": "mother", "娘": "mother",
    "妻子": "wife",
    "妻": "wife", "夫人": "wife", "媳妇": "wife", "丈夫": "husband", "儿子": "son", "子": "son", "女儿": "daughter",
    "女": "daughter", "哥哥": "elder brother", "兄": "elder brother", "弟弟": "younger brother",
    "弟": "younger brother", "姐姐": "elder sister", "妹妹": "younger sister", "师父": "master", "徒弟": "pupil",
    "叔": "uncle", "侄": "nephew", "孙子": "grandson", "朋友": "friend", "同学": "schoolmate",
}  # fmt: skip
_KIND = re.compile("(?:的|之)?(" + "|".join(sorted(_KIN, key=len, reverse=True)) + ")")
_SWORN = re.compile("结为(?:异姓)?兄弟|义结金兰|桃园结义")
_LOOKS = re.compile(
    "身[长長高材]|面如|生得|长得|相貌|容貌|两耳|双耳|浓眉|眉[清毛如目]|目若|眼如|丹凤|[虎长白]须|髯|身穿|身着|身披|头戴"
    "|穿着|戴着|披着|高个|瘦高|胖|白发|黑发|长发|圆脸|瓜子脸|脸庞|脸色|皮肤|个子|模样"
)
_SOMEBODY = re.compile("[其此那]人")
_MOST, _LONGEST = 3, 120


def portray(reading: Reading) -> list[Character]:
    """The people with their relations and looks."""
    kin = _relations(reading)
    seen: dict[str, list[Span]] = {}
    for who, span in _looks(reading):
        if len(seen.setdefault(who, [])) < _MOST:
            seen[who].append(span)
    found = []
    for person in reading.people:
        told: dict[str, object] = {"relations": tuple(kin.get(person.id, {}).values())}
        if spans := seen.get(person.id):
            told["description"] = "".join(reading.story.read(s).replace("\n", "") for s in spans)
            told["described"] = tuple((s.start, s.end) for s in spans)
        found.append(person.model_copy(update=told))
    return found


def _looks(reading: Reading) -> Iterator[tuple[str, Span]]:
    """Sentences of narration with words of looks: of who is named in them, else of who the one before was about."""
    last: Mention | None = None
    for paragraph in reading.paragraphs:
        for sentence in paragraph.sentences:
            named = reading.narrated(sentence.start, sentence.end)
            words = reading.story.read(sentence)
            if len(words) <= _LONGEST and reading.quoted(sentence.start) is None and "“" not in words:
                found = _LOOKS.search(words)
                about = {m.who for m in named}
                if (
                    found
                    and not _SOMEBODY.search(words)
                    and (len(about) == 1 or (not about and last is not None and last.end > sentence.start - 80))
                ):
                    yield (next(iter(about)) if about else last.who if last else ""), sentence
            last = named[0] if named else last


def _relations(reading: Reading) -> dict[str, dict[tuple[str, str], Relation]]:
    """孙少安的妹妹孙兰香, 张角之弟张宝; and those who become sworn brothers in one sentence."""
    text = reading.story.text
    found: dict[str, dict[tuple[str, str], Relation]] = {}

    def add(who: str, to: str, kind: str, start: int, end: int) -> None:
        if who != to:
            found.setdefault(who, {}).setdefault((to, kind), Relation(to=to, kind=kind, source=(start, end)))

    for owner, named in zip(reading.mentions, reading.mentions[1:], strict=False):
        if 0 < named.start - owner.end <= 6 and (kin := _KIND.fullmatch(text, owner.end, named.start)):
            add(named.who, owner.who, _KIN[kin[1]], owner.start, named.end)
    for sworn in _SWORN.finditer(text):
        begin = max(text.rfind("。", 0, sworn.start()), text.rfind("\n", 0, sworn.start())) + 1
        people = sorted({m.who for m in reading.narrated(begin, sworn.start())})
        for who in people if len(people) <= 4 else ():
            for other in people:
                add(who, other, "sworn brother", begin, sworn.end())
    return found
