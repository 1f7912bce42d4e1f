"""The learner guesses the next word: nothing of it is known before, and all are paid by the same rule."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import traitlets

from llm_widgets import corpora, i18n
from llm_widgets.analysis.next_word_players import next_word_text
from llm_widgets.models import GPTSpec
from llm_widgets.models.language_model import LanguageModel
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import LanguageRun
from llm_widgets.widgets import GuessTheNextWord
from tests.widgets.conftest import tell

SENTENCE = "The cat sat on the mat, and the dog sat on the log, but the cat’s hat was flat. "
OWN = corpora.text(
    SENTENCE * 30 + "The zebra ran and the cat sat on a mat. Nobody's dog sat on the log, or sat at all. " * 4
)


def make(**options):
    return GuessTheNextWord(options.pop("corpus", OWN), **options)


def answer(game):
    """What is hidden now; a test may look behind the page."""
    return game._game.words[game.place].event


@pytest.fixture(scope="module")
def tiny():
    tokenizer = TextTokenizer.train(OWN.train)
    spec = GPTSpec(vocabulary_size=tokenizer.vocabulary_size, d_model=8, num_heads=2, num_layers=1, max_length=24)
    return LanguageModel("tiny", spec.build(seed=0), tokenizer)


def test_nothing_on_the_page_depends_on_the_answer_before_the_guess():
    # Two texts that are the same up to the hidden word, and from there on others.
    changed = OWN.test.replace("Nobody's dog sat", "Somebody wept there")
    assert changed != OWN.test
    other = type(OWN)("text", "en", OWN.train, OWN.validation, changed, card=OWN.card)
    states = []
    for corpus in (OWN, other):
        text = next_word_text(corpus)
        place = next(i for i, piece in enumerate(text.words) if piece.event in ("nobody's", "somebody"))
        game = make(corpus=corpus, place=place)
        state = {
            name: value for name, value in game.get_state().items() if name not in ("layout", "_labels", "_comm_id")
        }
        states.append(json.dumps(state, default=str, sort_keys=True))
        assert game._found["revealed"] is None
        game.guess("dog")
        assert game._found["revealed"]["word"] in ("nobody's", "somebody")
    assert states[0] == states[1]


def test_everybody_pays_minus_the_logarithm_of_what_the_right_word_was_given():
    game = make(place=0)
    right, before, text = answer(game), game._game.before(game.place), game._game
    game.guess(right.upper(), sure=80)
    row = game.rounds[0]
    assert row["right"] is True
    assert row["bits"]["you"] == pytest.approx(-math.log2(0.8))
    for name, model in text.ngrams.items():
        assert row["bits"][name] == pytest.approx(-model.log2_probability(right, before))
        assert game._found["revealed"]["said"][name]["p"] == pytest.approx(2 ** -row["bits"][name])
    game.next()
    others = len(text.counts.words)  # and "a new word", less the guess
    wrong = "cat" if answer(game) != "cat" else "dog"
    game.guess(wrong, sure=25)
    assert game.rounds[1]["bits"]["you"] == pytest.approx(-math.log2(0.75 / others))
    game.next()
    game.guess("unheard", sure=25)  # the guess is one more word
    assert game.rounds[2]["bits"]["you"] == pytest.approx(-math.log2(0.75 / (others + 1)))
    means = game.mean_bits
    assert means["you"] == pytest.approx(np.mean([one["bits"]["you"] for one in game.rounds]))
    assert game._found["means"]["trigram"][-1] == pytest.approx(means["trigram"])


def test_a_new_word_costs_its_spelling_too():
    text = next_word_text(OWN)
    place = next(i for i, piece in enumerate(text.words) if piece.event == "zebra")
    game = make(place=place)
    game.guess("the", sure=10)
    found = game._found["revealed"]
    assert found["new"] is True
    spelled = -text.counts.spelling.new_log2_probability("zebra")
    assert found["spelling"] == pytest.approx(spelled)
    assert game.rounds[0]["bits"]["you"] == pytest.approx(-math.log2(0.9 / len(text.counts.words)) + spelled)
    assert game.rounds[0]["bits"]["unigram"] > spelled


def test_picking_from_six_is_judged_among_six():
    game = make(pick=True)
    choices = game._found["choices"]
    assert len(set(choices)) == 6
    assert answer(game) in choices
    wrong = next(word for word in choices if word != answer(game))
    with pytest.raises(ValueError, match="Choose one of the words"):
        game.guess("quite")
    game.guess(wrong, sure=50)
    said = game._found["revealed"]["said"]
    assert game.rounds[0]["bits"]["you"] == pytest.approx(-math.log2(0.5 / 5))
    for name in ("unigram", "trigram"):
        assert sum(p for _, p in said[name]["top"]) == pytest.approx(1)
        assert dict(said[name]["top"])[answer(game)] == pytest.approx(said[name]["p"])
    # The two ways to play are not mixed.
    game.pick = False
    assert game.mean_bits == {}
    assert game._found["revealed"]["word"], "what was revealed is not asked again"
    game.next()
    assert game._found["choices"] == []
    assert make(pick=True)._found["choices"] == choices


def test_places_come_from_a_seed(monkeypatch):
    assert make(seed=3).place == make(seed=3).place
    monkeypatch.setenv("LLM_WIDGETS_SEED", "class 3b")
    game = make()
    assert game.seed == make().seed != 0
    assert game.place == make().place
    first = game.place
    game.guess("the")
    game.start_again()
    assert game.rounds == []
    again = make()
    again.start_again()
    assert (game.place, game._found["revealed"]) == (again.place, None)
    game.seed = 3
    assert game.place == make(seed=3).place
    game.seed = again.seed
    assert game.place == first


def test_next_skip_and_the_end_of_the_text():
    game = make()
    with pytest.raises(ValueError, match="Guess this word first"):
        game.next()
    start, count = game.place, len(game._game.words)
    game.skip()
    assert game.place == (start + 10) % count
    game.guess("the")
    with pytest.raises(ValueError, match="revealed already"):
        game.guess("cat")
    game.place = count - 1
    game.guess("the")
    game.next()
    assert game.place == 0
    assert game._found["before"]
    for name, value in (("place", count), ("place", -1), ("sure", 0), ("sure", 100), ("seed", -1)):
        with pytest.raises((ValueError, traitlets.TraitError)):
            setattr(game, name, value)
    with pytest.raises(TypeError, match="pick"):
        make(picks=True)


@pytest.mark.parametrize("typed", ["", "   ", "two words", "<b>bold</b>", "x" * 100_000, "\ud800", "!", "a\0b", "😀"])
def test_odd_guesses_are_refused_in_words(typed, heard):
    game = make()
    messages = heard(game)
    tell(game, type="guess", word=typed, sure=50)
    assert game.rounds == []
    assert "Type one word" in messages.of("failed")[0]["text"]
    assert "Received" not in messages.of("failed")[0]["text"]
    tell(game, type="guess", word="cat", sure=1000)
    assert game._found["revealed"] is None


def test_apostrophes_of_either_kind_and_capitals_are_read():
    game = make()
    game.guess("Cat's", sure=20)
    assert game.rounds[0]["guess"] == "cat’s"  # as the text writes it


def test_a_text_of_ones_own_is_played_without_a_gpt_or_with_one_of_the_notebook(tiny, until):
    alone = make()
    assert alone._found["gpt"]["state"] == "none"
    game = make(model=tiny)
    assert game._found["gpt"]["state"] == "ready"
    assert game._found["gpt"]["unseen"] is False
    right = answer(game)
    game.guess("the")
    until(lambda: "gpt" in game.rounds[0]["bits"])
    from llm_widgets.analysis import WordReader

    expected = -WordReader(tiny, "en").log2_probabilities([game._game.before(game.place)], [right])[0]
    assert game.rounds[0]["bits"]["gpt"] == pytest.approx(expected)
    said = game._found["revealed"]["said"]["gpt"]
    assert 0 < said["explored"] <= 1
    game.next()
    game.pick = True
    game.guess(game._found["choices"][0])
    until(lambda: "gpt" in game.rounds[-1]["bits"])
    assert sum(p for _, p in game._found["revealed"]["said"]["gpt"]["top"]) == pytest.approx(1)
    game.close()


def test_a_run_plays_once_it_has_learned_and_no_other_model_does(tiny, until):
    spec = GPTSpec(vocabulary_size=tiny.tokenizer.vocabulary_size, d_model=8, num_heads=2, num_layers=1, max_length=16)
    run = LanguageRun(spec, OWN, tokenizer=tiny.tokenizer, epochs=1, batch_size=64)
    game = GuessTheNextWord(model=run)
    assert game._game.corpus is OWN
    assert game._found["gpt"] | {"reads": 0} == {"state": "untrained", "why": "", "reads": 0, "unseen": True}
    game.guess("the")
    run.start()
    run.wait(60)
    game.next()
    game.guess("the")
    until(lambda: "gpt" in game.rounds[-1]["bits"])
    assert "gpt" in game.mean_bits
    with pytest.raises(ValueError, match="language model"):
        make(model=object())
    pieces = TextTokenizer.train(OWN.train, unit="bytes")
    spec = GPTSpec(vocabulary_size=pieces.vocabulary_size, d_model=8, num_heads=2, max_length=16)
    with pytest.raises(ValueError, match="reads characters"):
        make(model=LanguageModel("bytes", spec.build(), pieces))


def test_a_gpt_that_fails_says_so_and_the_others_play_on(tiny, until):
    spec = GPTSpec(vocabulary_size=tiny.tokenizer.vocabulary_size, d_model=8, num_heads=2, num_layers=1, max_length=24)
    broken = spec.build(seed=0)
    broken.weights[0].assign(np.full(broken.weights[0].shape, np.nan, "float32"))
    game = make(model=LanguageModel("broken", broken, tiny.tokenizer))
    game.guess("the")
    until(lambda: game._found["gpt"]["state"] == "failed")
    assert "no numbers any more" in game._found["gpt"]["why"]
    game.next()
    game.guess("cat")
    assert set(game.mean_bits) == {"you", "unigram", "trigram"}


def test_other_texts_are_refused_and_the_language_chooses_the_kits_own():
    for wrong in ("reviews", 7, "some text", corpora.load("reviews", language="en")):
        with pytest.raises(ValueError, match=r"lw.corpora.text"):
            GuessTheNextWord(wrong)
    with pytest.raises(ValueError, match="words to guess"):
        GuessTheNextWord(corpora.text("word " * 10 + "." * 2_000))
    i18n.set_language("zh")
    game = GuessTheNextWord()
    assert (game._game.corpus.name, game._found["gpt"]["state"]) == ("tang", "loading")
    with pytest.raises(ValueError, match="一个汉字"):
        game.guess("春天")
    game.guess("春", sure=5)
    assert game._found["title"] == game._game.corpus.card.title["zh"]
    i18n.set_language("en")
    assert game._found["title"] == game._game.corpus.card.title["en"]
