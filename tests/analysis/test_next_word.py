"""Words from a model of characters: against all strings, spelled out with `transformers`, and against a window."""

from __future__ import annotations

import itertools
import unicodedata
from collections import defaultdict

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from llm_widgets import corpora
from llm_widgets.analysis import WordReader, compare_next_word
from llm_widgets.models import GPTSpec, LlamaSpec, load_state
from llm_widgets.models.language_model import LanguageModel
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.tokenizers.wording import Wording
from tests.models.transformers.reference import randomized, state_of

LENGTH = 8
TOKENIZER = TextTokenizer.train("aA b'!" * 3)
BEFORE = "!ab'A b "


@pytest.fixture(scope="module")
def both():
    """The same weights in our blocks and in GPT-2's own."""
    sizes = {"vocabulary_size": TOKENIZER.vocabulary_size, "d_model": 16, "num_layers": 2, "num_heads": 4}
    config = GPT2Config(
        vocab_size=TOKENIZER.vocabulary_size, n_embd=16, n_layer=2, n_head=4, n_positions=LENGTH,
        bos_token_id=3, eos_token_id=3,
    )  # fmt: skip
    theirs = randomized(GPT2LMHeadModel(config))
    model = GPTSpec(**sizes, max_length=LENGTH).build()
    load_state(model, state_of(theirs))
    return LanguageModel("tiny", model, TOKENIZER), theirs


def chances(theirs, texts):
    """Probabilities of the next sign after each text by transformers, of signs that a text can contain."""
    with torch.no_grad():
        logits = theirs(torch.tensor(np.array(texts), dtype=torch.long)).logits[:, -1].double()
    logits[:, list(TOKENIZER.special_ids)] = -torch.inf
    return torch.softmax(logits, -1).numpy()


def share_of_letters():
    """Of all signs that the tokenizer lacks, how many are letters."""
    letters = sum(chr(n).isalnum() or unicodedata.category(chr(n))[0] == "M" for n in range(0x110000)) - len("aAb")
    return letters / (0x110000 - 2048 - len("aA b'!"))


