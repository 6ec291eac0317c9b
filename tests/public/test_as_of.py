"""Pages of the past: an event, a day and a context as they stood at a moment by our clock."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from events import past
from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.correct import correct_event, create_event
from events.actions.merge import merge_events
from events.actions.recording import Actor, Recording
from events.actions.removal.remove import remove_event
from events.actions.values import EventValues
from events.actions.withdraw import release_event, restore_event, withdraw_event
from events.harvest.records import CitedSource
from events.models import Address, Context, Event
from events.vocabulary import Grade, Role, State
from tests import factories as make
from tests.people import make_person

BEFORE, FIRST, SECOND, THIRD = (f"2020010{day}120000" for day in (1, 2, 3, 4))
"""A moment before anything was written, and one after each of the tests' acts."""


class Clock:
    """The archive's clock, which stands still and is put forward."""

    def __init__(self) -> None:
        self.now = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)

    def day_after(self) -> None:
        self.now += dt.timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    def at_its_time(actor: Actor, **options: Any) -> Recording:
        return Recording(actor, at=clock.now, **options)

    monkeypatch.setattr("events.actions.recording.Recording", at_its_time)
    return clock


@pytest.fixture
def chief(db: None) -> Actor:
    return make_person(Role.CHIEF, name="erika")


def write(actor: Actor, text: str = "A bridge opens in Oslo.", **values: Any) -> Event:
    defaults = {"edition": "en", "date": make.DAY, "category": "other", **values}
    return create_event(actor=actor, text=text, **defaults)


def correct(actor: Actor, event: Event, **values: Any) -> None:
    event.refresh_from_db()
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values=EventValues(**values),
        grade=Grade.TYPO, note="",
    )  # fmt: skip


def address(event: Event) -> str:
    return Address.objects.get(event=event, current=True).path


def page(client: Client, moment: str, path: str) -> str:
    response = client.get(f"/as-of/{moment}{path}")
    assert response.status_code == 200, response.headers
    return response.content.decode()


