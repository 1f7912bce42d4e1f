"""The page of a model that comes with the kit. Every number on it is from its card."""

from __future__ import annotations

from typing import Any


def readme(card: dict[str, Any]) -> str:
    """README.md of data/models/NAME."""
    corpus, results, grams = card["corpus"], card["results"], card["baselines"]
    rows = [f"| {name} | {grams['validation'][name]:.3f} | {grams['test'][name]:.3f} |" for name in grams["validation"]]
    own = f"| **this model** | **{results['validation']['bits_per_character']:.3f}** | "
    rows.append(own + f"**{results['test']['bits_per_character']:.3f}** |")
    samples = "\n\n".join(f"```text\n{sample['text'].rstrip()}\n```" for sample in card["samples"])
    return f"""# {card["name"]}: a GPT that has read {corpus["title"]["en"]}

Made by `python -m tools.make_weights {card["name"]}`; this page too. {card["parameters"]:,} parameters, in float16
(`weights.safetensors`, under GPT-2's names); `tokenizer.json` is its tokenizer; `card.json` holds these figures.

- Spec: `{card["spec"]}`
- Learned from: the training part of `{corpus["name"]}` ({corpus["licence"]}; {corpus["source"]})
- How: {card["steps"]:,} steps of {card["batch_size"]} windows, {card["epochs"]} epochs, Adam with a learning rate of
  {card["learning_rate"]} ({card["schedule"]}), seed {card["seed"]}
- Licence: {card["licence"]} (`LICENSE.txt`)
- SHA-256 of the weights: `{card["sha256"]["weights.safetensors"]}`

Bits a character, less is better. The validation part was looked at while the recipe was chosen, the test part was
measured once, at the end. {verdict(card)}

| | validation | test |
| --- | ---: | ---: |
{chr(10).join(rows)}

Known faults:

- It is small, and has read one text. It spells and makes phrases, and what it writes says nothing.
- It has seen the training part {card["epochs"]} times and can repeat parts of it word for word.

What it writes, with a temperature of 0.8, the first try:

{samples}
"""


def verdict(card: dict[str, Any]) -> str:
    """Whether it beats the best n-gram, as it is."""
    words = []
    for split in ("validation", "test"):
        name, best = min(card["baselines"][split].items(), key=lambda item: float(item[1]))
        own = card["results"][split]["bits_per_character"]
        words.append(f"on {split} it {'beats' if own < best else 'does not beat'} the best n-gram ({name})")
    return (" and ".join(words)).replace("on validation", "On validation", 1) + "."
