"""Where figures stand and what they do: each keeps its side through a scene, so that glances meet across cuts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from yingxi.core.cast import Look
from yingxi.core.protocols import Stagecraft
from yingxi.core.shot import Figure
from yingxi.story.beats import Beat

MOST = 4
"""Figures in one picture."""
_ACROSS = {1: (0.5,), 2: (0.32, 0.68), 3: (0.2, 0.5, 0.8), 4: (0.14, 0.38, 0.62, 0.86)}
_TRAVEL = frozenset({"walk", "run", "ride", "fly", "chase", "swim"})
# What is not done is not seen; but 不觉大怒 is done.
_UNDONE = re.compile(r"\bnot\b|n[’']t\b|\bnever\b|[没未]|不(?![由禁觉住胜断时久多])(?<!忍不)")
_LEAVING = re.compile(r"\b(?:away|off|left|leave|fled|out|departed)\b|去了|走了|离|逃|出门|辞")
_MUTUAL = frozenset({"fight", "duel", "box", "embrace"})
_BETWEEN = _MUTUAL | {"bow", "kneel", "point", "talk", "give", "wave", "throw", "chase"}
_MANNERS = frozenset({"weep", "laugh", "kneel", "bow", "point", "wave", "pray", "drink"})


@dataclass
class Blocking:
    """A scene's order from left to right, as it comes about. Nobody crosses the line between two who talk."""

    craft: Stagecraft
    order: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    heading: int = 0
    held: dict[str, Look] = field(default_factory=dict)

    def handed(self, figure: Figure) -> Figure:
        """The figure with what it took in hand, which it keeps to the end of the scene."""
        return figure.model_copy(update={"look": figure.look or self.held.get(figure.who)})

    def _stand(self, people: Sequence[str]) -> dict[str, float]:
        """Places across the picture, in the scene's order; newcomers come in on alternate sides."""
        for who in people:
            if who not in self.order:
                self.order.insert(0 if len(self.order) % 2 == 0 else len(self.order), who)
        ordered = sorted(people, key=self.order.index)
        at = _ACROSS[len(ordered)]
        if len(ordered) == 1 and len(self.order) > 1:
            # Alone in the picture, but on the side where the others know them to be.
            at = (0.42,) if self.order.index(ordered[0]) * 2 < len(self.order) - 1 else (0.58,)
        return dict(zip(ordered, at, strict=True))

    def told(self, beat: Beat, known: set[str], present: Sequence[str], empty: bool) -> tuple[Figure, ...]:
        """Figures of a narrated beat, who acts first. `empty`: nobody need be in it, for it shows a place."""
        people = [p for p in beat.people if p in known][:MOST]
        if beat.group:
            people += [p for p in present if p not in people][: MOST - len(people)]
        elif not people and (self.last or not empty):
            people = [p for p in self.last or present if p != beat.who][:2]
        if not people:
            return ()
        newcomers = {p for p in people if p not in self.order}
        at = self._stand(people)
        together = self._action(beat.text) if beat.group and not beat.deeds else "stand"
        actions = {who: self._action(deed) if (deed := beat.deeds.get(who)) else together for who in people}
        joined = beat.group or not self.heading  # Those who set out in one sentence go one way.
        figures = []
        for who in people:
            deed = beat.deeds.get(who, "")
            action = actions[who]
            if not deed and _MUTUAL & set(actions.values()) and len(people) == 2:
                action = next(a for a in actions.values() if a in _MUTUAL)
            other = next((p for p in people if p != who), None)
            place, to = at[who], None
            if action in _TRAVEL:
                place, to = self._way(place, deed, beat.group or who in newcomers, joined)
            facing = _facing(place, to if to is not None else at[other] if other else None)
            figures.append(
                Figure(
                    who=who,
                    action=action,
                    at=round(max(-0.5, place), 2),
                    to=None if to is None else round(to, 2),
                    facing=facing,
                    toward=other if action in _BETWEEN else None,
                )
            )
        self.last = people
        return tuple(figures)

    def _way(self, at: float, deed: str, entering: bool, together: bool) -> tuple[float, float]:
        """From where to where a traveller goes. A scene has one heading, which all keep; who comes in later than
        the first does so from the nearer side."""
        if entering and not together:
            return (at - 0.35, at) if at <= 0.5 else (at + 0.35, at)
        self.heading = self.heading or 1
        if entering:
            return at - 0.35 * self.heading, at
        if _LEAVING.search(deed):
            return at, 1.2 if self.heading > 0 else -0.2
        return at, min(0.95, max(0.05, at + 0.3 * self.heading))

    def spoken(self, speaker: str, listener: str | None, action: str, alone: bool) -> tuple[Figure, ...]:
        """Figures of a line: who speaks first, then who listens unless the picture is of the speaker alone."""
        at = self._stand([speaker, listener] if listener else [speaker])
        opposite = at[listener] if listener else None
        facing = _facing(at[speaker], opposite)
        self.last = [speaker, listener] if listener else [speaker]
        if listener is None or opposite is None or alone:
            near = {"left": 0.58, "right": 0.42}[facing] if listener else at[speaker]
            return (Figure(who=speaker, action=action, at=near, to=None, facing=facing),)
        return (
            Figure(who=speaker, action=action, at=at[speaker], to=None, facing=facing, toward=listener),
            Figure(who=listener, at=opposite, to=None, facing=_facing(opposite, at[speaker])),
        )

    def _action(self, words: str) -> str:
        """The first clause that the stage can show decides; words that it has nothing for mean standing."""
        for clause in re.split(r"[;，；,]", words):
            if clause.strip() and not _UNDONE.search(clause):
                action = self.craft.action(clause.strip())
                if action != "stand":
                    return action
        return "stand"

    def manner(self, words: str) -> str:
        """What a speaker does while speaking, from the words around the line."""
        action = self._action(words) if words else "stand"
        return action if action in _MANNERS else "talk"


def _facing(at: float, other: float | None) -> Literal["left", "right"]:
    if other is None:
        return "right" if at <= 0.5 else "left"
    return "right" if other >= at else "left"
