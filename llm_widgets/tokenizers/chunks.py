"""Where a long text may be cut so that each tokenizer cuts the chunks as it cuts the whole.

Most chunks of a long text come again and again: each different one is tokenized once, which makes 1 MB a matter of
tenths of a second.
"""

from __future__ import annotations

import re

SHOWN = 400  # characters of a text whose pieces are shown
# White space as the library's patterns see it.
_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Chinese characters that are letters in every version of Unicode, and signs that end a clause and are none.
_HAN = "\u4e00-\u9fa5"
_END = "，。！？；：、"
# Signs that make one visible sign with whatever follows, a space or a Chinese character, too (Unicode's UAX 29, GB9b).
_PREPEND = (
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3\U0001193f\U00011941"
    "\U00011a3a\U00011a84-\U00011a89\U00011d46\U00011f02"
)
_CLAUSE = re.compile(f"[{_SPACE}]*(?:[^{_SPACE}{_END}]+|[{_END}](?![{_HAN}]))*[{_END}]?")
# Whether "'s" stands alone is said by the next letter, so that letter belongs to its block.
_BLOCK = re.compile(f"[{_HAN}]|(?:[^{_SPACE}{_HAN}{_PREPEND}]+|[{_PREPEND}]+.?|(?<=['’][sS])[{_HAN}])+", re.DOTALL)


def clauses(text: str) -> list[str]:
    """Words with the white space before them, and Chinese up to the end of a clause: together the text.

    Neither BPE nor the search for Chinese words reaches beyond one of them.

    Example:
        >>> clauses("A cat. 春眠不觉晓，处处闻啼鸟。")
        ['A', ' cat.', ' 春眠不觉晓，', '处处闻啼鸟。']
    """
    found = _CLAUSE.findall(text)
    return [clause for clause in found if clause]


def blocks(text: str) -> list[str]:
    """Single Chinese characters, and what stands between white space: no word reaches beyond one of them.

    Example:
        >>> blocks("It's 我的 cat.")
        ["It's", '我', '的', 'cat.']
    """
    return _BLOCK.findall(text)


def gaps(text: str) -> list[str]:
    """The white space before, between and after `blocks`."""
    return _BLOCK.split(text)


def beginning(text: str, least: int) -> str:
    """The first clauses that have at least so many characters together, or the whole text.

    Where a single clause is longer than that, it is cut after twice as many: the last pieces may be others then.
    """
    if len(text) <= least:
        return text
    end = 0
    for clause in _CLAUSE.finditer(text):
        end = clause.end()
        if end >= least:
            break
    return text[: min(end, 2 * least)]
