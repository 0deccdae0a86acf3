"""Captions in English: noun phrases, clauses and sentences from what a caption tells."""

import re

from yingxi.core.shot import Figure
from yingxi.world.spotting import is_chinese
from yingxi.world.telling import Choice, Person, Telling, going_side, standing_side
from yingxi.world.vocabulary import PREPOSITION, Verb, lexicon

LEADS = ("Shadow play. ", "A shadow-theatre scene. ", "Shadow puppets. ")


def a(phrase: str) -> str:
    """A phrase with its indefinite article."""
    return f"{'an' if phrase[:1].lower() in 'aeiou' else 'a'} {phrase}"


def _thing(table: str, name: str) -> str:
    """A piece of headwear or a prop, with its article."""
    entry = getattr(lexicon(), table).get(name)
    noun = entry.en[0] if entry else name.replace("_", " ")
    return noun if noun.startswith(("a ", "an ", "the ")) or noun.endswith("s") else a(noun)


def _colour(name: str) -> str:
    entry = lexicon().colours.get(name)
    return entry.en[0] if entry else name.replace("_", " ")


def _insert(noun: str, adjective: str) -> str:
    """``a monk`` and ``old`` as ``an old monk``; names take no adjective."""
    if noun.startswith("the "):
        return f"the {adjective} {noun[4:]}"
    bare = noun.removeprefix("an ").removeprefix("a ")
    return a(f"{adjective} {bare}") if bare != noun else noun


def noun(person: Person, choice: Choice, *, loose: bool = True) -> str:
    """A figure as a noun phrase: ``a monk in a red robe with a staff``.

    `loose` allows ``, holding a staff,`` set apart by commas.
    """
    if person.given and not is_chinese(person.given):
        return person.given
    words = person.words
    text = choice.one(words.en, 0.6)
    worn: list[str] = []
    if person.colour:
        colour = _colour(person.colour)
        if not words.garment_en:
            text = _insert(text, colour)
        elif person.skirt:
            worn += [a(f"{colour} {words.top[0]}"), a(f"{_colour(person.skirt)} skirt")]
            text += f" {choice.one(('in', 'wearing', 'dressed in'), 0.6)} "
        else:
            garment = choice.one(words.garment_en, 0.7)
            full = f"{colour} {garment}" if words.mass else a(f"{colour} {garment}")
            style = choice.one(("in", "wearing", "dressed in", "plain", "adjective"), 0.6)
            if style == "plain":
                text += f" in {colour}"
            elif style == "adjective" and (text[:2] in {"a ", "an"} or text.startswith("the ")):
                text = _insert(text, f"{colour}-clad" if words.mass or choice.chance(0.5) else f"{colour}-robed")
            else:
                worn.append(full)
                text += f" {'in' if style in ('plain', 'adjective') else style} "
    if person.headwear:
        text += "" if worn else " wearing "
        worn.append(_thing("headwear", person.headwear))
    text += _and(worn)
    if person.prop:
        prop = _thing("props", person.prop)
        if loose and choice.chance(0.35):
            text += f", {choice.one(('holding', 'carrying'), 0.5)} {prop},"
        else:
            text += f" with {prop}"
    return text


