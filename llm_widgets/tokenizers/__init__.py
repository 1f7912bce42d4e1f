"""Text in, ids out, and back.

Example:
    >>> tokenizer = Tokenizer.train(["good film", "bad film"], vocabulary_size=100)
    >>> tokenizer.encode("a good film").known
    (False, True, True)
"""

from __future__ import annotations

from llm_widgets.tokenizers.tokenizer import Encoding, Tokenizer
from llm_widgets.tokenizers.units import UNITS, default_unit

__all__ = ["UNITS", "Encoding", "Tokenizer", "default_unit"]
