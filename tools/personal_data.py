"""Finds what could lead to a private person in a Chinese review. Such reviews are left out whole.

A mask such as "[phone]" would be a word that no learner's own text has, so nothing is masked.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = r"(?<!\d)(?!(\d)\1+(?!\d))"  # a run of digits, but not 5555555, which is crying
PATTERNS = {
    "mobile": r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)",
    "telephone": r"(?<!\d)0\d{2,3}[\s-]?\d{7,8}(?!\d)",
    "e-mail": r"[\w.+-]+\s*@\s*[\w-]+\s*\.\s*\w+",
    "web address": r"https?:|www\.|[\w-]\.(com|cn|net|org)\b|/thread-",
    "messenger": r"(qq|扣扣|msn|微信|weixin|旺旺|群)\s*号?码?\s*(是|为|:)?\s*[\w@.]*\d{5,}",
    "identity card": r"(?<!\d)\d{17}[\dx](?!\w)",
    # Order, invoice, parcel and telephone numbers. kb888111 and the like are Microsoft's, not a person's.
    "number": r"(?<!kb)" + _DIGITS + r"\d{6,}",
    "number in parts": r"#\s*\d{3}(\s\d{3}){2}",
    "staff number": r"(工号|订单号|单号|发票号码)\s*:?\s*\d{4,}",
    "named person": (
        r"正在派件|经理\s*:\s*[一-龥]{2,3}|名叫\s*[一-龥]{3}的(工作人员|服务员|前台)|接待员[一-龥]{2,3}先生"
    ),
}
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE | re.ASCII) for kind, pattern in PATTERNS.items()}


def kind_of_personal_data(text: str) -> str | None:
    """The first kind that is found, or None. Full-width characters count as their plain forms.

    Example:
        >>> kind_of_personal_data("有意思的联系ＱＱ：１２３４５６７")
        'messenger'
        >>> kind_of_personal_data("房间好，5555555") is None
        True
    """
    plain = unicodedata.normalize("NFKC", text)
    return next((kind for kind, pattern in _COMPILED.items() if pattern.search(plain)), None)