def _and(things: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def _verb(verb: Verb, form: str) -> str:
    return getattr(verb, form)


def _place_of(figure: Figure, told: Telling, choice: Choice) -> str:
    """``from left to right``, ``on the left``, ``facing left`` or nothing."""
    camera = lexicon().camera
    action = lexicon().actions.get(figure.action)
    if action and action.going:
        return f" {choice.one(camera['goings'][going_side(figure)].en)}" if told.side else ""
    side = standing_side(figure)
    text = ""
    if told.side and (side != "centre" or choice.chance(0.3)):
        text += f" {choice.one(camera['sides'][side].en)}"
    if told.facing and not figure.toward and (figure.facing == "left" or choice.rng is not None):
        text += f" {camera['facings'][figure.facing].en[0]}"
    return text


def _clause(figure: Figure, person: Person, told: Telling, form: str, choice: Choice, other: Person | None) -> str:
    action = lexicon().actions.get(figure.action) or lexicon().actions["stand"]
    beside = other is not None and told.side and standing_side(figure) != "centre"
    subject = noun(person, choice, loose=form == "third" and not beside)
    comma = "," if form == "participle" and " with " in subject and not subject.endswith(",") else ""
    if other is not None and action.en_to:
        verb = _verb(choice.one(action.en_to, 0.6), form).replace("X", noun(other, choice, loose=False))
        if beside:
            subject_side = f" {choice.one(lexicon().camera['sides'][standing_side(figure)].en, 0.7)}"
            return f"{subject}{comma}{subject_side}{comma} {verb}"
        return f"{subject}{comma} {verb}"
    verb = _verb(choice.one(action.en, 0.6), form)
    return f"{subject}{comma} {verb}{_place_of(figure, told, choice)}"


def _together(told: Telling, form: str, choice: Choice) -> str:
    """What happens, without where and when, for any number of figures."""
    figures, people = told.figures, told.people
    first, second = figures[0], figures[1] if len(figures) > 1 else None
    if second is None:
        return _clause(first, people[0], told, form, choice, None)
    action = lexicon().actions.get(first.action) or lexicon().actions["stand"]
    rest = "".join(
        f", and {_clause(f, p, told, form, choice, None)}" for f, p in zip(figures[2:], people[2:], strict=True)
    )
    if first.action == second.action and action.en_both and (first.toward or choice.chance(0.5)):
        verb = choice.one(action.en_both, 0.6)
        names = f"{noun(people[0], choice, loose=False)} and {_another(told, choice)}"
        return f"{names} {verb.participle if form == 'participle' else verb.plural}{rest}"
    if first.toward == second.who and action.en_to:
        text = _clause(first, people[0], told, form, choice, people[1])
        if second.action != "stand":
            other = lexicon().actions.get(second.action) or lexicon().actions["stand"]
            text += f", {'which' if people[1].words.animal else 'who'} {choice.one(other.en, 0.6).third}"
        return text + rest
    link = " and" if form == "participle" or choice.chance(0.4) else ", while" if not rest else ","
    one = _clause(first, people[0], told, form, choice, None)
    return f"{one}{link} {_clause(second, people[1], told, form, choice, None)}{rest}"


def _another(told: Telling, choice: Choice) -> str:
    """The second of two: ``another monk`` after a monk."""
    text = noun(told.people[1], choice, loose=False)
    if told.people[0].words is told.people[1].words and not text.startswith("the "):
        return re.sub(r"^an? ", "another ", text)
    return text


def _scene(told: Telling, form: str, choice: Choice) -> str:
    """What happens; for a shot without figures, the place."""
    if told.people:
        return _together(told, form, choice)
    view = PREPOSITION.sub("", choice.one(lexicon().places[told.place or "mountain"].en, 0.6))
    return f"{view}{choice.one((' with nobody in sight', ' without a soul', ''), 0.5)}"


def _camera(told: Telling, choice: Choice) -> str:
    return choice.one(lexicon().camera["moves"][told.move].en, 0.6) if told.move else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    text = re.sub(r",(\s*,)+", ",", text)
    text = re.sub(r",\s*([.;:])", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def write(told: Telling, choice: Choice) -> str:
    """One or two sentences. The canonical form: size, figures, place, time, weather; camera."""
    words = lexicon()
    size = choice.one(words.camera["sizes"][told.size].en, 0.7) if told.size else ""
    where = f" {choice.one(words.places[told.place].en, 0.5)}" if told.place and told.people else ""
    when = f" {choice.one(words.camera['times'][told.time].en, 0.5)}" if told.time else ""
    weather = f", {choice.one(words.camera['weathers'][told.weather].en, 0.5)}" if told.weather else ""
    camera = _camera(told, choice)
    lead = choice.one(("", *LEADS), 0.85) if choice.rng is not None else ""
    if told.people and choice.chance(0.06):
        return _tags(told, choice, (size, where, when, weather, camera))
    forms = ("of", "plain", "front", "colon") if size else ("plain", "front", "participle")
    form = choice.one(forms, 0.3)
    tail = f"; {camera}" if camera else ""
    if form == "of":
        text = f"{_capital(size)} of {_scene(told, 'participle', choice)}{where}{when}{weather}{tail}."
    elif form == "colon":
        text = f"{_capital(size)}: {_scene(told, 'third', choice)}{where}{when}{weather}{tail}."
    elif form == "participle":
        text = f"{_capital(_scene(told, 'participle', choice))}{where}{when}{weather}{tail}."
    else:
        after = f" {_capital(', '.join(filter(None, (size, camera))))}." if size or camera else ""
        if form == "front" and (where or when or weather):
            parts = [part.strip(", ") for part in (weather, when, where) if part]
            front = ", ".join(parts)
            text = f"{_capital(front)}, {_scene(told, 'third', choice)}.{after}"
        else:
            text = f"{_capital(_scene(told, 'third', choice))}{where}{when}{weather}.{after}"
    return _tidy(lead + text)


def _tags(told: Telling, choice: Choice, parts: tuple[str, ...]) -> str:
    """Keywords between commas, as people also write."""
    figures = []
    for figure, person in zip(told.figures, told.people, strict=True):
        action = lexicon().actions.get(figure.action) or lexicon().actions["stand"]
        subject = re.sub(r"^(an?|the) ", "", noun(person, choice, loose=False))
        figures.append(f"{subject}, {choice.one(action.en, 0.6).participle}")
    rest = [PREPOSITION.sub("", part.strip(", ")) for part in parts if part]
    return _tidy(", ".join([*figures, *(re.sub(r"^(an?|the) ", "", part) for part in rest)]))
