"""A small archive in which everything that can be stored stands at least once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Model

from events.actions.address import change_address
from events.actions.contexts.merge import merge_contexts
from events.actions.correct import correct_event, create_event
from events.actions.curate import ban_related, pin_related
from events.actions.harvesting.run import run_harvest
from events.actions.merge import merge_events
from events.actions.recording import Actor
from events.actions.relate import relate_due
from events.actions.removal.remove import remove_event
from events.actions.withdraw import withdraw_event
from events.formats.jsonl import CHILDREN, DOCUMENT, FILES
from events.harvest.jsonl import JsonlReader
from events.harvest.records import CitedSource
from events.models import (
    Alias,
    Broader,
    Context,
    ContextTally,
    Event,
    EventFeatures,
    FeatureCounts,
    FeaturePosting,
    MonthTally,
    NameStart,
    PublisherTally,
    RelatedLink,
    ReviewItem,
    SearchEntry,
    SearchWord,
    Sequence,
)
from events.vocabulary import Grade, ReviewKind, Role, State
from tests.factories import make_context, make_editorial, make_event, make_origin
from tests.people import make_person

SAMPLE = Path(__file__).resolve().parent.parent.parent / "sample"
DAY = dt.date(2004, 2, 9)
HARVESTED = (
    '{"date": "2004-02-09", "id": "g-1", "text": " A ferry line opens “again”\\u2028after\\ttwo years.",'
    ' "category": "Business and econony", "topics": ["Transport", "Ferries, and harbours"],'
    ' "sources": ["The Gazette", "https://gazette.example/a?utm_source=x"]}\n'
    '{"date": "2004-02-10", "text": "The harbour master of Port Example resigns over the fees.",'
    ' "topics": ["Ferries, and harbours"], "summary": "<b>He</b> said nothing."}\n'
)
SECRETS = ("the held one", "the drafted one", "the withdrawn one", "the outlawed one", "a secret reason")
"""Words that readers must not see anywhere."""


def fill_archive(folder: Path) -> None:
    """Fill the empty database through the real actions. *folder* takes the file that is harvested."""
    Sequence.objects.get_or_create(id=1)
    chief = make_person(Role.CHIEF)
    source = folder / "events.jsonl"
    source.write_text(HARVESTED, encoding="utf-8")
    run_harvest(JsonlReader(source, edition="en"), origin=make_origin("gazette"))
    ferry = Event.objects.get(date=DAY)
    ferry = correct_event(
        actor=chief, event_id=ferry.pk, version=ferry.version, values={"text": "A ferry line opens again."},
        grade=Grade.CORRECTION, note="Two quotation marks too many.",
    )  # fmt: skip
    change_address(actor=chief, event_id=ferry.pk, version=ferry.version, slug="a-ferry-line")
    bridge = _created(chief, "A bridge is opened by two mayors.", contexts=["Transport", "Bridges"])
    double = _created(chief, "Two mayors open a bridge.", contexts=["Bridges"])
    merge_events(actor=chief, event_id=double.pk, into_id=bridge.pk, note="The same bridge.")
    tunnel = _created(chief, "A tunnel is dug under the bay.", contexts=["Transport", "Tunnels", "Bridges"])
    correct_event(
        actor=chief, event_id=tunnel.pk, version=1, values={"contexts": ["Transport", "Tunnels"]}, grade=None
    )
    tunnel.refresh_from_db()
    correct_event(
        actor=chief, event_id=tunnel.pk, version=tunnel.version, values={"date": dt.date(2004, 2, 11)},
        grade=Grade.TYPO,
    )  # fmt: skip
    for words, take in (("the withdrawn one", withdraw_event), ("the outlawed one", remove_event)):
        gone = _created(chief, f"Nobody reads {words}.", contexts=["Transport"])
        take(actor=chief, event_id=gone.pk, version=1, reason="It was wrong.")
    make_event("Nobody reads the held one.", state=State.HELD)
    make_event("Nobody reads the drafted one.", state=State.DRAFT)
    make_event("渡轮恢复通航。", edition="zh", contexts=["交通"], lead="交通", summary="　渡轮")
    pin_related(actor=chief, event_id=ferry.pk, target_id=tunnel.pk, note="Both cross the bay.")
    ban_related(actor=chief, event_id=ferry.pk, target_id=bridge.pk, note="a secret reason")
    _around_contexts(chief)
    make_editorial()
    make_editorial("Unready", state=State.DRAFT, body="a secret reason")
    relate_due()


def _created(actor: Actor, text: str, *, contexts: list[str]) -> Event:
    return create_event(
        actor=actor, edition="en", date=DAY, text=text, category="business", lead=contexts[0],
        contexts=contexts,
        citations=[CitedSource("The Gazette", "https://gazette.example/b", "https://gazette.example/b.png")],
    )  # fmt: skip


def _around_contexts(chief: Actor) -> None:
    transport = make_context("Transport")
    Alias.objects.create(context=transport, edition="en", name="Traffic")
    ships = make_context("Ships", profile="*Ships*", wikidata="Q11446", generic=True)
    Broader.objects.get_or_create(narrower=ships, broader=transport)
    merge_contexts(actor=chief, context_id=make_context("Vessels").pk, into_id=ships.pk)
    ReviewItem.objects.create(
        kind=ReviewKind.CANDIDATE, key="ships", context=Context.objects.get(name="Ships"),
        data={"why": "a secret reason", "n": [1, None, True]}, decided_by_name="chief",
    )  # fmt: skip


def empty_database() -> None:
    """Delete every row of the archive, past all rules."""
    kinds = [*(kind for kinds in FILES.values() for kind in kinds), *CHILDREN.values(), DOCUMENT]
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        derived: list[type[Model]] = [RelatedLink, EventFeatures, FeaturePosting, FeatureCounts]
        derived += [SearchEntry, SearchWord, ContextTally, MonthTally, PublisherTally, NameStart]
        for model in (*derived, *(kind.model for kind in reversed(kinds))):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  a table of ours


def content(folder: Path) -> dict[str, bytes]:
    """Every file below *folder* with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(model: type[Any], *without: str) -> list[tuple[Any, ...]]:
    """Every row of *model*, but some columns, by key."""
    columns = [field.attname for field in model._meta.concrete_fields if field.name not in without]
    return list(model._base_manager.order_by("pk").values_list(*columns))


def public_events() -> dict[str, dict[str, Any]]:
    """What readers see of each English public event, by its address."""
    found = {}
    for event in Event.objects.published().of_edition("en").for_detail():
        paths = {row.path: row.current for row in event.addresses.all()}
        former = {path for path, current in paths.items() if not current}
        for other in event.merged_events.all():
            former |= {row.path for row in other.addresses.all()}
        current = next(path for path, is_current in paths.items() if is_current)
        found[current] = {
            "date": event.date,
            "text": event.text,
            "summary": event.summary,
            "category": event.category,
            "lead": event.lead and event.lead.name,
            "contexts": {row.context.name for row in event.taggings.all() if not row.removed},
            "citations": [(row.label, row.raw_url, row.picture) for row in event.citations.all()],
            "former": former,
        }
    return found
