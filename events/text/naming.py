"""Names of contexts in texts: which are there, and where (goals: "Contexts without hands").

All names are looked for at once (Aho–Corasick), in a form in which case, accents, dashes,
apostrophes and traditional characters make no difference; :class:`NameMatcher` then holds each hit
against these rules. When in doubt a name is not found: a wrong tag costs more than a missing one.

* **Boundaries.** No letter or digit stands at either side. Chinese, Japanese and Korean have no such
  boundaries; there a name has two characters or more, and words that only look like one are known.
* **Case.** A name of one word is found as it is written. In names of several words more capitals
  are always fine; fewer where three words or more are, and one that is not first is still there.
* **One word** is found where no capitalised neighbour makes it a part of another name ("Georgia
  Tech"), titles apart ("President Obama"), nor a hyphen ("Iran-Contra"). Where it could be any word
  that begins a sentence ("Sailing") it is not found there.
* **Several words** that end in what many have ("Democratic Party") follow no other capitalised word.
* **No name at all** is found for names without capital or digit ("plea"), for years alone, for
  what is no more than an opening ("In basketball"), and for Chinese words of every day.
* **Endings.** Possessives are no part of a name; names of several words also stand in the plural.
* The **longest** name wins, then the first. Of two that differ in nothing but the form, the one as
  written wins, else the one given first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import ahocorasick

from events.text.hanzi import one_script
from events.text.normalise import is_cjk

NAME_LEAST: Final = 2
"""How many characters a name has at least to be looked for."""
_ASCII_LEAST: Final = 3

_SAME: Final = {
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"',
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "a", "œ": "o", "ð": "d", "þ": "t",
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-"),
}  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_SENTENCE_END: Final = frozenset('.!?:;\n"“”–—•*(')
_BEFORE: Final = re.compile(r"([^\W_][\w.'’]*)([ \u00a0]|[-\u2010\u2011])$")
_AFTER: Final = re.compile(r"([ \u00a0]|[-\u2010\u2011])([^\W_][\w'’]*)")
_OF_NAME: Final = re.compile(r"(?<![^\W_])[^\W\d_a-z][\w'’]* of $")
# Words with a capital that stand before a person's or country's name without being part of it.
_TITLES: Final = """
president premier minister chancellor king queen prince princess emperor pope cardinal bishop
archbishop senator representative congressman congresswoman governor mayor general admiral colonel
captain major lieutenant sergeant commander judge justice doctor professor ambassador secretary
chairman director coach striker sir dame lord lady mr mrs ms dr st rep sen gov gen col capt sgt prof
rev sheikh ayatollah imam mullah dictator leader spokesman candidate
"""
TITLES: Final = frozenset(_TITLES.split())
# A capital that begins a sentence says nothing of these.
_OPENERS: Final = """
a an the in on at of for from by with without after before during since until while when where as
and but or nor if although though because despite following amid against between among about over
under near inside outside across around both all some many most several two three four five six
seven eight nine ten former also its his her their this that these those new it he she they there
meanwhile however according to into not no more than per via
"""
OPENERS: Final = frozenset(_OPENERS.split())
# One-word names with these endings are words of every day, too: subjects, trades, deeds.
_COMMON_ENDING: Final = re.compile(
    r"(?:ing|tions?|sions?|isms?|log(?:y|ies)|ics|nomy|graphy|ball|ness|ments?|wares?|crimes?|ty|ties|"
    r"attacks?|wars?|culture|dom|ship|ure|ance|ence|al|als|ers?|ists?|cy|phy|sports?)$"
)
_COMMON_WORDS: Final = """
golf tennis hockey rugby cricket chess judo sumo polo music film films law peace trade health space
food water war wars oil gas earth moon sun mars money art arts crime drugs police army navy court
strike storm storms flood floods fire fires drought heat piracy slavery torture church people world
internet mail google apple may march august will bill mark rose summer winter spring autumn media
news press obituary obituaries deaths births science sequels plea appeal trial sport
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
# Names that end in these belong to the word before them: the Liberal Democratic Party is not the other.
_HEADS: Final = re.compile(
    r" (?:party|front|movement|union|league|army|court|association|church|council|government|parliament|"
    r"ministry|police|university|authority|alliance|coalition|cup|games|open|"
    r"elections?|championships?|institute|federation)$",
    re.IGNORECASE,
)
_YEARS: Final = re.compile(r"[\d\s/–—年月日-]+")
# Chinese: words of every day that are no name, as "plea" is none; in simplified characters.
_CHINESE_COMMON_WORDS: Final = """
政府 总统 总理 首相 国会 议会 众议院 参议院 警方 警察 军队 军方 记者 媒体 科学家 导演 演员 歌手 律师 市长
省长 部长 法院 最高法院 大学 医院 机场 公司 银行 电影 音乐 足球 篮球 网球 体育 战争 和平 独立 民主 自由 宗教
恐怖主义 选举 大选 总统选举 公投 示威 抗议 罢工 政变 内战 冲突 袭击 攻击 爆炸 枪击 地震 海啸 台风 飓风 洪水
火灾 空难 坠毁 交通事故 谋杀 绑架 人质 难民 卫星 火箭 飞机 客机 火车 经济 贸易 股市 疫情 病毒 癌症 死亡 去世
逝世 今日 昨日 本月 上月 下月 今年 去年 明年 当地时间 世界 国际 中国人 外交部 国防部
"""
_CHINESE_COMMON: Final = frozenset(_CHINESE_COMMON_WORDS.split())
# Chinese: words in which a name's characters stand side by side without being the name.
_NOT_NAMES: Final = (
    "发展中国家", "展中国家", "北美国家", "南美国家", "拉美国家", "欧美国家", "英美国家", "中美国家",
    "今日本", "每日本", "当日本", "即日本", "集中东部", "中国际", "美国际", "法国际", "德国际", "英国际",
)  # fmt: skip


