"""Puppets are data: every sheet loads, dresses in all it lists, and stands on its feet."""

from importlib.resources import files

import numpy as np
import pytest
import skia
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Look
from yingxi.core.errors import YingxiError
from yingxi.world import leather, motif, puppet, rig, shape
from yingxi.world.leather import Shape

HUMANS = [name for name in puppet.names() if puppet.sheet(name).rig == "human"]


def drawn(look: Look) -> bytes:
    dressed = puppet.Puppet(look)
    surface = skia.Surface(120, 200)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorWHITE)
    canvas.translate(60, 110)
    canvas.scale(30, 30)
    dressed.draw(canvas, dressed.place({}))
    return surface.toarray().tobytes()


def test_there_is_a_troupe() -> None:
    wanted = {
        "monkey_king", "monk", "pig", "sand_monk", "lady", "old_man", "old_woman", "scholar", "general", "emperor",
        "child", "girl", "king", "knight", "gentleman", "spectre", "horse", "tiger", "dragon", "fox", "fox_spirit",
        "skeleton", "soldier", "empress", "fisherman", "immortal", "bull_demon", "demon", "guanyin", "judge", "maid",
        "warrior_woman", "crane", "phoenix", "dog", "ox", "rabbit", "snake", "queen", "princess", "prince", "witch",
        "wolf", "pirate", "detective", "priest", "peasant", "sailor", "servant", "doctor", "nurse", "teacher",
        "robot", "astronaut", "bear", "white_rabbit", "frog_footman", "boy", "gentlewoman", "widow", "bride",
        "rocket", "planet", "heart",
    }  # fmt: skip
    assert wanted <= set(puppet.names())


@pytest.mark.parametrize("name", puppet.names())
def test_sheet_names_only_what_there_is(name: str) -> None:
    sheet = puppet.sheet(name)
    assert sheet.words["en"]
    assert sheet.words["zh"]
    assert all(colour in puppet.palette() for choices in sheet.colours.values() for colour in choices)
    worn = {*sheet.headwear, *sheet.props} - {puppet.NOTHING}
    assert worn <= set(puppet.wardrobe())
    assert all(puppet.wardrobe()[item].words.keys() == {"en", "zh"} for item in worn)
    assert len(drawn(Look(puppet=name))) > 0


@pytest.mark.parametrize("name", puppet.names())
def test_roles_of_colours_are_used(name: str) -> None:
    sheet = puppet.sheet(name)
    parts = [sheet.own.get(p) or puppet.wardrobe()[p] for p in sheet.parts]
    parts += [puppet.wardrobe()[w] for w in (*sheet.headwear, *sheet.props) if w != puppet.NOTHING]
    used = set()
    for piece in (p for part in parts for p in part.pieces):
        used |= {piece.fill, piece.stroke}
        used |= {piece.pattern.role} if piece.pattern else set()
        used |= {piece.hem.role} if piece.hem else set()
    known = set(sheet.colours) | set(puppet.palette())
    assert set(sheet.colours) <= used
    assert used - {None} <= known


def test_no_part_has_the_name_of_another() -> None:
    folder = files("yingxi.world") / "parts"
    names = [name for path in folder.iterdir() for name in yaml.safe_load(path.read_text(encoding="utf-8"))["parts"]]
    assert len(names) == len(set(names))


def test_a_look_changes_the_picture() -> None:
    plain = drawn(Look(puppet="scholar"))
    assert plain == drawn(Look(puppet="scholar", words="anything"))
    assert plain != drawn(Look(puppet="scholar", colours={"robe": "red"}))
    assert plain != drawn(Look(puppet="scholar", headwear="official_hat"))
    assert plain != drawn(Look(puppet="scholar", headwear=puppet.NOTHING))
    assert plain != drawn(Look(puppet="scholar", prop="sword"))


@pytest.mark.parametrize(
    ("look", "named"),
    [
        (Look(puppet="dodo"), "dodo"),
        (Look(puppet="monk", headwear="fez"), "fez"),
        (Look(puppet="monk", prop="trumpet"), "trumpet"),
        (Look(puppet="monk", colours={"robe": "octarine"}), "octarine"),
    ],
)
def test_what_there_is_not_is_named(look: Look, named: str) -> None:
    with pytest.raises(YingxiError, match=named):
        puppet.Puppet(look)


