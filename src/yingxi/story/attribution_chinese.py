"""Chinese speech verbs before and after quotations: 行者道：“……” and “……”老人说。"""

import re
from functools import cache

from yingxi.story.cast_chinese import verbs_of_speech
from yingxi.story.quotes import Quote
from yingxi.story.reading import Mention, Reading

_STOPS = "。！？；\n”」』…"
# What makes a name the one spoken to, not the speaker.
_TO = re.compile(
    r"(?:对|向|朝|跟|与|和|同|报与|问|叫|谓|告|请|命|教|见|听|看|被|把|将|扯住|拉住|扶着|指着|望着)(?:着|了|那|这)?$"
)


@cache
def _verb_end() -> re.Pattern[str]:
    return re.compile(rf"(?P<verb>{verbs_of_speech()})(?:着|了)?[：:，,]?\s*$")


@cache
def _verb_start() -> re.Pattern[str]:
    """A tag after speech, up to its full stop or comma; a colon would mean the words to come."""
    inside = "[^，。；：:！？“”「」\n的听见闻叫让]"
    return re.compile(rf"{inside}{{0,10}}?{verbs_of_speech()}(?:着|了)?{inside}{{0,4}}[。，！,]")


def explicit(reading: Reading) -> dict[Quote, str]:
    """Quotations with a speech verb of their own."""
    found: dict[Quote, str] = {}
    floor = reading.paragraphs[0].start if reading.paragraphs else 0
    previous: Quote | None = None
    for quote in reading.quotes:
        if not quote.speech:
            continue
        who = _before(reading, quote, max(floor, previous.end if previous else floor))
        if who is None:
            who = _after(reading, quote)
        if who is None and previous in found and _tag_between(reading, previous, quote):
            who = found[previous]
        if who is not None:
            found[quote] = who
        previous = quote
    return found


def _tag_between(reading: Reading, previous: Quote | None, quote: Quote) -> bool:
    """“……”老人说，“……”: one speech in two halves."""
    if previous is None or previous.paragraph != quote.paragraph:
        return False
    between = reading.story.text[previous.end : quote.start]
    return len(between) <= 20 and between.endswith(("，", "：", ",", ":")) and "。" not in between


def _clause_start(text: str, position: int, floor: int) -> bool:
    before = text[max(floor, position - 1) : position]
    return not before or before in "，。！？；：”」』\n　 那这"


def _before(reading: Reading, quote: Quote, floor: int) -> str | None:
    text = reading.story.text
    lead = text[max(floor, quote.start - 120) : quote.start]
    verb = _verb_end().search(lead)
    if not verb or (not lead.rstrip().endswith(("：", ":", "，", ",")) and not verb.group().strip()):
        return None
    if not lead.rstrip().endswith(("：", ":")) and len(verb["verb"]) < 1:
        return None
    verb_at = quote.start - len(lead) + verb.start()
    start = max((text.rfind(c, floor, verb_at) + 1 for c in _STOPS), default=floor)
    start = max(start, floor)
    mentions = list(reading.mentions_in(start, verb_at))
    if not mentions:
        return None
    last = mentions[-1]
    # Adjacent to the verb but for a few words of manner, and not the one spoken to.
    if _speaks(text, start, last, verb_at):
        return last.who
    first = next((m for m in mentions if _clause_start(text, m.start, start)), None)
    if first is None or _TO.search(text[max(start, first.start - 4) : first.start]):
        return None
    # The sentence's first subject goes on through its clauses where no other one begins a clause.
    others = [m for m in mentions if m.who != first.who and _clause_start(text, m.start, start)]
    return None if others else first.who


def _speaks(text: str, start: int, mention: Mention, verb_at: int) -> bool:
    gap = text[mention.end : verb_at]
    if len(gap) > 8 or any(c in gap for c in "，。；、“”的"):
        return False
    return not _TO.search(text[max(start, mention.start - 4) : mention.start])


def _after(reading: Reading, quote: Quote) -> str | None:
    """“……”老人说。 also where the tag has a line of its own."""
    text = reading.story.text
    near = text[quote.end : quote.end + 8]
    start = quote.end + len(near) - len(near.lstrip())
    mentions = reading.mentions_in(start, start + 3)
    if not mentions or text[quote.inner.end - 1] in "：:" or text[start : mentions[0].start].strip("那这"):
        return None
    first = mentions[0]
    tail = _verb_start().match(text, first.end)
    if not tail or text[tail.end() : tail.end() + 1] in ("“", "「"):
        return None
    return first.who
