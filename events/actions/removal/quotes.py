"""What other rows quote of an event that is removed by law, and taking it out of them.

Machines quote: a harvest's errors name files, records name the events that their related lists link to,
questions repeat texts, a log repeats what things were called. What people wrote themselves
(editorials, profiles of contexts, other events' words) is theirs to change.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from events.models import (
    BulkChange,
    Event,
    Harvest,
    HarvestFile,
    Provenance,
    ReviewItem,
    Revision,
)
from events.slugs import removed_slug
from events.vocabulary import ChangeKind

_GONE: Final = "[removed]"
_LONG_ENOUGH: Final = 12
"""Shorter texts may stand anywhere by chance."""
_NEEDLES_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Quotes:
    """What must no longer be quoted: addresses, whole texts, and what only these citations said."""

    event_ids: frozenset[int]
    item_ids: frozenset[int]
    addresses: tuple[tuple[dt.date, str], ...]
    texts: frozenset[str]
    citations: frozenset[str]
    merge_notes: frozenset[str]

    @cached_property
    def folders(self) -> dict[str, str]:
        """Every way in which an address may be written, from its year on, and what stands there instead."""
        found = {}
        for date, slug in self.addresses:
            mark = removed_slug(date, slug)
            for folder in (f"{date:%Y/%m}/{date.day}/", f"{date:%Y/%m/%d}/"):
                found[folder + slug] = folder + mark
                found[folder + quote(slug)] = folder + mark
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self.folders, key=len, reverse=True)
        return re.compile(f"(?:{'|'.join(map(re.escape, longest))})(?![\\w%-])")

    @cached_property
    def long_texts(self) -> list[str]:
        """The texts that are long enough to be looked for, longest first."""
        return sorted((text for text in self.texts if len(text) >= _LONG_ENOUGH), key=len, reverse=True)

    def in_address(self, said: str) -> str:
        """*said* without the addresses."""
        return self._pattern.sub(lambda match: self.folders[match[0]], said)

    def in_words(self, said: str) -> str:
        """*said* without addresses, texts and citations."""
        for text in self.long_texts:
            said = said.replace(text, _GONE)
        for word in self.citations:
            if len(word) >= _LONG_ENOUGH:
                said = said.replace(word, _GONE)
        return _GONE if said in self.citations else self.in_address(said)

    def cites(self, value: Any) -> bool:
        """Whether *value* is a citation (as revisions and records keep one) that nobody has any more."""
        if isinstance(value, dict) and {"label", "url", "picture"} <= value.keys():
            return (value["url"] or value["label"]) in self.citations
        if isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value):
            return (value[1] or value[0]) in self.citations
        return False


def unquote(quotes: Quotes) -> None:
    """Take what *quotes* names out of every row that is not the removed events' own."""
    _unlog(quotes)
    words = [*quotes.folders, *quotes.long_texts, *quotes.citations]
    for model, names in (
        (ReviewItem, ("data", "key")),
        (Harvest, ("source_name",)),
        (BulkChange, ("asked", "note", "counts", "error")),
        (LogEntry, ("object_repr", "change_message")),
    ):
        for row in _found(model, names, words):
            model._base_manager.filter(pk=row["pk"]).update(
                **{name: _cleaned(row[name], quotes, whole=True) for name in names}
            )
    for row in _found(Harvest, ("errors",), list(quotes.folders)):
        Harvest.objects.filter(pk=row["pk"]).update(errors=[_error(one, quotes) for one in row["errors"]])
    for row in _found(HarvestFile, ("name",), list(quotes.folders)):
        HarvestFile.objects.filter(pk=row["pk"]).update(name=quotes.in_address(row["name"]))
    names = ("upstream", "base")
    for row in _found(Provenance, names, [*quotes.folders, *quotes.citations]):
        cleaned = {name: _cleaned(row[name], quotes, whole=False) for name in names}
        Provenance.objects.filter(pk=row["pk"]).exclude(event__in=quotes.event_ids).update(**cleaned)
    names = ("fields", "note")
    targets = [f'"event": {pk}' for pk in quotes.event_ids]
    for row in _found(Revision, names, [*quotes.folders, *quotes.citations, *targets]):
        cleaned = {name: _cleaned(row[name], quotes, whole=False) for name in names}
        Revision.objects.filter(pk=row["pk"]).erase(**cleaned)
    # One note went to both sides of a merge that was taken back.
    merges = Revision.objects.filter(kind__in=(ChangeKind.MERGED, ChangeKind.UNMERGED))
    merges.filter(note__in=quotes.merge_notes).erase(note="")


def _error(told: list[Any], quotes: Quotes) -> list[Any]:
    """A harvest's error (file, line, reason): of a removed event's file no reason stays."""
    file = quotes.in_address(str(told[0]))
    return told if file == told[0] else [file, told[1], _GONE]


def _unlog(quotes: Quotes) -> None:
    """Call the things by their numbers in Django's own log. Who did what when stays."""
    for model, ids in ((Event, quotes.event_ids), (ReviewItem, quotes.item_ids)):
        kind = ContentType.objects.get_for_model(model)
        for pk in ids:
            LogEntry.objects.filter(content_type=kind, object_id=str(pk)).update(
                object_repr=f"{model._meta.verbose_name} {pk} (removed)".capitalize(), change_message=""
            )


def _found(model: type[Model], names: Collection[str], words: list[str]) -> Iterator[dict[str, Any]]:
    """The rows that may hold one of *words* in these columns, as they stand."""
    seen: set[Any] = set()
    columns = {f"{name}_written": Cast(name, TextField()) for name in names}
    for start in range(0, len(words), _NEEDLES_AT_ONCE):
        asked = Q()
        for word in words[start : start + _NEEDLES_AT_ONCE]:
            for form in {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}:
                for column in columns:
                    asked |= Q(**{f"{column}__contains": form})
        rows = model._base_manager.annotate(**columns).filter(asked).order_by("pk")
        for row in list(rows.values("pk", *names)):
            if row["pk"] not in seen:
                seen.add(row["pk"])
                yield row


def _cleaned(value: Any, quotes: Quotes, *, whole: bool) -> Any:
    """*value* without what is quoted; not *whole*: a wording of another event stays, whatever it says."""
    if isinstance(value, str):
        return quotes.in_words(value) if whole else quotes.in_address(value)
    if isinstance(value, list):
        return [_cleaned(one, quotes, whole=whole) for one in value if not quotes.cites(one)]
    if isinstance(value, dict):
        said = {quotes.in_address(key): _cleaned(one, quotes, whole=whole) for key, one in value.items()}
        if said.get("event") in quotes.event_ids and "note" in said:
            said["note"] = ""
        return said
    return value
