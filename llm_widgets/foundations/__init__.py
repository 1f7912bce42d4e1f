"""NumPy alone: what can be computed before the reader's eyes, with nothing else installed."""

from __future__ import annotations

from llm_widgets.foundations.sampling import next_token_probabilities, sample

__all__ = ["next_token_probabilities", "sample"]
