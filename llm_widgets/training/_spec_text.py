"""A spec of any family that learns from running text, from its text."""

from __future__ import annotations

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, T5Spec, TransformerSpec

FAMILIES: dict[str, type[TransformerSpec]] = {f.PREFIX: f for f in (GPTSpec, LlamaSpec, BERTSpec, T5Spec)}


def text_spec(text: str) -> TransformerSpec:
    """The spec that a text describes, of the family that it begins with; of none: a GPT's.

    Raises:
        ValueError: the text is not of this form, or a value is wrong.
    """
    return FAMILIES.get(text.strip().partition("?")[0], GPTSpec).from_text(text)
