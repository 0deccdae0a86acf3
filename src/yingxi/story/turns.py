"""Who may have spoken a quotation, and what speaks for each: tags, turns, who is near, who is addressed.

After He, Barzilay and Kondrak, Identification of speakers in novels, ACL 2013, and Muzny et al., A two-stage sieve
approach for quote attribution, EACL 2017.
"""

import bisect
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from yingxi.story import hints_english
from yingxi.story.quotes import Quote
from yingxi.story.ranker import Features
from yingxi.story.reading import Mention, Reading
from yingxi.story.tag import Tag, Tags
from yingxi.story.vocative import is_called

_BEFORE, _AFTER = 2500, 300
"""Characters around a speech in which candidates are looked for."""
_MOST = 14
_LATELY = 6


@dataclass(frozen=True)
class Clue(Mention):
    """A mention in narration, or a pronoun that is taken to mean the character. `subject`: of its verb."""

    subject: bool = False
    pronoun: bool = False


@dataclass(frozen=True)
class Speech:
    """Quotations that one person speaks without a break, and the tag of any of them."""

    quotes: tuple[Quote, ...]
    tag: Tag | None

    @property
    def start(self) -> int:
        return self.quotes[0].start

    @property
    def end(self) -> int:
        return self.quotes[-1].end


@dataclass
class Turns:
    """The speeches of a reading with the candidates for each. `clues` are in order."""

    reading: Reading
    speeches: Sequence[Speech]
    clues: Sequence[Clue]
    gaps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.gaps:
            self.gaps = ["begin"] + [self._gap(a, b) for a, b in pairwise(self.speeches)]

    def untagged(self, index: int) -> "Turns":
        """The same with the words of one tag as if they were not there, to learn from."""
        speech = self.speeches[index]
        text = self.reading.story.text
        before = self.speeches[index - 1].end if index else max(0, speech.start - _AFTER)
        after = self.speeches[index + 1].start if index + 1 < len(self.speeches) else speech.end + _AFTER
        gaps = list(self.gaps)
        follows = any(c.isalnum() for c in text[speech.end : after].split("\n")[0])
        if follows:
            start, end = speech.end, min(after, speech.end + len(text[speech.end : after].split("\n")[0]))
            if index + 1 < len(gaps) and end - start < 60:
                gaps[index + 1] = "none line"
        else:
            start, end = max(before, speech.start - len(text[before : speech.start].split("\n")[-1])), speech.start
            if index and end - start < 60:
                gaps[index] = "none line"
        clues = [c for c in self.clues if not start <= c.start < end]
        speeches_ = [*self.speeches[:index], Speech(speech.quotes, None), *self.speeches[index + 1 :]]
        return Turns(self.reading, speeches_, clues, gaps)

    @cached_property
    def _paragraphed(self) -> bool:
        """Whether lines or blanks divide paragraphs, and not every sentence, as in corpora."""
        paragraphs = self.reading.paragraphs
        many = sum(len(p.sentences) > 1 for p in paragraphs) * 5 >= len(paragraphs)
        return many or "\n\n" in self.reading.story.text

    def _apart(self, index: int) -> bool:
        """An English paragraph that is nothing but speech, after one that is nothing but speech and its tag."""
        if self.reading.story.language != "en" or not self._paragraphed or self.speeches[index].tag:
            return False
        return self.gaps[index] in ("none line", "tag line")

    @cached_property
    def _genders(self) -> Mapping[str, str]:
        return {c.id: c.gender for c in self.reading.people}

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        most = math.log1p(max((c.mentions for c in self.reading.people), default=1))
        return {c.id: math.log1p(c.mentions) / most for c in self.reading.people}

    @cached_property
    def _tagged(self) -> Mapping[str, int]:
        return Counter(s.tag.who for s in self.speeches if s.tag and s.tag.who)

    @cached_property
    def _mute(self) -> frozenset[str]:
        """Animals of an English story that it never says to speak, and whom it never shows."""
        if self.reading.story.language != "en":
            return self.reading.unseen
        return frozenset(c.id for c in self.reading.people if c.kind == "animal" and c.id not in self._tagged)

    @cached_property
    def _addressed(self) -> list[frozenset[str]]:
        return [frozenset(_called(self.reading, s)) for s in self.speeches]

    def _gap(self, a: Speech, b: Speech) -> str:
        """What lies between two speeches: nothing, a tag, a little narration or much."""
        text = self.reading.story.text[a.end : b.start]
        broken = "line" if "\n" in text else "run"
        words = text.strip()
        if not any(c.isalnum() for c in words):
            return f"none {broken}"
        # A Chinese character says what three letters do.
        length = len(words) * (3 if self.reading.story.language == "zh" else 1)
        if length > 400:
            return "long"
        # An English tag may stand before its speech, and then what follows is no tag.
        told = a.tag is not None and (a.tag.at < 0 or a.end <= a.tag.at < b.start)
        short = "tag" if told and length < 60 else "short" if length < 160 else "some"
        goes_on = " on" if words[-1] in ",，:：-—" else ""
        return f"{short} {broken}{goes_on}"

    def outright(self, index: int) -> str | None:
        """Who speaks where the text says so by name."""
        tag = self.speeches[index].tag
        return tag.who if tag and tag.sure and not tag.noun else None

    def by_the_teller(self, index: int) -> bool:
        """Whether the text says *I said*, and the teller is one of the cast."""
        tag = self.speeches[index].tag
        return tag is not None and tag.pronoun == "i" and "i" in self._genders

    def by_a_stranger(self, index: int) -> bool:
        """Whether the text says that someone outside the cast speaks: *a voice called*, 有人喊道."""
        tag = self.speeches[index].tag
        return tag is not None and tag.sure and tag.who is None and tag.pronoun is None

    def addressee(self, index: int, speaking: Sequence[str | None]) -> str | None:
        """Whom a speech is said to: whom it calls or its tag names, else who speaks right before or right after."""
        speech, who = self.speeches[index], speaking[index]
        called = sorted(self._addressed[index] - {who})
        if called:
            return called[0]
        if speech.tag and speech.tag.to and speech.tag.to != who:
            return speech.tag.to
        if index and self._near_gap(index) and speaking[index - 1] not in (None, who):
            return speaking[index - 1]
        if index + 1 < len(speaking) and self._near_gap(index + 1) and speaking[index + 1] not in (None, who):
            return speaking[index + 1]
        return None

    def _near_gap(self, index: int) -> bool:
        return self.gaps[index].split()[0] in ("none", "tag")

    def candidates(self, index: int, lately: Sequence[str | None]) -> list[str | None]:
        """Cast ids, the nearest first, and None for nobody of them. `lately`: who spoke before, the last first."""
        speech = self.speeches[index]
        seen: dict[str, None] = {}
        if speech.tag and speech.tag.who:
            seen[speech.tag.who] = None
        for who in lately[:_LATELY]:
            if who is not None:
                seen[who] = None
        near = [*self.reading.mentions_in(speech.start - _BEFORE, speech.end + _AFTER)]
        for mention in sorted(
            near, key=lambda m: abs(m.start - speech.start) + (0 if m.start < speech.start else 40)
        ):
            if len(seen) >= _MOST:
                break
            if mention.who not in self._mute:
                seen[mention.who] = None
        following = self.speeches[index + 1 : index + 3]
        for other in following:
            if other.tag and other.tag.who:
                seen[other.tag.who] = None
        if self.reading.story.language == "zh":
            return [*seen, None]
        if speech.tag and speech.tag.pronoun in ("he", "she"):
            seen.pop("i", None)
        # Nobody calls himself by name, but for who is said to.
        told = speech.tag.who if speech.tag else None
        return [*(who for who in seen if who == told or who not in self._addressed[index]), None]

    def features(self, index: int, who: str | None, lately: Sequence[str | None]) -> Features:
        """What speaks for and against `who`."""
        found = {**self._alone(index, who), **self._in_turn(index, who, lately)}
        if who is not None and self.reading.story.language == "en":
            found |= hints_english.features(self._hint(index), self.speeches[index], self.gaps[index], who, lately)
        return found

    def _hint(self, index: int) -> hints_english.Hint:
        if index not in self._hints:
            speech = self.speeches[index]
            before = list(self._clues_before(speech.start))
            self._hints[index] = hints_english.hint(self.reading, self.speeches, index, before, self._genders)
        return self._hints[index]

    @cached_property
    def _hints(self) -> dict[int, hints_english.Hint]:
        return {}

    def _alone(self, index: int, who: str | None) -> dict[str, float]:
        speech = self.speeches[index]
        tag = speech.tag
        if who is None:
            return {
                "nobody": 1.0,
                f"nobody: {'no tag' if tag is None else 'name' if tag.who else tag.pronoun or 'stranger'}": 1.0,
            }
        found: dict[str, float] = {"weight": self._weights.get(who, 0.0)}
        found["speaks"] = math.log1p(self._tagged.get(who, 0))
        if who == "i":
            found["i"] = 1.0
        if tag is not None:
            found |= self._by_tag(tag, who)
            if tag.to == who:
                found["spoken to"] = 3.0
        found |= self._near(index, who)
        if who in self._addressed[index]:
            found["addressed"] = 3.0
        elif any(m.who == who for q in speech.quotes for m in self.reading.mentions_in(q.start, q.end)):
            found["named"] = 2.0
        if index and who in self._addressed[index - 1]:
            found["was addressed"] = 1.0
        if index + 1 < len(self.speeches):
            following = self.speeches[index + 1].tag
            gap = self.gaps[index + 1].split()[0]
            if who in self._addressed[index + 1] and gap != "long":
                found["will be addressed"] = 1.0
            if following and following.who == who:
                found[f"next: {gap}"] = 1.0
            elif following and following.pronoun in ("he", "she") and gap == "none":
                agree = self._genders.get(who) == {"he": "male", "she": "female"}[following.pronoun]
                found[f"next pronoun: {agree}"] = 1.0
        if index + 2 < len(self.speeches):
            later = self.speeches[index + 2].tag
            gap = f"{self.gaps[index + 1].split()[0]} {self.gaps[index + 2].split()[0]}"
            if later and later.who == who and "long" not in gap:
                found["next but one"] = 1.0
                if gap == "none none":
                    found["next but one, bare"] = 1.0
        return found

    def _by_tag(self, tag: Tag, who: str) -> dict[str, float]:
        if tag.who is not None:
            kind = ("noun" if tag.noun else "name") if tag.sure else "perhaps"
            if tag.who == who:
                return {f"tag {kind}": 1.0}
            agrees = _agree(self._genders.get(who, "unknown"), self._genders.get(tag.who, "unknown"))
            return {f"tag {kind}: other": 1.0, f"tag {kind}: other {agrees}": 1.0}
        if tag.pronoun in ("he", "she"):
            if who == "i":
                return {"pronoun: i": 1.0}
            wanted = "male" if tag.pronoun == "he" else "female"
            return {f"pronoun: {_agree(self._genders.get(who, 'unknown'), wanted)}": 1.0}
        if tag.pronoun == "i":
            return {"pronoun i: " + ("i" if who == "i" else "other"): 1.0}
        return {f"tag: {tag.pronoun or 'stranger'}": 1.0}

    def _near(self, index: int, who: str) -> dict[str, float]:
        """Where the narration around mentions `who`: in what order, and as the subject or not."""
        speech = self.speeches[index]
        tag = speech.tag
        tagged = "bare" if not tag else "tagged" if tag.who and not tag.noun else "noun" if tag.who else "pron"
        found: dict[str, float] = {}
        begin = self.speeches[index - 1].end if index else 0
        order: list[str] = []
        text = self.reading.story.text
        for clue in self._clues_before(speech.start):
            if clue.who in order:
                continue
            order.append(clue.who)
            if clue.who == who:
                rank = min(len(order), 4)
                since = "since" if clue.start >= begin else "before"
                subject = "subject" if clue.subject else "object"
                found[f"{tagged} {rank} {since}"] = 1.0
                if rank < 4:
                    found[f"{tagged} {rank} {since} {subject}"] = 1.0
                same = "\n" not in text[clue.start : speech.start]
                if same:
                    found[f"{tagged} same paragraph {subject}"] = 1.0
                found["distance"] = -math.log1p((speech.start - clue.start) / 100)
                break
            if len(order) > 8:
                break
        if not found:
            found[f"{tagged} not before"] = 1.0
        end = self.speeches[index + 1].start if index + 1 < len(self.speeches) else speech.end + _AFTER
        for clue in self._clues_after(speech.end, min(end, speech.end + _AFTER)):
            apart = "\n" in text[speech.end : clue.start].strip(" ")
            first = clue.who == who
            if first:
                subject = "subject" if clue.subject else "object"
                found[f"{tagged} after {'apart' if apart else 'beside'} {subject}"] = 1.0
            break
        return found

    @cached_property
    def _clue_starts(self) -> list[int]:
        return [c.start for c in self.clues]

    def _clues_before(self, position: int) -> Iterator[Clue]:
        at = bisect.bisect_left(self._clue_starts, position)
        for number in range(at - 1, max(-1, at - 40), -1):
            if self.clues[number].start < position - _BEFORE:
                return
            yield self.clues[number]

    def _clues_after(self, start: int, end: int) -> Iterator[Clue]:
        at = bisect.bisect_left(self._clue_starts, start)
        while at < len(self.clues) and self.clues[at].start < end:
            yield self.clues[at]
            at += 1

    def _in_turn(self, index: int, who: str | None, lately: Sequence[str | None]) -> dict[str, float]:
        if not index or who is None:
            return {}
        gap = self.gaps[index]
        found: dict[str, float] = {}
        bare = "" if self.speeches[index].tag else " bare"
        if lately and lately[0] == who:
            if self._apart(index):
                found["same: new paragraph"] = 1.0
            found[f"same: {gap}{bare}"] = 1.0
            found[f"same: {gap.split()[0]}"] = 1.0
        if len(lately) > 1 and lately[1] == who and lately[0] != who:
            before = self.gaps[index - 1].split()[0]
            found[f"turn: {before} {gap.split()[0]}"] = 1.0
            found[f"turn: {gap}{bare}"] = 1.0
        elif len(lately) > 2 and who in lately[2:_LATELY] and who not in lately[:2]:
            found["spoke lately"] = 1.0
        return found


