"""A checkpoint by name: a folder on this machine, or a repository on the Hugging Face hub."""

import re
from pathlib import Path

from yingxi.core.errors import YingxiError

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WANTED = ["model_index.json", "*/*.json", "*/*.safetensors", "*/*.model"]
"""Configurations, weights and tokenizers: no pickles, no pictures, no weights in the original layout."""


def find_folder(name: str | Path) -> Path:
    """The folder `name`, or where a snapshot of the repository `name` lies, fetched if need be.

    What was stopped goes on with the files that are not whole yet. Raises YingxiError where there is neither, or no
    network, or no permission.
    """
    path = Path(name).expanduser()
    if path.exists():
        return path
    if not _REPOSITORY.fullmatch(str(name)):
        raise YingxiError(f"there is no folder {name}, and it is not a repository's name such as Wan-AI/Wan2.1-T2V")
    return _snapshot(str(name))


def _snapshot(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, HTTPError  # pyright: ignore[reportPrivateImportUsage]

    try:
        return Path(snapshot_download(name, allow_patterns=WANTED))
    except HFValidationError as error:
        raise YingxiError(f"there is no folder {name}, and it is not a repository's name") from error
    except (OSError, HTTPError) as error:
        raise YingxiError(_trouble(name, error)) from error


def _trouble(name: str, error: BaseException) -> str:
    """What kept a repository from being fetched, in one sentence."""
    from huggingface_hub import constants
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    if isinstance(error, LocalEntryNotFoundError) and error.__cause__ is not None:
        error = error.__cause__  # it says only that the cache does not help either
    unfetched = f"{name} is not whole in the cache and cannot be fetched"
    if isinstance(error, GatedRepoError):
        return (
            f"{name} is gated: accept its licence at {constants.ENDPOINT}/{name} and set HF_TOKEN to a key of yours"
        )
    if isinstance(error, RepositoryNotFoundError):
        return f"there is no folder {name}, and no repository of that name on the hub; a private one needs HF_TOKEN"
    if isinstance(error, OfflineModeIsEnabled):
        return f"{unfetched}: HF_HUB_OFFLINE is set"
    if isinstance(error, HfHubHTTPError):
        code = error.response.status_code
        return f"{unfetched}: the hub " + ("does not accept HF_TOKEN" if code == 401 else f"answers {code}")
    if isinstance(error, OSError) and error.strerror:
        return f"{unfetched}: {error.strerror.lower()}"
    return f"{unfetched}: {constants.ENDPOINT} cannot be reached; is there a network?"
