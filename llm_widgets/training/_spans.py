"""Learning to write what was taken out of a text: T5's way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._text_task import Ids, TextTask
from llm_widgets.training.counting import COMMONEST, FOLLOWING, commonest, most_frequent
from llm_widgets.training.objectives import MASKED_SHARE, MEAN_SPAN, corrupt_spans

LEAST = 8  # tokens that a window needs so that something is left around a span


@dataclass(frozen=True)
class Spans(TextTask):
    """15 % of each window is taken out in spans of three tokens on average; the answer names each and what stood in it.

    Other spans are taken in each batch and each epoch, but of the held-out parts always the same. In windows of more
    than 600 tokens the spans are longer, for there are signs for 31 of them.

    Reference:
        Raffel et al. (2020). Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer. JMLR.
    """

    def ask(self, rows: Ids, rng: np.random.Generator) -> tuple[dict[str, Ids], Ids]:
        """The "ids" [B, S] with gaps and "decoder_ids" [B, U], the answer moved by one; and the answer [B, U]."""
        most = len(TextTokenizer.SENTINEL_IDS) - 1
        span = max(MEAN_SPAN, round(MASKED_SHARE * self.length) / most)
        batch = corrupt_spans(rows[:, :-1], rng, mean_span=span)
        return {"ids": batch.inputs, "decoder_ids": batch.decoder_inputs}, batch.targets

    def accuracy(self) -> Any:
        """Every token of the answer counts."""
        import keras

        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    def counted(self, held_out: Ids) -> Sequence[tuple[str, float]]:
        """The commonest token of the answers, and what followed the one before most often."""
        following: dict[int, Counter[int]] = defaultdict(Counter)
        answers = []
        for x, y in self.held_out(self.train):
            answers.append(y.ravel())
            for before, token in zip(x["decoder_ids"].ravel().tolist(), y.ravel().tolist(), strict=True):
                following[before][token] += 1
        best = {before: most_frequent(found) for before, found in following.items()}
        top = commonest(np.concatenate(answers))
        plain = guided = count = 0
        for x, y in self.held_out(held_out):
            plain += int((y == top).sum())
            before = x["decoder_ids"].ravel().tolist()
            guesses = np.array([best.get(one, top) for one in before], np.int32)
            guided += int((guesses == y.ravel()).sum())
            count += y.size
        return (COMMONEST, plain / max(1, count)), (FOLLOWING, guided / max(1, count))
