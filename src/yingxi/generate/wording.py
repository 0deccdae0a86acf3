"""A person's words told again as a caption of the stage: what nano learned to read, and what the stage plays."""

from collections.abc import Sequence
from dataclasses import replace

from yingxi.core.protocols import Capabilities
from yingxi.core.request import Request
from yingxi.core.story import language_of


def told_again(request: Request) -> Request:
    """The request with the whole caption of what each prompt asks for in its place, in its language.

    The same words give the same caption. A prompt without words stays as it is.
    """
    if isinstance(request.prompt, str):
        return replace(request, prompt=_captions([request.prompt])[0][0])
    captions = _captions([text for text, _ in request.prompt])
    told = zip(captions, request.prompt, strict=True)
    return replace(request, prompt=tuple((caption, seconds) for (caption, _), (_, seconds) in told))


def heard(request: Request, can: Capabilities) -> list[str]:
    """Sentences on what a model that shows the world of the stage takes the prompts as; none for other models."""
    if request.shot is not None or not (can.captions or can.reads_shot):
        return []
    texts = [request.prompt] if isinstance(request.prompt, str) else [text for text, _ in request.prompt]
    return [line for _, lines in _captions(texts) for line in lines]


def _captions(texts: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The caption of each prompt of a cut, and sentences on how it was understood."""
    from yingxi.world.caption import caption
    from yingxi.world.prompt import understood_in_turn

    told: list[tuple[str, list[str]]] = []
    for text, reading in zip(texts, understood_in_turn(texts), strict=True):
        said = caption(reading.shot, language_of(text))
        told.append((said, reading.lines(said)) if text.strip() else (text, []))
    return told
