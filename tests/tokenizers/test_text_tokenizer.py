"""Tokenizers of models that write: every text comes back, no text makes a special token, the library agrees."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.corpora import load
from llm_widgets.tokenizers import TEXT_UNITS, TextTokenizer
from llm_widgets.tokenizers.byte_pieces import alphabet
from llm_widgets.tokenizers.text_tokenizer import SPECIALS

BOOK, POEMS = load("alice").train[:30_000], load("tang").train[:20_000]
SIZES = {"characters": None, "bytes": None, "bpe": 700}
TRAINED = {(unit, text[:1]): TextTokenizer.train(text, unit=unit, vocabulary_size=SIZES[unit])
           for unit in TEXT_UNITS for text in (BOOK, POEMS)}  # fmt: skip
LOSSLESS = [tokenizer for (unit, _), tokenizer in TRAINED.items() if unit != "characters"]
CHARACTERS = [tokenizer for (unit, _), tokenizer in TRAINED.items() if unit == "characters"]
SIGNS = st.characters(exclude_categories=()) | st.sampled_from("\ud800\udfff\ufffd\x00\u200d\ufe0f 的ÿ\U0010ffff\r\n")
any_tokenizer = st.sampled_from(list(TRAINED.values()))
any_text = st.text(SIGNS) | st.sampled_from(
    [BOOK[:500], POEMS[:500], "".join(SPECIALS), "[MASK] [PAD]", "\r\n \t\n\n a"]
)


def readable(text: str) -> str:
    """Half of a surrogate pair is no character: nobody can write it to a file."""
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)


@given(st.sampled_from(LOSSLESS), any_text)
def test_bytes_and_bpe_give_back_every_text(tokenizer: TextTokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids) == readable(text)
    assert all(tokenizer.encode(text).known)


@given(st.sampled_from(CHARACTERS), any_text)
def test_characters_give_back_what_they_know_and_a_sign_for_the_rest(tokenizer: TextTokenizer, text: str) -> None:
    known = set(tokenizer.vocabulary[TextTokenizer.FIRST_ID :])
    assert tokenizer.decode(tokenizer.ids(text)) == "".join(sign if sign in known else "\ufffd" for sign in text)
    assert tokenizer.encode(text).known == tuple(sign in known for sign in text)


@given(any_tokenizer, any_text)
def test_no_text_makes_a_special_token(tokenizer: TextTokenizer, text: str) -> None:
    ids = tokenizer.ids(text)
    assert ids.dtype == np.int32
    assert not set(ids.tolist()) & set(tokenizer.special_ids)
    assert all(number < tokenizer.vocabulary_size for number in ids)
    assert tokenizer.encode(text).ids == tuple(ids)


@given(any_tokenizer, any_text)
def test_offsets_cover_the_text_in_order_and_hold_their_tokens(tokenizer: TextTokenizer, text: str) -> None:
    encoding = tokenizer.encode(text)
    place = 0
    for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
        assert 0 <= start <= place
        assert start < end <= len(text)
        assert end >= place
        assert token == readable(text[start:end]) or token.startswith("<") or token == text[start:end]
        place = end
    assert place == len(text)


@given(any_tokenizer, any_text)
def test_saved_and_read_again_it_is_the_same(tokenizer: TextTokenizer, text: str) -> None:
    again = TextTokenizer.from_json(tokenizer.to_json())
    assert again == tokenizer
    assert hash(again) == hash(tokenizer)
    assert again.encode(text) == tokenizer.encode(text)
    assert (again.vocabulary, again.merges) == (tokenizer.vocabulary, tokenizer.merges)


@pytest.mark.parametrize("text", [BOOK, POEMS])
def test_merges_ids_and_tokens_are_the_librarys(text: str) -> None:
    from tokenizers import ByteLevelBPETokenizer

    library = ByteLevelBPETokenizer()
    library.train_from_iterator([text], vocab_size=700 - len(SPECIALS), min_frequency=2, show_progress=False)
    pairs = json.loads(library.to_str())["model"]["merges"]
    tokenizer = TRAINED["bpe", text[:1]]
    assert json.loads(tokenizer.to_json())["pieces"] == pairs
    encoding, expected = tokenizer.encode(text[:5_000]), library.encode(text[:5_000])
    assert [number - TextTokenizer.FIRST_ID for number in encoding.ids] == expected.ids
    assert list(encoding.offsets) == expected.offsets
    assert len(encoding) < len(text[:5_000].encode())


def test_merges_can_be_read() -> None:
    assert {(" ", "t"), ("h", "e"), (" ", "a"), (" t", "he")} <= set(TRAINED["bpe", BOOK[:1]].merges)
    assert ("<E4>", "<B8>") in TRAINED["bpe", POEMS[:1]].merges
    assert TRAINED["bytes", BOOK[:1]].merges == ()
    assert len(set(alphabet())) == 256


def test_bytes_are_those_of_utf8() -> None:
    text = "aé的🤗\n"
    encoding = TextTokenizer.train("", unit="bytes").encode(text)
    assert bytes(number - TextTokenizer.FIRST_ID for number in encoding.ids) == text.encode()
    assert [start for start, _ in encoding.offsets] == [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4]


def test_characters_are_ordered_by_frequency_and_limited_by_size() -> None:
    counts = Counter(BOOK)
    ranked = sorted(counts, key=lambda sign: (-counts[sign], sign))
    tokenizer = TRAINED["characters", BOOK[:1]]
    assert tokenizer.vocabulary == (*SPECIALS, *ranked)
    small = TextTokenizer.train(BOOK, vocabulary_size=46)
    assert small.vocabulary == (*SPECIALS, *ranked[:10])
    assert set(small.decode(small.ids(BOOK))) == {*ranked[:10], "\ufffd"}


def test_special_ids_are_the_same_in_every_tokenizer() -> None:
    for tokenizer in TRAINED.values():
        assert tokenizer.vocabulary[: TextTokenizer.FIRST_ID] == SPECIALS
        specials = [tokenizer.PAD_ID, tokenizer.UNKNOWN_ID, tokenizer.MASK_ID, tokenizer.END_ID]
        assert [*specials, *tokenizer.SENTINEL_IDS] == list(range(TextTokenizer.FIRST_ID))
    assert TRAINED["characters", BOOK[:1]].special_ids == (0, *range(2, 36))
    assert TRAINED["bpe", BOOK[:1]].special_ids == tuple(range(36))


def test_special_tokens_are_shown_or_left_out() -> None:
    tokenizer = TRAINED["bpe", BOOK[:1]]
    ids = [0, *tokenizer.ids("a "), 2, 1, 4, *tokenizer.ids("é")[:1], 35, 3, 0]
    assert tokenizer.decode(ids) == "a [MASK]\ufffd[SPAN0]\ufffd[SPAN31]"


def test_an_unknown_character_costs_the_choice_among_all_others() -> None:
    tokenizer = TextTokenizer.train("abc")
    assert 2**tokenizer.unknown_bits == pytest.approx(1_114_112 - 2_048 - 3)
    assert all(tokenizer.unknown_bits == 0 for tokenizer in LOSSLESS)


def test_training_twice_gives_the_same_and_a_whole_book_is_quick() -> None:
    import time

    began = time.perf_counter()
    text = load("alice").train
    once = TextTokenizer.train(text, unit="bpe")
    assert len(once.ids(text)) < len(text) / 2
    assert time.perf_counter() - began < 5  # 0.2 s on a quiet machine
    assert once == TextTokenizer.train(text, unit="bpe")
    assert once.vocabulary_size == 1_000


def test_nothing_to_learn_from() -> None:
    assert TextTokenizer.train("").vocabulary == SPECIALS
    assert TextTokenizer.train("").encode("a\ud800").ids == (1, 1)
    assert TextTokenizer.train("", unit="bpe").vocabulary_size == 292
    for unit in TEXT_UNITS:
        assert TextTokenizer.train("", unit=unit).ids("").shape == (0,)
        assert len(TextTokenizer.train("", unit=unit).encode("")) == 0


@pytest.mark.parametrize(
    ("unit", "size"),
    [("bpe", 291), ("bpe", 100_001), ("bytes", 300), ("characters", 35), ("bpe", 300.5), ("bpe", True)],
)
def test_a_size_that_does_not_fit_is_refused(unit: str, size: int) -> None:
    with pytest.raises(ValueError, match=rf"{unit} has between .*vocabulary_size={size}"):
        TextTokenizer.train("a", unit=unit, vocabulary_size=size)


def test_wrong_use_is_refused_with_words() -> None:
    tokenizer = TRAINED["bytes", BOOK[:1]]
    with pytest.raises(ValueError, match="unit='words'"):
        TextTokenizer.train("a", unit="words")
    with pytest.raises(TypeError, match="Received: 3"):
        tokenizer.encode(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1000001"):
        tokenizer.ids("a" * 1_000_001)
    with pytest.raises(ValueError, match=r"0 to 291.*292"):
        tokenizer.decode([292])


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", "not json"])
def test_what_is_no_saved_tokenizer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="saved tokenizer"):
        TextTokenizer.from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "words"},
        {"unit": None},
        {"pieces": None},
        {"pieces": [["a"]]},
        {"pieces": [["ab", "c"]]},
        {"pieces": [["a", "的"]]},
        {"unit": "characters", "pieces": "aa"},
        {"unit": "characters", "pieces": ["ab"]},
        {"unit": "bytes"},
        {"format": "other"},
    ],
)
def test_a_damaged_saved_tokenizer_is_refused(change: dict[str, object]) -> None:
    data = json.loads(TRAINED["bpe", BOOK[:1]].to_json()) | change
    with pytest.raises(ValueError, match="Received"):
        TextTokenizer.from_json(json.dumps(data))
