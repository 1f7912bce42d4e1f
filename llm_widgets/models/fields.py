"""What can be chosen about a model: the name, range and words of each field of a spec."""

from __future__ import annotations

from dataclasses import dataclass

from llm_widgets.i18n import N_


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a spec, as a designer shows it and as the spec checks it.

    Args:
        name: the field's name in the spec.
        kind: "int", "float", "bool", "sizes" (one or more whole numbers, one for each layer) or "choice" (a word).
        minimum: the smallest value that is accepted.
        maximum: where a slider ends.
        step: the distance between two slider positions (on a "log2" scale: a factor of 2 ** step).
        scale: "linear" or "log2".
        label: its name for the learner (an English message; translate it with `i18n.t`).
        help: what it does, in one sentence (an English message).
        unit: what one of it is (an English message, "" where there is none).
        limit: the largest value that is accepted; code may go beyond the slider's end.
        choices: the words of a "choice", whose minimum, maximum and limit count from the first to the last of them.
        words: what the learner reads for each of `choices` (English messages).
        zero: what a 0 stands for, where it is no size itself (an English message, "" elsewhere).
        seldom: a designer keeps it folded away, so that the sizes that matter are seen first.
        needs: a choice without which the field means nothing, such as ("position", "rotary"); () where it always does.
    """

    name: str
    kind: str
    minimum: float
    maximum: float
    step: float
    scale: str
    label: str
    help: str
    unit: str
    limit: float
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    zero: str = ""
    seldom: bool = False
    needs: tuple[str, str] | tuple[()] = ()


MAX_LAYERS = 4  # deeper stacks of LSTMs learn nothing more here, and a designer must be able to draw them

FIELDS: tuple[Field, ...] = (
    Field(
        "vocabulary_size",
        "int",
        2,
        10_000,
        1,
        "log2",
        N_("Vocabulary"),
        N_("How many different tokens the model knows; all others become one unknown word."),
        N_("tokens"),
        1_000_000,
    ),
    Field(
        "embedding_dim",
        "int",
        1,
        512,
        1,
        "log2",
        N_("Embedding width"),
        N_("How many numbers stand for one token."),
        N_("numbers"),
        16_384,
    ),
    Field(
        "lstm_units",
        "sizes",
        1,
        1024,
        1,
        "log2",
        N_("LSTM units"),
        N_("How many numbers each LSTM layer remembers while it reads; one size for each layer."),
        N_("units"),
        16_384,
    ),
    Field(
        "dropout",
        "float",
        0.0,
        0.9,
        0.05,
        "linear",
        N_("Dropout"),
        N_("The share of the last LSTM layer's outputs that is set to zero at random in each training step."),
        "",
        0.95,
    ),
    Field(
        "sequence_length",
        "int",
        1,
        500,
        1,
        "log2",
        N_("Sequence length"),
        N_("How many tokens of a review are read; longer ones are cut, shorter ones padded."),
        N_("tokens"),
        10_000,
    ),
    Field(
        "bidirectional",
        "bool",
        0,
        1,
        1,
        "linear",
        N_("Bidirectional"),
        N_("Each LSTM layer also reads the review from its end, with weights of its own."),
        "",
        1,
    ),
)
