"""Make an archive that was loaded through the harvest many times as large, by SQL, with later dates.

    DATABASE_URL=… python -m benchmarks.multiply --events 1000000 [--check 500]

A million events through the harvest take longer than a machine that others use has time for. Here the
archive that ``DATABASE_URL`` names, as ``benchmarks.replay`` tells it and nobody has written in since, is
written again and again behind itself: each copy begins on the day after the last one's end. A copy's
events, addresses, records, revisions, taggings, citations, sources and public changes are new rows;
contexts of no more than ``_SMALL`` events are copied with their events, under names with the copy's number,
and larger ones go on growing, as publishers do. Texts, times and what revisions say are the original's.
Rows are copied by SQL; documents and the index are made by the site's own functions, of the original's
document with the new date, ids and names; counts are made by that of ``rebuild counts``.

In the end so many events drawn by chance (``--check``) are compared with what the site would make of their
rows: document, entry of the index and keys, and the counts of their contexts and publishers. The command
ends with an error where one differs.
"""
# ruff: noqa: S608  tables and figures of ours

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

_SMALL: Final = 100
_AT_ONCE: Final = 2_000
_LATER: Final = {"sqlite": "date({date}, '+{days} days')", "postgresql": "({date} + {days})"}
_NUMBER: Final = {
    "sqlite": "CAST(replace({date}, '-', '') AS integer)",
    "postgresql": "CAST(to_char({date}, 'YYYYMMDD') AS bigint)",
}
# Of each table: which of its columns are others in a copy, and which of its rows are copied. Names in braces
# are the greatest ids of the original, times the copy's number; names with _most those of the original.
_TABLES: Final[dict[str, tuple[dict[str, str], str]]] = {
    "context": (
        {
            "id": "id + {context}", "name": "substr(name, 1, 180) || ' (copy {copy})'",
            "slug": "substr(slug, 1, 180) || '--{copy}'",
        },
        "id IN (SELECT id FROM multiplied)",
    ),
    "source": (
        {"id": "id + {source}", "url": "substr(url, 1, 1900) || '?copy={copy}'"},
        "id <= {source_most}",
    ),
    "event": ({"id": "id + {event}", "date": "{later}", "lead_id": "{of_lead_id}"}, "id <= {event_most}"),
    "address": (
        {"id": "id + {address}", "event_id": "event_id + {event}", "date": "{later}"},
        "event_id <= {event_most}",
    ),
    "provenance": (
        {
            "id": "id + {provenance}", "event_id": "event_id + {event}",
            "key": "substr(key, 1, 280) || '~{copy}'",
            "external_id": "substr(external_id, 1, 180) || '~{copy}'",
        },
        "event_id <= {event_most}",
    ),
    "tagging": (
        {
            "id": "id + {tagging}", "event_id": "event_id + {event}", "context_id": "{of_context_id}",
            "key": "{key}",
        },
        "event_id <= {event_most}",
    ),
    "citation": (
        {
            "id": "id + {citation}", "event_id": "event_id + {event}", "source_id": "source_id + {source}",
            "raw_url": "CASE WHEN raw_url = '' THEN '' ELSE raw_url || '?copy={copy}' END",
            "key": "CASE WHEN publisher_id IS NULL THEN NULL ELSE {key} END",
        },
        "event_id <= {event_most}",
    ),
    "revision": (
        {
            "id": "id + {revision}", "event_id": "event_id + {event}",
            "context_id": "context_id + {context}",
        },
        "id <= {revision_most} AND (event_id <= {event_most} OR context_id IN (SELECT id FROM multiplied))",
    ),
    "change": (
        {
            "seq": "row_number() OVER (ORDER BY seq) + {seq}", "revision_id": "revision_id + {revision}",
            "subject_id": "CASE subject WHEN 'event' THEN subject_id + {event} "
            "WHEN 'source' THEN subject_id + {source} ELSE subject_id + {context} END",
        },
        (
            "seq <= {change_most} AND ((subject = 'event' AND subject_id <= {event_most}) "
            "OR subject = 'source' "
            "OR (subject = 'context' AND subject_id IN (SELECT id FROM multiplied)))"
        ),
    ),
}  # fmt: skip
_PUBLIC: Final = "SELECT count(*) FROM events_event WHERE state <> 'published' OR version <> 1"


