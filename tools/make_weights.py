"""Makes data/models: trains the small language models that come with the kit. `python -m tools.make_weights [NAME …]`

Each is trained by a `LanguageRun` as a learner would train it, on the training part alone. The validation part was
looked at while the recipes were chosen; the test part is measured once, at the end. On one machine with one version of
torch the same seed gives the same weights; elsewhere they differ in the last digits, and so do the figures of the card.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llm_widgets import corpora
from llm_widgets.corpora import TextCorpus
from llm_widgets.models import LanguageModel
from llm_widgets.models.shipped import SHIPPED, load_shipped
from llm_widgets.training import LanguageRun, RunState
from llm_widgets.training._next_token import bits
from llm_widgets.training.language_workbench import first_spec
from llm_widgets.training.text_baselines import text_baselines
from tools.weights_card import readme

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "data" / "models"
HELD_OUT = ("validation", "test")


@dataclass(frozen=True)
class Recipe:
    """How one model is made.

    Args:
        spec: what differs from the first spec of the lab. run: settings of the run. prompts: of the card's samples.
    """

    spec: dict[str, Any]
    run: dict[str, Any]
    prompts: tuple[str, ...]


RECIPES = {
    "alice": Recipe(
        {"d_model": 96, "num_layers": 3, "max_length": 128, "dropout": 0.1},
        {"learning_rate": 4e-3, "batch_size": 16, "epochs": 30, "schedule": "cosine", "seed": 0},
        ("Alice ", "`Why, "),
    ),
    "tang": Recipe(
        {"d_model": 128, "num_layers": 4, "max_length": 32, "dropout": 0.15},
        {"learning_rate": 3e-3, "batch_size": 64, "epochs": 8, "schedule": "cosine", "seed": 0},
        ("春", "明月"),
    ),
}


def make(name: str, target: Path, recipe: Recipe, corpus: TextCorpus) -> None:
    """Trains one model and writes its folder."""
    from safetensors.numpy import save

    spec = first_spec(corpus, "characters").replace(**recipe.spec)
    run = LanguageRun(spec, corpus, **recipe.run)
    run.start()
    epochs = 0
    while run.wait(5.0).active:
        if len(run.log.epochs) > epochs:
            epochs, last = len(run.log.epochs), run.log.epochs[-1]
            print(f"{name}: epoch {last.epoch}, {run.bits_per_character():.4f} bits a character", flush=True)
    if run.state is not RunState.FINISHED:
        raise SystemExit(f"The training came to no end. Received: {run.state}, {run.error}")
    target.mkdir(parents=True, exist_ok=True)
    files = {
        "weights.safetensors": save(run.call(halves)),
        "tokenizer.json": run.tokenizer.to_json().encode("utf-8"),
    }
    for file, data in files.items():
        (target / file).write_bytes(data)
    card: dict[str, Any] = {
        "name": name,
        "language": corpus.language,
        "made_by": "llm_widgets, tools/make_weights.py",
        "licence": "BSD-3-Clause",
        "spec": spec.to_text(),
        "parameters": spec.count_parameters(),
        "corpus": {
            "name": corpus.name,
            "title": dict(corpus.card.title),
            "fingerprint": corpus.fingerprint,
            "licence": corpus.card.licence,
            "source": corpus.card.source,
            "citation": corpus.card.citation,
        },
        "unit": run.unit,
        **{key: recipe.run[key] for key in ("seed", "learning_rate", "schedule", "batch_size", "epochs")},
        "steps": run.log.batch_count,
        "versions": {package: importlib.metadata.version(package) for package in ("keras", "torch", "numpy")},
        "sha256": {file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    }
    model = load_shipped(target, card)
    card["results"] = {split: results(run, model, split) for split in HELD_OUT}
    card["baselines"] = baselines(corpus, run)
    card["samples"] = [{"prompt": p, "text": p + run.write(p, 160, seed=0)} for p in recipe.prompts]
    (target / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (target / "README.md").write_text(readme(card), encoding="utf-8")
    (target / "LICENSE.txt").write_bytes((ROOT / "LICENSE").read_bytes())


def halves(model: Any) -> dict[str, Any]:
    """Every weight under GPT-2's names, in float16."""
    import keras

    from llm_widgets.models.weights.gpt2 import entries

    return {
        entry.names[0]: np.ascontiguousarray(keras.ops.convert_to_numpy(entry.variable.value), np.float16)
        for entry in entries(model)
    }


def results(run: LanguageRun, model: LanguageModel, split: str) -> dict[str, float]:
    """The weights as they were written, and what halving their digits cost, on a whole part."""
    judged = model.call(lambda built: run.task().measure(built, run.ids(split)))
    assert judged is not None
    whole = run.evaluate(split)
    loss, accuracy = judged
    return {
        "loss": round(loss, 4),
        "accuracy": round(accuracy, 4),
        "bits_per_character": round(whole["bits_per_character"] + bits(loss - whole["loss"]), 4),
        "lost_by_float16": round(loss - whole["loss"], 6),
    }


def baselines(corpus: TextCorpus, run: LanguageRun) -> dict[str, dict[str, float]]:
    """Bits a character of the n-grams that read the same tokens."""
    found: dict[str, dict[str, float]] = {split: {} for split in HELD_OUT}
    for one in text_baselines(corpus, run.tokenizer, wait=True):
        found[one.split][one.name] = round(one.bits_per_character, 4)
    return found


def main() -> None:
    """Makes all models, or those that are named."""
    for name in sys.argv[1:] or SHIPPED:
        corpus = corpora.load(name, language=None)
        assert isinstance(corpus, TextCorpus)
        make(name, TARGET / name, RECIPES[name], corpus)


if __name__ == "__main__":
    main()
