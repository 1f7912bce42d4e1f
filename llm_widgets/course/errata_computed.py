"""What the errata compute: one short function a row, whose lines the page shows beside what they return.

Each imports for itself what it needs, so that it can be read, copied and run alone. NumPy and specs; no backend.
"""

from __future__ import annotations

from typing import Any


def weighted_sum() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron

    forward = Neuron([0.1, 0.2, 0.3], 0.5).forward([1, 2, 3])
    return {"products": forward.products, "sum": forward.z}


def loss() -> dict[str, Any]:
    from llm_widgets.foundations import half_squared_error

    right = half_squared_error(1.9, 2.0).value
    printed = half_squared_error(1.8, 2.0).value
    return {"right": right, "printed": printed, "times": printed / right}


def chain_rule() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron

    neuron, x = Neuron([0.1, 0.2, 0.3], 0.5), [1, 2, 3]
    found: dict[str, Any] = {}
    for name, target in (("near", 2.0), ("far", -5.0)):
        back = neuron.backward(neuron.forward(x), target)
        check = neuron.check(x, target)  # moves each weight a little and looks at the loss: no rule at all
        found[f"formula_{name}"] = back.dz_dw * (back.dy_dz * back.dz_dw)  # x · ∂y/∂w, as written; ∂z/∂w is x
        found[f"chain_{name}"], found[f"slope_{name}"] = back.dL_dw, check.differences[:3].round(6)
    return found


def weight_gradient() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron
    from llm_widgets.foundations.worked_example import follow

    neuron = Neuron([0.1, 0.2, 0.3], 0.5)
    right = neuron.backward(neuron.forward([1, 2, 3]), 2.0).dL_dw
    slope = neuron.check([1, 2, 3], 2.0).differences[:3].round(6)
    worse, better = follow("as_computed", 1).factor, follow("chain_rule", 1).factor
    return {"right": right, "slope": slope, "worse": worse, "better": better}


def bias_gradient() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron

    neuron = Neuron([0.1, 0.2, 0.3], 0.5)
    right = neuron.backward(neuron.forward([1, 2, 3]), 2.0).dL_db
    return {"right": right, "slope": round(float(neuron.check([1, 2, 3], 2.0).differences[3]), 6)}


def new_weights() -> dict[str, Any]:
    import numpy as np

    from llm_widgets.foundations.worked_example import follow

    written = np.array([0.1, 0.2, 0.3]) - 0.1 * np.array([0.1, 0.4, 0.9])
    right, printed = follow("chain_rule", 1), follow("as_printed", 1)
    before, after = printed.losses
    return {"written": written, "right": right.weights[1], "before": before, "after": after, "factor": printed.factor}


def new_bias() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron

    return {"right": Neuron([0.1, 0.2, 0.3], 0.5).step([1, 2, 3], 2.0, learning_rate=0.1).after.b}


def tanh_and_softmax() -> dict[str, Any]:
    from llm_widgets.foundations import softmax, tanh

    logits = [2.0, 1.0, -1.0]  # scores of three classes
    t, p = tanh(logits), softmax(logits)
    return {"logits": logits, "tanh": t.round(3), "tanh_sum": t.sum(), "softmax": p.round(3), "softmax_sum": p.sum()}


def dead_relu() -> dict[str, Any]:
    from llm_widgets.foundations import Neuron, relu_derivative

    slopes = relu_derivative([-2.0, -0.5, 0.5, 2.0])
    dead = Neuron([0.1, 0.2, 0.3], -5.0)  # below 0 for this input
    for _ in range(100):
        dead = dead.step([1, 2, 3], 2.0, learning_rate=0.1).after
    return {"slopes": slopes, "bias": dead.b, "output": dead.forward([1, 2, 3]).y}


def classifier() -> dict[str, Any]:
    from llm_widgets.models import PRESETS, GPTSpec

    en, zh = PRESETS["document_en"], PRESETS["document_zh"]
    gpt = GPTSpec(vocabulary_size=10_000, max_length=100)
    return {
        "en": en.count_parameters(),
        "zh": zh.count_parameters(),
        "classifier_out": en.layer_rows(1)[-1].output_shape,
        "gpt_out": gpt.layer_rows(1)[-1].output_shape,
    }


