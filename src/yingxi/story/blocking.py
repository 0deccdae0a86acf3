"""Where figures stand and what they do: each keeps its side through a scene, so that glances meet across cuts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from yingxi.core.protocols import Stagecraft
from yingxi.core.shot import Figure
from yingxi.story.beats import Beat

_SLOTS = (0.32, 0.68, 0.14, 0.86, 0.5)
MOST = 4
"""Figures in one picture."""
_TRAVEL = frozenset({"walk", "run", "ride", "fly"})
_LEAVING = re.compile(r"\b(?:away|off|left|leave|fled|out|departed)\b|去|走了|离|逃|出门|回")
_BETWEEN = frozenset({"fight", "bow", "kneel", "point", "talk"})


@dataclass
class Blocking:
    """A scene's positions, as they come about."""

    craft: Stagecraft
    places: dict[str, float] = field(default_factory=dict)
    last: list[str] = field(default_factory=list)

    def slot(self, who: str) -> float:
        if who not in self.places:
            free = [s for s in _SLOTS if s not in self.places.values()]
            self.places[who] = free[0] if free else _SLOTS[len(self.places) % len(_SLOTS)]
        return self.places[who]

    def _facing(self, who: str, others: Sequence[str]) -> str:
        at = self.slot(who)
        others = [o for o in others if o != who]
        centre = sum(self.slot(o) for o in others) / len(others) if others else (0.45 if at > 0.5 else 0.55)
        return "right" if centre >= at else "left"

    def told(self, beat: Beat, known: set[str], present: Sequence[str]) -> tuple[Figure, ...]:
        """Figures of a narrated beat, who acts first."""
        people = [p for p in beat.people if p in known][:MOST]
        if beat.group or not people:
            people += [p for p in present if p not in people][: (MOST if beat.group else 2) - len(people)]
        actions = {p: self._action(beat.deeds[p]) for p in people if p in beat.deeds}
        if beat.group and not actions:
            actions = dict.fromkeys(people, self._action(beat.text))
        figures = []
        for who in people:
            entering = who not in self.places and who not in self.last
            action = actions.get(who, "stand")
            at, to = self.slot(who), None
            facing = self._facing(who, people)
            if action in _TRAVEL:
                if _LEAVING.search(beat.deeds.get(who, "")) and not entering:
                    to = -0.2 if at < 0.5 and len(people) == 1 else 1.2
                elif entering or beat.group:
                    at, to = at - 0.35, at
                else:
                    to = min(0.9, at + 0.3) if at < 0.5 else max(0.1, at - 0.3)
                facing = "right" if to >= at else "left"
            other = next((p for p in people if p != who), None)
            toward = other if action in _BETWEEN and other else None
            if toward:
                facing = "right" if self.slot(toward) >= self.slot(who) else "left"
            figures.append(Figure.model_validate(
                {"who": who, "action": action, "at": round(max(-0.5, at), 2), "to": None if to is None else round(to, 2),
                 "facing": facing, "toward": toward}))  # fmt: skip
        self.last = people
        return tuple(figures)

    def spoken(self, speaker: str, listener: str | None, action: str, alone: bool) -> tuple[Figure, ...]:
        """Figures of a line: who speaks first, then who listens unless the picture is of the speaker alone."""
        people = [speaker, listener] if listener else [speaker]
        figures = [Figure.model_validate(
            {"who": speaker, "action": action, "at": self.slot(speaker), "facing": self._facing(speaker, people),
             "toward": listener if not alone else None})]  # fmt: skip
        if listener and not alone:
            figures.append(Figure.model_validate(
                {"who": listener, "action": "stand", "at": self.slot(listener), "facing": self._facing(listener, people)}
            ))  # fmt: skip
        self.last = people
        return tuple(figures)

    def _action(self, words: str) -> str:
        """The first clause that the stage can show decides; words that it has nothing for mean standing."""
        for clause in re.split(r"[;，；,]", words):
            if clause.strip():
                action = self.craft.action(clause.strip())
                if action != "stand":
                    return action
        return "stand"

    def manner(self, words: str) -> str:
        """What a speaker does while speaking, from the words around the line."""
        action = self._action(words) if words else "stand"
        return action if action in ("weep", "laugh", "kneel", "bow", "point") else "talk"
