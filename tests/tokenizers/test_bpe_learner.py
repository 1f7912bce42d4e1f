"""The learner of byte pairs against the `tokenizers` library: the same merges, the same encodings, on any text."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Regex
from tokenizers import Tokenizer as Library
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.trainers import BpeTrainer

from llm_widgets.corpora import load
from llm_widgets.tokenizers import BPELearner
from llm_widgets.tokenizers.byte_pieces import alphabet, readable

# How GPT-2 cuts a text into words, as it was published: `encoder.py` of openai/gpt-2.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
# The dictionary of Sennrich et al. (2016), Algorithm 1; no sign ends a word here, and no space begins one.
SENNRICH = "low\n" * 5 + "lower\n" * 2 + "newest\n" * 6 + "widest\n" * 3
ALPHABETS = ("bytes", "characters")
BOOK, POEMS = load("alice").train, load("tang").train
few_signs = st.text(st.sampled_from("abc 好"), max_size=120)
any_signs = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from("aab  '\n1\x00😀好的\u0301"), max_size=80
)


def library(kind: str) -> Library:
    made = Library(BPE())
    made.pre_tokenizer = ByteLevel(add_prefix_space=False) if kind == "bytes" else Split(Regex(GPT2), "isolated")
    return made


def in_signs(kind: str, piece: bytes) -> str:
    """A piece as the library writes it."""
    return "".join(alphabet()[byte] for byte in piece) if kind == "bytes" else piece.decode()


def taught(kind: str, text: str, size: int, min_frequency: int) -> dict:
    """The library's own model of a text."""
    trained = library(kind)
    first = ByteLevel.alphabet() if kind == "bytes" else []
    trained.train_from_iterator(
        [text],
        BpeTrainer(vocab_size=size, min_frequency=min_frequency, initial_alphabet=first, show_progress=False),
    )
    return json.loads(trained.to_str())["model"]


def merges(learner: BPELearner) -> list[list[str]]:
    """As the library keeps them: a pair that was merged again has its later place."""
    pairs = [tuple(in_signs(learner.alphabet, piece) for piece in pair) for pair in learner.pairs]
    return [list(pair) for i, pair in enumerate(pairs) if pair not in pairs[i + 1 :]]


def assert_same(kind: str, text: str, steps: int, min_frequency: int = 2) -> BPELearner:
    learner = BPELearner(text, alphabet=kind, min_frequency=min_frequency)
    learner.learn(steps)
    # The library counts pieces, not merges: it stops with the merge that makes the last of them.
    size = len(learner.pieces)
    while not learner.finished and len(learner.pieces) == size:
        learner.learn(len(learner.pairs) + 1)
    limit = size if not learner.finished else 1_000_000
    theirs = taught(kind, text, limit, min_frequency)
    if limit == size:
        learner = BPELearner(text, alphabet=kind, min_frequency=min_frequency)
        while len(learner.pieces) < size and not learner.finished:
            learner.learn(len(learner.pairs) + 1)
    assert merges(learner) == theirs["merges"]
    assert {in_signs(kind, piece): number for number, piece in enumerate(learner.pieces)} == theirs["vocab"]
    return learner


@pytest.mark.parametrize("kind", ALPHABETS)
@pytest.mark.parametrize("text", [BOOK[:60_000], POEMS[:10_000]])
def test_a_book_and_poems_are_learned_as_the_library_learns_them(kind, text):
    learner = assert_same(kind, text, 400)
    assert not learner.finished


@pytest.mark.parametrize("kind", ALPHABETS)
@pytest.mark.parametrize(
    "text", ["", " ", "a", "aaaaaaaaaaa", SENNRICH, "好好学习，天天向上。" * 3, "😀😀👩‍👩‍👧 مرحبا مرحبا\x00\x00"]
)
@pytest.mark.parametrize("min_frequency", [0, 1, 2, 4])
def test_until_no_pair_stands_often_enough(kind, text, min_frequency):
    learner = assert_same(kind, text, 1_000, min_frequency)
    assert learner.finished
    assert learner.learn(10_000) == len(learner.pairs)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(ALPHABETS), few_signs | any_signs, st.integers(0, 30), st.integers(1, 3))
