"""Chinese people by surname and title, 王经理, and by 老王 and 小王: who is meant, where only one can be."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set

from yingxi.story.lexicon import called
from yingxi.story.names_chinese import DOUBLE_SURNAMES, SURNAMES, places

# Surnames that are commoner as other words where a title follows: 向老师说.
_OTHER_WORDS = frozenset("向从于和时万全都别单那公空平长常高老关通安师")
_LEAST, _LEAST_FOND = 2, 3
_SENTENCE = re.compile("[^。！？\n]+")


def surname(name: str) -> str:
    """The surname that a name begins with, or nothing."""
    return name[:2] if name[:2] in DOUBLE_SURNAMES else name[:1] if name[0] in SURNAMES else ""


def titled(text: str, narration: str, words: Set[str], known: Set[str]) -> dict[str, str]:
    """王经理 -> 王, 老王 -> 王, of those who are mentioned often enough. `words` are no names; of `known` the ends
    are no surnames: 金俊武书记."""
    titles = "|".join(sorted(map(re.escape, called()), key=len, reverse=True))
    sure = "".join(sorted(SURNAMES - _OTHER_WORDS))
    pattern = re.compile(f"(?P<sur>{'|'.join(DOUBLE_SURNAMES)}|[{sure}])副?(?:{titles})(?!们)")
    counts: Counter[str] = Counter()
    found: dict[str, str] = {}
    for match in pattern.finditer(text):
        end = match.end("sur")
        if any(text[end - n : end] in known for n in (2, 3, 4)):
            continue
        counts[match[0]] += 1
        found[match[0]] = match["sur"]
    kept = {}
    for name, here in places(text, {n for n in found if counts[n] >= _LEAST and n not in words}).items():
        # 对方姑娘: half the time at least a title with its surname begins a clause or follows 对 or 和.
        if (here.starts + here.together) * 2 >= here.count:
            kept[name] = found[name]
    fond = {f + s: s for f in "老小" for s in SURNAMES if f + s not in words and f + s in narration}
    for name, here in places(narration, set(fond)).items():
        if here.count >= _LEAST_FOND and here.whole and here.acts * 4 >= here.count and here.starts >= 2:
            kept[name] = fond[name]
    return kept


def meant(text: str, forms: Mapping[str, str], people: Mapping[str, str]) -> dict[str, str]:
    """Which of the forms mean one of `people` (name -> gender) for certain.

    The text joins title and name, 县长孙立, or one person only has the surname, and no sentence has both.
    """
    found: dict[str, str] = {}
    by_surname: dict[str, list[str]] = defaultdict(list)
    for name in people:
        if len(name) > 1 and (own := surname(name)):
            by_surname[own].append(name)
    fond = Counter(own for form, own in forms.items() if form[0] in "老小")
    for form, own in forms.items():
        able = [n for n in by_surname[own] if _agree(form, people[n])]
        title = form.removeprefix(own)
        joined = [n for n in able if form[0] not in "老小" and (title + n in text or n + title in text)]
        if len(joined) == 1:
            found[form] = joined[0]
        elif (
            not joined
            and len(able) == len(by_surname[own]) == 1
            and fond[own] < 2
            and not any(_apart(sentence, form, able[0]) for sentence in _sentences(text, form))
        ):
            found[form] = able[0]
    return found


def _agree(form: str, gender: str) -> bool:
    told = next((called()[t] for t in sorted(called(), key=len, reverse=True) if form.endswith(t)), "unknown")
    return "unknown" in (told, gender) or told == gender


def _sentences(text: str, form: str) -> Iterator[str]:
    at = text.find(form)
    while at >= 0:
        begin = max(text.rfind(c, 0, at) for c in "。！？\n") + 1
        stop = _SENTENCE.match(text, begin)
        yield text[begin : stop.end() if stop else at]
        at = text.find(form, at + 1)


def _apart(sentence: str, form: str, name: str) -> bool:
    """Whether a sentence names both, so that they are two."""
    return name in sentence or (len(name) > 2 and name[len(surname(name)) :] in sentence.replace(form, ""))


_KIN = {"male": "哥|叔|伯|大哥|大叔", "female": "姐|嫂|婶|姨|大姐|嫂子|妹子"}


def with_kin(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """惠英嫂 -> 惠英, of names (-> gender) that are used with a word of kin after them. 大川嫂 is not 大川; where the
    gender is not known it takes more."""
    found: dict[str, str] = {}
    for gender, kin in _KIN.items():
        either = "|".join(
            re.escape(n) for n in sorted(names, key=len, reverse=True) if names[n] in (gender, "unknown")
        )
        pattern = f"(?P<name>{either or '$^'})(?:{kin})(?![夫姐哥妹叔伯婶姨])"
        forms = {m[0]: m["name"] for m in re.finditer(pattern, text)}
        found |= {f: n for f, n in forms.items() if names[n] == gender or text.count(f) >= 3}
    return found


def ladies(text: str, names: Mapping[str, str]) -> set[str]:
    """莫兰太太, where 莫兰 of `names` (-> gender) is not known to be a woman: someone else."""
    either = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True) if names[n] != "female")
    titles = "|".join(t for t, gender in called().items() if gender == "female")
    return set(re.findall(f"(?:{either or '$^'})(?:{titles})", text))
