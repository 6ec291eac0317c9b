"""The event's page at the desk: correct, create, curate, and what is grave is asked about first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from events.actions.correct import correct_event
from events.admin.event.preview import preview_of
from events.models import Curation, Event, Revision
from events.vocabulary import ChangeKind, Decision, Grade, Role, State
from tests.admin.sent import act, filled, kept, page, rows
from tests.factories import make_context, make_event, make_provenance, relate
from tests.people import make_person


@pytest.fixture
def event(db: None) -> Event:
    event = make_event(
        "A cornerstones of peace.",
        lead="Cold War",
        contexts=["Treaties"],
        citations=[("Gazette", "https://gazette.example/", "")],
    )
    make_provenance(event, upstream={"text": "A cornerstones of peace."})
    return event


def test_a_change_is_reviewed_first_and_then_published_with_grade_and_note(
    desk: Client, event: Event
) -> None:
    sent = filled(desk, event, text="A cornerstone of peace.")
    review = desk.post(page(event), sent)
    shown = review.content.decode()
    assert "<del>cornerstones</del><ins>cornerstone</ins>" in shown
    assert "What readers will see" in shown
    assert '<p class="text">A cornerstone of peace.</p>' in shown
    assert not Revision.objects.exists()
    carried = kept(review)
    answer = desk.post(page(event), {**carried, "grade": "typo", "note": "Grammar.", "_publish": "1"})
    assert answer.status_code == 302
    revision = Revision.objects.get()
    assert (revision.kind, revision.grade, revision.note) == (ChangeKind.CORRECTED, Grade.TYPO, "Grammar.")
    assert set(revision.fields) == {"text"}
    assert revision.actor is not None
    assert LogEntry.objects.get().object_id == str(event.pk)


def test_going_on_editing_keeps_everything(desk: Client, event: Event) -> None:
    sent = filled(
        desk, event, text="A cornerstone.", new_contexts="NATO", **rows(("L", "https://l.example/", ""))
    )
    review = desk.post(page(event), sent)
    again = desk.post(page(event), {**kept(review), "grade": "update", "note": "Why.", "_edit": "1"})
    form = again.context["adminform"].form
    for name in ("text", "new_contexts", "date", "sources-0-url"):
        assert str(form.data[name]) == str(sent[name])
    assert (form.data["grade"], form.data["note"]) == ("update", "Why.")
    assert "https://l.example/" in again.content.decode()
    assert not Revision.objects.exists()


def test_saving_what_was_not_touched_leaves_no_revision(desk: Client, event: Event) -> None:
    assert desk.post(page(event), filled(desk, event)).status_code == 302
    assert not Revision.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_change_of_contexts_alone_is_shown_and_needs_no_grade(desk: Client, event: Event) -> None:
    nato = make_context("NATO")
    sent = filled(desk, event, contexts=[nato.pk], new_contexts="Disarmament\n\n")
    review = desk.post(page(event), sent)
    assert "grade" not in review.context["asked"].fields
    assert "<ins>NATO</ins>" in review.content.decode()
    assert desk.post(page(event), {**sent, "_publish": "1"}).status_code == 302
    assert {row.context.name for row in event.taggings.active()} == {"NATO", "Disarmament"}
    assert Revision.objects.get(event=event).kind == ChangeKind.RETAGGED


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"text": "Other.", "_publish": "1"}, "choose a grade"),
        ({"text": "Other.", "grade": "correction", "_publish": "1"}, "needs a note"),
        ({"text": "Other.", "grade": "legal", "_publish": "1"}, "Select a valid choice"),
        (rows(("x", "javascript://a", "")), "no web address"),
        ({"text": " "}, "required"),
        ({"version": ""}, "required"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_is_kept(
    desk: Client, event: Event, changed: dict[str, Any], says: str
) -> None:
    answer = desk.post(page(event), filled(desk, event, **changed))
    assert answer.status_code == 200
    assert says in answer.content.decode()
    there = kept(answer) if "kept" in answer.context else answer.context["adminform"].form.data
    for name, value in changed.items():
        if name not in {"_publish", "grade"}:
            assert there[name] == str(value)
    assert not Revision.objects.exists()


def test_the_grade_legal_leads_to_the_legal_removal(chief_desk: Client, event: Event) -> None:
    sent = filled(chief_desk, event, text="Other.", grade="legal", _publish="1")
    assert chief_desk.post(page(event), sent).headers["Location"] == act(event, "legal")
    assert not Revision.objects.exists()


def test_an_event_is_created_by_hand_after_a_preview_if_one_likes(desk: Client) -> None:
    sent = {
        "edition": "en",
        "text": "Brand new.",
        "date": "2004-02-09",
        "category": "other",
        "new_contexts": "NATO",
        **rows(("The Herald", "https://herald.example/a", "")),
    }
    seen = desk.post(reverse("admin:events_event_add"), {**sent, "_preview": "1"})
    assert '<p class="text">Brand new.</p>' in seen.content.decode()
    assert not Event.objects.exists()
    answer = desk.post(reverse("admin:events_event_add"), sent)
    event = Event.objects.get()
    assert answer.headers["Location"] == page(event)
    assert event.addresses.get().slug == "brand-new"
    assert event.citations.get().label == "The Herald"
    assert desk.get(page(event)).status_code == 200


def test_links_to_the_site_are_escaped_whatever_origins_called_a_page(
    desk: Client, chief_desk: Client, event: Event
) -> None:
    odd = make_event("What now?", slug="what-now?-100%#1")
    relate(event, odd)
    at = "/news/2004/02/9/what-now%3F-100%25%231"
    shown = desk.get(page(odd)).content.decode()
    assert shown.count(f'href="{at}.html"') == 3
    assert f'<a href="{at}.html">' in desk.get(page(event)).content.decode()
    assert f'<a href="{at}.json">' in chief_desk.get(act(odd, "withdraw")).content.decode()
    context = make_context("Which?", slug="which?")
    answer = desk.get(reverse("admin:events_context_change", args=[context.pk]))
    assert 'href="/contexts/which%3F/"' in answer.content.decode()
    for html in (shown, answer.content.decode()):
        assert "?-100" not in "".join(re.findall(r'href="([^"]*)"', html))


def test_a_source_that_is_no_web_address_is_no_link_in_a_preview() -> None:
    values: dict[str, Any] = {"date": "2004-02-09", "lead": "", "text": "Odd.", "summary": "", "contexts": []}
    said = [
        {"label": label, "url": url, "picture": ""}
        for label, url in (("Gazette", "javascript:alert(1)"), ("", "HTTPS://gazette.example/a"))
    ]
    shown = preview_of("en", values | {"citations": said}, {})["citations"]
    assert [(row["shown"], row["url"]) for row in shown] == [
        ("Gazette", ""), ("HTTPS://gazette.example/a", "HTTPS://gazette.example/a"),
    ]  # fmt: skip


def test_the_page_shows_upstream_revisions_and_the_public_address(desk: Client, event: Event) -> None:
    editor = make_person(Role.EDITOR, name="other")
    correct_event(
        actor=editor,
        event_id=event.pk,
        version=1,
        values={"text": "A cornerstone of peace."},
        grade=Grade.TYPO,
    )
    shown = desk.get(page(event)).content.decode()
    assert f'href="{event.addresses.get().path}.html"' in shown
    assert "<del>cornerstones</del><ins>cornerstone</ins>" in shown
    assert "Corrected by <strong>other</strong>" in shown
    assert "the origin gazette says otherwise" in shown


def test_links_are_pinned_banned_and_given_back(desk: Client, event: Event) -> None:
    target = make_event("Another event.")
    relate(event, target)
    curate = reverse("admin:events_event_curate", args=[event.pk])
    assert desk.get(curate).status_code == 405
    desk.post(curate, {"target": target.pk, "decision": "pin", "note": "See this."})
    assert (Curation.objects.get().decision, Curation.objects.get().note) == (Decision.PIN, "See this.")
    assert "See this." in desk.get(page(event)).content.decode()
    desk.post(curate, {"target": target.pk, "decision": "ban"})
    assert Curation.objects.get().decision == Decision.BAN
    desk.post(curate, {"target": target.pk, "decision": "clear"})
    assert not Curation.objects.exists()
    answer = desk.post(curate, {"target": event.pk, "decision": "pin"}, follow=True)
    assert "not related to itself" in answer.content.decode()


def test_each_act_asks_first_and_then_acts(chief_desk: Client, event: Event) -> None:
    other = make_event("The other.")
    steps = [
        ("withdraw", {"reason": "Wrong."}, State.WITHDRAWN),
        ("restore", {}, State.PUBLISHED),
        ("merge", {"target": other.pk, f"version_{event.pk}": 3, f"version_{other.pk}": 1}, State.MERGED),
        ("unmerge", {}, State.PUBLISHED),
        ("address", {"slug": "elsewhere"}, State.PUBLISHED),
        ("legal", {"reason": "Court.", "number": event.pk}, State.LEGAL),
    ]
    for name, said, state in steps:
        assert f"/act/{name}/" in chief_desk.get(page(event)).content.decode()
        asked = chief_desk.get(act(event, name))
        version = asked.context["form"].initial["version"]
        assert chief_desk.post(act(event, name), {"version": version, **said}).status_code == 302, name
        event.refresh_from_db()
        assert event.state == state, name


def test_an_act_on_an_older_version_is_refused(chief_desk: Client, event: Event) -> None:
    answer = chief_desk.post(act(event, "withdraw"), {"version": 7, "reason": "x"})
    assert "It has changed since you opened it" in answer.content.decode()
    event.refresh_from_db()
    assert event.state == State.PUBLISHED


def test_held_events_are_released_in_one_go_after_asking(desk: Client) -> None:
    held = [make_event(f"Held {number}.", state=State.HELD) for number in range(2)]
    public = make_event("Public.")
    chosen = [one.pk for one in (*held, public)]
    lists = reverse("admin:events_event_changelist")
    asked = desk.post(lists, {"action": "release_events", "_selected_action": chosen})
    assert "readers, feeds and the API get it at once" in asked.content.decode()
    assert Event.objects.published().count() == 1
    versions = {f"version_{one.pk}": one.version for one in (*held, public)}
    sent = {"action": "release_events", "_selected_action": chosen, "confirmed": "1", **versions}
    answer = desk.post(lists, sent, follow=True)
    assert Event.objects.published().count() == 3
    assert f"Event {public.pk}: Event {public.pk} does not wait for a release." in answer.content.decode()


@pytest.mark.parametrize("name", ["withdraw", "legal", "restore"])
def test_editors_do_not_withdraw(desk: Client, event: Event, name: str) -> None:
    assert desk.get(act(event, name)).status_code == 403
    assert f"/act/{name}/" not in desk.get(page(event)).content.decode()


def test_contributors_change_nothing(sit: Callable[..., Client], event: Event) -> None:
    target = make_event("Target.")
    desk = sit(Role.CONTRIBUTOR)
    assert desk.post(page(event), {"text": "Mine.", "version": 1}).status_code == 403
    assert desk.get(reverse("admin:events_event_add")).status_code == 403
    curate = reverse("admin:events_event_curate", args=[event.pk])
    assert desk.post(curate, {"target": target.pk, "decision": "pin"}).status_code == 403
    for name in (
        "release",
        "reject",
        "revert",
        "address",
        "merge",
        "unmerge",
        "withdraw",
        "legal",
        "restore",
    ):
        assert desk.post(act(event, name), {"version": 1}).status_code == 403
    for name in ("withdraw_events", "release_events", "reject_events"):
        chosen = {"action": name, "_selected_action": [event.pk], "confirmed": "1", f"version_{event.pk}": 1}
        desk.post(reverse("admin:events_event_changelist"), chosen)
    assert not Revision.objects.exists()