def test_any_text_is_learned_as_the_library_learns_it(kind, text, steps, min_frequency):
    assert_same(kind, text, steps, min_frequency)


@pytest.mark.parametrize("kind", ALPHABETS)
@pytest.mark.parametrize(
    ("text", "own"),
    [(BOOK[:30_000], "Alice's lowest  wonder-land 42 好"), (POEMS[:9_000], "春风不度玉门关。\n旧 spring")],
)
def test_any_text_is_encoded_as_by_the_library_with_as_many_merges(kind, text, own):
    learner = BPELearner(text, alphabet=kind)
    learner.learn(300)
    vocabulary = {in_signs(kind, piece): number for number, piece in enumerate(learner.pieces)}
    pairs = [(in_signs(kind, left), in_signs(kind, right)) for left, right in learner.pairs]
    for step in (0, 1, 2, 17, 100, 299, 300):
        theirs = library(kind)
        theirs.model = BPE({**vocabulary, "\ufffd": 100_000}, pairs[:step], unk_token="\ufffd")
        for some in (text[:2_000], own, ""):
            expected = [-1 if number == 100_000 else number for number in theirs.encode(some).ids]
            found = learner.encode(some, step)
            assert found.ids == expected
            assert b"".join(found.pieces).decode() == some
            assert len(found.ends) == len(found.pieces)
    # What was learned from is encoded into the very pieces that learning left.
    assert len(learner.encode(text, 300).ids) == learner.tokens[300]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(ALPHABETS), few_signs, any_signs, st.integers(0, 40))
def test_any_text_is_encoded_with_merges_of_any_other(kind, text, other, step):
    learner = BPELearner(text, alphabet=kind)
    step = min(step, learner.learn(step))
    pairs = [(in_signs(kind, left), in_signs(kind, right)) for left, right in learner.pairs[:step]]
    theirs = library(kind)
    vocabulary = {in_signs(kind, piece): number for number, piece in enumerate(learner.pieces)}
    theirs.model = BPE({**vocabulary, "\ufffd": 100_000}, pairs, unk_token="\ufffd")
    expected = [-1 if number == 100_000 else number for number in theirs.encode(other).ids]
    assert learner.encode(other, step).ids == expected


def by_hand(learner: BPELearner, step: int) -> tuple[int, dict[tuple[bytes, bytes], int]]:
    """Tokens and pairs at a step, counted from the pieces of all words."""
    tokens, pairs = 0, dict[tuple[bytes, bytes], int]()
    for word, count in learner.counts.items():
        pieces = learner.cut(word, step)
        assert b"".join(pieces) == word.encode()
        tokens += count * len(pieces)
        for pair in pairwise(pieces):
            pairs[pair] = pairs.get(pair, 0) + count
    return tokens, pairs


