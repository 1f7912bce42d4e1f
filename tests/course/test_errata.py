"""The errata against the table of the documents' errors, and their computations against libraries and literature."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from llm_widgets import course, i18n
from llm_widgets.course import errata_computed as computed
from llm_widgets.course._erratum import Erratum
from llm_widgets.course.errata import ERRATA
from llm_widgets.widgets import ErrataView

# The table "What is wrong in them" of the map of both documents, row by row: where it places each, and our rows for it.
TABLE = (
    ("zh 4.1", ("sum",)),
    ("zh 4.2", ("loss",)),
    ("both 4.2", ("chain-rule",)),
    ("zh 4.2", ("weight-gradient",)),
    ("zh 4.2", ("bias-gradient",)),
    ("zh 4.2", ("new-weights",)),
    ("zh 4.2", ("new-bias",)),
    ("zh 4.3", ("tanh",)),
    ("zh 4.3", ("dead-relu",)),
    ("both 5.2", ("basic-llm",)),
    ("zh 1", ("largest",)),
    ("zh 1, 6.3", ("translation",)),
    ("both 2.2, 2.3", ("straight-chain",)),
    ("both 2.2", ("embedding",)),
    ("zh 2.3", ("importance",)),
    ("both 3.1", ("preprocessing",)),
    ("both 3.2", ("inference",)),
    ("en 7.1; both 7.3", ("udacity-course", "domain-paper")),
)
# Where the Chinese document numbers its sections otherwise than the table does, or says it in a section more.
ELSEWHERE = {
    "straight-chain": {("zh", "2.2"): None, ("zh", "2.4"): "its flowchart"},
    "embedding": {("zh", "2.2"): None, ("zh", "2.4"): "its flowchart's words"},
    "udacity-course": {("zh", "7.1.2"): "its courses"},
    "domain-paper": {
        ("zh", "7.3"): None,
        ("zh", "7.3.1"): "its papers",
        ("en", "10"): "its reading list",
        ("zh", "10.1"): "its reading list",
    },
}
BY_KEY = {row.key: row for row in ERRATA}


def placed(where: str) -> set[tuple[str, str]]:
    """("en", "2.2") and so on, of "both 2.2, 2.3"."""
    found = set()
    for part in where.split("; "):
        document, sections = part.split(" ", 1)
        documents = ("en", "zh") if document == "both" else (document,)
        found |= {(name, section) for name in documents for section in sections.split(", ")}
    return found


def test_every_row_of_the_table_is_there_and_no_other():
    assert len(TABLE) == 18
    keys = [key for _, keys in TABLE for key in keys]
    assert sorted(keys) == sorted(BY_KEY)
    assert len(ERRATA) == len(BY_KEY) == 19


@pytest.mark.parametrize(("where", "keys"), TABLE, ids=lambda value: value if isinstance(value, str) else "")
def test_it_stands_where_the_table_says(where, keys):
    expected = placed(where)
    for key in keys:
        for place, why in ELSEWHERE.get(key, {}).items():
            expected = expected - {place} if why is None else expected | {place}
    assert {tuple(place) for key in keys for place in BY_KEY[key].places} == expected


@pytest.mark.parametrize("row", ERRATA, ids=lambda row: row.key)
def test_each_row_is_computed_or_cited_or_said_to_be_unconfirmed_in_both_languages(row: Erratum):
    assert row.compute or row.reference or row.kind == "unconfirmed"
    assert (row.kind == "unconfirmed") == ("Not confirmed." in row.right)
    if row.reference:
        assert re.search(r"\((19[89]|20[0-2])\d\)", row.reference), "a source has a year"
    view = ErrataView([row])
    view.check()
    for language in i18n.LANGUAGES:
        i18n.set_language(language)
        (shown,) = view._found["rows"]
        texts = [shown["title"], shown["claim"], shown["right"], *shown["findings"]]
        assert len(shown["findings"]) == len(row.findings) > 0
        for text in texts:
            assert not re.search(r"[{}]", text), text
        if language == "zh":
            assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts if re.search("[a-z]{4}", text)), texts
        if row.compute:
            assert shown["code"].startswith(f"def {row.compute.__name__}(")
            used = {name for finding in row.findings for name in re.findall(r"{(\w+)}", finding)}
            assert used <= view.values(row.key).keys()


def test_the_worked_example_s_rows_agree_with_pytorch():
    w = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    optimizer = torch.optim.SGD([w, b], lr=0.1)
    y = torch.relu(w @ x + b)
    assert computed.weighted_sum()["sum"] == pytest.approx(y.item())
    loss = (y - 2) ** 2 / 2
    assert computed.loss()["right"] == pytest.approx(loss.item())
    loss.backward()
    assert computed.weight_gradient()["right"] == pytest.approx(w.grad.tolist())
    assert computed.bias_gradient()["right"] == pytest.approx(b.grad.item())
    optimizer.step()
    assert computed.new_weights()["right"] == pytest.approx(w.tolist())
    assert computed.new_bias()["right"] == pytest.approx(b.item())
    w.grad = None
    far = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True)
    ((torch.relu(far @ x + 0.5) + 5) ** 2 / 2).backward()
    rule = computed.chain_rule()
    assert rule["chain_far"] == pytest.approx(far.grad.tolist())
    assert rule["slope_far"] == pytest.approx(far.grad.tolist())
    assert rule["formula_near"].tolist() == rule["formula_far"].tolist() == [1, 4, 9]


def test_the_printed_update_costs_353_times_the_loss():
    found = computed.new_weights()
    assert found["factor"] == pytest.approx(353.44)
    assert found["written"] == pytest.approx([0.09, 0.16, 0.21])


def test_sizes_are_those_that_keras_counts_and_papers_print():
    import keras

    def keras_count(*units: int) -> int:
        layers = [keras.layers.LSTM(u, return_sequences=u != units[-1]) for u in units]
        layers = [keras.layers.Embedding(10_000, 32), *layers, keras.layers.Dense(1, activation="sigmoid")]
        model = keras.Sequential(layers)
        model.build((None, 100))
        return model.count_params()

    found = computed.classifier()
    assert (found["en"], found["zh"]) == (keras_count(128), keras_count(128, 64))
    assert found["gpt_out"] == (1, 100, 10_000)
    assert computed.gpt3_size()["gpt3"] == pytest.approx(175e9, rel=0.005)  # Brown et al. (2020), table 2.1
    # Devlin et al. (2019), §3: 12 layers. Raffel et al. (2020): 6 and 6 in the small model.
    assert list(computed.encoder_only().values()) == [12, 0, 6, 6]


def test_the_other_computations_agree_with_pytorch_and_with_their_laws():
    found = computed.tanh_and_softmax()
    logits = torch.tensor(found["logits"], dtype=torch.float64)
    assert found["softmax"] == pytest.approx(torch.softmax(logits, 0).numpy(), abs=5e-4)
    assert found["tanh"] == pytest.approx(torch.tanh(logits).numpy(), abs=5e-4)
    assert found["softmax_sum"] == pytest.approx(1)
    assert found["tanh"].min() < 0
    assert computed.dead_relu() == {"slopes": pytest.approx([0, 0, 1, 1]), "bias": -5.0, "output": 0.0}
    chain = computed.straight_chain()
    assert (chain["residuals"], chain["norms"], chain["difference"]) == (2 * 12, 2 * 12 + 1, 0.0)
    ids = computed.token_ids()
    assert ids["same"]
    assert len(ids["ids"]) == 3
    mixed = computed.mixed_positions()
    assert mixed["mixed"]
    np.testing.assert_allclose(mixed["sums"], 1)
    assert len(set(mixed["first"].tolist())) > 1
    lost = computed.lost_signs()
    assert (lost["before"], lost["plain"], lost["kept"], lost["back"]) == (3, 1, 3, True)
    written = computed.one_pass_after_another()
    assert len({written["greedy"], written["first"], written["second"]}) == 3
    assert len(written["greedy"]) == written["passes"] + 1
    assert written["once"].sum() == pytest.approx(1, abs=0.02)


def test_the_course_makes_the_widget():
    view = course.errata(chapter=4)
    assert isinstance(view, ErrataView)
    assert (view.chapter, len(view.rows)) == (4, 19)
