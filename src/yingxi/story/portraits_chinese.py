"""What a Chinese story tells of its people: who is related to whom, and how they look, in its own words."""

import re
from collections.abc import Iterator

from yingxi.core.cast import Character, Relation
from yingxi.core.story import Span
from yingxi.story.reading import Mention, Reading

_KIN = {
    "父亲": "father", "父": "father", "爹": "father", "母亲": "mother", "母": "mother", "娘": "mother",
    "妻子": "wife", "妻": "wife", "夫人": "wife", "媳妇": "wife", "丈夫": "husband", "儿子": "son", "子": "son",
    "女儿": "daughter", "女": "daughter", "养子": "adopted son", "义子": "adopted son", "哥哥": "elder brother",
    "兄": "elder brother", "弟弟": "younger brother", "弟": "younger brother", "姐姐": "elder sister",
    "妹妹": "younger sister", "师父": "master", "徒弟": "pupil", "叔": "uncle", "侄": "nephew", "孙子": "grandson",
    "朋友": "friend", "同学": "schoolmate",
}  # fmt: skip
_KIND = re.compile("(?:的|之)?(" + "|".join(sorted(_KIN, key=len, reverse=True)) + ")")
_SWORN = re.compile("结为(?:异姓)?兄弟|约为兄弟|结拜|义结金兰|桃园结义|拜.{1,4}为兄")
_BROTHERS = re.compile("(?:兄弟|弟兄)[二两三四五]人|[二两三四五]兄弟")
_LOOKS = re.compile(
    "身[长長高材]|面[如似若色黑白]|唇[若如]|生得|长得|相貌|容貌|[两双]耳|双手过膝|浓眉|眉[清毛如目]|目若|眼[如似]|[环细碧丹]眼|丹凤|卧蚕|豹头|燕颔"
    "|[虎长白苍]须|髯|虎背|熊腰|尖嘴|獠牙|大耳|童颜|鹤发|身[穿着披]|头[戴裹]|腰[系束悬]|足[登穿]|手[拄执持提]|穿着|戴着|披着|高个|瘦高|[肥矮]胖|胖子"
    "|[白黑长短银金]发|[圆方红黑白]脸|瓜子脸|脸[庞色上]|皮肤|个子|模样|冰肌|柳眉|声若|势如"
)
_SEEN = re.compile("[见看][他她]")
"""Somebody else looks so."""
_CLAUSE = re.compile("[^，。；！？：\n]+[，。；！？：]?")
_SOMEBODY = re.compile("[其此那一][人将]|一员|大汉|来者|来人")
_INTRODUCED = re.compile("姓.{1,2}[，、]?名|[吾某我]乃|名叫|叫做|唤[做作]")
_AHEAD = 160
"""Characters after a look in which he says who he is."""
_MOST = 3


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
            told["description"] = "；".join(reading.story.read(s).replace("\n", "") for s in spans)
            told["described"] = tuple((s.start, s.end) for s in spans)
        found.append(person.model_copy(update=told))
    return found


def _looks(reading: Reading) -> Iterator[tuple[str, Span]]:
    """Clauses of narration one after the other that say how somebody looks, and who."""
    last: Mention | None = None
    for paragraph in reading.paragraphs:
        for sentence in paragraph.sentences:
            run: list[Span] = []
            missed = 0
            for clause in _CLAUSE.finditer(reading.story.text, sentence.start, sentence.end):
                told = reading.quoted(clause.start()) is None and _LOOKS.search(clause[0])
                missed = 0 if told else missed + 1
                if run and (missed > 1 or reading.quoted(clause.start())):
                    yield from _look(reading, sentence, run, last)
                    run = []
                if told and run:
                    run = [*run, Span(run[-1].end, clause.end())]
                elif told:
                    run = [Span(*clause.span())]
            if run:
                yield from _look(reading, sentence, run, last)
            last = next(iter(reading.narrated(sentence.start, sentence.end)), last)


def _look(reading: Reading, sentence: Span, run: list[Span], last: Mention | None) -> Iterator[tuple[str, Span]]:
    begin, end = run[0].start, run[-1].end
    while reading.story.text[end - 1] in "，；：。！":
        end -= 1
    if who := _owner(reading, sentence, begin, end, last):
        yield who, Span(begin, end)


def _owner(reading: Reading, sentence: Span, begin: int, end: int, last: Mention | None) -> str | None:
    """Who looks so: for *that man* he who says his name next, else who alone is named in the sentence, or else whom
    the one before was about, `last`."""
    text = reading.story.text
    if _SEEN.search(text, begin, end):
        return None
    introduced = _INTRODUCED.search(text, end, end + _AHEAD)
    if _SOMEBODY.search(text, max(0, sentence.start - 40), begin) or (introduced and introduced.end() < sentence.end):
        later = reading.mentions_in(introduced.start(), introduced.end() + 8) if introduced else ()
        return later[0].who if later else None
    about = {m.who for m in reading.narrated(sentence.start, sentence.end)}
    if len(about) == 1:
        return about.pop()
    return last.who if last and not about and last.end > sentence.start - 80 else None


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
    for pattern, kind in ((_SWORN, "sworn brother"), (_BROTHERS, "brother")):
        for told in pattern.finditer(text):
            begin = max(text.rfind("。", 0, told.start()), text.rfind("\n", 0, told.start())) + 1
            stop = text.find("。", told.end())
            # Brothers are named after *three brothers*, the sworn before it or around.
            first, last = (told.end() if pattern is _BROTHERS else begin), stop if stop > 0 else told.end()
            people = sorted({m.who for m in reading.narrated(first, last)})
            for who in people if 1 < len(people) <= 4 else ():
                for other in people:
                    add(who, other, kind, begin, last)
    return found
