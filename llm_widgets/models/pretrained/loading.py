"""A model that others trained, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llm_widgets.i18n import t
from llm_widgets.models import BERTSpec, GPTSpec, LanguageModel, LlamaSpec, T5Spec, TransformerSpec
from llm_widgets.models.pretrained import store
from llm_widgets.models.pretrained.convert import build_blank
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.mapped import map_weights
from llm_widgets.models.pretrained.packing import Packing
from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer

_FAMILIES = {family.PREFIX: family for family in (GPTSpec, BERTSpec, T5Spec, LlamaSpec)}
_PACKED_FROM = 200_000_000  # bytes of weights in float32


@dataclass(frozen=True, eq=False)
class PretrainedModel(LanguageModel):
    """A `LanguageModel` that was trained elsewhere.

    Args:
        folder: where its files lie.
        licence: of the weights, "" where nobody said.
    """

    tokenizer: PretrainedTokenizer
    folder: Path = Path()
    licence: str = ""


def load(name: str, *, packed: bool | None = None) -> PretrainedModel:
    """Opens a model that `add` has put on this machine: its weights are mapped from their file, not read.

    Args:
        name: "minilm", "smollm2", "gpt2", "bert", "t5", or what `add` called it.
        packed: multiply by small copies of the matrices, of 4 bits a number where the model was quantized to 4 bits
            and of 16 else: it writes several times as fast, rounds more, and cannot be trained. None: decoders of more
            than 50 million weights. On a machine that cannot, and with JAX or TensorFlow, all is float32.

    Raises:
        ValueError: this cannot be a name.
        ModelError: the model is not here, or a file of it was changed; the message says what to do.

    Example:
        >>> minilm = load("minilm")  # doctest: +SKIP
        >>> encoding = minilm.tokenizer.encode("A cat sat on a mat.")  # doctest: +SKIP
        >>> weights = minilm.call(lambda model: model.attention(encoding.ids))  # doctest: +SKIP
        >>> len(weights), weights[0].shape  # six layers, twelve heads  # doctest: +SKIP
        (6, (1, 12, 9, 9))
    """
    config = store.read_config(name)
    folder = store.folder_of(name)
    try:
        text = str(config["spec"])
        spec: TransformerSpec = _FAMILIES[text.partition("?")[0]].from_text(text)
        tokenizer = PretrainedTokenizer(
            (folder / store.TOKENIZER).read_text(encoding="utf-8"),
            size=spec.vocabulary_size,
            ids=config["ids"],
            chat=config["chat"],
        )
    except (KeyError, ValueError, OSError) as error:
        raise ModelError(
            t("This file cannot be read. Received: {path}: {reason}", path=folder / store.CONFIG, reason=error)
        ) from error
    path = folder / store.WEIGHTS
    packing = _packing(spec, path, packed)
    model = build_blank(spec)
    map_weights(model, path)
    if packing is not None:
        from llm_widgets.models.layers.packed import pack

        pack(model, packing.weights())
    return PretrainedModel(
        name, model, tokenizer, config["language"], config["source"], folder=folder, licence=config["licence"]
    )


def _packing(spec: TransformerSpec, path: Path, packed: bool | None) -> Packing | None:
    """Begun before Keras is imported."""
    decoder = isinstance(spec, GPTSpec | LlamaSpec)
    if packed is None:
        packed = decoder and path.stat().st_size > _PACKED_FROM
    return Packing(path, path.with_name(store.BLOCKS)) if packed and decoder else None


pretrained = load  # as `llm_widgets` has it
