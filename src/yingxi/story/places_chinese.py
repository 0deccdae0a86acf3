"""Where a Chinese sentence is: the place that someone goes to, reaches or is in, not one that is only named.

像掉进大海, 想回屋里, 往山上走 and 城里的亲戚 name a place and leave the story where it was.
"""

import re
from functools import cache

from yingxi.story.lexicon import lexicon

_CLAUSE = re.compile("[^，。；：！？、\n“”「」]+")
# After these someone is where the words that follow say. A character before them may make another word: 想到, 放在.
_AT = (
    "(?:(?<![想提说看听感遇得谈梦收直捡买拿望见受碰迟等轮料])到|(?<![甚以乃])(?<!直)至|直至|(?<![投卷扔丢抛塞装传映陷沉倒融注掉摔])(?:进|入)(?:得|了)?"
    "|(?<![现放挂搁写刻摆插种藏埋扔丢死生葬存实])在|(?<![由对关至终属等位过现见书])于|(?<![收拿挽一这那次几取夺])回(?:到|了|至)?"
    "|(?:登|爬|走|奔|冲|攀|跳|踏|飞|赶|跑|迈|来|转|拐|挤|径)上(?:了)?|^上(?:了|得)?"
    "|(?:走|穿|越|翻|渡|跨|飘|经|绕|方|^|路)过(?:了)?|(?<!直)(?:径|竟|直)?奔(?!走)|[朝暮夜来同闲](?:游|宿)|^投|(?:径|来|前来|直|同|去)投|抵达?|登临?|返回"
    "|(?:早|忽|望|果|瞧|看|遇|撞)见(?:了|前面|面前|眼前|前头|有)*(?=一[座所间条道片带处家个])"
    "|(?:面前|眼前|前面|迎面)(?:是|有|便是|就是|出现了?|现出了?|露出了?)(?=一[座所间条道片带处家个]))"
)
# What may stand between: a measure, what the place is like, its name.
_MODIFIED = "[^，。；：！？、\n往向从离出时]{0,10}"
_REACHES = re.compile(f"(?P<at>{_AT})(?P<between>{_MODIFIED})$")
_NOT_YET = re.compile(
    "(?:不(?![觉多一久知由])|没有?|[未别莫休要欲肯敢能愿若想]|打算|准备|可以|如果|从小|以为|不曾|何不|想要|将要)(?:再|去|来|就|便|曾|先|跑|走|飞|逃|带|送|搬|躲|退)*$|[便正想]要[^，。；：！？]{0,4}$"
)
_TOLD = re.compile(
    "(?:[像似犹]|好比|仿佛|宛如|宛若|如同|譬如|恰如|有如|^如(?!今)|听说|听见说|据说|传说|相传|想起|想到|记得|回忆|梦见|梦到|从前|当年|如果|要是|假如|叫做|名叫|唤作|唤做|唤为"
    "|名为|家住|世居|祖居|住惯|生长在|^若|以前|常常|往往|小时候|再也|本来|向来|[往向朝从离由]$)"
)
# What is remembered or heard goes on to the end of the sentence.
_ELSEWHERE = re.compile(
    "想起|回忆|回想|记得|记起|梦见|梦到|听说|听见说|据说|传说|相传|说起|说过|提起|讲起|[信书报][里中上]说"
)
_INDIRECT = re.compile("^[^ 　]*(?:说|告诉[^，。]{1,4})，")
# In 大路上的行人 it is said of someone else; 院子里的石凳上 is there.
_OF = re.compile(
    "(?:里|中|内|上|下|前|外|边|旁|后)*的(?![^，。；：！？]{0,6}(?:[上里中下旁边前后内外]|门口|尽头|深处|中央|角落|时候))"
)
_INSIDE = re.compile("(?:里|中|内|上|下|前|外|边|旁|后|间|门口)")
_SIMILE = re.compile("[^，。；：！？]{0,6}(?:似的|一般|一样|般的?)")
# A clause that begins with 茶馆里 and tells what is there: 茶馆里坐满了人.
_SCENERY = re.compile(
    r"(?:，|[^，。；：！？的]{0,3}着|[^，。；：！？的]{0,2}(?:一片|坐|站|挤|睡|跪|躺|静|空荡|冷清|热闹|漆黑|黑着|亮|灯|弥漫|响起|传来|飘|没有人|只有|只剩|住着|到处|忽然|突然|有(?:[两三几许人位]|一[个位名群只对双]))|$)"
)
_OPENS = re.compile(
    "^(?:[那这只见此果然却说早已原来]{1,3}|[^，。；：！？是有在的]{1,5}的|[一半深]?[^，。；：！？是有在的]{0,3}[夜晚晨早时天日])?$"
)
_SEEN = ("只见", "忽见", "但见")
# Things are put there, or all the others are.
_OTHERS_ARE = re.compile("[书写题刻贴][^，。；：！？]*于$|[都俱皆尽各]在$")
# An old camp is made, not gone to: 下寨, 安营.
_CAMPS = re.compile("(?:下|扎|安|立|结)(?:了|个|下)?$")
# Words too short to be a place by themselves: 入店坐下 but not 店主.
_SHORT_ENDS = "(?=[里中内上下前外边口旁头去来坐歇投躲饮了]|$)"


_LOCAL = re.compile("[里中内上下前外边旁间口]$")


def same(place: str, other: str) -> bool:
    """Whether two words mean one place: 破庙 and 庙里."""
    a, b = _LOCAL.sub("", place), _LOCAL.sub("", other)
    return bool(a and b) and (a.endswith(b) or b.endswith(a))


@cache
def _places() -> re.Pattern[str]:
    words = lexicon("places")["zh"]
    long = "|".join(sorted(map(re.escape, [*words["outdoors"], *words["indoors"]]), key=len, reverse=True))
    return re.compile(f"(?P<long>{long})|(?P<short>[{''.join(words['short'])}]){_SHORT_ENDS}")


def place_in(sentence: str) -> str | None:
    """The place that a sentence goes to or is in, the last one where there are several; None where it tells none.
    Speech must be blanked out."""
    found = None
    for number, clause in enumerate(_CLAUSE.finditer(sentence)):
        words = clause[0].strip()
        if _ELSEWHERE.search(sentence, 0, clause.start()) or _INDIRECT.search(sentence[: clause.start()]):
            break
        for match in _places().finditer(words):
            before, after = words[: match.start()], words[match.end() :]
            if _TOLD.search(before) or _SIMILE.match(after):
                continue
            if _there(before, match[0], after) or (
                (not number or words.startswith(_SEEN)) and match["long"] and _scenery(before, match[0], after)
            ):
                inside = _INSIDE.match(after) if match["short"] else None
                found = match[0] + (inside[0] if inside else "")
    return found


def _there(before: str, place: str, after: str) -> bool:
    if place.startswith(("寨", "营", "军营")) and _CAMPS.search(before):
        return True
    reached = _REACHES.search(before)
    if not reached or _OF.match(after):
        return False
    return not _NOT_YET.search(before[: reached.start()]) and not _OTHERS_ARE.search(before[: reached.end("at")])


def _scenery(before: str, place: str, after: str) -> bool:
    inside = _INSIDE.match(after)
    located = inside is not None or _INSIDE.fullmatch(place[-1]) is not None
    if not _OPENS.match(before) or not located:
        return False
    return _SCENERY.match(after[inside.end() if inside else 0 :]) is not None
