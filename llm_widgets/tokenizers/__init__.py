"""Text in, ids out, and back.

Example:
    >>> tokenizer = Tokenizer.train(["good film", "bad film"], vocabulary_size=100)
    >>> tokenizer.encode("a good film").known
    (False, True, True)
    >>> TextTokenizer.train("good film", unit="bytes").encode("好").tokens
    ('<E5>', '<A5>', '<BD>')
"""

from __future__ import annotations

from llm_widgets.tokenizers.bpe_learner import BPELearner
from llm_widgets.tokenizers.comparison import Comparison, Way, compare
from llm_widgets.tokenizers.encoding import Encoding
from llm_widgets.tokenizers.preprocessing import preprocess, same_after
from llm_widgets.tokenizers.text_tokenizer import TEXT_UNITS, TextTokenizer
from llm_widgets.tokenizers.tokenizer import Tokenizer
from llm_widgets.tokenizers.units import UNITS, default_unit
from llm_widgets.tokenizers.utf8 import utf8

__all__ = [
    "TEXT_UNITS",
    "UNITS",
    "Comparison",
    "Encoding",
    "TextTokenizer",
    "Tokenizer",
    "Way",
    "compare",
    "default_unit",
    "preprocess",
    "same_after",
    "utf8",
]
__all__ = ["TEXT_UNITS", "UNITS", "BPELearner", "Encoding", "TextTokenizer", "Tokenizer", "default_unit"]
