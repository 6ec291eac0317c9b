"""The words of the reader's interface: in English here, in other languages through Django's translations.

Every edition has its own in ``events/locale/``; ``scripts/messages.py`` brings the catalogues up to
date with this file, and a test holds them to it. A word without a translation stays English.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext, ngettext, pgettext

from events.vocabulary import EDITIONS, Category, Grade

WORDS: Final = {
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
    "previous_in": "Previous in",
    "next_in": "Next in",
    "related": "Related events",
    "shared": "Shared contexts:",
    "same_story": "The same story:",
    "both_say": "Both tell of:",
    "pinned": "Chosen by an editor",
    "corrections": "Corrections",
    "revision": "revision",
    "about": "About this page",
    "origin": "Origin",
    "licence": "Licence",
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
    "events_by_year": "Events by year",
    "appears_with": "Appears with",
    "most_used": "Most used",
    "all_contexts": "All contexts by name",
    "find_context": "Find a context",
    "contexts_found": "Contexts found",
    "newest_page": "The newest",
    "about_site": "About this site",
    "api": "For programs",
    "nearest_days": "The nearest days with events",
    "closest": "Events of that day with a similar address",
    "search_words": "Search for the words of the address",
    "public_reason": "The reason given",
    "ask_about": "You have a question about this?",
    "ask_about_says": "How we work, and whom to ask",
    "sources_page": "Publishers and sources",
    "sources_hint": "Who the events of the archive cite, and which events cite them.",
    "most_cited": "Most cited of late",
    "names_from": "Names from",
    "all_publishers": "All by name",
    "no_publishers": "No publisher stands here.",
    "hosts": "Publishes at",
    "citing": "Events that cite it, newest first",
    "kept_copy": "archived copy",
    "own_words": (
        "Titles and descriptions of documents are the publisher's own words, not ours, "
        "and not under our licence."
    ),
    "report": "Report an error",
    "report_wrong": "Something wrong?",
    "report_hint": (
        "Name the words that are wrong and say what should stand there. An editor looks at every report; "
        "nothing changes by itself. You need no account."
    ),
    "report_text": "The text",
    "report_quote": "The words that are wrong",
    "report_quote_hint": "Copy them from the text above, as they stand there.",
    "report_fix": "What should stand there",
    "report_source": "Where this can be checked (a web address, if you know one)",
    "report_message": "Anything else the editors should know",
    "report_leave_empty": "Leave this empty",
    "report_send": "Send the report",
    "report_keeps": (
        "We keep what you write here, for the editors, and nothing about you: no name, no address, no "
        "cookie. Please write nothing about yourself."
    ),
    "report_back": "Back to the event",
    "report_problem": "The report was not sent",
    "report_expired": "This form was open for too long. Look at the text once more and send it again.",
    "report_early": "That was faster than we expect of people. Please press the button once more.",
    "report_trapped": "One field must stay empty: it is there to catch programs. Send the form again.",
    "report_faulty": "Something is missing or cannot be right; it is marked below.",
    "report_enough": "Many reports came from your network today. Please try again tomorrow.",
    "report_stale": "The text has changed since you opened this form. Look whether it is still wrong.",
    "report_full": "The editors have very many reports before them just now. Please try again later.",
    "report_quote_long": "These are too many words: name only those that are wrong.",
    "report_quote_elsewhere": "These words do not stand in the text. Copy them exactly.",
    "report_quote_needed": "Say which words it should replace.",
    "report_fix_long": "This is too long.",
    "report_fix_same": "This is what stands there now.",
    "report_fix_needed": "Say what should stand there, or write a message.",
    "report_source_long": "This address is too long.",
    "report_source_address": "This is no web address (https://…).",
    "report_message_long": "This is too long.",
    "report_outcome": "Your report",
    "report_keep_link": (
        "Keep the address of this page: it will say what came of your report, and nobody else is told it."
    ),
    "report_sent": "Sent",
    "report_decided": "Decided",
    "report_waiting": "It waits for an editor.",
    "report_accepted": "It was accepted. Thank you.",
    "report_declined": "It was declined.",
    "report_closed": "It was closed without a decision, because the event changed meanwhile.",
    "report_answer": "The editor's answer",
    "report_correction": "The correction",
    "report_event": "The event",
    "report_event_gone": "The event is not public any more.",
    "field_contexts": "Contexts",
    "field_address": "Address",
    "cite_this": "Cite this",
    "cite_files": "For reference managers:",
    "history": "History",
    "history_says": (
        "Every version of this event that readers could have, newest first: what changed, who changed it, "
        "when and why."
    ),
    "no_history": "Nothing is on record here.",
    "by_robots": "Changes by robots:",
    "newest_version": "The newest version",
    "as_it_stood": "as it stood then",
    "kind_created": "Published",
    "kind_updated": "Updated",
    "kind_corrected": "Corrected",
    "kind_retagged": "Other contexts",
    "kind_curated": "Related events chosen",
    "kind_merged": "Joined with another event",
    "kind_unmerged": "Separated from another event",
    "kind_withdrawn": "Taken from the public",
    "kind_restored": "Published again",
    "past": "A page of the past",
    "past_says": "You see this page as it stood at",
    "past_present": "See it as it is today",
    "only_newest": "Only the newest are shown; there were more.",
    "not_yet": "Not yet at that time",
    "not_yet_since": "Readers could have this only since",
    "not_yet_says": "Readers could not have this at that time.",
    "not_found": "Page not found",
    "not_found_heading": "There is no page at this address",
    "not_found_says": (
        "Every address that we ever published still works, so this one probably has a slip in it, "
        "or nothing was published here yet. You can go on from here:"
    ),
    "gone": "Withdrawn",
    "gone_heading": "We have withdrawn this",
    "gone_says": (
        "Something was published here, and the editors withdrew it: it should not have stood in the "
        "archive. It is gone from all pages. You can go on from here:"
    ),
    "legal": "Removed for legal reasons",
    "legal_says": (
        "Something was published here that we may no longer show, for legal reasons. It is gone from "
        "all pages. You can go on from here:"
    ),
    "broken": "Our error",
    "broken_heading": "Something went wrong on our side",
    "broken_says": (
        "It is not your fault, and the error has been recorded. Please try again in a minute, or go on "
        "from here:"
    ),
}
COUNTED: Final = ("%(count)s event", "%(count)s events")
DATES: Final = ("{day} {month} {year}", "{day} {month}", "{month} {year}", "{month}")
"""How a day, a day of the year, a month of a year and a month are written; ``{number}`` is the month's."""
WEEKDAY_SIGNS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@cache
def language(edition: str) -> str:
    """The language of Django's catalogues that an edition's interface is in: ``zh-hans`` for ``zh``."""
    try:
        return translation.get_supported_language_variant(EDITIONS[edition].lang)
    except LookupError:
        return "en"