@settings(deadline=None, max_examples=60)
@example("bytes", "aaaa aaaaa aaa", [3, 0, 1])
@given(st.sampled_from(ALPHABETS), few_signs, st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_a_state_is_what_counting_the_pieces_gives_in_whatever_order_steps_are_seen(kind, text, steps):
    learner = BPELearner(text, alphabet=kind)
    for step in (min(step, learner.learn(step)) for step in steps):
        state = learner.state(step, most=1_000)
        tokens, pairs = by_hand(learner, step)
        assert state.tokens == tokens == learner.tokens[step]
        assert {(learner.pieces[a], learner.pieces[b]): n for a, b, n in state.pairs} == pairs
        assert [(-n, a, b) for a, b, n in state.pairs] == sorted((-n, a, b) for a, b, n in state.pairs)
        assert state.tied == list(pairs.values()).count(max(pairs.values(), default=0))
        assert learner.state(step, most=3).pairs == state.pairs[:3]
        if step < len(learner.pairs) and len(set(learner.pairs)) == len(learner.pairs):
            assert state.next == state.pairs[0]


def test_the_example_of_sennrich_and_others():
    for kind in ALPHABETS:
        learner = BPELearner(SENNRICH, alphabet=kind)
        # Algorithm 1 of the paper merges (e, s), (es, t), (est, </w>), (l, o), (lo, w) …
        learner.learn(4)
        assert learner.merges == (("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w"))
        assert [learner.state(step).next.times for step in range(4)] == [9, 9, 7, 7]
        assert learner.encode("lowest").pieces == [b"low", b"est"]
        assert [rank for rank, _ in learner.encode("lowest", trace=True).applied] == [0, 1, 2, 3]
    assert learner.encode("lox", 4).ids[-1] == -1


def test_of_pairs_as_common_the_older_pieces_go_first():
    # A space is the oldest character; among the library's signs of bytes it comes after the letters.
    for kind, first in (("characters", (" ", "l")), ("bytes", ("l", "o"))):
        learner = BPELearner(" lo lo", alphabet=kind)
        learner.learn(1)
        assert learner.merges == (first,)
        assert learner.state(0).tied == 2


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(ALPHABETS), few_signs, st.integers(0, 5), st.integers(0, 9))
def test_another_pair_may_be_chosen_and_the_commonest_follow(kind, text, step, place):
    plain = BPELearner(text, alphabet=kind)
    step = min(step, plain.learn(step))
    pairs = plain.state(step).pairs
    if not pairs:
        return
    left, right, times = pairs[place % len(pairs)]
    pair = plain.pieces[left], plain.pieces[right]
    other = BPELearner(text, alphabet=kind, chosen={step: pair})
    assert other.pairs[:step] == plain.pairs[:step]
    assert other.pairs[step] == pair
    assert other.merged_times[step] == times
    other.learn(1_000)
    for after in range(step + 1, len(other.pairs) + 1):
        tokens, standing = by_hand(other, after)
        assert other.tokens[after] == tokens
        if after < len(other.pairs) and len(set(other.pairs)) == len(other.pairs):
            assert standing[other.pairs[after]] == max(standing.values()) == other.merged_times[after]
    with pytest.raises(ValueError, match=f"at step {step}"):
        BPELearner(text, alphabet=kind, chosen={step: (b"a", "没".encode())})


def test_half_of_a_surrogate_pair_is_read_as_one_unreadable_character():
    for kind in ALPHABETS:
        learner = BPELearner("a\ud800b\ud800", alphabet=kind)
        assert b"".join(learner.cut(learner.words[1], 0)) == "\ufffd".encode()
        assert "".join(map(readable, learner.encode("\udfff").pieces)) in ("\ufffd", "<EF><BF><BD>")


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="Received: alphabet='words'"):
        BPELearner("a", alphabet="words")
    with pytest.raises(TypeError, match="Received: 3"):
        BPELearner(3)
    with pytest.raises(ValueError, match="at most 1000000 characters"):
        BPELearner("a" * 1_000_001)
    learner = BPELearner("ab ab")
    for step in (-1, 3):
        with pytest.raises(ValueError, match=f"Received: {step}"):
            learner.state(step)
    with pytest.raises(KeyError):
        learner.cut("other", 0)


def test_learning_goes_on_where_it_was_left_and_stops_in_time():
    at_once, bit_by_bit = BPELearner(BOOK[:20_000]), BPELearner(BOOK[:20_000])
    at_once.learn(200)
    while bit_by_bit.learn(200, seconds=0) < 200:
        assert bit_by_bit.state(len(bit_by_bit.pairs) // 2).step >= 0
    assert bit_by_bit.pairs[:200] == at_once.pairs[:200]
    began = time.perf_counter()
    BPELearner("那么长一句话没有标点" * 5_000).learn(2_000, seconds=0.05)
    assert time.perf_counter() - began < 5


def test_a_word_without_end_is_encoded_in_time():
    learner = BPELearner("abaab" * 8_000)
    learner.learn(50)
    began = time.perf_counter()
    assert len(learner.encode("abaab" * 8_000).ids) == learner.tokens[-1]
    assert time.perf_counter() - began < 5
