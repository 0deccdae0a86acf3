"""What a story asks of the stage: the nearest puppet, place and action that it can show, never nothing."""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from yingxi.core.cast import Character, Look
from yingxi.core.shot import Figure, Shot
from yingxi.core.story import Language
from yingxi.world import chinese, english
from yingxi.world.caption import caption
from yingxi.world.prompt import IDIOM, shot_from_prompt, spotter, understood
from yingxi.world.spotting import Spot, is_chinese
from yingxi.world.telling import Choice, person
from yingxi.world.vocabulary import SKIRT, PuppetWords, lexicon, vocabulary

__all__ = ["ShadowStagecraft", "shot_from_prompt", "understood"]

_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|[aeiou]))",
    re.IGNORECASE,
)


class ShadowStagecraft:
    """The words of the shadow theatre."""

    def __init__(self) -> None:
        self.vocabulary = vocabulary()

    def look(self, character: Character, taken: Sequence[Look]) -> Look:
        """A puppet, colours, headwear and prop for a character, unlike the looks that are taken.

        The name and aliases say who it is, else the description, else gender, age, kind and the script of the name.
        A girl among the puppets of a Chinese tale is not the girl of a Western one: `taken` decides.
        """
        puppet = lexicon().puppets[_at_home(_puppet(character), taken)]
        look = _dress(puppet, character, taken)
        return look.model_copy(update={"words": describe(look, "zh" if is_chinese(character.name) else "en")})

    def holding(self, look: Look, words: str) -> Look | None:
        """The look with the thing in hand that the words speak of; None where they name none that it may hold."""
        own = lexicon().puppets[look.puppet].props
        prop = next((spot.name for spot in _spots(words, "prop") if not spot.near), None)
        if prop is None or not any(name in lexicon().props for name in own):
            return None  # Who never has anything in hand has no hands.
        held = look.model_copy(update={"prop": prop})
        return held.model_copy(update={"words": describe(held, "zh" if is_chinese(words) else "en")})

    def place(self, words: str) -> str:
        """The stage's place nearest to what the words describe; a mountain or a street if they say nothing."""
        spots = _spots(words, "place")
        if spots:
            return max(spots, key=lambda s: (not s.near, not s.loose, s.words, s.end - s.start, -s.first)).name
        return _known(lexicon().places, "mountain" if is_chinese(words) or _is_pinyin(words) else "street")

    def action(self, words: str) -> str:
        """The stage's action nearest to what the words describe: of several the most worth seeing; else `stand`."""
        spots = _spots(words, "action")
        actions = lexicon().actions
        if spots:
            return max(
                spots, key=lambda s: (not s.near, actions[s.name].strength, s.words, s.end - s.start, -s.first)
            ).name
        return _known(actions, "stand")

    def prompt(self, shot: Shot, language: Language) -> str:
        """A shot's structure as a sentence. `figures[*].look` and `stage` should be filled in."""
        return caption(shot, language)


def describe(look: Look, language: Language) -> str:
    """A look as a noun phrase: ``a monk in a yellow robe with a ringed staff``, 一位身穿黄色袈裟的和尚."""
    choice = Choice(None)
    bare = look.model_copy(update={"words": ""})
    seen = person(Figure.model_validate({"who": "x", "look": bare}), choice, lexicon())
    return english.noun(seen, choice) if language == "en" else chinese.noun(seen, choice)


def _known(table: Iterable[str], name: str) -> str:
    """`name` if the stage has it, else its first."""
    names = list(table)
    return name if name in names else names[0]


def _spots(words: str, kind: str) -> list[Spot]:
    """Phrases of a kind that stand apart from each other and from idioms."""
    return [spot for spot in spotter().apart(words, (kind, IDIOM)) if spot.kind == kind]


def _is_pinyin(name: str) -> bool:
    """Whether a Latin name reads as two or more syllables of Mandarin: Liu Bei, Wukong."""
    words = re.findall(r"[A-Za-z]+", name)
    if not words or not all(re.fullmatch(f"(?:{_PINYIN.pattern})+", w, re.IGNORECASE) for w in words):
        return False
    return sum(len(_PINYIN.findall(word)) for word in words) >= 2


def _puppet(character: Character) -> str:
    named = _named(" ; ".join((character.name, *character.aliases)), character)
    named = named or _named(character.description, character)
    return _fitting(named, character) if named else _unnamed(character)


def _at_home(name: str, taken: Sequence[Look]) -> str:
    """The puppet, or the one that stands in for it in the tradition that most of the company belongs to."""
    puppets = lexicon().puppets
    entry = puppets[name]
    company = [puppets[look.puppet].tradition for look in taken if look.puppet in puppets]
    foreign = sum(t is not None and t != entry.tradition for t in company)
    if not entry.tradition or not entry.elsewhere or foreign <= company.count(entry.tradition):
        return name
    return _known(puppets, entry.elsewhere)


