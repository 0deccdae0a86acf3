"""Chinese names that no dictionary has: a surname and one or two characters that keep together in many places and act
like a person.

After the usual statistics of new words: how many different characters stand on either side.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from yingxi.core.story import Span

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹章云苏潘葛范彭鲁韦马苗花方俞任"
    "袁柳史唐薛雷贺倪汤罗毕郝安常于傅康余元顾孟黄穆萧尹姚邵毛狄米戴宋庞熊纪舒项祝董梁杜阮蓝席季贾江童颜郭"
    "梅盛林钟徐邱骆高夏蔡田胡凌霍虞万柯卢莫房裘丁邓洪包石崔龚程邢裴陆荣翁荀羊惠甄曲封段富焦牧山谷车侯全班"
    "仰秋仲伊宫宁仇甘武符刘景詹束龙叶司韶黎薄印白怀蒲从索咸籍赖卓屠蒙池乔闻莘翟谭贡劳申扶堵冉宰雍桑濮牛寿"
    "通边燕冀浦尚农温别庄晏柴瞿阎充慕连习艾容向古易慎戈廖终居衡步耿满弘匡国文寇广东欧沃利越夔隆师巩聂晁"
    "勾敖融冷辛阚简饶空曾关游竺权盖益桓公"
)
DOUBLE_SURNAMES = (
    "欧阳", "司马", "诸葛", "上官", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "长孙", "宇文", "东方",
    "独孤", "南宫", "轩辕",
)  # fmt: skip
ACTS = (
    "说|问|答|道|笑|想|喊|叫|哭|骂|叹|点头|摇头|点了|摇了|站起|坐在|坐下|走|跑|看|望|听|拿|拉|转过|回过|抬起|低下|觉得|知道|"
    "心里|心中|赶忙|连忙|急忙|立刻|忍不住|大笑|微笑|大怒|大惊|大喜|曰|引|率|拍|伸|接过|开口|把|对|向|跟|给"
)
_PLACED = "在到回去从离往至于进"
_FUNCTION = frozenset(
    "的了着过是在和与就也又都还很不没有这那他她它我你们一二三个把被对向说道问到上下中里来去得地么吗呢吧啊"
)
_FEMALE = frozenset("霞叶花香莲英芳丽娟凤兰秀梅琴娥玲燕莉娜婷妮媛婉娇娘姬妹姑珍珠翠萍蓉菊艳倩嫣黛钗湘姝妙")


_ACTING = re.compile(f"[^\\w]|{ACTS}")
_TOGETHER = frozenset("对和跟给让把叫问、与同向被等替帮找")
_BEFORE_NAMES = frozenset("向从于全时单别那和老连")
PLACE_ENDS = tuple("村镇县市省乡庄寨街路湖洞庙寺桥里上人")


@dataclass
class Places:
    """Where a name stands in a text: how often at all, before an act, after a word such as 在, where a clause begins;
    and which characters are beside it."""

    count: int = 0
    acts: int = 0
    placed: int = 0
    starts: int = 0
    together: int = 0
    lefts: set[str] = field(default_factory=set)
    rights: Counter[str] = field(default_factory=Counter)

    @property
    def whole(self) -> bool:
        """Whether different characters stand on both sides, so that it is no part of something longer."""
        enough = min(4, self.count)
        return len(self.lefts) >= 2 and len(self.rights) >= enough and max(self.rights.values()) <= 0.6 * self.count

    @property
    def subject(self) -> int:
        """How often a clause begins with it or it follows a word such as 和."""
        return self.starts + self.together


def places(text: str, names: Set[str], within: Set[str] = frozenset()) -> dict[str, Places]:
    """Where each of `names` stands, in one pass; not where it is the end of one of `within`."""
    found = {n: Places() for n in sorted(names)}
    lengths = sorted({len(n) for n in names})
    firsts = {n[0] for n in names}
    for i, char in enumerate(text):
        if char not in firsts:
            continue
        for length in lengths:
            name = text[i : i + length]
            if name not in found or text[i - 1 : i + length] in within or text[i - 2 : i + length] in within:
                continue
            here, before = found[name], text[i - 1 : i]
            here.count += 1
            here.acts += _ACTING.match(text, i + length) is not None
            here.placed += before in _PLACED and before != ""
            here.starts += not before.isalnum()
            here.together += before in _TOGETHER
            here.lefts.add(before)
            here.rights[text[i + length : i + length + 1]] += 1
    return found


def new_names(text: str, words: Set[str], least: int = 4) -> Counter[str]:
    """Names of a surname and more, with how often they stand in a text. `words`: those of the dictionary that are no
    names."""
    counts: Counter[str] = Counter()
    for i, char in enumerate(text):
        double = text[i : i + 2] in DOUBLE_SURNAMES
        if not double and char not in SURNAMES:
            continue
        for length in (3, 4) if double else (2, 3):
            name = text[i : i + length]
            if len(name) < length or not all("\u4e00" <= c <= "\u9fff" and c not in _FUNCTION for c in name[1:]):
                break
            counts[name] += 1
    likely = {n for n, count in counts.items() if count >= least and n not in words}
    found: Counter[str] = Counter()
    for name, here in places(text, likely).items():
        acts = here.acts * 3 >= here.count and here.placed * 3 <= here.count
        # 车司机, 孔窑洞: a word with a character before it, unless clauses begin so, as with 李向前.
        common = name[1:] in words and (here.starts < 2 or here.starts * 5 < here.count)
        if here.whole and acts and not common and not name.endswith(PLACE_ENDS):
            found[name] = here.count
    for name in list(found):
        # 李向 of 李向前: the longer one has most of its places.
        longer = [n for n in counts if n != name and n.startswith(name) and counts[n] * 2 > counts[name]]
        if any(n in found or n in words for n in longer):
            del found[name]
    return found


_FIRST = re.compile(r"(?<!\w)[\u4e00-\u9fff]{2}")
_NOT_FIRST = frozenset("众各每某诸另但若")
_SUBJECT = re.compile(
    rf"(?:(?<!\w)|(?<=[对和跟]))([\u4e00-\u9fff]{{2}})(?=(?:又|也|就|却|便|才|忙|都|还|正|已经)?(?:{ACTS}))"
)


def given_names(text: str, words: Set[str], full: Set[str]) -> Counter[str]:
    """秀莲: two characters that no dictionary has, where clauses begin, with acts after them. `full`: names that are
    known, whose ends do not count."""
    counts = Counter(m[1] for m in _SUBJECT.finditer(text))
    first = Counter(m[0] for m in _FIRST.finditer(text))
    likely = {
        n
        for n in {*counts, *(f for f, count in first.items() if count >= 4)}
        if n not in words and not _FUNCTION & set(n) and n[0] not in _NOT_FIRST and n not in full
    }
    found: Counter[str] = Counter()
    begins: Counter[str] = Counter()
    for name, here in places(text, likely, full).items():
        if not here.whole or here.placed * 5 > here.count:
            continue
        if counts[name] and here.starts >= 3 and here.starts * 5 >= here.count and here.acts * 6 >= here.count:
            found[name] = here.count
        elif here.starts >= 4 and here.starts * 2 >= here.count:
            begins[name] = here.count
    # One who does little is a person if a surname is told too.
    return found + Counter({n: begins[n] for n in surnamed(text, set(begins))})


_NOT_LAST = frozenset(
    "声口头手身眼色气脸笑苦冷微大怒急忙惊喜叹忽齐同答应追反喝斥吼嚷哭骂咐告劝奏禀便乃报亦遂即就却又等云高听看唤再都只教且才因先正"
)


def speaking(text: str, verb: str, words: Set[str]) -> Counter[str]:
    """Names that nothing knows, of those who are said to speak: 铁横江道：“”. With a surname it takes one more place
    where a clause begins so, without one three. `text` is the narration, with “” for speech."""
    name = r"([\u4e00-\u9fff]{2,4}?)"
    tag = re.compile(rf"(?<![\u4e00-\u9fff]){name}{verb}(?:着|了)?[：:，]\s*“”|“”\s*{name}{verb}(?:着|了)?[。，]")
    said = Counter(m[1] or m[2] for m in tag.finditer(text))
    likely = {
        n for n in said
        if n not in words and not _FUNCTION & set(n) and n[-1] not in _NOT_LAST and n[0] not in _NOT_FIRST
        and not n.endswith(PLACE_ENDS)
    }  # fmt: skip
    found: Counter[str] = Counter()
    for name, here in places(text, likely).items():
        own = (2 if name[:2] in DOUBLE_SURNAMES else 1) if name[0] in SURNAMES or name[:2] in DOUBLE_SURNAMES else 0
        fits = len(name) - own in (1, 2) if own else len(name) == 3
        # 天子乃 is 天子, who is told of without 乃 as well.
        varied = len(here.rights) >= 2 and (len(name) < 3 or text.count(name[:-1]) <= 2 * here.count)
        if fits and varied and here.starts >= (2 if own else 3) and said[name] >= (1 if own else 2):
            found[name] = here.count
    return Counter({n: c for n, c in found.items() if not any(n != o and n.startswith(o) for o in found)})


_INTRODUCED = re.compile(
    r"姓(?P<sur>[\u4e00-\u9fff]{1,2})[，,、]?名(?P<name>[\u4e00-\u9fff]{1,2}?)(?=[，。,；者曰])"
    r"(?:[，,](?:表?字|号)(?P<style>[\u4e00-\u9fff]{2})(?=[，。,；者曰]))?"
)
_STYLED = re.compile(
    r"(?P<full>[\u4e00-\u9fff]{2,3})[，,](?:表?字|人称|绰号|号)(?P<style>[\u4e00-\u9fff]{2,3})(?=[，。,；])"
)
# What one who is called by his last character only does, in the old style: 飞曰, 角大怒.
_OLD_ACTS = (
    "曰|大怒|大喜|大叫|大惊|急|乃|遂|即|引|挺|见|闻|视|谢|笑|叹|拜|亦|从|欲|又|令|谓|往|忽|入|听|问|答|命|唤|奏|怒|喜|惊|与|率|领|拍"
    "|不|命|谏|泣|伏|疑|惧|惶|接|奉|既|自|已|方|正|回|出"
)


def introduced(text: str) -> dict[str, set[str]]:
    """Full name -> other names that the text gives with it: 姓刘名备，字玄德."""
    found: dict[str, set[str]] = defaultdict(set)
    for m in _INTRODUCED.finditer(text):
        if m["sur"][0] in SURNAMES:
            found[m["sur"] + m["name"]] |= {m["style"]} - {None}
    for m in _STYLED.finditer(text):
        for length in (3, 2):
            full = m["full"][-length:]
            if full[0] in SURNAMES and len(full) == length and full[1] != "名":
                found[full].add(m["style"])
                break
    return found


def last_characters(text: str, names: Mapping[str, str], words: Set[str], begin: int, end: int) -> Iterator[Span]:
    """Where the old style calls a person by the one character after the surname: 操曰, 谓操曰, 操幼时. `names`: it ->
    full name. What makes a word of the dictionary with a character beside it is that word: 飞身, 操戈."""
    if not names:
        return
    either = "|".join(sorted(names))
    first = "，。！？；：”」\\n　"
    certain = re.compile(f"(?<=[{first}])(?:{either})(?={_OLD_ACTS})|(?<=[谓问])(?:{either})(?=曰)")
    likely = re.compile(f"(?<=[{first}见谓与拜杀擒劝责告召救害引请教令使])(?:{either})(?=[\u4e00-\u9fff，。；])")
    for match in likely.finditer(text, begin, end):
        at = match.start()
        if certain.match(text, at) or not {text[at - 1 : at + 1], text[at : at + 2], text[at : at + 3]} & words:
            yield Span(at, match.end())


def old_deed(name: str, lasts: Set[str]) -> bool:
    """卓大怒: no name, where 卓 is the last character of one."""
    return name[0] in lasts and re.fullmatch(f"(?:{_OLD_ACTS}|{ACTS})", name[1:]) is not None


def given(name: str) -> str | None:
    """少平 of 孙少平; None where there is too little of it."""
    first = 2 if name[:2] in DOUBLE_SURNAMES else 1
    return name[first:] if len(name) - first == 2 and name[0] in SURNAMES else None


def gender_of(name: str) -> str:
    """What the last character of a name tells, if anything."""
    return "female" if len(name) >= 2 and name[-1] in _FEMALE else "unknown"


def surnamed(text: str, names: Set[str]) -> dict[str, str]:
    """秀莲 -> 贺秀莲, of given names that one surname stands before, twice at least, and hardly another."""
    lefts: dict[str, Counter[str]] = defaultdict(Counter)
    for match in re.finditer("|".join(map(re.escape, sorted(names))) or "$^", text):
        before = text[match.start() - 1 : match.start()]
        if before in SURNAMES and before not in _BEFORE_NAMES:
            lefts[match[0]][before] += 1
    best = {n: c.most_common(1)[0] for n, c in lefts.items()}
    return {n: left + n for n, (left, count) in best.items() if count >= max(2, 0.8 * lefts[n].total())}
