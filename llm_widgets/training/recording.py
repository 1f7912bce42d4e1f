"""A run in one file: settings, events, snapshots and what is needed to show them, with no pickle and no backend.

A zip of `manifest.json`, `.npy` arrays and JSON texts; the manifest holds the SHA-256 of every other member, and the
zip's comment that of the manifest. Sizes are bounded before anything is unpacked, and all is checked before use.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import platform
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.training._task import CLIP_NORM
from llm_widgets.training.reading import finite

if TYPE_CHECKING:
    from llm_widgets.training.events import EpochRecord, EventLog, RunState
    from llm_widgets.training.language_run import LanguageRun
    from llm_widgets.training.run import Run

FORMAT, VERSION = "llm_widgets recording", 1
MAX_FILE = 256 * 2**20  # bytes, packed
MAX_CONTENT = 512 * 2**20  # bytes, unpacked, all members together
MAX_MEMBERS = 64
_PACKAGES = ("llm_widgets", "keras", "torch", "tensorflow-cpu", "tensorflow", "jax", "numpy", "tokenizers")
_NPY_HEADER = 1000  # bytes


class RecordingError(ValueError):
    """The file is no recording, is damaged, or comes from a version that this one does not know."""


@dataclass(frozen=True, eq=False)
class Recording:
    """The content of a file: the manifest, arrays by name, texts by name."""

    manifest: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    texts: dict[str, Any]


def save(run: Run, path: str | Path) -> Path:
    """Writes `run` as it is now to `path`. The test split's result is kept only where the run has ended."""
    path = Path(path)
    write(_gather(run), path)
    return path


def _gather(run: Run) -> Recording:
    state, log, corpus = run.state, run.log, run.corpus
    epochs = log.epochs  # before the batches: every epoch's batches are there then
    snapshots = log.snapshots[: len(epochs)]
    N = len(corpus.validation)
    arrays = batch_columns(log)
    arrays["snapshots"] = np.array([s.probabilities for s in snapshots], np.float32).reshape(len(snapshots), N)
    probes = log.probes
    rows = [(i, *row) for i, columns in enumerate(probes.values()) for row in zip(*columns, strict=True)]
    arrays["probes/text"] = np.array([row[0] for row in rows], np.int32)
    arrays["probes/step"] = np.array([row[1] for row in rows], np.int32)
    arrays["probes/probability"] = np.array([row[2] for row in rows], np.float32)
    for name in ("validation", "test"):
        arrays[f"labels/{name}"] = corpus.splits[name].labels
    if state.ended and len(arrays["batches/step"]) and len(corpus.test):
        arrays["test"] = run.evaluate("test")["probabilities"]
    manifest = about_run(run, state, epochs) | {
        "family": "lstm-classifier",
        "spec": run.spec.to_dict(),
        "probes": list(probes),
    }
    manifest["corpus"]["label_names"] = list(corpus.label_names)
    texts = {
        "tokenizer": run.tokenizer.to_json(),
        "validation": list(corpus.validation.texts),
        "test": list(corpus.test.texts),
    }
    return Recording(manifest, arrays, texts)


def batch_columns(log: EventLog) -> dict[str, NDArray[Any]]:
    """The batches, a column each."""
    return {f"batches/{name}": column for name, column in log.batches()._asdict().items()}


def about_run(run: Run | LanguageRun, state: RunState, epochs: tuple[EpochRecord, ...]) -> dict[str, Any]:
    """What the manifest tells of any run, as it was with these epochs."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "versions": versions(),
        "settings": {
            "seed": run.seed,
            "batch_size": run.batch_size,
            "epochs": run.epochs,
            "steps_per_epoch": run.steps_per_epoch,
            "unit": run.unit,
            "learning_rate": run.learning_rate,
            "clip_norm": CLIP_NORM,
        },
        "corpus": _about_corpus(run.corpus),
        "state": str(state),
        "failure": run.failure,
        "epochs": [asdict(epoch) for epoch in epochs],
        "states": [{"seconds": change.seconds, "state": str(change.state)} for change in run.log.states],
        "baselines": [asdict(baseline) for baseline in run.baselines(wait=True)],
    }


def _about_corpus(corpus: Any) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "language": corpus.language,
        "fingerprint": corpus.fingerprint,
        "title": dict(corpus.card.title),
        "licence": corpus.card.licence,
        "source": corpus.card.source,
        "citation": corpus.card.citation,
    }


def versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    import keras

    return versions | {"backend": keras.backend.backend()}


def write(recording: Recording, path: Path) -> None:
    """Writes the file at once: one that is half written never has the name."""
    members = {f"{name}.npy": _npy(array) for name, array in recording.arrays.items()}
    members |= {f"{name}.json": _json(value) for name, value in recording.texts.items()}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = _json(finite(recording.manifest | {"content": digests}))
    temporary = path.with_name(path.name + ".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", manifest)
        for name, data in members.items():
            file.writestr(name, data)
        file.comment = hashlib.sha256(manifest).hexdigest().encode()
    temporary.replace(path)


def read(path: str | Path) -> Recording:
    """Reads and checks a file.

    Raises:
        FileNotFoundError: there is none. RecordingError: it is not what `write` writes.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > MAX_FILE:
        raise _broken(path, t("it is larger than {most} MB", most=MAX_FILE // 2**20))
    try:
        with zipfile.ZipFile(path) as file:
            infos = file.infolist()
            if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_CONTENT:
                raise _broken(path, t("its content is larger than {most} MB", most=MAX_CONTENT // 2**20))
            members = {info.filename: file.read(info) for info in infos}
            comment = file.comment
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise _broken(path, t("it is not a whole zip file")) from error
    try:
        return _checked(path, members, comment)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, UnicodeDecodeError) as error:
        if isinstance(error, RecordingError):
            raise
        raise _broken(path, t("a part is missing or has another form")) from error


def _checked(path: Path, members: dict[str, bytes], comment: bytes) -> Recording:
    data = members.pop("manifest.json")
    manifest = json.loads(data)
    if manifest["format"] != FORMAT:
        raise _broken(path, t("it has another format"))
    if manifest["version"] != VERSION:
        raise _broken(
            path,
            t("it has version {version}, and this program reads {known}", version=manifest["version"], known=VERSION),
        )
    digests = {name: hashlib.sha256(member).hexdigest() for name, member in members.items()}
    if digests != manifest["content"] or hashlib.sha256(data).hexdigest().encode() != comment:
        raise _broken(path, t("its content does not match its checksums"))
    arrays = {name[:-4]: _array(member) for name, member in members.items() if name.endswith(".npy")}
    texts = {name[:-5]: json.loads(member) for name, member in members.items() if name.endswith(".json")}
    return Recording(manifest, arrays, texts)


def _broken(path: Path, reason: str) -> RecordingError:
    return RecordingError(
        t(
            "This recording cannot be played: {reason}. Take another copy, or save the run again. Received: {path}",
            reason=reason,
            path=path,
        )
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> NDArray[Any]:
    buffer = io.BytesIO(data)
    if np.lib.format.read_magic(buffer) != (1, 0):
        raise ValueError("version of .npy")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(buffer, max_header_size=_NPY_HEADER)
    # A header may promise more than there is: compare before anything is allocated.
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if dtype.kind not in "ifu" or fortran or size != len(data) - buffer.tell():
        raise ValueError("shape of .npy")
    return np.frombuffer(data, dtype, offset=buffer.tell()).reshape(shape)
