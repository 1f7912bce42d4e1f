"""Tokenizers: laws that hold for any text, and counts that agree with an outside reference."""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llm_widgets.corpora import load
from llm_widgets.tokenizers import UNITS, Tokenizer, default_unit
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY
from llm_widgets.tokenizers.tokenizer import PAD, UNKNOWN

TEXTS = {
    "words": load("reviews", language="en").train.texts[:500],
    "characters": load("reviews", language="zh").train.texts[:500],
    "segments": load("reviews", language="zh").train.texts[:500],
}
TRAINED = {unit: Tokenizer.train(texts, unit=unit, vocabulary_size=600) for unit, texts in TEXTS.items()}
ODD = [
    "",
    " \n\t\u3000",
    "\x00",
    "a\x00b",
    "👍🏽 👩‍👩‍👧‍👦 🇨🇳🇫🇷",
    "e\u0301te\u0301 ﬁne İstanbul ΣΑΣ straße",
    "‮right to left‬ עברית العربية",
    "房间很好Wi-Fi不错100%",
    "\ud83d",
    "x\udc00y",
    "“don’t”—it’s rock’n’roll's '90s",
    "a" * 5000,
    "\u0301\u200d\ufe0f",
    "한국어 नमस्ते ไทย",
    "[PAD] [UNK]",
]
any_unit = st.sampled_from(UNITS)
any_text = st.text() | st.sampled_from(ODD) | st.sampled_from(sum(TEXTS.values(), ()))


@given(any_unit, any_text)
def test_offsets_rebuild_the_tokens_and_leave_out_only_white_space(unit: str, text: str) -> None:
    encoding = TRAINED[unit].encode(text)
    assert len(encoding.ids) == len(encoding.tokens) == len(encoding.known) == len(encoding.offsets)
    assert encoding.tokens == tuple(text[start:end] for start, end in encoding.offsets)
    place = 0
    for start, end in encoding.offsets:
        assert place <= start < end
        assert not text[place:start].strip()
        place = end
    assert not text[place:].strip()


@given(any_unit, any_text, st.integers(2, 700))
def test_ids_are_below_the_vocabulary_size_and_known_where_they_are_in_it(unit: str, text: str, size: int) -> None:
    tokenizer = TRAINED[unit].with_vocabulary_size(size)
    encoding = tokenizer.encode(text)
    vocabulary = tokenizer.vocabulary
    assert len(vocabulary) <= size
    for number, token, known in zip(encoding.ids, encoding.tokens, encoding.known, strict=True):
        assert 0 < number < max(2, len(vocabulary))
        assert known == (number != Tokenizer.UNKNOWN_ID)
        if known:
            assert vocabulary[number].casefold() == token.replace("’", "'").casefold()


@given(any_unit, any_text)
def test_dragging_the_size_only_hides_ids(unit: str, text: str) -> None:
    whole = TRAINED[unit].with_vocabulary_size(MAX_VOCABULARY)
    ids = whole.encode(text).ids
    for size in (2, 10, 600):
        expected = tuple(number if number < size else 1 for number in ids)
        assert whole.with_vocabulary_size(size).encode(text).ids == expected


@given(any_unit, st.lists(any_text, max_size=5), st.integers(1, 60))
def test_a_batch_is_each_text_cut_or_padded(unit: str, texts: list[str], length: int) -> None:
    tokenizer = TRAINED[unit]
    batch = tokenizer.encode_batch(texts, length)
    assert batch.shape == (len(texts), length)
    assert batch.dtype == np.int32
    for row, text in zip(batch, texts, strict=True):
        ids = tokenizer.encode(text).ids[:length]
        assert row.tolist() == [*ids, *[Tokenizer.PAD_ID] * (length - len(ids))]