@given(
    st.dictionaries(st.sampled_from(list(rig.load("human").joints)), st.floats(-180, 180)),
    st.floats(0, 1),
)
def test_bones_keep_their_length(pose: dict[str, float], level: float) -> None:
    human = rig.load("human")
    frames = human.place(pose, level)
    for name, joint in human.joints.items():
        if joint.parent:
            here, there = frames[name], frames[joint.parent]
            length = ((here.e - there.e) ** 2 + (here.f - there.f) ** 2) ** 0.5
            assert length == pytest.approx((joint.at[0] ** 2 + joint.at[1] ** 2) ** 0.5, abs=1e-9)


def test_forwards_is_forwards() -> None:
    human = rig.load("human")
    straight, bent = human.place({}), human.place({"arm_n": 90.0, "torso": 10.0, "thigh_n": 30.0})
    assert bent["hand_n"].e > straight["hand_n"].e
    assert bent["head"].e > straight["head"].e
    assert bent["foot_n"].e > straight["foot_n"].e
    assert bent["foot_n"].turn == pytest.approx(0, abs=1e-9)


def test_curve_passes_through_its_points_and_svg_reads_what_it_says() -> None:
    path = shape.curve("0,0! 1,0 1,1! 0,1")
    assert path.getBounds().contains(skia.Rect.MakeLTRB(0.0, 0.0, 1.0, 1.0))
    assert shape.svg("M0,0 h2 v2 H0 z").getBounds() == skia.Rect.MakeLTRB(0, 0, 2, 2)
    assert shape.svg("M0 0C0 1 1 1 1 0S2-1 2 0q1 1 2 0t2 0Z").countVerbs() == 6


@pytest.mark.parametrize("text", ["", "0,0 L1", "M0,0 L1", "M0,0 Zz 3", "M0 0 A1 1 0 0 1 2 2", "M0,0 Z 3"])
def test_bad_outlines_are_told(text: str) -> None:
    with pytest.raises(YingxiError):
        shape.svg(text)


def test_bad_points_are_told() -> None:
    with pytest.raises(YingxiError, match="one,2"):
        shape.curve("0,0 one,2")


def test_a_shape_has_one_outline() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Shape(curve="0,0 1,1", line="0,0 1,1")


@given(st.sampled_from(["cloud", "flower", "scale", "coin", "key", "dot", "diamond", "leaf", "wave", "fur"]))
def test_motifs_stay_inside(name: motif.Motif) -> None:
    disc = skia.Path()
    disc.addCircle(0, 0, 1)
    holes = motif.rows(name, disc, 0.2, 0.05)
    assert not holes.isEmpty()
    assert skia.Rect.MakeLTRB(-1, -1, 1, 1).contains(holes.computeTightBounds())


def test_light_comes_through() -> None:
    piece = Shape(circle=(0, 0, 1), fill="robe", pattern=leather.Pattern(motif="dot", size=0.4))
    surface = skia.Surface(100, 100)
    canvas = surface.getCanvas()
    canvas.translate(50, 50)
    canvas.scale(45, 45)
    leather.cut(canvas, piece, {"robe": (120, 0, 0), "light": (255, 255, 255), "ink": (0, 0, 0)})
    green = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., 1]
    assert (green > 150).sum() > 100


def test_humans_differ_in_outline() -> None:
    outlines = set()
    for name in HUMANS:
        dressed = puppet.Puppet(Look(puppet=name))
        surface = skia.Surface(60, 100)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.translate(30, 55)
        canvas.scale(14, 14)
        dressed.draw(canvas, dressed.place({}))
        outlines.add((surface.toarray()[..., 3] > 128).tobytes())
    assert len(outlines) == len(HUMANS)


def test_a_hat_counts_to_the_height_and_a_plume_hardly() -> None:
    def crown(name: str, worn: str) -> float:
        return puppet.dressed(Look(puppet=name, headwear=worn)).crown

    assert crown("witch", "witch_hat") > crown("witch", "none") + 1.0
    assert crown("monkey_king", "feathered_crown") < crown("monkey_king", "none") + 0.7


@pytest.mark.parametrize("name", ["heart", "planet", "rocket", "monk", "robot"])
def test_the_crown_is_as_high_as_it_is_drawn(name: str) -> None:
    dressed = puppet.Puppet(Look(puppet=name, headwear="none", prop="none"))
    surface = skia.Surface(200, 300)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    canvas.translate(100, 200)
    canvas.scale(40, 40)
    frames = dressed.place({})
    dressed.draw(canvas, frames)
    top = np.flatnonzero((surface.toarray()[..., 3] > 128).any(axis=1))[0] / 40 - 5
    assert frames["head"].f - dressed.crown == pytest.approx(top, abs=0.25)
