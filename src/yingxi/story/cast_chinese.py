"""Who is in a Chinese story: well-known names, names that act, and nouns such as 老婆婆 that speak."""

import re
from collections import Counter
from functools import cache
from typing import Any

from yingxi.core.cast import Character
from yingxi.story.lexicon import classics, persons, speech
from yingxi.story.names_chinese import SURNAMES, gender_of, given, introduced, last_character, new_names
from yingxi.story.portraits_chinese import portray
from yingxi.story.reading import Mention, Reading

_BEFORE = r"(?:^|[，。！？；：”“』」\n　\s那这只好见])"
_MANNERS = frozenset(
    [
        "连忙",
        "忙",
        "便",
        "就",
        "又",
        "大声",
        "低声",
        "笑着",
        "哭着",
        "急忙",
        "冷冷地",
        "也",
        "才",
        "却",
        "对他",
        "对她",
    ]
)
_FEMALE_ENDS = ("娘", "姐", "妹", "氏", "夫人", "妃", "婆", "婶", "姨", "嫂", "妈", "奶奶", "公主", "姑")


@cache
def _tagger() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():
        # jieba's sources hold escapes and imports that newer Pythons warn of.
        warnings.simplefilter("ignore")
        import jieba
        import jieba.posseg

        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
    return jieba.posseg


@cache
def _dictionary() -> set[str]:
    """Words that are not names of persons."""
    _tagger()
    import jieba

    return {w for w, n in jieba.dt.FREQ.items() if n > 0 and 2 <= len(w) <= 4}


def tagged(text: str) -> list[tuple[str, str]]:
    """Words with jieba's parts of speech."""
    return [(pair.word, pair.flag) for pair in _tagger().cut(text)]


def verbs_of_speech() -> str:
    """A pattern for a verb of speech, with what may stand before it."""
    return "(?:" + "|".join(map(re.escape, speech("zh"))) + ")"


def _narration(reading: Reading) -> str:
    """The text outside speech, with a mark where speech was."""
    text = reading.story.text
    parts, position = [], reading.paragraphs[0].start
    for quote in reading.quotes:
        if quote.speech and quote.start >= position:
            parts += [text[position : quote.start], "“”"]
            position = quote.end
    parts.append(text[position : reading.paragraphs[-1].end])
    return "".join(parts)


def _names(narration: str, known: set[str]) -> Counter[str]:
    """Names of persons that jieba finds and that begin a clause with a verb after them, at least twice."""
    counts: Counter[str] = Counter()
    words = tagged(narration)
    for i, (word, flag) in enumerate(words):
        if flag != "nr" or not 2 <= len(word) <= 4 or word in known:
            continue
        start = not i or not re.match(r"\w", words[i - 1][0])
        verb = i + 1 < len(words) and words[i + 1][1][:1] in "vdpa"
        if start and verb:
            counts[word] += 1
    # Without a surname it takes more to be a name.
    least = {name: 2 if name[0] in SURNAMES or name.startswith(("小", "阿", "老")) else 5 for name in counts}
    return Counter({name: n for name, n in counts.items() if n >= least[name] and narration.count(name) >= 3})


def _speakers(narration: str, known: set[str]) -> Counter[str]:
    """Nouns that are said to speak, such as 渔翁 in 渔翁笑着说：“” and “”渔翁说。"""
    counts: Counter[str] = Counter()
    verb = verbs_of_speech()
    before = re.compile(rf"{_BEFORE}([\u4e00-\u9fff]{{2,3}}?)([\u4e00-\u9fff]{{0,6}}?){verb}(?:着|了)?[：:，]\s*“”")
    after = re.compile(rf"“”\s*([\u4e00-\u9fff]{{2,3}}?)([\u4e00-\u9fff]{{0,6}}?){verb}(?:着|了)?[。，]")
    for pattern in (before, after):
        for match in pattern.finditer(narration):
            word = match[1].lstrip("那这只好")
            if word in known or len(word) < 2:
                continue
            flags = tagged(word)
            noun = len(flags) == 1 and flags[0][1][:1] == "n" and flags[0][1] not in ("ns", "nt")
            if noun and (not match[2] or match[2] in _MANNERS):
                counts[word] += 1
    return counts


