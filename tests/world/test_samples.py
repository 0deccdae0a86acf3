"""Training shots: sensible, spread, reproducible, and never a held-out combination."""

from collections import Counter

import numpy as np

from yingxi.world.samples import HELD_OUT, WEATHERS, WHERE, actions_of, held_out_sample, sample
from yingxi.world.vocabulary import lexicon


def shots(count: int, seed: int = 0) -> list:
    rng = np.random.default_rng(seed)
    return [sample(rng) for _ in range(count)]


def test_the_same_seed_gives_the_same_shots():
    assert shots(20, seed=4) == shots(20, seed=4)
    assert shots(20, seed=4) != shots(20, seed=5)


def test_everything_of_the_stage_is_shown():
    words = lexicon()
    seen = shots(3000)
    assert {shot.stage for shot in seen} == set(words.places)
    figures = [figure for shot in seen for figure in shot.figures]
    assert {figure.look.puppet for figure in figures} == set(words.puppets)
    assert {figure.action for figure in figures} == set(words.actions)


def test_shares_suit_a_small_model():
    seen = shots(2000)
    count = Counter(len(shot.figures) for shot in seen)
    assert 0.55 < count[1] / len(seen) < 0.8
    assert 0.15 < count[2] / len(seen) < 0.4
    assert Counter(shot.weather for shot in seen).most_common(1)[0][0] == "clear"
    assert {s.weather for s in seen if lexicon().places[s.stage].inside} == {"clear", "fire"}
    assert {s.weather for s in seen} == set(WEATHERS)


def test_looks_name_what_their_puppets_have():
    words = lexicon()
    for shot in shots(500):
        for figure in shot.figures:
            puppet = words.puppets[figure.look.puppet]
            assert all(dye in puppet.colours[role] for role, dye in figure.look.colours.items())
            assert figure.look.prop is None or figure.look.prop in puppet.props
            assert figure.look.headwear is None or figure.look.headwear in puppet.headwear


def test_who_crosses_the_picture_faces_where_he_goes():
    for shot in shots(800):
        for figure in shot.figures:
            if figure.to is not None:
                assert (figure.to > figure.at) == (figure.facing == "right")


def test_held_out_combinations_are_few_and_never_sampled():
    words = lexicon()
    held = HELD_OUT.all()
    possible = len(words.puppets) * len(words.actions) * len(words.places)
    assert 0.015 < len(held) / possible < 0.045
    for shot in shots(2000):
        assert not any((figure.look.puppet, figure.action, shot.stage) in HELD_OUT for figure in shot.figures)
    rng = np.random.default_rng(0)
    for _ in range(100):
        shot = held_out_sample(rng)
        assert any((figure.look.puppet, figure.action, shot.stage) in HELD_OUT for figure in shot.figures)


def test_nobody_swims_where_there_is_no_water_and_hands_that_work_hold_no_prop():
    actions = lexicon().actions
    for shot in shots(2500):
        for figure in shot.figures:
            assert figure.action != "swim" or shot.stage in WHERE["swim"]
            beast = lexicon().puppets[figure.look.puppet].animal
            assert figure.look.prop is None or beast or not actions[figure.action].holds


def test_who_is_chased_runs_ahead():
    chases = [shot.figures for shot in shots(3000) if len(shot.figures) == 2 and shot.figures[0].toward == "b"
              and shot.figures[0].action == "chase"]  # fmt: skip
    assert chases
    for one, other in chases:
        ahead = 1 if one.facing == "right" else -1
        assert ahead * (other.at - one.at) > 0
        assert ahead * (other.to - one.to) > 0
        assert lexicon().actions[other.action].going


def test_things_do_only_what_things_do():
    assert set(actions_of("rocket")) == {"stand", "fly", "fall", "vanish", "appear"}
    assert "kneel" in actions_of("robot")
    assert not {"kneel", "ride"} & set(actions_of("wolf"))
