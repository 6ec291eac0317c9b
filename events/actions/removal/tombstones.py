"""What was removed by law is known again when it comes, though nothing can be read from what is kept.

A removed event keeps hashes: of its addresses (in the place of their slugs), of its records' keys
(in the place of the keys) and of every text it had (in the revision of its removal). A harvest asks
here before anything else looks at a record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from events.harvest.records import BadRecord, FileRead, Item, Mention, Record
from events.models import Address, Change, Provenance, Revision
from events.slugs import REMOVED_SLUG, removed_slug
from events.slugs import Address as AddressValue
from events.text.normalise import fold
from events.vocabulary import ChangeKind, State, Subject

REMOVED_KEY: Final = "removed:"
"""How the key of a record begins whose event was removed."""
TEXT_MARKS: Final = "texts"
"""The field of a removal's revision that holds the hashes of the texts."""
_FILE: Final = re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<slug>[^/]+?)\.\w+$")


def removed_key(key: str) -> str:
    """What stands in the place of a removed record's key."""
    return REMOVED_KEY + _hash("key", key)


def text_mark(text: str) -> str:
    """The hash by which a text is known again, whatever its case, accents, blanks and hyphens."""
    return _hash("text", fold(text))


def _hash(kind: str, said: str) -> str:
    return hashlib.sha256(f"newsarchive {kind} {said}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Tombstones:
    """The removed events of one edition as a harvest of one origin sees them.

    They are read anew when another is removed, which the public sequence tells.
    """

    slugs: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    _seq: int = field(default=-1)

    def begin(self, edition: str, origin_id: int, last: int) -> None:
        """A batch begins, when the public sequence stands at *last*."""
        removed = Change.objects.filter(subject=Subject.EVENT, kind=ChangeKind.WITHDRAWN, seq__gt=self._seq)
        if self._seq < 0 or (last != self._seq and removed.exists()):
            self._read(edition, origin_id)
        self._seq = last

    def _read(self, edition: str, origin_id: int) -> None:
        rows = Address.objects.filter(
            edition=edition, slug__startswith=REMOVED_SLUG, event__state=State.LEGAL
        ).values_list("slug", "event_id")
        found = list(rows)
        ids = {event_id for _, event_id in found}
        self.slugs = frozenset(slug for slug, _ in found)
        keys = Provenance.objects.filter(event_id__in=ids, origin_id=origin_id, key__startswith=REMOVED_KEY)
        self.keys = frozenset(keys.values_list("key", flat=True)) if ids else frozenset()
        marks: set[str] = set()
        if ids:
            removals = Revision.objects.filter(event_id__in=ids, kind=ChangeKind.WITHDRAWN)
            for fields in removals.values_list("fields", flat=True):
                marks.update((fields.get(TEXT_MARKS) or {}).get("new") or ())
        self.texts = frozenset(marks)

    def has_address(self, address: AddressValue | None) -> bool:
        """Whether this is, or was, the address of a removed event."""
        return (
            address is not None
            and bool(self.slugs)
            and removed_slug(address.date, address.slug) in self.slugs
        )

    def sift(self, items: Sequence[Item], key_of: Callable[[Record], str]) -> tuple[list[Item], int]:
        """The *items* without what was removed, and how many records and mentions that were.

        *key_of*: a record's key within its origin. What others say of a removed event is taken out
        of them: links to it, and its file's name.
        """
        if not self.slugs:
            return list(items), 0
        kept: list[Item] = []
        dropped = 0
        for item in items:
            if isinstance(item, Record):
                if self._is_removed(item, key_of(item)):
                    dropped += 1
                else:
                    kept.append(self._without_links(item))
            elif isinstance(item, Mention):
                if self.has_address(item.address) or text_mark(item.text) in self.texts:
                    dropped += 1
                elif not self.has_address(item.by):
                    kept.append(item)
            elif isinstance(item, FileRead):
                if not self.names(item.name):
                    kept.append(item)
            elif isinstance(item, BadRecord) and self.names(item.place.file):
                kept.append(replace(item, place=replace(item.place, file=_NAMELESS), reason=_UNSAID))
            else:
                kept.append(item)
        return kept, dropped

    def names(self, file: str) -> bool:
        """Whether a file's name holds the address of a removed event."""
        found = _FILE.search(file)
        if found is None:
            return False
        try:
            date = dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            return False
        return self.has_address(AddressValue(date, found["slug"]))

    def _is_removed(self, record: Record, key: str) -> bool:
        return (
            self.has_address(record.address)
            or removed_key(key) in self.keys
            or text_mark(record.text) in self.texts
            or any(self.has_address(former.address) for former in record.former)
        )

    def _without_links(self, record: Record) -> Record:
        links = tuple(link for link in record.inferred if not self.has_address(link[0]))
        return record if len(links) == len(record.inferred) else replace(record, inferred=links)


_NAMELESS: Final = "a page that was removed by law"
_UNSAID: Final = "could not be read; it is not brought back"
