"""Who is in an English story: names, and nouns such as *the king* that act or speak."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from yingxi.core.cast import Character
from yingxi.story.attribution_english import of_another, subjects
from yingxi.story.lexicon import lexicon, persons, speech, titles
from yingxi.story.names_english import Person, couple, join_names, same_title
from yingxi.story.portraits_english import portray
from yingxi.story.reading import Mention, Reading
from yingxi.story.vocative import is_called

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_PLACE_PREPOSITIONS = frozenset(["in", "at", "from", "near", "through", "across", "into", "of"])
_KEPT_ADJECTIVES = frozenset(
    [
        "old",
        "young",
        "little",
        "white",
        "black",
        "red",
        "blue",
        "green",
        "golden",
        "fat",
        "tall",
        "poor",
        "first",
        "second",
        "third",
    ]
)
# What is heard is not yet someone.
_SOUNDS = frozenset(
    [
        "voice",
        "voices",
        "cry",
        "answer",
        "reply",
        "echo",
        "whisper",
        "tone",
        "advice",
        "report",
        "remark",
        "response",
        "exclamation",
        "question",
        "murmur",
        "laugh",
        "comment",
        "words",
        "shout",
        "sound",
    ]
)
_RANKS = frozenset(["captain", "colonel", "major", "general", "sergeant", "inspector", "judge"])
_FORMAL = frozenset(["mr", "mr.", "mrs", "mrs.", "miss", "dr", "dr."])
_CRIES = frozenset(["o", "oh", "ah", "yes", "no", "well", "alas"])
_OWNERS = frozenset(["my", "his", "her", "our", "their", "your"])
_DETERMINERS = frozenset(
    ["the", "this", "that", "a", "an", "one", "my", "his", "her", "our", "their", "your", "another"]
)
_NOT_NAMES = frozenset(
    [
        "mr",
        "mrs",
        "miss",
        "sir",
        "madam",
        "god",
        "lord",
        "heaven",
        "heavens",
        "oh",
        "ah",
        "well",
        "yes",
        "no",
        "chapter",
        "english",
        "french",
        "german",
        "chinese",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "christmas",
        "majesty",
        "i",
        "o",
        "alas",
        "latin",
        "greek",
    ]
)
# What Darkness and Decay may do as well as people.
_STATES = frozenset(["be", "have", "hold", "seem", "reign", "remain", "become"])
_PASSAGE = 4000
"""Characters of which a teller says *I* in every second one."""
_KIN_OFTEN = 8
"""How much oftener *the sister* may be read than *his sister Jane* and still be Jane."""
_NEAR = 2500
"""Characters before *he said* in which the one who is meant must have been mentioned."""
_PRONOUNS = {"he": "male", "him": "male", "his": "male", "himself": "male",
             "she": "female", "her": "female", "hers": "female", "herself": "female"}  # fmt: skip


def _proper(docs: "Sequence[Doc]") -> frozenset[str]:
    """Words that are proper nouns somewhere and small nowhere: the tagger misses some that begin a sentence."""
    words = Counter(t.text for doc in docs for t in doc if t.pos_ == "PROPN" and t.text[:1].isupper())
    return frozenset(words) - {t.text.capitalize() for doc in docs for t in doc if t.text[:1].islower()}


def _name_chains(doc: "Doc", proper: frozenset[str], speakers: frozenset[int]) -> "list[tuple[int, int]]":
    """Runs of proper nouns as token ranges. `speakers`: tokens that are the subject of a verb of speech."""

    def is_name(token: "Token") -> bool:
        if re.search(r"[?!—…]", token.text):
            return False  # Yard?—Is
        named = token.pos_ == "PROPN" or token.text in proper or (token.i in speakers and token.pos_ != "PRON")
        return token.text[:1].isupper() and named

    chains, i = [], 0
    while i < len(doc):
        token = doc[i]
        title = token.lower_ in titles() and token.is_title and i + 1 < len(doc) and doc[i + 1].is_title
        if title or is_name(token):
            j = i + 1
            while j < len(doc) and is_name(doc[j]):
                j += 1
            # A title in the middle begins another name: a heading ran into the text.
            cut = next((k for k in range(i + 1, j) if doc[k].lower_ in _FORMAL), j)
            chains.append((i, cut))
            i = cut
        else:
            i += 1
    return chains


def _plural(token: "Token") -> bool:
    return "Number=Plur" in str(token.morph)


def _evidence(person: Person, token: "Token", verbs: frozenset[str]) -> None:
    head = token.head
    left = token.left_edge.i - 1
    if left > 0 and token.doc[left].lemma_ in verbs and token.doc[left - 1].text in ('"', "'"):
        person.spoke += 1
    if token.dep_ == "conj" and head.dep_ == "nsubj" and token.i > head.i:
        if head.head.lemma_ not in _STATES:
            person.beside = head.lower_
        person.acted += token.ent_type_ == "PERSON" and head.head.lemma_ not in _STATES
    if token.dep_ in ("nsubj", "nsubjpass"):
        person.acted += token.dep_ == "nsubj" and head.pos_ == "VERB"
        person.spoke += head.lemma_ in verbs
    elif token.dep_ == "pobj" and head.lower_ in _PLACE_PREPOSITIONS:
        person.place += 1
    person.told += 1
    person.person += token.ent_type_ == "PERSON"
    person.land += token.ent_type_ in ("GPE", "LOC", "FAC")
    before = next((t for t in reversed(token.doc[max(0, token.left_edge.i - 3) : token.i]) if t.is_alpha), None)
    person.article += before is not None and before.lower_ == "the"


def _collect(reading: Reading) -> dict[tuple[str, ...], Person]:
    verbs = frozenset(speech("en"))
    nouns = persons("en")
    people: dict[tuple[str, ...], Person] = {}

    def add(key: tuple[str, ...], start: int, end: int, form: str, token: "Token", nominal: bool) -> Person:
        person = people.setdefault(key, Person(key, nominal=nominal))
        person.places.append((start, end))
        person.forms[form] += 1
        if reading.quoted(start) is None:
            _evidence(person, token, verbs)
        elif not nominal and is_called(reading.story.text, start, end):
            person.called += token.ent_type_ == "PERSON" or person.gender != "unknown"
        return person

    proper = _proper(reading.docs)
    speaking: dict[int, set[int]] = defaultdict(set)
    for subject in subjects(reading).values():
        if subject.sure and not of_another(subject.token):
            speaking[subject.paragraph].add(subject.token.i)
    for index, (paragraph, doc) in enumerate(zip(reading.paragraphs, reading.docs, strict=True)):
        speakers = frozenset(speaking[index])
        named: set[int] = set()
        for i, j in _name_chains(doc, proper, speakers):
            words = [t.text for t in doc[i:j]]
            bare = [w.lower().rstrip(".") for w in words]
            title = ""
            while len(bare) > 1 and bare[0] in _CRIES:
                i, bare, words = i + 1, bare[1:], words[1:]
            while len(bare) > 1 and (bare[0] in titles() or bare[0] + "." in titles()):
                title, bare, words = bare[0], bare[1:], words[1:]
            if all(w in _NOT_NAMES for w in bare) or not re.search(r"[a-z]{2}", bare[-1]):
                continue
            if len(bare) == 1 and bare[0] in nouns and not title:
                continue
            if doc[j - 1].ent_type_ in ("DATE", "TIME", "NORP", "LANGUAGE") or _plural(doc[j - 1]):
                continue
            span = doc[i:j]
            start = paragraph.start + span.start_char
            key = (same_title(title), *bare) if title else tuple(bare)
            person = add(key, start, paragraph.start + span.end_char, " ".join(words), span.root, False)
            person.spoke += any(k in speakers for k in range(i, j))
            person.title = person.title or title
            named.update(range(i, j))
        for token in doc:
            spoken = token.i in speakers
            if token.lower_.rstrip(".") == "i" or token.lower_ in _PRONOUNS:
                continue  # Said *I*, which the parser may take for a noun.
            if token.i in named or token.pos_ not in ("NOUN", "PROPN", "ADJ") or (_plural(token) and not spoken):
                continue
            word = token.lower_ if token.lower_ in nouns else token.lemma_.lower()
            start_token = token
            adjective = doc[token.i - 1] if token.i else None
            key = (word,)
            if adjective is not None and adjective.lower_ in _KEPT_ADJECTIVES and adjective.i not in named:
                start_token, key = adjective, (adjective.lower_, word)
            if word in _SOUNDS or word.rstrip(".") in _FORMAL:
                continue
            listed = word in nouns
            determiner = doc[start_token.i - 1].lower_ if start_token.i else ""
            begin = paragraph.start + start_token.idx
            addressed = listed and is_called(reading.story.text, begin, paragraph.start + token.idx + len(token))
            definite = determiner in _DETERMINERS or token.text[:1].isupper() or spoken
            definite = definite or (addressed and reading.quoted(begin) is not None)
            if not definite or not (listed or spoken) or (token.pos_ == "ADJ" and not listed):
                continue
            if token.dep_ == "compound" and not token.text[:1].isupper():
                continue
            start = paragraph.start + start_token.idx
            person = add(key, start, paragraph.start + token.idx + len(token), f"the {' '.join(key)}", token, True)
            person.spoke += spoken
            person.owned += determiner in _OWNERS
    return people


def _merge(people: dict[tuple[str, ...], Person], reading: Reading) -> list[list[Person]]:
    """Groups of names and nouns for one person."""
    # The Inner Temple, and the Temple.
    places = {p.key for p in people.values() if _is_place(p)}
    houses = {(key[-1],) for key in places} - {(p.key[-1],) for p in people.values() if p.title}
    names = [p for p in people.values() if not p.nominal and p.key not in places | houses]
    # Who does the same as a person is one: Pigsy and *Sandy* walked.
    company = {word for p in names if _accepted(p) for word in p.key}
    accepted = {p.key for p in names if _accepted(p) or p.beside in company}
    nominals = [p for p in people.values() if p.nominal and _accepted_nominal(p)]
    accepted |= {p.key for p in nominals}
    parent = join_names(names) | {p.key: p.key for p in nominals}

    def root(key: tuple[str, ...]) -> tuple[str, ...]:
        while parent[key] != key:
            key = parent[key]
        return key

    def join(a: tuple[str, ...], b: tuple[str, ...]) -> None:
        parent[root(a)] = root(b)

    living = {root(key) for key in accepted}
    for one, other in _appositions(reading, {key: people[key] for key in parent}):
        if people[one].land * 2 > people[one].told:
            continue  # Henderson, the London journalist.
        if (root(one) in living or root(other) in living) and root(one) != root(other):
            living |= {root(one), root(other)}
            join(one, other)
    spouses = couple([p for p in names if root(p.key) in living], parent)
    titled: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for p in names:
        if root(p.key) in living:
            for word in {p.title, p.key[-1]} - {""}:
                titled[word].add(root(p.key))
    for p in nominals:
        homes = titled.get(p.key[-1], set()) | titled.get(same_title(p.key[-1]), set())
        if len(p.key) == 1 and p.owned * 2 >= len(p) and p.key[0] in spouses:
            join(p.key, spouses[p.key[0]])
        elif root(p.key) == p.key and len(homes) == 1:
            home = next(iter(homes))
            if len(p.key) == 1 or p.key == home[-len(p.key) :]:
                join(p.key, home)
    for p in nominals:
        # "the woman" is "the old woman" where there is only one such.
        if len(p.key) == 1:
            fuller = {root(q.key) for q in nominals if len(q.key) == 2 and q.key[1] == p.key[0]}
            if len(fuller) == 1 and root(p.key) == p.key:
                join(p.key, next(iter(fuller)))
    groups: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for p in [*names, *nominals]:
        groups[root(p.key)].append(p)
    return [group for group in groups.values() if any(p.key in accepted for p in group)]


@cache
def _placelike() -> frozenset[str]:
    places = lexicon("places")["en"]
    return frozenset([*places["outdoors"], *places["indoors"], "court", "york", "city", "company", "society", "club"])


def _is_place(p: Person) -> bool:
    unknown = not p.nominal and not p.title and p.gender == "unknown"
    return unknown and len(p.key) > 1 and p.key[-1] in _placelike()


def _accepted(p: Person) -> bool:
    total, known = len(p.places), p.gender != "unknown"
    if (
        p.spoke
        or (p.title and (p.acted or (p.person and p.told * 2 > total)))
        or p.called >= 2
        or (p.called and total >= 2 and known)
    ):
        return True
    # The Lusitania, the Moonstone, New York.
    if p.article * 2 > total or p.land * 2 > total:
        return False
    return p.acted >= 1 and p.place * 2 < total and (p.person >= 1 or total >= 2)


def _accepted_nominal(p: Person) -> bool:
    return bool(p.spoke) or (p.acted >= 1 and (p.acted + len(p.places) >= 3 or len(p.key) > 1))


def _appositions(
    reading: Reading, known: dict[tuple[str, ...], Person]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs such as (monk, tripitaka) from *Tripitaka the monk* and *Sun Wukong, the Monkey King*."""
    pattern = re.compile(
        r"(?P<name>[A-Z]\w+(?: [A-Z]\w+)*),? the (?P<noun>(?:[A-Z]\w+ ?)+|(?:old |young |little )?[a-z]+)\b"
    )
    pairs = []
    for paragraph in reading.paragraphs:
        for match in pattern.finditer(reading.story.text, paragraph.start, paragraph.end):
            name = tuple(match["name"].lower().split())
            noun = tuple(match["noun"].lower().split())
            if name in known and noun in known and reading.quoted(match.start()) is None:
                comma = "," in match[0]
                if not comma or match["noun"][0].isupper():
                    pairs.append((noun, name))
    return pairs + _said_to_be(reading, known)


