"""What a model thinks comes next: every token with its probability, before and after what shapes the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.foundations import next_token_probabilities
from llm_widgets.i18n import t
from llm_widgets.models.writing import silent_ids

if TYPE_CHECKING:
    from llm_widgets.models import Reads


@dataclass(frozen=True, eq=False)
class NextToken:
    """The tokens that may come next, the likeliest first (of equal ones that with the lowest id); N of them.

    Args:
        ids: int32 [N].
        logits: the model's scores, float64 [N].
        raw: the model's own probabilities, float64 [N]; they sum to 1.
        after: those that a token is drawn from, after temperature, top-k and top-p, float64 [N]; they sum to 1.
        kept: how many tokens top-k and top-p leave; the others are cut.
    """

    ids: NDArray[np.int32]
    logits: NDArray[np.float64]
    raw: NDArray[np.float64]
    after: NDArray[np.float64]
    kept: int

    def drawn(self, number: float) -> int:
        """The place of the token that a number from 0 to 1 chooses.

        The probabilities `after` lie end to end on a line from 0 to 1; the number is a point on it.
        """
        upto = self.after.cumsum()
        return int((upto > number * upto[-1]).argmax())

    def place_of(self, token: int) -> int:
        """Where a token stands, 0 for the likeliest.

        Raises:
            ValueError: it is not among them.
        """
        found = np.flatnonzero(self.ids == token)
        if not len(found):
            raise ValueError(t("This token cannot come next. Received: token_id={token}", token=token))
        return int(found[0])


def next_token(
    logits: ArrayLike, tokenizer: Reads, *, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> NextToken:
    """Ranks what may come next; special tokens, and ids that the tokenizer lacks, may not.

    Args:
        logits: of a model, [V].
        tokenizer: of that model.
        temperature, top_k, top_p: as for `next_token_probabilities`.

    Raises:
        ValueError: a value is out of range, a score is no finite number, or there is no token to choose.

    Example:
        >>> from llm_widgets.tokenizers import TextTokenizer
        >>> tokenizer = TextTokenizer.train("abc")
        >>> logits = np.zeros(tokenizer.vocabulary_size)
        >>> logits[tokenizer.ids("b")] = 1.0
        >>> seen = next_token(logits, tokenizer, top_k=1)
        >>> tokenizer.decode(seen.ids), seen.raw.round(2), seen.after
        ('bac', array([0.58, 0.21, 0.21]), array([1., 0., 0.]))
    """
    scores = np.asarray(logits, np.float64)
    if not np.isfinite(scores).all():
        raise ValueError(
            t(
                "The model's scores are no numbers any more (NaN), so nothing can be said of the next token. Often the "
                "learning rate was too high: reset, and train with a lower one. Received: logits={logits}",
                logits=repr(scores)[:80],
            )
        )
    offered = np.ones(len(scores), bool)
    offered[list(silent_ids(tokenizer))] = False
    offered[tokenizer.vocabulary_size :] = False
    ids = np.flatnonzero(offered)
    if not len(ids):
        raise ValueError(t("The vocabulary has special tokens only: train a tokenizer on a text. Received: no tokens"))
    ids = ids[np.argsort(-scores[ids], kind="stable")]
    scores = scores[ids]
    raw = next_token_probabilities(scores)
    after = next_token_probabilities(scores, temperature=temperature, top_k=top_k, top_p=top_p)
    if top_p < 1 or temperature == 0:
        kept = int((after > 0).sum())
    elif top_k is not None and top_k < len(ids):
        kept = int((scores >= scores[top_k - 1]).sum())  # ties at the limit stay
    else:
        kept = len(ids)
    return NextToken(ids.astype(np.int32), scores, raw, after, kept)


def entropy_bits(probabilities: NDArray[np.float64]) -> float:
    """How undecided a choice is, in bits: 0 for a sure one, log2(N) for N equally likely ones.

    Example:
        >>> entropy_bits(np.array([0.5, 0.5, 0.0]))
        1.0
    """
    p = probabilities[probabilities > 0]
    return float(-(p * np.log2(p)).sum()) + 0.0
