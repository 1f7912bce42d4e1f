"""A model with its tokenizer: asked like a run, by several threads at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from llm_widgets.models import GPTSpec
from llm_widgets.models.language_model import Askable, LanguageModel
from llm_widgets.tokenizers import TextTokenizer


def test_one_caller_at_a_time_is_with_the_model():
    tokenizer = TextTokenizer.train("a rose is a rose")
    spec = GPTSpec(vocabulary_size=tokenizer.vocabulary_size, d_model=8, num_heads=2, max_length=8)
    rose: Askable = LanguageModel("rose", spec.build(seed=0), tokenizer)
    inside, most, count = 0, 0, threading.Lock()

    def look(model):
        nonlocal inside, most
        with count:
            inside += 1
            most = max(most, inside)
        ids = tokenizer.ids("a rose")[None]
        logits = model.after(ids, ids)
        with count:
            inside -= 1
        return logits.shape

    with ThreadPoolExecutor(4) as pool:
        shapes = set(pool.map(lambda _: rose.call(look), range(12)))
    assert shapes == {(1, tokenizer.vocabulary_size)}
    assert most == 1
    assert rose.spec is spec
