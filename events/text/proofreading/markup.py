"""Leftovers of wiki markup, templates and web addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity

# Slashes were turned to dashes where an address became part of a file's name.
_URL: Final = r"https?:(?://|--)[^\s\[\]<>\"“”|）]+"
_BRACKETED: Final = rf"\s*\[{_URL}(?:[^\[\]]*\])?"
_SOURCE: Final = rf"(?:《{_BRACKETED}》|{_BRACKETED})"
_SOURCES: Final = rf"{_SOURCE}(?:\s*、?{_SOURCE})*"
_ADDRESS: Final = re.compile(rf"(?<=[.!?\"”)\w。]){_URL}(?: /)?(?=\s|$)|（{_SOURCES}）|{_SOURCES}")
_TAG: Final = re.compile(
    r"\s*<ref[^<>]*>.*?(?:</ref>|$)|\s*<!-*.*?(?:-->|$)|\s*<br ?/?>\s*|</?(?:nowiki|small|i|b|u|sup|sub)>"
)
_TEMPLATE: Final = re.compile(r"\s?\{\{[^{}]*(?:\}\}|$)|\}\}")
_MONTH: Final = r"(?:[A-Z][a-z]+|[一二三四五六七八九十]{1,2}月)"
_PARAMETER: Final = re.compile(
    r"(?:\s?\|\s?|(?<![\w-]))(?:access-?date|archive-?date|archive-?url|url-status|date)="
    rf"(?:\d{{4}}-\d\d-\d\d|(?:\d{{1,2}} )?{_MONTH} \d{{4}}|\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?"
    r"|https?\S+|\w*)(?:\}\})?\s?"
)
_PICTURE: Final = re.compile(
    r"^(?:thumb|left|right|center|\d+px)(?:\|(?:thumb|left|right|center|upright|\d+px|alt=[^|]*))*\|"
)
_LINK: Final = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
_EMPHASIS: Final = re.compile(r"(?<!')('{2,3}|'{5})(?=[^\s'])([^']+(?:'[^']+)*)(?<=\S)\1(?!')")
_STRAY: Final = re.compile(r"\]\]|'{3,}(?=s )|(?<=[a-z])''(?= \w)|^\|\s?|\s?\|$|\s\|(?= \()")


def _addresses(text: str) -> Iterator[Hit]:
    if "http" in text:
        for match in _ADDRESS.finditer(text):
            yield Hit(match.start(), match.end(), "")


def _tags(text: str) -> Iterator[Hit]:
    if "<" in text:
        for match in _TAG.finditer(text):
            yield Hit(match.start(), match.end(), "")


def _templates(text: str) -> Iterator[Hit]:
    if "{{" in text or "}}" in text or "=" in text or "px|" in text or text.startswith("thumb|"):
        for pattern in (_PICTURE, _TEMPLATE, _PARAMETER):
            for match in pattern.finditer(text):
                yield Hit(match.start(), match.end(), "")


def _wiki(text: str) -> Iterator[Hit]:
    if "[[" in text or "]]" in text or "''" in text or "|" in text:
        found = [Hit(m.start(), m.end(), m[1]) for m in _LINK.finditer(text)]
        found += [Hit(m.start(), m.end(), m[2]) for m in _EMPHASIS.finditer(text)]
        taken = [range(hit.start, hit.end) for hit in found]
        found += [
            Hit(m.start(), m.end(), "'" if m[0].startswith("'") and text[m.end()] == "s" else "")
            for m in _STRAY.finditer(text)
            if not any(m.start() in place for place in taken)
        ]
        yield from sorted(found)


RULES: Final = (
    Rule(
        id="address-in-text",
        title="A web address in the text",
        explanation=(
            "An address that is glued to a sentence or stands in brackets belongs among the event's sources. "
            "The fix takes it out; add the source first where it is not there."
        ),
        severity=Severity.DAMAGE,
        find=_addresses,
        cjk=None,
        bad=(
            Example("He resigns.http://news.example/a/1", "He resigns."),
            Example("No damage is reported. [https://news.example/2 News]", "No damage is reported."),
            Example("辦公室遭到搜索。[http:--news.example-a.html 中國時報]", "辦公室遭到搜索。"),
        ),
        good=("The search engine opens at http://search.example/.", "See http://list.example/ for it."),
    ),
    Rule(
        id="markup-tag",
        title="HTML tag",
        explanation="Tags of web pages and wikis that are not shown as such: <ref>, <br>, <!-- remarks.",
        severity=Severity.DAMAGE,
        find=_tags,
        cjk=None,
        bad=(
            Example("The launch fails.<ref>http://news.example/a</ref>", "The launch fails."),
            Example("Reports say that <!-- not sure -->", "Reports say that"),
        ),
        good=("The rate is < 5 % and > 2 %.",),
    ),
    Rule(
        id="template",
        title="A template's remains",
        explanation="{{templates}}, their parameters (|access-date=…, date=…) and settings of pictures.",
        severity=Severity.DAMAGE,
        find=_templates,
        cjk=None,
        bad=(
            Example("They sign a treaty.{{dead link|date=May 2017}}", "They sign a treaty."),
            Example("They sign it. |access-date=2018-05-01", "They sign it."),
            Example("明報即時新聞。date=十一月 2017", "明報即時新聞。"),
            Example("thumb|200px|right|A bridge opens.", "A bridge opens."),
        ),
        good=("The set {1, 2}; the date = a guess is wrong.",),
    ),
    Rule(
        id="wiki-markup",
        title="Wiki markup",
        explanation="[[Links]], ''emphasis'' and single marks that were left over from a wiki page.",
        severity=Severity.DAMAGE,
        find=_wiki,
        cjk=None,
        bad=(
            Example("The [[Nobel Prize|prize]] goes to [[Oslo]].", "The prize goes to Oslo."),
            Example("The missile]] is tested.", "The missile is tested."),
            Example("She plays in ''Hamlet''.", "She plays in Hamlet."),
        ),
        good=("He said “[they] left”.", "It is 5' 11'' high.", "The miners' and the drivers' unions meet."),
    ),
)
