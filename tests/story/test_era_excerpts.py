"""The eras of the English excerpts, told from some 2,000 words each, against when their books play."""

from pathlib import Path

import pytest

from yingxi.story.dating import infer

BRITAIN, AMERICA, CENTURY = "victorian_britain", "american_19c", "early_twentieth_century"
REGENCY, GEORGIAN, COLONIAL = "regency_britain", "georgian_britain", "colonial_america"
PLAYS: dict[int, tuple[str, ...]] = {
    33: (AMERICA, COLONIAL),
    41: (AMERICA, COLONIAL),
    44: (AMERICA,),
    62: (AMERICA,),
    73: (AMERICA,),
    76: (AMERICA,),
    78: (BRITAIN,),
    95: (BRITAIN,),
    145: (REGENCY, BRITAIN),
    155: (BRITAIN, REGENCY),
    160: (AMERICA,),
    171: (GEORGIAN,),
    215: (AMERICA,),
    217: (BRITAIN,),
    233: (AMERICA,),
    345: (BRITAIN,),
    367: (AMERICA,),
    432: (CENTURY, BRITAIN),
    472: (AMERICA,),
    514: (AMERICA,),
    541: (AMERICA,),
    550: (REGENCY, GEORGIAN),
    711: (BRITAIN,),
    766: (BRITAIN, REGENCY),
    829: (GEORGIAN,),
    876: (AMERICA,),
    932: (),
    974: (BRITAIN,),
    1023: (BRITAIN,),
    1064: ("medieval_europe",),
    1155: (CENTURY,),
    1206: (AMERICA, CENTURY),
    1245: (CENTURY,),
    1342: (REGENCY,),
    1661: (BRITAIN,),
    2084: (REGENCY, GEORGIAN, BRITAIN),
    2095: (AMERICA,),
    2489: (AMERICA,),
    2641: (CENTURY,),
    2775: (CENTURY,),
    2807: (COLONIAL,),
    2852: (BRITAIN,),
    3268: (),
    4051: (),
    4276: (BRITAIN,),
    5230: (BRITAIN,),
    6053: (GEORGIAN,),
    11231: (AMERICA,),
    12677: (CENTURY,),
    18581: (AMERICA,),
}
"""Number of the book at Project Gutenberg -> packs that are right for it; none where no pack is."""

STORIES = {
    "en_alice_ch01-02": BRITAIN,
    "en_masque_of_the_red_death": "medieval_europe",
    "en_scandal_in_bohemia": BRITAIN,
    "zh_journey_to_the_west_ch01": "journey_to_the_west",
    "zh_journey_to_the_west_ch27": "journey_to_the_west",
    "zh_three_kingdoms_ch01": "three_kingdoms",
}


def _era(path: Path) -> str:
    return getattr(infer(path.read_text(encoding="utf-8")).era, "id", "")


def test_most_excerpts_tell_their_era_and_few_a_wrong_one(shared: Path) -> None:
    told = {number: _era(next((shared / "quotes").glob(f"{number}_*.txt"))) for number in PLAYS}
    wrong = {number: era for number, era in told.items() if era and era not in PLAYS[number]}
    right = {number for number, era in told.items() if era and era in PLAYS[number]}
    assert len(wrong) <= 2, wrong
    assert len(right) >= 32, sorted(PLAYS.keys() - right)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_keeps_its_era(shared: Path, name: str) -> None:
    assert _era(shared / "stories" / f"{name}.txt") == STORIES[name]
