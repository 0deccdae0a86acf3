"""Names of other languages in Chinese: 安娜·卡列尼娜 with her parts, and runs of characters that spell sounds."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Set

from yingxi.story.names_chinese import places

_SOUNDS = (
    "阿埃艾爱安昂奥巴白班邦保鲍贝本比彼宾波伯勃博布采查戴丹道德登邓迪狄笛蒂丁杜顿多厄恩尔法范菲费芬丰冯佛弗夫福富盖甘冈高戈格葛贡古瓜"
    "哈海汉豪赫黑亨洪胡华怀惠霍基吉加佳贾简杰金喀卡凯坎康考柯科可克肯孔寇库奎昆拉莱赖兰朗劳勒雷蕾黎里理力丽利莉莲连列林琳龙隆卢鲁路"
    "露伦罗洛吕马玛迈麦曼芒毛梅门蒙孟米密缅明摩莫墨默姆穆纳娜南内尼妮宁纽农努诺欧帕潘庞培佩彭蓬皮珀朴普奇契钱乔切琴茹瑞若萨塞赛桑瑟森沙"
    "莎山珊尚绍舍圣施什史士舒斯丝司思苏索所塔泰坦汤唐陶特腾提汀廷通图土托瓦万旺威韦维卫魏温翁沃乌伍武西希锡席夏香肖萧谢辛休修许雅亚延"
    "敦钦伽娃茜岑顿拜雯邱梭佩黎绥隋崔蒂坎迦盖耿衮扬杨耶叶伊依易因英尤尤雨约云赞泽曾扎詹张章珍芝治朱兹佐垂吾娅薇黛伏基涅茨诗"
)
# Between dots these are read so too.
_MORE = (
    "凡帆捷彻楚恰聂涅娄晓妲琪奇齐琦滨斌柏鲍彪岑辰聪代岱但旦第迭董娥鄂发伐番芳斐甫傅干岗根郭翰杭浩贺宏侯桓辉济嘉姜津居君堪轲奎葵坤腊琅"
    "乐累离李厉廉烈临柳娄仑珞麻茂美弥密棉苗敏谟木拿奈嫩努女旁朋丕平泼菩强秦屈让热仁荣茹僧邵舍申胜石寿朔松孙谭滔田铁铜勋彦燕宜永幼裕元哲"
    "真郑志祝卓宗祖"
)
_DOTTED = re.compile(f"[{_SOUNDS}{_MORE}]{{1,7}}(?:[·•・‧][{_SOUNDS}{_MORE}]{{1,8}}){{1,3}}")
_RUN = re.compile(f"[{_SOUNDS}]{{3,8}}")
_LEAST = 3


def transliterated(text: str, words: Set[str]) -> dict[str, list[str]]:
    """Full name -> its parts that are used alone and are nobody else's. `words` are those of the dictionary that are
    no names."""
    dotted = Counter(re.sub("[•・‧]", "·", _trimmed(text, m[0])) for m in _DOTTED.finditer(text))
    parts: dict[str, set[str]] = defaultdict(set)
    for name in dotted:
        for part in name.split("·"):
            parts[part].add(name)
    alone = Counter(n for m in _RUN.finditer(text) for n in _prefixes(m[0]))
    runs = {n for n, count in alone.items() if count >= _LEAST and n not in parts}
    short = {p for p in parts if len(p) >= 2 and p not in words}
    found = {name: [] for name in sorted(dotted, key=lambda n: -dotted[n])}
    bare: Counter[str] = Counter()
    for part, here in sorted(places(text, short).items()):
        # A given name and a surname are somebody's where there is only one who has them.
        if here.count and len(parts[part]) == 1:
            owner = next(iter(parts[part]))
            bare[owner] += here.count - dotted[owner]
            if here.count > dotted[owner]:
                found[owner].append(part)
    found = {n: p for n, p in found.items() if dotted[n] + bare[n] >= 2}
    kept = _longest({n: p.count for n, p in places(text, runs).items() if p.whole})
    for name, here in sorted(places(text, kept).items()):
        acts = here.acts * 4 >= here.count and here.placed * 4 <= here.count
        acts = acts and here.starts >= (2 if here.count > 5 else 1)
        # A word of the dictionary is a town, if it is not much more of a person: 莫斯科, but 福尔摩斯.
        person = here.acts * 3 >= here.count and here.placed * 10 <= here.count and here.starts >= 4
        if here.whole and acts and (person or name not in words):
            found.setdefault(name, [])
    return found


def _prefixes(run: str) -> Iterator[str]:
    for start in range(len(run) - 2):
        for end in range(start + 3, len(run) + 1):
            yield run[start:end]


def _longest(counts: dict[str, int]) -> set[str]:
    """Without 福尔摩 where it is always 福尔摩斯, and without 看福尔摩斯 where the shorter stands alone as well."""
    kept: set[str] = set()
    for name in sorted(sorted(counts), key=len, reverse=True):
        if not any(name in other and counts[other] * 2 > counts[name] for other in kept) and not any(
            counts[name] * 3 < counts.get(part, 0) for part in (name[1:], name[:-1])
        ):
            kept.add(name)
    return kept


def _trimmed(text: str, name: str) -> str:
    """Without what is no part of the name: 伊万·彼得罗夫明 is 伊万·彼得罗夫 where that stands more often."""
    while len(re.split("[·•・‧]", name)[-1]) > 2 and text.count(name[:-1]) > 1.5 * text.count(name):
        name = name[:-1]
    while len(re.split("[·•・‧]", name)[0]) > 2 and text.count(name[1:]) > 1.5 * text.count(name):
        name = name[1:]
    return name
