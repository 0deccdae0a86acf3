"""The text taken out of a book's file, and what its format knows of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Extract:
    """`text` has a line a block and an empty line between blocks. `headings` are where in it lines begin that the
    format marks as headings; `asides` are stretches (start, end, why) that are no part of the story. `screenplay`:
    the text is one, in Fountain."""

    text: str
    title: str | None = None
    headings: frozenset[int] = frozenset()
    asides: tuple[tuple[int, int, str], ...] = ()
    plain: bool = False
    screenplay: bool = False


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

    def extend(self, other: "Blocks") -> None:
        """Another's blocks after one's own."""
        self.headings |= {self.size + h for h in other.headings}
        self.asides += [(self.size + a, self.size + b, why) for a, b, why in other.asides]
        self.parts += other.parts
        self.size += other.size

    def parts_at(self, at: int) -> str:
        """The block that begins at an offset, or ''."""
        begin = 0
        for part in self.parts:
            if begin >= at:
                return part if begin == at else ""
            begin += len(part) + 2
        return ""

    def extract(self) -> Extract:
        return Extract("\n\n".join(self.parts) + "\n", self.title, frozenset(self.headings), tuple(self.asides))
