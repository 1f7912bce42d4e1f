"""The rounds of "guess the next word": what each player said, and what the right word cost it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from llm_widgets.analysis.next_word_players import NextWordText

TOP = 5
CHOICES = 6  # words to pick from
NGRAMS = ("unigram", "trigram")
PLAYERS = ("you", *NGRAMS, "gpt")


@dataclass
class Said:
    """What one player gave the next word.

    Args:
        top: the likeliest words with their probabilities.
        p: the probability of the right word; bits: −log₂ of it.
        explored: how much of all probability `top` was searched in; None: all.
        unknown: its vocabulary lacks a character of the right word.
    """

    top: list[tuple[str, float]]
    p: float
    bits: float
    explored: float | None = None
    unknown: bool = False


@dataclass
class Round:
    """One word that was guessed.

    Args:
        place: which of the held-out words.
        guess: the learner's word; sure: its probability in per cent.
        choices: the words to pick from; () where any could be typed.
        others: among how many other words the rest of the learner's probability is shared.
        right: whether the guess is the word.
        spelling: bits that a new word costs beside being new; 0 for known ones.
        said: by player, "you" among them; "gpt" comes when it has answered.
    """

    place: int
    guess: str
    sure: int
    choices: tuple[str, ...]
    others: int
    right: bool
    spelling: float
    said: dict[str, Said] = field(default_factory=dict)


def choices_at(game: NextWordText, place: int, seed: Sequence[int]) -> tuple[str, ...]:
    """The right word among others that the n-grams find likely, shuffled; the same for the same seed."""
    right, rng = game.words[place].event, np.random.default_rng([*seed, place, 1])
    before, found = game.before(place), [right]
    likely = [word for word, _ in game.ngrams["trigram"].top(before, 12) if word != right]
    unigram = game.ngrams["unigram"].probabilities(before)[:-1]
    drawn = rng.choice(len(unigram), min(30, len(unigram)), p=unigram / unigram.sum())
    common = [game.counts.words[i] for i in drawn]
    half = [likely[i] for i in rng.permutation(len(likely))[: CHOICES // 2]]
    for word in (*half, *common, *likely, *game.counts.words[:CHOICES]):
        if word not in found and len(found) < CHOICES:
            found.append(word)
    return tuple(found[i] for i in rng.permutation(len(found)))


def new_round(game: NextWordText, place: int, guess: str, sure: int, choices: tuple[str, ...]) -> Round:
    """A guess, and what all say who answer at once."""
    word = game.words[place].event
    new = game.counts.number(word) is None and not choices
    spelling = -game.counts.spelling.new_log2_probability(word) if new else 0.0
    one = Round(place, guess, sure, choices, others_of(game, guess, choices), guess == word, spelling)
    one.said["you"] = learner_said(one)
    one.said |= {name: ngram_said(game, name, place, choices) for name in NGRAMS}
    return one


def others_of(game: NextWordText, guess: str, choices: Sequence[str]) -> int:
    """How many words there are beside the guess: those of the training part and "a new word", or the other choices."""
    if choices:
        return max(1, len(choices) - 1)
    return len(game.counts.words) + (game.counts.number(guess) is None)


def learner_said(one: Round) -> Said:
    """What the learner's guess gave the right word: it is sure of the guess, and of all other words alike."""
    p = one.sure / 100
    if one.right:
        return Said([(one.guess, p)], p, -math.log2(p))
    share = (1 - p) / one.others
    return Said([(one.guess, p)], share * 2.0**-one.spelling, -math.log2(share) + one.spelling)


def ngram_said(game: NextWordText, name: str, place: int, choices: Sequence[str]) -> Said:
    """What an n-gram says of the next word."""
    model, before, right = game.ngrams[name], game.before(place), game.words[place].event
    every = model.probabilities(before)
    if choices:
        return among(choices, model.log2_of(choices, every), right)
    log = model.log2_of([right], every)[0]
    return Said(model.top_of(every, TOP), 2.0**log, -log)


def among(choices: Sequence[str], logs: Sequence[float], right: str) -> Said:
    """What a player says who knows that it is one of these words: its probabilities, shared among them."""
    x = np.array(logs, float)
    x -= np.logaddexp2.reduce(x)
    order = np.argsort(-x, kind="stable")
    log = float(x[list(choices).index(right)])
    return Said([(choices[i], float(2.0 ** x[i])) for i in order], 2.0**log, -log)


def running_means(rounds: Sequence[Round]) -> dict[str, list[float | None]]:
    """For each player the mean bits of a word after each round; None before it has answered one."""
    found: dict[str, list[float | None]] = {}
    for name in PLAYERS:
        means: list[float | None] = []
        total, count = 0.0, 0
        for one in rounds:
            if name in one.said:
                total, count = total + one.said[name].bits, count + 1
            means.append(total / count if count else None)
        found[name] = means
    return found


def plain_round(game: NextWordText, one: Round) -> dict[str, Any]:
    """A round as a row."""
    return {
        "word": game.words[one.place].event,
        "guess": one.guess,
        "sure": one.sure,
        "right": one.right,
        "pick": bool(one.choices),
        "bits": {name: said.bits for name, said in one.said.items()},
    }


def plain_said(said: Mapping[str, Said]) -> dict[str, Any]:
    """For the page."""
    return {name: {**vars(one), "top": [list(pair) for pair in one.top]} for name, one in said.items()}
