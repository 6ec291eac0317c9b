"""``contexts/``, ``sources/`` and ``changes/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.recording import Actor, recording
from events.models import Alias, Broader, Change, Context, Source
from events.vocabulary import ChangeKind, State, Subject
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def queries(get: Get, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert get(path).status_code == 200
    return len(captured)


def test_lists_take_as_many_queries_for_three_rows_as_for_one(get: Get) -> None:
    above = make_context("Above")
    for number in range(1, 4):
        make_event(
            f"Event {number}.", contexts=[f"C{number}"], citations=[("G", f"https://g.example/{number}", "")]
        )
        context = make_context(f"C{number}")
        Alias.objects.create(context=context, edition="en", name=f"Other {number}")
        Broader.objects.create(narrower=context, broader=above)
        Change.objects.create(
            seq=number, kind=ChangeKind.CREATED, subject=Subject.CONTEXT, subject_id=context.pk
        )
        source = Source.objects.earliest("pk").pk
        if number in (1, 3):
            # ids; contexts, other names, neighbours
            assert queries(get, "contexts/") == 4
            # ids; sources with their publishers
            assert queries(get, "sources/") == 2
            assert queries(get, "changes/") == 1
            # merge followed; context, other names, neighbours; number of events
            assert queries(get, f"contexts/{above.pk}/") == 5
            # cited; source with its publisher
            assert queries(get, f"sources/{source}/") == 2


def test_a_context_says_its_names_and_neighbours(get: Get) -> None:
    make_event("One.", contexts=["Treaty"])
    make_event("Hidden.", contexts=["Treaty"], state=State.HELD)
    treaty, talks, gone = make_context("Treaty"), make_context("Talks"), make_context("Gone")
    Alias.objects.create(context=treaty, edition="en", name="The Treaty")
    Broader.objects.create(narrower=treaty, broader=talks)
    Broader.objects.create(narrower=treaty, broader=gone)
    Context.objects.filter(pk=gone.pk).update(merged_into=talks)
    answer = get(f"contexts/{treaty.pk}/").json()
    assert answer["aliases"] == ["The Treaty"]
    assert answer["broader"] == [
        {"id": talks.pk, "name": "Talks", "slug": "talks", "path": "/contexts/talks/"}
    ]
    assert answer["count"] == 1
    listed = {row["name"]: row for row in get("contexts/").json()["results"]}
    assert set(listed) == {"Treaty", "Talks"}
    assert listed["Talks"]["narrower"][0]["name"] == "Treaty"
    assert "count" not in listed["Treaty"]
    del answer["count"]
    assert listed["Treaty"] == answer


def test_a_merged_context_redirects(get: Get) -> None:
    target = make_context("Target")
    middle = make_context("Middle", merged_into=target)
    old = make_context("Old", merged_into=middle)
    answer = get(f"contexts/{old.pk}/?fields=name")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"/api/v1/contexts/{target.pk}/?fields=name",
    )


def test_only_cited_sources_are_public(get: Get, ids: Callable[[str], list[int]]) -> None:
    cited = make_event("One.", citations=[("G", "https://g.example/1", "")]).citations.get().source_id
    held = make_event("Two.", state=State.HELD, citations=[("G", "https://g.example/2", "")])
    assert ids("sources/") == [cited]
    for path in ("sources/?count=only", "sources/?count=only&publisher=G"):
        assert get(path).json()["count"] == 1
    assert get(f"sources/{cited}/").json()["publisher"] == "G"
    assert get(f"sources/{held.citations.get().source_id}/").status_code == 404


def test_fields_choose_in_every_list(get: Get) -> None:
    make_event("One.", contexts=["Treaty"], citations=[("G", "https://g.example/1", "")])
    assert get("contexts/?fields=name").json()["results"] == [{"name": "Treaty"}]
    assert get("sources/?fields=url").json()["results"] == [{"url": "https://g.example/1"}]
    assert get(f"contexts/{make_context('Treaty').pk}/?fields=count").json() == {"count": 1}


def test_changes_are_read_in_order_and_without_gaps(get: Get) -> None:
    event = make_event("One.")
    with recording(Actor(name="editor")) as trace:
        for kind in (ChangeKind.UPDATED, ChangeKind.RETAGGED, ChangeKind.UPDATED):
            trace.revise_event(event, kind, {})
        event.save()
    first = get("changes/?page_size=2").json()
    assert [row["seq"] for row in first["results"]] == [1, 2]
    assert first["results"][1] == {
        "seq": 2,
        "at": first["results"][0]["at"],
        "kind": "retagged",
        "subject": "event",
        "id": event.pk,
        "other": None,
        "revision": 3,
    }
    answer = get(first["next"])
    assert [row["seq"] for row in answer.json()["results"]] == [3]
    assert answer.json()["next"] is None
    assert "Link" not in answer.headers
    assert get("changes/?after=3").json() == {"results": [], "next": None}


@pytest.mark.parametrize("after", ["-1", "x", "", str(2**63), "9" * 30, "%C2%B2"])
def test_a_place_that_no_sequence_has_is_refused(get: Get, after: str) -> None:
    answer = get(f"changes/?after={after}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "after"
