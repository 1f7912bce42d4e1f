"""The exercises of the chapter on concepts: decode, merge, look up, compare, count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llm_widgets.course.answers import NotYet, not_a_number, number
from llm_widgets.course.questions import Choice, Number, Question, Values
from llm_widgets.i18n import N_, t

if TYPE_CHECKING:
    import numpy as np

_SIGNS = "学习语言模型词元分布训练注意力字节编码山水明月春风花鸟"


# --- bytes ---------------------------------------------------------------------------------------------------


def _draw_sign(rng: np.random.Generator) -> Values:
    sign = _SIGNS[int(rng.integers(len(_SIGNS)))]
    return {"bytes": [f"{byte:08b}" for byte in sign.encode("utf-8")]}


def _sign(drawn: Values, answer: Any) -> str | None:
    right = bytes(int(bits, 2) for bits in drawn["bytes"]).decode("utf-8")
    if isinstance(answer, int) and not isinstance(answer, bool):
        if answer == ord(right):
            return t("That is its code point. chr() makes the character of it.")
        if answer == int("".join(drawn["bytes"]), 2):
            return t("All 24 bits count there. Leave out the 1110 of the first byte and the 10 of the other two.")
        return t("The answer is a character. Received: {answer}", answer=repr(answer))
    if not isinstance(answer, str) or len(answer) != 1:
        return t("The answer is one character. Received: {answer}", answer=repr(answer))
    if answer == right:
        return None
    pieces = [drawn["bytes"][0][4:], *(bits[2:] for bits in drawn["bytes"][1:])]
    return t(
        "That is U+{given}. The bits of the code point are {pieces}: put them side by side and read them as one "
        "number.",
        given=f"{ord(answer):04X}",
        pieces=" ".join(pieces),
    )


# --- merging -------------------------------------------------------------------------------------------------

_CASES: tuple[tuple[list[str], tuple[str, str]], ...] = (
    (list("lower"), ("l", "o")),
    (["lo", "w", "lo", "w"], ("lo", "w")),
    (list("aaaa"), ("a", "a")),
    (list("aaa"), ("a", "a")),
    (list("ab"), ("b", "a")),
    ([], ("a", "b")),
)


def _merged(pieces: Sequence[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    i = 0
    while i < len(pieces):
        if tuple(pieces[i : i + 2]) == pair:
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(pieces[i])
            i += 1
    return merged


def _merge(drawn: Values, answer: Any) -> str | None:
    if not callable(answer):
        return t("The answer is a function of pieces and a pair. Received: {answer}", answer=repr(answer))
    cases = ((list(drawn["word"]), (drawn["word"][0], drawn["word"][1])), *_CASES)
    for pieces, pair in cases:
        given = answer(list(pieces), pair)
        if given is None or given is ...:
            raise NotYet
        try:
            found = [str(piece) for piece in given]
        except TypeError:
            return t("Your function returns a list of pieces. Received: {answer}", answer=repr(given))
        right = _merged(pieces, pair)
        if found == right:
            continue
        if pieces == list("aaa") and found == ["a", "aa"]:
            return t("Merging goes from left to right: aaa becomes aa, a.")
        if "".join(found) != "".join(pieces):
            return t(
                "No letter may be lost or doubled: {pieces} with the pair {pair} became {found}.",
                pieces=pieces, pair=pair, found=found,
            )  # fmt: skip
        return t(
            "{pieces} with the pair {pair} should become {right}. Received: {found}",
            pieces=pieces, pair=pair, right=right, found=found,
        )  # fmt: skip
    return None


# --- vectors -------------------------------------------------------------------------------------------------


def _nearest(drawn: Values, answer: Any) -> str | None:
    import numpy as np

    if not callable(answer):
        return t("The answer is a function of a table and a row number. Received: {answer}", answer=repr(answer))
    rng = np.random.default_rng(drawn["seed"])
    table = rng.normal(size=(8, 5)) * rng.uniform(0.2, 5.0, (8, 1))
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosine = unit @ unit.T
    for i in range(len(table)):
        given = answer(table.copy(), i)
        if given is None or given is ...:
            raise NotYet
        found = number(given)
        if found is None:
            return not_a_number(given)
        others = [j for j in range(len(table)) if j != i]
        right = max(others, key=lambda j: cosine[i, j])
        if found == right:
            continue
        if found == i:
            return t("Each vector is nearest to itself: leave row {i} out.", i=i)
        if found == max(others, key=lambda j: float(table[i] @ table[j])):
            return t("That is the largest dot product. Long vectors win it; divide by both lengths.")
        if found == min(others, key=lambda j: float(np.linalg.norm(table[i] - table[j]))):
            return t("That is the shortest distance. The cosine asks for the direction: divide by both lengths.")
        if found == min(others, key=lambda j: cosine[i, j]):
            return t("That is the smallest cosine. The nearest one has the largest.")
        return t("For row {i} the right answer is row {right}. Received: {found}", i=i, right=right, found=given)
    return None


def _draw_tied(rng: np.random.Generator) -> Values:
    return {"V": int(rng.choice([8_000, 32_000, 50_257])), "C": int(rng.choice([256, 512, 768, 1024]))}


UNTIED = Question(
    "untied",
    N_(
        "A GPT has a vocabulary of {V} tokens and a width of {C}. How many parameters more has it if its output has "
        "a table of its own, without biases?"
    ),
    Number(N_("parameters"), tolerance=0.0, near=0.1, low=0.0),
    draw=_draw_tied,
    compute=lambda values: {"answer": values["V"] * values["C"]},
    why=N_("The table of the output has {V} × {C} = {answer} numbers, as many as that of the embedding."),
    slips=lambda found: [
        (found["answer"] + found["V"], N_("There are no biases.")),
        (2 * found["answer"], N_("Only one of the two tables is added.")),
        (found["C"] ** 2, N_("The output gives one score for each token of the vocabulary.")),
        (0.0, N_("That would be so if both shared one table.")),
    ],
)  # fmt: skip


def _draw_blocks(rng: np.random.Generator) -> Values:
    return {"C": int(rng.choice([64, 128, 256, 512, 768])), "L": int(rng.choice([2, 4, 6, 12]))}


def _blocks(values: Values) -> Values:
    from llm_widgets.models import GPTSpec

    C, L = values["C"], values["L"]
    spec = GPTSpec(d_model=C, num_layers=L)
    return {"answer": L * spec.block_parameters(), "matrices": 12 * L * C * C, "one": spec.block_parameters()}


STACK = Question(
    "stack-parameters",
    N_("How many parameters have {L} blocks of a GPT with a width of {C}, biases and normalizations included?"),
    Number(N_("parameters"), tolerance=0.0, near=0.05, low=0.0),
    draw=_draw_blocks,
    compute=_blocks,
    why=N_("A block has 12·C² + 13·C = {one} of them, and {L} blocks {answer}."),
    slips=lambda found: [
        (found["matrices"], N_("Those are the matrices. Biases and normalizations are missing: 13·C in each block.")),
        (found["one"], N_("That is one block.")),
    ],
)


def _draw_cache(rng: np.random.Generator) -> Values:
    return {
        "L": int(rng.choice([12, 24, 32])), "C": int(rng.choice([768, 1024, 2048])),
        "T": int(rng.choice([1024, 2048, 4096])), "size": int(rng.choice([2, 4])),
    }  # fmt: skip


CACHE_SIZE = Question(
    "cache-size",
    N_(
        "A decoder has {L} blocks and a width of {C}; each head has keys and values of its own. How many bytes has "
        "the cache of a text of {T} tokens, with {size} bytes for each number?"
    ),
    Number(N_("bytes in all"), tolerance=0.001, near=0.1, low=0.0),
    draw=_draw_cache,
    compute=lambda values: {"answer": 2 * values["L"] * values["T"] * values["C"] * values["size"]},
    why=N_(
        "Keys and values, in each of {L} blocks, for each of {T} tokens, {C} numbers of {size} bytes: {answer} "
        "bytes."
    ),
    slips=lambda found: [
        (found["answer"] / 2, N_("Keys and values are kept: two rows for each token.")),
        (found["answer"] / found["L"], N_("Each block has a cache of its own.")),
        (found["answer"] / found["size"], N_("Those are numbers, not bytes.")),
    ],
)  # fmt: skip


def _draw_query(rng: np.random.Generator) -> Values:
    """A query and three rows: one points its way, one is long, one lies near."""
    import numpy as np

    while True:
        q, a, b, c = rng.integers(-4, 5, (4, 2)).astype(float)
        b = 3 * b
        rows = np.array([a, b, c])
        if not (rows.any(1).all() and q.any()):
            continue
        dots, cosines = rows @ q, rows @ q / np.linalg.norm(rows, axis=1) / np.linalg.norm(q)
        gap = np.sort(cosines)[-1] - np.sort(cosines)[-2]
        if np.argmax(dots) != np.argmax(cosines) and gap > 0.05 and np.ptp(np.sort(dots)[-2:]) > 0:
            return {"q": q.tolist(), "a": a.tolist(), "b": b.tolist(), "c": c.tolist()}


def _closest(values: Values) -> Values:
    import numpy as np

    q = np.array(values["q"])
    rows = {key: np.array(values[key]) for key in "abc"}
    cosines = {key: float(row @ q / np.linalg.norm(row) / np.linalg.norm(q)) for key, row in rows.items()}
    return {
        "answer": max(cosines, key=lambda key: cosines[key]),
        "longest": max(rows, key=lambda key: float(rows[key] @ q)),
        "near": min(rows, key=lambda key: float(np.linalg.norm(rows[key] - q))),
        **{f"cos_{key}": cosine for key, cosine in cosines.items()},
    }


CLOSEST = Question(
    "closest-vector",
    N_("Which of a = {a}, b = {b} and c = {c} has the largest cosine with q = {q}?"),
    Choice({"a": "a", "b": "b", "c": "c"}),
    draw=_draw_query,
    compute=_closest,
    why=N_("The cosines are {cos_a} (a), {cos_b} (b) and {cos_c} (c)."),
    slips=lambda found: [
        (found["longest"], N_("It has the largest dot product, because it is long. Divide by the lengths.")),
        (found["near"], N_("It lies nearest. The cosine knows the direction alone.")),
    ],
)

QUESTIONS_TO_ANSWER: tuple[Question, ...] = (CLOSEST, UNTIED, STACK, CACHE_SIZE)
DRAWN: dict[str, tuple[Callable[[np.random.Generator], Values], Callable[[Values, Any], str | None], str]] = {
    "utf8-character": (_draw_sign, _sign, N_("Yes. 1110, 10 and 10 only say how the bytes belong together.")),
    "merge-function": (
        lambda rng: {"word": str(rng.choice(["banana", "mississippi", "referee", "committee", "hannah"]))},
        _merge,
        N_("Yes. With this and a count of pairs byte-pair encoding is whole."),
    ),
    "nearest-function": (
        lambda rng: {"seed": int(rng.integers(2**31))},
        _nearest,
        N_("Yes. Lengths are divided away, and no vector is its own neighbour."),
    ),
}