class Found(NamedTuple):
    """A name in a text: what it leads to, and its place in the text as :func:`composed` gives it."""

    target: int
    start: int
    end: int


class _Name(NamedTuple):
    target: int
    written: str
    words: int
    order: int


def composed(text: str) -> str:
    """The text with letters and their accents as one character each (NFC): what places count in."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class NameMatcher:
    """Finds names in texts. Making one costs about a second per 100,000 names, using it little."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        """*names*: each with what it leads to; of one name given twice the first counts."""
        table: dict[str, list[_Name]] = {}
        for order, (name, target) in enumerate(names):
            written = " ".join(composed(name).split())
            if not searchable(written):
                continue
            one = _Name(target, written, len(_WORD.findall(written)), order)
            key = _key(written)
            table.setdefault(key, []).append(one)
            if one.words > 1 and key[-1].isalpha() and key[-1] != "s" and not is_cjk(key[-1]):
                table.setdefault(f"{key}s", []).append(one)
        self._empty = not table
        self._automaton = ahocorasick.Automaton()
        for key, found in table.items():
            self._automaton.add_word(key, (len(key), tuple(found)))
        for key in _NOT_NAMES if not self._empty else ():
            if not self._automaton.exists(key):
                self._automaton.add_word(key, (len(key), ()))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Found]:
        """The names in *text*, in the order of their places; none overlaps another."""
        if self._empty:
            return []
        text = composed(text)
        hits: list[tuple[int, int, int | None]] = []
        for last, (length, names) in self._automaton.iter(_key(text)):
            start, end = last + 1 - length, last + 1
            if not names:
                hits.append((start, end, None))
            elif _stands_alone(text, start, end):
                target = _choose(names, text, start, end)
                if target is not None:
                    hits.append((start, end, target))
        if not hits:
            return []
        return _longest(hits)

    def targets(self, text: str) -> set[int]:
        """What the names in *text* lead to."""
        return {found.target for found in self.find(text)}


def searchable(name: str) -> bool:
    """Whether a name is looked for at all: see the module's rules."""
    if len(name) < NAME_LEAST or _YEARS.fullmatch(name):
        return False
    if any(is_cjk(char) for char in name):
        if one_script(name) in _CHINESE_COMMON:
            return False
        return sum(is_cjk(char) or char.isalnum() for char in name) >= NAME_LEAST
    first, _, rest = name.partition(" ")
    if first.casefold() in OPENERS and not any(char.isupper() or char.isdigit() for char in rest):
        return False
    if not any(char.isupper() or char.isdigit() for char in name):
        # Scripts without capitals (Arabic, Hindi) have nothing to tell a name by but its length.
        return len(name) > _ASCII_LEAST and not any(char.islower() for char in name) and _has_letter(name)
    return _has_letter(name) and (len(name) >= _ASCII_LEAST or name.isupper())


def _has_letter(name: str) -> bool:
    return any(char.isalpha() for char in name)


