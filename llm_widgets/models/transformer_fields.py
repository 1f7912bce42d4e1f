"""What can be chosen about a Transformer: the sizes, and the switches in which the families differ."""

from __future__ import annotations

from llm_widgets.i18n import N_
from llm_widgets.models.fields import Field

# Each word of a choice, with what the learner reads.
MASKS = {
    "causal": N_("later tokens hidden (causal)"),
    "causal_padding": N_("later tokens and padding hidden"),
    "padding": N_("padding hidden"),
    "none": N_("nothing hidden"),
}
POSITIONS = {
    "learned": N_("learned"),
    "sinusoidal": N_("sinusoidal"),
    "rotary": N_("rotary"),
    "relative": N_("relative"),
    "none": N_("no positions"),
}
NORMALIZATIONS = {"layer": N_("layer normalization"), "rms": N_("RMS normalization")}
NORM_PLACES = {"before": N_("before each step"), "after": N_("after each step")}
FEED_FORWARDS = {"relu": N_("ReLU"), "gelu": N_("GELU"), "gelu_tanh": N_("GELU (tanh)"), "swiglu": N_("SwiGLU")}


def size_field(
    name: str,
    minimum: int,
    maximum: int,
    label: str,
    help: str,
    unit: str,
    limit: int,
    scale: str = "log2",
    *,
    zero: str = "",
    seldom: bool = False,
    needs: tuple[str, str] | tuple[()] = (),
) -> Field:
    """A whole number of something."""
    return Field(
        name, "int", minimum, maximum, 1, scale, label, help, unit, limit, zero=zero, seldom=seldom, needs=needs
    )


def choice_field(name: str, choices: dict[str, str], label: str, help: str, *, seldom: bool = False) -> Field:
    """One word of several; `choices` has what the learner reads for each."""
    last = len(choices) - 1
    words = tuple(choices.values())
    return Field(name, "choice", 0, last, 1, "linear", label, help, "", last, tuple(choices), words, seldom=seldom)


def truth_field(name: str, label: str, help: str) -> Field:
    """Yes or no: one of the switches that are seldom changed."""
    return Field(name, "bool", 0, 1, 1, "linear", label, help, "", 1, seldom=True)


SIZES: tuple[Field, ...] = (
    size_field(
        "vocabulary_size",
        2,
        10_000,
        N_("Vocabulary"),
        N_("How many different tokens the model can read and write."),
        N_("tokens"),
        1_000_000,
    ),
    size_field("d_model", 1, 512, N_("Width"), N_("How many numbers stand for one token."), N_("numbers"), 16_384),
    size_field(
        "num_layers",
        1,
        12,
        N_("Layers"),
        N_("How many Transformer blocks stand on top of one another."),
        "",
        200,
        "linear",
    ),
    size_field(
        "num_heads",
        1,
        16,
        N_("Heads"),
        N_("How many attention patterns each layer computes side by side; the width is shared among them."),
        "",
        1024,
    ),
    size_field(
        "num_key_value_heads",
        0,
        16,
        N_("Key-value heads"),
        N_("How many heads have keys and values of their own; groups of heads share one. 0: all of them."),
        N_("heads"),
        1024,
        zero=N_("0: as many as heads"),
        seldom=True,
    ),
    size_field(
        "d_head",
        0,
        256,
        N_("Head width"),
        N_("How many numbers each head compares and mixes. 0: the width, shared among the heads."),
        N_("numbers"),
        16_384,
        zero=N_("0: width by heads"),
        seldom=True,
    ),
    size_field(
        "d_ff",
        0,
        2048,
        N_("Feed-forward width"),
        N_("How many numbers the feed-forward step computes for one token. 0: four times the width."),
        N_("numbers"),
        131_072,
        zero=N_("0: four times the width"),
        seldom=True,
    ),
    size_field(
        "max_length",
        1,
        512,
        N_("Context"),
        N_("How many tokens the model reads at most."),
        N_("tokens"),
        1_000_000,
    ),
    Field(
        "dropout",
        "float",
        0.0,
        0.9,
        0.05,
        "linear",
        N_("Dropout"),
        N_("The share of numbers that is set to zero at random in each training step."),
        "",
        0.95,
    ),
)

SWITCHES: tuple[Field, ...] = (
    choice_field(
        "mask",
        MASKS,
        N_("Mask"),
        N_("What attention must not see: later tokens (causal), padding (id 0), both, or nothing."),
    ),
    choice_field(
        "position",
        POSITIONS,
        N_("Positions"),
        N_(
            "How the model knows the order of the tokens: a learned or a sinusoidal vector is added to each token, "
            "queries and keys are rotated, or each head learns a bias for each distance."
        ),
    ),
    choice_field(
        "normalization",
        NORMALIZATIONS,
        N_("Normalization"),
        N_("How a token's numbers are brought to one scale: by mean and variance (layer), or by their size (rms)."),
        seldom=True,
    ),
    choice_field(
        "norm_place",
        NORM_PLACES,
        N_("Place of normalization"),
        N_("Whether numbers are normalized before each step of a block or after it."),
        seldom=True,
    ),
    choice_field(
        "feed_forward",
        FEED_FORWARDS,
        N_("Feed-forward"),
        N_("The function between the two matrices of the feed-forward step; SwiGLU multiplies two of them."),
        seldom=True,
    ),
    truth_field("use_bias", N_("Biases"), N_("Matrices and layer normalizations also add a learned number.")),
    truth_field("tied", N_("Tied output"), N_("The embedding table is also used to score the next token.")),
    truth_field(
        "scale_attention",
        N_("Scaled attention"),
        N_("Scores are divided by the square root of a head's width, so that softmax stays soft."),
    ),
    Field(
        "norm_epsilon",
        "float",
        0.0,
        0.001,
        0.00001,
        "linear",
        N_("Normalization's epsilon"),
        N_("A small number that keeps normalization from dividing by zero."),
        "",
        1.0,
        seldom=True,
    ),
    Field(
        "rotary_base",
        "float",
        1.0,
        1_000_000.0,
        1.0,
        "log2",
        N_("Rotary base"),
        N_("The larger it is, the more slowly the last pairs of numbers turn with the position."),
        "",
        1e12,
        seldom=True,
        needs=("position", "rotary"),
    ),
    size_field(
        "relative_buckets",
        4,
        64,
        N_("Distance groups"),
        N_("How many groups of distances the relative bias tells apart."),
        N_("groups"),
        4096,
        seldom=True,
        needs=("position", "relative"),
    ),
    size_field(
        "relative_distance",
        2,
        512,
        N_("Farthest distance"),
        N_("Distances from here on share the last group of the relative bias."),
        N_("tokens"),
        1_000_000,
        seldom=True,
        needs=("position", "relative"),
    ),
)

TRANSFORMER_FIELDS = SIZES + SWITCHES
