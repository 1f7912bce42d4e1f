"""A model that says the next token: GPT and the Llama kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.layers.cache import Cache
from llm_widgets.models.layers.stack import Stack, Watch
from llm_widgets.models.layers.transformer import Transformer, as_arrays, as_ids
from llm_widgets.models.transformer_spec import TransformerSpec


class Decoder(Transformer):
    """Ids [B, T] in, logits of the next token at each position [B, T, V] out.

    Args:
        spec: sizes and switches.
        seed: the weights depend on it alone.

    Example:
        >>> import numpy as np
        >>> from llm_widgets.models import GPTSpec
        >>> model = GPTSpec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> tuple(model.predict_on_batch(np.array([[1, 2, 3]])).shape)
        (1, 3, 10)
        >>> [weights.shape for weights in model.attention([1, 2, 3])]
        [(1, 2, 3, 3), (1, 2, 3, 3)]
    """

    def __init__(self, spec: TransformerSpec, seed: int, **kwargs: Any) -> None:
        super().__init__(spec, seed, **kwargs)
        self.stack = Stack(spec, seed=seed, name="stack")

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        super().build()
        self.add_output()
        self.stack.build()

    def call(self, ids: Any, training: bool = False) -> Any:
        """ids [B, T] to logits [B, T, V].

        Raises:
            ValueError: the model is packed, and this is training.
        """
        if training and self.packed:
            raise ValueError(
                t(
                    "This model keeps its matrices in half precision: it can be asked, not trained. Load it with "
                    "packed=False. Received: training=True"
                )
            )
        return self.read(self.embed(ids), self.seen(ids), training=training)

    def read(self, embedded: Any, seen: Any = None, *, training: bool = False, watch: Watch | None = None) -> Any:
        """Embedded tokens [B, T, C] to logits [B, T, V]; what looks into the model begins here.

        Args:
            embedded: the tokens' rows of the embedding table, without positions.
            seen: True where a token is no padding, [B, T]; None: all are seen.
            training: numbers are dropped.
            watch: looks into the pass.
        """
        return self.logits(self.stack.call(embedded, seen, watch=watch, training=training))

    def attention(self, ids: Any, last: int | None = None) -> list[NDArray[np.float32]]:
        """How much each token looks at each, at the cost of one pass; while the model is trained, too.

        Args:
            ids: [B, T], or [T] for one text.
            last: only the last N tokens' looks are kept, which of a long text takes less room; None: all.

        Returns:
            one array a layer, [B, H, T, T], or [B, H, N, T]; each row (a token that looks) sums to 1.
        """
        ids = as_ids(ids)
        T = ids.shape[1]
        before = 0 if last is None or not self.spec.causal else max(0, T - last)
        watch = Watch()
        with self.reading():
            cache, seen = None, self.seen(ids)
            if before:
                cache = Cache(self.spec, len(self.stack.blocks), ids.shape[0], T)
                self.stack.call(self.embed(ids[:, :before]), None if seen is None else seen[:, :before], cache=cache)
            self.stack.call(self.embed(ids[:, before:]), seen, cache=cache, watch=watch)
        return as_arrays([weights if last is None else weights[:, :, -last:] for weights in watch.own or ()])

    # --- one token after another: what `generate` needs ----------------------------------------------------

    def prompt(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """What the answer to ids [B, T] begins with: these themselves."""
        return ids

    def start(self, ids: NDArray[np.int32], size: int) -> Cache:
        """An empty cache with room for `size` tokens of as many texts as ids [B, T] has."""
        return Cache(self.spec, len(self.stack.blocks), len(ids), size)

    def step(self, new: NDArray[np.int32], cache: Cache) -> NDArray[np.float32]:
        """Logits [B, V] after the last of some new tokens [B, T], which the cache then holds too."""
        seen = cache.note(new) if self.spec.hides_padding else None
        with self.reading():
            x = self.stack.call(self.embed(as_ids(new)), seen, cache=cache)
            return as_arrays([self.logits(x[:, -1:])])[0][:, 0]

    def after(self, ids: NDArray[np.int32], so_far: NDArray[np.int32]) -> NDArray[np.float32]:
        """The same logits [B, V] without a cache: all tokens so far [B, T] are read again."""
        tokens = as_ids(so_far)
        with self.reading():
            x = self.stack.call(self.embed(tokens), self.seen(tokens))
            return as_arrays([self.logits(x[:, -1:])])[0][:, 0]