@given(st.sampled_from(["words", "characters"]), st.lists(st.integers(2, 599), max_size=30))
def test_decoding_known_ids_and_encoding_again_gives_them_back(unit: str, ids: list[int]) -> None:
    tokenizer = TRAINED[unit]
    ids = [number for number in ids if number < len(tokenizer.vocabulary)]
    text = tokenizer.decode(ids)
    # A lone mark joins the character before it, so such a pair is no longer two pieces.
    assume(unit == "words" or "\ufe0f" not in text)
    assert tokenizer.encode(text).ids == tuple(ids)


@pytest.mark.parametrize("unit", UNITS)
def test_reviews_come_back_from_their_ids(unit: str) -> None:
    tokenizer = TRAINED[unit].with_vocabulary_size(MAX_VOCABULARY)
    joined = "" if unit != "words" else " "
    for text in TEXTS[unit]:
        encoding = tokenizer.encode(text)
        assert all(encoding.known)
        assert tokenizer.decode(encoding.ids) == joined.join(encoding.tokens).replace("’", "'").lower()
        if unit != "words":
            assert tokenizer.decode(encoding.ids) == "".join(text.split()).replace("’", "'").lower()


@pytest.mark.parametrize("unit", UNITS)
def test_the_order_is_that_of_a_counter_with_ties_by_text(unit: str) -> None:
    tokenizer = TRAINED[unit]
    counts = Counter(token.replace("’", "'").lower() for text in TEXTS[unit] for token in tokenizer.encode(text).tokens)
    ranked = sorted(counts, key=lambda piece: (-counts[piece], piece))
    assert tokenizer.with_vocabulary_size(MAX_VOCABULARY).vocabulary == (PAD, UNKNOWN, *ranked)
    assert tokenizer.vocabulary == (PAD, UNKNOWN, *ranked)[:600]
    assert tokenizer.pieces_seen == len(counts) + 2


def test_english_words_against_a_plain_regular_expression() -> None:
    """On plain English, words are runs of letters with inner apostrophes, less the possessive."""
    tokenizer = TRAINED["words"]
    for text in TEXTS["words"]:
        if re.fullmatch(r"[A-Za-z ,.]+", text):
            assert list(tokenizer.encode(text).tokens) == re.findall(r"[A-Za-z]+|[,.]", text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I don't; it's Bob's!", ["I", "don't", ";", "it", "'s", "Bob", "'s", "!"]),
        ("rock'n'roll isn’t 3.5 or 1,000", ["rock'n'roll", "isn’t", "3.5", "or", "1,000"]),
        ("'quoted' well-made", ["'", "quoted", "'", "well", "-", "made"]),
        ("它的Wi是5G网", ["它", "的", "Wi", "是", "5", "G", "网"]),
        ("👍🏽👩‍👩‍👧e\u0301", ["👍🏽", "👩‍👩‍👧", "e\u0301"]),
    ],
)
def test_words_as_a_reader_parts_them(text: str, tokens: list[str]) -> None:
    assert list(Tokenizer.train([]).encode(text).tokens) == tokens


def test_characters_are_what_a_reader_sees() -> None:
    tokens = Tokenizer.train([], unit="characters").encode("很 好e\u0301👩‍👩‍👧!").tokens
    assert tokens == ("很", "好", "e\u0301", "👩‍👩‍👧", "!")


def test_segments_are_those_of_the_segmenter() -> None:
    import rjieba

    for text in TEXTS["segments"][:100]:
        expected = [word for word in rjieba.cut(text) if word.strip()]
        assert list(TRAINED["segments"].encode(text).tokens) == expected


def test_without_the_segmenter_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rjieba", None)
    with pytest.raises(ImportError, match=r"pip install rjieba.*characters"):
        Tokenizer.train(["很好"], unit="segments")
    Tokenizer.train(["很好"], unit="characters")


def test_case_counts_only_where_asked() -> None:
    assert Tokenizer.train(["Good good"]).vocabulary[2:] == ("good",)
    cased = Tokenizer.train(["Good good Good"], lowercase=False)
    assert cased.vocabulary[2:] == ("Good", "good")
    assert cased.encode("GOOD").known == (False,)
    assert Tokenizer.from_json(cased.to_json()) == cased