def brute_force(theirs, before, length):
    """The probability of each first word of all strings of this length, given that a letter comes first."""
    words = defaultdict(float)
    # Two signs that the tokenizer lacks stand for all of them: a letter and a mark.
    shares = dict.fromkeys("aA b'!", 1.0) | {"é": share_of_letters(), "?": 1 - share_of_letters()}
    context = TOKENIZER.ids(before[-LENGTH // 2 :]).tolist()
    strings = {"": 1.0}
    for _ in range(length):
        texts = [context + TOKENIZER.ids(string).tolist() for string in strings]
        after = chances(theirs, texts)
        strings = {
            string + sign: p * row[TOKENIZER.ids(sign)[0]] * share
            for (string, p), row in zip(strings.items(), after, strict=True)
            for sign, share in shares.items()
        }
    wording, total = Wording("en"), 0.0
    for string, p in strings.items():
        if not string[0].isalpha():
            continue
        total += p
        first = wording.pieces(string)[0]
        seen = string[first.end :]
        if seen and seen != "'":  # its end is within the string
            words[first.event] += p
    return {word: p / total for word, p in words.items()}


def test_words_are_as_likely_as_all_strings_that_begin_with_them(both):
    ours, theirs = both
    found = brute_force(theirs, BEFORE, 5)
    reader = WordReader(ours, "en")
    # Of these every end is seen within five signs: the word, an apostrophe and one more.
    short = [word for word in ("a", "b", "ab", "ba", "aa", "bb", "a'b", "b'a", "aab", "bab", "bA") if word in found]
    assert len(short) == 11
    p = np.exp2(reader.log2_probabilities([BEFORE] * len(short), short))
    np.testing.assert_allclose(p, [found[word] for word in short], rtol=1e-4)
    assert sum(found.values()) < 1


def test_all_words_sum_to_one_at_most_and_the_search_finds_what_is_exact(both):
    ours, _ = both
    reader = WordReader(ours, "en")
    words = ["".join(w) for n in range(1, 5) for w in itertools.product("aAb'", repeat=n)]
    events = sorted({reader.wording.event(w) for w in words if w[0] != "'" and w[-1] != "'" and "''" not in w})
    p = np.exp2(reader.log2_probabilities([BEFORE] * len(events), events))
    assert 0.3 < p.sum() < 1
    found = reader.next_words(BEFORE, top=6, width=500)
    assert found.probabilities.sum() <= found.explored <= 1
    assert list(found.probabilities) == sorted(found.probabilities, reverse=True)
    exact = dict(zip(events, p, strict=True))
    for word, chance in zip(found.words, found.probabilities, strict=True):
        assert chance == pytest.approx(exact[word], rel=0.02)
        assert chance <= exact[word] * 1.0001


def test_long_words_are_read_through_a_sliding_window(both):
    ours, theirs = both
    word, before = "abbAabA", "b!"  # capitals in between: there is one way to write it
    signs, share = before + word, share_of_letters()
    rows = [chances(theirs, [TOKENIZER.ids(signs[max(0, n - LENGTH) : n])])[0] for n in range(2, len(signs) + 1)]
    number = {sign: TOKENIZER.ids(sign)[0] for sign in "aA b'!?"}
    begins = sum(rows[0][number[sign]] for sign in "aAb") + rows[0][number["?"]] * share
    p = np.prod([row[number[sign]] for row, sign in zip(rows, word, strict=False)]) / begins
    quote = chances(theirs, [TOKENIZER.ids((signs + "'")[-LENGTH:])])[0]
    stops = [number[" "], number["!"]]
    after_quote = quote[[*stops, number["'"]]].sum() + quote[number["?"]] * (1 - share)
    ends = rows[-1][stops].sum() + rows[-1][number["?"]] * (1 - share) + rows[-1][number["'"]] * after_quote
    found = WordReader(ours, "en").log2_probabilities([before], [word])[0]
    assert 2**found == pytest.approx(p * ends, rel=1e-4)


def test_chinese_characters_share_what_marks_leave():
    tokenizer = TextTokenizer.train("春眠不觉晓，处处闻啼鸟。\n" * 2)
    spec = LlamaSpec(vocabulary_size=tokenizer.vocabulary_size + 5, d_model=8, num_heads=2, max_length=8)
    reader = WordReader(LanguageModel("tiny", spec.build(seed=0), tokenizer), "zh")
    known = sorted(set("春眠不觉晓处处闻啼鸟"))
    p = np.exp2(reader.log2_probabilities(["春眠，"] * len(known), known))
    new = np.exp2(reader.log2_probabilities(["春眠，"], ["龙"])[0])
    assert p.sum() + new * reader.letters.unknown_letters == pytest.approx(1, rel=1e-4)
    found = reader.next_words("春眠，", top=20)
    assert dict(zip(found.words, found.probabilities, strict=True)) == pytest.approx(dict(zip(known, p, strict=True)))
    assert reader.log2_probabilities(["春"], ["春眠"])[0] == -np.inf


def test_odd_texts_and_models(both):
    ours, _ = both
    reader = WordReader(ours, "en")
    assert np.isfinite(reader.log2_probabilities(["", "\ud800", "<b>" * 5000], ["a", "b", "é" * 40])).all()
    assert -20_000 < reader.log2_probabilities(["a "], ["b" * 1_500])[0] < -1_500, "and not minus infinity"
    # Capital and small, both unknown: they are two ways to write it.
    two, one = reader.log2_probabilities(["a ", "a "], ["é", "ƛ"])
    assert two == pytest.approx(one + 1)
    with pytest.raises(ValueError, match="Received: 1 texts, 2 words"):
        reader.log2_probabilities(["a"], ["a", "b"])
    assert reader.log2_probabilities([], []).shape == (0,)
    pieces = TextTokenizer.train("a b", unit="bytes")
    spec = GPTSpec(vocabulary_size=pieces.vocabulary_size, d_model=8, num_heads=2, max_length=8)
    with pytest.raises(ValueError, match="reads characters"):
        WordReader(LanguageModel("bytes", spec.build(), pieces), "en")


def test_players_are_compared_on_the_same_held_out_words():
    scores = compare_next_word("tang", words=60)
    unigram, trigram, gpt = scores.scores
    assert (unigram.player, trigram.player, gpt.player) == ("unigram", "trigram", "gpt")
    assert gpt.bits < trigram.bits < unigram.bits
    assert gpt.perplexity == pytest.approx(2**gpt.bits)
    assert (scores.words, scores.new) == (60, scores.new)
    assert "60 words that were held out" in str(scores)
    own = corpora.text("The cat sat on the mat, and the dog sat on the log. " * 40)
    assert [score.player for score in compare_next_word(own).scores] == ["unigram", "trigram"]
    with pytest.raises(ValueError, match="running text"):
        compare_next_word("reviews")
    with pytest.raises(ValueError, match="Received: words=0"):
        compare_next_word(own, words=0)
    with pytest.raises(ValueError, match="20 words"):
        compare_next_word(corpora.text("a" * 1_200))
