"""A person's edits meet a new proposal."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Cast
from yingxi.core.shot import Line, Shot, ShotList
from yingxi.film.merging import merge_cast, merge_shots


def shots(*texts: str, **changes: Any) -> ShotList:
    made = [
        Shot.model_validate({"slate": f"1{chr(65 + n)}", "lines": (Line(who="fox", text=t),), "prompt": f"p {t}"})
        for n, t in enumerate(texts)
    ]
    edited = [s.model_copy(update=changes.get(s.lines[0].text, {})) for s in made]
    return ShotList(language="en", shots=tuple(edited))


def told(merged: ShotList | None) -> list[tuple[str, str, str]]:
    assert merged is not None
    return [(s.slate, s.lines[0].text, s.size) for s in merged.shots]


def test_an_edit_follows_its_line_to_another_slate() -> None:
    merged = merge_shots(shots("a", "b"), shots("a", "b", b={"size": "CU"}), shots("new", "a", "b"))
    assert told(merged) == [("1A", "new", "MS"), ("1B", "a", "MS"), ("1C", "b", "CU")]


def test_what_was_taken_out_stays_out_and_what_was_added_stays() -> None:
    mine = shots("a", "b", "c")
    mine = mine.model_copy(update={"shots": (mine.shots[0], mine.shots[2].model_copy(update={"slate": "1Z"}))})
    merged = merge_shots(shots("a", "b"), mine, shots("a", "b", "d"))
    assert told(merged) == [("1A", "a", "MS"), ("1Z", "c", "MS"), ("1C", "d", "MS")]


def test_both_changed_one_thing() -> None:
    base, mine = shots("a"), shots("a", a={"size": "CU"})
    assert merge_shots(base, mine, shots("a", a={"size": "LS"})) is None
    assert told(merge_shots(base, mine, shots("a", a={"size": "CU", "seconds": 9.0}))) == [("1A", "a", "CU")]
    assert merge_shots(base, mine, shots("other")) is None


texts = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)


@given(texts, texts)
def test_where_only_one_changed_it_is_as_that_one_has_it(before: list[str], after: list[str]) -> None:
    base, new = shots(*before), shots(*after)
    assert merge_shots(base, base, new) == new
    assert merge_shots(base, base, base) == base
    mine = shots(*before, **{before[0]: {"move": "orbit"}})
    assert merge_shots(base, mine, base) == mine


def cast(**looks: str) -> Cast:
    return Cast.model_validate({"characters": [{"id": k, "name": k, "description": d} for k, d in looks.items()]})


def test_cast() -> None:
    base, mine = cast(fox="red", owl="grey"), cast(fox="silver", owl="grey", hen="fat")
    merged = merge_cast(base, mine, cast(fox="red", cat="black"))
    assert merged == cast(fox="silver", cat="black", hen="fat")
    assert merge_cast(base, mine, cast(fox="brown")) is None
    assert merge_cast(base, base, cast(cat="black")) == cast(cat="black")
