"""Who is in a Chinese story: well-known names, names that act, and nouns such as 老婆婆 that speak."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from yingxi.core.cast import Character
from yingxi.story.lexicon import classics, lexicon, persons
from yingxi.story.names_chinese import (
    ACTS,
    DOUBLE_SURNAMES,
    PLACE_ENDS,
    SURNAMES,
    gender_of,
    given,
    given_names,
    introduced,
    last_characters,
    new_names,
    old_deed,
    places,
    speaking,
    surnamed,
)
from yingxi.story.portraits_chinese import portray
from yingxi.story.reading import Mention, Reading
from yingxi.story.titles_chinese import ladies, meant, surname, titled, with_kin
from yingxi.story.transliterated import transliterated
from yingxi.story.words_chinese import common, dictionary, nameless, tagged, verbs_of_speech

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
_SPOKEN_OF = 3
"""So often must speech name those whom narration never does."""
_OFFICES = ("知府", "管家", "东家", "庄家")
_UNTOLD = {"gender": "unknown", "age": "unknown", "kind": "person"}
# 少安妈 is not 少安.
_ANOTHER = "(?![他她]?(?:妈|爸|爹|娘|媳妇))"
_FEMALE_ENDS = ("娘", "姐", "妹", "氏", "夫人", "妃", "婆", "婶", "姨", "嫂", "妈", "奶奶", "公主", "姑")


def _names(narration: str, words: Sequence[tuple[str, str]], known: set[str]) -> Counter[str]:
    """Names of persons that jieba finds and that begin a clause with a verb after them, at least twice."""
    counts: Counter[str] = Counter()
    for i, (word, flag) in enumerate(words):
        if flag not in ("nr", "nrfg") or not 2 <= len(word) <= 4 or word in known:
            continue
        start = not i or not re.match(r"\w", words[i - 1][0])
        verb = i + 1 < len(words) and words[i + 1][1][:1] in "vdpa"
        if start and verb:
            counts[word] += 1
    found: Counter[str] = Counter()
    for name, here in places(narration, set(counts)).items():
        # Without a surname it takes more to be a name.
        own = name[0] in SURNAMES or name.startswith(("小", "阿", "老"))
        full = own and len(name) == 3 and name in dictionary() and name[0] not in "小阿老"
        least = 1 if full else 2 if own else 5
        if counts[name] < least or here.count < 3 or here.placed * 4 > here.count or name.endswith(PLACE_ENDS):
            continue
        acts, subject = here.acts * 6 >= here.count, here.subject * 3 >= here.count
        # 张开嘴 begins with a verb, 邹靖引 ends with one.
        begins, ends = len(name) == 3 and common(name[:2]), len(name) == 3 and re.fullmatch(ACTS, name[2])
        if (begins and not subject) or ((ends or common(name)) and not (acts and subject)):
            continue
        if here.subject and (full or acts or subject):
            found[name] = here.count
    return found


def _outright(narration: str, words: Sequence[tuple[str, str]], known: set[str]) -> set[str]:
    """Names that jieba knows, of those who are said to speak, be it once: 鲁肃问曰：“”, 周瑜谓诸葛亮曰：“”."""
    verb = re.compile(rf"[\u4e00-\u9fff]{{0,8}}?{verbs_of_speech()}(?:着|了)?[：:，]\s*“”")
    found, at = set(), 0
    for i, (word, flag) in enumerate(words):
        begins = not i or not re.match(r"\w", words[i - 1][0])
        if begins and flag in ("nr", "nrt", "nrfg") and 2 <= len(word) <= 4 and word not in known:
            named = word[0] in SURNAMES or word[:2] in DOUBLE_SURNAMES or flag == "nrt"
            named = named and not (word[-1] in "笑问答叫喊哭骂叹谢曰道说" and narration.count(word[:-1]) > 1)
            # 林冲告 is 林冲, who is told of without 告 as well.
            named = named and (len(word) < 3 or narration.count(word[:-1]) < 2 * narration.count(word) + 1)
            said = verb.match(narration, at + len(word)) if named else None
            if said and ("曰" in said[0] or not common(word)):
                found.add(word)
        at += len(word)
    return found


_LEADS = frozenset("便因只又却忙遂即就再才也正竟既且则")
"""No name begins so: 便知."""


def _spoken_of(reading: Reading, narration: str, known: set[str]) -> set[str]:
    """Full names of those whom only speech names, and often."""
    text = "\n".join(reading.story.text[q.start : q.end] for q in reading.quotes if q.speech)
    words = tagged(text)
    counts = Counter(w for w, flag in words if flag in ("nr", "nrfg") and len(w) in (3, 4) and surname(w))
    # 周建国 as two words.
    counts += Counter(
        a + b for (a, flag), (b, kind) in pairwise(words)
        if flag == "nr" and a in SURNAMES and len(b) == 2 and kind[:1] in "nza"
    )  # fmt: skip
    likely = {
        n for n, count in counts.items()
        if count >= _SPOKEN_OF and n not in narration and not common(n) and not any(n in k or k in n for k in known)
    }  # fmt: skip
    return {
        n for n, here in places(text, likely).items()
        if here.whole and here.subject >= 2 and here.placed * 4 <= here.count and not n.endswith(PLACE_ENDS)
    }  # fmt: skip


def _speakers(narration: str, known: set[str]) -> Counter[str]:
    """Nouns that are said to speak, such as 渔翁 in 渔翁笑着说：“” and “”渔翁说。"""
    counts: Counter[str] = Counter()
    verb = verbs_of_speech()
    before = re.compile(rf"{_BEFORE}([\u4e00-\u9fff]{{2,3}}?)([\u4e00-\u9fff]{{0,6}}?){verb}(?:着|了)?[：:，]\s*“”")
    after = re.compile(rf"“”\s*([\u4e00-\u9fff]{{2,3}}?)([\u4e00-\u9fff]{{0,6}}?){verb}(?:着|了)?[。，]")
    for pattern in (before, after):
        for match in pattern.finditer(narration):
            word = match[1].lstrip("那这只好")
            if word in known or word in lexicon("persons")["mute"] or len(word) < 2 or word[-1] == "声":
                continue
            flags = tagged(word)
            noun = len(flags) == 1 and flags[0][1][:1] == "n" and flags[0][1] not in ("ns", "nt")
            if noun and (not match[2] or match[2] in _MANNERS):
                counts[word] += 1
    return counts


def old_style(text: str) -> bool:
    """Whether a text is in the old written style, in which people 曰."""
    return text.count("曰") * 400 > len(text)


def _all(people: list[dict[str, Any]]) -> set[str]:
    return {n for p in people for n in (p["name"], *p["aliases"])}


def _add_named(people: list[dict[str, Any]], reading: Reading, text: str, narration: str) -> None:
    """Add those with names of their own, and their other names."""
    known = _all(people)
    foreign = transliterated(text, nameless())
    for name, parts in foreign.items():
        if name not in known:
            people.append({"name": name, "aliases": parts, **_UNTOLD})
    genders = {n: gender_of(name.split("·")[0]) for name, parts in foreign.items() for n in (name, *parts)}
    for lady in sorted(ladies(text, genders)):
        people.append({"name": lady, "aliases": [], **_UNTOLD, "gender": "female"})
    known = _all(people)
    words = tagged(narration)
    names = _names(narration, words, known)
    names |= {n: c for n, c in new_names(narration, dictionary()).items() if not any(n in k for k in known)}
    for name in sorted(_outright(narration, words, {*known, *names})):
        names[name] = narration.count(name)
    told = {*known, *names}
    for name, count in speaking(narration, verbs_of_speech(), dictionary()).items():
        if not any(name in k or k in name for k in told):
            names[name] = count
    names = Counter({n: c for n, c in names.items() if not _end_of_more(text, n)})
    if old_style(text):
        lasts = {n[-1] for n in (*known, *names) if len(n) - len(surname(n)) == 1 and surname(n)}
        names = Counter({n: c for n, c in names.items() if not old_deed(n, lasts)})
    own = introduced(text)
    names = Counter({n: c for n, c in names.items() if not (len(n) == 3 and n[1] == "名" and "姓" + n in text)})
    for name in own:
        if name not in known:
            names.setdefault(name, 0)
    lone = set(given_names(narration, nameless(), {*names, *known}))
    lone |= {n for n in names if len(n) == 2 and not any(k != n and k.endswith(n) for k in (*names, *known))}
    lone |= {n for n in _speakers(narration, {*names, *known}) if len(n) == 2 and n not in nameless()}
    fuller = surnamed(text, {n for n in lone if not common(n)})
    fuller = {n: f for n, f in fuller.items() if not _end_of_more(text, f)}
    for name in sorted(lone):
        names.setdefault(fuller.get(name, name), 0)
        names.setdefault(name, 0)
    forms = titled(text, narration, nameless(), {*names, *known})
    for name in sorted(sorted(names), key=len, reverse=True):
        if name in known or name in forms or any(name in k and not k.endswith(name) for k in known):
            continue
        fuller = [p for p in people if p["name"].endswith(name)]
        known.add(name)
        if len(fuller) == 1:
            fuller[0]["aliases"].append(name)  # 少平 is 孙少平 without the surname.
        elif not fuller:
            people.append({"name": name, "aliases": [], **_UNTOLD})
    _add_given(people, text)
    by_name = {p["name"]: p for p in people}
    genders = {n: p["gender"] if p["gender"] != "unknown" else gender_of(n) for n, p in by_name.items()}
    who = meant(text, forms, genders)
    for form in forms:
        if form in who:
            by_name[who[form]]["aliases"].append(form)
        elif form not in by_name:
            people.append({"name": form, "aliases": [], **_UNTOLD})
    _add_kin(people, text)
    known = _all(people)
    for name in sorted(_spoken_of(reading, narration, known)):
        people.append({"name": name, "aliases": [], **_UNTOLD})
    for person in people:
        for name in (person["name"], *person["aliases"]):
            person["aliases"] += [a for a in sorted(own.get(name, ())) if a not in known]


def _add_given(people: list[dict[str, Any]], text: str) -> None:
    """少平 is 孙少平, and 向前 李向前, where no one else has that name and, if it is a word, it acts."""
    known = _all(people)
    owners = Counter(given(n) for n in known)
    likely = {s: n for n in known if (s := given(n)) and owners[s] == 1 and s not in known}
    own = {n: p for p in people for n in (p["name"], *p["aliases"])}
    for short, here in places(text, set(likely), known).items():
        acts = here.acts >= 2 and here.acts * 6 >= here.count and here.starts * 5 >= here.count
        subject = here.subject * 3 >= here.count and here.subject >= (8 if common(short) else 3)
        if here.count and (acts or subject or short not in nameless()):
            own[likely[short]]["aliases"].append(short)


def _add_kin(people: list[dict[str, Any]], text: str) -> None:
    """惠英嫂 is 惠英."""
    own = {n: p for p in people for n in (p["name"], *p["aliases"]) if 2 <= len(n) <= 3}
    genders = {n: p["gender"] if p["gender"] != "unknown" else gender_of(n) for n, p in own.items()}
    stems = {n[:2] for n in own if len(n) == 3 and n[:2] not in nameless() and n[:2] not in own}
    alone = {n for n, here in places(text, stems).items() if here.subject >= 3}
    for form, name in with_kin(text, genders | dict.fromkeys(alone, "unknown")).items():
        if form not in own:
            if name in own:
                own[name]["aliases"].append(form)
        elif name not in own:
            own[form]["aliases"].append(name)
        elif own[form] is not own[name] and own[form] in people:
            own[name]["aliases"] += [own[form]["name"], *own[form]["aliases"]]
            people.remove(own[form])


def _add_nouns(people: list[dict[str, Any]], narration: str) -> None:
    """Add those who are only called by nouns."""
    known = _all(people)
    nouns = persons("zh")
    speakers = _speakers(narration, known)
    for word in nouns:
        subject = len(re.findall(rf"{_BEFORE}(?:一个|一位|一只|这个|那个|那|这)?{word}", narration))
        if word not in known and (speakers[word] or subject >= 1):
            speakers[word] = max(speakers[word], 1)
    for name in speakers:
        if name in known or (name not in nouns and any(name in k for k in known)):
            continue
        known.add(name)
        people.append({"name": name, "aliases": [], **nouns.get(name, _UNTOLD)})


def find_people(reading: Reading) -> None:
    """Fill in `people`, the most mentioned first, and `mentions`."""
    text = reading.story.text[reading.paragraphs[0].start : reading.paragraphs[-1].end]
    narration = reading.narration(reading.paragraphs[0].start, reading.paragraphs[-1].end, "“”")
    people: list[dict[str, Any]] = [{**p, "aliases": list(p["aliases"])} for p in classics(text)]
    _add_named(people, reading, text, narration)
    _add_nouns(people, narration)
    people = [p for p in people if not _house(p["name"]) and p["name"][0] not in _LEADS]
    for person in people:
        person["aliases"] = list(dict.fromkeys(person["aliases"]))
    mentions: list[Mention] = []
    owner = {n: p["name"] for p in people for n in (p["name"], *p["aliases"])}
    if owner:
        either = "|".join(sorted(map(re.escape, owner), key=len, reverse=True))
        pattern = re.compile(f"(?:{either}){_ANOTHER}")
        for paragraph in reading.paragraphs:
            for match in pattern.finditer(reading.story.text, paragraph.start, paragraph.end):
                mentions.append(Mention(match.start(), match.end(), owner[match[0]]))
    if old_style(text):
        names = [n for n in owner if len(n) - len(surname(n)) == 1 and surname(n)]
        last = Counter(n[-1] for n in names)
        short = {n[-1]: owner[n] for n in names if last[n[-1]] == 1}
        begin, end = reading.paragraphs[0].start, reading.paragraphs[-1].end
        taken = {i for m in mentions for i in range(m.start, m.end)}
        for span in last_characters(reading.story.text, short, dictionary(), begin, end):
            if span.start not in taken:
                mentions.append(Mention(span.start, span.end, short[reading.story.text[span.start]]))
    mentions.sort(key=lambda m: m.start)
    reading.settle((), mentions)
    of: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        of[mention.who].append(mention)
    used = Counter(reading.story.text[m.start : m.end] for m in mentions)
    found, unseen = [], set[str]()
    for person in people:
        aliases = tuple(a for a in person["aliases"] if used[a])
        seen = any(reading.quoted(m.start) is None for m in of[person["name"]])
        if not seen and (used[person["name"]] < _SPOKEN_OF or not _proper(person["name"])):
            continue
        if not seen:
            unseen.add(person["name"])
        gender = person["gender"]
        if gender == "unknown":
            gender = next((g for n in (person["name"], *aliases) if (g := gender_of(n)) != "unknown"), "unknown")
        if gender == "unknown":
            gender = _gender(person["name"], of[person["name"]], reading)
        found.append(
            Character.model_validate({
                "id": person["name"], "name": person["name"], "aliases": aliases,
                "mentions": len(of[person["name"]]), "gender": gender, "age": person["age"], "kind": person["kind"],
            })
        )  # fmt: skip
    kept = {c.id for c in found}
    most = max((c.mentions for c in found), default=1)
    found = [c.model_copy(update={"importance": round((c.mentions / most) ** 0.5, 2)}) for c in found]
    kept_mentions = [m for m in mentions if m.who in kept]
    reading.settle(sorted(found, key=lambda c: -c.mentions), kept_mentions)
    reading.settle(portray(reading), kept_mentions, frozenset(unseen))


def _end_of_more(text: str, name: str) -> bool:
    """师吴用, which is nearly always 军师吴用, and 吴用 has a surname of his own."""
    if len(name) != 3 or not surname(name[1:]) or name[:2] in DOUBLE_SURNAMES:
        return False
    lefts = Counter(re.findall(f"(.){name}", text))
    left, most = max(lefts.items(), key=lambda c: c[1], default=("", 0))
    return left.isalnum() and most >= 3 and most * 10 >= 6 * lefts.total()


def _house(name: str) -> bool:
    """荣府 and 李家 are families and their houses, not somebody; 知府 is."""
    house = name[-1] in "府宅殿阁馆" or (len(name) == 2 and name[1] == "家" and name[0] in SURNAMES)
    return house and name not in persons("zh") and not name.endswith(_OFFICES)


def _proper(name: str) -> bool:
    """Whether it is a name with a surname, and no noun."""
    return "·" in name or (len(name) > 1 and bool(surname(name)) and name not in persons("zh"))


def _gender(name: str, mentions: list[Mention], reading: Reading) -> str:
    if name.endswith(_FEMALE_ENDS):
        return "female"
    votes: Counter[str] = Counter()
    for mention in mentions:
        if reading.quoted(mention.start) is None:
            after = reading.story.text[mention.end : mention.end + 40]
            found = re.search("[他她]", after)
            if found and not reading.mentions_in(mention.end, mention.end + found.start()):
                votes[found[0]] += 1
    best = votes.most_common(2)
    if not best or (len(best) > 1 and best[0][1] < 2 * best[1][1]):
        return "unknown"
    return "male" if best[0][0] == "他" else "female"