def _named(text: str, character: Character) -> str | None:
    """The puppet that the words of a name or description mean, the most telling words first."""
    puppets = lexicon().puppets
    for name, entry in puppets.items():
        if any(word in text for word in entry.in_names) and is_chinese(text):
            return name

    def tells(spot: Spot) -> bool:
        if not is_chinese(text[spot.start : spot.end]) or character.kind != "person":
            return True
        # A single character of a person's name is more often a surname (马, 龙, 熊) than a beast.
        return spot.end - spot.start > 1

    spots = [spot for spot in _spots(text, "puppet") if tells(spot)]
    best = max(spots, key=lambda s: (not s.near, s.end - s.start, -s.first), default=None)
    return best.name if best else None


def _fitting(name: str, character: Character) -> str:
    """The puppet, unless the character's gender or age is known to be another's."""
    puppets = lexicon().puppets
    entry = puppets[name]
    if entry.proper or entry.animal or entry.gender == "none":
        return name
    if name == "girl" and character.age in {"young", "adult"} and re.search(r"\bgirl\b", character.name, re.I):
        return _known(puppets, "lady")  # A grown girl of a tale; Alice stays a child.
    wrong = {character.gender, entry.gender} == {"female", "male"}
    if wrong and name not in {"child", "boy"}:
        return _unnamed(character)
    plain = name in {"scholar", "gentleman", "lady", "gentlewoman"}
    if plain and character.age in {"old", "child"}:
        return _unnamed(character.model_copy(update={"gender": entry.gender}))
    if name in {"child", "boy"} and character.gender == "female":
        return _known(puppets, "girl")
    return name


def _unnamed(character: Character) -> str:
    """A puppet by kind, age, gender and the script of the name."""
    puppets = lexicon().puppets
    female = character.gender == "female"
    if character.kind == "animal":
        return _known(puppets, "fox")
    if character.kind == "machine":
        return _known(puppets, "robot")
    mandarin = is_chinese(character.name) or _is_pinyin(character.name)
    if character.kind == "spirit" and not female:
        return _known(puppets, "demon" if mandarin else "spectre")
    if character.age == "child":
        return _known(puppets, "girl" if female else "child" if mandarin else "boy")
    if character.age == "old":
        return _known(puppets, "old_woman" if female else "old_man")
    if female:
        return _known(puppets, "lady" if mandarin else "gentlewoman")
    return _known(puppets, "scholar" if mandarin else "gentleman")


def _dress(puppet: PuppetWords, character: Character, taken: Sequence[Look]) -> Look:
    """The look of the puppet that is least like the taken ones, the described and the puppet's own choices first."""
    text = " ; ".join((character.name, *character.aliases, character.description))
    asked = {
        # A colour counts inside a name too: the Red Death, 白骨夫人.
        kind: [spot.name for spot in spotter().all(text, (kind,))]
        for kind in ("colour", "headwear", "prop")
    }
    words = lexicon()
    dyes = puppet.colours.get(puppet.role or "", ())
    near = [d for name in asked["colour"] for d in (name, *words.colours[name].near) if d in dyes]
    dyes = tuple(dict.fromkeys([*near[:1], *dyes]))
    hats = tuple(dict.fromkeys([*(h for h in asked["headwear"] if h in puppet.headwear), *puppet.headwear]))
    props = tuple(dict.fromkeys([*(p for p in asked["prop"] if p in puppet.props), *puppet.props]))
    same = [look for look in taken if look.puppet == puppet.name]
    role = puppet.role or ""
    worn = [look.colours.get(role) for look in same]
    others = [next(iter(look.colours.values()), None) for look in taken if look.puppet != puppet.name]

    def crowding(dye: str | None, hat: str | None, prop: str | None) -> tuple[int, ...]:
        first = bool(near) and dye == dyes[0]
        whole = sum((look.colours.get(role), look.headwear, look.prop) == (dye, hat, prop) for look in same)
        spare = (hats.index(hat) if hat else 0) + (props.index(prop) if prop else 0)
        shared = 0 if first or not same else others.count(dye)
        return (whole, worn.count(dye), spare, shared, dyes.index(dye) if dye else 0)

    options = product(dyes or (None,), hats or (None,), props or (None,))
    dye, hat, prop = min(options, key=lambda option: crowding(*option))
    colours = {role: dye} if dye and role else {}
    if dye != next(iter(puppet.colours.get(role, ())), None) and dye in puppet.colours.get(SKIRT, ()):
        colours[SKIRT] = dye  # One dress is told apart from another more easily than two jackets.
    return Look(puppet=puppet.name, colours=colours, headwear=hat, prop=prop)
