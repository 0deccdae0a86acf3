"""Known phrases in free text: stems, the longest phrase, and phrases that do not overlap."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.world.spotting import Spotter, stem, tokens


@pytest.mark.parametrize(
    "forms",
    [
        ("walk", "walks", "walked", "walking"),
        ("ride", "rides", "riding"),
        ("run", "runs", "running"),
        ("dance", "danced", "dancing"),
        ("cry", "cries", "cried", "crying"),
        ("fall", "falls", "falling"),
    ],
)
def test_forms_of_a_verb_share_a_stem(forms):
    assert len({stem(form) for form in forms}) == 1


def test_words_that_only_look_like_forms_keep_theirs():
    assert stem("evening") != stem("even")
    assert stem("king") == "king"
    assert stem("princess") != stem("prince")


@given(st.text(max_size=60))
def test_tokens_stand_where_they_say(text):
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_the_longest_phrase_stays():
    spotter = Spotter()
    spotter.add("puppet", "king", ["king"])
    spotter.add("puppet", "monkey_king", ["the Monkey King", "monkey"])
    spotter.add("place", "bamboo", ["竹林"])
    spotter.add("place", "forest", ["林"])
    assert [spot.name for spot in spotter.apart("The Monkey King and the king")] == ["monkey_king", "king"]
    assert [spot.name for spot in spotter.apart("在竹林里")] == ["bamboo"]
    assert {spot.name for spot in spotter.all("在竹林里")} == {"bamboo", "forest"}


def test_a_phrase_keeps_its_first_meaning():
    spotter = Spotter()
    spotter.add("puppet", "emperor", ["king"])
    spotter.add("puppet", "king", ["king"])
    assert [spot.name for spot in spotter.apart("a king")] == ["emperor"]