class TestEvent:
    """``/as-of/…/news/2004/02/9/SLUG.html``."""

    def test_everything_stands_as_it_stood(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(
            chief, summary="Old summary.", lead="Old lead", contexts=["Kept", "Dropped"],
            citations=[CitedSource("The Courier", "https://courier.example/1", "")],
        )  # fmt: skip
        clock.day_after()
        correct(
            chief, event, text="A tunnel opens in Bergen.", summary="New summary.", lead="New lead",
            contexts=["Kept", "Added"], date=dt.date(2004, 2, 10), category="politics",
            citations=[CitedSource("The Herald", "https://herald.example/1", "")],
        )  # fmt: skip
        path = f"{address(event)}.html"
        then, now = page(client, FIRST, path), client.get(path).content.decode()
        old = (
            "A bridge opens in Oslo.",
            "Old summary.",
            "Old lead",
            "Dropped",
            "The Courier",
            "9 February 2004",
        )
        new = (
            "A tunnel opens in Bergen.",
            "New summary.",
            "New lead",
            "Added",
            "The Herald",
            "10 February 2004",
        )
        for was, is_now in zip(old, new, strict=True):
            assert was in then
            assert is_now not in then, is_now
            assert is_now in now
        assert "Kept" in then
        assert "revision 1," in then
        assert page(client, SECOND, path).count("A tunnel opens in Bergen.") >= 1

    def test_a_banner_leads_to_the_present_and_robots_stay_out(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        path = f"{address(write(chief))}.html"
        response = client.get(f"/as-of/{FIRST}{path}")
        html = response.content.decode()
        assert f'<a href="{path}">See it as it is today</a>' in html
        assert "2 January 2020, 12:00:00 UTC" in html
        assert '<meta name="robots" content="noindex">' in html
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "canonical" not in html
        assert "ld+json" not in html

    def test_related_links_have_no_past(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(chief)
        make.relate(event, write(chief, "Another bridge opens."), shared=["Bridges"])
        assert "Another bridge" not in page(client, FIRST, f"{address(event)}.html")

    def test_contexts_have_the_names_they_had_and_lead_where_they_lead_now(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        event = write(chief, contexts=["Old name", "Gone into another"])
        clock.day_after()
        correct(chief, event, contexts=["Old name"])
        goes, stays = Context.objects.get(name="Gone into another"), make.make_context("The other")
        merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
        context = Context.objects.get(name="Old name")
        edit_context(actor=chief, context_id=context.pk, version=context.version, values={"name": "New name"})
        html = page(client, FIRST, f"{address(event)}.html")
        assert f'<a href="/as-of/{FIRST}/contexts/old-name/">Old name</a>' in html
        assert f'<a href="/as-of/{FIRST}/contexts/the-other/">Gone into another</a>' in html
        assert "New name" not in html

    def test_the_whole_second_counts(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(chief)
        clock.now = dt.datetime(2020, 1, 3, 12, 0, 0, 900_000, tzinfo=dt.UTC)
        correct(chief, event, text="A bridge opens in Bergen.")
        path = f"{address(event)}.html"
        assert "Bergen" in page(client, SECOND, path)
        assert "Oslo" in page(client, "20200103115959", path)

    def test_before_it_was_there_the_answer_says_since_when_it_is(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        path = f"{address(write(chief))}.html"
        response = client.get(f"/as-of/{BEFORE}{path}")
        assert response.status_code == 404
        html = response.content.decode()
        assert "2 January 2020" in html
        assert "Oslo" not in html.replace(path, "")
        assert f'href="{path}"' in html

    def test_what_was_held_was_not_there(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(chief, "The secret first words.")
        Event.objects.filter(pk=event.pk).update(state=State.HELD)
        clock.day_after()
        correct(chief, event, text="The words that readers got.")
        event.refresh_from_db()
        release_event(actor=chief, event_id=event.pk, version=event.version)
        path = f"{address(event)}.html"
        response = client.get(f"/as-of/{FIRST}{path}")
        assert response.status_code == 404
        assert "3 January 2020" in response.content.decode()
        assert "secret" not in response.content.decode().replace(path, "")
        assert "The words that readers got." in page(client, SECOND, path)

    def test_what_was_withdrawn_for_a_while_was_not_there(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        event = write(chief)
        clock.day_after()
        withdraw_event(actor=chief, event_id=event.pk, version=1, reason="To be checked.")
        clock.day_after()
        restore_event(actor=chief, event_id=event.pk, version=2)
        path = f"{address(event)}.html"
        assert [client.get(f"/as-of/{at}{path}").status_code for at in (FIRST, SECOND, THIRD)] == [
            200,
            404,
            200,
        ]

    def test_what_is_gone_now_is_gone_there_too(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(chief)
        asked = f"/as-of/{FIRST}{address(event)}.html"
        assert client.get(asked).status_code == 200
        clock.day_after()
        withdraw_event(actor=chief, event_id=event.pk, version=1, reason="Wrong.")
        assert client.get(asked).status_code == 410
        assert client.get(f"/as-of/{FIRST}/news/2004/02/9/").status_code == 404
        remove_event(actor=chief, event_id=event.pk, version=2, reason="By order of a court.")
        assert client.get(asked).status_code == 451

    def test_other_addresses_lead_to_the_present_one(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        stays, goes = write(chief), write(chief, "The same bridge opens.")
        merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
        wanted = f"/as-of/{FIRST}{address(stays)}.html"
        for path in (f"{address(goes)}.html", address(stays), address(stays).replace("/9/", "/09/")):
            response = client.get(f"/as-of/{FIRST}{path}")
            assert (response.status_code, response.headers["Location"]) == (301, wanted)

    def test_what_is_to_come_is_the_present(self, client: Client, chief: Actor) -> None:
        path = f"{address(write(chief))}.html"
        for moment in ("99991231235959", f"{timezone.now() + dt.timedelta(days=2):%Y%m%d%H%M%S}"):
            for rest in (path, "/news/2004/02/9/"):
                response = client.get(f"/as-of/{moment}{rest}")
                assert (response.status_code, response.headers["Location"]) == (302, rest)

    @pytest.mark.parametrize(
        "moment", ["20041301000000", "20040230000000", "00000000000000", "2004", "x" * 14, "２" * 14]
    )
    def test_a_moment_that_no_clock_shows_is_no_page(self, client: Client, chief: Actor, moment: str) -> None:
        path = address(write(chief, contexts=["Bridges"]))
        for rest in (f"{path}.html", "/news/2004/02/9/", "/contexts/bridges/"):
            assert client.get(f"/as-of/{moment}{rest}").status_code == 404

    def test_an_unchanged_page_is_not_sent_again(self, client: Client, chief: Actor, clock: Clock) -> None:
        asked = f"/as-of/{FIRST}{address(write(chief))}.html"
        etag = client.get(asked).headers["ETag"]
        assert client.get(asked, headers={"if-none-match": etag}).status_code == 304

    def test_other_editions_have_their_own(self, client: Client, chief: Actor, clock: Clock) -> None:
        event = write(chief, "两国在桥上签署条约。", edition="zh")
        html = page(client, FIRST, f"{address(event)}.html")
        assert '<html lang="zh"' in html
        assert "两国在桥上签署条约。" in html


class TestDay:
    """``/as-of/…/news/2004/02/9/``."""

    DAY = "/news/2004/02/9/"

    def test_it_has_the_events_that_stood_there(self, client: Client, chief: Actor, clock: Clock) -> None:
        changed, moved = write(chief, "An old wording."), write(chief, "One that was misdated.")
        arrived = write(chief, "One of the day after.", date=dt.date(2004, 2, 10))
        clock.day_after()
        correct(chief, changed, text="A new wording.")
        correct(chief, moved, date=dt.date(2004, 2, 11))
        correct(chief, arrived, date=dt.date(2004, 2, 9))
        write(chief, "A newcomer.")
        then, now = page(client, FIRST, self.DAY), page(client, SECOND, self.DAY)
        assert [text in then for text in ("An old wording.", "One that was misdated.")] == [True, True]
        assert [text in then for text in ("new wording", "day after", "newcomer")] == [False] * 3
        assert [text in now for text in ("A new wording.", "One of the day after.", "A newcomer.")] == [
            True
        ] * 3
        assert "misdated" not in now
        assert f'href="/as-of/{FIRST}{address(changed)}.html"' in then
        assert "2 events" in then

    def test_before_anything_stood_there_it_says_since_when(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        write(chief)
        response = client.get(f"/as-of/{BEFORE}{self.DAY}")
        assert response.status_code == 404
        assert "2 January 2020" in response.content.decode()

    def test_padded_days_and_missing_slashes_lead_there(self, client: Client, chief: Actor) -> None:
        write(chief)
        for path in ("/news/2004/02/09/", "/news/2004/2/9/"):
            response = client.get(f"/as-of/{FIRST}{path}")
            assert (response.status_code, response.headers["Location"]) == (301, f"/as-of/{FIRST}{self.DAY}")
        assert client.get(f"/as-of/{FIRST}/news/2004/02/9").status_code == 301

    @pytest.mark.parametrize("day", ["2004/02/30", "2004/02/8", "0000/00/00"])
    def test_a_day_without_events_is_no_page(self, client: Client, chief: Actor, day: str) -> None:
        write(chief)
        assert client.get(f"/as-of/{FIRST}/news/{day}/").status_code == 404

    def test_it_costs_the_same_with_more_events(self, client: Client, chief: Actor, clock: Clock) -> None:
        def one_more(number: int) -> None:
            clock.now = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
            event = write(chief, f"Bridge {number} opens.", contexts=["Bridges", f"Bridge {number}"])
            clock.day_after()
            correct(chief, event, contexts=["Bridges"])

        def cost() -> int:
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                page(client, FIRST, self.DAY)
            return len(queries)

        one_more(1)
        # Candidates; documents; revisions since; contexts renamed since; contexts by name; by alias.
        assert cost() == 6
        one_more(2)
        one_more(3)
        assert cost() == 6


class TestContext:
    """``/as-of/…/contexts/SLUG/``."""

    def test_it_has_the_name_profile_and_events_that_it_had(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        stays, leaves = (
            write(chief, "One that stays.", contexts=["Bridges"]),
            write(chief, "One that leaves.", contexts=["Bridges"]),
        )
        joins = write(chief, "One that joins.")
        context = Context.objects.get(name="Bridges")
        edit_context(
            actor=chief, context_id=context.pk, version=context.version,
            values={"profile": "Old profile.", "aliases": ["Viaducts"]},
        )  # fmt: skip
        clock.day_after()
        context.refresh_from_db()
        edit_context(
            actor=chief, context_id=context.pk, version=context.version,
            values={"name": "Great bridges", "profile": "New profile.", "aliases": []},
        )  # fmt: skip
        correct(chief, leaves, contexts=[])
        correct(chief, joins, contexts=["Great bridges"])
        correct(chief, stays, text="One that stays, reworded.")
        then, now = page(client, FIRST, "/contexts/bridges/"), page(client, SECOND, "/contexts/bridges/")
        for text in ("<h1>Bridges</h1>", "Old profile.", "Viaducts", "One that stays.", "One that leaves."):
            assert text in then, text
        for text in ("Great bridges", "New profile.", "One that joins.", "reworded"):
            assert text not in then, text
            assert text in now, text
        assert "One that leaves." not in now

    def test_names_that_a_merge_brought_were_not_there(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        write(chief, contexts=["Bridges"])
        goes = make.make_context("Crossings", created_at=clock.now)
        clock.day_after()
        merge_contexts(
            actor=chief, context_id=goes.pk, into_id=Context.objects.get(name="Bridges").pk
        )  # fmt: skip
        assert "Crossings" not in page(client, FIRST, "/contexts/bridges/")
        response = client.get(f"/as-of/{FIRST}/contexts/crossings/")
        assert (response.status_code, response.headers["Location"]) == (
            301,
            f"/as-of/{FIRST}/contexts/bridges/",
        )

    def test_before_it_was_there_the_answer_says_since_when_it_is(
        self, client: Client, chief: Actor, clock: Clock
    ) -> None:
        write(chief, contexts=["Bridges"])
        response = client.get(f"/as-of/{BEFORE}/contexts/bridges/")
        assert response.status_code == 404
        assert client.get(f"/as-of/{BEFORE}/contexts/nothing/").status_code == 404

    def test_it_costs_the_same_with_more_events(self, client: Client, chief: Actor, clock: Clock) -> None:
        def cost() -> int:
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                page(client, FIRST, "/contexts/bridges/")
            return len(queries)

        write(chief, contexts=["Bridges"])
        # The context; its events, those it was taken off, and which of them are public; aliases; its
        # revisions; merged ones' names; documents; revisions of events; contexts renamed since.
        assert cost() == 10
        for number in (2, 3):
            write(chief, f"Bridge {number} opens.", contexts=["Bridges"])
        assert cost() == 10


_NAMES = ("text", "date", "contexts", "state")
_VALUES = st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=3) | st.lists(st.text(max_size=2)))


@given(
    st.fixed_dictionaries({name: st.text(max_size=3) for name in _NAMES}),
    st.lists(_VALUES, max_size=8),
    st.integers(0, 8),
)
def test_replaying_what_was_undone_gives_the_present(
    born: dict[str, Any], changes: list[dict[str, Any]], since: int
) -> None:
    at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    stages, steps = [born], []
    for number, change in enumerate(changes, start=2):
        before = stages[-1]
        fields = {name: {"old": before[name], "new": value} for name, value in change.items()}
        steps.append(past.Step(number, at, fields | {"note": {"old": None, "new": "aside"}}))
        stages.append({**before, **change})
    since = min(since, len(steps))
    former = past.undone(stages[-1], reversed(steps[since:]))
    assert former == stages[since]
    assert past.redone(former, steps[since:]) == stages[-1]


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=6))
def test_the_spells_of_an_event_follow_each_other_without_a_gap(states: list[State]) -> None:
    at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    moves = [
        past.Step(number, at, {"state": {"old": str(old), "new": str(new)}})
        for number, (old, new) in enumerate(itertools.pairwise(states), start=2)
    ]
    found = past.spells(str(states[-1]), moves)
    assert [spell.state for spell in found] == [str(state) for state in states]
    assert found[0].first == 1
    assert found[-1].last is None
    assert all(one.last == other.first - 1 for one, other in itertools.pairwise(found))