@cache
def direction(edition: str) -> str:
    """The direction in which the edition's language is written, as HTML's ``dir`` says it."""
    return "rtl" if translation.get_language_info(language(edition))["bidi"] else "ltr"


@cache
def words(edition: str) -> Mapping[str, str]:
    """The interface's words in the language of *edition*."""
    with translation.override(language(edition)):
        return MappingProxyType({key: gettext(said) for key, said in WORDS.items()})


@cache
def _dates(edition: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The patterns of ``DATES``, and the names of the months."""
    with translation.override(language(edition)):
        return tuple(gettext(said) for said in DATES), tuple(str(MONTHS[month]) for month in range(1, 13))


def _written(edition: str, pattern: int, year: int, month: int, day: int) -> str:
    patterns, months = _dates(edition)
    return patterns[pattern].format(year=year, month=months[month - 1], number=month, day=day)


@cache
def category_word(edition: str, category: str) -> str:
    """How readers are told a category."""
    with translation.override(language(edition)):
        return pgettext("category", str(Category(category).label))


@cache
def grade_word(edition: str, grade: str) -> str:
    """How readers are told a correction's grade."""
    with translation.override(language(edition)):
        return pgettext("grade", str(Grade(grade).label))


def day_words(edition: str, date: dt.date) -> str:
    """A day as people write it: "9 February 2004", 2004年2月9日."""
    return _written(edition, 0, date.year, date.month, date.day)


def day_of_year_words(edition: str, date: dt.date) -> str:
    """A day without its year: "9 February", 2月9日."""
    return _written(edition, 1, date.year, date.month, date.day)


def month_words(edition: str, year: int, month: int, *, with_year: bool = True) -> str:
    """A month as people write it: "February 2004", 2004年2月."""
    return _written(edition, 2 if with_year else 3, year, month, 1)


@cache
def weekday_words(edition: str) -> list[tuple[str, str]]:
    """The days of the week from Monday: as a column's heading, and in full."""
    with translation.override(language(edition)):
        return [(pgettext("weekday", sign), str(WEEKDAYS[at])) for at, sign in enumerate(WEEKDAY_SIGNS)]


def count_words(edition: str, count: int) -> str:
    """ "1 event", "1,234 events", 12条事件."""
    with translation.override(language(edition)):
        return ngettext(*COUNTED, count) % {"count": f"{count:,}"}
