"""The diagram alone: any spec, in both languages, and what is no spec refused."""

from __future__ import annotations

import json

import pytest

from llm_widgets import i18n
from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.widgets import BlockDiagram, LayerDesigner
from tests.widgets._bench import Bench


@pytest.mark.parametrize("family", [GPTSpec, BERTSpec, T5Spec, LlamaSpec, LSTMClassifierSpec])
def test_any_spec_is_drawn(family):
    view = BlockDiagram(family())
    parts = [part for section in view._drawn["diagram"]["sections"] for part in section["parts"]]
    assert len(parts) >= 4
    assert view._drawn["parameters"] == family().count_parameters()
    json.dumps(view._drawn)


def test_another_spec_takes_its_place():
    view = BlockDiagram(GPTSpec())
    view.spec = LlamaSpec()
    assert view.spec == LlamaSpec()
    assert view._drawn["text"].startswith("llama?")
    with pytest.raises(TypeError, match="Received: 'gpt'"):
        view.spec = "gpt"
    with pytest.raises(TypeError, match="drawn from a spec"):
        BlockDiagram(None)
    assert view.spec == LlamaSpec()


def test_the_designer_has_it_for_transformers():
    assert LayerDesigner(Bench(GPTSpec()))._facts["diagram"]["sections"]
    assert LayerDesigner(Bench(LSTMClassifierSpec()))._facts["diagram"] is None


def test_its_words_are_translated():
    i18n.set_language("zh")
    labels = BlockDiagram(GPTSpec())._labels
    assert labels["Queries"] == "查询"
    assert labels["Layer normalization"] == "层归一化"
