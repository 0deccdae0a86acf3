"""Captions in Chinese: noun phrases, clauses and sentences from what a caption tells."""

from yingxi.core.shot import Figure
from yingxi.world.spotting import is_chinese
from yingxi.world.telling import Choice, Person, Telling, going_side, standing_side
from yingxi.world.vocabulary import lexicon

INSTANT = frozenset({"消失", "倒下", "坐下", "跪下", "站立"})
"""Verbs that 正在 does not go before."""
LEADS = ("皮影戏：", "一段皮影戏：", "皮影：")


def _thing(table: str, name: str) -> str:
    """A piece of headwear or a prop without its measure word."""
    entry = getattr(lexicon(), table).get(name)
    return entry.zh[0].removeprefix("一本") if entry else name.replace("_", " ")


def _colour(name: str) -> str:
    entry = lexicon().colours.get(name)
    text = entry.zh[0] if entry else name.replace("_", " ")
    return text if text.endswith("色") else f"{text}色"


def noun(person: Person, choice: Choice) -> str:
    """A figure as a noun phrase: 一位身穿红色袈裟、手持锡杖的和尚."""
    if person.given and is_chinese(person.given):
        return person.given
    words = person.words
    index = 0 if choice.rng is None or choice.chance(0.6) else int(choice.rng.integers(len(words.zh)))
    name = words.zh[index]
    count = "" if index < words.proper else choice.one(words.measure, 0.6)
    traits = []
    if person.colour:
        colour = _colour(person.colour)
        if words.garment_zh:
            wears = choice.one(("身穿", "穿着", "身着"), 0.5)
            garment = choice.one(words.garment_zh, 0.7)
            if person.skirt:
                garment = f"{words.top[1]}和{_colour(person.skirt)}长裙"
            traits.append(
                f"{wears}{colour}{garment}" if count or person.skirt or not choice.chance(0.2) else f"一身{colour}"
            )
        else:
            traits.append(colour)
    if person.headwear:
        traits.append(f"头戴{_thing('headwear', person.headwear)}")
    if person.prop:
        traits.append(f"{choice.one(('手持', '拿着', '手拿'), 0.6)}{_thing('props', person.prop)}")
    return f"{count}{'、'.join(traits)}{'的' if traits else ''}{name}"


def _predicate(figure: Figure, told: Telling, choice: Choice, other: str | None) -> tuple[str, str]:
    """Where in the picture, and the verb."""
    words = lexicon()
    action = words.actions.get(figure.action) or words.actions["stand"]
    side = standing_side(figure)
    at = choice.one(words.camera["sides"][side].zh, 0.6) if told.side and side != "centre" else ""
    if other is not None and action.zh_to:
        return at, choice.one(action.zh_to, 0.6).replace("X", other)
    if action.going and action.zh_going and told.side:
        return "", choice.one(words.camera["goings"][going_side(figure)].zh, 0.7) + choice.one(action.zh_going, 0.6)
    verb = choice.one(action.zh, 0.6)
    turned = told.facing and not figure.toward and (figure.facing == "left" or choice.rng is not None)
    if not turned and len(verb) <= 2 and verb not in INSTANT and "着" not in verb and choice.chance(0.3):
        verb = f"正在{verb}"
    if turned:
        verb = f"{words.camera['facings'][figure.facing].zh[0]}{verb}"
    return at, verb


def _said(figure: Figure, person: Person, told: Telling, choice: Choice, where: str) -> str:
    at, verb = _predicate(figure, told, choice, None)
    return f"{noun(person, choice)}{_within(where, at, verb)}"


def _within(where: str, at: str, verb: str) -> str:
    """The predicate with its place: 在竹林里 before the verb, and only one 在 of a kind."""
    if not where:
        return f"{at}{verb}"
    return f"{where}{verb}" if at else f"{where}{'，' if verb.startswith(('在', '从烟')) else ''}{verb}"


def _scene(told: Telling, choice: Choice, where: str) -> str:
    """What happens; `where` stands before the first verb if it is not empty."""
    figures, people = told.figures, told.people
    if not figures:
        place = lexicon().places[told.place or "mountain"]
        return f"{choice.one(place.zh_name, 0.6)}{choice.one(('，空无一人', '，没有人影', '的景色'), 0.5)}"
    first, second = figures[0], figures[1] if len(figures) > 1 else None
    rest = "".join(f"，{_said(f, p, told, choice, '')}" for f, p in zip(figures[2:], people[2:], strict=True))
    if second is None:
        return _said(first, people[0], told, choice, where)
    action = lexicon().actions.get(first.action) or lexicon().actions["stand"]
    if first.action == second.action and action.zh_both and (first.toward or choice.chance(0.5)):
        other = noun(people[1], choice)
        if people[0].words is people[1].words and other.startswith("一"):
            other = f"另{other}"
        names = f"{noun(people[0], choice)}{choice.one(('和', '与'), 0.7)}{other}"
        return f"{names}{_within(where, '', choice.one(action.zh_both, 0.6))}{rest}"
    if first.toward == second.who and action.zh_to:
        at, verb = _predicate(first, told, choice, noun(people[1], choice))
        text = f"{noun(people[0], choice)}{_within(where, at, verb)}"
        if second.action != "stand":
            name = people[1].words.zh[0]
            reply = choice.one((lexicon().actions.get(second.action) or lexicon().actions["stand"]).zh, 0.6)
            text += f"，{name if people[1].words.proper else '后者'}{reply}"
        return text + rest
    return f"{_said(first, people[0], told, choice, where)}，{_said(second, people[1], told, choice, '')}{rest}"


def write(told: Telling, choice: Choice) -> str:
    """One sentence or two. The canonical form: size: time, place, figures, weather, camera."""
    words = lexicon()
    size = choice.one(words.camera["sizes"][told.size].zh, 0.7) if told.size else ""
    where = choice.one(words.places[told.place].zh, 0.5) if told.place and told.people else ""
    when = choice.one(words.camera["times"][told.time].zh, 0.5) if told.time else ""
    weather = choice.one(words.camera["weathers"][told.weather].zh, 0.5) if told.weather else ""
    camera = choice.one(words.camera["moves"][told.move].zh, 0.6) if told.move else ""
    lead = choice.one(("", *LEADS), 0.85) if choice.rng is not None else ""
    if told.people and choice.chance(0.06):
        return _tags(told, choice, (where, when, weather, size, camera))
    form = choice.one(("front", "inline", "of", "late"), 0.3)
    if form == "inline":
        parts = [when, weather, _scene(told, choice, f"在{where}" if where else ""), size, camera]
    elif form == "of" and when and where:
        parts = [f"{when}的{where}", _scene(told, choice, ""), weather, camera, size]
    elif form == "late":
        parts = [_scene(told, choice, f"在{where}" if where else ""), when, weather, size, camera]
    else:
        head = f"{size}：" if size else ""
        return f"{head or lead}{_list([when, where, _scene(told, choice, ''), weather, camera])}。"
    return f"{lead}{_list(parts)}。"


def _list(parts: list[str]) -> str:
    return "，".join(part for part in parts if part)


def _tags(told: Telling, choice: Choice, parts: tuple[str, ...]) -> str:
    """Keywords between commas, as people also write."""
    figures = []
    for figure, person in zip(told.figures, told.people, strict=True):
        action = lexicon().actions.get(figure.action) or lexicon().actions["stand"]
        figures += [noun(person, choice), choice.one(action.zh, 0.6)]
    return _list([*figures, *parts])
