"""One text in every way: counts are those of the tokenizers, what comes back is told exactly, UTF-8 is Python's."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.corpora import load
from llm_widgets.tokenizers import TextTokenizer, Tokenizer, chunks, compare, preprocess, same_after, utf8
from llm_widgets.tokenizers.comparison import WAYS, Comparison
from llm_widgets.tokenizers.preprocessing import merged
from llm_widgets.tokenizers.tally import tally
from llm_widgets.tokenizers.vocabularies import bpe, language_of, sample

SIGNS = st.characters(exclude_categories=()) | st.sampled_from(
    "\ud800\udfff\ufffd\x00\x1c\x85\u200d\ufe0f\u3000 ’'İΣß的，。！“\u0600\u06dd\u0301\r\n\tUSus"
)
PIECES = st.sampled_from(
    [
        *("US", "us", "don't ", "don’t", "'s", "rock'n'roll", "it's中", "3.5", "  "),
        *(" ，", "，。", "床前明月光，", "不好！", "一", "下雨天\n"),
        *("\u0600 ", "\u0600中", "👨\u200d👩\u200d👧", "e\u0301"),
    ]
)
any_text = st.text(SIGNS, max_size=40) | st.lists(PIECES | st.text(SIGNS, max_size=4), max_size=20).map("".join)
language = st.sampled_from(["en", "zh"])
BOOK, POEMS = load("alice").test[:20_000], load("tang").test[:20_000]


@settings(max_examples=150, deadline=None)
@given(any_text, language, st.sampled_from(WAYS), st.booleans(), st.booleans())
def test_what_is_counted_and_comes_back_is_what_the_tokenizer_itself_says(
    text: str, language: str, way: str, lowercase: bool, punctuation: bool
) -> None:
    comparison = Comparison(text, language=language, bpe_size=700, lowercase=lowercase, punctuation=punctuation)
    found, tokenizer, prepared = comparison[way], comparison.tokenizer(way), comparison.prepared.text
    encoding = tokenizer.encode(prepared)
    assert found.count == len(encoding)
    assert found.restored == tokenizer.decode(encoding.ids)
    assert (found.first.ids, found.first.tokens) == (encoding.ids, encoding.tokens)
    assert found.unknown == Counter(
        token for token, known in zip(encoding.tokens, encoding.known, strict=True) if not known
    )
    assert "".join(part.original for part in found.parts) == text
    assert "".join(part.back for part in found.parts) == found.restored
    assert found.lossless == (found.restored == text)
    assert found.lossless == (not found.lost), found.lost
    kinds = Counter(part.lost for part in found.parts if part.lost)
    assert kinds["unknown"] == found.lost.get("unknown", 0)
    if punctuation:  # a removed sign may part one gap in two
        assert kinds["spaces"] == found.lost.get("spaces", 0)
        if way in ("bytes", "bpe") and not lowercase:
            assert found.restored == "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    place = 0
    for start, end in found.first.offsets:
        assert 0 <= start < end <= len(text)
        assert end >= place
        place = end


@pytest.mark.parametrize("text", [BOOK, POEMS, BOOK[:9000] + POEMS[:9000]])
@pytest.mark.parametrize("way", WAYS)
def test_long_texts_are_counted_as_the_whole_and_show_its_beginning(text: str, way: str) -> None:
    comparison = Comparison(text, bpe_size=3_000)
    found, tokenizer = comparison[way], comparison.tokenizer(way)
    encoding = tokenizer.encode(text)
    assert (found.count, found.restored) == (len(encoding), tokenizer.decode(encoding.ids))
    assert found.lost.get("unknown", 0) == encoding.known.count(False)
    shown = len(found.first)
    assert found.first.ids == encoding.ids[:shown]
    assert found.first.offsets == encoding.offsets[:shown]
    assert chunks.SHOWN <= len(comparison.beginning) < chunks.SHOWN + 100
    assert "".join(part.original for part in found.parts) == comparison.beginning
    assert found.characters_per_token == len(text) / len(encoding)


@given(any_text)
def test_chunks_are_the_text(text: str) -> None:
    assert "".join(chunks.clauses(text)) == text
    gaps, blocks = chunks.gaps(text), chunks.blocks(text)
    assert "".join(gap + block for gap, block in zip(gaps, [*blocks, ""], strict=True)) == text
    assert text.startswith(chunks.beginning(text, 5))
    assert len(chunks.beginning(text, 5)) <= 10


@given(any_text, st.booleans(), st.booleans())
def test_preprocessing_knows_where_everything_was(text: str, lowercase: bool, punctuation: bool) -> None:
    found = preprocess(text, lowercase=lowercase, punctuation=punctuation)
    again = preprocess(found.text, lowercase=lowercase, punctuation=punctuation)
    assert again.text == found.text
    for place, sign in enumerate(found.text):
        start, end = found.span(place, place + 1)
        assert end == start + 1
        whole = text[start].lower() if lowercase else text[start]
        assert whole.startswith(sign) or sign == "\ufffd"
    assert found.punctuation + len(found.text) == len(text)


def test_preprocessing_removes_what_keras_removes() -> None:
    import re

    keras = r'[!"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']'  # keras.layers.TextVectorization, lower_and_strip_punctuation
    text = BOOK[:3000].encode("ascii", "ignore").decode() + "".join(map(chr, range(32, 127)))
    assert preprocess(text, lowercase=True, punctuation=False).text == re.sub(keras, "", text.lower())
    assert preprocess("“不好！”……《书》", punctuation=False).text == "不好书"


def test_different_texts_become_the_same() -> None:
    assert same_after("US", "us", lowercase=True)
    assert not same_after("US", "us", punctuation=False)
    assert same_after("Let's eat, Grandma", "Let's eat Grandma", punctuation=False)
    assert same_after("下雨天，留客天，留我不？留！", "下雨天留客，天留我不留。", punctuation=False)
    assert not same_after("same", "same", lowercase=True)
    assert merged(["US", "us", "We", "us", "we", "cat"], lowercase=True) == [("US", "us"), ("We", "we")]
    words = list(compare("我不，要！", punctuation=False)["segments"].first.tokens)
    assert words == ["我", "不要"]  # removing one sign turns "not I; want!" into "I do not want"


@given(st.characters(exclude_categories=["Cs"]))
def test_utf8_is_that_of_pythons_codec(sign: str) -> None:
    found = utf8(sign)
    assert bytes(byte.value for byte in found.data) == sign.encode("utf-8")
    assert int("".join(byte.payload for byte in found.data), 2) == ord(sign)
    assert all(f"{byte.value:08b}" == byte.pattern + byte.payload for byte in found.data)
    assert len(chr(found.first).encode()) == len(chr(found.last).encode()) == len(found.data)
    assert found.first <= ord(sign) <= found.last


@pytest.mark.parametrize("text", ["", "ab", "\ud800"])
def test_what_is_no_character_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Received"):
        utf8(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_smaller_bpe_has_the_merges_that_the_library_would_learn(language: str) -> None:
    from tokenizers import ByteLevelBPETokenizer

    library = ByteLevelBPETokenizer()
    library.train_from_iterator([sample(language)], vocab_size=1_500 - 36, min_frequency=2, show_progress=False)
    tokenizer = bpe(language, 1_500)
    assert tokenizer.vocabulary_size == 1_500
    text = (BOOK if language == "en" else POEMS)[:5_000]
    assert [number - 36 for number in tokenizer.ids(text)] == library.encode(text).ids
    assert compare(text, language=language, bpe_size=1_500)["bpe"].count == len(library.encode(text))
    assert bpe(language, 292).merges == ()


def test_gpt2s_own_cutting_counts_the_same() -> None:
    """A byte-level tokenizer like GPT-2's, built from its published parts, from our merges."""
    from tokenizers import Regex, decoders, pre_tokenizers
    from tokenizers import Tokenizer as Library
    from tokenizers.models import BPE

    ours = bpe("en", 2_000)
    pieces = Library.from_str(ours._coder._library.to_str())  # type: ignore[attr-defined]
    published = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    library = Library(BPE(pieces.get_vocab(), ours._coder.merges))  # type: ignore[attr-defined]
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(published), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    library.decoder = decoders.ByteLevel()
    for text in (BOOK, POEMS, "don't  \n\t 3.5 , 。x\u3000y 🤗"):
        assert compare(text, language="en")["bpe"].count == len(library.encode(text))
        assert library.decode(library.encode(text).ids) == text