def gpt3_size() -> dict[str, Any]:
    from llm_widgets.models import GPTSpec

    # Brown et al. (2020), table 2.1, with GPT-2's vocabulary.
    gpt3 = GPTSpec(vocabulary_size=50_257, d_model=12_288, num_layers=96, num_heads=96, max_length=2048)
    palm = 540e9
    return {"gpt3": gpt3.count_parameters(), "times": palm / gpt3.count_parameters()}


def encoder_only() -> dict[str, Any]:
    from llm_widgets.models import BERT_BASE, T5_SMALL

    bert, t5 = ([row.name for row in spec.layer_rows()] for spec in (BERT_BASE, T5_SMALL))
    return {
        "bert_encoder": sum(name.startswith("block_") for name in bert),
        "bert_decoder": sum(name.startswith("decoder_block") for name in bert),
        "t5_encoder": sum(name.startswith("encoder_block") for name in t5),
        "t5_decoder": sum(name.startswith("decoder_block") for name in t5),
    }


def straight_chain() -> dict[str, Any]:
    import numpy as np

    from llm_widgets.foundations import scaled_dot_product_attention
    from llm_widgets.models import GPT2_SMALL
    from llm_widgets.models.diagram import diagram

    drawn = diagram(GPT2_SMALL)
    kinds = [part.kind for part, copies in drawn.parts() for _ in range(copies)]
    tokens = np.random.default_rng(0).normal(size=(5, 4))
    mixed = scaled_dot_product_attention(tokens, tokens, tokens).output
    back = tokens[::-1]  # the same tokens in the reverse order, without positions
    reversed_mix = scaled_dot_product_attention(back, back, back).output
    return {
        "blocks": GPT2_SMALL.num_layers,
        "positions": GPT2_SMALL.max_length,
        "residuals": kinds.count("add"),
        "norms": kinds.count("norm"),
        "difference": float(np.abs(mixed[::-1] - reversed_mix).max().round(12)),
    }


def token_ids() -> dict[str, Any]:
    import numpy as np

    from llm_widgets.tokenizers import TextTokenizer

    tokenizer = TextTokenizer.train("the cat sat on the mat")
    ids = tokenizer.ids("cat")  # the text becomes numbers before any layer
    table = np.random.default_rng(0).normal(size=(tokenizer.vocabulary_size, 4))
    one_hot = np.eye(tokenizer.vocabulary_size)[ids]
    return {"ids": ids, "same": bool(np.allclose(table[ids], one_hot @ table)), "rows": len(table)}


def mixed_positions() -> dict[str, Any]:
    import numpy as np

    from llm_widgets.foundations import scaled_dot_product_attention

    q, k, v = np.random.default_rng(0).normal(size=(3, 4, 8))
    seen = scaled_dot_product_attention(q, k, v)
    return {
        "shape": seen.weights.shape,
        "sums": seen.weights.sum(1).round(12),
        "first": seen.weights[:, 0].round(2),
        "mixed": bool(np.allclose(seen.output, seen.weights @ v)),
    }


def lost_signs() -> dict[str, Any]:
    import re

    from llm_widgets.tokenizers import TextTokenizer

    texts = ["Let's eat, Polly!", "Let's eat Polly.", "LET'S EAT POLLY"]
    plain = {re.sub(r"[^\w\s]", "", text).lower() for text in texts}
    tokenizer = TextTokenizer.train(" ".join(texts), unit="bpe", vocabulary_size=300)
    kept = {tuple(tokenizer.ids(text).tolist()) for text in texts}
    back = all(tokenizer.decode(tokenizer.ids(text)) == text for text in texts)
    return {"before": len(texts), "plain": len(plain), "left": min(plain), "kept": len(kept), "back": back}


def one_pass_after_another() -> dict[str, Any]:
    import numpy as np

    from llm_widgets.foundations import next_token_probabilities, sample

    letters = "abc "
    logits = np.random.default_rng(1).normal(
        scale=1.2, size=(4, 4)
    )  # a model: the last letter gives the next one's scores

    def write(seed: int, **how: float) -> str:
        rng, text = np.random.default_rng(seed), "a"
        for _ in range(12):  # one pass a letter, each over what was written before
            text += letters[int(sample(logits[letters.index(text[-1])], rng, **how))]
        return text

    return {
        "once": next_token_probabilities(logits[0]).round(2),
        "greedy": write(0, temperature=0).replace(" ", "␣"),
        "first": write(1).replace(" ", "␣"),
        "second": write(2).replace(" ", "␣"),
        "passes": 12,
    }
