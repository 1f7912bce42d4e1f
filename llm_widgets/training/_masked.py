"""Learning to fill in hidden tokens from those on both sides: BERT's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._text_task import Ids, TextTask
from llm_widgets.training.counting import COMMONEST, NEIGHBOURS, commonest, most_frequent
from llm_widgets.training.objectives import mask_tokens


@dataclass(frozen=True)
class Masked(TextTask):
    """15 % of the tokens of each window are to be told; see `objectives.mask_tokens`. The loss is that of these alone.

    Other tokens are asked for in each batch and each epoch, but of the held-out parts always the same.

    Reference:
        Devlin et al. (2019). BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding. NAACL.
    """

    draws: ClassVar[int] = 4

    def ask(self, rows: Ids, rng: np.random.Generator) -> tuple[Ids, Ids]:
        """ids [B, T] with some hidden or replaced, and what stood there."""
        from llm_widgets.models.layers.loss import IGNORED

        batch = mask_tokens(rows[:, :-1], rng, vocabulary_size=self.vocabulary_size)
        return batch.inputs, np.where(batch.weights > 0, batch.targets, np.int32(IGNORED))

    def accuracy(self) -> Any:
        """Of the tokens that are asked for."""
        from llm_widgets.models.layers.loss import TokenAccuracy

        return TokenAccuracy(name="accuracy")

    def counted(self, held_out: Ids) -> Sequence[tuple[str, float]]:
        """The commonest token, and what stood most often between these two neighbours."""
        from llm_widgets.models.layers.loss import IGNORED

        between = Between(self.train)
        plain = guided = count = 0
        for inputs, targets in self.held_out(held_out):
            for row, column in zip(*np.nonzero(targets != IGNORED), strict=True):
                right = int(targets[row, column])
                left = int(inputs[row, column - 1]) if column else TextTokenizer.MASK_ID
                after = int(inputs[row, column + 1]) if column + 1 < inputs.shape[1] else TextTokenizer.MASK_ID
                plain += right == between.commonest
                guided += right == between.guess(left, after)
                count += 1
        return (COMMONEST, plain / max(1, count)), (NEIGHBOURS, guided / max(1, count))


class Between:
    """Which token stands most often between two others in a text; where they never stand so, after the left one.

    A neighbour that is hidden itself tells nothing.

    Example:
        >>> between = Between(np.array([40, 41, 42, 40, 43, 42, 40, 41, 42], np.int32))
        >>> between.guess(40, 42), between.guess(42, TextTokenizer.MASK_ID), between.guess(99, 99)
        (41, 40, 40)
    """

    def __init__(self, ids: Ids) -> None:
        known = ids.tolist()
        hidden = TextTokenizer.MASK_ID
        tables: dict[tuple[int, int], Counter[int]] = {}
        for left, token, right in zip([hidden, *known], known, [*known[1:], hidden], strict=False):
            for context in ((left, right), (left, hidden), (hidden, right)):
                tables.setdefault(context, Counter())[token] += 1
        self._best = {context: most_frequent(found) for context, found in tables.items()}
        self.commonest = commonest(ids)

    def guess(self, left: int, right: int) -> int:
        """The likeliest token between them."""
        hidden = TextTokenizer.MASK_ID
        for context in ((left, right), (left, hidden), (hidden, right)):
            if context != (hidden, hidden) and context in self._best:
                return self._best[context]
        return self.commonest
