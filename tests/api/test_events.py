"""``events/``, ``events/{id}/`` and ``events/{id}/related/``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.formats.document import detail_json
from events.models import Context, Curation, Document, Event
from events.queries import related_of
from events.vocabulary import State
from tests.factories import make_event, relate

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def queries(get: Get, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert get(path).status_code == 200
    return len(captured)


def test_a_list_holds_the_stored_documents_newest_first(get: Get) -> None:
    older = make_event("An accord is signed.", date="2004-02-09", contexts=["Accords"])
    newer = make_event("An accord is broken.", date="2005-02-09")
    answer = get("events/")
    assert answer.headers["Content-Type"] == "application/json"
    stored = [json.loads(Document.objects.get(event=event).body) for event in (newer, older)]
    assert answer.json() == {"results": stored, "next": None, "previous": None}


def test_a_list_takes_one_query_however_long(get: Get) -> None:
    for number in range(3):
        make_event(f"Event number {number}.", contexts=["One", "Two"], citations=[("Gazette", "", "")])
        if number in (0, 2):
            assert queries(get, "events/") == 1  # events joined with their documents


def test_a_detail_takes_as_many_queries_for_three_links_as_for_one(get: Get) -> None:
    event = make_event("The first of all.", contexts=["Shared"])
    for rank in range(1, 4):
        relate(event, make_event(f"A later one {rank}."), rank=rank, shared=["Shared"])
        if rank in (1, 3):
            # event with document; links with their targets; names of the shared contexts
            assert queries(get, f"events/{event.pk}/") == 3
            assert queries(get, f"events/{event.pk}/related/") == 3


def test_the_detail_is_the_document_with_its_related_events(get: Get) -> None:
    event = make_event("An accord is signed.", contexts=["Accords"])
    target = make_event("Another one is signed.", contexts=["Accords"])
    relate(event, target, shared=["Accords"])
    body = Document.objects.get(event=event).body
    answer = get(f"events/{event.pk}/")
    assert answer.content.decode() == detail_json(body, related_of([event.pk])[event.pk])
    assert answer.json()["related"][0]["reason"]["contexts"] == ["Accords"]
    assert get(f"events/{event.pk}/related/").json() == {"results": answer.json()["related"]}


@pytest.mark.parametrize(
    ("state", "status", "kind"),
    [
        (State.DRAFT, 404, "not-found"),
        (State.HELD, 404, "not-found"),
        (State.WITHDRAWN, 410, "withdrawn"),
        (State.LEGAL, 451, "unavailable-for-legal-reasons"),
    ],
)
@pytest.mark.parametrize("part", ["", "related/"])
def test_what_is_not_public_is_a_problem(get: Get, state: State, status: int, kind: str, part: str) -> None:
    event = make_event(state=state)
    answer = get(f"events/{event.pk}/{part}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"/api/problems/{kind}"
    merged = make_event("The same, in other words.", into=event)
    assert get(f"events/{merged.pk}/{part}").status_code == status


@pytest.mark.parametrize("part", ["", "related/"])
def test_a_merged_event_redirects_to_the_last_survivor(get: Get, part: str) -> None:
    survivor = make_event("It stays.")
    middle = make_event("It went second.", into=survivor)
    first = make_event("It went first.", into=middle)
    answer = get(f"events/{first.pk}/{part}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/api/v1/events/{survivor.pk}/{part}")


def test_a_redirect_keeps_the_query(get: Get) -> None:
    survivor = make_event("It stays.")
    merged = make_event("It went.", into=survivor)
    answer = get(f"events/{merged.pk}/?fields=id")
    assert answer.headers["Location"] == f"/api/v1/events/{survivor.pk}/?fields=id"


def test_an_id_that_no_row_can_have_is_not_found(get: Get) -> None:
    assert get("events/0/").status_code == 404
    assert get(f"events/{2**63}/").status_code == 404
    assert get(f"contexts/{10**30}/").status_code == 404
    assert get(f"sources/{10**30}/").status_code == 404


def test_only_the_chosen_fields_are_sent(get: Get) -> None:
    event = make_event("An accord is signed.")
    assert get("events/?fields=text,id").json()["results"] == [
        {"id": event.pk, "text": "An accord is signed."}
    ]
    assert get(f"events/{event.pk}/?fields=related").json() == {"related": []}
    answer = get("events/?fields=id,related")
    assert answer.status_code == 400
    assert "Unknown: related." in answer.json()["errors"][0]["detail"]


def test_words_that_are_not_public_are_in_no_answer(get: Get) -> None:
    public = make_event("A public event.", contexts=["Shared"])
    canaries = {
        state: make_event(f"Canary{state}.", contexts=["Shared"], state=state,
                          citations=[(f"Canary{state}", f"https://canary{state}.example/", "")])
        for state in (State.DRAFT, State.HELD, State.WITHDRAWN, State.LEGAL)
    }  # fmt: skip
    canaries[State.MERGED] = make_event("Canarymerged.", into=public, contexts=["Shared"])
    for rank, event in enumerate(canaries.values(), start=1):
        relate(public, event, rank=rank, shared=["Shared"])
        Curation.objects.create(event=public, target=event, decision="pin", by_name="editor")
    shared = Context.objects.get(name="Shared").pk
    paths = [
        "events/", "contexts/", "sources/", "changes/", f"contexts/{shared}/", "events/?context=shared",
        "events/?has_correction=false", "events/?ordering=updated", "events/?changed_since=2000-01-01",
        f"events/?ids={','.join(str(pk) for pk in Event.objects.values_list('pk', flat=True))}",
        *(f"events/{pk}/" for pk in Event.objects.values_list("pk", flat=True)),
        *(f"events/{pk}/related/" for pk in Event.objects.values_list("pk", flat=True)),
        *(f"sources/{pk}/" for pk in range(1, 10)),
    ]  # fmt: skip
    for path in paths:
        answer = get(path)
        assert answer.status_code < 500, path
        assert b"canary" not in answer.content.lower(), path
    assert get(f"contexts/{shared}/").json()["count"] == 1


def test_reading_sets_no_cookie_and_is_open_to_scripts_of_other_sites(get: Get) -> None:
    make_event()
    answer = get("events/", origin="https://reader.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert not answer.cookies
