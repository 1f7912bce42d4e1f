"""What the literature's rules say of a training, to be compared with what is counted."""

from __future__ import annotations

from llm_widgets.models.transformer_spec import TransformerSpec


def kaplan_flops(spec: TransformerSpec) -> int:
    """Operations of training for one token by Kaplan et al. (2020), table 1: 3 · (2·N + 2·L·T·A), where N are the
    weights in the matrices of the blocks alone, 2·L·C·(2·A + F), and A are the numbers of all heads together."""
    L, T, C, F = spec.num_layers, spec.max_length, spec.d_model, spec.feed_forward_dim
    A = spec.num_heads * spec.head_dim
    return 3 * (2 * 2 * C * L * (2 * A + F) + 2 * L * T * A)


def chinchilla_flops(spec: TransformerSpec, ends: bool = True) -> int:
    """Operations of training for one text of full length by Hoffmann et al. (2022), appendix F.

    Args:
        spec: a decoder.
        ends: with the embedding (counted there as a product with one-hot rows) and the logits. The ratios of their
            table A4 come out without the two.
    """
    L, T, C, H, D = spec.num_layers, spec.max_length, spec.d_model, spec.num_heads, spec.head_dim
    attention = 2 * 3 * T * C * H * D + 2 * T * T * H * D + 3 * H * T * T + 2 * T * T * H * D + 2 * T * H * D * C
    dense = 2 * T * 2 * C * spec.feed_forward_dim
    embedding = logits = 2 * T * spec.vocabulary_size * C
    return 3 * (L * (attention + dense) + (embedding + logits if ends else 0))
