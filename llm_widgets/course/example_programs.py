"""Programs of rules that say whether a review is positive: where a learner begins. The word lists are our own."""

from __future__ import annotations

GOOD = """
    good great best love loved enjoyable fun funny charming beautiful moving touching brilliant clever warm fresh
    powerful delightful fascinating entertaining engaging excellent wonderful smart heartfelt
"""
BAD = """
    bad worst dull boring bland mess stupid silly flat tired awful poor weak lame predictable tedious pointless
    annoying ugly slow lifeless pretentious unfunny fails lacks waste
"""
NOT = "not no never n't hardly without"


def english(text):  # type: ignore[no-untyped-def]  # a learner reads this: no types yet
    """Counts good and bad words; "not" and its like turn the next three words around."""
    words = text.lower().replace("n't", " n't").replace(",", " ").replace(".", " ").split()
    good, bad, turning = GOOD.split(), BAD.split(), NOT.split()
    score, turned = 0, 0
    for word in words:
        worth = (word in good) - (word in bad)
        score += -worth if turned > 0 else worth
        turned = 3 if word in turning else turned - 1
    if score > 0:
        return "positive"
    if score < 0:
        return "negative"
    if "but" in words:
        return "negative", "a but, and no word of the lists"
    return None


GOOD_ZH = "好 不错 喜欢 满意 漂亮 方便 舒服 干净 热情 推荐 值得 便宜 快 精彩 感动"
BAD_ZH = "差 失望 糟 坏 烂 贵 慢 吵 脏 旧 难 后悔 垃圾 问题 退 死机 无聊"
NOT_ZH = "不 没 别 无"


def chinese(text):  # type: ignore[no-untyped-def]
    """数好词与坏词；前面两个字里有“不”“没”等，意思就反过来。"""
    score = 0
    for word, worth in [(w, 1) for w in GOOD_ZH.split()] + [(w, -1) for w in BAD_ZH.split()]:
        start = text.find(word)
        while start >= 0:
            before = text[max(0, start - 2) : start]
            turned = any(turning in before for turning in NOT_ZH.split())
            score += -worth if turned else worth
            start = text.find(word, start + len(word))
    if score > 0:
        return "positive"
    if score < 0:
        return "negative"
    if "但" in text or "可是" in text:
        return "negative", "有“但”，没有表中的词"
    return None
