"""What a shot is asked to show, as text."""

from yingxi.core.shot import Shot


def caption_of(shot: Shot) -> str:
    """The stage's own caption where the shot has structure, else its prompt."""
    if not shot.figures and not shot.stage:
        return shot.prompt
    from yingxi.world.caption import caption

    return caption(shot, "en")
