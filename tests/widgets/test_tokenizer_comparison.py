"""The comparison of tokenizers: the page gets what the floor computes, the newest text wins, odd texts."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
import time

import pytest
import traitlets

from llm_widgets import set_language
from llm_widgets.corpora import load
from llm_widgets.tokenizers import compare
from llm_widgets.widgets import TokenizerComparison, tokenizer_comparison
from llm_widgets.widgets._comparison_texts import BOOKS, EXAMPLES, PAIRS, example


def ready(widget, text=None):
    """What was found for the newest text."""
    end = time.monotonic() + 20
    while widget._seen != widget._key() and time.monotonic() < end:
        time.sleep(0.005)
    assert widget._seen == widget._key()
    assert not widget._found["pending"]
    return widget._found


@pytest.fixture
def widget():
    made = TokenizerComparison("US or us?")
    yield made
    made.close()


def test_examples_give_what_they_say():
    assert doctest.testmod(tokenizer_comparison).failed == 0


@pytest.mark.parametrize("name", [*EXAMPLES])
@pytest.mark.parametrize("options", [{}, {"lowercase": True, "punctuation": False}])
def test_the_page_gets_what_compare_finds(widget, name, options):
    widget.change(text=EXAMPLES[name], **options)
    found = ready(widget)
    expected = compare(EXAMPLES[name], **options)
    assert set(found["ways"]) | {"segments"} == set(expected)
    for way, shown in found["ways"].items():
        assert shown["count"] == expected[way].count
        assert [piece[1] for piece in shown["pieces"]] == [*expected[way].first.ids]
        assert "".join(part[1] for part in shown["parts"]) == expected[way].restored
        assert dict(shown["unknown"]) == dict([*expected[way].unknown.items()][:8])
    json.dumps(found, allow_nan=False)


def test_preprocessing_makes_pairs_the_same_only_where_it_is_on(widget):
    same = [pair[4] for pair in ready(widget)["pairs"]]
    assert same == [False] * len(PAIRS)
    widget.lowercase = True
    found = ready(widget)
    assert found["merged"] == {"count": 0, "groups": []}  # "us?" still has its question mark
    widget.punctuation = False
    found = ready(widget)
    assert [pair[4] for pair in found["pairs"]] == [True] * len(PAIRS)
    assert found["merged"] == {"count": 1, "groups": [["US", "us?"]]}


def test_the_newest_text_wins_and_handlers_return_at_once(widget):
    ready(widget)
    book = load("alice").train
    began = time.process_time()
    for _ in range(5):
        widget._on_message(widget, {"type": "settings", "changes": {"text": book}}, [])
        widget._on_message(widget, {"type": "settings", "changes": {"text": "The end"}}, [])
    assert time.process_time() - began < 2
    assert ready(widget)["characters"] == 7


def test_a_book_is_counted_whole_and_its_beginning_is_drawn(widget):
    widget._on_message(widget, {"type": "example", "name": "alice"}, [])
    found = ready(widget)
    assert found["characters"] == len(load("alice").train) == found["ways"]["characters"]["count"]
    assert 400 <= found["shown"] < 500
    assert found["ways"]["bytes"]["lossless"]
    assert len(json.dumps(found)) < 300_000
    assert len(example(BOOKS[1])) > 300_000


def test_a_text_without_blanks_is_not_sent_to_the_page_again(widget):
    widget.change(text="a" * 300_000 + " " + "A" * 300_000, lowercase=True)
    found = ready(widget)
    assert found["ways"]["bpe"]["count"] > 1_000
    assert found["ways"]["words"]["unknown"] == [["a" * 59 + "…", 2]]
    assert found["merged"]["groups"] == [["a" * 59 + "…", "A" * 59 + "…"]]
    assert len(json.dumps(found)) < 100_000


def test_a_character_is_shown_as_its_bytes(widget):
    widget.change(text="a中\U00020bb7", chosen=None)
    assert (widget._character["place"], widget._character["code_point"]) == (2, 0x20BB7)
    widget.chosen = 1
    assert widget._character["bytes"] == [[0xE4, "1110", "0100"], [0xB8, "10", "111000"], [0xAD, "10", "101101"]]
    widget.chosen = 99
    assert widget._character["place"] == 2
    widget.text = ""
    assert widget._character == {}
    assert ready(widget)["ways"]["words"]["count"] == 0


def test_odd_texts_are_taken_and_what_cannot_be_is_refused(widget):
    widget.text = "\ud800 \x00 \r\n <b>\u202e مرحبا"
    assert ready(widget)["ways"]["bytes"]["lossless"]
    assert widget.text.startswith("\ufffd \x00 \n")
    before = widget.text
    for wrong in ({"text": "x" * 1_000_001}, {"bpe_size": 291}, {"bpe_size": 8001}, {"vocabulary": "fr"}, {"text": 3}):
        with pytest.raises((ValueError, traitlets.TraitError)):
            widget.change(lowercase=True, **wrong)
    assert (widget.text, widget.bpe_size, widget.lowercase) == (before, 2_000, False)
    with pytest.raises((ValueError, traitlets.TraitError), match="at most 1,000,000 characters"):
        TokenizerComparison("x" * 1_000_001)
    with pytest.raises(ValueError, match="There is no such setting"):
        widget.change(words=1)


def test_the_text_is_the_learners_language():
    set_language("zh")
    try:
        made = TokenizerComparison()
        assert made.text == EXAMPLES["chinese"]
        assert "segments" in ready(made)["ways"]
        made.close()
    finally:
        set_language("en")


def test_no_backend_is_imported_and_nothing_is_learned_before_it_is_asked():
    code = (
        "import llm_widgets as lw, sys; w = lw.TokenizerComparison;"
        "from llm_widgets.tokenizers import vocabularies as v;"
        "assert not v._merges.cache_info().currsize;"
        "assert not {'torch', 'keras', 'tensorflow', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
