"""A shot set up for playing: looks, place and prompt filled in from the cast, and what the policy says of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yingxi.core.cast import Cast
from yingxi.core.digest import digest
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.shot import Figure, Shot, ShotList
from yingxi.core.story import Language
from yingxi.film.crew import Crew
from yingxi.film.documents import text_digest
from yingxi.film.ledger import Ledger


@dataclass(frozen=True)
class Setup:
    """`rule` and `why` say what blocks the shot, if anything does."""

    shot: Shot
    rule: str | None = None
    why: str = ""


def set_up(shots: ShotList, cast: Cast, crew: Crew, ledger: Ledger, path: Path) -> list[Setup]:
    """Every shot of the list, filled in. `path` is the file that mistakes are told of.

    A prompt that nobody edited is written anew from the shot's structure, so that it follows an edited look or
    action; a person's own prompt stays. Raises YingxiError where a shot names someone or somewhere unknown.
    """
    return [set_up_shot(shot, shots.language, cast, crew, ledger, path) for shot in shots.shots]


def set_up_shot(shot: Shot, language: Language, cast: Cast, crew: Crew, ledger: Ledger, path: Path) -> Setup:
    """One shot, as `set_up` does all of them."""
    filled = _filled(shot, cast, path)
    prompt = _prompt(filled, language, crew, ledger)
    own = bool(shot.prompt) and prompt == shot.prompt and not ledger.wrote("prompt", text_digest(prompt))
    period = shot.period or ("" if shot.card or own else _period(filled, language, cast))
    return _judged(filled.model_copy(update={"prompt": prompt, "period": period}), ledger)


def remember_prompts(shots: ShotList, ledger: Ledger) -> None:
    """Record the prompts of a proposal as the program's own."""
    for shot in shots.shots:
        ledger.about_to_write("prompt", text_digest(shot.prompt))


def check_vocabulary(setups: Sequence[Setup], crew: Crew, ledger: Ledger, path: Path) -> None:
    """Raise YingxiError where a shot asks for an action, place or puppet that the stage does not have."""
    asked = sorted({ask for setup in setups if not setup.shot.card for ask in _asked(setup.shot)})
    inputs = digest("vocabulary", [ask[1:] for ask in asked], crew.stagecraft.identity)
    if ledger.done("vocabulary", inputs):
        return
    words = crew.stagecraft.get().vocabulary
    known = {"place": words.places, "action": words.actions, "puppet": words.puppets}
    for slate, kind, name in asked:
        if known[kind] and name not in known[kind]:
            have = ", ".join(sorted(known[kind]))
            raise YingxiError(f"{path}, shot {slate}: the stage has no {kind} {name!r}; it has {have}")
    ledger.record("vocabulary", inputs, True)


def _asked(shot: Shot) -> Iterator[tuple[str, str, str]]:
    if shot.stage is not None:
        yield shot.slate, "place", shot.stage
    for figure in shot.figures:
        yield shot.slate, "action", figure.action
        if figure.look is not None:
            yield shot.slate, "puppet", figure.look.puppet


def _filled(shot: Shot, cast: Cast, path: Path) -> Shot:
    where = f"{path}, shot {shot.slate}"

    def look(figure: Figure) -> Figure:
        character = cast.character(figure.who)
        if character is None and figure.look is None:
            known = ", ".join(c.id for c in cast.characters) or "nobody"
            raise YingxiError(f"{where}: no character {figure.who!r} in the cast; there is {known}")
        if figure.look is not None or character is None:
            return figure
        return figure.model_copy(update={"look": character.look})

    stage = shot.stage
    if stage is None and shot.place is not None:
        place = cast.place(shot.place)
        if place is None:
            known = ", ".join(p.id for p in cast.places) or "none"
            raise YingxiError(f"{where}: no place {shot.place!r} in the cast; there is {known}")
        stage = place.stage
    for line in shot.lines:
        if line.who not in (None, "narrator") and cast.character(line.who) is None:
            raise YingxiError(f"{where}: a line of {line.who!r}, who is not in the cast")
    return shot.model_copy(update={"stage": stage, "figures": tuple(look(f) for f in shot.figures)})


def _prompt(shot: Shot, language: Language, crew: Crew, ledger: Ledger) -> str:
    if shot.card or (shot.prompt and not ledger.wrote("prompt", text_digest(shot.prompt))):
        return shot.prompt
    structure = shot.model_copy(update={"prompt": "", "lines": (), "source": None})
    inputs = digest(structure, language, crew.stagecraft.identity)
    written = ledger.done("prompt", inputs)
    if written is None:
        written = crew.stagecraft.get().prompt(structure, language)
        ledger.record("prompt", inputs, written)
    return written


def _period(shot: Shot, language: Language, cast: Cast) -> str:
    if not cast.era:
        return ""
    from yingxi.story.era import find_era
    from yingxi.story.period import period

    return period(find_era(cast.era), shot, language)


def _judged(shot: Shot, ledger: Ledger) -> Setup:
    from yingxi import __version__

    said = [shot.prompt, *([shot.period] if shot.period else []), *(line.text for line in shot.lines)]
    inputs = digest(said, __version__)
    verdict = ledger.done("policy", inputs)
    if verdict is None:
        verdict = _verdict(said)
        ledger.record("policy", inputs, verdict)
    return Setup(shot, verdict["rule"], str(verdict["why"]))


def _verdict(said: Sequence[str]) -> dict[str, str | None]:
    from yingxi.safety.policy import check_prompt

    try:
        for text in said:
            check_prompt(text)
    except Refused as refusal:
        return {"rule": refusal.rule, "why": str(refusal)}
    return {"rule": None, "why": ""}
