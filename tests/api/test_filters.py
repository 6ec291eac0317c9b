"""The public query vocabulary, asked through ``events/``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest

from events import filters, keyed
from events.actions.recording import Actor, recording
from events.filters import EventFilter
from events.models import Alias, Broader, Context, Event, Tagging
from events.prepared import Prepared
from events.vocabulary import ChangeKind, Grade, State
from tests.factories import cite, make_context, make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
Ids = Callable[[str], list[int]]


def test_dates_bound_the_list_on_both_sides(ids: Ids) -> None:
    events = [make_event(f"Day {day}.", date=f"2004-02-0{day}").pk for day in (7, 8, 9)]
    assert ids("events/?date_from=2004-02-08") == [events[2], events[1]]
    assert ids("events/?date_to=2004-02-08") == [events[1], events[0]]
    assert ids("events/?date_from=2004-02-08&date_to=2004-02-08") == [events[1]]


def test_a_day_is_found_in_every_year(ids: Ids) -> None:
    old = make_event("Long ago.", date="1904-02-29")
    make_event("The day after.", date="1904-03-01")
    new = make_event("Lately.", date="2024-02-29")
    assert ids("events/?on_day=02-29") == [new.pk, old.pk]
    assert ids("events/?on_day=02-28") == []


def test_a_day_of_an_empty_archive_is_empty(ids: Ids) -> None:
    assert ids("events/?on_day=02-09") == []


def test_changed_since_reads_the_clock_of_the_record(ids: Ids) -> None:
    noon = dt.datetime(2020, 5, 1, 12, tzinfo=dt.UTC)
    make_event("Before.", updated_at=noon - dt.timedelta(microseconds=1))
    event = make_event("At noon.", updated_at=noon)
    assert ids("events/?changed_since=2020-05-01T12:00:00Z") == [event.pk]
    assert ids("events/?changed_since=2020-05-01T14:00:00%2B02:00") == [event.pk]
    assert ids("events/?changed_since=2020-05-01T14:00:00+02:00") == [event.pk]
    assert len(ids("events/?changed_since=2020-05-01")) == 2


def test_contexts_by_id_or_slug_any_or_all(ids: Ids) -> None:
    both = make_event("Both.", contexts=["Alpha", "Beta"]).pk
    one = make_event("One.", contexts=["Alpha"]).pk
    make_event("Neither.", contexts=["Gamma"])
    alpha = make_context("Alpha").pk
    assert ids(f"events/?context={alpha}") == [one, both]
    assert ids("events/?context=alpha&context=beta") == [one, both]
    assert ids("events/?context=beta") == [both]
    assert ids(f"events/?context_all={alpha}&context_all=beta") == [both]


def test_an_event_that_cites_one_publisher_often_hides_no_other(
    ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters.events, "_FEW", 3)
    monkeypatch.setattr(keyed, "LOOKED_MOST", 3)
    often, once = make_event("Often."), make_event("Once.")
    for number in range(4):
        cite(often, position=number, label="Paper", url=f"https://paper.example/{number}")
    cite(once, position=0, label="Paper", url="https://paper.example/4")
    for more in ("", "&edition=en"):  # from the order of its events, and by asking each event
        assert ids(f"events/?publisher=Paper{more}") == [once.pk, often.pk]


def test_a_context_of_very_many_events_finds_them_all(ids: Ids) -> None:
    make_event("The first.", contexts=["Alpha"])
    context = make_context("Alpha")
    others = [make_event(f"Number {number}.", date="2001-01-01") for number in range(3)]
    taggings = [Tagging(event=event, context=context, how="person") for event in others]
    for event, tagging in zip(others, taggings, strict=True):
        tagging.key = tagging.key_on(event)
    Tagging.objects.bulk_create(taggings)
    prepared_anew = Prepared(filters.events._few_tagged._build)
    few, tagged = (
        mock.patch.object(filters.events, "_FEW", 2),
        mock.patch.object(filters.events, "_few_tagged", prepared_anew),
    )
    with few, tagged:
        for more in ("", "&edition=en"):  # from the order of its events, and by asking each event
            path = f"events/?context=alpha{more}"
            assert ids(f"{path}&date_to=2001-01-01") == [event.pk for event in reversed(others)]
            assert len(ids(path)) == 4


@pytest.mark.parametrize("ordering", ["-date", "date"])
def test_events_of_a_context_page_as_all_events_do(get: Get, ordering: str) -> None:
    for day in (1, 2, 2, 3, 3, 3, 5):
        make_event(f"Of day {day}.", date=f"2004-02-0{day}", contexts=["Alpha"])
    make_event("Held.", date="2004-02-02", contexts=["Alpha"], state=State.HELD)
    make_event("Another's.", date="2004-02-02", contexts=["Beta"])
    asked = f"ordering={ordering}&context=alpha&date_from=2004-02-02&date_to=2004-02-04"
    whole = [row["id"] for row in get(f"events/?{asked}&edition=en").json()["results"]]
    assert len(whole) == 5
    forth, url = [], f"events/?{asked}&page_size=2"
    while url:
        page = get(url).json()
        forth.append([row["id"] for row in page["results"]])
        last, url = url, page["next"]
    assert [pk for ids in forth for pk in ids] == whole
    back, url = [], last
    while url:
        page = get(url).json()
        back.insert(0, [row["id"] for row in page["results"]])
        url = page["previous"]
    assert [pk for ids in back for pk in ids] == whole
    assert get("events/?context=alpha&date_from=2005-01-01").json()["results"] == []


def test_a_removed_context_does_not_count(ids: Ids) -> None:
    event = make_event("One.", contexts=["Alpha"])
    Tagging.objects.filter(event=event).update(removed=True, how="person")
    assert ids("events/?context=alpha") == []


def test_a_merged_context_means_its_target(ids: Ids) -> None:
    event = make_event("One.", contexts=["Alpha"])
    middle = make_context("Middle", merged_into=make_context("Alpha"))
    make_context("Old name", merged_into=middle)
    assert ids("events/?context=old-name") == [event.pk]
    assert ids("events/?context_all=middle&context_all=old-name") == [event.pk]


def test_a_slug_means_the_contexts_of_all_editions(ids: Ids) -> None:
    english = make_event("One.", contexts=["Alpha"])
    other = make_event("One.", contexts=["Alpha"], edition="zh")
    assert ids("events/?context=Alpha") == [other.pk]
    make_context("Other", edition="zh", slug="alpha")
    tagging = Tagging(event=other, context=Context.objects.get(name="Other"), how="day")
    tagging.key = tagging.key_on(other)
    tagging.save()
    assert ids("events/?context=alpha") == [other.pk, english.pk]
    assert ids("events/?context=alpha&edition=en") == [english.pk]
    assert ids("events/?edition=en&edition=zh") == [other.pk, english.pk]


def test_categories_any_of(ids: Ids) -> None:
    sport = make_event("A race.", category="sport").pk
    arts = make_event("A play.", category="arts").pk
    make_event("A law.", category="politics")
    assert ids("events/?category=sport") == [sport]
    assert ids("events/?category=sport&category=arts") == [arts, sport]


def test_publishers_of_sources_and_bare_names(ids: Ids) -> None:
    linked = make_event("One.", citations=[("Gazette", "https://gazette.example/a", "")]).pk
    bare = make_event("Two.", citations=[("Gazette", "", "")]).pk
    make_event("Three.", citations=[("Herald", "", "")])
    assert ids("events/?publisher=Gazette") == [bare, linked]


def test_sources_by_id_or_any_form_of_the_address(ids: Ids) -> None:
    event = make_event("One.", citations=[("Gazette", "https://gazette.example/a", "")])
    make_event("Two.", citations=[("Gazette", "https://gazette.example/b", "")])
    source = event.citations.get().source_id
    assert ids(f"events/?source={source}") == [event.pk]
    same = quote("HTTPS://Gazette.Example:443/a?utm_source=x#top", safe="")
    assert ids(f"events/?source={same}") == [event.pk]
    assert ids("events/?source=https://gazette.example/nothing") == []


def test_corrected_or_not(ids: Ids, django_user_model: Any) -> None:
    corrected, plain = make_event("A cornerstones."), make_event("Nothing wrong.")
    with recording(Actor(name="editor")) as trace:
        change = {"text": {"old": "A cornerstones.", "new": "A cornerstone."}}
        trace.revise_event(corrected, ChangeKind.CORRECTED, change, grade=Grade.TYPO)
        corrected.text = "A cornerstone."
        corrected.save()
    assert ids("events/?has_correction=true") == [corrected.pk]
    assert ids("events/?has_correction=false") == [plain.pk]


@pytest.mark.parametrize("few", [5_000, 1])
def test_words_as_a_search_has_them(get: Get, ids: Ids, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether few have them, which are looked up, or many, which the index is asked for."""
    monkeypatch.setattr("events.filters.events._FOUND_BY_ID", few)
    one = make_event("Envoys sign treaties.", date=dt.date(2004, 2, 9), contexts=["Peace talks"])
    two = make_event("A treaty on trade is signed.", date=dt.date(2004, 2, 10))
    three = make_event("No treaty, says the envoy.", date=dt.date(2005, 2, 9))
    make_event("A ferry opens.")
    assert ids("events/?q=treaty") == [three.pk, two.pk, one.pk]
    assert ids("events/?q=treaty&ordering=date") == [one.pk, two.pk, three.pk]
    assert ids("events/?q=treaty+-trade&date_to=2004-12-31") == [one.pk]
    assert ids('events/?q="peace+talks"+after:2004&ordering=updated') == [one.pk]
    assert ids("events/?q=treaty+before:2005&ordering=-updated") == [two.pk, one.pk]
    assert ids("events/?q=treaty+ferry") == ids("events/?q=before:x") == []
    page = get("events/?q=treaty&page_size=2")
    assert ids(page.json()["next"]) == [one.pk]
    assert ids(get(page.json()["next"]).json()["previous"]) == [three.pk, two.pk]
    page = get("events/?q=treaty&page_size=2&ordering=date&category=other").json()
    assert ids(page["next"]) == [three.pk]
    assert ids(get(page["next"]).json()["previous"]) == [one.pk, two.pk]
    assert ids("events/?q=treaty&on_day=02-09&page_size=500") == ids("events/?q=treaty&on_day=02-09")
    assert get("events/?q=treaty&count=only").json()["count"] == 3
    lines = b"".join(get("events.ndjson?q=treaty&fields=id").streaming_content).decode()
    assert lines == f'{{"id":{three.pk}}}\n{{"id":{two.pk}}}\n{{"id":{one.pk}}}\n'
    assert get("days/?q=treaty&by=year&ordering=date").json()["results"] == [
        {"period": "2004", "count": 2}, {"period": "2005", "count": 1}
    ]  # fmt: skip
    assert get("events/?q=").status_code == 400


