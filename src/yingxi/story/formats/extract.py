"""The text taken out of a book's file, and what its format knows of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Extract:
    """`text` has a line a block and an empty line between blocks. `headings` are where in it lines begin that the
    format marks as headings; `asides` are stretches (start, end, why) that are no part of the story."""

    text: str
    title: str | None = None
    headings: frozenset[int] = frozenset()
    asides: tuple[tuple[int, int, str], ...] = ()
    plain: bool = False


@dataclass
class Blocks:
    """Gathers an Extract block by block."""

    title: str | None = None
    parts: list[str] = field(default_factory=list)
    size: int = 0
    headings: set[int] = field(default_factory=set)
    asides: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, words: str, heading: bool = False, why: str | None = None) -> None:
        """A block; `why` it is no part of the story, if so."""
        words = words.strip("\n ")
        if not words:
            return
        if heading:
            self.headings.add(self.size)
        if why:
            self.asides.append((self.size, self.size + len(words), why))
        self.parts.append(words)
        self.size += len(words) + 2

    def extract(self) -> Extract:
        return Extract("\n\n".join(self.parts) + "\n", self.title, frozenset(self.headings), tuple(self.asides))