def _said_to_be(
    reading: Reading, known: dict[tuple[str, ...], Person]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs from *my brother Robert* and *William, a boy of seven*, where the story says it of one person only."""
    owned = re.compile(r"\b(?:my|his|her) (?P<noun>[a-z]+),? (?P<name>[A-Z][a-z]+)\b")
    told = re.compile(r"\b(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)*) ?, an? (?:[a-z]+ )?(?P<noun>[a-z]+)\b")
    found: dict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for paragraph in reading.paragraphs:
        for pattern in (owned, told):
            for match in pattern.finditer(reading.story.text, paragraph.start, paragraph.end):
                name, noun = tuple(match["name"].lower().split()), (match["noun"],)
                if name in known and noun in known and reading.quoted(match.start()) is None:
                    found[noun][name] += 1
    # In a long novel *his sister Jane* is not all its sisters.
    return [
        (noun, name)
        for noun, names in found.items()
        for name, count in names.items()
        if len(names) == 1 and len(known[noun]) <= _KIN_OFTEN * count
    ]


def _display(group: list[Person]) -> tuple[str, tuple[str, ...]]:
    names = [p for p in group if not p.nominal] or group
    # The name people know: the longest form that is a good part of the mentions.
    total = sum(len(p.places) for p in names)
    common = [p for p in names if len(p.places) * 8 >= total or len(p.places) >= 3] or names
    best = max(common, key=lambda p: (len(p.key), len(p.places)))
    form = best.forms.most_common(1)[0][0]
    name = form.removeprefix("the ").capitalize() if best.nominal and form.startswith("the ") else form
    if best.title and best.title not in name.lower() and not best.nominal:
        dot = "." if best.key[0] in ("mr", "mrs", "ms", "dr") else ""
        name = f"{best.key[0].capitalize()}{dot} {name}"
    if name == name.upper():
        name = name.title()
    aliases = {f for p in group for f in p.forms} | {f"the {p.title}" for p in group if p.title in persons("en")}
    return name, tuple(sorted(a for a in aliases if a.lower() != name.lower()))


def _gender(group: list[Person], mentions: list[Mention], reading: Reading) -> str:
    told = Counter(p.gender for p in group for _ in p.places if p.gender != "unknown")
    if told:
        return told.most_common(1)[0][0]
    # In most books captains and judges are men; two pronouns say that one is not.
    votes = Counter({"male": int(any(p.title in _RANKS for p in group))})
    text = reading.story.text
    # In *the visitor heard her steps* she is another.
    named = any(not p.nominal for p in group)
    words = r"\b(he|him|his|himself|she|her|hers|herself)\b" if named else r"\b(he|himself|she|herself)\b"
    if any(persons("en").get(p.key[-1], {}).get("kind") == "animal" for p in group):
        words = words.replace("he|", "it|its|itself|he|", 1)
    for mention in mentions[:200]:
        lead = re.split(r"[.!?\n]\s", text[max(0, mention.start - 160) : mention.start])[-1]
        if re.search(r"\b(?:he|him|his|she|her)\b", lead, re.IGNORECASE):
            continue  # The pronoun after it may go on with that.
        if re.match(r"\s?['’]s\b", text[mention.end : mention.end + 4]):
            continue
        after = text[mention.end : mention.end + 160]
        stop = min((i for m in re.finditer(r"[A-Z][a-z]+\s[A-Z]|[\"“”]", after) if (i := m.start())), default=160)
        found = re.search(words, after[:stop], re.IGNORECASE)
        others = list(reading.mentions_in(mention.end, mention.end + (found.start() if found else 0)))
        if found and not others:
            votes[_PRONOUNS.get(found[1].lower(), "unknown")] += 1
    best = (+votes).most_common(2)
    if best and best[0][1] >= 2 * (best[1][1] if len(best) > 1 else 0):
        return best[0][0]
    return "unknown"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "someone"


def find_people(reading: Reading) -> None:
    """Fill in `people`, the most mentioned first, and `mentions`."""
    groups = _merge(_collect(reading), reading)
    told = _first_person(reading)
    teller = _teller(groups, reading) if told else None
    displays = [(_display(group), group) for group in groups]
    mentions: list[Mention] = [*told]
    ids: dict[int, str] = {}
    used: set[str] = {"i"}
    for number, ((name, _), group) in enumerate(displays):
        identifier = _slug(name)
        while identifier in used:
            identifier += "_2"
        used.add(identifier)
        ids[number] = "i" if group is teller else identifier
        mentions += [Mention(start, end, ids[number]) for p in group for start, end in p.places]
    mentions.sort(key=lambda m: (m.start, -m.end))
    reading.settle((), mentions)
    own: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        own[mention.who].append(mention)
    people = []
    nouns = persons("en")
    for number, ((name, aliases), group) in enumerate(displays):
        # White Rabbit is one; John Hare is not.
        given = lexicon("names")["male"] + lexicon("names")["female"]
        telling = [(" ".join(p.key), p.title, "" if p.key[0] in given else p.key[-1]) for p in group]
        known = [nouns[w] for words in telling for w in words if w in nouns]
        age = next((t["age"] for t in known if t["age"] != "unknown"), "unknown")
        kind = next((t["kind"] for t in known if t["kind"] != "person"), "person")
        who = ids[number]
        people.append(
            Character.model_validate({
                "id": who, "name": name, "aliases": (*aliases, *(("I",) if who == "i" else ())),
                "mentions": len(own[who]), "gender": _gender(group, own[who], reading), "age": age, "kind": kind,
                "description": "who tells the story" if who == "i" else "",
            })
        )  # fmt: skip
    if told and teller is None:
        people.append(Character(id="i", name="I", mentions=len(told), description="who tells the story"))
    most = max((c.mentions for c in people), default=1)
    people = [c.model_copy(update={"importance": round((c.mentions / most) ** 0.5, 2)}) for c in people]
    reading.settle(sorted(people, key=lambda c: -c.mentions), mentions)
    _unnamed(reading)
    reading.settle(portray(reading), reading.mentions)


def _unnamed(reading: Reading) -> None:
    """Add *a man* or *a woman* where *he* or *she* speaks and nobody near may be meant: someone never named."""
    genders = {c.id: c.gender for c in reading.people if c.kind == "person" and c.id != "i"}
    goes_on: dict[str, int] = {}
    runs: dict[str, list[list[Mention]]] = {"male": [], "female": []}
    for subject in subjects(reading).values():
        gender = _PRONOUNS.get(subject.token.lower_)
        start = reading.paragraphs[subject.paragraph].start + subject.token.idx
        if gender is None or not subject.sure:
            continue
        near = reading.narrated(max(0, start - _NEAR), start)
        known = any(genders.get(m.who) in (gender, "unknown") for m in near)
        if known or start - goes_on.get(gender, -_NEAR) < _NEAR:
            goes_on[gender] = start  # A long talk with someone named before it.
            continue
        spoken = Mention(start, start + len(subject.token), "")
        last = runs[gender][-1][-1].end if runs[gender] else -1
        between = reading.narrated(last, start) if last >= 0 else ()
        if last >= 0 and not any(genders.get(m.who) in (gender, "unknown") for m in between):
            runs[gender][-1].append(spoken)
        else:
            runs[gender].append([spoken])
    people, mentions = list(reading.people), list(reading.mentions)
    taken = {c.id for c in people}
    for gender, name in (("male", "man"), ("female", "woman")):
        for run in runs[gender]:
            run = sorted(set(run), key=lambda m: m.start)
            if len(run) < 2:
                continue
            number = next(n for n in range(1, 10**6) if f"unnamed_{name}_{n}" not in taken)
            who = f"unnamed_{name}_{number}"
            taken.add(who)
            people.append(
                Character.model_validate({"id": who, "name": f"A {name}", "mentions": len(run), "gender": gender})
            )
            mentions += [Mention(m.start, m.end, who) for m in run]
    reading.settle(people, sorted(mentions, key=lambda m: (m.start, -m.end)))


def _teller(groups: list[list[Person]], reading: Reading) -> list[Person] | None:
    """Whom others call by name and the narration never names: who says *I* in it."""
    unseen = [
        group
        for group in groups
        if sum(p.called for p in group) >= 2
        and not any(reading.quoted(start) is None for p in group for start, _ in p.places)
    ]
    return max(unseen, key=lambda group: sum(p.called for p in group)) if unseen else None


def _first_person(reading: Reading) -> list[Mention]:
    """The teller, where the narration says I often enough that it is one of the cast."""
    found = [
        Mention(p.start + t.idx, p.start + t.idx + len(t), "i")
        for p, doc in zip(reading.paragraphs, reading.docs, strict=True)
        for t in doc
        if t.text in ("I", "me") and t.dep_ in ("nsubj", "dobj", "pobj", "dative")
        and reading.quoted(p.start + t.idx) is None
    ]  # fmt: skip
    begin, length = reading.paragraphs[0].start, reading.paragraphs[-1].end - reading.paragraphs[0].start
    # Who writes a letter in the tenth chapter does not tell the novel.
    passages = {(m.start - begin) // _PASSAGE for m in found}
    throughout = len(passages) * _PASSAGE * 2 >= length - 2 * _PASSAGE
    return found if len(found) >= 5 and len(found) * 1000 >= length and throughout else []
