"""Questions of the chapter on background, with numbers that are drawn and answers that are computed or counted."""

from __future__ import annotations

import math

from llm_widgets.course.background_counts import first_guesses, tokens, unseen
from llm_widgets.course.background_exercises import DRAWN
from llm_widgets.course.history import milestones
from llm_widgets.course.questions import Choice, DrawnExercise, Number, Order, Question, Values
from llm_widgets.i18n import N_, get_language

TEXT_BITS = Question(
    "text-bits",
    N_("A text has {n} tokens. A model gives each of them, as it comes, the probability 1/{k}. "
       "How many bits does the whole text cost it?"),
    Number(N_("bits"), tolerance=0.005, low=0.0),
    draw=lambda rng: {"n": int(rng.choice([5, 10, 20, 50, 100])), "k": 2 ** int(rng.integers(1, 8))},
    compute=lambda v: {"answer": v["n"] * math.log2(v["k"]), "each": math.log2(v["k"])},
    why=N_("The probabilities are multiplied, so the bits are added: {n} times {each} bits. The text as a whole has "
           "the probability 2 to the power of −{answer}."),
    slips=lambda found: [
        (found["each"], N_("That is one token. There are {n} of them.")),
        (found["n"] * found["k"], N_("Perplexities are not added. A token of probability 1/{k} costs {each} bits.")),
        (found["n"] * math.log(found["k"]), N_("Those are nats, with the natural logarithm. Bits take the one to "
                                               "base 2.")),
        (found["n"] / found["k"], N_("You multiplied the probability. What is counted are the bits, its negative "
                                     "logarithm.")),
    ],
    formula=r"-\log_2 p(x_1, \dots, x_n) = -\sum_t \log_2 p(x_t)",
    working=lambda found: rf"{found['n']} \cdot \log_2 {found['k']} = {found['answer']:g}",
    first={"n": 20, "k": 8},
)  # fmt: skip


def _guessed(values: Values) -> Values:
    language = get_language()
    right, known = first_guesses(language, values["n"], values["part"])
    return {"answer": right, "known": known, "blind": first_guesses(language, 0)[0]}


FIRST_GUESS = Question(
    "first-guess",
    N_("A program counts, in {part} per cent of the training text, which character follows each run of {n} characters. "
       "In a text that it has never seen it always says the commonest one. How often is it right?"),
    Number(N_("times in 100"), tolerance=0.1, near=0.4, low=0.0, high=100.0),
    draw=lambda rng: {"n": int(rng.choice([1, 2, 3])), "part": int(rng.choice([25, 50, 100]))},
    compute=_guessed,
    why=N_("{answer} of 100. Of the runs that it meets {known} of 100 stood in what it counted; elsewhere it has "
           "nothing to say. Whoever always says the commonest character of all is right {blind} times in 100."),
    slips=lambda found: [
        (found["blind"], N_("So often is right who looks at nothing. This one sees {n} characters.")),
        (found["known"], N_("So many of the runs were met before. But then the commonest one need not follow.")),
    ],
    first={"n": 2, "part": 100},
)  # fmt: skip


def _never(values: Values) -> Values:
    language = get_language()
    share = unseen(language, values["n"], values["part"])
    return {
        "answer": share, "seen": 100 - share, "shorter": unseen(language, values["n"] - 1, values["part"]),
        "counted": len(tokens(language)[0]) * values["part"] // 100,
    }  # fmt: skip


UNSEEN = Question(
    "unseen-grams",
    N_("We count all runs of {n} tokens in {part} per cent of the training text. Then we take the runs of {n} tokens "
       "of a held-out part of the same corpus. How many of 100 never stood in what was counted?"),
    Number(N_("of 100 runs"), tolerance=0.08, near=0.3, low=0.0, high=100.0),
    draw=lambda rng: {"n": int(rng.choice([2, 3, 4])), "part": int(rng.choice([25, 50, 100]))},
    compute=_never,
    why=N_("{answer} of 100, although {counted} tokens were counted. One token less in the run, and it is {shorter}."),
    slips=lambda found: [
        (found["seen"], N_("So many were seen. Asked was for the others.")),
        (found["shorter"], N_("That is right for runs that are one token shorter.")),
        (0.0, N_("Then the held-out text would be put together from pieces of the other. It says new things.")),
    ],
    first={"n": 3, "part": 100},
)  # fmt: skip


