"""What a text says outright beside a quotation: said *Ann*, *she* said, *someone unknown* said."""

from dataclasses import dataclass
from typing import Literal

from yingxi.story.quotes import Quote

Pronoun = Literal["he", "she", "i", "they"]


@dataclass(frozen=True)
class Tag:
    """The subject of a verb of speech beside a quotation: a cast id, or a pronoun, or neither where the words mean
    nobody of the cast. `noun`: by words such as *her mother*, which may mean someone who has a name too. `sure`: the
    verb is there. `to`: whom the words are said to, where the tag says so. `at`: the offset of the subject, -1 where
    it is not known."""

    who: str | None = None
    pronoun: Pronoun | None = None
    noun: bool = False
    sure: bool = True
    to: str | None = None
    at: int = -1


Tags = dict[Quote, Tag]
