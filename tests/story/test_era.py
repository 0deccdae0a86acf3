"""Packs of eras: whole, sourced, in both languages; the era of a story; what prompts take."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.errors import YingxiError
from yingxi.core.shot import Figure, Shot
from yingxi.core.story import Language
from yingxi.safety.policy import check_prompt
from yingxi.story.dating import infer, standing
from yingxi.story.era import Era, bibliography, elsewhere, eras, find_era, folder, lowered, occurrences, roles, things
from yingxi.story.period import MOST, period

SMALL = frozenset(
    {"three_kingdoms_opera", "journey_to_the_west", "fairy_tale", "regency_britain", "near_future"}
    | {"georgian_britain", "colonial_america"}
)
NAMES = tuple(eras())
FULL = [name for name in NAMES if name not in SMALL]


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_whole(name: str) -> None:
    era = eras()[name]
    facts = [(group, fact) for group in era.facts for fact in era.facts[group]]
    for language in ("en", "zh"):
        words = [(group, fact.of(language), fact.who) for group, fact in facts]
        assert len(words) == len(set(words)), "a fact is there twice"
    known = {role for part in roles().puppets.values() for role in part}
    places = {kind for kinds in roles().places.values() for kind in kinds}
    for group, fact in facts:
        assert era.citation(fact.source)
        assert fact.en.isascii() or "ü" in fact.en, fact.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in fact.zh), fact.zh
        assert len(fact.en.split()) <= 9, fact.en
        assert set(fact.who) <= known
        assert set(fact.where) <= places
        assert bool(fact.who) == (group in ("dress", "armour", "hair")), fact.en
        check_prompt(fact.en)
        check_prompt(fact.zh)
    for lender in era.borrows.values():
        assert find_era(lender).facts
    assert not [word for sign in era.signs for word in sign.all if not word.strip()]


@pytest.mark.parametrize("name", FULL)
def test_a_main_pack_has_facts_of_every_kind(name: str) -> None:
    era = eras()[name]
    assert sum(map(len, era.facts.values())) >= 25
    assert all(era.told(group) for group in ("dress", "armour", "hair", "architecture", "furniture", "light"))
    assert all(era.told(group) for group in ("transport", "weapons", "food", "writing"))


def test_no_pack_shows_what_its_own_time_did_not_have() -> None:
    from yingxi.story.lint import anachronisms

    for era in eras().values():
        for group in era.facts:
            for fact in era.told(group):
                assert not anachronisms(f"{fact.en}\n\n{fact.zh}", era), (era.id, fact.en)


def test_every_source_is_cited_and_named_once() -> None:
    assert len(set(bibliography().values())) == len(bibliography())
    cited = {t.source for t in things()} | {f.source for e in eras().values() for g in e.facts.values() for f in g}
    cited |= {e.source for e in eras().values()}
    assert bibliography().keys() - cited == set()


def test_things_have_names_of_their_own_and_years_in_order() -> None:
    names = [thing.name for thing in things()]
    assert len(names) == len(set(names))
    assert len(names) >= 60
    for thing in things():
        assert thing.words.all, thing.name
        assert all(word.isascii() for word in thing.words.en)
        assert not any(word.isascii() for word in thing.words.zh if word != "X光")
        assert all(thing.since[r] <= thing.until[r] for r in thing.until if r in thing.since)


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("建安五年，刘备带兵进城。刘备问诸葛亮：“今夜如何？”", "three_kingdoms"),
        ("贞观年间，长安城里住着一位画师。他在大唐的西市卖画。", "tang"),
        ("林冲从东京城逃走，雪夜上了梁山。", "song"),
        ("锦衣卫连夜出京。东厂的人说，万历爷要活的。", "ming"),
        ("乾隆年间，一个贝勒丢了他的顶戴。", "qing"),
        ("军阀打进城那年是民国六年，百乐门还没有盖起来。", "republican_china"),
        ("Genji came to the Heian palace in an ox carriage; a lady of the Fujiwara waited.", "heian_japan"),
        ("The ronin crossed Nihonbashi into Edo. A samurai watched him.", "edo_japan"),
        ("The squire held the crusader's horse. His liege, a knight, knelt in the abbey.", "medieval_europe"),
        ("A hansom stopped in Baker Street. “The gas-light is out,” said the cabman.", "victorian_britain"),
        ("She put the phone away, took her laptop and ran for the bus. A text message came.", "present"),
        ("她放下手机，打开电脑，叫了外卖。", "present"),
        (
            "The overseer rode from the plantation to the steamboat, and paid in dollars.",
            "american_19c",
        ),
        ("A cowboy threw his lariat in the corral. The prairie burned behind the log cabin.", "american_19c"),
        ("They raised a palisade above Jamestown. The governor feared a tomahawk.", "colonial_america"),
        ("A highwayman stopped the chaise. The parson lost his periwig and nine guineas.", "georgian_britain"),
        ("She had four thousand a year, a barouche, and an officer of the militia.", "regency_britain"),
        ("The flapper left her motor-car by the cinema and telephoned for a taxi.", "early_twentieth_century"),
        ("The robot opened the airlock of the moon base.", "near_future"),
        ("悟空跳上云头，八戒在后面喊唐僧。", "journey_to_the_west"),
        (
            "Once upon a time a princess met a witch. The princess laughed, and the witch gave her a magic wand.",
            "fairy_tale",
        ),
    ],
)
def test_a_story_tells_its_era(text: str, era: str) -> None:
    guess = infer(text)
    assert guess.era is not None, guess
    assert guess.era.id == era
    assert all(text[e.first.start :].lower().startswith(e.word.lower()) for e in guess.evidence)
    assert [e.weight for e in guess.evidence] == sorted((e.weight for e in guess.evidence), reverse=True)


def test_a_tale_is_of_its_plot_and_not_of_what_it_recalls() -> None:
    text = "昔日刘邦斩白蛇。到了建安年间，曹操点兵，刘备不从。曹操怒了，刘备便走，曹操追赶刘备。"
    assert getattr(infer(text).era, "id", "") == "three_kingdoms"


def test_what_a_long_text_mentions_once_does_not_tell_its_era() -> None:
    ball = "The crusader at the ball was a clerk; a knight, a friar and a jester danced with him. "
    assert getattr(infer(ball).era, "id", "") == "medieval_europe"
    novel = ball + "The telephone rang, and a taxi stood at the door of the cinema. Nobody came. " * 900
    assert getattr(infer(novel).era, "id", "") == "early_twentieth_century"


def test_of_neighbours_the_later_is_taken_where_old_things_and_new_stand_together() -> None:
    old = "A hansom and a four-wheeler stood under the gas-lamp. "
    guess = infer(old + "A motor-car passed them, and an aeroplane; the telephone rang.")
    assert getattr(guess.era, "id", "") == "early_twentieth_century"
    assert getattr(guess.other, "id", "") == "victorian_britain"
    assert getattr(infer(old + "The cabman drove to Paddington.").era, "id", "") == "victorian_britain"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Ivan Petrovich paid forty rubles for the samovar, and took the troika back to Moscow.", "imperial Russia"),
        ("The centurion left his chariot and knelt before Julius Caesar.", "the ancient world"),
        ("知青们回到生产队，队长说红卫兵来过。", "the time of the World War of 1939 and after"),
    ],
)
def test_a_time_that_no_pack_describes_is_taken_for_no_other(text: str, where: str) -> None:
    guess = infer(text)
    assert guess.era is None
    assert f"no pack describes {where}, told by" in str(guess)


def test_the_signs_of_an_era_are_its_own() -> None:
    """No word stands twice in one pack, and none weighs 3 in two: it would tell neither."""
    strong: list[str] = []
    for time in (*eras().values(), *elsewhere()):
        words = [word for sign in time.signs for word in sign.all]
        assert len(words) == len(set(words)), (time.name.en, sorted({w for w in words if words.count(w) > 1}))
        assert not [word for word in words if f"{word}s" in words], "a plural is found with its singular"
        strong += [word for sign in time.signs if sign.weight >= 3 for word in sign.all]
    assert len(strong) == len(set(strong)), sorted({w for w in strong if strong.count(w) > 1})


SIGNS = sorted({word for era in eras().values() for sign in era.signs for word in sign.en})


@given(st.lists(st.sampled_from(SIGNS), max_size=4), st.text("sS 'é-.椅", max_size=4), st.sampled_from(SIGNS))
def test_no_sign_is_missed_for_speed(words: list[str], between: str, sought: str) -> None:
    text = between.join([*words, sought]) + between
    low = lowered(text)
    for term in {*words, sought}:
        if list(occurrences(text, low, [term])):
            assert standing(text, low)(term)


@pytest.mark.parametrize(
    "text", ["", "The fox ran over the hill and was gone.", "一只狐狸跑过山坡。", "In 1888 it rained."]
)
def test_few_words_tell_no_era(text: str) -> None:
    guess = infer(text)
    assert guess.era is None
    assert "unknown" in str(guess)


@given(st.text(max_size=200))
def test_any_text_can_be_dated(text: str) -> None:
    assert 0 <= infer(text).sure <= 1


@given(st.text("aZ 'ſİK椅", max_size=30), st.sampled_from(["a", "aa", "Z", "椅"]))
def test_occurrences_are_where_they_say(text: str, term: str) -> None:
    low = lowered(text)
    assert len(low) == len(text)
    for word, span in occurrences(text, low, [term]):
        assert word == term
        found = text[span.start : span.end]
        assert found.lower().startswith(term.lower()) if term.islower() else found.startswith(term)


@given(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from([*roles().puppets, "tiger"]), max_size=4),
    st.sampled_from([None, "cave", *roles().places]),
    st.sampled_from(["dawn", "day", "dusk", "night"]),
    st.sampled_from(["CU", "LS"]),
    st.sampled_from(["en", "zh"]),
)
def test_a_clause_is_short_and_allowed(
    name: str, puppets: list[str], stage: str | None, time: str, size: str, language: Language
) -> None:
    figures = tuple(Figure(who=p, look=Look(puppet=p)) for p in puppets)
    shot = Shot.model_validate({"slate": "1A", "stage": stage, "time": time, "size": size, "figures": figures})
    clause = period(eras()[name], shot, language)
    assert clause.startswith(eras()[name].brief.of(language))
    assert len(clause.split() if language == "en" else clause) <= MOST[language]
    check_prompt(clause)


def _shot(puppet: str, stage: str, time: str = "day") -> Shot:
    figure = Figure(who="x", look=Look(puppet=puppet))
    return Shot.model_validate({"slate": "1A", "stage": stage, "time": time, "figures": (figure,)})


def test_who_is_seen_is_dressed_and_the_place_furnished() -> None:
    han, ming = eras()["three_kingdoms"], eras()["ming"]
    assert "lamellar" in period(han, _shot("general", "battlefield"), "en")
    assert "mountain-pattern" not in period(han, _shot("general", "battlefield"), "en")
    assert "布面甲" in period(ming, _shot("soldier", "battlefield"), "zh")
    indoors = period(han, _shot("scholar", "study", "night"), "en")
    assert "mats" in indoors or "armrest" in indoors or "lamps" in indoors
    assert "chair" not in indoors
    assert "skirt" in period(eras()["tang"], _shot("lady", "garden"), "en")
    america = eras()["american_19c"]
    assert "apron" in period(america, _shot("maid", "hall"), "en")
    assert "apron" not in period(america, _shot("servant", "hall"), "en")


PACK = """
name: {en: Rome, zh: 罗马}
brief: {en: imperial Rome, zh: 罗马帝国}
region: europe
years: [-27, 476]
signs: [{weight: 3, en: [Caesar], zh: [凯撒]}]
facts:
  dress:
    - {en: white wool toga, zh: 白色托加长袍, who: [gentleman], source: SOURCE}
