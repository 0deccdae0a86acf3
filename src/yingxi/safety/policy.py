"""What is not made: rules for prompts, kept as data, one small file a rule, in English and Chinese.

The rules are few and look for words near each other, so that literature with its fights, deaths, blood and demons
passes. They catch plain requests, not a determined person's disguises, and know no real person's name or face.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from pydantic import Field

from yingxi.core.documents import Document, load_yaml
from yingxi.core.errors import Refused

_RULES = Path(__file__).parent / "rules"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Both(Document):
    """A sentence in both languages."""

    en: str
    zh: str


class Words(Document):
    """Patterns that mean the same: English ones match whole words, Chinese ones anywhere; lower case, no newline."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


class RuleFile(Document):
    """A rule refuses a text in which each of its word lists is met, all within `near` characters of each other."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    why: Both
    near: int = Field(0, ge=0)
    words: tuple[Words, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Rule:
    """A rule with its words compiled, one expression a list."""

    id: str
    why: Both
    near: int
    words: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> str | None:
        """The first passage of a normalised text that breaks the rule."""
        first, *others = self.words
        for match in first.finditer(text):
            start, end = max(0, match.start() - self.near), match.end() + self.near
            found = [[m.span() for m in other.finditer(text, start, end)] for other in others]
            for spans in product([match.span()], *found):
                left, right = min(s for s, _ in spans), max(e for _, e in spans)
                if right - left <= self.near + sum(e - s for s, e in spans):
                    return text[left:right]
        return None


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, those that ask for more first: a text that breaks two is refused by the more particular one."""
    found = (load_yaml(path, RuleFile) for path in sorted(_RULES.glob("*.yaml")))
    return tuple(_compiled(rule) for rule in sorted(found, key=lambda rule: -len(rule.words)))


def check_prompt(text: str) -> None:
    """Raise Refused, naming the rule and why it is there, if a prompt asks for what is not made."""
    plain = _plain(text)
    for rule in rules():
        passage = rule.find(plain)
        if passage is not None:
            why = rule.why.zh if _CHINESE.search(passage) else rule.why.en
            raise Refused(rule.id, f"refused by the rule {rule.id}: {why} (it is about “{passage}”)")


def _plain(text: str) -> str:
    """One form for what looks alike: full-width letters, capitals, hidden characters, runs of white space."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return " ".join(folded.split())


def _compiled(rule: RuleFile) -> Rule:
    return Rule(rule.id, rule.why, rule.near, tuple(re.compile("|".join(_patterns(w))) for w in rule.words))


def _patterns(words: Words) -> Iterator[str]:
    yield from (rf"\b(?:{pattern})\b" for pattern in words.en)
    yield from (f"(?:{pattern})" for pattern in words.zh)
