"""Documents that the program proposes and a person may edit. What a person has edited is never overwritten."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from yingxi.core.digest import DIGEST_LENGTH, file_digest
from yingxi.core.documents import Document, dump_yaml, read_text
from yingxi.core.files import explain, write_text
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger

D = TypeVar("D", bound=Document)


def text_digest(text: str) -> str:
    """The `file_digest` of a file that holds `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def is_edited(path: Path, ledger: Ledger) -> bool:
    """Whether a file's content is a person's: it is there, and the program never wrote it."""
    return path.exists() and not ledger.wrote(path.name, file_digest(path))


def write_own(path: Path, text: str, ledger: Ledger) -> bool:
    """Write a document as the program's own content; False if the file holds that already."""
    ledger.about_to_write(path.name, text_digest(text))
    if path.exists() and file_digest(path) == text_digest(text):
        return False
    write_text(path, text)
    return True


def propose(path: Path, text: str, ledger: Ledger, *, aside: bool = False) -> str:
    """Write a new proposal for a document, or beside it where a person has edited it, or `aside` says so.

    Returns ``written``, ``aside``, or ``kept`` where there is nothing new in the proposal.
    """
    if path.exists() and file_digest(path) == text_digest(text):
        write_own(path, text, ledger)
        return "kept"
    if not path.exists() or not (aside or is_edited(path, ledger)):
        write_own(path, text, ledger)
        settle(path)
        return "written"
    if ledger.wrote(path.name, text_digest(text)):  # proposed before; the person has seen it
        settle(path)
        return "kept"
    write_own(Folder.proposal(path), text, ledger)
    ledger.about_to_write(path.name, text_digest(text))
    return "aside"


def merge(
    path: Path, kind: type[D], rule: Callable[[D, D, D], D | None], mine: D, new: D, heading: str, ledger: Ledger
) -> D:
    """Bring what a person has edited up to date with a new proposal, by `rule(base, mine, new)`, and return it.

    Left as it is where there is no record of what he edited, where the two change the same thing, and where he wrote
    comments, which would be lost.
    """
    base = ledger.fact(f"proposed {path.name}")
    comments = [line for line in read_text(path).splitlines() if "#" in line and line != f"# {heading}"]
    if base is None or comments:
        return mine
    merged = rule(kind.model_validate(base), mine, new)
    if merged is None:
        return mine
    if merged != mine:
        write_text(path, f"# {heading}\n{dump_yaml(merged)}")
    if merged != new:  # What is left of the difference is the person's own: there is nothing to choose.
        ledger.about_to_write(path.name, text_digest(f"# {heading}\n{dump_yaml(new)}"))
    return merged


def settle(path: Path) -> None:
    """Remove a proposal beside a document, once the document itself holds a newer one."""
    try:
        Folder.proposal(path).unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, Folder.proposal(path)) from error


def waiting(paths: Mapping[str, Path]) -> list[str]:
    """Names of documents beside which a proposal waits for a person to choose."""
    new = {name: Folder.proposal(path) for name, path in paths.items()}
    return [n for n, path in paths.items() if new[n].exists() and file_digest(new[n]) != file_digest(path)]
