"""The next word by a model that reads characters: the product over its letters, and that it ends where it ends."""

from __future__ import annotations

import copy
import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis._asking import MOST_NUMBERS, rows_at_once
from llm_widgets.analysis._letters import Letters
from llm_widgets.i18n import t
from llm_widgets.tokenizers.wording import Wording

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

Floats = NDArray[np.float64]
_LEAST = 1e-7  # a beginning of a word that is less likely is not followed


@dataclass(frozen=True, eq=False)
class NextWords:
    """The likeliest words that a search through their letters found, the likeliest first.

    Args:
        words: as `Wording.event` writes them.
        probabilities: float64 [N]; of each at least so much (a form in capitals that was dropped would add to it).
        explored: of all words that the search has read to their ends; the rest, up to 1, it has not looked at.
    """

    words: tuple[str, ...]
    probabilities: Floats
    explored: float


class WordReader:
    """What a model that reads characters says of whole words, given that a word comes next.

    P(word) is the sum over its forms (alice, Alice, ALICE) of P(each letter after those before it) · P(no letter comes
    after it), divided by P(a letter comes first). So all words together have a probability of 1, as in a model of
    words.

    Args:
        source: a `LanguageModel` or a `LanguageRun` of a GPT or the Llama kind that reads characters.
        language: of the text: "zh" takes each Chinese character as a word.

    Raises:
        ValueError: the model is another one.

    Example:
        >>> from llm_widgets.models import GPTSpec, LanguageModel
        >>> from llm_widgets.tokenizers import TextTokenizer
        >>> tokenizer = TextTokenizer.train("a rose is a rose")
        >>> spec = GPTSpec(vocabulary_size=tokenizer.vocabulary_size, d_model=8, num_heads=2, max_length=16)
        >>> reader = WordReader(LanguageModel("rose", spec.build(seed=0), tokenizer), "en")
        >>> bool(reader.log2_probabilities(["a "], ["rose"])[0] < 0)
        True
    """

    def __init__(self, source: Askable, language: str) -> None:
        self.source = source
        self.wording = Wording(language)
        self.letters = Letters(source, self.wording)

    def log2_probabilities(self, before: Sequence[str], words: Sequence[str]) -> Floats:
        """Of each word after the text before it, exact, float64 [N]; as many words as texts, as `Wording.event` writes.

        Raises:
            ValueError: these are not as many, or the model's scores are no numbers any more.
        """
        if len(before) != len(words):
            raise ValueError(
                t(
                    "Each word needs its text before it. Received: {texts} texts, {words} words",
                    texts=len(before),
                    words=len(words),
                )
            )
        contexts = [self.letters.before(text) for text in before]
        places: dict[bytes, list[int]] = defaultdict(list)
        for i, ids in enumerate(contexts):
            places[ids.tobytes()].append(i)
        by_length: dict[int, list[list[int]]] = defaultdict(list)
        for same in places.values():
            by_length[len(contexts[same[0]])].append(same)
        found = np.full(len(words), -np.inf)
        for groups in by_length.values():
            for some in _portions(groups, rows_at_once(self.source.spec, self.source.spec.max_length)):
                answers = self._answers([(contexts[same[0]], [words[i] for i in same]) for same in some])
                for same, logs in zip(some, answers, strict=True):
                    found[same] = logs
        found /= np.log(2)
        return found

    def _answers(self, asked: Sequence[tuple[NDArray[np.int32], Sequence[str]]]) -> list[Floats]:
        return self.source.call(lambda model: _Reading(model, self.letters).words(asked))

    def next_words(self, before: str, top: int = 5, width: int = 64) -> NextWords:
        """The likeliest words after a text, found letter by letter: the `width` likeliest beginnings are followed.

        Args:
            top: how many words at most.
        """
        ids = self.letters.before(before)
        found = self.source.call(lambda model: _Search(model, self.letters, ids, width).run())
        best = sorted(found.items(), key=lambda item: -item[1])[:top]
        return NextWords(
            tuple(word for word, _ in best), np.array([p for _, p in best]), min(1.0, float(sum(found.values())))
        )


