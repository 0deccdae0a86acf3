"""Documents that the program proposes and a person may edit. What a person has edited is never overwritten."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from yingxi.core.digest import DIGEST_LENGTH, file_digest
from yingxi.core.files import explain, write_text
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger


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
