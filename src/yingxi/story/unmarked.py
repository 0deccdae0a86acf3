"""Chinese speech that no mark encloses, as old editions print it: 行者道：师父放心。三藏遂行。

Speech begins after a verb of speech with a colon. It goes on, sentence by sentence, up to the first that tells
something: one that leads to the next speech, begins with someone who speaks elsewhere, or with words such as 于是.
It ends with its paragraph at the latest.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from yingxi.core.story import Span
from yingxi.story.lexicon import classics, speech
from yingxi.story.sentence import sentences

_MARKS = '“”「」『』"〝〞'
_MANNER = (
    "(?:[大又亦乃忙慌惊喜笑叹怒答问叫喝骂哭急即遂因便就回应谓只才再]|高声|厉声|大声|低声|连声|连忙|慌忙|上前|叩头|躬身|拍手"
    "|冷笑|大笑|微笑|含泪|奏|告|禀|拜|对曰)*"
)
# What is quoted is a poem, a writing or a saying.
_NO_SPEAKER = re.compile(
    "(?:[诗词赋赞偈歌谣谚语书诏榜檄表经序铭颂令文题号名字法]|诗[\u4e00-\u9fff]{1,6}|(?:^|[，。；！？])[易历礼传子故]|常言|古人|自古|人言|有云|又云|所谓"
    "|[知难街渠轨频小传据听])$"
)
# One who speaks tells what was said.
_INSIDE = re.compile("(?:(?:^|[，。；！？])[我吾某咱俺](?:[又亦乃即便就只也再]?[答回对问笑])*|[使教叫]我)$")
_ALONE = re.compile("(?<=[。！？])说")
_TELLS = re.compile(
    "于是|却说|话说|且说(?!个)|再说|次日|翌日|来日|遂|言[讫罢毕未]|话[未犹音]|语未|正[说言议]|众[^位]|左右|忽|只见|但见|只听|当[下日夜]|是[夜日]"
    "|一[日齐声面]|少顷|少时|须臾|不多时|霎时|顷刻|急忙|连忙|慌忙|便[要去起]|因[见此]|好[猴大妖呆行]|[两二三]人|乃(?!是)|即|帝"
    "|他?听[说罢了]|闻言|看|到此|至此|喊|.{1,6}[毕罢讫]，|[他她](?:一|便|就|又|把|将|说)"
)
_REACTS = re.compile(
    "听说|闻言|听罢|闻之|闻知|见说|大喜|大怒|大惊|欢喜|领命|从其言|然[之其]|应诺|称谢|拜谢|拜问|辞[了去]|不答|默然|闻得此言|点头|依言|去了。$"
)
_VERSE = re.compile("有?[诗词赋赞偈歌](?:曰|云|为证)|后人有|正是[：:]|毕竟")
_TALKS = re.compile("[我吾汝尔你您卿俺咱某孤朕]|[？！乎哉耶矣吗呢吧]$|[？！]")
_SENTENCE = 400
_FROM = 3
"""So many speeches without marks it takes to read a text so that has some with marks."""


@cache
def _tag() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, speech("zh")))
    return re.compile(rf"(?:{verbs}|喝令)(?:着|了)?[：:][ \u3000]*(?=[^\s{_MARKS}‘'《])")


def unmarked(text: str, paragraphs: Sequence[Span], marked: int) -> list[Span]:
    """Speech without marks, in order; none where most of a text's speech has marks. `marked`: how many have."""
    tags = [list(_tags(text, p)) for p in paragraphs]
    count = sum(map(len, tags))
    if count < (_FROM if marked else 1) or count <= 3 * marked:
        return []
    subjects = _subjects(text, paragraphs, tags)
    return [s for p, found in zip(paragraphs, tags, strict=True) if found for s in _spans(text, p, found, subjects)]


def _tags(text: str, paragraph: Span) -> Iterator[re.Match[str]]:
    for tag in _tag().finditer(text, paragraph.start, paragraph.end):
        before = text[max(paragraph.start, tag.start() - 12) : tag.start()]
        if not _NO_SPEAKER.search(before) and not _ALONE.match(text, tag.start()):
            yield tag


def _subjects(text: str, paragraphs: Sequence[Span], tags: Sequence[Sequence[re.Match[str]]]) -> re.Pattern[str]:
    """Who is said to speak right where a sentence begins: 祖师 of 祖师笑道：."""
    name = re.compile(rf"([\u4e00-\u9fff]{{1,4}}?){_MANNER}$")
    counts: Counter[str] = Counter()
    for paragraph, found in zip(paragraphs, tags, strict=True):
        for tag in found:
            begin = max((text.rfind(c, paragraph.start, tag.start()) + 1 for c in "。！？"), default=0)
            if match := name.fullmatch(text, max(begin, paragraph.start), tag.start()):
                counts[match[1]] += 1
    known = {n for p in classics(text) for n in (p["name"], *p["aliases"])}
    either = "|".join(sorted(map(re.escape, {*counts, *known}), key=len, reverse=True))
    return re.compile(f"(?:[那这好众]|却说)?(?:{either or '$^'})(?![可若既当应宜须该是之的有])")


def _spans(text: str, paragraph: Span, tags: Sequence[re.Match[str]], subjects: re.Pattern[str]) -> Iterator[Span]:
    at = paragraph.start
    for number, tag in enumerate(tags):
        if tag.end() < at or (at > paragraph.start and _INSIDE.search(text, at, tag.start())):
            continue  # 我答曰： within speech
        rest = islice(tags, number + 1, None)
        stop = next((t.start() for t in rest if not _INSIDE.search(text, tag.end(), t.start())), None)
        end = _end(text, tag.end(), stop, paragraph.end, subjects)
        yield Span(tag.end(), end)
        at = end


def _end(text: str, start: int, following: int | None, stop: int, subjects: re.Pattern[str]) -> int:
    """Where speech that begins at `start` ends. `following`: where the next verb of speech is."""
    end = start
    if following is not None:
        stop = min(stop, following + _SENTENCE)
    for number, sentence in enumerate(sentences(text, start, stop, "zh")):
        leads = following is not None and sentence.start <= following < sentence.end
        if number and (leads or _narrates(text[sentence.start : sentence.end], subjects)):
            break
        end = sentence.end
        if leads:
            break
    return end


def _narrates(words: str, subjects: re.Pattern[str]) -> bool:
    if _VERSE.match(words):
        return True
    if _TALKS.search(words):
        return False
    return bool(_TELLS.match(words) or subjects.match(words) or _REACTS.search(words[:14]))
