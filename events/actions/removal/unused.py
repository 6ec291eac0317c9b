"""Sources, publishers and contexts that nothing needs any more once an event is removed by law."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.actions.recording import Recording
from events.models import Change, Citation, Context, Event, Publisher, Revision, Source, Tagging
from events.text.urls import normalise_url
from events.vocabulary import ChangeKind, Subject


def discard_sources(
    source_ids: Collection[int],
    publisher_ids: Collection[int],
    urls: Collection[str],
    labels: Collection[str],
) -> set[str]:
    """Delete those of these sources that nobody cites, and those of their publishers that nobody needs then.

    *urls* and *labels*: what the removed event's citations ever said. What of it nobody else says
    is returned: it is to go everywhere. Only rows that the event itself used are touched.
    """
    known = {normalise_url(url) or "" for url in urls} - {""}
    asked = Source.objects.filter(Q(pk__in=source_ids) | Q(url__in=known))
    publishers = {*publisher_ids, *asked.values_list("publisher", flat=True)}
    _lock(asked)
    unused = list(asked.filter(citations__isnull=True).order_by("pk"))
    Source.objects.filter(pk__in=[source.pk for source in unused]).delete()
    named = Publisher.objects.filter(Q(pk__in=publishers) | Q(name__in=labels))
    _lock(named)
    named.filter(
        sources__isnull=True, citations__isnull=True, merged_publishers__isnull=True, merged_into__isnull=True
    ).delete()
    gone = {said for said in (*urls, *labels) if not _is_said(said)}
    gone |= {source.url for source in unused}
    return gone


def _is_said(words: str) -> bool:
    """Whether another event's citations, or a publisher's name, say the same."""
    said = Q(label=words) | Q(raw_url=words) | Q(picture=words) | Q(source__url=words)
    return Citation.objects.filter(said).exists() or Publisher.objects.filter(name=words).exists()


def _lock(rows: QuerySet[Any]) -> None:
    """Wait for those who are about to name these rows; who comes later finds them gone (``holding``)."""
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def discard_contexts(context_ids: Collection[int], *, trace: Recording) -> list[str]:
    """Delete those of these contexts that were made for the removed event alone; their names.

    Made for it: no other event has or ever had it (not even as taken away), and nobody worked on
    it: no profile, links, other names, broader or narrower contexts, merges, no change since it was made.
    """
    _lock(Context.objects.filter(pk__in=context_ids))
    alone = Context.objects.filter(
        pk__in=context_ids, taggings__isnull=True, led_events__isnull=True, merged_into__isnull=True,
        merged_contexts__isnull=True, aliases__isnull=True, broader_steps__isnull=True,
        narrower_steps__isnull=True, profile="", wikidata="", wikipedia="", generic=False, version=1,
    )  # fmt: skip
    names = []
    for context in list(alone.order_by("pk")):
        history = Revision.objects.filter(context=context)
        Change.objects.filter(revision__in=history).erase(revision=None)
        history.erase_rows()
        kind = ContentType.objects.get_for_model(Context)
        LogEntry.objects.filter(content_type=kind, object_id=str(context.pk)).update(
            object_repr=f"Context {context.pk} (removed)", change_message=""
        )
        trace.change(ChangeKind.WITHDRAWN, Subject.CONTEXT, context.pk)
        names.append(context.name)
        context.delete()
    return names


def left_alone(event_ids: Collection[int]) -> tuple[list[Context], list[Source]]:
    """The contexts that no event but these has, and the sources that no other cites: for a page that asks."""
    tagged = Tagging.objects.filter(context=OuterRef("pk")).exclude(event__in=event_ids)
    led = Event.objects.filter(lead=OuterRef("pk")).exclude(pk__in=event_ids)
    contexts = Context.objects.filter(~Exists(tagged), ~Exists(led), taggings__event__in=event_ids)
    cited = Citation.objects.filter(source=OuterRef("pk")).exclude(event__in=event_ids)
    sources = Source.objects.filter(~Exists(cited), citations__event__in=event_ids)
    return list(contexts.distinct()), list(sources.distinct())
