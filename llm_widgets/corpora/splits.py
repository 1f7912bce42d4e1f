"""Three splits that stay the same for ever: by the texts' own hashes, not by a random generator's version."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from llm_widgets.i18n import t

SPLITS = ("train", "validation", "test")
FRACTIONS = (0.70, 0.15, 0.15)


def text_key(text: str) -> str:
    """What is left of a text without case, width, spaces and punctuation; equal for texts that differ in these alone.

    Example:
        >>> text_key("Very good!") == text_key("very  good")
        True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum()) or " ".join(folded.split())


def assign_splits(
    keys: Sequence[str],
    labels: Sequence[int],
    *,
    seed: int = 0,
    fractions: tuple[float, float, float] = FRACTIONS,
) -> list[int]:
    """For each text the split it belongs to: 0 train, 1 validation, 2 test.

    Each label is divided in the same proportions, and texts with one key stay together, so that no text of the test
    set was seen in training. The ranking is by SHA-256 of seed and key: the same on every machine and version.
    A key that stands with several labels is divided with those of its first.

    Args:
        keys: one key a text: `text_key` of it, or of the group that it belongs to.
        labels: one label a text.
        seed: another seed gives another division.
        fractions: the shares of train, validation and test; they sum to 1.

    Raises:
        ValueError: the fractions are negative or do not sum to 1.

    Example:
        >>> places = assign_splits([f"text {i}" for i in range(40)], [0, 1] * 20)
        >>> [places.count(split) for split in range(3)]
        [28, 6, 6]
    """
    if abs(sum(fractions) - 1) > 1e-9 or min(fractions) < 0:
        raise ValueError(t("The shares of the splits must be ≥ 0 and sum to 1. Received: {shares}", shares=fractions))
    label_of: dict[str, int] = {}
    for key, label in zip(keys, labels, strict=True):
        label_of.setdefault(key, label)
    by_label: dict[int, list[str]] = defaultdict(list)
    for key, label in label_of.items():
        by_label[label].append(key)
    split_of: dict[str, int] = {}
    for members in by_label.values():
        members.sort(key=lambda key: rank(seed, key))
        first = round(fractions[0] * len(members))
        second = round((fractions[0] + fractions[1]) * len(members))
        for place, key in enumerate(members):
            split_of[key] = (place >= first) + (place >= second)
    return [split_of[key] for key in keys]


def rank(seed: int, key: str) -> bytes:
    """Where a text stands in the shuffled order."""
    return hashlib.sha256(f"{seed}\n{key}".encode("utf-8", "surrogatepass")).digest()


def group_keys(texts: Sequence[str], run: int) -> list[str]:
    """For each text the key of its group: texts that share `run` characters in a row belong together.

    So a review and the same review with one more sentence never stand in two splits.

    Args:
        texts: any texts.
        run: how many letters and digits in a row count as shared; shorter texts are compared whole.

    Example:
        >>> first, second, other = group_keys(["The room was clean.", "The room was clean! And quiet.", "Noisy."], 12)
        >>> first == second, first == other
        (True, False)
    """
    keys = [text_key(text) for text in texts]
    parent = list(range(len(keys)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first_with: dict[str, int] = {}
    for i, key in enumerate(keys):
        for start in range(max(1, len(key) - run + 1)):
            parent[root(i)] = root(first_with.setdefault(key[start : start + run], i))
    smallest: dict[int, str] = {}
    for i, key in enumerate(keys):
        smallest[root(i)] = min(key, smallest.get(root(i), key))
    return [smallest[root(i)] for i in range(len(keys))]
