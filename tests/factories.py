"""Small made-up rows for tests: what a harvest would leave, without a harvest.

Every row is made directly; stored documents are written by the same function as in production.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from events.actions.contexts.starts import write_starts
from events.actions.documents import write_documents
from events.models import (
    Address,
    Citation,
    Context,
    Editorial,
    Event,
    Harvest,
    Origin,
    Provenance,
    Publisher,
    RelatedLink,
    Source,
    Tagging,
)
from events.slugs import free_slug, make_slug
from events.vocabulary import State, Tagged

DAY = dt.date(2004, 2, 9)
SOME_TIME = dt.datetime(2018, 1, 25, 12, tzinfo=dt.UTC)


def make_context(name: str, *, edition: str = "en", **fields: Any) -> Context:
    """The context of this name, made where there is none."""
    slug = fields.pop("slug", "") or make_slug(name, edition)
    context, created = Context.objects.get_or_create(
        edition=edition, name=name, defaults={"slug": slug, **fields}
    )
    if created:
        write_starts([], created=[context])
    return context


def make_event(
    text: str = "Envoys of two countries sign a treaty on a bridge.",
    *,
    date: dt.date | str = DAY,
    slug: str = "",
    contexts: Iterable[str] = (),
    lead: str = "",
    edition: str = "en",
    state: State = State.PUBLISHED,
    into: Event | None = None,
    citations: Sequence[tuple[str, str, str]] = (),
    document: bool = True,
    **fields: Any,
) -> Event:
    """One event with its address, contexts, citations and stored document.

    *citations*: ``(label, url, picture)`` each, the label also names the publisher. *into*: the
    event it was merged into (its state is then merged).
    """
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    if into is not None:
        state = State.MERGED
    event = Event.objects.create(
        edition=edition,
        date=day,
        text=text,
        state=state,
        merged_into=into,
        lead=make_context(lead, edition=edition) if lead else None,
        **fields,
    )

    def taken(wanted: str) -> bool:
        return Address.objects.filter(edition=edition, date=day, slug=wanted).exists()

    Address.objects.create(
        event=event, edition=edition, date=day, slug=slug or free_slug(make_slug(text, edition), taken)
    )
    for name in dict.fromkeys((*contexts, *([lead] if lead else []))):
        Tagging.objects.create(event=event, context=make_context(name, edition=edition), how=Tagged.ORIGIN)
    for position, (label, url, picture) in enumerate(citations, start=1):
        cite(event, position=position, label=label, url=url, picture=picture)
    if document:
        write_documents([event.pk], at=SOME_TIME)
    return event


def cite(event: Event, *, position: int, label: str, url: str = "", picture: str = "") -> Citation:
    """A citation of *event*; *label* names the publisher too."""
    publisher, _ = Publisher.objects.get_or_create(name=label)
    source = None
    if url:
        source, _ = Source.objects.get_or_create(url=url, defaults={"publisher": publisher})
    citation = Citation(
        event=event,
        position=position,
        source=source,
        publisher=publisher,
        label=label,
        raw_url=url,
        picture=picture,
    )
    citation.key = citation.key_on(event)
    citation.save()
    return citation


def make_origin(slug: str = "gazette", **fields: Any) -> Origin:
    """The origin of this slug, made where there is none."""
    defaults = {
        "name": "The Gazette Archive",
        "licence": "CC BY-SA 4.0",
        "licence_url": "https://creativecommons.org/licenses/by-sa/4.0/",
        "attribution": "From the Gazette Archive.",
        **fields,
    }
    origin, _ = Origin.objects.get_or_create(slug=slug, defaults=defaults)
    return origin


def make_provenance(event: Event, *, origin: Origin | None = None, **fields: Any) -> Provenance:
    """Say that *event* came from *origin*, and write its document anew."""
    origin = origin or make_origin()
    harvest = Harvest.objects.create(
        origin=origin, reader="markdown", edition=event.edition, source_name="folder", moment=SOME_TIME
    )
    defaults = {"key": f"key-{event.pk}", "evidence": 3, "digest": "0" * 32, "moment": SOME_TIME, **fields}
    row = Provenance.objects.create(
        event=event, origin=origin, edition=event.edition, harvest=harvest, **defaults
    )
    write_documents([event.pk], at=SOME_TIME)
    return row


def former_address(event: Event, slug: str, *, date: dt.date | None = None) -> Address:
    """A former address of *event*; its document is written anew."""
    row = Address.objects.create(
        event=event, edition=event.edition, date=date or event.date, slug=slug, current=False
    )
    write_documents([event.pk], at=SOME_TIME)
    return row


def relate(
    event: Event,
    target: Event,
    *,
    rank: int = 1,
    score: float = 1.0,
    shared: Iterable[str] = (),
    loose: bool = False,
) -> RelatedLink:
    """A computed related link by the contexts named *shared*; *loose*: too little for readers."""
    ids = [make_context(name, edition=event.edition).pk for name in shared]
    reason: dict[str, Any] = {"contexts": ids, **({"loose": True} if loose else {})}
    return RelatedLink.objects.create(event=event, target=target, rank=rank, score=score, reason=reason)


def make_editorial(title: str = "A case for patience", **fields: Any) -> Editorial:
    """A published opinion piece."""
    defaults = {
        "edition": "en",
        "date": DAY,
        "slug": make_slug(title, "en"),
        "author": "A. Writer",
        "body": "First *paragraph*.\n\nSecond one.",
        "state": State.PUBLISHED,
        "publish_at": SOME_TIME,
        **fields,
    }
    return Editorial.objects.create(title=title, **defaults)
