"""A page of every kind that readers see, furnished by the factories and the real verbs."""

from __future__ import annotations

import datetime as dt

from events.actions.correct import correct_event
from events.actions.removal.remove import remove_event
from events.actions.review.reports import Said, report_error
from events.actions.sources import describe_source
from events.actions.withdraw import withdraw_event
from events.models import Event, Publisher, Source
from events.vocabulary import Category, Grade, Role
from tests.factories import make_context, make_editorial, make_event, make_origin, make_provenance, relate
from tests.people import make_person

OPENED = "/news/2004/02/9/opened"


def furnish() -> list[str]:
    """Fill the archive; the path of a page of every kind, in both editions where they differ."""
    make_context("Bridges", profile="# What it is\n\nA *profile* with a [link](https://bridges.example/).")
    event = make_event(
        "A bridge was opened.", slug="opened", lead="Bridges", contexts=["Rivers"],
        summary="The bridge is open, its builders say.", category=Category.OTHER,
        citations=[
            ("The Courier", "https://courier.example/1", "https://courier.example/1.jpg"),
            ("Kept", "https://web.archive.org/web/20040210000000/https://kept.example/1", ""),
        ],
    )  # fmt: skip
    make_provenance(event, origin=make_origin("wire"))
    for year in (2001, 2003):
        relate(
            event,
            make_event("A bridge was closed.", date=f"{year}-02-09", lead="Bridges"),
            shared=["Bridges"],
        )
    make_event("A match was won.", category=Category.SPORT, slug="match")
    make_event("一座桥开通。", slug="桥", edition="zh", contexts=["桥梁"])
    make_editorial("A case for bridges")
    return _worked_on(event)


def _worked_on(event: Event) -> list[str]:
    chief, counsel = make_person(Role.CHIEF), make_person(Role.ADMINISTRATOR)
    for slug, act, actor in (("withdrawn", withdraw_event, chief), ("removed", remove_event, counsel)):
        other = make_event(f"{slug}.", slug=slug)
        act(actor=actor, event_id=other.pk, version=1, reason="It was told twice.")
    source = Source.objects.get(url="https://courier.example/1")
    describe_source(
        actor=chief, source_id=source.pk, seen=("", ""), title="The new bridge", description="All of it."
    )
    correct_event(
        actor=chief, event_id=event.pk, version=1, grade=Grade.CLARIFICATION, note="It was the old one.",
        values={"text": "A bridge was opened again."},
    )  # fmt: skip
    said = Said(quote="bridge", fix="tunnel", source="", message="")
    token = report_error(event_id=event.pk, version=2, said=said, nonce="kinds")
    past = f"/as-of/{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}"
    days = ("/", "/news/", "/news/2004/", "/news/2004/02/", "/news/2004/02/9/", "/on-this-day/02/9/")
    lists = ("/contexts/", "/opinion/", "/corrections/", "/search/", "/sources/", "/about/", "/about/api/")
    return [
        *days, *lists, *(f"/zh{path}" for path in (*days[:5], *lists)), "/zh/news/2004/02/9/桥.html",
        f"{OPENED}.html", f"{OPENED}/history/", "/contexts/bridges/",
        "/contexts/bridges/?before=2004-02-09.1", "/contexts/?q=bri", "/search/?q=bridge",
        "/search/?q=bridge&context=bridges", "/search/?q=brigde",
        f"/sources/{Publisher.objects.get(name='The Courier').pk}/", "/opinion/2004/02/9/a-case-for-bridges/",
        f"/report/{event.pk}/", f"/report/outcome/{token}/", f"{past}{OPENED}.html",
        f"{past}/news/2004/02/9/", f"{past}/contexts/bridges/", f"/as-of/19990101000000{OPENED}.html",
        "/nowhere/", "/news/2004/02/9/opend.html", "/news/2004/02/9/withdrawn.html",
        "/news/2004/02/9/removed.html",
    ]  # fmt: skip
