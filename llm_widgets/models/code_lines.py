"""The line of Keras that does what a part of a diagram does, and all lines in order as a program that runs."""

from __future__ import annotations

import textwrap

from llm_widgets.models.blueprint import PlannedPart, blueprint
from llm_widgets.models.lstm_classifier import LSTMClassifierSpec
from llm_widgets.models.named_sizes import named_sizes
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

IDS = 'np.ones(({B}, {T}), "int32")'
# What a program of these lines begins with.
IMPORTS = "import keras\nimport numpy as np\n"
OWN_IMPORTS = (
    "from llm_widgets.models.layers.attention import rotate\n"
    "from llm_widgets.models.layers.positions import distance_groups, rotary, sinusoidal\n"
)


def code_line(part: PlannedPart, spec: Spec) -> str:
    """One line with the letters of sizes in braces; it reads what the lines before it made: x, h, q, k, v, a, y.

    Example:
        >>> from llm_widgets.models import GPT2_SMALL
        >>> code_line(blueprint(GPT2_SMALL).sections[1].parts[-2], GPT2_SMALL)
        'y = keras.layers.Dense({C})(h)'
    """
    if isinstance(spec, LSTMClassifierSpec):
        return _of_chain(part, spec)
    assert isinstance(spec, TransformerSpec)
    if part.kind in ("query", "key", "value", "rotary", "weights", "output"):
        return _of_attention(part, spec)
    bias = "" if spec.use_bias else ", use_bias=False"
    read = "h" if spec.norm_place == "before" else "x"
    inner = "2 * {F}" if part.detail == "swiglu" or spec.feed_forward == "swiglu" else "{F}"
    bends = {
        "relu": "keras.activations.relu(h)",
        "gelu": "keras.activations.gelu(h, approximate=False)",
        "gelu_tanh": "keras.activations.gelu(h, approximate=True)",
        "swiglu": "keras.ops.silu(h[..., :{F}]) * h[..., {F}:]",
    }
    lines = {
        "ids": f"memory, read, ids = x, ids, {IDS}" if part.id == "decoder_ids" else f"ids = {IDS}",
        "embedding": "embedding = keras.layers.Embedding({V}, {C}); x = embedding(ids)",
        "token_types": 'x = x + keras.layers.Embedding({N}, {C})(np.zeros(({B}, {T}), "int32"))',
        "positions": "x = x + keras.layers.Embedding({T}, {C})(np.arange({T}))",
        "relative_bias": _relative_bias(spec, part.detail == "both"),
        "add": "x = x + y",
        "up": f"h = keras.layers.Dense({inner}{bias})({read})",
        "activation": f"h = {bends[spec.feed_forward]}",
        "down": f"y = keras.layers.Dense({{C}}{bias})(h)",
        "head": f"x = keras.activations.gelu(keras.layers.Dense({{C}}{bias})(x), approximate=False)",
        "pooler": f"x = keras.ops.tanh(keras.layers.Dense({{C}}{bias})(x[:, 0]))",
        "classes": f"x = keras.layers.Dense({{Y}}{bias})(x)",
        "norm": _norm(spec, "h" if part.step else "x"),
        "logits": _logits(spec),
    }
    if part.detail == "shared":
        return "x = embedding(ids)"
    if part.detail == "sinusoidal":
        return "x = x + keras.ops.convert_to_tensor(sinusoidal({T}, {C}))"
    return lines[part.kind]


def _relative_bias(spec: TransformerSpec, both_ways: bool) -> str:
    distances = "np.arange({T})[None] - np.arange({T})[:, None]"
    farthest = f"groups={{R}}, farthest={spec.relative_distance}"
    groups = f"distance_groups({distances}, both_ways={both_ways}, {farthest})"
    return f"bias = keras.ops.transpose(keras.layers.Embedding({{R}}, {{H}})({groups}), (2, 0, 1))[None]"


def _norm(spec: TransformerSpec, name: str) -> str:
    center = "" if spec.use_bias else ", center=False"
    kind = "RMSNormalization" if spec.normalization == "rms" else "LayerNormalization"
    more = center if spec.normalization == "layer" else ""
    return f"{name} = keras.layers.{kind}(epsilon={spec.norm_epsilon}{more})(x)"


