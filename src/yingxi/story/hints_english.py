"""What English narration beside a speech hints at: who acts right before it, whom a pronoun may mean, what answers
a question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yingxi.story.reading import Reading

if TYPE_CHECKING:
    from yingxi.story.turns import Clue, Speech

_REPLY = re.compile(
    r"\W*(?:yes|no|oh|ah|well|why|indeed|certainly|never|nothing|not|because|of course|perhaps|but)\b"
)
_WANTED = {"he": "male", "she": "female"}
_SHORT = 90


@dataclass(frozen=True)
class Hint:
    """Cast ids: `before` acts in the sentence before a speech, or is None, `before_how` says in what place. `meant`
    are those who may be its *he* or *she*, the last mentioned first; `subjects` those of them that act. `asked`: the
    speech before is a question. `replies`: it begins as answers do."""

    before: str | None
    before_how: str
    meant: tuple[str, ...]
    subjects: tuple[str, ...]
    asked: bool
    replies: bool


def hint(
    reading: Reading,
    speeches: "Sequence[Speech]",
    index: int,
    before: "Sequence[Clue]",
    genders: Mapping[str, str],
) -> Hint:
    """`before`: the clues before a speech, the last first."""
    speech, text = speeches[index], reading.story.text
    begin = speeches[index - 1].end if index else max(0, speech.start - 600)
    who, how = _acting(text[begin : speech.start], begin, [c for c in before if c.start >= begin][::-1])
    tag = speech.tag
    wanted = _WANTED.get(tag.pronoun, "") if tag and tag.pronoun else ""
    meant = tuple(dict.fromkeys(c.who for c in before if wanted and genders.get(c.who) == wanted))
    if wanted and not meant:
        meant = tuple(dict.fromkeys(c.who for c in before if c.who != "i" and genders.get(c.who) == "unknown"))
    subjects = tuple(dict.fromkeys(c.who for c in before if c.subject and c.who in meant)) if wanted else ()
    earlier = text[speeches[index - 1].start : begin].rstrip("”\"'’ ") if index else ""
    replies = _REPLY.match(text[speech.start : speech.start + 20].lower()) is not None
    return Hint(who, how, meant[:4], subjects[:3], earlier.endswith("?"), replies)


def _acting(gap: str, at: int, clues: "Sequence[Clue]") -> tuple[str | None, str]:
    """The first subject of the last sentence of the words before a speech."""
    words = gap.rstrip()
    cut = max((m.end() for m in re.finditer(r"(?<!Mr)(?<!Mrs)(?<!Dr)(?<! [A-Z])\s?[.!?]\s+|\n", words)), default=0)
    sentence = words[cut:]
    subject = next((c for c in clues if c.subject and c.start >= at + cut), None)
    if subject is None or not sentence:
        return None, ""
    line = "line" if "\n" in gap[len(words) :] else "run"
    own = "alone" if cut == 0 or not any(c.isalnum() for c in words[:cut]) else "last"
    return subject.who, f"{'short' if len(sentence) < _SHORT else 'long'} {own} {line}"


def features(found: Hint, speech: "Speech", gap: str, who: str, lately: Sequence[str | None]) -> dict[str, float]:
    """What a hint says for and against `who`; `gap`: what lies between this speech and the one before."""
    said: dict[str, float] = {}
    bare = "bare" if speech.tag is None else "tagged"
    if found.before == who:
        said[f"acts before: {found.before_how} {bare}"] = 1.0
        said[f"acts before: {bare}"] = 1.0
    if who in found.meant:
        said[f"meant {found.meant.index(who) + 1}"] = 1.0
        if len(found.meant) == 1:
            said["meant alone"] = 1.0
    if who in found.subjects:
        said[f"meant subject {found.subjects.index(who) + 1}"] = 1.0
    kind = gap.split()[0]
    if lately and lately[0] == who and kind != "long":
        if found.asked:
            said[f"same: asked {kind}"] = 1.0
        if found.replies and bare == "bare":
            said[f"same: replies {kind}"] = 1.0
    return said
