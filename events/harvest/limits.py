"""What a record may hold at most. More than this is no news archive but a mistake or an attack.

The lengths are those of the database's columns; tests/harvest/test_limits.py compares them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from events.harvest.files import Refused, printable
from events.harvest.records import CitedSource, EditorialRecord, Record
from events.slugs import Address, read_path
from events.text.normalise import published

YEARS: Final = range(1000, 2101)
"""Years an event may have: a year beyond them is a slip of the pen."""
TEXT_MAX: Final = 50_000
SUMMARY_MAX: Final = 50_000
CONTEXTS_MAX: Final = 500
CITATIONS_MAX: Final = 500
FORMER_MAX: Final = 500
RELATED_MAX: Final = 5_000
NAME_MAX: Final = 200
LABEL_MAX: Final = 500
URL_MAX: Final = 2_000
CATEGORY_MAX: Final = 200
ORIGIN_ID_MAX: Final = 200
TITLE_MAX: Final = 300
AUTHOR_MAX: Final = 200

ORIGIN_SLUG: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""How an origin is named."""

_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_UNFIT_IN_SLUG = re.compile(r"^\.|\.\.|[\x00-\x20\x7f\\/]")


def read_date(said: str) -> dt.date:
    """The date in ``2004-02-9`` or ``2004-02-09``."""
    match = _DATE.fullmatch(said)
    if match is None:
        raise Refused(f'"{printable(said, 30)}" is no date: write YYYY-MM-DD')
    year, month, day = (int(part) for part in match.groups())
    if year not in YEARS:
        raise Refused(f"{said}: the year must lie between {YEARS[0]} and {YEARS[-1]}: correct the date")
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Refused(f"{said}: there is no such day: correct the date") from error


def read_address(path: str, edition: str) -> Address:
    """The address in an event's link, which may have the prefix of *edition* but of no other one."""
    found = read_path(path)
    if found is None or _UNFIT_IN_SLUG.search(found[1].slug) or found[1].date.year not in YEARS:
        raise Refused(f'"{printable(path)}" is no event\'s address: it must be /news/YYYY/MM/D/SLUG.md')
    said, address = found
    if said is not None and said != edition:
        raise Refused(f'"{printable(path)}" belongs to edition {said}: harvest it with --edition {said}')
    return address


def fit_web_address(url: str) -> bool:
    """Whether *url* may be kept as a source's or picture's address: http(s), no blanks, not too long."""
    return (
        url.startswith(("http://", "https://", "HTTP://", "HTTPS://"))
        and len(url) <= URL_MAX
        and url.isprintable()
        and " " not in url
    )


def check_record(record: Record) -> None:
    """Refuse *record* if a field is empty that must not be, or longer than what can be stored."""
    # Most texts begin with a letter or a figure; only the others need the closer look.
    if not (record.text[:1].isalnum() or published(record.text)):
        raise Refused("the event has no text: write it, or delete the entry")
    _short("text", record.text, TEXT_MAX)
    _short("summary", record.summary or "", SUMMARY_MAX)
    _short("category", record.category or "", CATEGORY_MAX)
    _short("id", record.origin_id, ORIGIN_ID_MAX)
    check_contexts((*(record.contexts or ()), *record.topics))
    if record.lead:
        _short("lead context", record.lead, NAME_MAX)
    check_citations(record.citations or ())
    _few("former texts", len(record.former), FORMER_MAX)
    for former in record.former:
        _short("former text", former.text, TEXT_MAX)


def check_mention(text: str, names: tuple[str, ...]) -> None:
    """Refuse a line of a related list that names an event with too much text or too many contexts."""
    _short("text", text, TEXT_MAX)
    check_contexts(names)


def check_contexts(names: tuple[str, ...]) -> None:
    """Refuse more names, or longer ones, than an event can have."""
    _few("contexts", len(names), CONTEXTS_MAX)
    for name in names:
        _short("context", name, NAME_MAX)


def check_citations(citations: tuple[CitedSource, ...]) -> None:
    """Refuse more sources, or longer labels, than an event can have."""
    _few("sources", len(citations), CITATIONS_MAX)
    for citation in citations:
        _short("label of a source", citation.label, LABEL_MAX)


def check_editorial(record: EditorialRecord) -> None:
    """Refuse an opinion piece without title or with too long a head."""
    if not record.title:
        raise Refused("has no title: begin it with a line # TITLE")
    _short("title", record.title, TITLE_MAX)
    _short("author", record.author, AUTHOR_MAX)


def check_characters(strings: Iterable[str]) -> None:
    """Refuse what no database and no file can hold: NUL and lone halves of surrogate pairs."""
    for string in strings:
        if "\0" in string:
            raise Refused("contains a NUL character: remove it")
        try:
            string.encode()
        except UnicodeEncodeError as error:
            half = ascii(string[error.start])
            raise Refused(f"contains {half}, half of a character: write the file again as UTF-8") from error


def _short(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise Refused(f"the {what} has {len(text):,} characters, more than {limit:,}: shorten it")


def _few(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise Refused(f"has {count:,} {what}, more than {limit:,}: remove what does not belong to it")
