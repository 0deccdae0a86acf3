"""What a shot says, as one word for each slot of the text encoder."""

from yingxi.core.shot import Figure, Shot

OF_A_FIGURE = ("puppet", "colour", "action", "prop", "headwear", "facing")
OF_A_SHOT = ("count", "place", "time", "weather", "size", "move")
SLOTS = (*OF_A_SHOT, *(f"{name} {i}" for i in (1, 2) for name in OF_A_FIGURE))
NONE = "none"


def colour(figure: Figure) -> str:
    """The colour that a figure's caption names: of its robe, or of its coat."""
    from yingxi.world.vocabulary import lexicon

    if figure.look is None:
        return NONE
    puppet = lexicon().puppets.get(figure.look.puppet)
    return figure.look.colours.get(puppet.role if puppet and puppet.role else "robe", NONE)


def attributes(shot: Shot) -> dict[str, str]:
    """A value for every slot; `none` where a shot has no second figure, no prop and so on."""
    values = {
        "count": str(min(2, len(shot.figures))),
        "place": shot.stage or NONE,
        "time": shot.time,
        "weather": shot.weather,
        "size": shot.size,
        "move": shot.move,
    }
    for i in (1, 2):
        figure = shot.figures[i - 1] if len(shot.figures) >= i else None
        look = figure.look if figure else None
        values[f"puppet {i}"] = look.puppet if look else NONE
        values[f"colour {i}"] = colour(figure) if figure else NONE
        values[f"action {i}"] = figure.action if figure else NONE
        values[f"prop {i}"] = (look.prop if look else None) or NONE
        values[f"headwear {i}"] = (look.headwear if look else None) or NONE
        values[f"facing {i}"] = figure.facing if figure else NONE
    return values
