"""Bytes to text: what spreadsheets and editors on three systems write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.corpora.decoding import TableError, decode

CHINESE = "内容,情感\n" + "这家酒店的服务态度非常好，房间也很干净,好评\n送货太慢，书的质量很差，很失望,差评\n" * 20
FRENCH = "texte,label\n" + "C'était très réussi, à voir avec les élèves,1\nUn scénario raté et déjà vu,0\n" * 20


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_chinese_in_any_usual_encoding(encoding: str, language: str) -> None:
    assert decode(CHINESE.encode(encoding), language)[0] == CHINESE


def test_traditional_chinese_in_big5() -> None:
    text = "內容,標籤\n" + "這家飯店的服務態度非常好，房間也很乾淨,1\n送貨太慢，書的質量很差，很失望,0\n" * 20
    assert decode(text.encode("big5"), "en")[0] == text


def test_western_letters_of_windows() -> None:
    assert decode(FRENCH.encode("cp1252"), "en")[0] == FRENCH


@given(st.text())
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    data = text.encode("utf-8")
    if "\0" not in text and not text.startswith(("\ufeff", "PK\x03\x04", "%PDF")):
        assert decode(data, "zh")[0] == text


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04rest of a workbook",
        b"\xd0\xcf\x11\xe0old Excel",
        b"%PDF-1.7",
        b"\x1f\x8bzipped",
        b"\x89PNG\r\n\0\0a",
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(data: bytes) -> None:
    with pytest.raises(TableError, match=r"UTF-8.*CSV.*Received"):
        decode(data, "en")


def test_a_mark_that_is_not_kept_is_named() -> None:
    with pytest.raises(TableError, match="byte 5 is not"):
        decode(b"\xef\xbb\xbfab\xff\xff", "en")
