"""A model's architecture as boxes whose sizes are changed where they stand, with what they come to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import traitlets

from llm_widgets import i18n
from llm_widgets.i18n import t
from llm_widgets.models import Field, Spec
from llm_widgets.models.blueprint import blueprint
from llm_widgets.models.code_lines import code_line, program, program_text
from llm_widgets.models.cost_formulas import BYTE_NAMES, BYTES, MAX_RUN_TOKENS, TRAINABLE, cost_formulas, part_flops
from llm_widgets.models.costs import Costs, costs
from llm_widgets.models.expressions import Expression
from llm_widgets.models.memory import MAX_BATCH
from llm_widgets.models.named_sizes import B, T, named_sizes, size_sources
from llm_widgets.models.published import PUBLISHED
from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._words import for_a_learner, with_labels

# In which box a size is changed: the first box of this kind.
HOMES = {
    "ids": "BT", "Input": "BT", "embedding": "VC", "Embedding": "VE", "token_types": "N", "relative_bias": "R",
    "query": "HD", "key": "K", "up": "F", "classes": "Y",
}  # fmt: skip
# Where the sliders end; a number in a box can be larger.
ENDS = {
    "vocabulary_size": 131_072, "d_model": 16_384, "num_layers": 128, "num_heads": 128, "num_key_value_heads": 128,
    "d_head": 512, "d_ff": 65_536, "max_length": 8192, "num_decoder_layers": 48,
}  # fmt: skip


class ArchitectureExplorer(ComputedWidget):
    """A diagram of a model with the shape of the tensor on every arrow, and all that follows from its sizes.

    Each size is changed in its box: typed, stepped with the arrow keys, or dragged; or with a slider. Parameters,
    memory and operations follow in the page at once; the formulas come from `llm_widgets.models`, which checks the
    sizes and refuses wrong ones in words. A box that is clicked shows its formulas and its line of Keras.

    Args:
        spec: the name of a published model (see `llm_widgets.models.published.PUBLISHED`), a spec, or a spec as text.
        batch_size: texts side by side, B.
        tokens: of a text that is read or continued, P; 0: as many as the model can read.
        dtype: "float32", "bfloat16", "int8" or "int4".
        run_tokens: tokens of a whole training; None: as many as were published, or 300 billion.
        documents: "en" or "zh" shows what that document's flowchart names and what it leaves out.

    Raises:
        ValueError: no such model, or a value that cannot be.
        TypeError: `spec` is neither a spec nor text.

    Example:
        >>> explorer = ArchitectureExplorer("gpt2")
        >>> explorer.spec.count_parameters(), explorer.costs.cache / 2**20
        (124439808, 72.0)
        >>> explorer.spec = explorer.spec.replace(num_layers=24)
        >>> explorer.preset
        ''

    Reference:
        Vaswani et al. (2017), Attention Is All You Need; Kaplan et al. (2020), Scaling Laws for Neural Language Models.
    """

    _front: ClassVar[str] = "architecture"
    SETTINGS: ClassVar[tuple[str, ...]] = ("model", "batch_size", "tokens", "dtype", "run_tokens")

    # The spec's fields, with its "family" in front.
    model = traitlets.Dict().tag(sync=True)
    batch_size = traitlets.Int(1).tag(sync=True)
    tokens = traitlets.Int(0).tag(sync=True)
    dtype = traitlets.Unicode("float32").tag(sync=True)
    run_tokens = traitlets.Int(300 * 10**9).tag(sync=True)
    # The published model whose sizes are shown, "" for others.
    preset = traitlets.Unicode("").tag(sync=True)
    # Whose flowchart is laid over the diagram: "en", "zh" or "".
    documents = traitlets.Unicode("").tag(sync=True)
    # The box whose numbers are shown, "" for none.
    chosen = traitlets.Unicode("").tag(sync=True)
    _published = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        spec: Spec | str = "gpt2",
        batch_size: int = 1,
        tokens: int = 0,
        dtype: str = "float32",
        run_tokens: int | None = None,
        documents: str = "",
        **kwargs: Any,
    ) -> None:
        model = _described(_spec_of(spec))
        known = PUBLISHED.get(spec) if isinstance(spec, str) else None
        if run_tokens is None:
            run_tokens = (known.tokens if known else 0) or 300 * 10**9
        super().__init__(
            model=model, batch_size=batch_size, tokens=tokens, dtype=dtype, run_tokens=run_tokens, documents=documents,
            _published=_published(), **kwargs,
        )  # fmt: skip

    @property
    def spec(self) -> Spec:
        """What is drawn; set it to another spec, a published model's name, or a spec as text."""
        return _read(self.model)

    @spec.setter
    def spec(self, spec: Spec | str) -> None:
        known = PUBLISHED.get(spec) if isinstance(spec, str) else None
        more = {"run_tokens": known.tokens} if known and known.tokens else {}
        self.change(model=_described(_spec_of(spec)), tokens=0, **more)

    @property
    def costs(self) -> Costs:
        """All that the sizes come to, as numbers."""
        return costs(self.spec, self.batch_size, self._tokens(), self.dtype, self.run_tokens)

    @property
    def program(self) -> str:
        """The lines of all boxes as a program of Keras that makes the model and sends one batch through it."""
        return program(self.spec, self.batch_size)

    def _tokens(self) -> int:
        most = named_sizes(self.spec)["T"]
        return min(self.tokens or most, most)

    @traitlets.validate("model")
    def _possible(self, proposal: Any) -> dict[str, Any]:
        return _described(_read(proposal["value"]))

    @traitlets.validate("batch_size", "tokens", "run_tokens")
    def _within(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low = 0 if name == "tokens" else 1
        high = {"batch_size": MAX_BATCH, "tokens": 10**6, "run_tokens": MAX_RUN_TOKENS}[name]
        if not low <= value <= high:
            raise ValueError(
                t(
                    "{name} must be a whole number from {low} to {high}. Received: {name}={value}",
                    name=name,
                    low=low,
                    high=high,
                    value=value,
                )
            )
        return int(value)

    @traitlets.validate("dtype", "documents")
    def _one_of(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        known = tuple(BYTES) if name == "dtype" else ("", "en", "zh")
        if value not in known:
            names = ", ".join(repr(one) for one in known)
            raise ValueError(
                t("{name} is one of {names}. Received: {name}={value}", name=name, names=names, value=repr(value)[:80])
            )
        return str(value)

    def _fit(self) -> None:
        spec = self.spec
        self.preset = next((name for name, one in PUBLISHED.items() if one.spec == spec), "")

    def _compute(self) -> dict[str, Any]:
        return _formulas(self.spec)

    def _translations(self, language: str) -> dict[str, str]:
        known = i18n.catalogue(language)
        fields = {field for family in _families().values() for field in family.DESCRIBED}
        words = {word for f in fields for word in (f.label, f.help, f.unit, f.zero, *f.words) if word}
        words |= {word for one in PUBLISHED.values() for word in (one.note, one.title)}
        return super()._translations(language) | {word: known[word] for word in words if word in known}

    def _on_settings(self, content: Any) -> None:
        try:
            super()._on_settings(content)
        except ValueError as error:  # the learner moves sliders, and writes no code
            raise ValueError(with_labels(for_a_learner(error), type(self.spec).DESCRIBED)) from error

    def _on_preset(self, content: Any) -> None:
        self.spec = str(content["name"])


def _families() -> dict[str, type[Spec]]:
    return {type(one.spec).PREFIX: type(one.spec) for one in PUBLISHED.values()}


def _spec_of(spec: Any) -> Spec:
    """A spec as it is given: itself, a published model's name, or text."""
    if isinstance(spec, Spec):
        return spec
    if not isinstance(spec, str):
        raise TypeError(
            t(
                "An architecture is given as a spec, such as GPTSpec(), or as a name, such as 'gpt2'. Received: {spec}",
                spec=repr(spec)[:80],
            )
        )
    if spec in PUBLISHED:
        return PUBLISHED[spec].spec
    family = _families().get(spec.partition("?")[0]) if "?" in spec else None
    if family is None:
        raise ValueError(
            t("There is no model of this name; choose one of {names}. Received: {name}",
              names=", ".join(PUBLISHED), name=repr(spec)[:80])
        )  # fmt: skip
    return family.from_text(spec)


def _described(spec: Spec) -> dict[str, Any]:
    return {"family": type(spec).PREFIX, **spec.to_dict()}


def _read(model: Any) -> Spec:
    if not isinstance(model, Mapping) or model.get("family") not in _families():
        raise ValueError(
            t("A model has a family, one of {names}. Received: {value}",
              names=", ".join(_families()), value=repr(model)[:80])
        )  # fmt: skip
    return _families()[model["family"]].from_dict({name: value for name, value in model.items() if name != "family"})


def _formulas(spec: Spec) -> dict[str, Any]:
    """What the page draws and computes with: nothing in it depends on a size, so that a moved slider sends nothing."""
    plan, sources = blueprint(spec), size_sources(spec)
    homes = dict(HOMES)
    sections = []
    for section in plan.sections:
        parts = []
        for part in section.parts:
            home = [f"U{part.id[5:]}"] if "LSTM" in part.kind else list(homes.pop(part.kind, ""))
            parts.append(
                {
                    "id": part.id, "kind": part.kind, "row": part.row, "detail": part.detail, "step": part.step,
                    "shape": _data(part.shape), "parameters": part.parameters.data(),
                    "flops": part_flops(part, T, T, T, B).data(), "code": code_line(part, spec),
                    "home": [name for name in home if name == "B" or name in sources],
                }
            )  # fmt: skip
        count = section.count.data()
        sections.append({"name": section.name, "parts": parts, "count": count, "column": section.column})
    return {
        "sections": sections,
        "edges": [list(edge) for edge in plan.edges],
        "sizes": {
            name: [source.field, source.layer, source.otherwise.data() if source.otherwise else None]
            for name, source in sources.items()
        },
        "costs": {name: formula.data() for name, formula in cost_formulas(spec).items()},
        "bytes": {dtype: dict(zip(BYTE_NAMES, sizes, strict=True)) for dtype, sizes in BYTES.items()},
        "trainable": list(TRAINABLE),
        "fields": [dataclasses.asdict(_longer(field)) | {"most": 4} for field in type(spec).DESCRIBED],
        "multiples": dict(type(spec).MULTIPLES),
        "program": program_text(spec),
    }


def _longer(field: Field) -> Field:
    return dataclasses.replace(field, maximum=ENDS.get(field.name, field.maximum))


def _data(shape: tuple[Expression, ...]) -> list[Any]:
    return [length.data() for length in shape]


def _published() -> dict[str, Any]:
    return {
        one.name: {
            "title": one.title, "said": one.said, "source": one.source, "note": one.note,
            "count": one.spec.count_parameters(),
        }
        for one in PUBLISHED.values()
    }  # fmt: skip
