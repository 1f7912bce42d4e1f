"""Words by counting: the probabilities of all words, new ones spelled, sum to 1."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.tokenizers.wording import Wording
from llm_widgets.training import NGramModel, WordCounts, WordNGrams
from llm_widgets.training.spelling import Spelling

TEXT = "the cat sat. the cat ran, and the rat sat on the mat. " * 3 + "a bat!"


def test_all_spellings_sum_to_one():
    wording = Wording("en")
    spelling = Spelling(["a", "ab", "ba", "abba", "bab"], wording)
    others = wording.other_letters("ab")
    total, before = 0.0, 0.0
    for length in range(1, 10):
        words = ["".join(letters) for letters in itertools.product("abz", repeat=length)]
        # "z" stands for all letters that no word had: each of them is as likely.
        total += sum(
            2.0**log * others ** word.count("z")
            for word, log in zip(words, spelling.log2_probabilities(words), strict=True)
        )
        assert before < total < 1 + 1e-9
        before = total
    assert total > 0.98
    known = sum(2.0 ** spelling.log2_probability(word) for word in ("a", "ab", "ba", "abba", "bab"))
    assert spelling.known == pytest.approx(known)
    # Of new words alone: what is left is shared out.
    assert spelling.new_log2_probability("bb") == pytest.approx(spelling.log2_probability("bb") - math.log2(1 - known))
    assert spelling.log2_probability("é" * 500) < -5000


def test_new_chinese_characters_are_equally_likely():
    counts = WordCounts("春眠不觉晓，处处闻啼鸟。\n", "zh")
    trigram = WordNGrams(counts, 3)
    new = trigram.probabilities("春")[-1]
    assert trigram.probability("龙", "春") == pytest.approx(new / counts.wording.other_letters(counts.words))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_probabilities_are_those_of_the_grams_given_that_a_word_comes(order):
    counts = WordCounts(TEXT, "en")
    model = WordNGrams(counts, order)
    plain = NGramModel.fit(counts.ids, order=order, vocabulary_size=counts.size, rest=counts.new_id)
    for before in ("", "the ", "the cat ", "sat on the ", "A dog! the ", "? "):
        p = model.probabilities(before)
        ids = [piece.event for piece in counts.wording.pieces(before)]
        every = plain.next_probabilities(counts.numbers(counts.wording.pieces(before)))
        assert every.sum() == pytest.approx(1)
        words = every[: len(counts.words) + 1]
        np.testing.assert_allclose(p, words / words.sum())
        assert p.sum() == pytest.approx(1), ids
        for word in ("cat", "mat"):
            assert model.probability(word, before) == pytest.approx(p[counts.words.index(word)])
        new = model.probability("dog", before)
        assert new == pytest.approx(p[-1] * 2 ** counts.spelling.new_log2_probability("dog"))
        assert 0 < new < p[-1]


def test_what_discounts_leave_is_for_new_words():
    ids = np.array([0, 1, 0, 2, 0, 1, 3, 0])
    model = NGramModel.fit(ids, order=1, vocabulary_size=5, rest=4)
    counts = np.bincount(ids, minlength=5)[:4]
    taken = np.array([0.0, *model.discounts[0]])[np.minimum(counts, 3)]
    np.testing.assert_allclose(model.next_probabilities(np.array([])), [*(counts - taken) / 8, taken.sum() / 8])
    with pytest.raises(ValueError, match="Received"):
        NGramModel.fit(ids, order=1, vocabulary_size=5, rest=5)


def test_the_trigram_reads_two_words_or_marks_and_the_unigram_none():
    counts = WordCounts(TEXT, "en")
    one, three = WordNGrams(counts, 1), WordNGrams(counts, 3)
    assert three.top("Then THE cat ", 1)[0][0] in ("sat", "ran")
    np.testing.assert_array_equal(three.probabilities("dog the cat "), three.probabilities("<b>…the cat "))
    np.testing.assert_array_equal(one.probabilities("the "), one.probabilities("mat. "))
    assert three.probabilities("the. cat").tolist() != three.probabilities("the cat").tolist()


def test_odd_texts():
    with pytest.raises(ValueError, match="no word"):
        WordCounts("!!! ...", "en")
    with pytest.raises(ValueError, match="no word"):
        WordCounts("only English", "zh")
    odd = WordNGrams(WordCounts("\ud800 a\0b مرحبا 😀 <i>a</i>", "en"), 3)
    assert odd.probabilities("\ud800" * 3).sum() == pytest.approx(1)


def test_the_trigram_foretells_alice_better_than_the_unigram():
    corpus = corpora.load("alice")
    counts = WordCounts(corpus.train, "en")
    pieces = [piece for piece in counts.wording.pieces(corpus.test) if piece.is_word][5:300:3]
    bits = {
        order: -np.mean([model.log2_probability(p.event, corpus.test[: p.start]) for p in pieces])
        for order, model in ((1, WordNGrams(counts, 1)), (3, WordNGrams(counts, 3)))
    }
    assert 7.5 < bits[3] < bits[1] - 0.5 < 11
