"""What could lead to a person is found; what only looks like it is not."""

from __future__ import annotations

import pytest

from tools.personal_data import PATTERNS, kind_of_personal_data

# Invented, in the forms that the sources have.
PRIVATE = {
    "mobile": ["手机：13900001111", "电话139 0000 1111", "１３９００００１１１１"],
    "telephone": ["联系电话:0791-2000000", "说明情况.02800000000"],
    "e-mail": ["与我交流，someone@example.com.", "邮箱 a.b @ 163.com"],
    "web address": ["可参考:http://example.com/x", "www.example.com", "example.cn", ".com/thread-1-1-2.html"],
    "messenger": ["联系QQ 20000000", "ＱＱ：２００００", "微信号：abc12345", "请加群2000001"],
    "identity card": ["11010119900101001X"],
    "number": ["订单号1400000000都7天了", "kf05150105"],
    "number in parts": ["我的PRIORITY # 271 000 317"],
    "staff number": ["携程工号84000的客服", "单号:1234"],
    "named person": ["2009-06-20 绵阳 某某某 正在派件", "总经理:某某某", "名叫某某某的工作人员", "接待员某某先生"],
}
HARMLESS = [
    "房间隔音不好，5555555",
    "服务还可以,房间好,88888888",
    "2008年7月22日入住，2004-6-1 出版",
    "一晚上能读150-200页，用了2000-100的券",
    "先打kb888111补丁",
    "摄像头QQ聊天够用了，MSN也可以",
    "我是5号下的订单，7号还没到",
    "前台叶先生很热情",
    "LED 1366*768，显存512M",
]


def test_every_kind_has_examples() -> None:
    assert set(PRIVATE) == set(PATTERNS)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PRIVATE.items() for text in texts])
def test_it_is_found(kind: str, text: str) -> None:
    assert kind_of_personal_data(text) is not None
    assert kind_of_personal_data(f"这本书很好，{text}，谢谢") is not None


@pytest.mark.parametrize("text", HARMLESS)
def test_it_is_left_alone(text: str) -> None:
    assert kind_of_personal_data(text) is None