def _doubled(values: Values) -> Values:
    language = get_language()
    half, full = unseen(language, values["n"], values["part"] // 2), unseen(language, values["n"], values["part"])
    ratio = full / half
    return {"answer": "half" if ratio < 0.6 else "little" if ratio < 0.995 else "same", "before": half, "after": full}


TWICE = Question(
    "twice-the-text",
    N_("Half of {part} per cent of the training text is counted, and then all of that: twice as much. What becomes of "
       "the share of runs of {n} held-out tokens that were never seen?"),
    Choice({"half": N_("it halves"), "little": N_("it falls, but by less than half"), "same": N_("it stays the same")}),
    draw=lambda rng: {"n": int(rng.choice([2, 3, 4])), "part": int(rng.choice([20, 40, 60, 80, 100]))},
    compute=_doubled,
    why=N_("From {before} to {after} of 100. Most runs are rare, so twice the text brings mostly runs that are new "
           "again; and the held-out text has new ones of its own."),
    first={"n": 3, "part": 100},
)  # fmt: skip

_SIZES = ("bert", "gpt-2", "t5", "gpt-3", "brants")


def _by_size(_: Values) -> Values:
    size = {row.key: row.parameters or 0 for row in milestones() if row.key in _SIZES}
    return {
        "answer": sorted(size, key=lambda key: size[key]),
        "grams": size["brants"] / 1e9,
        "gpt3": size["gpt-3"] / 1e9,
    }


ORDER_OF_SIZE = Question(
    "order-of-size",
    N_("Put these by the numbers that they store, the fewest first."),
    Order({"gpt-3": N_("GPT-3 (2020)"), "brants": N_("counted n-grams of the web (2007)"), "bert": N_("BERT (2018)"),
           "t5": N_("T5 (2019)"), "gpt-2": N_("GPT-2 (2019)")}),
    draw=lambda rng: {},
    compute=_by_size,
    why=N_("The n-grams of 2007 are {grams} billion counts, more than the {gpt3} billion parameters of GPT-3. It is "
           "not the number alone that makes the difference, but what is shared between them."),
)  # fmt: skip


def _translators(_: Values) -> Values:
    from llm_widgets.models import BERT_BASE, GPT2_SMALL, T5_SMALL

    # What writes a text looks back only: its mask is causal, in its decoder at least. GPT-3 is built as GPT-2 is.
    writes = [
        name for name, spec in (("gpt", GPT2_SMALL), ("bert", BERT_BASE), ("t5", T5_SMALL)) if "causal" in spec.mask
    ]
    answers = {("gpt", "bert", "t5"): "all", ("gpt", "t5"): "both", ("t5",): "t5", ("gpt",): "gpt"}
    return {"answer": answers[tuple(writes)]}


WHO_TRANSLATES = Question(
    "who-translates",
    N_("The documents name GPT-3, BERT and T5 together, and translation as a task. Which of them can write a "
       "translation by itself?"),
    Choice({"all": N_("all three"), "both": N_("GPT-3 and T5"), "gpt": N_("only GPT-3"), "t5": N_("only T5")}),
    draw=lambda rng: {},
    compute=_translators,
    why=N_("GPT-3 and T5 write token by token, looking back only. BERT looks at both sides of each position and fills "
           "gaps: it has no part that writes a text."),
    slips=lambda found: [
        ("all", N_("BERT encodes a text that is there. Nothing in it writes a new one.")),
        ("t5", N_("T5 was trained on translation. GPT-3 was not, but it continues a prompt that asks for one.")),
    ],
)  # fmt: skip


def _years(values: Values) -> Values:
    gpt3 = next(row for row in milestones() if row.key == "gpt-3")
    read = float(gpt3.amount or 0)
    year = values["words"] * 60 * values["hours"] * 365
    return {"answer": read * 3 / 4 / year, "tokens": read / year, "minutes": read * 3 / 4 / values["words"] / 60}


READING_TIME = Question(
    "reading-time",
    N_("GPT-3 read 300 billion tokens; four tokens make about three English words. How many years would somebody need "
       "who reads {words} words a minute, {hours} hours a day?"),
    Number(N_("years"), tolerance=0.03, near=0.5, low=0.0),
    draw=lambda rng: {"words": int(rng.choice([150, 200, 250, 300])), "hours": int(rng.choice([2, 4, 8, 16, 24]))},
    compute=_years,
    why=N_("225 billion words at {words} a minute, {hours} hours on each of 365 days: {answer} years. A person learns "
           "to speak from far less."),
    slips=lambda found: [
        (found["tokens"], N_("Those are years for as many words as there are tokens: take three quarters.")),
        (found["answer"] * found["hours"] / 24, N_("That is for somebody who reads day and night.")),
        (found["answer"] * 60, N_("An hour has 60 minutes.")),
    ],
    first={"words": 250, "hours": 8},
)  # fmt: skip

QUESTIONS: tuple[Question, ...] = (
    TEXT_BITS, FIRST_GUESS, UNSEEN, TWICE, ORDER_OF_SIZE, WHO_TRANSLATES, READING_TIME,
)  # fmt: skip
EXERCISES: tuple[DrawnExercise, ...] = tuple(DrawnExercise(name, *parts) for name, parts in DRAWN.items())