class Multiplying:
    """The original, and what its copies are numbered by."""

    def __init__(self) -> None:
        from django.db import connection

        self._connection = connection
        self._vendor = connection.vendor
        self.most = {
            name: self._one(f"SELECT max({'seq' if name == 'change' else 'id'}) FROM events_{name}")
            for name in _TABLES
        }
        self.originals = self._one("SELECT count(*) FROM events_event")
        if self._one(_PUBLIC):
            sys.exit("Somebody has written in this archive: load one anew.")
        first, last = self._row("SELECT min(date), max(date) FROM events_event")
        self._days = (dt.date.fromisoformat(str(last)) - dt.date.fromisoformat(str(first))).days + 1
        self._run("CREATE TEMPORARY TABLE multiplied (id bigint PRIMARY KEY)")
        self._run(
            "INSERT INTO multiplied SELECT context_id FROM events_contexttally GROUP BY 1 "
            f"HAVING sum(events) <= {_SMALL}"
        )
        self._small = {pk for (pk,) in self._rows("SELECT id FROM multiplied")}
        if self._vendor == "postgresql":  # made anew in the end, in a tenth of the time
            self._run("DROP INDEX IF EXISTS events_searchentry_vector")

    def copy(self, number: int, events: int) -> None:
        """Write copy *number* (from 1), of the *events* first of the original."""
        from django.db import transaction

        limit = self.most["event"]
        if events < self.originals:
            limit = self._one(f"SELECT id FROM events_event ORDER BY id LIMIT 1 OFFSET {events - 1}")
        with transaction.atomic():
            if self._vendor == "postgresql":  # foreign keys are checked one by one otherwise
                self._run("SET LOCAL session_replication_role = replica")
            for table, (columns, condition) in _TABLES.items():
                self._insert(table, columns, condition, number, limit)
            self._run("UPDATE events_sequence SET last = (SELECT max(seq) FROM events_change)")
        self._starts(number)
        last = 0
        while rows := self._rows(
            "SELECT event_id, body, written_at FROM events_document "
            f"WHERE event_id > {last} AND event_id <= {limit} ORDER BY event_id LIMIT {_AT_ONCE}"
        ):
            self._documents(number, rows)
            last = rows[-1][0]

    def _insert(self, table: str, columns: dict[str, str], condition: str, number: int, limit: int) -> None:
        meta = self._model(table)._meta
        names = [field.column for field in meta.concrete_fields]
        of_event = "event.date" if table in {"tagging", "citation"} else "date"
        later = _LATER[self._vendor].format(date=of_event, days=self._days * number)
        values = {name: most * number for name, most in self.most.items()}
        values |= {f"{name}_most": most for name, most in self.most.items()}
        small = "CASE WHEN {0} IN (SELECT id FROM multiplied) THEN {0} + {1} ELSE {0} END"
        values |= {
            "event_most": limit, "copy": number + 1, "later": later,
            "seq": self._one("SELECT last FROM events_sequence"),
            "of_lead_id": small.format("lead_id", values["context"]),
            "of_context_id": small.format("context_id", values["context"]),
            "key": f"{_NUMBER[self._vendor].format(date=later)} * {1 << 36} + event_id + {values['event']}",
        }  # fmt: skip
        read = ", ".join(columns.get(name, f"row.{name}").format(**values) for name in names)
        source = f"events_{table} row"
        if table in {"tagging", "citation"}:
            source += " JOIN (SELECT id AS of_id, date FROM events_event) event ON event.of_id = row.event_id"
        quoted = ", ".join(f'"{name}"' for name in names)
        self._run(
            f"INSERT INTO events_{table} ({quoted}) SELECT {read} FROM {source} "
            f"WHERE {condition.format(**values)}"
        )

    def _starts(self, number: int) -> None:
        """What the copied contexts are found by."""
        from django.db import transaction

        from events.actions.contexts.starts import write_starts
        from events.models import Context

        first = self.most["context"] * number
        copied = Context.objects.filter(pk__gt=first, pk__lte=first + self.most["context"])
        with transaction.atomic():
            write_starts([], created=list(copied.only("edition", "name")))

    def _documents(self, number: int, rows: list[tuple[int, str, Any]]) -> None:
        """The documents of the copies of these events, and their entries in the index."""
        from django.db import transaction

        from events.formats.document import stored_json
        from events.inserting import insert_rows
        from events.models import Document
        from events.search import index

        made, documents = [], []
        for pk, body, written_at in rows:
            document = self.copied(json.loads(body), number)
            made.append(document)
            documents.append(
                Document(
                    event_id=pk + self.most["event"] * number, body=stored_json(document),
                    counted_on=dt.date.fromisoformat(document["date"]),
                    written_at=written_at
                    if isinstance(written_at, dt.datetime)
                    else dt.datetime.fromisoformat(written_at).replace(tzinfo=dt.UTC),
                )
            )  # fmt: skip
        with transaction.atomic():
            insert_rows(documents)
            index.write(made, new=True)

    def copied(self, document: dict[str, Any], number: int) -> dict[str, Any]:
        """The *document* of an event of the original as its copy *number* has it."""
        from events.slugs import Address

        date = dt.date.fromisoformat(document["date"]) + dt.timedelta(days=self._days * number)
        slug = document["address"].rpartition("/")[2]
        document["id"] += self.most["event"] * number
        document["date"] = date.isoformat()
        document["address"] = Address(date, slug).path
        for context in (document["lead_context"], *document["contexts"]):
            if context is not None and context["id"] in self._small:
                context["id"] += self.most["context"] * number
                context["name"] = f"{context['name'][:180]} (copy {number + 1})"
                context["slug"] = f"{context['slug'][:180]}--{number + 1}"
                context["path"] = f"/contexts/{context['slug']}/"
        document["contexts"].sort(key=lambda context: context["name"])
        for citation in document["citations"]:
            if citation["source"] is not None:
                citation["source"] += self.most["source"] * number
            if citation["url"]:
                citation["url"] += f"?copy={number + 1}"
        for record in document["provenance"]:
            record["id"] = f"{record['id'][:180]}~{number + 1}"
        return document

    def finish(self) -> None:
        """Counts, the numbers that new rows get, and what PostgreSQL's planner knows."""
        from django.core.management.color import no_style
        from django.db import connection

        from events.actions.tallies import count_anew

        count_anew()
        if self._vendor == "postgresql":
            self._run("SET maintenance_work_mem = '1GB'")
            self._run("CREATE INDEX events_searchentry_vector ON events_searchentry USING gin (vector)")
        for statement in connection.ops.sequence_reset_sql(no_style(), list(map(self._model, _TABLES))):
            self._run(statement)
        if self._vendor == "postgresql":
            self._run("VACUUM ANALYZE")

    def _model(self, table: str) -> Any:
        from django.apps import apps

        return apps.get_model("events", table)

    def _run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def _rows(self, sql: str) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _row(self, sql: str) -> Any:
        return self._rows(sql)[0]

    def _one(self, sql: str) -> int:
        return int(self._row(sql)[0])