def test_tallies_of_other_tokenizers_count_too() -> None:
    clusters = Tokenizer.train(["a film 👍🏽"], unit="characters")
    assert tally(clusters, "a 👍🏽!").count == 3
    assert dict(tally(TextTokenizer.train("ab"), "abc").unknown) == {"c": 1}


def test_the_vocabulary_is_chosen_by_the_text() -> None:
    texts = ("", "A cat.", "一只猫。", "The word 猫 means cat", "我爱 machine learning")
    assert [language_of(text) for text in texts] == ["en", "en", "zh", "en", "both"]
    assert compare("cat 猫", language="zh")["characters"].vocabulary_size > 1_000
    assert Comparison("一只猫").language == "zh"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 1000000 characters"):
        compare("x" * 1_000_001)
    with pytest.raises(ValueError, match="between 292 and 8000"):
        compare("x", bpe_size=100)
    with pytest.raises(ValueError, match="auto, en, zh, both"):
        compare("x", language="fr")
    with pytest.raises(ValueError, match="words, segments"):
        Comparison("x")["letters"]
    with pytest.raises(TypeError):
        compare(b"x")  # type: ignore[arg-type]
    empty = compare("")
    assert [way.count for way in empty.values()] == [0] * 5
    assert all(way.lossless and way.characters_per_token is None for way in empty.values())


def test_a_megabyte_is_counted_in_a_second_or_so() -> None:
    """Ten times slower, as without chunks, would fail; figures come from `benchmarks`."""
    text = "".join(load("reviews", language="zh").test.texts)[:50_000] * 6
    comparison = Comparison(text, language="zh")
    for way in WAYS:
        comparison.tokenizer(way)
    began = time.process_time()
    seconds = sum(comparison[way].seconds for way in WAYS)
    assert seconds > 0
    assert time.process_time() - began < 5
