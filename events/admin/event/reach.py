"""Where an event can be met, so that a page can say what will disappear where. Counts from the database."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from events.actions.removal.unused import left_alone
from events.contexts import event_counts
from events.editorials import editorial_path
from events.models import (
    Address,
    Context,
    Curation,
    Editorial,
    Event,
    Provenance,
    RelatedLink,
    ReviewItem,
    Revision,
    SearchEntry,
    Tagging,
)
from events.slugs import day_path
from events.vocabulary import EDITIONS, Decision, State

Json = dict[str, Any]
FORMATS: Final = ("html", "md", "json", "xml")
_NAMED: Final = 10
_CONTEXTS: Final = 30


def reach(event: Event) -> Json:
    """The addresses and lists that the event stands in now; a dozen queries, however many there are."""
    ids = [event.pk, *Event.objects.filter(merged_into=event).values_list("pk", flat=True)]
    addresses = Address.objects.filter(event__in=ids).order_by("-current", "pk")
    day = Event.objects.published().filter(edition=event.edition, date=event.date)
    own = Tagging.objects.active().filter(event=event).values("context")
    tagged = Context.objects.filter(pk__in=own).order_by("name").values_list("pk", "name")[:_CONTEXTS]
    names = dict(tagged)
    counts = event_counts(names)
    linking = RelatedLink.objects.filter(target=event, event__state=State.PUBLISHED)
    curated = Curation.objects.filter(target=event).select_related("event").order_by("pk")
    return {
        "addresses": [
            {"path": row.path, "former": not row.current or row.event_id != event.pk} for row in addresses
        ],
        "formats": FORMATS,
        "merged": len(ids) - 1,
        "public": event.is_public,
        "day": EDITIONS[event.edition].prefix + day_path(event.date),
        "others_that_day": day.exclude(pk=event.pk).count(),
        "contexts": [(name, counts.get(pk, 0)) for pk, name in names.items()],
        "indexed": SearchEntry.objects.filter(event=event).exists(),
        "linking": linking.count(),
        "pins": list(curated.filter(decision=Decision.PIN)[:_NAMED]),
        "curated": curated.count(),
        "written": _written_about(addresses),
    }


def erasure(event: Event) -> Json:
    """What else a removal by law erases, and what it leaves; a dozen queries more."""
    ids = [event.pk, *Event.objects.filter(merged_into=event).values_list("pk", flat=True)]
    contexts, sources = left_alone(ids)
    same = Event.objects.filter(edition=event.edition, date=event.date, text=event.text).exclude(pk__in=ids)
    revisions = Revision.objects.filter(event__in=ids)
    kind = ContentType.objects.get_for_model(Event)
    return {
        **reach(event),
        "revisions": revisions.count(),
        "notes": revisions.exclude(note="").count(),
        "records": Provenance.objects.filter(event__in=ids).count(),
        "questions": ReviewItem.objects.filter(Q(event__in=ids) | Q(other__in=ids)).count(),
        "logged": LogEntry.objects.filter(content_type=kind, object_id__in=map(str, ids)).count(),
        "own_contexts": contexts,
        "own_sources": sources[:_NAMED],
        "own_sources_count": len(sources),
        "same_words": list(same[:_NAMED]) if event.text else [],
    }


def _written_about(addresses: Any) -> list[Json]:
    """The editorials and profiles in which somebody wrote one of the addresses."""
    asked = Q()
    slugs = [row.slug for row in addresses]
    for slug in slugs:
        asked |= Q(body__contains=f"/{slug}")
    if not slugs:
        return []
    found: list[Json] = [
        {"what": str(row), "path": editorial_path(row.edition, row.date, row.slug)}
        for row in Editorial.objects.filter(asked)[:_NAMED]
    ]
    profiles = Q()
    for slug in slugs:
        profiles |= Q(profile__contains=f"/{slug}")
    return found + [{"what": row.name, "path": row.path} for row in Context.objects.filter(profiles)[:_NAMED]]
