"""What goes wrong in Chinese texts only: variants left unresolved, marks and blanks between characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.hanzi import is_traditional
from events.text.proofreading.rule import Example, Hit, Rule, Severity, hits

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_CHOICE: Final = re.compile(r"-\{(?P<inside>[^{}]*)\}-?")
_VARIANT: Final = re.compile(r"\s*(?P<code>zh(?:-[a-z]{2,4})?)\s*:\s*(?P<word>[^:\[\]]+)")
_FLAG: Final = re.compile(r"[A-Z]\s*\|")
_TRADITIONAL: Final = ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "zh")
_SIMPLIFIED: Final = ("zh-hans", "zh-cn", "zh-sg", "zh-my", "zh")

_CLOCK: Final = re.compile(r":\d\d:\d\d\+00:00\s?")
_FULL: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF: Final = re.compile(rf"(?<=[{_HAN}」』》”）])(?P<mark>[,;:?!]) ?(?=[{_HAN}「『《“（])")
_BLANK: Final = re.compile(r"(?<=\S) +(?=[，。；：、！？])|(?<=[，。；：、！？]) +(?=[^\sA-Za-z])")
_TWICE: Final = re.compile(r"(?P<mark>[，。；：、])(?P=mark)+")
_REPEATED: Final = re.compile(rf"(?P<word>[{_HAN}·]{{2,8}})(?P=word)")
_PARTICLE: Final = re.compile(r"(?P<word>的|于|於|在|与|與|和|将|將|被|是|了)(?P=word)(?!确|確|士)")
# Names and words that are made of a part that stands twice.
_TWO_OF_A_KIND: Final = frozenset(
    ["伊洛", "莫索", "多多", "帕果", "主教", "开赛", "開賽", "质子", "質子", "中子", "光子", "电子", "電子"]
)


def _choices(text: str) -> Iterator[Hit]:
    if "-{" not in text:
        return
    around = is_traditional(_CHOICE.sub("", text))
    for match in _CHOICE.finditer(text):
        chosen = _chosen(match["inside"], around)
        if chosen and len(chosen) > 1 and text.startswith(chosen, match.end()):
            chosen = ""  # the wording stands behind its variants, too
        yield Hit(match.start(), match.end(), chosen)


def _chosen(inside: str, traditional: bool | None) -> str | None:
    """The variant that goes with the rest of the text; ``None`` where there is none or all is unclear."""
    words: dict[str, str] = {}
    inside = _FLAG.sub("", inside, count=1)
    if ":" not in inside:
        return inside.strip()
    for part in inside.split(";"):
        if not part.strip():
            continue
        match = _VARIANT.fullmatch(part)
        if match is None:
            return None
        words.setdefault(match["code"], match["word"].strip())
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    if traditional is None:
        return None
    order = _TRADITIONAL if traditional else _SIMPLIFIED
    return next((words[code] for code in order if words.get(code)), None)


def _repeated(text: str) -> Iterator[Hit]:
    for match in _REPEATED.finditer(text):
        word = match["word"]
        if word not in _TWO_OF_A_KIND and len(set(word)) > 1 and "·" not in word:
            yield Hit(match.start(), match.end(), word)
    for match in _PARTICLE.finditer(text):
        yield Hit(match.start(), match.end(), match["word"])


def _half_width(text: str) -> Iterator[Hit]:
    for match in _HALF.finditer(text):
        yield Hit(match.start(), match.end(), _FULL[match["mark"]])


RULES: Final = (
    Rule(
        id="zh-variants",
        title="Wording variants left open",
        explanation=(
            "-{zh-cn:…; zh-tw:…}- lets a wiki choose a wording by the reader's region. The fix takes the one "
            "in the script of the rest of the text."
        ),
        severity=Severity.DAMAGE,
        find=_choices,
        cjk=True,
        bad=(
            Example("美國總統-{zh-tw:歐巴馬; zh-cn:奥巴马;}-訪問日本。", "美國總統歐巴馬訪問日本。"),
            Example("美国总统-{zh-tw:歐巴馬; zh-cn:奥巴马;}-访问日本。", "美国总统奥巴马访问日本。"),
            Example("-{朝鲜}-試射飛彈。", "朝鲜試射飛彈。"),
        ),
        good=("歐巴馬訪問日本。",),
    ),
    Rule(
        id="zh-time-left",
        title="A time stamp's rest",
        explanation="The end of a time stamp (:52:04+00:00) that stuck to the text.",
        severity=Severity.DAMAGE,
        find=hits(_CLOCK, ""),
        cjk=True,
        bad=(Example("北小巨蛋舉行頒獎典禮。:52:04+00:00", "北小巨蛋舉行頒獎典禮。"),),
        good=("比賽於04:04:10開始。",),
    ),
    Rule(
        id="zh-repeated",
        title="Words twice in a row",
        explanation="Two characters or more that stand twice in a row, and small words that do (的的).",
        severity=Severity.MISTAKE,
        find=_repeated,
        cjk=True,
        bad=(
            Example("乘客乘坐联合航空联合航空的班机。", "乘客乘坐联合航空的班机。"),
            Example("开始为期二日的的访问。", "开始为期二日的访问。"),
        ),
        good=(
            "吉尔吉斯斯坦总统伊洛伊洛刚刚抵达，美国国家航空航天局。",
            "天主教主教团；公开赛开赛。",
            "他的的确确来了。",
        ),
    ),
    Rule(
        id="zh-blank",
        title="A blank at a Chinese mark",
        explanation="No blank stands before or after a Chinese punctuation mark.",
        severity=Severity.TYPOGRAPHY,
        find=hits(_BLANK, ""),
        cjk=True,
        bad=(Example("他辭職 ，並道歉。", "他辭職，並道歉。"),),
        good=("iPad Air 2 在北京發布。", "獻金醜聞 日相選情"),
    ),
    Rule(
        id="zh-half-width",
        title="A narrow mark between Chinese characters",
        explanation="Between Chinese characters the wide marks stand: ，；：？！",
        severity=Severity.TYPOGRAPHY,
        find=_half_width,
        cjk=True,
        bad=(Example("總統辭職,並道歉。", "總統辭職，並道歉。"),),
        good=("比分為3:2，1,000人。",),
    ),
    Rule(
        id="zh-doubled-mark",
        title="A Chinese mark twice",
        explanation="Two full stops or commas where one is meant.",
        severity=Severity.TYPOGRAPHY,
        find=hits(_TWICE, r"\g<mark>"),
        cjk=True,
        bad=(Example("總統辭職。。", "總統辭職。"),),
        good=("總統辭職……",),
    ),
)
