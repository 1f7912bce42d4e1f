"""Keras's LSTM layer, run by torch's own kernel where the backend is torch."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="llm_widgets")
class LSTM(keras.layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM` with the same arguments, weights and results, several times faster on torch.

    Keras 3.15 steps through a sequence in Python on torch, one small operation after another, unless there is a GPU
    and no mask. This layer hands the whole sequence to the kernel that `torch.nn.LSTM` runs. Masks of any form keep
    Keras's meaning. With another backend, and with arguments that the kernel does not know (recurrent dropout, other
    activations, `unroll`, `stateful`, mixed precision, `use_cudnn=False`), it is Keras's layer as it stands.

    Args:
        units: size of the output and of each of the two states; further arguments as for `keras.layers.LSTM`.

    Example:
        >>> import numpy as np
        >>> layer = LSTM(3, return_sequences=True)
        >>> tuple(layer(np.zeros((2, 5, 4), "float32")).shape)
        (2, 5, 3)

    Reference:
        Hochreiter and Schmidhuber (1997), Long Short-Term Memory; Gers, Schmidhuber and Cummins (2000), Learning to
        Forget: Continual Prediction with LSTM.
    """

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """What `keras.layers.RNN.call` runs between preparing the states and shaping the results."""
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if _is_shape_only(sequences):
            h = initial_state[0]  # [B, U]
            outputs = h.new_empty((*sequences.shape[:2], self.units))
            return h.new_empty(h.shape), outputs, [h, initial_state[1]]
        if not self._kernel_can(sequences, initial_state, mask):
            return super().inner_loop(sequences, initial_state, mask, training=training)
        from llm_widgets.models.layers._torch_lstm import run_lstm

        if training and self.dropout:
            # One mask for all steps of a row, drawn by the cell as in Keras's own loop.
            sequences = sequences * self.cell.get_dropout_mask(sequences[:, 0, :])[:, None, :]
        cell = self.cell
        weights = [cell.kernel, cell.recurrent_kernel] + ([cell.bias] if cell.use_bias else [])
        return run_lstm(
            sequences,
            initial_state[0],
            initial_state[1],
            None if mask is None else keras.ops.convert_to_tensor(mask, dtype="bool"),
            [keras.ops.convert_to_tensor(weight) for weight in weights],
            reverse=self.go_backwards,
            sequences=self.return_sequences,
            states=self.return_state,
            zero_masked=self.zero_output_for_mask,
        )

    def _kernel_can(self, sequences: Any, initial_state: Any, mask: Any) -> bool:
        """Whether torch's kernel computes exactly what this layer was asked for."""
        if keras.backend.backend() != "torch":
            return False
        import torch

        cell = self.cell
        tensors = (sequences, *initial_state)
        return bool(
            cell.activation is keras.activations.tanh
            and cell.recurrent_activation is keras.activations.sigmoid
            and cell.implementation == 2
            and not (self.recurrent_dropout or self.unroll or self.stateful)
            and self.use_cudnn is not False
            # Exactly one float type from inputs to weights: the kernel casts nothing.
            and cell.compute_dtype == cell.variable_dtype in ("float32", "float64")
            and all(
                isinstance(tensor, torch.Tensor) and keras.backend.standardize_dtype(tensor.dtype) == cell.compute_dtype
                for tensor in tensors
            )
            and len(initial_state) == 2
            and 0 not in sequences.shape
            and (mask is None or len(mask.shape) == 2)
            # The kernel's path depends on the mask's values, which a trace would freeze.
            and not torch.jit.is_tracing()  # type: ignore[attr-defined,no-untyped-call]
            and not torch.compiler.is_compiling()
        )


def _is_shape_only(sequences: Any) -> bool:
    """Keras learns shapes by running a model on torch's "meta" tensors, which took this loop most of a second."""
    return bool(keras.backend.backend() == "torch" and sequences.device.type == "meta")
