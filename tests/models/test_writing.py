"""What may be written, and how much of a long text is read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from llm_widgets.foundations import next_token_probabilities
from llm_widgets.models.writing import beginning, silent_ids, window_start, writable
from llm_widgets.tokenizers import TextTokenizer


def test_special_tokens_and_unused_ids_have_no_chance():
    tokenizer = TextTokenizer.train("ab")
    p = next_token_probabilities(writable(np.zeros((2, 50), np.float32), tokenizer))
    np.testing.assert_allclose(p[:, 36:38], 0.5)
    assert p.sum() == pytest.approx(2)


def test_the_end_is_written_where_the_tokenizer_says_so():
    class Chat(TextTokenizer):
        writes_end = True

    assert TextTokenizer.END_ID in silent_ids(TextTokenizer.train("ab"))
    chat = Chat.from_json(TextTokenizer.train("ab").to_json())
    assert TextTokenizer.END_ID not in silent_ids(chat)
    assert chat.UNKNOWN_ID in silent_ids(chat)


def test_a_text_begins_as_a_line_does():
    assert beginning(TextTokenizer.train("a\nb")) == [TextTokenizer.FIRST_ID]
    assert beginning(TextTokenizer.train("ab")) == [TextTokenizer.END_ID]


@pytest.mark.parametrize("limit", [1, 2, 5, 8])
@pytest.mark.parametrize("prompt", [1, 4, 5, 8, 30])
def test_a_window_fits_moves_forward_only_and_begins_with_the_newest_half(prompt, limit):
    starts = [window_start(prompt, length, limit) for length in range(prompt, prompt + 40)]
    assert starts == sorted(starts)
    for length, start in enumerate(starts, prompt):
        assert 1 <= length - start <= limit
    for length, (before, start) in enumerate(pairwise(starts), prompt + 1):
        if start != before:
            assert (length - before, length - start) == (limit + 1, max(1, limit // 2))
