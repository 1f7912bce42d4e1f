"""Texts without blanks: cut as the library cuts, learned as it learns, in seconds, and nothing is lost."""

from __future__ import annotations

import json
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex
from tokenizers import Tokenizer as Library
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from tokenizers.trainers import BpeTrainer

from llm_widgets.corpora import load
from llm_widgets.tokenizers import BPELearner, TextTokenizer
from llm_widgets.tokenizers.bpe_words import DIGITS, LETTERS, LONGEST, SIGNS, SPACES, uncut, words_of
from llm_widgets.tokenizers.byte_pieces import alphabet
from llm_widgets.tokenizers.comparison import Comparison

# As GPT-2 cuts a text into words (published `encoder.py`), and what is longer into words of that length.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
cutter = ByteLevel(add_prefix_space=False)
some = random.Random(5)
HAN = "".join(re.findall("[\u4e00-\u9fa5]", load("tang").train))


def drawn(signs: str, length: int) -> str:
    return "".join(some.choices(signs, k=length))


TEXTS = {
    "one letter": lambda n: "a" * n,
    "letters": lambda n: drawn("abcdefgh", n),
    "digits": lambda n: drawn("0123456789", n),
    "base64": lambda n: drawn("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789+/", n),
    "Chinese": lambda n: (HAN * 12)[:n],
    "emoji": lambda n: drawn("😀😁🤣👍🏽", n),
    "apostrophes": lambda n: drawn("!'", n),
    "line ends": lambda n: "\n" * n,
}


def library_words(text: str) -> list[str]:
    return [text[start:end] for _, (start, end) in cutter.pre_tokenize_str(text)]


@pytest.mark.parametrize("kind", [LETTERS, DIGITS, SIGNS, SPACES])
def test_each_character_is_of_the_class_that_the_library_knows(kind):
    signs = "".join(sign for sign in map(chr, range(0x20000)) if re.match(f"[{kind}]", sign))
    assert library_words(signs.replace("'", "")) == [signs.replace("'", "")]
    probe = {LETTERS: "é", DIGITS: "٣", SIGNS: "€", SPACES: "\u2003"}[kind]
    assert library_words(probe + signs[-1] + probe) == [probe + signs[-1] + probe]


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs"])
        | st.sampled_from("aS'sdt  \n\t\r1２é的，。“…\u3000\xa0😀\x1c\u0301ªˢ²"),
        max_size=30,
    )
)
def test_any_text_is_cut_into_the_words_of_the_library(text):
    assert uncut(text) == library_words(text)
    assert words_of(text * 20) == [
        w[i : i + LONGEST] for w in library_words(text * 20) for i in range(0, len(w), LONGEST)
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_a_word_without_end_is_learned_as_the_library_learns_its_parts(name):
    text = TEXTS[name](3_000)
    library = Library(BPE())
    library.pre_tokenizer = Sequence(
        [
            Split(Regex(GPT2), "isolated"),
            Split(Regex(rf"(?m:.{{1,{LONGEST}}})"), "isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = BpeTrainer(
        vocab_size=256 + 60, min_frequency=2, initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    library.train_from_iterator([text], trainer)
    expected = [tuple(pair) for pair in json.loads(library.to_str())["model"]["merges"]]
    learner = BPELearner(text)
    learner.learn(len(expected))
    assert [tuple("".join(alphabet()[byte] for byte in piece) for piece in pair) for pair in learner.pairs] == expected
    assert learner.tokens[-1] == len(learner.encode(text).ids) == len(library.encode(text))
    tokenizer = TextTokenizer.train(text, unit="bpe", vocabulary_size=36 + 256 + 60)
    assert tokenizer.merges == learner.merges
    assert tokenizer.decode(tokenizer.ids(text).tolist()) == text


def test_it_takes_seconds():
    """Without a longest word, ten times as long for this text, and a thousand times for a megabyte."""
    text = TEXTS["Chinese"](40_000)
    comparison = Comparison(text)
    comparison.tokenizer("bpe")
    began = time.process_time()
    assert comparison["bpe"].lossless
    assert BPELearner(text).learn(60) == 60
    TextTokenizer.train(text, unit="bpe", vocabulary_size=2_000)
    assert time.process_time() - began < 4
