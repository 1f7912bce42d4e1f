"""The architecture explorer: what it sends computes, in the page, what Python counts; wrong sizes are refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from llm_widgets import i18n
from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.models.costs import costs
from llm_widgets.models.diagram import diagram
from llm_widgets.models.published import PUBLISHED
from llm_widgets.widgets import ArchitectureExplorer

LOGIC = Path(__file__).parents[2] / "llm_widgets" / "widgets" / "architecture_logic.js"
SPECS = [
    *(model.spec for model in PUBLISHED.values()),
    GPTSpec(d_ff=100, num_key_value_heads=2, position="relative", norm_place="after", use_bias=False),
    LlamaSpec(num_layers=3),
    T5Spec(num_decoder_layers=5, position="rotary"),
    BERTSpec(d_model=50, num_heads=3, d_head=7),
    LSTMClassifierSpec(lstm_units=(8, 4, 2), bidirectional=True, dropout=0.2),
]


def test_the_page_computes_what_python_counts():
    settings = {"batch_size": 3, "tokens": 5, "run_tokens": 10**9, "dtype": "bfloat16"}
    cases = []
    for spec in SPECS:
        explorer = ArchitectureExplorer(spec, **settings)
        cases.append({"found": explorer._found, "model": explorer.model, "settings": settings})
    script = f"""
      const {{ costsOf, diagramOf, environment }} = await import({json.dumps(LOGIC.as_uri())});
      const cases = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
      console.log(JSON.stringify(cases.map(({{ found, model, settings }}) => {{
        const sizes = environment(found, model, settings);
        return [costsOf(found, sizes, settings.dtype), diagramOf(found, sizes)];
      }})));
    """
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(cases), capture_output=True, text=True, check=True,
    )  # fmt: skip
    for spec, (found, drawn) in zip(SPECS, json.loads(ran.stdout), strict=True):
        expected = costs(spec, 3, 5, "bfloat16", 10**9)
        assert found["parameters"] == expected.parameters == spec.count_parameters()
        for name in ("activations", "cache", "forward", "token", "run", "prefill", "cached", "uncached", "rule"):
            counted = getattr(expected, name)
            assert found[name] == (counted if counted is None else pytest.approx(counted, rel=1e-12)), (name, spec)
        assert found["training"] == pytest.approx(expected.training_memory)
        parts = [(part, section["count"]) for section in drawn["sections"] for part in section["parts"]]
        assert [(part["id"], tuple(part["shape"]), part["parameters"], count) for part, count in parts] == [
            (part.id, part.shape, part.parameters, count) for part, count in diagram(spec, 3).parts()
        ]


def test_a_moved_size_sends_no_formula_again():
    explorer = ArchitectureExplorer("gpt2")
    before, sent = explorer._found, []
    explorer.observe(lambda change: sent.append(change["new"]), names="_found")
    explorer.spec = explorer.spec.replace(num_layers=3, d_model=96, vocabulary_size=1000)
    assert not sent
    explorer.spec = explorer.spec.replace(position="rotary")
    assert explorer._found != before
    assert len(json.dumps(explorer._found)) < 30_000


def test_a_published_model_is_known_by_its_sizes():
    explorer = ArchitectureExplorer("gpt3")
    assert (explorer.preset, explorer.run_tokens) == ("gpt3", 300 * 10**9)
    assert explorer.costs.rule == pytest.approx(3.14e23, rel=0.01)
    explorer.spec = explorer.spec.replace(num_layers=95)
    assert explorer.preset == ""
    explorer.spec = "llama2-7b"
    assert (explorer.preset, explorer.run_tokens) == ("llama2-7b", 2 * 10**12)
    explorer.spec = "gpt?d_model=8&num_heads=2"
    assert explorer.spec == GPTSpec(d_model=8, num_heads=2)
    assert ArchitectureExplorer(explorer.spec, run_tokens=7).run_tokens == 7
    assert "keras.layers.Embedding(256, 8)" in explorer.program


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ("gpt-5", ValueError, "no model of this name; choose one of .*gpt2.* Received: 'gpt-5'"),
        ("", ValueError, "Received: ''"),
        ("\ud800?x", ValueError, "no model of this name"),
        ("gpt?d_model=50", ValueError, "d_model=50 is not divisible by num_heads=4"),
        (None, TypeError, "Received: None"),
    ],
)
def test_what_is_no_model_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        ArchitectureExplorer(given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch_size": 0}, {"tokens": -1}, {"run_tokens": 0}, {"dtype": "float8"}, {"model": {"family": "x"}},
        {"model": {}}, {"model": {"family": "gpt", "d_model": 50}}, {"model": {"family": "gpt", "wings": 2}},
    ],
)  # fmt: skip
def test_a_wrong_setting_changes_nothing(wrong):
    explorer = ArchitectureExplorer("tiny")
    before = explorer.get_state()
    with pytest.raises(ValueError, match=r"Received: |no field of this name"):
        explorer.change(num_ber=1) if not wrong else explorer.change(**wrong)
    assert explorer.get_state() == before


def test_the_page_is_told_in_the_learner_s_words():
    explorer, told = ArchitectureExplorer("gpt2"), []
    explorer.send = told.append
    model = {**explorer.model, "d_model": 1000}
    explorer._on_message(explorer, {"type": "settings", "changes": {"model": model}}, [])
    assert told[0]["text"].startswith("“Width” (d_model) = 1000 is not divisible by “Heads” (num_heads) = 12.")
    assert explorer.spec == PUBLISHED["gpt2"].spec
    explorer._on_message(explorer, {"type": "settings", "changes": {"model": model | {"d_model": 960}}}, [])
    assert explorer.spec.d_model == 960
    explorer._on_message(explorer, {"type": "preset", "name": "t5-small"}, [])
    assert (explorer.preset, explorer.tokens, len(told)) == ("t5-small", 0, 1)


def test_its_words_are_translated():
    i18n.set_language("zh")
    labels = ArchitectureExplorer("gpt2")._labels
    assert labels["residual connections"] == "残差连接"
    assert all(model.note in labels for model in PUBLISHED.values() if model.note)
