"""Gets a model from the Hugging Face hub, where it can be reached: safetensors and JSON, nothing that could run."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from llm_widgets.i18n import t
from llm_widgets.models.pretrained.errors import FAILED, NO_NETWORK, NO_SPACE, ModelError
from llm_widgets.models.pretrained.hf_folder import PATTERNS

_SECONDS = 20.0


def fetch_from_hub(name: str, repository: str, folder: Path) -> Path:
    """Downloads the files that are needed into a folder, and returns it.

    Raises:
        ModelError: no network, no room, no such model, or the package huggingface_hub is missing.
    """
    by_hand = t(
        "Or fetch {files} of {repository} where there is a network, put them into a folder and run: {command}.",
        files="config.json, tokenizer.json, model.safetensors",
        repository=f"https://huggingface.co/{repository}",
        command=f"llm-widgets models add {name} --folder FOLDER",
    )
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import RepositoryNotFoundError
    except ImportError as error:
        message = t("The hub is reached with a package that is not here: run `pip install huggingface_hub`.")
        raise ModelError(f"{message} {by_hand} " + t("Received: {value}", value=error)) from error
    try:
        snapshot_download(
            repository,
            local_dir=folder,
            allow_patterns=list(PATTERNS),
            etag_timeout=_SECONDS,
            max_workers=2,
            # Asked for now: the client reads it once, when it is imported, and a mirror may be chosen after that.
            endpoint=os.environ.get("HF_ENDPOINT"),
        )
    except RepositoryNotFoundError as error:
        raise ModelError(t("The hub has no such model. Received: {value}", value=repository)) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelError(
                t("The disk ran full while the model was being fetched. Make room, then try again."), NO_SPACE
            ) from error
        raise _unreachable(by_hand, error, NO_NETWORK) from error
    except Exception as error:  # the hub's client, and the one below it, have errors of their own for a lost network
        raise _unreachable(by_hand, error, FAILED) from error
    return folder


def _unreachable(by_hand: str, error: Exception, code: int) -> ModelError:
    message = t("The model could not be fetched from the Hugging Face hub; is there a network?")
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"{message} {by_hand} " + t("Received: {value}", value=f"{type(error).__name__}: {reason}"), code)
