"""Harvests for tests: a reader of made-up records, and what an archive says without ids and times."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from events.actions.harvesting.run import run_harvest
from events.actions.relate import relate_due
from events.harvest.records import (
    CitedSource,
    FileRead,
    FormerText,
    Item,
    Mention,
    Place,
    Record,
)
from events.models import Document, Event, Harvest
from events.slugs import Address
from tests.factories import DAY, make_origin

PLACE = Place("page.md")
EARLY = dt.datetime(2017, 5, 1, 12, tzinfo=dt.UTC)
"""The moment of a first harvest; :func:`later` gives those of further ones."""


def later(weeks: int = 1) -> dt.datetime:
    """A moment so many weeks after the first harvest's."""
    return EARLY + dt.timedelta(weeks=weeks)


class ListReader:
    """Yields the given items; *broken_after* so many it dies, as a killed process would."""

    unit = "items"

    def __init__(
        self, items: Iterable[Item], *, edition: str = "en", broken_after: int | None = None
    ) -> None:
        self.name = "list"
        self.edition = edition
        self.position = 0
        self._items = list(items)
        self._broken_after = broken_after

    def items(self) -> Iterator[Item]:
        for number, item in enumerate(self._items):
            self.position = number
            if number == self._broken_after:
                raise Killed
            yield item

    def total(self) -> int:
        return len(self._items)

    def fingerprint(self) -> str:
        return hashlib.sha256(repr(self._items).encode("utf-8", "surrogatepass")).hexdigest()


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


def address(slug: str, date: dt.date = DAY) -> Address:
    return Address(date, slug)


def record(text: str, slug: str = "", *, date: dt.date = DAY, **fields: Any) -> Record:
    """One event as an origin tells it; with *slug* at an address of its own."""
    fields = {"edition": "en", "place": PLACE, **fields}
    if "sources" in fields:
        fields["citations"] = tuple(source(name) for name in fields.pop("sources"))
    return Record(date=date, text=text, address=address(slug, date) if slug else None, **fields)


def source(name: str) -> CitedSource:
    """A source of this name with an address of its own."""
    return CitedSource(name, f"https://{name.lower().replace(' ', '-')}.example/report")


def former(text: str, slug: str) -> FormerText:
    return FormerText(text, address(slug))


def mention(
    text: str, slug: str, *contexts: str, by: str = "lister", date: dt.date = DAY, file: str = ""
) -> Mention:
    """What the related list of the event at *by* says of another one."""
    return Mention("en", address(slug, date), text, contexts, address(by), Place(file or f"{by}.md"))


def file_read(name: str, digest: str = "1") -> FileRead:
    return FileRead(name, digest, bad=False)


def harvest(*items: Item, moment: dt.datetime = EARLY, origin: str = "gazette", **options: Any) -> Harvest:
    """Harvest the *items* as one input that was true at *moment*."""
    edition = options.pop("edition", "en")
    reader = ListReader(items, edition=edition, broken_after=options.pop("broken_after", None))
    return run_harvest(reader, origin=make_origin(origin), moment=moment, **options)


def counts(done: Harvest) -> dict[str, int]:
    """What the harvest counted, without noughts."""
    return {name: count for name, count in done.counts.items() if count}


def rows(*, without: tuple[str, ...] = ("harvest",)) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the archive, once all links are computed; without some tables."""
    relate_due()
    tables: dict[str, list[dict[str, Any]]] = {}
    for model in apps.get_app_config("events").get_models(include_auto_created=True):
        if model._meta.model_name not in without:
            found: models.QuerySet[Any] = model._base_manager.order_by("pk")
            tables[str(model._meta.model_name)] = list(found.values())
    return tables


def public_content(*, order: Callable[[str], Any] = str) -> list[Any]:
    """What readers can get, event by event: without surrogate keys, times and the numbers of revisions."""
    addresses = dict(Event.objects.filter(addresses__current=True).values_list("pk", "addresses__slug"))
    said = []
    for document in Document.objects.select_related("event"):
        event = document.event
        body = json.loads(document.body)
        for name in ("id", "created", "updated", "revision"):
            del body[name]
        for context in (*body["contexts"], *([body["lead_context"]] if body["lead_context"] else [])):
            del context["id"]
        for citation in body["citations"]:
            del citation["source"]
        for provenance in body["provenance"]:
            del provenance["harvested"]
        for correction in body["corrections"]:
            del correction["at"], correction["revision"]
        body["former_addresses"].sort()
        body["provenance"].sort(key=lambda row: (row["origin"], row["address"], row["id"]))
        said.append({**body, "state": event.state, "into": addresses.get(event.merged_into_id or 0)})
    return sorted(said, key=lambda body: order(json.dumps(body, sort_keys=True, ensure_ascii=False)))
