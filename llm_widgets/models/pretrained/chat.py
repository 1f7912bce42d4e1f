"""How a conversation is written for a chat model: ChatML, the form of SmolLM2 and many others."""

from __future__ import annotations

import re
from typing import Any

START, END = "<|im_start|>", "<|im_end|>"
ROLES = ("system", "user", "assistant")
_SYSTEM = re.compile(re.escape(f"{START}system\\n") + "(.*?)" + re.escape(END))


def chat_of(template: Any) -> dict[str, str]:
    """What a template in Jinja says, without running it: {} where it is none of ChatML.

    Example:
        >>> chat_of("{{ '<|im_start|>system\\\\nBe kind.<|im_end|>\\\\n' }} {{ '<|im_start|>' + message['role'] }}")
        {'format': 'chatml', 'system': 'Be kind.'}
    """
    if not isinstance(template, str) or START not in template or END not in template:
        return {}
    found = _SYSTEM.search(template.replace("\n", "\\n"))
    return {"format": "chatml", "system": found[1].replace("\\n", "\n") if found else ""}
