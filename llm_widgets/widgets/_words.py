"""How an error is told to somebody who moves sliders, and not to somebody who writes code."""

from __future__ import annotations

import re

# Errors end with what was received, which helps in a traceback; on the page the learner sees what was done.
_RECEIVED = re.compile(r"\s*(Received: |收到[：:]).*\Z", re.DOTALL)


def for_a_learner(error: BaseException) -> str:
    """The error's words without their last part, "Received: …"."""
    text = str(error)
    return _RECEIVED.sub("", text) or text or type(error).__name__