def _logits(spec: TransformerSpec) -> str:
    bias = spec.PREFIX == "bert" and spec.use_bias  # of all families BERT's scores alone have one
    if not spec.tied:
        return f"x = keras.layers.Dense({{V}}{'' if bias else ', use_bias=False'})(x)"
    scaled = "x / {C} ** 0.5" if isinstance(spec, T5Spec) else "x"
    more = " + keras.Variable(keras.ops.zeros({V}))" if bias else ""
    return f"x = keras.ops.matmul({scaled}, keras.ops.transpose(embedding.embeddings)){more}"


def _of_attention(part: PlannedPart, spec: TransformerSpec) -> str:
    bias, cross = spec.use_bias, part.step == "cross"
    read = "h" if spec.norm_place == "before" else "x"
    shared = spec.key_value_heads < spec.num_heads
    if part.kind in ("query", "key", "value"):
        heads, of = ("H", read) if part.kind == "query" else ("K", "memory" if cross else read)
        more = ', bias_axes="hd"' if bias else ""
        shape = f"({{{heads}}}, None, {{D}})"
        return f'{part.kind[0]} = keras.layers.EinsumDense("btc,chd->bhtd", {shape}{more})({of})'
    if part.kind == "rotary":
        turned = f"keras.ops.convert_to_tensor(part) for part in rotary({{T}}, {{D}}, {spec.rotary_base})"
        return f"turns = [{turned}]; q, k = rotate(q, turns), rotate(k, turns)"
    if part.kind == "output":
        values = "keras.ops.repeat(v, {H} // {K}, 1)" if shared else "v"
        more = ', bias_axes="c"' if bias else ""
        return f'y = keras.layers.EinsumDense("bhtd,hdc->btc", (None, {{C}}){more})(keras.ops.matmul(a, {values}))'
    keys = "keras.ops.repeat(k, {H} // {K}, 1)" if shared else "k"
    scores = f"keras.ops.matmul(q, keras.ops.transpose({keys}, (0, 1, 3, 2)))"
    scores += " / {D} ** 0.5" if spec.scale_attention else ""
    scores += " + bias" if spec.position == "relative" and not cross else ""
    mask = part.detail.split(" ")[0]
    scores += " - 1e9 * keras.ops.triu(keras.ops.ones(({T}, {T})), 1)" if mask.startswith("causal") else ""
    hidden = "read" if cross else "ids"
    scores += f' - 1e9 * keras.ops.cast({hidden} == 0, "float32")[:, None, None]' if "padding" in mask else ""
    return f"a = keras.ops.softmax({scores})"


def _of_chain(part: PlannedPart, spec: LSTMClassifierSpec) -> str:
    if "LSTM" in part.kind:
        number = part.id.rpartition("_")[2]
        more = ", return_sequences=True" if int(number) < len(spec.lstm_units) else ""
        layer = f"keras.layers.LSTM({{U{number}}}{more})"
        return f"x = keras.layers.Bidirectional({layer})(x)" if spec.bidirectional else f"x = {layer}(x)"
    return {
        "Input": f"ids = {IDS}",
        "Embedding": "x = keras.layers.Embedding({V}, {E}, mask_zero=True)(ids)",
        "Dropout": f"x = keras.layers.Dropout({spec.dropout})(x)",
        "Dense": 'x = keras.layers.Dense(1, activation="sigmoid")(x)',
    }[part.kind]


def program_text(spec: Spec) -> str:
    """All lines in order as a program, with the letters of sizes in braces."""
    lines = []
    for section in blueprint(spec).sections:
        block = "\n".join(code_line(part, spec) for part in section.parts)
        loop = f"for _ in range({{{section.count}}}):\n"
        lines.append(loop + textwrap.indent(block, "    ") if section.name else block)
    text = "\n".join(lines)
    own = OWN_IMPORTS if any(name in text for name in ("rotate(", "distance_groups(", "sinusoidal(")) else ""
    return IMPORTS + own + text + "\n"


def program(spec: Spec, batch_size: int = 1) -> str:
    """A program of Keras that makes the model and sends one batch through it: the lines of all parts in order.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> print(program(GPTSpec(d_model=8, num_heads=2)).splitlines()[3])
        embedding = keras.layers.Embedding(256, 8); x = embedding(ids)
    """
    return program_text(spec).format(**{**named_sizes(spec), "B": batch_size})
