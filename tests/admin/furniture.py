"""A small archive with at least one row behind every page of the desk."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.split import split_context
from events.actions.publishing import merge_publishers
from events.actions.recording import Actor
from events.models import (
    BulkChange,
    Context,
    Event,
    Publisher,
    PublisherHost,
    ReviewItem,
    Revision,
    Source,
    Webhook,
)
from events.vocabulary import BulkKind, ReviewKind, Role
from tests.factories import make_context, make_editorial, make_event, make_origin, make_provenance, relate
from tests.people import make_person, make_robot

_SIDES = {"base": "A bridge.", "ours": "A long bridge.", "upstream": "A short bridge."}
_DATA = {
    ReviewKind.CANDIDATE: {"name": "Courier", "count": 2, "days": 2, "examples": []},
    ReviewKind.CONTEXT_REPLACED: {"old": ["Bridges"], "new": ["Rivers"]},
    ReviewKind.PROOFREADING: {
        "rule": "doubled-word", "found": "bridge", "fix": "span", "before": "A ", "after": " was", "nth": 0,
    },
    ReviewKind.CONFLICT: _SIDES,
    ReviewKind.DUPLICATE: {},
    ReviewKind.HELD: _SIDES,
}  # fmt: skip


def furnish() -> dict[str, int]:
    """Make it; the ids that stand in the addresses of its pages, by what they are ids of."""
    chief = make_person(Role.CHIEF, name="furnisher")
    event = make_event(
        "A bridge was opened.", lead="Bridges", contexts=["Rivers"],
        citations=[
            ("The Courier", "https://courier.example/1", ""), ("The Gazette", "https://gazette.example/", ""),
        ],
    )  # fmt: skip
    other = make_event("A bridge was closed.", lead="Bridges")
    relate(event, other)
    make_provenance(event, origin=make_origin("wire"))
    editorial = make_editorial("A case for bridges")
    robot = make_robot()
    assert robot.harvest is not None
    items = {
        kind: ReviewItem.objects.create(
            kind=kind, key=f"{kind}", event=event, other=other, field="text", data=data
        ).pk
        for kind, data in _DATA.items()
    }
    named = ReviewItem.objects.create(
        kind=ReviewKind.CONTEXT_NAMED, key="named", event=other, context=Context.objects.get(name="Rivers")
    )
    change = BulkChange.objects.create(kind=BulkKind.REPLACE, by_name="furnisher", asked={})
    return {
        "event": event.pk, "context": Context.objects.get(name="Bridges").pk, "editorial": editorial.pk,
        "harvest": robot.harvest.pk, "item": items[ReviewKind.CONFLICT], "named": named.pk,
        "finding": items[ReviewKind.PROOFREADING], "change": change.pk,
        "source": Source.objects.earliest("pk").pk, "origin": robot.harvest.origin_id,
        "publisher": Publisher.objects.earliest("pk").pk, "user": User.objects.earliest("pk").pk,
        "webhook": Webhook.objects.create(url="https://hooks.example/", by_name="furnisher").pk,
        "group": Group.objects.earliest("pk").pk,
        **_merged(chief), **_split(chief, event),
    }  # fmt: skip


def _merged(chief: Actor) -> dict[str, int]:
    """A context and a publisher that were merged, and a host."""
    spans = make_context("Spans")
    merge_contexts(actor=chief, context_id=spans.pk, into_id=Context.objects.get(name="Rivers").pk)
    goes, stays = Publisher.objects.order_by("pk")[:2]
    merge_publishers(
        actor=chief, publisher_id=stays.pk, into_id=goes.pk, seen=stays.name, into_seen=goes.name
    )
    return {
        "merged context": spans.pk,
        "merged publisher": stays.pk,
        "host": PublisherHost.objects.create(publisher=goes, host="courier.example").pk,
    }


def _split(chief: Actor, event: Event) -> dict[str, int]:
    """A context that was split, and the number of the revision that says so."""
    context = make_context("Steel")
    event.taggings.create(context=context, how="person")
    split_context(
        actor=chief,
        context_id=context.pk,
        version=context.version,
        event_ids=[event.pk],
        name="Steel bridges",
    )
    number = Revision.objects.filter(context=context).latest("number").number
    return {"split context": context.pk, "split": number}
