"""A screenplay as Fountain, the plain-text format that screenwriting programs read."""

from typing import Any

from yingxi.core.cast import Cast
from yingxi.core.screenplay import Action, Dialogue, Narration, Scene, Screenplay
from yingxi.core.story import Language

_NARRATOR = {"en": ("NARRATOR", "V.O."), "zh": ("旁白", None)}
_SOMEONE = {"en": "SOMEONE", "zh": "某人"}
_TIMES = {
    "en": {"dawn": "DAWN", "day": "DAY", "dusk": "DUSK", "night": "NIGHT"},
    "zh": {"dawn": "清晨", "day": "日", "dusk": "黄昏", "night": "夜"},
}


def to_fountain(screenplay: Screenplay, cast: Cast) -> str:
    """The screenplay as Fountain text; ``@`` forces names that have no capitals."""
    from screenplay_tools import screenplay as sp
    from screenplay_tools.fountain.writer import Writer

    script = sp.Script()
    script.titleEntries.append(sp.TitleEntry("Title", screenplay.title.replace("\u3000", " ")))
    names = {c.id: c.name for c in cast.characters}
    for scene in screenplay.scenes:
        script.add_element(_heading(sp, scene, screenplay.language))
        for element in scene.elements:
            if isinstance(element, Action):
                # An action that reads like another element, such as one in capitals, is forced to stay one.
                script.add_element(
                    sp.Action(element.text, forced=element.text[:1] in "@.>~=#!" or element.text.isupper())
                )
                continue
            script.add_element(_speaker(sp, element, names, screenplay.language))
            script.add_element(sp.Dialogue(element.text))
    writer = Writer()
    writer.pretty_print = False
    return writer.write(script).strip() + "\n"


def _heading(sp: Any, scene: Scene, language: Language) -> Any:
    place = scene.place.upper() if language == "en" else scene.place
    text = f"{'INT.' if scene.interior else 'EXT.'} {place} - {_TIMES[language][scene.time]}"
    return sp.SceneHeading(text, scene_number=str(scene.number))


def _speaker(sp: Any, element: Dialogue | Narration, names: dict[str, str], language: Language) -> Any:
    if isinstance(element, Narration):
        name, extension = _NARRATOR[language]
        return sp.Character(name, extension=extension, forced=not name.isascii())
    name = names.get(element.who or "", element.who or _SOMEONE[language])
    return sp.Character(name.upper(), forced=not name.isascii())
