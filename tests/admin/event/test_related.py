"""Related links at the desk: what is shown of them and why, what is decided, and by whom."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import queries
from events.actions.curate import ban_related, decisions_tag, note_related, pin_related
from events.actions.reasons import ban_reason
from events.actions.relate import relate_due
from events.admin.event.related_find import find_events
from events.models import BannedReason, Context, Curation, Event
from events.related import scoring
from events.related.rankings import RANKINGS, STORIES
from events.vocabulary import Decision, Role, State
from tests.factories import make_context, make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(event: Event, name: str = "", *more: int) -> str:
    return reverse(f"admin:events_event_related{name}", args=[event.pk, *more])


def curate(event: Event) -> str:
    return reverse("admin:events_event_curate", args=[event.pk])


def words(answer: Any) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def event() -> Event:
    """An event that shares two contexts that count, and one that does not, with others."""
    make_context("Poland", generic=True)
    event = make_event("The event itself.", contexts=["Donald Tusk", "Treaty", "Poland"])
    make_event("Shares all.", contexts=["Donald Tusk", "Treaty", "Poland"])
    make_event("Shares one.", contexts=["Donald Tusk", "Poland"])
    make_event("Shares nothing.", contexts=["Poland"])
    relate_due()
    return event


def other(text: str) -> Event:
    return Event.objects.get(text=text)


def test_the_ranking_says_why(desk: Client, event: Event) -> None:
    shown = words(desk.get(url(event)))
    assert (
        "Rank 1, score 1.4: shares Treaty (2 events), Donald Tusk (3 events) and "
        "Poland (generic, does not count). Treaty 0.7 (2 events), Donald Tusk 0.4 (3 events); "
        "× 1.00 for the time between." in shown
    )
    assert "Rank 2, score 0.5: shares Donald Tusk (3 events) and Poland (generic, does not count)." in shown
    assert "Shares nothing." not in shown


def test_links_below_what_readers_get_are_shown_as_such(desk: Client) -> None:
    event = make_event("The event.", contexts=["Treaty"])
    for day in range(1, 13):
        make_event(f"On day {day}.", contexts=["Treaty"], date=f"2005-01-{day:02}")
    relate_due()
    shown = desk.get(url(event)).content.decode()
    assert "2 more, which readers do not get" in shown
    assert "Rank 12, score 0.0" in shown
    assert [row["text"] for row in queries.related_of([event.pk])[event.pk]][-1] == "On day 10."


def test_deciding_by_buttons_ends_on_the_events_page(desk: Client, event: Event) -> None:
    target = other("Shares all.")
    for decision, note, stored, said in (
        ("pin", "See this.", (Decision.PIN, "See this."), "Pinned."),
        ("note", "Why.", (Decision.PIN, "Why."), "The note is saved."),
        ("ban", "No.", (Decision.BAN, "No."), "Banned."),
    ):
        sent = {
            "target": target.pk,
            "decision": decision,
            "note": note,
            "seen": decisions_tag(event.pk),
        }
        answer = desk.post(curate(event), sent, follow=True)
        assert answer.redirect_chain[0][0].endswith(f"/{event.pk}/change/#related")
        assert said in words(answer)
        row = Curation.objects.get()
        assert (row.decision, row.note) == stored
    desk.post(curate(event), {"target": target.pk, "decision": "clear"})
    assert not Curation.objects.exists()
    answer = desk.post(curate(event), {"target": event.pk, "decision": "pin"})
    assert "not related to itself" in words(answer)


def test_with_htmx_only_the_section_comes_back(desk: Client, event: Event) -> None:
    sent = {"target": other("Shares one.").pk, "decision": "pin", "seen": decisions_tag(event.pk)}
    answer = desk.post(curate(event), sent, headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith("<section")
    assert "Pinned." in words(answer)


def test_pins_move_up_and_down_and_into_any_order(desk: Client, event: Event) -> None:
    targets = [other(text).pk for text in ("Shares all.", "Shares one.", "Shares nothing.")]
    for target in targets:
        desk.post(curate(event), {"target": target, "decision": "pin"})

    def pins() -> list[int]:
        return list(event.curations.order_by("position").values_list("target", flat=True))

    one, two, three = targets
    desk.post(curate(event), {"target": three, "decision": "up"})
    assert pins() == [one, three, two]
    desk.post(curate(event), {"target": one, "decision": "up"})
    desk.post(curate(event), {"target": one, "decision": "down"})
    assert pins() == [three, one, two]
    desk.post(curate(event), {"decision": "order", "order": f"{two},{one},{three}"})
    assert pins() == [two, one, three]
    for order in (f"{two},{one}", "", "1,x"):
        answer = desk.post(curate(event), {"decision": "order", "order": order}, headers=HTMX)
        assert 'role="alert"' in answer.content.decode()
    assert pins() == [two, one, three]


def test_who_is_late_loses_nothing_and_overwrites_nothing(desk: Client, event: Event) -> None:
    one, two = other("Shares all."), other("Shares one.")
    seen = decisions_tag(event.pk)
    ban_related(actor=make_person(name="faster"), event_id=event.pk, target_id=one.pk, note="Not that.")
    sent = {"target": one.pk, "decision": "pin", "note": "My long note.", "seen": seen}
    for headers in ({}, HTMX):
        answer = desk.post(curate(event), sent, headers=headers)
        shown = words(answer)
        assert "Somebody else has decided about these links since you looked" in shown
        assert "My long note." in shown
        assert "Not that." in shown
        assert "Shares all." in shown
    assert Curation.objects.get().decision == Decision.BAN
    again = {**sent, "seen": decisions_tag(event.pk)}
    assert f'value="{again["seen"]}"' in answer.content.decode()
    desk.post(curate(event), again)
    assert (Curation.objects.get().decision, Curation.objects.get().note) == (Decision.PIN, "My long note.")
    desk.post(curate(event), {"target": two.pk, "decision": "pin", "seen": seen})
    assert Curation.objects.count() == 1


def test_a_reason_is_banned_here_and_allowed_again(desk: Client, event: Event) -> None:
    tusk = Context.objects.get(name="Donald Tusk")
    sent = {"context": tusk.pk, "decision": "ban_reason", "seen": decisions_tag(event.pk)}
    shown = words(desk.post(curate(event), sent, headers=HTMX))
    assert "No reason here any more." in shown
    assert "Donald Tusk (banned here, does not count)" in shown
    assert [row["reason"]["contexts"] for row in queries.related_of([event.pk])[event.pk]] == [["Treaty"]]
    public = desk.get(f"{event.addresses.get().path}.json").json()["related"]
    assert "Donald Tusk" not in str(public)
    desk.post(curate(event), {"context": tusk.pk, "decision": "allow_reason"})
    assert len(queries.related_of([event.pk])[event.pk]) == 2


def test_too_generic_everywhere_asks_first_and_says_how_many_lists_change(desk: Client, event: Event) -> None:
    tusk = Context.objects.get(name="Donald Tusk")
    asked = words(desk.get(url(event, "_generic", tusk.pk)))
    assert "3 published events have it; the links of 3 events change" in asked
    assert "Of this event’s links, 2 have it" in asked
    answer = desk.post(url(event, "_generic", tusk.pk), {"version": tusk.version + 1}, follow=True)
    assert "It has changed since you opened it" in words(answer)
    desk.post(url(event, "_generic", tusk.pk), {"version": tusk.version})
    tusk.refresh_from_db()
    assert tusk.generic
    assert [row["reason"]["contexts"] for row in queries.related_of([event.pk])[event.pk]] == [["Treaty"]]
    assert desk.get(url(event, "_generic", 10**9)).status_code == 404


def test_a_loose_link_is_marked_and_no_reader_gets_it_until_somebody_decides(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "SMALL", 1)
    monkeypatch.setitem(RANKINGS, STORIES.name, replace(STORIES, least=0.0, close=9.0))
    event, target = make_event("The ferry Marlin sinks."), make_event("The Marlin is built.")
    relate_due()
    assert [row["reason"]["loose"] for row in queries.related_of([event.pk])[event.pk]] == [True]
    shown = words(desk.get(url(event)))
    assert "Rank 1, score" in shown
    assert "Too little in common for readers" in shown
    assert "Readers see no related links: what is computed has too little in common, or is banned." in shown
    public = f"{event.addresses.get().path}.html"
    assert target.text not in desk.get(public).content.decode()
    note_related(actor=make_person(name="o"), event_id=event.pk, target_id=target.pk, note="Its beginning.")
    shown = words(desk.get(url(event)))
    assert "Too little in common" not in shown
    assert "Readers see no related links" not in shown
    assert target.text in desk.get(public).content.decode()


def test_an_event_without_any_links_says_so(desk: Client) -> None:
    event = make_event("Stands alone.")
    relate_due()
    shown = words(desk.get(url(event)))
    assert "No published event has enough in common with this one" in shown
    assert "Readers see no related links." in shown


def test_the_preview_is_what_readers_see(desk: Client, event: Event) -> None:
    editor = make_person(name="other")
    far = make_event("Far away.")
    pin_related(actor=editor, event_id=event.pk, target_id=far.pk, note="See this.")
    note_related(actor=editor, event_id=event.pk, target_id=other("Shares one.").pk, note="Before.")
    ban_related(actor=editor, event_id=event.pk, target_id=other("Shares all.").pk, note="Secret.")
    preview = re.search(
        r'<aside class="readers".*?</aside>', desk.get(url(event)).content.decode(), re.DOTALL
    )
    page = desk.get(f"{event.addresses.get().path}.html").content.decode()
    public = re.search(r'<ol class="related">.*?</ol>', page, re.DOTALL)
    assert preview is not None
    assert public is not None
    for found in (preview[0], public[0]):
        links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', found)
        assert links == [
            (f"{row.addresses.get().path}.html", row.text) for row in (far, other("Shares one."))
        ]
        assert "See this." in found
        assert "Before." in found
        assert "Donald Tusk" in found
        assert "Secret." not in found


def test_notes_on_links_not_computed_now_are_not_lost_from_sight(desk: Client, event: Event) -> None:
    target = other("Shares nothing.")
    note_related(actor=make_person(name="o"), event_id=event.pk, target_id=target.pk, note="In case.")
    assert "Notes on links that are not computed now" in words(desk.get(url(event)))
    assert "In case." in words(desk.get(url(event)))


def test_the_whole_archive_is_searched(desk: Client, event: Event) -> None:
    held = make_event("Held back.", state=State.HELD, slug="held")
    far = make_event("A harbour is opened.", date="1999-05-06", slug="far")
    chinese = make_event("一座港口开放了。", edition="zh", date="1999-05-06", slug="harbour-zh")
    for said, found in (
        ("harb", [far]),
        ("1999-05-06", [far, chinese]),
        ("harbour 1999-05-06", [far]),
        ("harbour 1999-05-07", []),
        (str(held.pk), [held]),
        (f"https://news.example/e/{far.pk}", [far]),
        (f"https://news.example{far.addresses.get().path}.html", [far]),
        ("https://news.example/zh/news/1999/05/6/harbour-zh.html", [chinese]),
        ("/news/1999/05/6/harbour-zh", [chinese]),
        ("/news/1999/13/6/far", []),
        ("1999-13-45", []),
        ("   ", []),
        ('"', []),
        ("\x00", []),
    ):
        assert find_events(said) == [row.pk for row in found], said
    shown = desk.get(url(event, "_find"), {"q": "harb"})
    assert b"<html" in shown.content
    assert "A harbour is opened." in words(shown)
    typed = desk.get(url(event, "_find"), {"q": "harb", "seen": "0123"}, headers=HTMX)
    assert b"<html" not in typed.content
    assert b'name="seen" value="0123"' in typed.content
    desk.post(f"{curate(event)}?full=1&q=harb", {"target": far.pk, "decision": "pin"}, follow=True)
    assert Curation.objects.get().target == far
    assert "Nothing was found for" in words(desk.get(url(event, "_find"), {"q": "zzzz"}, headers=HTMX))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_who_may_not_curate_sees_it_all_and_can_press_nothing(
    sit: Callable[..., Client], event: Event, role: Role
) -> None:
    desk = sit(role)
    shown = desk.get(url(event))
    assert "Rank 1" in words(shown)
    assert b"<button" not in re.sub(rb"(?s).*?<section id=.related.", b"", shown.content, count=1)
    assert desk.post(curate(event), {"decision": "pin"}).status_code == 403
    assert desk.get(url(event, "_generic", Context.objects.earliest("pk").pk)).status_code == 403


def test_addresses_of_nothing_are_not_found(desk: Client, db: None) -> None:
    missing = Event(pk=10**9)
    for path in (url(missing), url(missing, "_find")):
        assert desk.get(path).status_code == 404
    assert desk.post(curate(missing), {"decision": "pin"}).status_code == 404


@pytest.mark.parametrize("page", ["admin:events_event_change", "admin:events_event_related"])
def test_the_same_queries_for_one_link_and_for_three(desk: Client, page: str) -> None:
    editor = make_person(name="other")

    def count(links: int) -> int:
        event = make_event(f"One of {links}.", contexts=[f"Context {links}"])
        for number in range(links):
            make_event(f"Computed {links} {number}.", contexts=[f"Context {links}"])
            for act in (pin_related, ban_related):
                target = make_event(f"{act.__name__} {links} {number}.", contexts=[f"Context {links}"])
                act(actor=editor, event_id=event.pk, target_id=target.pk, note="Why.")
        ban_reason(actor=editor, event_id=event.pk, context_id=make_context(f"Context {links}").pk)
        BannedReason.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(reverse(page, args=[event.pk])).status_code == 200
        return len(seen)

    count(1)
    assert count(1) == count(3) <= 30
