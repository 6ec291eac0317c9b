"""Find and replace in one text, bounded in time: words as they are written, or a regular expression.

People type the patterns, and one may take years over a short text. ``re`` cannot be stopped; the
``regex`` package can (``timeout``). Its language is that of ``re`` and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import regex

from events.text.normalise import is_cjk

FIND_MOST: Final = 500
"""Characters of what is looked for, and of what is put in its place."""
SECONDS: Final = 0.1
"""How long one text may take."""


class BadPattern(ValueError):  # noqa: N818  the name says what is wrong
    """What is looked for, or put in its place, cannot be understood; the message says why."""


class TooSlow(Exception):  # noqa: N818
    """The expression took longer than :data:`SECONDS` over one text."""


class Replaced(NamedTuple):
    """A text with its replacements made; ``places``: where in the old text they were, from and to."""

    text: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What to look for and what to put in its place.

    ``expression``: *find* is a regular expression and *put* its template (``\\1``, ``\\g<name>``);
    else both are taken as written. ``whole``: only whole words (Chinese has no word edges, so none are
    asked for there).
    """

    find: str
    put: str
    expression: bool = False
    whole: bool = True
    case: bool = True


class Replacer:
    """Makes the replacements of one :class:`Finding`; raises ``BadPattern`` where it means nothing."""

    def __init__(self, finding: Finding) -> None:
        if not finding.find.strip():
            raise BadPattern("Write what to look for.")
        if max(len(finding.find), len(finding.put)) > FIND_MOST:
            raise BadPattern(f"More than {FIND_MOST} characters cannot be looked for, or put in.")
        if finding.find == finding.put:
            raise BadPattern("What is put in is what was there.")
        self._pattern = _compiled(finding)
        self._expand = _template(finding)

    def replace(self, text: str) -> Replaced:
        """*text* with all replacements made. Raises ``TooSlow``, ``BadPattern`` for a bad template."""
        places: list[tuple[int, int]] = []

        def put(match: regex.Match[str]) -> str:
            places.append(match.span())
            return self._expand(match)

        try:
            new = self._pattern.sub(put, text, timeout=SECONDS)
        except TimeoutError:
            raise TooSlow("The expression takes too long; make it simpler.") from None
        except (regex.error, IndexError) as error:
            raise BadPattern(f"What is put in cannot be understood: {error}.") from None
        return Replaced(new, tuple(places))


def _compiled(finding: Finding) -> regex.Pattern[str]:
    flags = regex.VERSION0 if finding.case else regex.VERSION0 | regex.IGNORECASE
    if not finding.expression:
        return regex.compile(_edges(regex.escape(finding.find), finding), flags)
    try:
        pattern = regex.compile(_edges(f"(?:{finding.find})", finding), flags)
        empty = pattern.search("", timeout=SECONDS)
    except TimeoutError:
        raise BadPattern("The expression takes too long; make it simpler.") from None
    except (regex.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"This is no regular expression: {error}.") from None
    if empty is not None:
        raise BadPattern("The expression also finds nothing at all, in every place; make it find something.")
    return pattern


def _edges(pattern: str, finding: Finding) -> str:
    """The pattern between word edges, where whole words are asked for and there are such edges."""
    if not finding.whole:
        return pattern
    first, last = finding.find[0], finding.find[-1]
    if finding.expression:
        return rf"(?<!\w){pattern}(?!\w)"
    before = r"(?<!\w)" if _is_letter(first) else ""
    after = r"(?!\w)" if _is_letter(last) else ""
    return f"{before}{pattern}{after}"


def _is_letter(char: str) -> bool:
    return (char.isalnum() or char == "_") and not is_cjk(char)


def _template(finding: Finding) -> Callable[[regex.Match[str]], str]:
    if finding.expression:
        return lambda match: match.expand(finding.put)
    return lambda _match: finding.put
