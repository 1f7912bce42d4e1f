"""Guesses of the chapter on concepts: bytes, merges, lookups, angles, and what size costs."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np

from llm_widgets.course.concepts_exercises import DRAWN, QUESTIONS_TO_ANSWER
from llm_widgets.course.questions import Choice, DrawnExercise, Number, Question, Values, shown
from llm_widgets.i18n import N_, get_language

_TEXTS = ("学习 AI", "café 咖啡", "我♥NLP", "数据→模型", "naïve 贝叶斯", "词元 token", "1 元 = 10 角", "α 与 β")


def _bytes(values: Values) -> Values:
    text = values["text"]
    return {"answer": len(text.encode("utf-8")), "signs": len(text), "wide": len(text.encode("utf-16-le"))}


UTF8_BYTES = Question(
    "utf8-bytes",
    N_("How many bytes does “{text}” take in UTF-8? Blanks count, too."),
    Number(N_("bytes in all"), tolerance=0.0, near=0.3, low=0.0),
    draw=lambda rng: {"text": str(rng.choice(_TEXTS))},
    compute=_bytes,
    why=N_(
        "It has {signs} characters and {answer} bytes: 1 for each sign of ASCII, 2 for most letters with an accent and "
        "Greek ones, 3 for each Chinese character and most other signs."
    ),
    slips=lambda found: [
        (found["signs"], N_("So many characters it has. Not all of them fit into one byte.")),
        (found["wide"], N_("With two bytes for each: that is another encoding, UTF-16.")),
        (3 * found["signs"], N_("Three bytes has a Chinese character; a sign of ASCII has one.")),
    ],
    first={"text": "学习 AI"},
)

_WORDS = ("low", "lower", "lowest", "new", "newer", "newest", "wide", "wider", "widest", "show", "slower", "fewer")


def pair_counts(words: dict[str, int]) -> Counter[tuple[str, str]]:
    """How often each pair of characters stands side by side within words."""
    counts: Counter[tuple[str, str]] = Counter()
    for word, times in words.items():
        for pair in itertools.pairwise(word):
            counts[pair] += times
    return counts


def _draw_words(rng: np.random.Generator) -> Values:
    while True:
        chosen = rng.choice(_WORDS, 4, replace=False).tolist()
        words = dict(zip(chosen, rng.integers(2, 8, 4).tolist(), strict=True))
        ranked = pair_counts(words).most_common(4)
        if len({count for _, count in ranked}) == 4:
            return {"words": ", ".join(f"{word} × {n}" for word, n in words.items())}


def _first_merge(values: Values) -> Values:
    words = {word: int(n) for word, n in (part.split(" × ") for part in values["words"].split(", "))}
    ranked = pair_counts(words).most_common(4)
    order = sorted(range(4), key=lambda i: ranked[i][0])
    keys = ("a", "b", "c", "d")
    found: Values = {key: " + ".join(ranked[i][0]) for key, i in zip(keys, order, strict=True)}
    return {**found, "answer": keys[order.index(0)], "best": " + ".join(ranked[0][0]), "times": ranked[0][1],
            "second": " + ".join(ranked[1][0]), "fewer": ranked[1][1]}  # fmt: skip


def _with_options(values: Values) -> Values:
    found = _first_merge(values)
    return {**values, **{key: found[key] for key in "abcd"}}


FIRST_MERGE = Question(
    "first-merge",
    N_(
        "A text consists of the words {words}. Byte-pair encoding begins with single letters. Which pair does it "
        "merge first?"
    ),
    Choice({key: f"{{{key}}}" for key in "abcd"}),
    draw=lambda rng: _with_options(_draw_words(rng)),
    compute=_first_merge,
    why=N_(
        "“{best}” stands side by side {times} times, “{second}” {fewer} times: each word counts as often as it "
        "occurs."
    ),
    first=_with_options({"words": "fewer × 2, wide × 2, newest × 4, new × 4"}),
)  # fmt: skip


ONE_HOT = Question(
    "one-hot-cost",
    N_(
        "A text of {T} tokens is embedded with {C} numbers for each; the vocabulary has {V} tokens. Written as one-hot "
        "rows times the table, how many multiplications is that?"
    ),
    Number(N_("multiplications"), tolerance=0.01, low=0.0),
    draw=lambda rng: {
        "T": int(rng.choice([10, 20, 50, 100])), "C": int(rng.choice([32, 64, 128])),
        "V": int(rng.choice([1000, 5000, 10_000])),
    },
    compute=lambda values: {
        "answer": values["T"] * values["V"] * values["C"], "copied": values["T"] * values["C"],
        "table": values["V"] * values["C"],
    },
    why=N_(
        "[{T}, {V}] times [{V}, {C}] is {answer} multiplications, nearly all of them by 0. The lookup copies "
        "{copied} numbers and multiplies nothing; the result is the same."
    ),
    slips=lambda found: [
        (found["copied"], N_("So many numbers come out. Each of them is a sum over the whole vocabulary.")),
        (found["table"], N_("That is the table. Each of the tokens goes through it once.")),
        (0.0, N_("So would the lookup do it. The question is what the product costs.")),
    ],
    first={"T": 100, "C": 32, "V": 10_000},
)  # fmt: skip


def _longer(values: Values) -> Values:
    a, b = np.array([1.0, 2.0, 0.5]), np.array([2.0, 1.0, -1.0])

    def cosine(x: np.ndarray, y: np.ndarray) -> float:
        return float(x @ y / np.sqrt((x @ x) * (y @ y)))

    before, after = cosine(a, b), cosine(a, values["factor"] * b)
    answer = "same" if np.isclose(before, after) else "larger" if after > before else "smaller"
    dots = {"dot": float(a @ b), "new_dot": float(a @ b * values["factor"])}
    return {"answer": answer, "before": before, "after": after, **dots}


LONGER_VECTOR = Question(
    "longer-vector",
    N_("Of two vectors one is made {factor} times as long. What becomes of the cosine between them?"),
    Choice({
        "larger": N_("It becomes larger."), "same": N_("It stays as it is."), "smaller": N_("It becomes smaller."),
    }),
    draw=lambda rng: {"factor": int(rng.integers(2, 10))},
    compute=_longer,
    why=N_(
        "The dot product goes from {dot} to {new_dot}; the cosine is {before} before and {after} after, because it "
        "is divided by both lengths. It knows the direction alone."
    ),
    slips=lambda found: [("larger", N_("So does the dot product."))],
    first={"factor": 3},
)  # fmt: skip


def _wider(values: Values) -> Values:
    from llm_widgets.models.gpt import GPT2_SMALL

    wide = GPT2_SMALL.replace(d_model=2 * GPT2_SMALL.d_model).count_parameters()
    deep = GPT2_SMALL.replace(num_layers=2 * GPT2_SMALL.num_layers).count_parameters()
    now = GPT2_SMALL.count_parameters()
    return {"answer": "wider" if wide > deep else "deeper", "now": round(now / 1e6), "wide": round(wide / 1e6),
            "deep": round(deep / 1e6)}  # fmt: skip


WIDER_OR_DEEPER = Question(
    "wider-or-deeper",
    N_(
        "GPT-2's smallest model is doubled: once in width (d_model), once in the number of its blocks. Which of the "
        "two gets more parameters?"
    ),
    Choice({"wider": N_(
        "the one of double width"
    ), "deeper": N_("the one of double depth"), "same": N_("both as many")}),
    draw=lambda rng: {},
    compute=_wider,
    why=N_(
        "From {now} million it grows to {wide} million in width and to {deep} million in depth: a block's matrices "
        "have the width on both sides, so they become four times as large."
    ),
    slips=lambda found: [("same", N_("The number of blocks stands in the count once, the width squared."))],
)  # fmt: skip


def _training_memory(values: Values) -> Values:
    from llm_widgets.models.gpt import GPT2_SMALL

    memory = GPT2_SMALL.estimate_memory(1)
    fixed = memory.weights + memory.gradients + memory.optimizer
    return {"answer": fixed / memory.weights, "weights": memory.weights / 1e6, "fixed": fixed / 1e6,
            "activations": memory.activations / 1e6}  # fmt: skip


TRAINING_MEMORY = Question(
    "training-memory",
    N_(
        "Training with Adam needs room for weights, gradients and the optimizer's state, all in float32. How many "
        "times "
        "the room of the weights is that, before any text is read?"
    ),
    Number(N_("times"), tolerance=0.01, low=1.0),
    draw=lambda rng: {},
    compute=_training_memory,
    why=N_(
        "Weights, gradients, and Adam's two running averages: {answer} times. For GPT-2's smallest model these are "
        "{fixed} MB instead of {weights}, and one text of full length adds {activations} MB that are kept for the "
        "way back."
    ),
    slips=lambda found: [
        (2.0, N_("Weights and gradients are these. Adam remembers two more numbers for each parameter.")),
        (3.0, N_("Adam keeps two running averages: of the gradient and of its square.")),
    ],
)  # fmt: skip

# Brown et al. (2020), table D.1: 174.6 billion parameters, 300 billion tokens, 3.14e23 operations.
GPT3_PARAMETERS, GPT3_TOKENS = 174.6e9, 300e9


def _years(values: Values) -> Values:
    operations = 6 * GPT3_PARAMETERS * GPT3_TOKENS
    years = operations / (values["speed"] * 1e12) / (365.25 * 86_400)
    return {"answer": years, "operations": operations, "days": years * 365.25, "forward": years / 3}


TRAINING_YEARS = Question(
    "training-years",
    N_(
        "GPT-3 has 174.6 billion parameters and learned from 300 billion tokens. A token costs about 6 operations for "
        "each parameter. How many years would one processor take that does {speed} million million operations a second?"
    ),
    Number(N_("years"), tolerance=0.05, near=0.3, low=0.0),
    draw=lambda rng: {"speed": int(rng.choice([20, 50, 100, 150, 300, 400]))},
    compute=_years,
    why=N_(
        "6 × 174.6 billion × 300 billion are {operations} operations. At this speed that takes {answer} years, "
        "without a pause. Hence thousands of processors at once."
    ),
    slips=lambda found: [
        (found["days"], N_("Those are days.")),
        (found["forward"], N_("That is the way forward alone: 2 operations for each parameter. The way back takes 4.")),
        (found["answer"] / 6, N_("The 6 is missing.")),
    ],
    formula=r"C = 6 N D",
    working=lambda found: rf"C = 6 N D = {shown(found['operations'])}",
    first={"speed": 100},
)  # fmt: skip

SENTIMENT_WORDS = {
    "en": ("good", "great", "best", "love", "bad", "worst", "boring", "dull", "terrible", "awful", "fun", "poor"),
    "zh": ("好", "喜欢", "满意", "不错", "差", "失望", "糟", "坏", "难看", "后悔", "值得", "垃圾"),
}
_SEPARATOR = {"en": ", ", "zh": "、"}


def _draw_list(rng: np.random.Generator) -> Values:
    language = get_language()
    words = SENTIMENT_WORDS[language]
    kept = sorted(rng.choice(len(words), int(rng.integers(4, 9)), replace=False).tolist())
    return {"words": _SEPARATOR[language].join(words[i] for i in kept)}


def _covered(values: Values) -> Values:
    from llm_widgets import corpora

    language = get_language()
    words = values["words"].split(_SEPARATOR[language])
    texts = [text.lower() for text in corpora.load("reviews", language=language).test.texts]
    pieces = texts if language == "zh" else [f" {' '.join(text.split())} " for text in texts]
    marks = words if language == "zh" else [f" {word} " for word in words]
    share = 100 * sum(any(mark in text for mark in marks) for text in pieces) / len(pieces)
    return {"answer": share, "silent": 100 - share}


WORDS_FOUND = Question(
    "words-found",
    N_(
        "A program looks for these words: {words}. In how many of 100 reviews of the test set does it find at least "
        "one?"
    ),
    Number(N_("of 100"), tolerance=0.1, near=0.4, low=0.0, high=100.0),
    draw=_draw_list,
    compute=_covered,
    why=N_(
        "It finds one in {answer} of 100 reviews. About the other {silent} it has nothing to say, however good its "
        "rules are."
    ),
)

QUESTIONS: tuple[Question, ...] = (
    UTF8_BYTES, FIRST_MERGE, ONE_HOT, LONGER_VECTOR, WIDER_OR_DEEPER, TRAINING_MEMORY, TRAINING_YEARS, WORDS_FOUND,
)  # fmt: skip
EXERCISES: tuple[Question | DrawnExercise, ...] = (
    *QUESTIONS_TO_ANSWER,
    *(DrawnExercise(name, *parts) for name, parts in DRAWN.items()),
)
