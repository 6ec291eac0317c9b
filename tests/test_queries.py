"""Reads across models: what they give, and that they cost the same for one row and for three."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import contexts, queries, timeline
from events.models import Alias, Broader, Curation, Event
from events.vocabulary import Decision, State
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_related_lists_of_many_events_cost_two_queries_and_four_where_editors_decided() -> None:
    events = [make.make_event(f"Event {number}.", contexts=["Peace"]) for number in range(4)]
    for target in events[1:]:
        make.relate(events[0], target, rank=target.pk, shared=["Peace"])
        make.relate(target, events[0], shared=["Peace"])
    several = [event.pk for event in events[:3]]

    def cost(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = queries.related_of(ids)
        assert set(found) == set(ids)
        return len(captured)

    for ids in ([events[0].pk], several):
        assert cost(ids) == 2  # links with their targets; context names
    pinned = make.make_event("Linked by hand alone.")
    Curation.objects.create(event=events[0], target=pinned, decision=Decision.PIN, position=1, by_name="ann")
    for ids in ([events[0].pk], several):
        assert cost(ids) == 4  # and what was decided; targets that no link has


def test_pins_keep_their_order_and_bans_hide_for_good() -> None:
    event, one, two, three = (make.make_event(f"Event {number}.") for number in range(4))
    make.relate(event, one, rank=1, score=3.0)
    make.relate(event, three, rank=2, score=2.0)
    Curation.objects.create(event=event, target=two, decision=Decision.PIN, position=2, by_name="ann")
    Curation.objects.create(event=event, target=three, decision=Decision.PIN, position=1, by_name="ann")
    Curation.objects.create(event=event, target=one, decision=Decision.BAN, by_name="ann")
    rows = queries.related_of([event.pk])[event.pk]
    assert [(row["id"], row["rank"], row["score"]) for row in rows] == [(three.pk, 1, 2.0), (two.pk, 2, 0.0)]


def test_reason_names_the_context_that_a_merged_one_became() -> None:
    event, other = make.make_event("One."), make.make_event("Two.")
    make.relate(event, other, shared=["Old name"])
    old, new = make.make_context("Old name"), make.make_context("New name")
    old.merged_into = new
    old.save()
    assert queries.related_of([event.pk])[event.pk][0]["reason"]["contexts"] == ["New name"]


@pytest.mark.parametrize("change", ["withdraw", "reword", "unlink", "pin"])
def test_related_state_changes_with_what_the_list_shows(change: str) -> None:
    event, other, third = (make.make_event(f"Event {number}.") for number in range(3))
    link = make.relate(event, other)
    before = queries.related_state(event.pk)
    if change == "withdraw":
        Event.objects.filter(pk=other.pk).update(state=State.WITHDRAWN)
    elif change == "reword":
        Event.objects.filter(pk=other.pk).update(text="Other words.", version=2)
        make.write_documents([other.pk])
    elif change == "unlink":
        link.delete()
    else:
        Curation.objects.create(event=event, target=third, decision=Decision.PIN, by_name="ann")
    assert queries.related_state(event.pk).rows != before.rows


def test_day_page_holds_its_published_events_in_order_of_arrival() -> None:
    first = make.make_event("First.")
    make.make_event("Held.", state=State.HELD)
    make.make_event("中文。", edition="zh")
    second = make.make_event("Second.")
    make.make_event("Earlier.", date="2004-01-31")
    page = queries.day_page(queries.day_state("en", make.DAY))
    assert [event["id"] for event in page["events"]] == [first.pk, second.pk]
    assert (page["previous"], page["next"]) == ("2004-01-31", None)
    assert page["path"] == "/news/2004/02/9/"
    assert queries.day_state("en", make.DAY + dt.timedelta(days=1)).rows == ()


def test_event_withdrawn_after_the_day_was_looked_up_is_not_shown() -> None:
    event = make.make_event("Secret.")
    state = queries.day_state("en", make.DAY)
    Event.objects.filter(pk=event.pk).update(state=State.WITHDRAWN)
    assert queries.day_page(state)["events"] == []


def test_front_page_is_the_newest_three_days_that_have_events() -> None:
    for day in ("2004-02-01", "2004-02-03", "2004-02-03", "2004-02-07", "2004-02-09"):
        make.make_event("An event.", date=day)
    make.make_editorial()
    make.make_editorial("Not yet", slug="not-yet", publish_at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    page = queries.front_page(queries.front_state("en"))
    assert [(day["date"], len(day["events"])) for day in page["days"]] == [
        ("2004-02-09", 1),
        ("2004-02-07", 1),
        ("2004-02-03", 2),
    ]
    assert [(day["previous"], day["next"]) for day in page["days"]] == [
        ("2004-02-07", None),
        ("2004-02-03", "2004-02-09"),
        ("2004-02-01", "2004-02-07"),
    ]
    assert page["previous"] == "2004-02-01"
    assert [piece["path"] for piece in page["editorials"]] == ["/opinion/2004/02/9/a-case-for-patience/"]


def test_front_page_of_an_empty_archive_is_empty() -> None:
    page = queries.front_page(queries.front_state("en"))
    assert page == {"edition": "en", "days": [], "editorials": [], "previous": None}


def test_context_page_holds_names_neighbours_and_events() -> None:
    context = make.make_context("Treaty", profile="*Short*.", wikidata="Q1")
    Alias.objects.create(context=context, edition="en", name="The Accord")
    for narrower, broader in (("Treaty", "Arms control"), ("Annex", "Treaty"), ("Annex of old", "Treaty")):
        Broader.objects.create(narrower=make.make_context(narrower), broader=make.make_context(broader))
    merged = make.make_context("Annex of old")
    merged.merged_into = make.make_context("Annex")
    merged.save()
    old = make.make_event("Old.", date="2003-01-01", contexts=["Treaty"])
    new = make.make_event("New.", contexts=["Treaty"])
    make.make_event("Held.", contexts=["Treaty"], state=State.HELD)
    removed = make.make_event("Not about it.", contexts=["Treaty"])
    removed.taggings.update(removed=True, how="person")
    page = contexts.context_page(contexts.context_state(context))
    assert page["aliases"] == ["The Accord"]
    assert [row["name"] for row in page["broader"]] == ["Arms control"]
    assert [row["name"] for row in page["narrower"]] == ["Annex"]
    assert [event["id"] for event in page["events"]] == [new.pk, old.pk]
    assert (page["count"], page["more"]) == (2, False)


def test_context_page_says_when_there_are_more_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "EVENTS_AT_ONCE", 2)
    for number in range(3):
        make.make_event(f"Event {number}.", contexts=["Treaty"])
    page = contexts.context_page(contexts.context_state(make.make_context("Treaty")))
    assert (page["count"], len(page["events"]), page["more"]) == (3, 2, True)


def test_contexts_are_listed_by_name_with_counts_a_bounded_page_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contexts, "CONTEXTS_AT_ONCE", 2)
    make.make_event("One.", contexts=["Alpha", "Beta"])
    make.make_event("Two.", contexts=["Beta", "Gamma"])
    make.make_event("Hidden.", contexts=["Gamma"], state=State.WITHDRAWN)
    make.make_event("中文。", contexts=["Delta"], edition="zh")
    first, following = contexts.context_list("en")
    assert [(row["name"], row["count"]) for row in first] == [("Alpha", 1), ("Beta", 2)]
    assert following == "Gamma"
    rest, end = contexts.context_list("en", following)
    assert [(row["name"], row["count"]) for row in rest] == [("Gamma", 1)]
    assert end is None


def test_years_are_those_that_have_published_events() -> None:
    assert timeline.years("en") == []
    for day in ("1990-05-01", "2004-02-09", "2004-03-09"):
        make.make_event("An event.", date=day)
    make.make_event("Held.", date="1995-01-01", state=State.HELD)
    assert timeline.years("en") == [1990, 2004]
    with CaptureQueriesContext(connection) as captured:
        timeline.years("en")
    assert len(captured) == 1  # the counts of months


def test_day_counts_leave_out_what_is_not_public() -> None:
    for state in (State.PUBLISHED, State.PUBLISHED, State.LEGAL):
        make.make_event("An event.", state=state)
    assert timeline.day_counts("en", dt.date(2004, 2, 1), dt.date(2004, 2, 29)) == {make.DAY: 2}
