"""Django's own log agrees with the revisions: who, when, what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.test import Client
from django.urls import reverse

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.models import BulkChange, Context, Event, ReviewItem, Revision
from events.vocabulary import BulkKind, Grade, ReviewKind, Role, State
from tests.factories import make_context, make_event
from tests.harvests import harvest, later, record
from tests.people import make_person


def said(entry: LogEntry) -> tuple[Any, ...]:
    content = entry.content_type.model if entry.content_type else ""
    return entry.user_id, entry.action_time, content, entry.object_id


def happened(revision: Revision) -> tuple[Any, ...]:
    subject = (
        ("event", str(revision.event_id)) if revision.event_id else ("context", str(revision.context_id))
    )
    return revision.actor_id, revision.at, *subject


def test_every_revision_that_a_person_makes_at_the_desk_has_its_entry(
    sit: Callable[..., Client],
) -> None:
    desk = sit(Role.CHIEF)
    one, other, held = make_event("One."), make_event("Other."), make_event("Held.", state=State.HELD)
    asked = ReviewItem.objects.create(
        kind=ReviewKind.CONFLICT, key="1", event=other, field="text",
        data={"base": "Other.", "ours": "Other.", "upstream": "Another."},
    )  # fmt: skip
    context, into = make_context("Ministry"), make_context("Department")

    def act(event: Event, name: str, **sent: Any) -> None:
        event.refresh_from_db()
        path = reverse("admin:events_event_act", args=[event.pk, name])
        assert desk.post(path, {"version": event.version, **sent}).status_code == 302, name

    new = {"edition": "en", "text": "New.", "date": "2004-02-09", "category": "other", "new_contexts": "NATO"}
    assert desk.post(reverse("admin:events_event_add"), new).status_code == 302
    desk.post(reverse("admin:queue_decide", args=[asked.pk]), {"answer": "accept", "version": 1})
    act(one, "address", slug="elsewhere")
    one.refresh_from_db()
    other.refresh_from_db()
    seen = {f"version_{event.pk}": event.version for event in (one, other)}
    act(one, "merge", target=other.pk, **seen)
    act(one, "unmerge")
    act(one, "withdraw", reason="Wrong.")
    act(one, "restore")
    act(other, "revert", revision_number=3, note="So it was.")
    bulk = {
        "action": "release_events",
        "_selected_action": [held.pk],
        "confirmed": "1",
        f"version_{held.pk}": 1,
    }
    desk.post(reverse("admin:events_event_changelist"), bulk)
    desk.post(reverse("admin:events_context_merge", args=[context.pk]), {"into": into.pk})
    revisions = Revision.objects.all()
    assert {row.kind for row in revisions} >= {
        "created",
        "corrected",
        "updated",
        "merged",
        "unmerged",
        "withdrawn",
    }
    about = ("event", "context")
    entries = LogEntry.objects.filter(content_type__model__in=about)
    assert sorted(map(said, entries)) == sorted(map(happened, revisions))
    answered = LogEntry.objects.exclude(content_type__model__in=about).get()
    assert (answered.object_id, answered.change_message) == (str(asked.pk), "Accepted: Take upstream’s.")


def test_an_entry_says_what_but_none_of_the_words(db: None) -> None:
    event = make_event("Secret words.")
    editor = make_person(Role.EDITOR)
    correct_event(
        actor=editor, event_id=event.pk, version=1, values={"text": "Other secret words."}, grade=Grade.TYPO
    )
    entry = LogEntry.objects.get()
    assert (entry.action_flag, entry.change_message) == (CHANGE, "Revision 2: corrected (typo): text")
    assert entry.object_repr == f"Event {event.pk} (2004-02-09)"


def test_what_is_created_is_an_addition(desk: Client) -> None:
    new = {"edition": "en", "text": "New.", "date": "2004-02-09", "category": "other", "new_contexts": "NATO"}
    desk.post(reverse("admin:events_event_add"), new)
    flags = LogEntry.objects.values_list("content_type__model", "action_flag")
    assert sorted(flags) == [("context", ADDITION), ("event", ADDITION)]
    assert Context.objects.get().name == "NATO"


@pytest.mark.django_db
def test_robots_and_bulk_changes_fill_no_log() -> None:
    harvest(record("One treaty was signed.", "one"))
    harvest(record("One treaty was signed in Rome.", "one"), moment=later())
    event = Event.objects.get()
    assert Revision.objects.filter(event=event).count() == 2
    editor = make_person(Role.EDITOR)
    bulk = BulkChange.objects.create(kind=BulkKind.REPLACE, by_name="editor")
    many = Actor(editor.name, editor.user, bulk=bulk)
    correct_event(actor=many, event_id=event.pk, version=2, values={"text": "A treaty."}, grade=Grade.TYPO)
    assert not LogEntry.objects.exists()
