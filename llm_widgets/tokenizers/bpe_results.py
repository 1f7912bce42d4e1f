"""What a learner of byte pairs gives back: how things stand at a step, and a text in its pieces."""

from __future__ import annotations

from typing import NamedTuple

from llm_widgets.tokenizers.bpe_counts import PairCount


class BPEState(NamedTuple):
    """How things stand after `step` merges."""

    step: int
    # The pieces of the text, of all its words together.
    tokens: int
    # Pieces that there are, those of the alphabet among them.
    vocabulary_size: int
    # The commonest pairs with their counts, the commonest first.
    pairs: list[PairCount]
    # How many pairs are as common as the first.
    tied: int
    # The pair that is merged next; None where none stands often enough.
    next: PairCount | None


class BPEEncoding(NamedTuple):
    """A text in its pieces, and how it came to them."""

    # Numbers in the vocabulary; -1 for a character that it does not have.
    ids: list[int]
    pieces: list[bytes]
    # Whether a word ends after each piece.
    ends: list[bool]
    # With `trace`: the merges that applied, in order: the number of the merge, and the pieces of its word after it.
    applied: list[tuple[int, list[bytes]]]
