"""Where text comes from: labelled texts and running texts in three splits, with their sources and licences.

Example:
    >>> corpus = load("reviews", language="en")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (7396, 1585, 1585)
    >>> load("alice").train[58:91]
    "ALICE'S ADVENTURES IN WONDERLAND"
"""

from __future__ import annotations

from llm_widgets.corpora.corpus import Card, Corpus, Problem, Split
from llm_widgets.corpora.imdb import DownloadError
from llm_widgets.corpora.own_text import TextError, text
from llm_widgets.corpora.registry import Entry, available, fetch, load, load_labelled
from llm_widgets.corpora.shipped import DamagedDataError
from llm_widgets.corpora.table import TableError, read_table
from llm_widgets.corpora.text_corpus import TextCorpus

__all__ = [
    "Card",
    "Corpus",
    "DamagedDataError",
    "DownloadError",
    "Entry",
    "Problem",
    "Split",
    "TableError",
    "TextCorpus",
    "TextError",
    "available",
    "fetch",
    "load",
    "load_labelled",
    "read_table",
    "text",
]
