"""events/admin/harvest_undo.py: what undoing a harvest would do is said before it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events.actions.correct import correct_event
from events.models import BulkChange, Event
from events.vocabulary import Grade, Role, State
from tests.harvests import former, harvest, later, record
from tests.people import make_person

pytestmark = pytest.mark.django_db


def test_the_page_says_what_goes_what_stays_and_what_cannot(chief_desk: Client) -> None:
    harvest(record("A storm closes the harbour.", "storm"), record("Envoys sign a treaty.", "treaty"))
    done = harvest(
        record("A storm closes the harbour. Nobody is hurt.", "storm", former=(former("A storm.", "gale"),)),
        record("Envoys sign a treaty on a bridge.", "treaty", contexts=("Treaties",)),
        record("A comet is seen.", "comet"),
        record("A ferry runs again.", "ferry"),
        moment=later(1),
    )
    editor = make_person(Role.EDITOR)
    for slug, text in (("ferry", "A ferry runs."), ("treaty", "Envoys refuse a treaty under a bridge.")):
        event = Event.objects.get(addresses__slug=slug)
        correct_event(
            actor=editor, event_id=event.pk, version=event.version, values={"text": text}, grade=Grade.TYPO
        )
    response = chief_desk.get(f"/admin/events/harvest/{done.pk}/undo/")
    look = response.context["look"]
    assert (look.withdrawn, look.kept_count, look.back, look.since, look.conflicts) == (1, 1, 2, 1, 1)
    page = response.content.decode()
    assert "People have worked on it since." in page
    assert "<del>" in page
    assert "1 former addresses" in page
    assert "1 contexts that it created" in page


def test_it_is_undone_from_the_harvests_page(
    chief_desk: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    done = harvest(record("A storm closes the harbour.", "storm"))
    url = f"/admin/events/harvest/{done.pk}/undo/"
    assert url in chief_desk.get(f"/admin/events/harvest/{done.pk}/change/").content.decode()
    assert "needs a note" in chief_desk.post(url, {"note": ""}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief_desk.post(url, {"note": "The file was broken."})
    change = BulkChange.objects.get()
    assert answer["Location"] == f"/admin/bulk/{change.pk}/"
    assert Event.objects.get().state == State.WITHDRAWN
    page = chief_desk.get(f"/admin/events/harvest/{done.pk}/change/").content.decode()
    assert f"Undone by bulk change {change.pk}" in page
    assert url not in page
    assert f"harvest {done.pk}" in chief_desk.get(answer["Location"]).content.decode()


def test_from_the_list_one_harvest_at_a_time(chief_desk: Client) -> None:
    runs = [harvest(record("A storm.", "storm"), moment=later(number)) for number in range(2)]
    form = {"action": "undo_selected", "_selected_action": [str(runs[0].pk)]}
    answer = chief_desk.post("/admin/events/harvest/", form)
    assert answer["Location"] == f"/admin/events/harvest/{runs[0].pk}/undo/"
    form["_selected_action"] = [str(one.pk) for one in runs]
    assert (
        "one harvest at a time"
        in chief_desk.post("/admin/events/harvest/", form, follow=True).content.decode()
    )


def test_editors_are_not_offered_it_and_may_not(desk: Client) -> None:
    done = harvest(record("A storm.", "storm"))
    url = f"/admin/events/harvest/{done.pk}/undo/"
    assert url not in desk.get(f"/admin/events/harvest/{done.pk}/change/").content.decode()
    assert "undo_selected" not in desk.get("/admin/events/harvest/").content.decode()
    assert desk.get(url).status_code == 403
    assert desk.post(url, {"note": "x"}).status_code == 403
    assert desk.get("/admin/events/harvest/999999/undo/").status_code == 403
