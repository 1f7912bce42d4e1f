"""torch's own LSTM kernel with Keras's weights and Keras's meaning of a mask."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor


class LSTMResult(NamedTuple):
    """What Keras expects of an inner loop."""

    last: Tensor  # [B, U], the output of each row's last step
    outputs: Tensor  # [B, T, U]; [B, 1, U] where the sequence was not asked for
    states: list[Tensor]  # h and c, each [B, U]


def run_lstm(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    mask: Tensor | None,
    weights: list[Tensor],
    *,
    reverse: bool,
    sequences: bool,
    states: bool,
    zero_masked: bool,
) -> LSTMResult:
    """Runs one LSTM layer.

    A masked step changes neither output nor state, so the steps that count can be read as one shorter sequence:
    they are moved to the front, run without a mask over the longest row of the batch, and put back where they were.

    Args:
        x: inputs [B, T, C].
        h, c: states before the first step, [B, U].
        mask: True where a step counts, [B, T]; None where all do.
        weights: kernel [C, 4U], recurrent kernel [U, 4U] and, if there is one, bias [4U]; gates ordered i, f, g, o,
            which Keras and torch share.
        reverse: read from the end.
        sequences: the output of every step is wanted.
        states: the states after the last step are wanted.
        zero_masked: outputs of masked steps are 0 instead of the output before them.
    """
    if reverse:
        x = x.flip(1)
        mask = None if mask is None else mask.flip(1)
    if mask is None or bool(mask.all()):
        outputs, (h, c) = _kernel(x, h, c, weights)
        return LSTMResult(outputs[:, -1], outputs, [h, c])

    read = mask.cumsum(1)  # [B, T], how many steps have counted up to here
    lengths = read[:, -1]  # [B]
    longest = max(1, int(lengths.max()))
    x = _to_front(x, mask, lengths, longest)
    if states:
        outputs, (h, c) = _packed(x, h, c, weights, lengths)
    else:
        outputs, _ = _kernel(x, h, c, weights)
    if sequences:
        # The output at a step is that of the last step that counted; 0 where none has.
        outputs = _pick(outputs, read) if not zero_masked else _pick(outputs, read * mask)
        return LSTMResult(outputs[:, -1], outputs, [h, c])
    last = read[:, -1:] if not zero_masked else (read * mask)[:, -1:]
    outputs = _pick(outputs, last)
    return LSTMResult(outputs[:, 0], outputs, [h, c])


def _to_front(x: Tensor, mask: Tensor, lengths: Tensor, longest: int) -> Tensor:
    """The steps that count, in order, then whatever fills the row: [B, longest, C]."""
    packed = torch.arange(longest, device=x.device) < lengths[:, None]
    if bool((mask[:, :longest] == packed).all()):
        return x[:, :longest]  # padded on the right: they are there already
    order = torch.argsort(~mask, dim=1, stable=True)[:, :longest]
    return x.gather(1, order[..., None].expand(-1, -1, x.shape[-1]))


def _pick(outputs: Tensor, steps: Tensor) -> Tensor:
    """The outputs after `steps` steps [B, S], 0 after none: [B, S, U]."""
    index = (steps - 1).clamp(min=0)[..., None].expand(-1, -1, outputs.shape[-1])
    return torch.where(steps[..., None] > 0, outputs.gather(1, index), 0.0)


def _parameters(weights: list[Tensor]) -> list[Tensor]:
    """Keras's weights as torch has them: transposed, and with two biases, of which the second stays 0."""
    kernel, recurrent, *bias = weights
    return [kernel.T, recurrent.T, *bias, *(torch.zeros_like(b) for b in bias)]


def _kernel(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The function under `torch.nn.LSTM`, without the module that would own the weights."""
    train = torch.is_grad_enabled()
    outputs, h, c = torch.lstm(
        x, (h[None], c[None]), _parameters(weights), len(weights) == 3, 1, 0.0, train, False, True
    )
    return outputs, (h[0], c[0])


def _packed(
    x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor], lengths: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """As `_kernel`, with the states after each row's own last step; slower, so only where they are wanted."""
    rnn = torch.nn.utils.rnn
    # A packed row has one step at least; the states of a row with none are put back below.
    packed = rnn.pack_padded_sequence(x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
    order, back = packed.sorted_indices, packed.unsorted_indices
    train = torch.is_grad_enabled()
    result: Any = torch.lstm(
        packed.data, packed.batch_sizes, (h[None, order], c[None, order]), _parameters(weights),
        len(weights) == 3, 1, 0.0, train, False,
    )  # fmt: skip
    data, h_end, c_end = result
    outputs, _ = rnn.pad_packed_sequence(rnn.PackedSequence(data, packed.batch_sizes, order, back), batch_first=True)
    some = lengths[:, None] > 0
    return outputs, (torch.where(some, h_end[0, back], h), torch.where(some, c_end[0, back], c))