def likely_meant(found: Sequence[Clue], genders: Mapping[str, str], gender: str, position: int) -> str | None:
    """Whom a pronoun means: lately mentioned, of that gender, a subject rather than not."""
    scores: dict[str, float] = {}
    for age, clue in enumerate(reversed(found[-12:])):
        known = genders.get(clue.who, "unknown")
        if clue.who == "i" or known not in (gender, "unknown") or position - clue.start > 1200:
            continue
        score = (1.0 if known == gender else 0.0) + (0.7 if clue.subject else 0.0) - 0.35 * age
        scores[clue.who] = max(scores.get(clue.who, -9.0), score) + (0.2 if clue.who in scores else 0.0)
    return max(scores, key=lambda w: scores[w]) if scores else None


def _agree(a: str, b: str) -> str:
    return "open" if "unknown" in (a, b) else "agrees" if a == b else "differs"


def _called(reading: Reading, speech: Speech) -> Iterator[str]:
    """Whom a speech calls by name: the name stands between marks."""
    text = reading.story.text
    for quote in speech.quotes:
        for mention in reading.mentions_in(quote.start, quote.end):
            if is_called(text, mention.start, mention.end):
                yield mention.who


def speeches(reading: Reading, tags: Tags) -> list[Speech]:
    """Speeches in order. In English the quotations of one paragraph are one person's, unless tags name others; in
    Chinese, whose paragraphs hold whole dialogues, those that share a tag."""
    found: list[list[Quote]] = []
    text = reading.story.text
    english = reading.story.language == "en"
    for quote in reading.quotes:
        if not quote.speech:
            continue
        last = found[-1] if found else None
        joined = last is not None and last[-1].paragraph == quote.paragraph
        if not english:
            joined &= last is not None and quote in tags and tags.get(last[-1]) is tags[quote]
        elif joined and last is not None and not any(map(str.isalnum, text[last[-1].end : quote.start])):
            joined = False  # "If I only--" "Yes?": one broke in on the other.
        elif joined and last is not None and quote in tags:
            named = {tags[q].who or tags[q].pronoun for q in last if q in tags}
            joined = not named or (tags[quote].who or tags[quote].pronoun) in named
        if joined and last is not None:
            last.append(quote)
        else:
            found.append([quote])
    result = []
    for group in found:
        known = [tags[q] for q in group if q in tags]
        best = next((t for t in known if t.who), known[0] if known else None)
        result.append(Speech(tuple(group), best))
    return result