@given(any_unit, any_text, st.integers(2, 700))
def test_saved_and_read_again_it_is_the_same(unit: str, text: str, size: int) -> None:
    tokenizer = TRAINED[unit].with_vocabulary_size(size)
    again = Tokenizer.from_json(tokenizer.to_json())
    assert again == tokenizer
    assert hash(again) == hash(tokenizer)
    assert again.encode(text) == tokenizer.encode(text)
    assert again.with_vocabulary_size(MAX_VOCABULARY).vocabulary == tokenizer._pieces


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", '{"format": "other"}', "not json"])
def test_what_is_no_saved_tokenizer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="saved tokenizer"):
        Tokenizer.from_json(text)


@pytest.mark.parametrize(
    "change", [{"pieces": ["a", "a"]}, {"pieces": 3}, {"unit": "bytes"}, {"vocabulary_size": 1}, {"unit": None}]
)
def test_a_damaged_saved_tokenizer_is_refused(change: dict[str, object]) -> None:
    data = json.loads(TRAINED["words"].to_json()) | change
    with pytest.raises(ValueError, match="Received"):
        Tokenizer.from_json(json.dumps(data))


@pytest.mark.parametrize("size", [1, 0, -5, MAX_VOCABULARY + 1, 2.5, True])
def test_a_size_out_of_range_is_refused(size: int) -> None:
    for make in (TRAINED["words"].with_vocabulary_size, lambda n: Tokenizer.train(["a"], vocabulary_size=n)):
        with pytest.raises(ValueError, match="vocabulary_size="):
            make(size)


def test_wrong_use_is_refused_with_words() -> None:
    tokenizer = TRAINED["words"]
    with pytest.raises(ValueError, match="length=0"):
        tokenizer.encode_batch(["a"], 0)
    with pytest.raises(TypeError, match="list of texts"):
        tokenizer.encode_batch("a text", 5)
    with pytest.raises(TypeError, match="Received: 3"):
        tokenizer.encode(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1000001"):
        tokenizer.encode("a" * 1_000_001)
    with pytest.raises(ValueError, match=r"0 to 599.*600"):
        tokenizer.decode([600])
    with pytest.raises(ValueError, match="-1"):
        tokenizer.decode([-1])
    with pytest.raises(ValueError, match="unit='bytes'"):
        Tokenizer.train(["a"], unit="bytes")


def test_nothing_to_learn_from() -> None:
    empty = Tokenizer.train([])
    assert empty.vocabulary == (PAD, UNKNOWN)
    assert empty.encode("a b").ids == (1, 1)
    assert empty.encode_batch([], 4).shape == (0, 4)
    assert empty.decode([0, 1, 0]) == UNKNOWN


def test_special_names_in_a_text_are_no_special_pieces() -> None:
    tokenizer = Tokenizer.train(["[PAD] and [UNK]"])
    assert tokenizer.encode("[PAD]").tokens == ("[", "PAD", "]")
    assert Tokenizer.PAD_ID not in tokenizer.encode("[PAD] [UNK]").ids


def test_what_nobody_can_read_is_never_learned() -> None:
    tokenizer = Tokenizer.train(["\ufffd \ufffd a \ufffd"])
    assert tokenizer.vocabulary == (PAD, UNKNOWN, "a")
    assert tokenizer.encode("\ufffd a").known == (False, True)


@pytest.mark.parametrize(("language", "unit"), [("en", "words"), ("zh", "characters"), ("zh-Hans", "characters")])
def test_each_language_has_its_unit(language: str, unit: str) -> None:
    assert default_unit(language) == unit


def test_more_texts_than_the_library_is_given_at_a_time() -> None:
    texts = [f"good film {i}" * (1 + i % 2) for i in range(700)]
    tokenizer = TRAINED["words"]
    batch = tokenizer.encode_batch(texts, 4)
    for i in (0, 255, 256, 511, 512, 699):
        ids = tokenizer.encode(texts[i]).ids[:4]
        assert batch[i].tolist() == [*ids, *[Tokenizer.PAD_ID] * (4 - len(ids))]
