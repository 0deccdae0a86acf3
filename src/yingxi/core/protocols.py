"""What the rooms ask of each other. Each protocol has one contract suite that runs over every implementation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from yingxi.core.cast import Character, Look, VoiceProfile
from yingxi.core.clip import Clip, Frames, Provenance, Sound
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.core.story import Language

OnStep = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""

OnPreview = Callable[[int, Frames], None]
"""Called with steps done and frames `[T,H,W,3]` as the model believes them to be by then: those that it works on."""

PREVIEWS = 5


def preview_due(done: int, total: int) -> bool:
    """Whether a preview is shown after `done` of `total` steps: five times in a sample, the end among them."""
    return (done * PREVIEWS) // total > ((done - 1) * PREVIEWS) // total


Dtype = Literal["auto", "float32", "bfloat16"]
"""The number format of a checkpoint's weights."""


@dataclass(frozen=True)
class Capabilities:
    """What a model can take. Sizes in pixels, `grid` the multiple that width and height must be of.

    A model of `captions` reads nothing but the stage's own captions: a Generator tells it every prompt as one.
    A model with `previews` takes a third argument in `run` and `stream`, `on_preview: OnPreview | None = None`.
    """

    kind: Literal["animation", "sampled"]
    fps: float
    default_size: Size
    default_seconds: float
    max_seconds: float
    min_size: Size
    max_size: Size
    grid: int = 2
    fixed_sizes: tuple[Size, ...] = ()
    pins: Literal["none", "first", "any"] = "none"
    any_fps: bool = False
    guidance: bool = False
    negative: bool = False
    steps: bool = False
    cache: bool = False
    loop: bool = False
    source: bool = False
    shots: bool = False
    previews: bool = False
    reads_shot: bool = False
    captions: bool = False
    languages: tuple[Language, ...] = ("en", "zh")


@runtime_checkable
class VideoModel(Protocol):
    """Anything that turns a request into a clip."""

    name: str
    capabilities: Capabilities

    def check(self, request: Request) -> None:
        """Raise Refused, naming what cannot be taken, before any work."""
        ...

    def run(self, request: Request, on_step: OnStep) -> Clip: ...

    def close(self) -> None: ...


@runtime_checkable
class StreamingModel(VideoModel, Protocol):
    """A model that can hand over frames as they are made, so that memory does not grow with duration."""

    def provenance(self, request: Request) -> Provenance:
        """What `run`'s clip says of itself: known before the work."""
        ...

    def stream(self, request: Request, on_step: OnStep) -> Iterator[Frames]:
        """Frames `[H,W,3]` one by one, the same as `run` gives."""
        ...


@runtime_checkable
class WeighedModel(VideoModel, Protocol):
    """A model that is large: it says what a run will take of the memory."""

    def memory(self, request: Request) -> object:
        """To be printed before the run. Raises Refused, with what would fit, where there is not as much."""
        ...


class Judge(Protocol):
    """Scores takes, higher is better; the key ``overall`` is what takes are chosen by."""

    def score(self, clip: Clip, shot: Shot) -> Mapping[str, float]: ...


class Reader(Protocol):
    """A language model that reads the book."""

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Any: ...


class Voice(Protocol):
    """Speaks lines."""

    name: str

    def say(self, text: str, profile: VoiceProfile, language: Language) -> Sound: ...

    def profiles(self, language: Language) -> Sequence[VoiceProfile]:
        """Distinct voices for a cast, the narrator's first."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """Names that the stage knows: puppets, places and actions, each with words that mean it, by language."""

    puppets: Mapping[str, Mapping[Language, Sequence[str]]] = field(default_factory=dict)
    places: Mapping[str, Mapping[Language, Sequence[str]]] = field(default_factory=dict)
    actions: Mapping[str, Mapping[Language, Sequence[str]]] = field(default_factory=dict)


class Stagecraft(Protocol):
    """What a story asks of the stage: the nearest thing that it can show, never nothing."""

    vocabulary: Vocabulary

    def look(self, character: Character, taken: Sequence[Look]) -> Look:
        """A puppet, colours, headwear and prop for a character, unlike the looks that are taken."""
        ...

    def holding(self, look: Look, words: str) -> Look | None:
        """The look with the thing in hand that the words speak of; None where they name none that it may hold."""
        ...

    def place(self, words: str) -> str:
        """The stage's place nearest to what the words describe."""
        ...

    def action(self, words: str) -> str:
        """The stage's action nearest to what the words describe."""
        ...

    def prompt(self, shot: Shot, language: Language) -> str:
        """A shot's structure as a sentence, for models that read text. Looks and `stage` are filled in."""
        ...
