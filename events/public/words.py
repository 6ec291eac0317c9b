"""The words of the reader's interface, an edition each; other editions fall back to English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from events.vocabulary import EDITIONS, Grade

_ENGLISH: Final = {
    "front": "Front page",
    "archive": "Archive",
    "contexts": "Contexts",
    "opinion": "Opinion",
    "skip": "Skip to the content",
    "main_navigation": "Main",
    "editions": "Editions",
    "tagline": "News with its context, at addresses that never change",
    "previous_day": "Previous day",
    "next_day": "Next day",
    "days": "Days",
    "in_the_words_of": "In the words of",
    "the_source": "the source",
    "sources": "Sources",
    "picture": "Picture",
    "picture_of": "Picture of",
    "related": "Related events",
    "shared": "Shared contexts:",
    "pinned": "Chosen by an editor",
    "corrections": "Corrections",
    "revision": "revision",
    "about": "About this page",
    "origin": "Origin",
    "licence": "Licence",
    "read_on": "read on",
    "category": "Category",
    "record": "Record",
    "former": "Former addresses",
    "formats": "Other formats",
    "short": "Permanent short address",
    "events": "events",
    "event": "event",
    "no_events": "There are no events here yet.",
    "aliases": "Also known as",
    "broader": "Part of",
    "narrower": "Includes",
    "newest_first": "Events, newest first",
    "more_events": "Only the newest are shown; there are more.",
    "elsewhere": "Elsewhere",
    "a_to_z": "By first letter",
    "more": "More",
    "first_page": "From the beginning",
    "no_contexts": "No context stands here.",
    "years": "Years",
    "months": "Months",
    "earlier": "Earlier",
    "later": "Later",
    "day": "Day",
    "month": "Month",
    "number_of_events": "Events",
    "by": "by",
    "no_editorials": "There are no editorials yet.",
    "all_editorials": "All editorials",
    "other_events": "Other events",
    "search": "Search",
    "search_for": "Search for",
    "search_hint": 'Words, "phrases", -not, this OR that, begin*, context:NAME, publisher:NAME, after:2004.',
    "from_day": "From",
    "to_day": "to",
    "by_relevance": "Best first",
    "by_date": "Newest first",
    "did_you_mean": "Did you mean",
    "nothing_found": "Nothing was found. Try fewer or other words, or take a narrowing away.",
    "most_words": "Hardly any event has all of these words; those that have most of them are shown too.",
    "found_without": "Found without:",
    "query_cut": "The query was too long; only its beginning was searched for.",
    "narrowed_by": "Narrowed by",
    "take_away": "Take away",
    "more_than": "More than",
    "publishers": "Publishers",
    "newest_counted": "Counted in the newest",
    "over_the_years": "Events found, by year",
    "as_table": "As a table",
    "year": "Year",
    "jump": "Go to a date",
    "go": "Go",
    "quiet": "few",
    "busy": "many",
    "on_this_day": "On this day",
    "all_of_day": "All events of that day",
    "feed": "Feed",
    "ledger": "Corrections",
    "ledger_says": "What was wrong, what stands there now, and why: every correction, newest first.",
    "no_corrections": "Nothing has been corrected yet.",
    "field_text": "Text",
    "field_summary": "Summary",
    "field_date": "Date",
    "field_category": "Category",
    "field_lead": "Lead context",
    "field_citations": "Sources",
    "older": "Older",
}
_CHINESE: Final = {
    "front": "首页",
    "archive": "档案",
    "contexts": "背景",
    "opinion": "观点",
    "skip": "跳到正文",
    "main_navigation": "主导航",
    "editions": "语言",
    "tagline": "有来龙去脉的新闻，地址永不改变",
    "previous_day": "前一天",
    "next_day": "后一天",
    "days": "日期",
    "in_the_words_of": "原文摘要：",
    "the_source": "信息来源",
    "sources": "信息来源",
    "picture": "图片",
    "picture_of": "图片：",
    "related": "有关事件",
    "shared": "共同背景：",
    "pinned": "编辑选定",
    "corrections": "更正",
    "revision": "版本",
    "about": "关于本页",
    "origin": "出处",
    "licence": "许可",
    "read_on": "详情",
    "category": "类别",
    "record": "记录",
    "former": "曾用地址",
    "formats": "其他格式",
    "short": "永久短地址",
    "events": "条事件",
    "event": "条事件",
    "no_events": "这里还没有事件。",
    "aliases": "又称",
    "broader": "属于",
    "narrower": "包括",
    "newest_first": "事件（新的在前）",
    "more_events": "这里只显示最新的事件，还有更多。",
    "elsewhere": "其他网站",
    "a_to_z": "按首字母",
    "more": "更多",
    "first_page": "从头开始",
    "no_contexts": "这里没有背景。",
    "years": "年份",
    "months": "月份",
    "earlier": "更早",
    "later": "更晚",
    "day": "日",
    "month": "月",
    "number_of_events": "事件",
    "by": "作者",
    "no_editorials": "还没有评论文章。",
    "all_editorials": "全部评论",
    "other_events": "其他事件",
    "search": "搜索",
    "search_for": "搜索",
    "search_hint": '词语、"词组"、-排除、甲 OR 乙、context:背景、publisher:媒体、after:2004。',
    "from_day": "从",
    "to_day": "到",
    "by_relevance": "最相关",
    "by_date": "最新",
    "did_you_mean": "您要找的是不是",
    "nothing_found": "没有找到。请减少或更换词语，或去掉限制。",
    "most_words": "几乎没有事件包含全部词语，因此也列出包含其中大部分的事件。",
    "found_without": "未包含：",
    "query_cut": "查询太长，只搜索了开头部分。",
    "narrowed_by": "限制",
    "take_away": "去掉",
    "more_than": "超过",
    "publishers": "媒体",
    "newest_counted": "只统计最新的",
    "over_the_years": "各年找到的事件",
    "as_table": "表格",
    "year": "年",
    "jump": "跳转到日期",
    "go": "前往",
    "quiet": "少",
    "busy": "多",
    "on_this_day": "历史上的今天",
    "all_of_day": "当日全部事件",
    "feed": "订阅",
    "ledger": "更正",
    "ledger_says": "已发布事件的每一次更正，新的在前：原来怎么说，现在怎么说，以及原因。",
    "no_corrections": "还没有更正。",
    "field_text": "正文",
    "field_summary": "摘要",
    "field_date": "日期",
    "field_category": "类别",
    "field_lead": "主背景",
    "field_citations": "信息来源",
    "older": "更早",
}
_WORDS: Final = {"en": _ENGLISH, "zh": _CHINESE}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_GRADES_CHINESE: Final = {
    Grade.TYPO: "错字",
    Grade.CORRECTION: "更正",
    Grade.CLARIFICATION: "澄清",
    Grade.UPDATE: "更新",
    Grade.RETRACTION: "撤回",
    Grade.LEGAL: "法律原因",
}


def words(edition: str) -> Mapping[str, str]:
    """The interface's words in the language of *edition*."""
    return _WORDS.get(edition, _ENGLISH)


