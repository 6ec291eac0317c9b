"""Memento (RFC 7089): TimeGate, TimeMap and the headers that lead to them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date

from events.actions.contexts.edit import edit_context
from events.actions.correct import correct_event, create_event
from events.actions.recording import Actor, Recording
from events.actions.withdraw import release_event, withdraw_event
from events.models import Event
from events.vocabulary import Grade, Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
PAGE = "/news/2004/02/9/bridge.html"
ROOT = "http://127.0.0.1:8000"
FIRST, SECOND = dt.datetime(2020, 1, 2, tzinfo=dt.UTC), dt.datetime(2020, 1, 5, tzinfo=dt.UTC)


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF, name="erika")


@pytest.fixture
def event(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> Event:
    """An event of 2 January 2020, corrected on the 5th."""
    moments = iter([FIRST, SECOND])

    def in_turn(actor: Actor, **options: bool) -> Recording:
        return Recording(actor, at=next(moments), **options)

    with monkeypatch.context() as patched:
        patched.setattr("events.actions.recording.Recording", in_turn)
        event = create_event(
            actor=chief, edition="en", date=make.DAY, text="A bridge opens.", category="other", slug="bridge"
        )
        correct_event(
            actor=chief, event_id=event.pk, version=1, values={"text": "A tunnel opens."}, grade=Grade.TYPO
        )
    event.refresh_from_db()
    return event


def gate(client: Client, at: dt.datetime | None, path: str = PAGE) -> tuple[int, str]:
    sent = {} if at is None else {"accept-datetime": http_date(at.timestamp())}
    response = client.get(f"/timegate{path}", headers=sent)
    assert response.headers["Vary"] == "accept-datetime"
    return response.status_code, response.headers.get("Location", "")


def test_the_timegate_leads_to_the_version_that_stood_then(client: Client, event: Event) -> None:
    first, second = f"/as-of/20200102000000{PAGE}", f"/as-of/20200105000000{PAGE}"
    for at, wanted in (
        (dt.datetime(1999, 1, 1, tzinfo=dt.UTC), first),
        (FIRST, first),
        (SECOND - dt.timedelta(seconds=1), first),
        (SECOND, second),
        (dt.datetime(2090, 1, 1, tzinfo=dt.UTC), second),
        (None, second),
    ):
        assert gate(client, at) == (302, wanted)
    assert "A bridge opens." in client.get(first).content.decode()
    assert "A tunnel opens." in client.get(second).content.decode()


def test_the_timegate_names_original_and_timemap(client: Client, event: Event) -> None:
    response = client.get(f"/timegate{PAGE}")
    assert response.headers["Link"] == (
        f'<{ROOT}{PAGE}>; rel="original", <{ROOT}/timegate{PAGE}>; rel="timegate", '
        f'<{ROOT}/timemap{PAGE}>; rel="timemap"; type="application/link-format"'
    )
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("said", ["yesterday", "2020-01-02", "", "Mon, 99 Feb 2004 12:30:00 GMT"])
def test_a_time_that_is_none_is_refused(client: Client, event: Event, said: str) -> None:
    response = client.get(f"/timegate{PAGE}", headers={"accept-datetime": said})
    assert (response.status_code, response.headers["Vary"]) == (400, "accept-datetime")


def test_days_and_contexts_have_a_timegate_too(client: Client, event: Event) -> None:
    for path in ("/news/2004/02/9/", "/zh/news/2004/02/9/", "/contexts/bridges/"):
        assert gate(client, FIRST, path) == (302, f"/as-of/20200102000000{path}")
        assert f'<{ROOT}/timemap{path}>; rel="timemap"' in client.get(f"/timegate{path}").headers["Link"]


def listed(client: Client, path: str) -> list[str]:
    """The stamps of the versions in a TimeMap; each of them must be there to read."""
    said = client.get(f"/timemap{path}").content.decode()
    found = re.findall(rf'<{ROOT}(/as-of/(\d+)[^>]+)>; rel="[a-z ]*memento"', said)
    assert [client.get(place).status_code for place, _ in found] == [200] * len(found)
    return [at for _, at in found]


def at_moments(monkeypatch: pytest.MonkeyPatch, *moments: dt.datetime) -> None:
    """Let the next actions happen at these moments, in turn."""
    turn = iter(moments)
    monkeypatch.setattr(
        "events.actions.recording.Recording",
        lambda actor, **options: Recording(actor, at=next(turn), **options),
    )


def test_a_days_timemap_lists_when_what_stood_on_it_changed(
    client: Client, event: Event, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = "/news/2004/02/9/"
    assert listed(client, day) == ["20200102000000", "20200105000000"]
    at_moments(monkeypatch, *(dt.datetime(2020, 1, number, tzinfo=dt.UTC) for number in (6, 7, 8)))
    other = create_event(
        actor=chief, edition="en", date=dt.date(2001, 1, 1), text="Elsewhere.", category="other", slug="x"
    )
    correct_event(actor=chief, event_id=other.pk, version=1, values={"date": make.DAY}, grade=Grade.TYPO)
    correct_event(actor=chief, event_id=event.pk, version=2, values={"text": "A gate."}, grade=Grade.TYPO)
    assert listed(client, day) == ["20200102000000", "20200105000000", "20200107000000", "20200108000000"]
    assert listed(client, "/news/2001/01/1/") == ["20200106000000"]


def test_a_days_timemap_knows_nothing_of_what_was_not_public(
    client: Client, chief: Actor, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_moments(monkeypatch, *(dt.datetime(2020, 1, number, tzinfo=dt.UTC) for number in (6, 7)))
    held = create_event(actor=chief, edition="en", date=make.DAY, text="Held.", category="other", slug="held")
    Event.objects.filter(pk=held.pk).update(state=State.HELD)
    assert listed(client, "/news/2004/02/9/") == ["20200102000000", "20200105000000"]
    release_event(actor=chief, event_id=held.pk, version=1)
    assert listed(client, "/news/2004/02/9/") == ["20200102000000", "20200105000000", "20200107000000"]


def test_a_contexts_timemap_lists_its_own_changes_and_those_of_its_events(
    client: Client, chief: Actor, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_moments(monkeypatch, *(dt.datetime(2020, 1, number, tzinfo=dt.UTC) for number in (6, 7, 8)))
    context = make.make_context("Bridges", created_at=dt.datetime(2020, 1, 3, tzinfo=dt.UTC))
    correct_event(
        actor=chief, event_id=event.pk, version=2, values={"contexts": ["Bridges"]}, grade=Grade.TYPO
    )
    edit_context(actor=chief, context_id=context.pk, version=1, values={"profile": "What spans."})
    assert listed(client, "/contexts/bridges/") == [
        "20200103000000", "20200105000000", "20200106000000", "20200107000000",
    ]  # fmt: skip
    correct_event(actor=chief, event_id=event.pk, version=3, values={"text": "A gate."}, grade=Grade.TYPO)
    assert listed(client, "/contexts/bridges/")[-1] == "20200108000000"


def test_timemaps_of_days_and_contexts_lead_to_the_present_address(client: Client, event: Event) -> None:
    into = make.make_context("Bridges")
    make.make_context("Old bridges", merged_into=into)
    for asked, present in (
        ("/news/2004/2/09/", "/news/2004/02/9/"),
        ("/en/news/2004/02/9/", "/news/2004/02/9/"),
        ("/contexts/old-bridges/", "/contexts/bridges/"),
    ):
        response = client.get(f"/timemap{asked}")
        assert (response.status_code, response.headers["Location"]) == (301, f"/timemap{present}")


def test_a_timemap_goes_on_to_the_end_of_time(client: Client, event: Event) -> None:
    for after in ("99991231235959", "00010101000000", "x", "20200199000000"):
        assert client.get(f"/timemap{PAGE}", {"after": after}).status_code == 200


def test_pages_name_their_timegate_and_timemap(client: Client, event: Event) -> None:
    here = client.get(PAGE)
    assert f'<{ROOT}/timegate{PAGE}>; rel="timegate"' in here.headers["Link"]
    assert f'<{ROOT}/timemap{PAGE}>; rel="timemap"' in here.headers["Link"]
    assert "Memento-Datetime" not in here.headers
    make.make_context("Bridges")
    for path in ("/news/2004/02/9/", "/contexts/bridges/"):
        assert f'<{ROOT}/timemap{path}>; rel="timemap"' in client.get(path).headers["Link"]
        past = client.get(f"/as-of/20200103000000{path}")
        assert f'<{ROOT}/timemap{path}>; rel="timemap"' in past.headers["Link"]
    then = client.get(f"/as-of/20200103000000{PAGE}")
    assert then.headers["Memento-Datetime"] == "Fri, 03 Jan 2020 00:00:00 GMT"
    assert f'<{ROOT}{PAGE}>; rel="original"' in then.headers["Link"]
    assert f'<{ROOT}/timemap{PAGE}>; rel="timemap"' in then.headers["Link"]


def test_the_timemap_lists_every_version(client: Client, event: Event) -> None:
    response = client.get(f"/timemap{PAGE}")
    assert response.headers["Content-Type"] == "application/link-format"
    assert response.content.decode() == (
        f'<{ROOT}{PAGE}>; rel="original",\n'
        f'<{ROOT}/timegate{PAGE}>; rel="timegate",\n'
        f'<{ROOT}/timemap{PAGE}>; rel="self"; type="application/link-format"; '
        'from="Thu, 02 Jan 2020 00:00:00 GMT"; until="Sun, 05 Jan 2020 00:00:00 GMT",\n'
        f'<{ROOT}/as-of/20200102000000{PAGE}>; rel="first memento"; '
        'datetime="Thu, 02 Jan 2020 00:00:00 GMT",\n'
        f'<{ROOT}/as-of/20200105000000{PAGE}>; rel="last memento"; '
        'datetime="Sun, 05 Jan 2020 00:00:00 GMT"\n'
    )
    etag = response.headers["ETag"]
    assert client.get(f"/timemap{PAGE}", headers={"if-none-match": etag}).status_code == 304


def test_a_long_timemap_goes_on(client: Client, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.public.memento._AT_ONCE", 1)
    first = client.get(f"/timemap{PAGE}").content.decode()
    assert "20200105" not in first
    following = re.search(rf'<{ROOT}(/timemap[^>]+)>; rel="timemap"', first)
    assert following is not None
    second = client.get(following[1]).content.decode()
    assert "as-of/20200102" not in second
    assert 'rel="last memento"' in second
    assert 'rel="timemap"' not in second


def test_what_was_held_is_no_version(client: Client, chief: Actor) -> None:
    event = create_event(
        actor=chief, edition="en", date=make.DAY, text="Secret.", category="other", slug="bridge"
    )
    Event.objects.filter(pk=event.pk).update(state=State.HELD)
    release_event(actor=chief, event_id=event.pk, version=1)
    assert client.get(f"/timemap{PAGE}").content.decode().count("memento") == 1


@pytest.mark.parametrize("face", ["timegate", "timemap"])
def test_what_is_gone_is_gone_here_too(client: Client, chief: Actor, event: Event, face: str) -> None:
    withdraw_event(actor=chief, event_id=event.pk, version=event.version, reason="Wrong.")
    assert client.get(f"/{face}{PAGE}").status_code == 410


@pytest.mark.parametrize("face", ["timegate", "timemap"])
@pytest.mark.parametrize(
    "path",
    ["/", "/search/", "/news/2004/02/9/nothing.html", "/xx/news/2004/02/9/bridge.html",
     "/news/2004/99/9/x.html", "/news/2004/99/9/", "/contexts/", "/timegate/news/2004/02/9/bridge.html",
     "/%00", "/news/2004/02/9/index.html"],
)  # fmt: skip
def test_other_addresses_have_none(client: Client, event: Event, face: str, path: str) -> None:
    assert client.get(f"/{face}{path}").status_code == 404


def test_former_addresses_lead_to_the_present_ones(client: Client, event: Event) -> None:
    make.former_address(event, "former")
    assert gate(client, FIRST, "/news/2004/02/9/former.html") == (302, f"/as-of/20200102000000{PAGE}")
    response = client.get("/timemap/news/2004/02/9/former.html")
    assert (response.status_code, response.headers["Location"]) == (301, f"/timemap{PAGE}")


def test_the_number_of_queries(client: Client, event: Event) -> None:
    def cost(path: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    assert cost(f"/timegate{PAGE}") == 3  # the address; its states; the version
    assert cost(f"/timemap{PAGE}") == 3
    assert cost("/timemap/news/2004/02/9/") == 3  # events; their states; their revisions
    assert (
        cost(f"/as-of/20200103000000{PAGE}") == 4
    )  # the address; the document; revisions since; that of then
