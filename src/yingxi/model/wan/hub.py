"""A checkpoint by name: a folder on this machine, or a repository on the Hugging Face hub."""

import re
from pathlib import Path

from yingxi.core.errors import YingxiError

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WANTED = ["model_index.json", "*/*.json", "*/*.safetensors", "*/*.model"]
"""Configurations, weights and tokenizers: no pickles, no pictures, no weights in the original layout."""


def find_folder(name: str | Path) -> Path:
    """The folder `name`, or where a snapshot of the repository `name` lies, fetched if need be.

    Raises YingxiError where there is neither, or no network, or no permission.
    """
    path = Path(name).expanduser()
    if path.exists():
        return path
    if not _REPOSITORY.fullmatch(str(name)):
        raise YingxiError(f"there is no folder {name}, and it is not a repository's name such as Wan-AI/Wan2.1-T2V")
    return _snapshot(str(name))


def _snapshot(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=WANTED))
    except GatedRepoError as error:
        raise YingxiError(
            f"{name} is gated: accept its terms at https://huggingface.co/{name} and log in with `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise YingxiError(f"there is no folder {name}, and no public repository of that name on the hub") from error
    except HFValidationError as error:
        raise YingxiError(f"there is no folder {name}, and it is not a repository's name") from error
    except OSError as error:  # all others of the hub's errors, and the disk's
        reason = str(error).splitlines()[0]
        raise YingxiError(f"{name} is not in the cache and cannot be fetched from the hub ({reason})") from error
