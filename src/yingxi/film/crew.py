"""Who makes a film: the stage, a model, a judge, a voice, each loaded when it is first needed and not before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from yingxi.core.protocols import Judge, Stagecraft, StreamingModel, VideoModel, Voice
from yingxi.story.questions import Counted

T = TypeVar("T")


@dataclass(eq=False)
class Deferred(Generic[T]):
    """Something that takes time to load. `identity` is its name and version: results made by it depend on that."""

    identity: str
    load: Callable[[], T]
    _loaded: list[T] = field(default_factory=list, repr=False)

    def get(self) -> T:
        if not self._loaded:
            self._loaded.append(self.load())
        return self._loaded[0]

    @property
    def is_loaded(self) -> bool:
        return bool(self._loaded)


@dataclass(frozen=True, eq=False)
class Crew:
    """`model` and `judge` are None where the stage itself makes the film, `reader` where it is read offline."""

    stage: Deferred[StreamingModel]
    stagecraft: Deferred[Stagecraft]
    voice: Deferred[Voice]
    model: Deferred[VideoModel] | None = None
    judge: Deferred[Judge] | None = None
    reader: Deferred[Counted] | None = None

    def close(self) -> None:
        """Let go of the models that were loaded."""
        for member in (self.stage, self.model):
            if member is not None and member.is_loaded:
                member.get().close()

    @property
    def identities(self) -> dict[str, str]:
        """What each member is, for the digests of what they make."""
        members = {
            "stage": self.stage,
            "stagecraft": self.stagecraft,
            "voice": self.voice,
            "model": self.model,
            "judge": self.judge,
        }
        return {name: member.identity for name, member in members.items() if member is not None}
