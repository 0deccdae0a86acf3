"""Chinese speech verbs before and after quotations: 行者道：“……” and “……”老人说。"""

import re
from functools import cache

from yingxi.story.lexicon import lexicon
from yingxi.story.quotes import Quote
from yingxi.story.reading import Mention, Reading
from yingxi.story.tag import Pronoun, Tag, Tags
from yingxi.story.turns import Clue, likely_meant
from yingxi.story.words_chinese import tagged, verbs_of_speech

_STOPS = "。！？；\n”」』…"
# What makes a name the one spoken to, not the speaker.
_TO = re.compile(
    "(?:对|向|朝|跟|与|和|同|给|于|问|叫|谓|告|告诉|回答|回复|答应|请|命|教|见|听|看|被|把|将|扯住|拉住|扶着|指着|望着|吩咐|嘱咐|嘱|软款|安慰|劝|劝慰"
    "|责备|责怪|埋怨|怨|骂|喝|斥|训斥|哄|骗|逗|求|央求|哀求|催|催促|提醒|追问|质问|反问|询问|警告|招呼|唤|呼|辞|拜|迎|拦住|打断|告别)(?:着|了|过|那|这)?$"
)
# 对身边的金俊山, 对两个老人: words between the preposition and whom it means.
_TO_SUCH = re.compile(
    r"(?:对|向|朝|冲)(?:[^，。；：！？]{0,30}的|(?:[这那]?[两三几]个|[小大老他她我]|自己|[这那]个|这位|那位)+)$"
)


def _to(text: str, floor: int, position: int) -> bool:
    """Whether what is named at `position` is spoken to or done to."""
    return bool(_TO.search(text[max(floor, position - 4) : position]) or _TO_SUCH.search(text, floor, position))


_PRONOUNS: dict[str, Pronoun] = {"他": "he", "她": "she", "我": "i"}
# Of whom it is said depends on whose father it is.
_KIN = frozenset(["父亲", "母亲", "爸爸", "妈妈", "妻子", "丈夫", "儿子", "女儿", "爹", "娘", "孩子", "爷爷", "奶奶"])
_SELF = re.compile(
    r"(?:吾|某|我|俺|在下|小人|小弟|小女子|贫道|末将|老夫|洒家)(?:姓(?P<sur>[\u4e00-\u9fff]{1,2})[，、]?名(?P<name>[\u4e00-\u9fff]{1,2}?)(?=[，。；])|乃|便是|就是)"
)
# 在下铁横江, 我是方卓: a name right behind, and no more.
_I_AM = re.compile("(?:在下|小弟|小可|小女子|小人|老夫|老朽|贫道|末将|洒家|我(?=是|叫))(?:是|叫|名叫)?")
_SOMEONE = re.compile("有人|众人|大家|人们|一个声音|一个人")
_PRONOUN = re.compile("[他她](?!们)")
_PRONOUN_I = re.compile("[他她我](?!们)")


@cache
def _verb_end() -> re.Pattern[str]:
    return re.compile(rf"(?P<verb>{verbs_of_speech()})(?:着|了)?[：:，,]?\s*$")


@cache
def _verb_start() -> re.Pattern[str]:
    """A tag after speech, up to its full stop or comma; a colon would mean the words to come."""
    inside = "[^，。；：:！？“”「」\n的听见闻叫让]"
    return re.compile(rf"{inside}{{0,10}}?(?<![不没未]){verbs_of_speech()}(?!话)(?:着|了)?{inside}{{0,4}}[。，！,]")


def tags(reading: Reading) -> Tags:
    """Quotations with a speech verb of their own, by a name or noun, or by 他, 她, 我."""
    found: Tags = {}
    floor = reading.paragraphs[0].start if reading.paragraphs else 0
    previous: Quote | None = None
    for quote in reading.quotes:
        if not quote.speech:
            continue
        begin = max(floor, previous.end if previous else floor)
        tag = _introduces(reading, quote) or _before(reading, quote, begin) or _after(reading, quote)
        if tag is None and previous in found and _tag_between(reading, previous, quote):
            tag = found[previous]
        between = _between(reading, previous, quote)
        if between is not None and previous is not None:
            if previous in found and (tag is None or not tag.sure) and _AGAIN.fullmatch(between):
                tag = found[previous]
            elif tag is None or tag.who or not tag.sure:
                tag = _one_speech(reading, previous, quote, between, tag, found)
        if tag is not None:
            found[quote] = tag
        previous = quote
    return found