def find_people(reading: Reading) -> None:
    """Fill in `people`, the most mentioned first, and `mentions`."""
    text = reading.story.text[reading.paragraphs[0].start : reading.paragraphs[-1].end]
    narration = _narration(reading)
    people: list[dict[str, Any]] = [{**p, "aliases": list(p["aliases"])} for p in classics(text)]
    known = {n for p in people for n in (p["name"], *p["aliases"])}
    nouns = persons("zh")
    names = _names(narration, known)
    names |= {n: c for n, c in new_names(narration, _dictionary()).items() if not any(n in k for k in known)}
    own = introduced(text)
    for name in [n for n in names if len(n) == 3 and n[1] == "名" and "姓" + n in text]:
        del names[name]
    for name in own:
        if not any(name in (p["name"], *p["aliases"]) for p in people):
            names.setdefault(name, 0)
    for name in list(names):
        # 少平 is 孙少平, and no one else has that name.
        short = given(name)
        if short and narration.count(short) >= narration.count(name) + 2 and short not in _dictionary():
            same = [n for n in (*names, *known) if n != short and n.endswith(short)]
            if len(same) == 1:
                names.setdefault(short, 0)
    speakers = _speakers(narration, known)
    for word in nouns:
        subject = len(re.findall(rf"{_BEFORE}(?:一个|一位|一只|这个|那个|那|这)?{word}", narration))
        if word not in known and (speakers[word] or subject >= 1):
            speakers[word] = max(speakers[word], 1)
    for name in [*sorted(names, key=len, reverse=True), *[s for s in speakers if s not in names]]:
        if name in known:
            continue
        fuller = [p for p in people if name not in nouns and p["name"].endswith(name)]
        if len(fuller) == 1:
            # 少平 is 孙少平 without the surname.
            fuller[0]["aliases"].append(name)
            known.add(name)
            continue
        if any(name in k and name not in nouns for k in known):
            continue
        known.add(name)
        told = nouns.get(name, {"gender": "unknown", "age": "unknown", "kind": "person"})
        people.append({"name": name, "aliases": [], **told})
    for person in people:
        for name in (person["name"], *person["aliases"]):
            person["aliases"] += [a for a in own.get(name, ()) if a not in known]
    mentions: list[Mention] = []
    owner = {n: p["name"] for p in people for n in (p["name"], *p["aliases"])}
    if owner:
        pattern = re.compile("|".join(sorted(map(re.escape, owner), key=len, reverse=True)))
        for paragraph in reading.paragraphs:
            for match in pattern.finditer(reading.story.text, paragraph.start, paragraph.end):
                mentions.append(Mention(match.start(), match.end(), owner[match[0]]))
    if text.count("曰") * 400 > len(text):
        last = Counter(n[-1] for n in owner if len(n) == 2 and n[0] in SURNAMES)
        short = {n[-1]: owner[n] for n in owner if len(n) == 2 and n[0] in SURNAMES and last[n[-1]] == 1}
        if pattern := last_character(short):
            for match in pattern.finditer(
                reading.story.text, reading.paragraphs[0].start, reading.paragraphs[-1].end
            ):
                mentions.append(Mention(match.start(), match.end(), short[match[0]]))
    mentions.sort(key=lambda m: m.start)
    reading.settle((), mentions)
    counts = Counter(m.who for m in mentions)
    used = Counter(reading.story.text[m.start : m.end] for m in mentions)
    found = []
    for person in people:
        aliases = tuple(a for a in person["aliases"] if used[a])
        if not any(reading.quoted(m.start) is None for m in mentions if m.who == person["name"]):
            continue
        gender = person["gender"]
        if gender == "unknown":
            gender = next((g for n in (person["name"], *aliases) if (g := gender_of(n)) != "unknown"), "unknown")
        if gender == "unknown":
            gender = _gender(person["name"], reading)
        found.append(
            Character.model_validate({
                "id": person["name"], "name": person["name"], "aliases": aliases,
                "mentions": counts[person["name"]], "gender": gender, "age": person["age"], "kind": person["kind"],
            })
        )  # fmt: skip
    kept = {c.id for c in found}
    most = max((c.mentions for c in found), default=1)
    found = [c.model_copy(update={"importance": round((c.mentions / most) ** 0.5, 2)}) for c in found]
    kept_mentions = [m for m in mentions if m.who in kept]
    reading.settle(sorted(found, key=lambda c: -c.mentions), kept_mentions)
    reading.settle(portray(reading), kept_mentions)


def _gender(name: str, reading: Reading) -> str:
    if name.endswith(_FEMALE_ENDS):
        return "female"
    votes: Counter[str] = Counter()
    for mention in reading.mentions:
        if mention.who == name and reading.quoted(mention.start) is None:
            after = reading.story.text[mention.end : mention.end + 40]
            found = re.search("[他她]", after)
            if found and not reading.mentions_in(mention.end, mention.end + found.start()):
                votes[found[0]] += 1
    best = votes.most_common(2)
    if not best or (len(best) > 1 and best[0][1] < 2 * best[1][1]):
        return "unknown"
    return "male" if best[0][0] == "他" else "female"
