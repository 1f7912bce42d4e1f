"""What a corpus is: labelled texts in three splits, and a card with their source and their known faults."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora.splits import SPLITS
from llm_widgets.i18n import get_language


@dataclass(frozen=True, eq=False)
class Split:
    """Texts and their labels.

    Args:
        texts: the texts, as written.
        labels: int8 [N], 1 = positive, 0 = negative; read-only.
    """

    texts: tuple[str, ...]
    labels: NDArray[np.int8]

    def __post_init__(self) -> None:
        labels = np.array(self.labels, dtype=np.int8)
        if labels.shape != (len(self.texts),):
            raise ValueError(
                "A split needs one label for each text. "
                f"Received: {len(self.texts)} texts, labels of shape {labels.shape}"
            )
        labels.setflags(write=False)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Problem:
    """A row of a learner's table that could not be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Card:
    """Where a corpus comes from, under which licence, and what is known to be wrong with it.

    Args:
        title, description, notes: in each language, {"en": …, "zh": …}; notes are the known faults.
        licence: SPDX name, or words; source: package and version, or file name; citation: what to cite.
        sha256: of the file that was read; statistics: counts and lengths, computed by a script.
        problems: rows of a learner's own table that were left out.
    """

    title: Mapping[str, str]
    licence: str = ""
    source: str = ""
    citation: str = ""
    sha256: str = ""
    description: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Mapping[str, str], ...] = ()
    statistics: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """The known faults, in the learner's language."""
        return tuple(note.get(get_language(), note.get("en", "")) for note in self.notes)

    def __str__(self) -> str:
        language = get_language()
        lines = [self.title.get(language, self.title.get("en", ""))]
        if text := self.description.get(language, self.description.get("en", "")):
            lines.append(text)
        lines += [line for line in (self.licence, self.source, self.citation) if line]
        lines += [f"- {fault}" for fault in self.faults]
        lines += [f"{problem.line}: {problem.reason}" for problem in self.problems]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Labelled texts in three splits. No text is in two of them; the test set is for the end.

    Example:
        >>> import llm_widgets as lw
        >>> corpus = lw.corpora.load("reviews", language="en")
        >>> len(corpus.train), corpus.label_names
        (7396, ('negative', 'positive'))
    """

    name: str
    language: str
    train: Split
    validation: Split
    test: Split
    label_names: tuple[str, str]
    card: Card

    @property
    def splits(self) -> Mapping[str, Split]:
        """The three splits by name."""
        return {name: getattr(self, name) for name in SPLITS}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over texts and labels of all splits: what a recording stores to know its corpus again."""
        digest = hashlib.sha256()
        for name, split in self.splits.items():
            digest.update(f"{name} {len(split)}\n".encode())
            digest.update(split.labels.tobytes())
            for text in split.texts:
                data = text.encode("utf-8", "surrogatepass")
                digest.update(len(data).to_bytes(8, "little"))
                digest.update(data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}={len(split)}" for name, split in self.splits.items())
        return f"Corpus({self.name!r}, language={self.language!r}, {sizes})"
