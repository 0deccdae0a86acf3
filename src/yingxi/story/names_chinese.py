"""Chinese names that no dictionary has: a surname and one or two characters that keep together in many places and act
like a person.

After the usual statistics of new words: how many different characters stand on either side.
"""

import re
from collections import Counter, defaultdict

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹章云苏潘葛范彭鲁韦马苗花方俞任"
    "袁柳史唐薛雷贺倪汤罗毕郝安常于傅康余元顾孟黄穆萧尹姚邵毛狄米戴宋庞熊纪舒项祝董梁杜阮蓝席季贾江童颜郭"
    "梅盛林钟徐邱骆高夏蔡田胡凌霍虞万柯卢莫房裘丁邓洪包石崔龚程邢裴陆荣翁荀羊惠甄曲封段富焦牧山谷车侯全班"
    "仰秋仲伊宫宁仇甘武符刘景詹束龙叶司韶黎薄印白怀蒲从索咸籍赖卓屠蒙池乔闻莘翟谭贡劳申扶堵冉宰雍桑濮牛寿"
    "通边燕冀浦尚农温别庄晏柴瞿阎充慕连习艾容向古易慎戈廖终居衡步都耿满弘匡国文寇广东欧沃利越夔隆师巩聂晁"
    "勾敖融冷辛阚简饶空曾关游竺权盖益桓公"
)
DOUBLE_SURNAMES = (
    "欧阳", "司马", "诸葛", "上官", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "长孙", "宇文", "东方",
    "独孤", "南宫", "轩辕",
)  # fmt: skip
_ACTS = (
    "说|问|答|道|笑|想|喊|叫|哭|骂|叹|点头|摇头|点了|摇了|站起|坐在|坐下|走|跑|看|望|听|拿|拉|转过|回过|抬起|低下|觉得|知道|"
    "心里|心中|赶忙|连忙|急忙|立刻|忍不住|大笑|微笑|大怒|大惊|大喜|曰|引|率|拍|伸|接过|开口|把|对|向|跟|给"
)
_PLACED = "在到回去从离往至于进"
_FUNCTION = frozenset(
    "的了着过是在和与就也又都还很不没有这那他她它我你们一二三个把被对向说道问到上下中里来去得地么吗呢吧啊"
)
_FEMALE = frozenset("霞叶花香莲英芳丽娟凤兰秀梅琴娥玲燕莉娜婷妮媛婉娇娘姬妹姑珍珠翠萍蓉菊艳倩嫣黛钗湘姝妙")


def new_names(text: str, words: set[str], least: int = 4) -> Counter[str]:
    """Names with how often they stand in a text. `words` are those of the dictionary, which are no names."""
    counts: Counter[str] = Counter()
    lefts: dict[str, set[str]] = defaultdict(set)
    rights: dict[str, Counter[str]] = defaultdict(Counter)
    for i, char in enumerate(text):
        double = text[i : i + 2] in DOUBLE_SURNAMES
        if not double and char not in SURNAMES:
            continue
        for length in (3, 4) if double else (2, 3):
            name = text[i : i + length]
            if len(name) < length or not all("\u4e00" <= c <= "\u9fff" and c not in _FUNCTION for c in name[1:]):
                break
            counts[name] += 1
            lefts[name].add(text[i - 1 : i])
            rights[name][text[i + length : i + length + 1]] += 1
    found: Counter[str] = Counter()
    for name, count in counts.items():
        if count < least or name in words or len(lefts[name]) < 2 or len(rights[name]) < 4:
            continue
        if rights[name].most_common(1)[0][1] > 0.6 * count:
            continue  # a part of something longer
        acts = len(re.findall(f"{name}(?:[^\\w]|{_ACTS})", text))
        placed = len(re.findall(f"[{_PLACED}]{name}", text))
        if acts * 3 >= count and placed * 3 <= count:
            found[name] = count
    for name in list(found):
        # 李向 of 李向前: the longer one has most of its places.
        longer = [n for n in counts if n != name and n.startswith(name) and counts[n] * 2 > counts[name]]
        if any(n in found or n in words for n in longer):
            del found[name]
    return found


_INTRODUCED = re.compile(
    r"姓(?P<sur>[\u4e00-\u9fff]{1,2})[，,、]?名(?P<name>[\u4e00-\u9fff]{1,2}?)(?=[，。,；者曰])"
    r"(?:[，,](?:表?字|号)(?P<style>[\u4e00-\u9fff]{2})(?=[，。,；者曰]))?"
)
_STYLED = re.compile(
    r"(?P<full>[\u4e00-\u9fff]{2,3})[，,](?:表?字|人称|绰号|号)(?P<style>[\u4e00-\u9fff]{2,3})(?=[，。,；])"
)
# What one who is called by his last character only does, in the old style: 飞曰, 角大怒.
_OLD_ACTS = "曰|大怒|大喜|大叫|大惊|急|乃|遂|即|引|挺|见|闻|视|谢|笑|叹|拜|亦|从|欲|又|令|谓"


def introduced(text: str) -> dict[str, set[str]]:
    """Full name -> other names that the text gives with it: 姓刘名备，字玄德."""
    found: dict[str, set[str]] = defaultdict(set)
    for m in _INTRODUCED.finditer(text):
        if m["sur"][0] in SURNAMES:
            found[m["sur"] + m["name"]] |= {m["style"]} - {None}
    for m in _STYLED.finditer(text):
        for length in (3, 2):
            full = m["full"][-length:]
            if full[0] in SURNAMES and len(full) == length:
                found[full].add(m["style"])
                break
    return found


def last_character(names: dict[str, str]) -> re.Pattern[str] | None:
    """Where the old style calls a person by the last character of a name of two. `names`: character -> full name."""
    if not names:
        return None
    return re.compile(f"(?<=[，。！？；：”」\\n　])(?:{'|'.join(names)})(?={_OLD_ACTS})")


def given(name: str) -> str | None:
    """少平 of 孙少平; None where there is too little of it."""
    first = 2 if name[:2] in DOUBLE_SURNAMES else 1
    return name[first:] if len(name) - first == 2 and name[0] in SURNAMES else None


def gender_of(name: str) -> str:
    """What the last character of a name tells, if anything."""
    return "female" if len(name) >= 2 and name[-1] in _FEMALE else "unknown"
