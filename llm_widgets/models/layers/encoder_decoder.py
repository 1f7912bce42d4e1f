"""A model that reads one text and writes another: T5."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.models.layers import ops
from llm_widgets.models.layers.cache import Cache
from llm_widgets.models.layers.stack import Stack, Watch
from llm_widgets.models.layers.transformer import Transformer, as_arrays, as_ids
from llm_widgets.models.t5 import T5Spec


class EncoderDecoder(Transformer):
    """A dictionary of "ids" [B, S] and "decoder_ids" [B, T] in, logits of the next token [B, T, V] out.

    Args:
        spec: sizes and switches.
        seed: the weights depend on it alone.

    Example:
        >>> import numpy as np
        >>> model = T5Spec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> inputs = {"ids": np.array([[1, 2, 3]]), "decoder_ids": np.array([[0, 4]])}
        >>> tuple(model.predict_on_batch(inputs).shape)
        (1, 2, 10)
        >>> {name: weights[0].shape for name, weights in model.attention([1, 2, 3], [0, 4]).items()}
        {'encoder': (1, 2, 3, 3), 'decoder': (1, 2, 2, 2), 'cross': (1, 2, 2, 3)}
    """

    spec: T5Spec
    # Scores are made smaller below where the table is tied, so the table starts larger.
    embedding_std = 1.0

    def __init__(self, spec: T5Spec, seed: int, **kwargs: Any) -> None:
        super().__init__(spec, seed, **kwargs)
        self.encoder = Stack(spec, seed=seed, causal=False, name="encoder")
        self.decoder = Stack(spec, seed=seed, stack=1, layers=spec.decoder_layers, cross=True, name="decoder")

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        super().build()
        self.add_output()
        self.encoder.build()
        self.decoder.build()

    def call(self, inputs: Any, training: bool = False) -> Any:
        """ids [B, S] and decoder_ids [B, T] to logits [B, T, V]."""
        ids, decoder_ids = inputs["ids"], inputs["decoder_ids"]
        seen = self.seen(ids)
        memory = self.encoder.call(self.embed(ids), seen, training=training)  # [B, S, C]
        # The decoder's own id 0 is the start of its text, not padding; what follows the end is hidden by being later.
        x = self.decoder.call(self.embed(decoder_ids), None, memory, seen, training=training)  # [B, T, C]
        return self.logits(x)

    def logits(self, x: Any) -> Any:
        """One score for each token of the vocabulary: x [B, T, C] to [B, T, V]."""
        return super().logits(x * ops.root(self.spec.d_model) if self.spec.tied else x)

    def attention(self, ids: Any, decoder_ids: Any) -> dict[str, list[NDArray[np.float32]]]:
        """How much each token looks at each, at the cost of one pass; while the model is trained, too.

        Args:
            ids: the text that is read, [B, S], or [S] for one.
            decoder_ids: the text that is written, [B, T], or [T] for one; it begins with id 0.

        Returns:
            "encoder" [B, H, S, S], "decoder" [B, H, T, T] and "cross" [B, H, T, S], one array a layer each.
        """
        ids, decoder_ids = as_ids(ids), as_ids(decoder_ids)
        read, written = Watch(), Watch()
        with self.reading():
            seen = self.seen(ids)
            memory = self.encoder.call(self.embed(ids), seen, watch=read)
            self.decoder.call(self.embed(decoder_ids), None, memory, seen, watch=written)
        return {"encoder": as_arrays(read.own), "decoder": as_arrays(written.own), "cross": as_arrays(written.cross)}

    # --- one token after another: what `generate` needs ----------------------------------------------------

    def prompt(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """What the answer to ids [B, S] begins with: id 0."""
        return np.zeros((len(ids), 1), np.int32)

    def start(self, ids: NDArray[np.int32], size: int) -> Cache:
        """A cache with room for `size` tokens of the answers to ids [B, S], which are read here."""
        cache = Cache(self.spec, self.spec.decoder_layers, len(ids), size)
        cache.memory, cache.memory_seen = self._read(ids)
        return cache

    def step(self, new: NDArray[np.int32], cache: Cache) -> NDArray[np.float32]:
        """Logits [B, V] after the last of some new tokens [B, T], which the cache then holds too."""
        with self.reading():
            x = self.decoder.call(self.embed(as_ids(new)), None, cache.memory, cache.memory_seen, cache)
            return as_arrays([self.logits(x[:, -1:])])[0][:, 0]

    def after(self, ids: NDArray[np.int32], so_far: NDArray[np.int32]) -> NDArray[np.float32]:
        """The same logits [B, V] without a cache: both texts are read again."""
        memory, seen = self._read(ids)
        with self.reading():
            x = self.decoder.call(self.embed(as_ids(so_far)), None, memory, seen)
            return as_arrays([self.logits(x[:, -1:])])[0][:, 0]

    def _read(self, ids: NDArray[np.int32]) -> tuple[Any, Any]:
        """The encoded text [B, S, C], and where it is no padding."""
        tokens = as_ids(ids)
        with self.reading():
            seen = self.seen(tokens)
            return self.encoder.call(self.embed(tokens), seen), seen