def test_only_these_ids(ids: Ids) -> None:
    events = [make_event(f"Event {number}.").pk for number in range(3)]
    assert ids(f"events/?ids={events[0]},{events[2]},{10**18}") == [events[2], events[0]]


def test_contexts_by_any_of_their_names(ids: Ids) -> None:
    alpha = make_context("Alpha")
    Alias.objects.create(context=alpha, edition="en", name="The First")
    make_context("Old Alpha", merged_into=alpha)
    for name in ("Alpha", "The First", "Old Alpha"):
        assert ids(f"contexts/?name={quote(name)}") == [alpha.pk], name
    assert ids("contexts/?slug=alpha") == [alpha.pk]
    assert ids("contexts/?name=alpha") == []


def test_contexts_below_another(ids: Ids) -> None:
    below, above = make_context("Below"), make_context("Above")
    Broader.objects.create(narrower=below, broader=above)
    assert ids("contexts/?broader=above") == [below.pk]


def test_sources_by_publisher_and_address(ids: Ids) -> None:
    one = (
        make_event("One.", citations=[("Gazette", "https://gazette.example/a", "")]).citations.get().source_id
    )
    make_event("Two.", citations=[("Herald", "https://herald.example/a", "")])
    assert ids("sources/?publisher=Gazette") == [one]
    assert ids("sources/?url=https://GAZETTE.example/a%23top") == [one]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("date_from=9+February+2004", "date_from"),
        ("date_from=20040209", "date_from"),
        ("date_to=2004-02-30", "date_to"),
        ("date_to=2004-02-09%00", "date_to"),
        ("on_day=02-30", "on_day"),
        ("on_day=2-9", "on_day"),
        ("changed_since=yesterday", "changed_since"),
        ("changed_since=2004-02-09T12:00:00", "changed_since"),
        ("changed_since=0001-01-01T00:00:00%2B23:59", "changed_since"),
        ("context=nobody", "context"),
        ("context=999999999999999999", "context"),
        ("context=99999999999999999999999", "context"),
        ("context=a%00b", "context"),
        ("context=%C2%B2", "context"),
        ("context_all=nobody", "context_all"),
        ("category=gossip", "category"),
        ("publisher=Nobody", "publisher"),
        ("source=ftp://x.example/", "source"),
        ("edition=fr", "edition"),
        ("has_correction=perhaps", "has_correction"),
        ("ids=1,b", "ids"),
        ("ids=99999999999999999999", "ids"),
        ("ids=" + ",".join(["1"] * 501), "ids"),
        ("category=", "category"),
        ("date_from=2004-02-09&date_from=2005-02-09", "date_from"),
        ("&".join(["context=a"] * 51), "context"),
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=1&page_size=2", "page_size"),
        ("ordering=text", "ordering"),
        ("fields=id,colour", "fields"),
        ("fields=", "fields"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(get: Get, query: str, parameter: str) -> None:
    answer = get(f"events/?{query}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/problems/invalid-parameter"
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]
    assert answer.json()["errors"][0]["detail"]


def test_all_bad_values_are_named_at_once(get: Get) -> None:
    answer = get("events/?date_from=x&category=gossip")
    assert {fault["parameter"] for fault in answer.json()["errors"]} == {"date_from", "category"}


@pytest.mark.parametrize(
    "path", ["events/", "contexts/", "sources/", "changes/", "events/1/", "events/1/related/"]
)
def test_an_unknown_parameter_is_refused_with_the_allowed_ones(get: Get, path: str) -> None:
    answer = get(f"{path}?colour=red")
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"] == "/api/problems/unknown-parameter"
    assert [fault["parameter"] for fault in problem["errors"]] == ["colour"]
    for name in problem["allowed"]:
        assert name in problem["detail"]
    if path == "events/":
        assert set(problem["allowed"]) == {
            *EventFilter.base_filters, "ordering", "page_size", "cursor", "fields", "count", "for",
        }  # fmt: skip


def test_empty_inputs_of_a_form_count_as_absent() -> None:
    make_event()
    data = dict.fromkeys(EventFilter.base_filters, "")
    asked = EventFilter(data, queryset=Event.objects.published())
    assert asked.is_valid()
    assert asked.qs.count() == 1
