"""Every list and page of the desk opens, is found by words, and costs the same with more rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Context, Event, Publisher, ReviewItem, Source
from events.vocabulary import ReviewKind, Role, State
from tests.factories import make_context, make_editorial, make_event, make_origin, make_provenance, relate

LISTS = ("event", "context", "source", "publisher", "harvest", "origin", "editorial")


def add_rows(number: int) -> None:
    """One more row for each list."""
    name = f"paper{number}"
    event = make_event(
        f"Text {number}.", lead=f"Context {number}", citations=[(name, f"https://{name}.example/", "")]
    )
    make_provenance(event, origin=make_origin(f"origin-{number}", name=f"Origin {number}"))
    make_context(f"Merged {number}", merged_into=Context.objects.get(name=f"Context {number}"))
    make_editorial(f"Opinion {number}")
    ReviewItem.objects.create(kind=ReviewKind.CONFLICT, key=f"k{number}", event=event, field="text")


def queries_of(desk: Client, path: str) -> int:
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_three_rows_as_with_one(desk: Client, name: str) -> None:
    path = reverse(f"admin:events_{name}_changelist")
    add_rows(1)
    one = queries_of(desk, path)
    add_rows(2)
    add_rows(3)
    assert queries_of(desk, path) == one
    # Session, user, permissions (two), rows, count, date hierarchy, filters.
    assert one <= 13


@pytest.mark.parametrize("name", LISTS)
def test_nobody_adds_or_deletes_what_comes_by_itself(chief_desk: Client, name: str) -> None:
    add_rows(1)
    model = ContentType.objects.get(app_label="events", model=name).model_class()
    assert model is not None
    row = model._default_manager.first()
    assert chief_desk.get(reverse(f"admin:events_{name}_delete", args=[row.pk])).status_code == 403
    if name not in {"event", "editorial"}:
        assert chief_desk.get(reverse(f"admin:events_{name}_add")).status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_every_page(sit: Callable[..., Client], role: Role, name: str) -> None:
    add_rows(1)
    desk = sit(role)
    model = ContentType.objects.get(app_label="events", model=name).model_class()
    assert model is not None
    for row in model._default_manager.all():
        assert desk.get(reverse(f"admin:events_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize(
    ("model", "words", "found"),
    [
        ("event", "Text 2", 1), ("event", "text", 3), ("event", "nowhere", 0), ("context", "Context 3", 1),
        ("source", "paper2.example", 1), ("publisher", "paper3", 1), ("harvest", "Origin 1", 1),
        ("origin", "Origin 2", 1), ("editorial", "Opinion 3", 1),
    ],
)  # fmt: skip
def test_rows_are_found_by_words(desk: Client, model: str, words: str, found: int) -> None:
    for number in (1, 2, 3):
        add_rows(number)
    answer = desk.get(reverse(f"admin:events_{model}_changelist"), {"q": words})
    assert answer.context["cl"].result_count == found


def test_an_event_is_found_by_id_and_by_any_of_its_addresses(desk: Client) -> None:
    event = make_event("Some text.", slug="here")
    make_event("Some other text.")
    path = reverse("admin:events_event_changelist")
    for words in (str(event.pk), "/news/2004/02/9/here", "https://site.example/news/2004/02/09/here.html"):
        assert [row.pk for row in desk.get(path, {"q": words}).context["cl"].result_list] == [event.pk]
    assert desk.get(path, {"q": "9" * 30}).context["cl"].result_count == 0


def test_events_are_narrowed_by_year_month_and_day(desk: Client) -> None:
    days = ("2002-05-01", "2004-02-09", "2004-03-01")
    for day in days:
        make_event(f"On {day}.", date=day)
    path = reverse("admin:events_event_changelist")

    def found(**asked: str) -> list[str]:
        rows = desk.get(path, asked).context["cl"].result_list
        return sorted(row.date.isoformat() for row in rows)

    assert found(year="2004") == ["2004-02-09", "2004-03-01"]
    assert found(year="2004", month="2") == found(q="2004-02-09") == ["2004-02-09"]
    assert found(year="2003") == found(q="2004-02-31") == []
    assert len(found(year="99999")) == len(found(year="9" * 5000)) == len(found())  # no year: no narrowing
    assert "?year=2003" in desk.get(path).content.decode()


def test_merged_contexts_are_not_offered(desk: Client) -> None:
    add_rows(1)
    asked = {"app_label": "events", "model_name": "event", "field_name": "lead", "term": "1"}
    answer = desk.get(reverse("admin:autocomplete"), asked).json()
    assert [row["text"] for row in answer["results"]] == ["Context 1"]


def test_an_events_page_costs_the_same_with_more_around_it(desk: Client) -> None:
    event = make_event("Text.", contexts=["One"], citations=[("P", "https://p.example/1", "")])
    others = [make_event(f"Other {number}.") for number in range(4)]
    relate(event, others[0], rank=1)
    make_provenance(event)
    event.revisions.create(number=1, kind="created", actor_name="x")
    path = reverse("admin:events_event_change", args=[event.pk])
    desk.get(path)
    few = queries_of(desk, path)
    for number, other in enumerate(others[1:], start=2):
        relate(event, other, rank=number)
        event.taggings.create(context=make_context(f"Context {number}"), how="day")
        source = Source.objects.create(
            url=f"https://p.example/{number}", publisher=Publisher.objects.get(name="P")
        )
        event.citations.create(position=number, source=source, label="P", raw_url=source.url)
        ReviewItem.objects.create(kind=ReviewKind.CONFLICT, key=str(number), event=event, field="text")
        harvest = make_provenance(
            event, origin=make_origin(f"origin-{number}"), leading=False, key=str(number)
        ).harvest
        fields = {"text": {"old": f"Text {number}.", "new": "Text."}}
        event.revisions.create(number=number, kind="updated", actor_name="x", harvest=harvest, fields=fields)
    assert queries_of(desk, path) == few
    assert few <= 30


def test_the_desk_is_closed_to_strangers_and_visitors_see_no_lists(sit: Callable[..., Client]) -> None:
    path = reverse("admin:events_event_changelist")
    assert Client().get(path).status_code == 302
    assert sit(None).get(path).status_code == 403
    assert Event.objects.count() == 0


def test_drafts_are_found_by_their_words_too(desk: Client) -> None:
    shown, draft = make_event("A bridge opens."), make_event("A bridge is planned.", state=State.DRAFT)
    make_event("A road opens.")
    path = reverse("admin:events_event_changelist")
    for words, found in (
        ("bridge", {shown.pk, draft.pk}),
        ("bridge planned", set()),
        ("bridg", {shown.pk, draft.pk}),
    ):
        answer = desk.get(path, {"q": words}).context["cl"]
        assert {row.pk for row in answer.result_list} == found


def test_a_long_list_is_counted_to_a_bound(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.admin.counting.COUNTED_MOST", 2)
    for number in range(4):
        make_event(f"Event {number}.")
    assert desk.get(reverse("admin:events_event_changelist")).context["cl"].result_count == 2