def faults(most: int) -> Iterator[str]:
    """Where the stored forms of so many events, and the counts of what they have, differ from their rows."""
    from django.db.models import Sum

    from events.formats.document import event_document, stored_json
    from events.models import Citation, ContextTally, Event, PublisherTally, Tagging
    from events.search import backends, index

    chance = random.Random(most)
    last = Event.objects.latest("pk").pk
    ids = sorted({chance.randint(1, last) for _ in range(most)})
    for start in range(0, len(ids), 500):
        events = list(
            Event.objects.filter(pk__in=ids[start : start + 500]).for_detail().select_related("document")
        )
        documents = [event_document(event, []) for event in events]
        for event, document in zip(events, documents, strict=True):
            if stored_json(document) != event.document.body:
                yield f"event {event.pk}: its document"
            for row in (*event.taggings.all(), *event.citations.all()):
                if row.key != row.key_on(event):
                    yield f"event {event.pk}: a key"
        for pk in backends.current().differing([index.entry_of(document) for document in documents]):
            yield f"event {pk}: its entry in the index"
    tags = Tagging.objects.filter(event__in=chance.sample(ids, min(20, len(ids))))
    for pk in set(tags.values_list("context", flat=True)):
        counted = ContextTally.objects.filter(context=pk).aggregate(number=Sum("events"))["number"]
        if counted != Tagging.objects.in_order().filter(context=pk).count():
            yield f"context {pk}: {counted} counted"
    cited = Citation.objects.in_order().filter(event__in=ids[:20], publisher__isnull=False)
    for pk, name in set(cited.values_list("publisher", "publisher__name")):
        counted = PublisherTally.objects.filter(name=name).aggregate(number=Sum("events"))["number"]
        if counted != Citation.objects.in_order().filter(publisher=pk).values("event").distinct().count():
            yield f"publisher {name}: {counted} counted"


def main() -> None:
    """Multiply, check."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="how many there are in the end")
    parser.add_argument("--check", type=int, default=500, help="how many are compared in the end")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark")
    import django

    django.setup()
    from django.db import connection

    from events.search import index

    # The same words come in every copy: a process that keeps them takes a third of the time.
    index.plain_words = lru_cache(maxsize=None)(index.plain_words)  # type: ignore[assignment]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for pragma in ("synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
                cursor.execute(f"PRAGMA {pragma}")
    multiplying, started = Multiplying(), time.monotonic()
    there, number = multiplying.originals, 0
    while there < options.events:
        number += 1
        more = min(multiplying.originals, options.events - there)
        multiplying.copy(number, more)
        there += more
        print(f"  {there:>9,} events after {time.monotonic() - started:,.0f} s", flush=True)
    multiplying.finish()
    found = list(faults(options.check))
    print("\n".join(found) or f"{options.check} events agree with their rows.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
