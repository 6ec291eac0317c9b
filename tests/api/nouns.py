"""An archive that has something of every noun, and the addresses of it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core import signals
from django.db import close_old_connections

from events.actions.correct import correct_event
from events.api import streams
from events.models import Publisher, Source
from events.vocabulary import Grade
from tests.factories import make_context, make_editorial, make_event, make_provenance, relate
from tests.people import make_person

LISTS = ("events", "contexts", "sources", "publishers", "editorials", "corrections", "days")
STREAMED = ("csv", "ndjson")


def fill() -> dict[str, tuple[str, ...]]:
    """Make it; each address without its end → the suffixes that it has."""
    event = make_event(
        "A treaty is sgned.", contexts=["Treaty", "Talks"], lead="Treaty", summary="In their words.",
        citations=[("Gazette", "https://gazette.example/a", "https://gazette.example/a.jpg")],
    )  # fmt: skip
    relate(event, make_event("Another treaty.", date="2005-02-09"), shared=["Treaty"], score=0.5)
    make_provenance(event)
    correct_event(
        actor=make_person(), event_id=event.pk, version=event.version, grade=Grade.CORRECTION,
        note="A letter was missing.", values={"text": "A treaty is signed.", "category": "politics"},
    )  # fmt: skip
    piece = make_editorial()
    every = ("json", "xml", *STREAMED)
    return dict.fromkeys(LISTS, every) | {
        "events": (*every, "ninjs"),
        "contexts": (*every, "ttl", "jsonld"),
        f"events/{event.pk}": ("json", "xml", "md", "ninjs"),
        f"events/{event.pk}/related": ("json", "xml"),
        f"events/{event.pk}/revisions": ("json",),
        f"contexts/{make_context('Treaty').pk}": ("json", "xml", "ttl", "jsonld"),
        f"sources/{Source.objects.get().pk}": ("json", "xml"),
        f"publishers/{Publisher.objects.get().pk}": ("json", "xml"),
        f"editorials/{piece.pk}": ("json", "xml", "md"),
        "days/2004-02-09": ("json", "xml", "md"),
        "search": ("json",),
        "suggest": ("json",),
        "changes": ("json",),
        "stats": ("json",),
    }


def content(answer: Any) -> bytes:
    """The whole body; the test client closes a stream behind its end, as every server does."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def free_places() -> int:
    """How many more streams there may be at once."""
    taken = 0
    while streams.places.take():
        taken += 1
    for _ in range(taken):
        streams.places.leave()
    return taken


def hang_up(answer: Any) -> None:
    """Close a stream before its end, and the test's database connection not with it."""
    signals.request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        signals.request_finished.connect(close_old_connections)


def with_suffixes(addresses: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Each address with each of its suffixes."""
    for address, suffixes in addresses.items():
        yield from ((address, suffix) for suffix in suffixes)