def _introduces(reading: Reading, quote: Quote) -> Tag | None:
    """某姓张名飞, 吾乃南华老仙也: who says so is the one named."""
    text = reading.story.text
    found = _SELF.search(text, quote.inner.start, min(quote.inner.end, quote.inner.start + 30))
    if found:
        name = found["sur"] + found["name"] if found["sur"] else None
        person = next((c for c in reading.people if name and name in (c.name, *c.aliases)), None)
        mentions = reading.mentions_in(found.end(), found.end() + 1)
        if person or mentions:
            return Tag(person.id if person else mentions[0].who)
    for own in _I_AM.finditer(text, quote.inner.start, min(quote.inner.end, quote.inner.start + 30)):
        begins = text[own.start() - 1] in "，。！？；：“「『"
        for mention in reading.mentions_in(own.end(), own.end() + 1) if begins else ():
            if text[mention.end : mention.end + 1] in "，。！；,":
                return Tag(mention.who)
    return None


def clues(reading: Reading) -> list[Clue]:
    """Mentions of the narration, and 他 and 她 taken to mean the likeliest one mentioned before."""
    text = reading.story.text
    genders = {c.id: c.gender for c in reading.people}
    found: list[Clue] = []
    for paragraph in reading.paragraphs:
        marks = [
            *((m.start, m.end, m.who) for m in reading.narrated(paragraph.start, paragraph.end)),
            *((m.start(), m.end(), None) for m in _PRONOUN.finditer(text, paragraph.start, paragraph.end)
              if reading.quoted(m.start()) is None),
        ]  # fmt: skip
        for start, end, who in sorted(marks):
            first = _clause_start(text, start, paragraph.start)
            subject = first and not _TO.search(text[max(paragraph.start, start - 4) : start])
            if who is not None:
                found.append(Clue(start, end, who, subject))
            elif meant := likely_meant(found, genders, "female" if text[start] == "她" else "male", start):
                found.append(Clue(start, end, meant, subject, pronoun=True))
    return found


# 又道：, 顿了一顿，又道：: who spoke goes on.
_AGAIN = re.compile(
    rf"(?:[^，。；：！？\n]{{1,8}}，){{0,2}}(?:又|再|接着|随即|跟着|复|继续|然后|忽然?又|随后|又接着){{1,2}}[^，。；：！？\n]{{0,6}}?{verbs_of_speech()}(?:着|了)?[：:，,]\s*"
)
# One who heard or answers is another than who spoke before.
_HEARD = re.compile("听[了罢到见说得着]?|闻言|回答|答|应|接口|接过话|打断|插嘴|反问|问|抢着|抢道|抢过话")


def _between(reading: Reading, previous: Quote | None, quote: Quote) -> str | None:
    """The words between two quotations of a paragraph, where they are few and end in the middle of a sentence."""
    if previous is None or previous.paragraph != quote.paragraph:
        return None
    words = reading.story.text[previous.end : quote.start].strip()
    short = 1 < len(words) <= 40 and words[-1] in "，：,:" and not re.search("[。！？!?\n]", words)
    return words if short else None


def _one_speech(
    reading: Reading, previous: Quote, quote: Quote, between: str, tag: Tag | None, found: Tags
) -> Tag | None:
    """“……，”他张了张嘴，“……” and “……？”晓雯把椅子搬过来，“……”: who acts between the halves speaks both."""
    text = reading.story.text
    before = found.get(previous)
    broken = text[previous.inner.end - 1] in "，,、"
    if broken and before is not None and before.sure and (before.who or before.pronoun):
        return tag if tag and tag.sure else before
    start = previous.end + len(text[previous.end : quote.start]) - len(text[previous.end : quote.start].lstrip())
    mentions = reading.mentions_in(start, quote.start)
    first = next((m for m in mentions if not text[start : m.start].strip("那这")), None)
    pronoun = _PRONOUN_I.match(text, start)
    others = [m for m in mentions if first and m.who != first.who and _clause_start(text, m.start, start)]
    if others or not (first or pronoun):
        return tag
    own = Tag(first.who, noun=first.who in _KIN) if first else Tag(None, _PRONOUNS[pronoun[0]] if pronoun else None)
    # “……？”他立刻说：“……” leads to the second only, and what a colon leads to has its speaker before it.
    leads = between[-1] in "：:" and _verb_end().search(between)
    led = text[max(0, previous.start - 2) : previous.start].rstrip()[-1:] in ("：", ":")
    if before is None and not led and (broken or not (leads or _HEARD.search(between))):
        found[previous] = own
    return tag if tag is not None and tag.sure else own


def _tag_between(reading: Reading, previous: Quote | None, quote: Quote) -> bool:
    """“……”老人说，“……”: one speech in two halves."""
    if previous is None or previous.paragraph != quote.paragraph:
        return False
    between = reading.story.text[previous.end : quote.start]
    return len(between) <= 20 and between.endswith(("，", "：", ",", ":")) and "。" not in between


def _clause_start(text: str, position: int, floor: int) -> bool:
    before = text[max(floor, position - 1) : position]
    return not before or before in "，。！？；：”」』\n　 那这"