sources: {goldman: "Norma Goldman, in Sebesta and Bonfante, eds., The World of Roman Costume, 1994"}
"""


def test_a_pack_of_ones_own_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rome.yaml"
    path.write_text(textwrap.dedent(PACK).replace("SOURCE", "goldman"), encoding="utf-8")
    rome = find_era(str(path))
    assert rome.id == "rome"
    assert rome.span == "27 BC to AD 476"
    assert period(rome, _shot("gentleman", "street"), "en") == "imperial Rome: white wool toga."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("SOURCE", "nobody"), "no source is called nobody"),
        (("[-27, 476]", "[476, -27]"), "not before"),
        (("who: [gentleman]", "whom: [gentleman]"), "unknown key"),
        (("zh: 罗马}", "zh: ''}"), "name.zh"),
    ],
)
def test_a_mistake_in_a_pack_is_told(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "rome.yaml"
    path.write_text(PACK.replace(*change).replace("SOURCE", "goldman"), encoding="utf-8")
    with pytest.raises(YingxiError, match=says):
        find_era(str(path))


def test_an_unknown_era_is_told_with_those_there_are() -> None:
    with pytest.raises(YingxiError, match="no era is called 'atlantis'; there are han, "):
        find_era("atlantis")


def test_borrowed_facts_follow_the_own() -> None:
    journey: Era = eras()["journey_to_the_west"]
    told = journey.told("dress")
    assert told[: len(journey.facts["dress"])] == journey.facts["dress"]
    assert set(eras()["ming"].facts["dress"]) <= set(told)
    others = ["sources", "inventions", "roles", "elsewhere"]
    assert sorted(path.stem for path in folder().glob("*.yaml")) == sorted([*NAMES, *others])