def _longest(hits: list[tuple[int, int, int | None]]) -> list[Found]:
    hits.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
    taken: list[tuple[int, int, int | None]] = []
    for hit in hits:
        if all(hit[1] <= start or end <= hit[0] for start, end, _ in taken):
            taken.append(hit)
    return [Found(target, start, end) for start, end, target in sorted(taken) if target is not None]


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """One character as names are compared by; always one."""
    if char in _SAME:
        return _SAME[char]
    if char.isspace():
        return " "
    if is_cjk(char):
        return one_script(char)
    base = unicodedata.normalize("NFKD", char)[0].casefold()
    base = _SAME.get(base, base)
    return base if len(base) == 1 else char


def _key(text: str) -> str:
    """*text* as names are compared, character by character: places stay."""
    if text.isascii():
        return text.lower().replace("`", "'").replace("\n", " ").replace("\t", " ")
    return "".join([_plain(char) for char in text])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no word goes on over either edge."""
    if start and _joins(text[start - 1], text[start]):
        return False
    if end < len(text) and _joins(text[end - 1], text[end]):
        return False
    # O'Brien, d'Or: what follows such an apostrophe is no word of its own.
    return not (start > 1 and text[start - 1] in "'’" and text[start - 2].isalnum())


def _joins(left: str, right: str) -> bool:
    return _is_word(left) and _is_word(right)


def _is_word(char: str) -> bool:
    return (char.isalnum() or unicodedata.category(char).startswith("M")) and not is_cjk(char)


def _choose(names: Sequence[_Name], text: str, start: int, end: int) -> int | None:
    """What a hit leads to, or ``None`` where it is no name."""
    here = text[start:end]
    fitting = [name for name in names if _fits(name, here, text, start, end)]
    if not fitting:
        return None
    return min(fitting, key=lambda name: (name.written != here, name.order)).target


def _fits(name: _Name, here: str, text: str, start: int, end: int) -> bool:
    if is_cjk(here[0]) or is_cjk(here[-1]) or not any(char.isupper() for char in name.written):
        return True
    if name.words == 1:
        return _one_word(name.written, here, text, start, end)
    if text[max(0, start - 4) : start] == "New " or (
        _HEADS.search(name.written) and _follows_name(text, start)
    ):
        return False
    lost = [at for at, char in enumerate(name.written) if char.isupper() and not here[at].isupper()]
    if not lost:
        return True
    if name.words <= 2:
        return False
    first = not _begins_sentence(text, start)
    return any(
        char.isupper() and here[at].isupper() and (at > 0 or first) for at, char in enumerate(name.written)
    )


def _one_word(written: str, here: str, text: str, start: int, end: int) -> bool:
    if any(char.isupper() and not here[at].isupper() for at, char in enumerate(written)):
        return False
    if any(char.isupper() != here[at].isupper() for at, char in enumerate(written)):
        return False  # "ISIS" is not "Isis", nor the other way round
    if any(not char.islower() for char in written[1:] if char.isalnum()):
        return True  # ISIL, MasterCard, COP24: unmistakable
    opens = _begins_sentence(text, start)
    if is_common(written) and (opens or _OF_NAME.search(text, max(0, start - 40), start)):
        return False
    if _follows_name(text, start):
        return False
    after = _AFTER.match(text, end)
    return after is None or not _is_name(after[2])


def _follows_name(text: str, start: int) -> bool:
    """Whether a capitalised word stands before *start* that neither opens a sentence nor is a title."""
    before = None if _begins_sentence(text, start) else _BEFORE.search(text, max(0, start - 40), start)
    if before is None or not _is_name(before[1]):
        return False
    word = before[1].rstrip(".").casefold()
    titled = word in TITLES or (word in OPENERS and _begins_sentence(text, before.start()))
    return before[2] not in " \u00a0" or not titled


def is_common(word: str) -> bool:
    """Whether a capitalised word may be an ordinary one at the beginning of a sentence."""
    folded = word.casefold()
    return folded in _COMMON or (len(folded) > 4 and _COMMON_ENDING.search(folded) is not None)


def _is_name(word: str) -> bool:
    return word[0].isupper() and not is_cjk(word[0])


def _begins_sentence(text: str, start: int) -> bool:
    """Whether what begins at *start* is the first word of a sentence, or of what is like one."""
    before = text[max(0, start - 6) : start].rstrip(" \u00a0'‘’[")
    return not before.strip() or before[-1] in _SENTENCE_END
