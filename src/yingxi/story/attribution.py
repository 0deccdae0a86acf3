"""Who says which quotation: what the text says outright, else the likeliest, or nobody where that is unlikely."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

from yingxi.core.story import Language
from yingxi.story import attribution_chinese, attribution_english
from yingxi.story.quotes import Quote
from yingxi.story.ranker import Ranker, loads
from yingxi.story.reading import Reading
from yingxi.story.turns import Speech, Turns, speeches

LEAST = 0.35
"""Below this confidence a quotation is unresolved."""
FILMED = 0.6
"""Below this confidence the narrator tells a quotation: a line in the wrong mouth is worse."""
OUTRIGHT = 0.97
"""How sure a name with a verb of speech is."""
PRIOR = {"same: new paragraph": -4.0}
"""What the annotated texts cannot teach, since they have no paragraphs: in English a new speaker begins a new one."""
_BEAM = 8


@dataclass(frozen=True)
class Attribution:
    """Who speaks a quotation and to whom: cast ids, or None where it is not sure enough.

    `kind` is how the text tells it: a name or noun with a verb of speech, a pronoun with one, or neither.
    `confidence`, 0 to 1, is how likely the speaker is right.
    """

    quote: Quote
    speaker: str | None
    addressee: str | None = None
    kind: Literal["explicit", "pronoun", "implicit"] = "implicit"
    confidence: float = 0.0


@cache
def ranker(language: Language) -> Ranker:
    """The weights that ship: `python dev/quotes.py --train`."""
    learned = loads((files("yingxi.story") / "lexicon" / f"speakers_{language}.json").read_text(encoding="utf-8"))
    return Ranker({**learned.weights, **PRIOR})


def turns_of(reading: Reading) -> Turns:
    """The speeches of a reading, with their tags and the mentions around them."""
    room = attribution_english if reading.story.language == "en" else attribution_chinese
    return Turns(reading, speeches(reading, room.tags(reading)), room.clues(reading))


def attribute(reading: Reading, weights: Ranker | None = None, least: float = LEAST) -> list[Attribution]:
    """One attribution for every quotation of speech, in order. `weights` are those that ship unless given."""
    turns = turns_of(reading)
    said = decode(turns, weights or ranker(reading.story.language))
    speaking = [who if confidence >= least else None for who, confidence in said]
    found = []
    for number, speech in enumerate(turns.speeches):
        confidence = said[number][1] if speaking[number] else 0.0
        to = turns.addressee(number, speaking)
        found += [Attribution(q, speaking[number], to, _kind(speech), round(confidence, 3)) for q in speech.quotes]
    return found


def _kind(speech: Speech) -> Literal["explicit", "pronoun", "implicit"]:
    if speech.tag is None or not speech.tag.sure:
        return "implicit"
    return "pronoun" if speech.tag.pronoun else "explicit"


def decode(turns: Turns, weights: Ranker) -> list[tuple[str | None, float]]:
    """The likeliest speakers of all speeches together, by beam search, and how likely each is."""
    beam: list[tuple[float, tuple[str | None, ...], tuple[float, ...]]] = [(0.0, (), ())]
    done: list[tuple[str | None, float]] = []
    for index in range(len(turns.speeches)):
        longer = []
        for score, before, sure in beam:
            lately = before[::-1]
            outright = "i" if turns.by_the_teller(index) else turns.outright(index)
            settled = outright is not None or turns.by_a_stranger(index)
            options = [outright] if settled else turns.candidates(index, lately)
            if settled:
                likely = np.array([OUTRIGHT])
            else:
                likely = weights.probabilities([turns.features(index, who, lately) for who in options])
            for number in np.argsort(-likely)[:3]:
                p = float(likely[number])
                longer.append((score + float(np.log(p + 1e-9)), (*before, options[number])[-8:], (*sure, p)[-8:]))
        beam = sorted(longer, key=lambda b: -b[0])[:_BEAM]
        # What lies eight speeches back is settled by the best.
        if len(beam[0][1]) == 8:
            done.append((beam[0][1][0], beam[0][2][0]))
            beam = [b for b in beam if b[1][0] == done[-1][0]]
            beam = [(s, w[1:], p[1:]) for s, w, p in beam]
    done += zip(beam[0][1], beam[0][2], strict=True)
    return done


def speakers(attributions: Sequence[Attribution], least: float = FILMED) -> dict[Quote, str]:
    """Speech -> cast id, of those that are sure enough to be spoken in a film."""
    return {a.quote: a.speaker for a in attributions if a.speaker is not None and a.confidence >= least}
