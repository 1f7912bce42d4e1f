"""A spec of any family that learns from running text, from its text."""

from __future__ import annotations

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, T5Spec, TransformerSpec


def text_spec(text: str) -> TransformerSpec:
    """The spec that a text describes, of the family that it begins with; of none: a GPT's.

    Raises:
        ValueError: the text is not of this form, or a value is wrong.
    """
    families: tuple[type[TransformerSpec], ...] = (LlamaSpec, BERTSpec, T5Spec)
    begins = (family for family in families if text.strip().startswith(f"{family.PREFIX}?"))
    return next(begins, GPTSpec).from_text(text)