def grade_word(edition: str, grade: str) -> str:
    """How readers are told a correction's grade."""
    known = Grade(grade)
    return _GRADES_CHINESE[known] if EDITIONS[edition].lang.startswith("zh") else known.label


def day_words(edition: str, date: dt.date) -> str:
    """A day as people write it: "9 February 2004", 2004年2月9日."""
    if EDITIONS[edition].cjk:
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def day_of_year_words(edition: str, date: dt.date) -> str:
    """A day without its year: "9 February", 2月9日."""
    if EDITIONS[edition].cjk:
        return f"{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]}"


def weekday_words(edition: str) -> list[tuple[str, str]]:
    """The days of the week from Monday: as a column's heading, and in full."""
    if EDITIONS[edition].cjk:
        return [(sign, f"星期{sign}") for sign in "一二三四五六日"]
    return [(name[:2], name) for name in _WEEKDAYS]


def month_words(edition: str, year: int, month: int, *, with_year: bool = True) -> str:
    """A month as people write it: "February 2004", 2004年2月."""
    if EDITIONS[edition].cjk:
        return f"{year}年{month}月" if with_year else f"{month}月"
    return f"{_MONTHS[month - 1]} {year}" if with_year else _MONTHS[month - 1]


def count_words(edition: str, count: int) -> str:
    """ "1 event", "1,234 events", 12条事件."""
    said = words(edition)
    word = said["event"] if count == 1 else said["events"]
    return f"{count:,}{'' if EDITIONS[edition].cjk else ' '}{word}"