def _before(reading: Reading, quote: Quote, floor: int) -> Tag | None:
    """行者道：“……”, and the subject of the sentence that leads to the words."""
    text = reading.story.text
    lead = text[max(floor, quote.start - 120) : quote.start]
    verb = _verb_end().search(lead)
    if not verb:
        return _asks(reading, quote, lead)
    if not lead.rstrip().endswith(("：", ":", "，", ",")) and not verb.group().strip():
        return None
    verb_at = quote.start - len(lead) + verb.start()
    start = max((text.rfind(c, floor, verb_at) + 1 for c in _STOPS), default=floor)
    start = max(start, floor)
    mentions = list(reading.mentions_in(start, verb_at))
    to = next((m.who for m in mentions if _to(text, start, m.start)), None)
    if mentions:
        last = mentions[-1]
        # Adjacent to the verb but for a few words of manner, and not the one spoken to.
        if _speaks(text, start, last, verb_at):
            return Tag(last.who, noun=last.who in _KIN, to=to)
        first = next((m for m in mentions if _clause_start(text, m.start, start)), None)
        if first is not None and not _to(text, start, first.start):
            # The sentence's first subject goes on through its clauses where no other one begins a clause.
            others = [m for m in mentions if m.who != first.who and _clause_start(text, m.start, start)]
            if not others:
                return Tag(first.who, noun=first.who in _KIN, to=to)
    pronoun = next(
        (m for m in _PRONOUN_I.finditer(text, start, verb_at) if _clause_start(text, m.start(), start)), None
    )
    if pronoun:
        return Tag(None, _PRONOUNS[pronoun[0]], to=to)
    if _A_NEWCOMER.match(text, start, verb_at):
        newcomer = next((m.who for m in mentions if text[m.start - 1] in "个名位"), None)
        return Tag(newcomer, to=to)
    # 有人说 is someone else; where the subject is left out, it is someone who was named before.
    stranger = _SOMEONE.search(text, start, verb_at) or (not mentions and _a_noun_speaks(text[start:verb_at]))
    return Tag(to=to) if stranger else Tag(sure=False, to=to)


# 一个道童迎上前来，合十道：
_A_NEWCOMER = re.compile(
    "(?:只见|忽见|却见|忽然|这时)?，?(?:从?[^，。]{1,6}(?:走出|跳出|闪出|转出|来了?))?[一另有]{1,2}(?:个|名|位)[^，。；：！？“”]{2,}"
)


_ASKS = re.compile(
    "[^，。；：！？]{0,8}(?:问|告诉|回答|吩咐|嘱咐|劝|提醒|命令|央求|质问|反问|追问|安慰)(?:着|了)?[那这]?"
)


def _asks(reading: Reading, quote: Quote, lead: str) -> Tag | None:
    """华生问安娜：“……”"""
    text = reading.story.text
    begin = quote.start - len(lead)
    end = begin + len(lead.rstrip(" \u3000：:"))
    mentions = reading.mentions_in(begin, end)
    if len(mentions) < 2 or mentions[-1].end != end or text[end : end + 1] not in ("：", ":"):
        return None
    who, to = mentions[-2:]
    if who.who == to.who or not _ASKS.fullmatch(text, who.end, to.start) or not _clause_start(text, who.start, 0):
        return None
    return Tag(who.who, noun=who.who in _KIN, to=to.who)


def _a_noun_speaks(words: str) -> bool:
    """众猴笑, 司机 and 嵩 before a verb of speech: someone, though nobody of the cast."""
    words = words.strip().lstrip("那这")
    if not words or len(words) > 6 or not all("\u4e00" <= c <= "\u9fff" for c in words):
        return False
    if words[0] == "众":
        return True
    first, *rest = tagged(words)
    noun = first[1][:1] == "n" and first[0] not in lexicon("persons")["mute"]
    return noun and all(flag[:1] in "advz" for _, flag in rest)


def _speaks(text: str, start: int, mention: Mention, verb_at: int) -> bool:
    gap = text[mention.end : verb_at]
    if len(gap) > 8 or any(c in gap for c in "，。；、“”的"):
        return False
    return not _to(text, start, mention.start)


def _after(reading: Reading, quote: Quote) -> Tag | None:
    """“……”老人说。 also where the tag has a line of its own."""
    text = reading.story.text
    near = text[quote.end : quote.end + 8]
    start = quote.end + len(near) - len(near.lstrip())
    mentions = reading.mentions_in(start, start + 3)
    pronoun = _PRONOUN_I.match(text, start)
    if text[quote.inner.end - 1] in "：:" or (not mentions and not pronoun):
        return None
    if mentions and text[start : mentions[0].start].strip("那这"):
        return None
    end = mentions[0].end if mentions else start + 1
    tail = _verb_start().match(text, end)
    if not tail or (text[tail.end() : tail.end() + 1] in ("“", "「") and text[tail.end() - 1] not in "，,"):
        return None
    if not mentions and pronoun:
        return Tag(None, _PRONOUNS[pronoun[0]])
    return Tag(mentions[0].who, noun=mentions[0].who in _KIN)
