"""What went wrong with a text on its way: wrong encodings, entities, figures and words that were lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from ftfy import fix_encoding
from ftfy.badness import badness, is_bad

from events.text.proofreading.rule import Example, Hit, Rule, Severity, hits

_REPLACEMENT: Final = re.compile("\ufffd+")
_WORDS: Final = re.compile(r"[^ ]+")


def _mojibake(text: str) -> Iterator[Hit]:
    """The words that ftfy would write otherwise, in a text that it calls bad and makes better."""
    if text.isascii() or not is_bad(text):
        return
    fixed = fix_encoding(text)
    if fixed == text or badness(fixed) >= badness(text) or "\ufffd" in fixed:
        return
    before, after = list(_WORDS.finditer(text)), list(_WORDS.finditer(fixed))
    matcher = SequenceMatcher(None, [m[0] for m in before], [m[0] for m in after], autojunk=False)
    for kind, first, last, new_first, new_last in matcher.get_opcodes():
        if kind == "replace":
            start, end = before[first].start(), before[last - 1].end()
            yield Hit(start, end, fixed[after[new_first].start() : after[new_last - 1].end()])


_ENTITY: Final = re.compile(
    r"&(?:amp;)*(?:(?P<name>nbsp|ensp|emsp|thinsp|amp|quot|apos|lt|gt|[lr]squo|[lr]dquo|[mn]dash|minus|"
    r"hellip|middot|bull|deg|euro|pound|yen|cent|times|frac12|laquo|raquo|"
    r"[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron)|szlig|[ao]elig|AElig|eth|thorn)"
    r"|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});"
)


def _entities(text: str) -> Iterator[Hit]:
    for match in _ENTITY.finditer(text):
        plain = match[0]
        for _ in range(4):
            plain = html.unescape(plain)
        plain = " " if plain.isspace() else plain
        sound = len(plain) == 1 and (plain.isprintable() or plain == " ")
        yield Hit(match.start(), match.end(), plain if sound else None)


# A measure, a sum or a name that a template held is gone, and what stood around it meets.
_GAP: Final = re.compile(
    r"\[\?\]\d*"
    r"|\b(?:than|at least|up to|much as|high as|low as|far as|large as|about|approximately|nearly) of\b"
    r"|(?<=\w )\(\.?(?=\s(?!\.\.)|$)|(?<=\() (?=\w)|(?<=\w) (?=\))|[$£€](?: ?(?=[,.;)] |\)|$))"
)
_BEFORE_MARK: Final = re.compile(r" (?=[.,;:](?![.\w]))")
_EXPECTS: Final = re.compile(
    r"\b(?:(?:more|less) than|at least|up to|as (?:much|high|low|far|large) as|about|approximately|around"
    r"|nearly|estimated at|worth|weighing|measuring|reaching|of|at|to|for|than|the|a|an|by|in|from|with|and"
    r"|between|exceed|was|is)$"
)


def _lost(text: str) -> Iterator[Hit]:
    for match in _GAP.finditer(text):
        yield Hit(match.start(), match.end(), None)
    for match in _BEFORE_MARK.finditer(text):
        expects = _EXPECTS.search(text, max(0, match.start() - 20), match.start())
        if expects:
            yield Hit(expects.start(), match.end(), None)


RULES: Final = (
    Rule(
        id="mojibake",
        title="Letters in a wrong encoding",
        explanation=(
            "Text that was read in another encoding than it was written in (“DÃ¼sseldorf”). Found and mended "
            "by ftfy, and only what its heuristics call bad."
        ),
        severity=Severity.DAMAGE,
        find=_mojibake,
        cjk=None,
        bad=(
            Example("A fair opens in DÃ¼sseldorf.", "A fair opens in Düsseldorf."),
            Example("The firm â€œAcmeâ€\x9d folds.", "The firm “Acme” folds."),
        ),
        good=("NESTLÉ® opens a plant.", "4288×… and “+” and “×” curves.", "Ôôô VIDA MINHA", "√π"),
    ),
    Rule(
        id="replacement-character",
        title="Letters that were lost",
        explanation="“�” stands where a letter could not be read. Only the source can tell which it was.",
        severity=Severity.DAMAGE,
        find=hits(_REPLACEMENT, None),
        cjk=None,
        only_suggests=True,
        bad=(Example("A fair opens in D\ufffdsseldorf.", None),),
        good=("A fair opens in Düsseldorf.",),
    ),
    Rule(
        id="html-entity",
        title="HTML entity",
        explanation="Codes that should be the characters they stand for (&nbsp; &#039; &amp;amp;).",
        severity=Severity.DAMAGE,
        find=_entities,
        cjk=None,
        bad=(
            Example("Johnson &amp;amp; Johnson", "Johnson & Johnson"),
            Example("It lasts 5&nbsp;hours.", "It lasts 5 hours."),
            Example("the country&#039;s army", "the country's army"),
        ),
        good=("AT&T; B&N; R&D", "Marks & Spencer; Ernst & Young;"),
    ),
    Rule(
        id="lost-words",
        title="A figure or words lost",
        explanation=(
            "A template that held a figure was dropped when the text was taken over: “[?]67 C”, “more "
            "than of rain”, “a depth of .”. Only the source can tell what stood there."
        ),
        severity=Severity.DAMAGE,
        find=_lost,
        only_suggests=True,
        bad=(
            Example("It warms by [?]67 C.", None),
            Example("A quake strikes at a depth of .", None),
            Example("The storm brings more than of rain.", None),
            Example("A coin weighing , is stolen.", None),
        ),
        good=(
            "It is 0.67 °C warmer, at a depth of 10 km, and brings more than 20 mm of rain.",
            "The .com domain and the .edu domain.",
        ),
    ),
)