class _Reading:
    """One look of the model at the words after some texts, all of one length."""

    def __init__(self, model: Any, letters: Letters) -> None:
        self._model, self._letters = model, letters

    def words(self, asked: Sequence[tuple[NDArray[np.int32], Sequence[str]]]) -> list[Floats]:
        """Log-probabilities in nats of the words after each text: [(context ids [K], words)]."""
        letters = self._letters
        rows: list[tuple[int, NDArray[np.int32], int]] = []  # context, ids that follow it, letters of the word
        owners: list[tuple[int, int, bool]] = []  # context, word, whether this is the first row of a form
        for c, (_, words) in enumerate(asked):
            for w, word in enumerate(words):
                for form in letters.wording.forms(word):
                    if letters.wording.single and len(form) != 1:
                        continue
                    ids = letters.tokenizer.ids(form)
                    # What comes after an apostrophe decides whether the word ends before it.
                    signs: Sequence[int | None] = letters.apostrophes or (None,)
                    for place, sign in enumerate(signs):
                        rows.append((c, ids if sign is None else np.append(ids, np.int32(sign)), len(ids)))
                        owners.append((c, w, place == 0))
        found = [np.full(len(words), -np.inf) for _, words in asked]
        for (c, w, first), (_, ids, length), logs in zip(
            owners, rows, self._logs([a[0] for a in asked], rows), strict=True
        ):
            path = sum(logs[i][ids[i]] for i in range(length)) - self._unknown(ids[:length])
            path -= np.log(letters.begins(logs[0]))
            ends: Any = float(letters.wording.single)
            if not letters.wording.single:
                ends = letters.open_ends(logs[length]) if first else 0.0
                if letters.apostrophes:
                    ends += np.exp(logs[length][ids[length]]) * letters.ends(logs[length + 1])
            with np.errstate(divide="ignore"):  # logarithms: a long word's probability is below any number
                found[c][w] = np.logaddexp(found[c][w], path + np.log(ends))
        return found

    def _unknown(self, ids: NDArray[np.int32]) -> float:
        """What the unknown letters cost beyond their sign, in nats."""
        unknown = int((ids == self._letters.tokenizer.UNKNOWN_ID).sum())
        return unknown * self._letters.unknown_bits * float(np.log(2))

    def _logs(
        self, contexts: Sequence[NDArray[np.int32]], rows: Sequence[tuple[int, NDArray[np.int32], int]]
    ) -> list[Floats]:
        """For each row the log-probabilities [L + 1, V] of its first id, its second, …, and what follows its last."""
        spec, letters = self._model.spec, self._letters
        found: list[Floats] = [np.zeros((0, 0))] * len(rows)
        long = {i for i, (_, ids, _) in enumerate(rows) if len(ids) > max(letters.room, 1) or not spec.causal}
        for i in long:
            found[i] = self._sliding(contexts[rows[i][0]], rows[i][1])
        short = [i for i in range(len(rows)) if i not in long]
        if not short:
            return found
        most = 0 if letters.wording.single else max(len(rows[i][1]) for i in short)
        texts = np.stack(contexts)  # [N, K]
        cache = self._model.start(texts, texts.shape[1] + most)
        first = self._pass(texts, cache)[:, -1]  # [N, V]
        for some in _portions(short, max(1, MOST_NUMBERS // ((most + 1) * len(letters.possible)))):
            new = np.zeros((len(some), most), np.int32)
            for r, i in enumerate(some):
                new[r, : len(rows[i][1])] = rows[i][1][:most]
            after: NDArray[Any] = np.zeros((len(some), 0, first.shape[-1]))
            if most:
                own = copy.copy(cache)  # what the texts before the words left in it is read once
                own.select([rows[i][0] for i in some])
                after = self._pass(new, own)
            for r, i in enumerate(some):
                row = np.concatenate([first[rows[i][0]][None], after[r, : len(rows[i][1])]])
                found[i] = letters.logs(row)
        return found

    def _pass(self, ids: NDArray[np.int32], cache: Any) -> NDArray[np.float32]:
        """Logits [B, T, V] after each new token; the cache then holds them, too."""
        from llm_widgets.models.layers.transformer import as_arrays, as_ids

        model = self._model
        seen = cache.note(ids) if model.spec.hides_padding else None
        with model.reading():
            x = model.stack.call(model.embed(as_ids(ids)), seen, cache=cache)
            return as_arrays([model.logits(x)])[0]

    def _sliding(self, context: NDArray[np.int32], ids: NDArray[np.int32]) -> Floats:
        """The same for one row, each token read with those before it that fit."""
        most = self._model.spec.max_length
        whole = np.concatenate([context, ids])
        texts = [whole[max(0, end - most) : end] for end in range(len(context), len(whole) + 1)]
        found: list[Floats] = []
        for _, same in itertools.groupby(texts, len):
            for some in _portions(list(same), rows_at_once(self._model.spec, most)):
                batch = np.stack(some)
                found.append(self._letters.logs(self._model.after(batch, batch)))
        return np.concatenate(found)


class _Search:
    """A beam search through the letters of one word."""

    def __init__(self, model: Any, letters: Letters, context: NDArray[np.int32], width: int) -> None:
        from llm_widgets.models.beam import Read

        self._letters, self._width = letters, max(1, width)
        self._context = context
        self._read = Read(model, len(context) + letters.room)
        self._words: dict[str, float] = defaultdict(float)
        # Signs that may go on within a word: letters, and after a letter an apostrophe. The unknown one is no word's.
        self._inner = [i for i in letters.signs if letters.letter[i]]

    def run(self) -> dict[str, float]:
        """Words and their probabilities."""
        letters = self._letters
        logs = self._logs([()])
        chances = np.exp(logs[0]) / letters.begins(logs[0])
        running: dict[tuple[int, ...], float] = {(i,): float(chances[i]) for i in self._inner}
        if letters.wording.single:
            return {letters.signs[ids[0]]: p for ids, p in running.items()}
        for _ in range(letters.room - 1):
            best = sorted(running, key=lambda ids: -running[ids])[: self._width]
            best = [ids for ids in best if running[ids] > _LEAST]
            if not best:
                break
            running = self._step(best, [running[ids] for ids in best])
        return self._words

    def _step(self, beginnings: list[tuple[int, ...]], chances: list[float]) -> dict[tuple[int, ...], float]:
        """Ends each beginning as a word, and puts each letter behind it."""
        letters, running = self._letters, {}
        logs = self._logs(beginnings)
        open_ends, ends = letters.open_ends(logs), letters.ends(logs)
        for row, (ids, chance) in enumerate(zip(beginnings, chances, strict=True)):
            after_apostrophe = bool(letters.apostrophe[ids[-1]])
            word = "".join(letters.signs[i] for i in (ids[:-1] if after_apostrophe else ids))
            self._words[letters.wording.event(word)] += chance * float((ends if after_apostrophe else open_ends)[row])
            inner = self._inner if after_apostrophe else [*self._inner, *letters.apostrophes]
            p = np.exp(logs[row])
            running.update({(*ids, i): chance * float(p[i]) for i in inner})
        return running

    def _logs(self, beginnings: list[tuple[int, ...]]) -> Floats:
        texts = np.array([[*self._context, *ids] for ids in beginnings], np.int32)
        return self._letters.logs(self._read.next_logits(texts))


def _portions(items: list[Any], size: int) -> list[list[Any]]:
    return [items[i : i + size] for i in range(0, len(items), max(1, size))]
