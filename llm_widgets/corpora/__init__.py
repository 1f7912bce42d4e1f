"""Where text comes from: labelled texts in three splits, with their sources and licences.

Example:
    >>> corpus = load("reviews", language="en")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (7396, 1585, 1585)
"""

from __future__ import annotations

from llm_widgets.corpora.corpus import Card, Corpus, Problem, Split
from llm_widgets.corpora.imdb import DownloadError
from llm_widgets.corpora.registry import Entry, available, fetch, load
from llm_widgets.corpora.reviews import DamagedDataError
from llm_widgets.corpora.table import TableError, read_table

__all__ = [
    "Card",
    "Corpus",
    "DamagedDataError",
    "DownloadError",
    "Entry",
    "Problem",
    "Split",
    "TableError",
    "available",
    "fetch",
    "load",
    "read_table",
]
