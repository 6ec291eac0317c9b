"""Slugs and paths: how an event's address is made and read (docs/archive-layout.md, "The slug").

Layer 0: no database. A slug found in a file name or a link is never computed again; these
rules are for new events only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from events.vocabulary import EDITIONS

SLUG_MAX: Final = 255
REMOVED_SLUG: Final = "removed-"
"""How the slug of an event begins that was removed by law; others may begin so too."""
RESERVED: Final = frozenset({"", "index", "readme", "history"})
_ENGLISH_CUT: Final = 140
_CJK_CUT: Final = 60
_NOT_ENGLISH = re.compile(r"[^a-z0-9]+")
_NOT_CJK = re.compile(r"[^\w]+")
_ANCESTOR_PATH = re.compile(
    r"^/?(?:(?P<edition>[a-z]{2,3})/)?news/(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<slug>[^/]+)$"
)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where an event is or was published: its day's folder and its slug, within one edition."""

    date: dt.date
    slug: str

    @property
    def path(self) -> str:
        """The path without edition prefix and suffix: ``/news/2004/02/9/some-slug``."""
        return f"{day_path(self.date)}{self.slug}"


def day_path(date: dt.date) -> str:
    """The folder of a day: leading zero on the month, none on the day (``/news/2004/02/9/``)."""
    return f"/news/{date.year:04d}/{date.month:02d}/{date.day}/"


def make_slug(text: str, edition: str) -> str:
    """The slug of a new event whose text is *text* as stored, leading blanks included.

    English: first 140 characters, accents folded, runs of anything but ``a-z0-9`` to one "-".
    Chinese: first 60 characters, ASCII "." and "," deleted, runs of anything but letters,
    digits and "_" to one "-", case kept. May return "" (see :func:`free_slug`).
    """
    if EDITIONS[edition].cjk:
        cut = text[:_CJK_CUT].replace(".", "").replace(",", "")
        return _NOT_CJK.sub("-", cut).strip("-")
    folded = text[:_ENGLISH_CUT]
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_ENGLISH.sub("-", folded.lower()).strip("-")


def free_slug(wanted: str, taken: Callable[[str], bool]) -> str:
    """*wanted*, or the first of ``wanted-2``, ``wanted-3``, … that is neither reserved nor *taken*."""
    stem = wanted[: SLUG_MAX - 8] or "event"
    if stem.lower() not in RESERVED and not taken(stem):
        return stem
    number = 2
    while taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def removed_slug(date: dt.date, slug: str) -> str:
    """What stands in the place of a slug that was removed by law.

    The address is still known when somebody asks for it, and cannot be read from what is stored
    (docs/decisions/2026-11-21-legal-removal-leaves-hashes.md). The day is a part of it, so that one slug on
    two days has two marks.
    """
    said = f"newsarchive address {date.isoformat()}/{slug}"
    return REMOVED_SLUG + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def read_path(path: str) -> tuple[str | None, Address] | None:
    """Read an event's path as the ancestor wrote it: ``(edition or None, address)``.

    Takes paths with and without the edition's prefix, padded days and the suffixes
    ``.md .html .json .xml``. ``None`` for anything else, impossible dates included.
    """
    match = _ANCESTOR_PATH.match(path)
    if match is None:
        return None
    edition = match["edition"]
    if edition is not None and edition not in EDITIONS:
        return None
    try:
        date = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    slug = re.sub(r"\.(?:md|html|json|xml)$", "", match["slug"])
    if not slug or slug.lower() in RESERVED or len(slug) > SLUG_MAX:
        return None
    return edition, Address(date, slug)
