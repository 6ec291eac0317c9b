"""An event's history: every version that readers could have, and nothing that they never could."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.contexts.edit import rewrite_documents
from events.actions.correct import correct_event, create_event
from events.actions.curate import pin_related
from events.actions.recording import Actor, recording
from events.actions.removal.remove import remove_event
from events.actions.values import EventValues, change_of
from events.actions.withdraw import release_event, restore_event, withdraw_event
from events.models import Address, Event
from events.vocabulary import ChangeKind, Grade, Role, State
from tests import factories as make
from tests.people import make_person, make_robot

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF, name="erika")


def write(actor: Actor, text: str = "A bridge opens in Oslo.") -> Event:
    return create_event(actor=actor, edition="en", date=make.DAY, text=text, category="other")


def correct(actor: Actor, event: Event, note: str = "", **values: object) -> None:
    event.refresh_from_db()
    grade = Grade.CORRECTION if note else Grade.TYPO
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values=EventValues(**values), grade=grade,
        note=note,
    )  # fmt: skip


def updated_by_robot(event: Event, text: str) -> None:
    robot = make_robot()
    event.refresh_from_db()
    with recording(robot) as trace:
        before, event.text = event.text, text
        trace.revise_event(event, ChangeKind.UPDATED, {"text": change_of(before, text)})
        event.save()


def address(event: Event) -> str:
    return Address.objects.get(event=event, current=True).path


def history(client: Client, event: Event, rest: str = "") -> str:
    response = client.get(f"{address(event)}/history/{rest}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_tells_what_changed_who_changed_it_when_and_why(client: Client, chief: Actor) -> None:
    event = write(chief)
    correct(chief, event, "It was Bergen.", text="A bridge opens in Bergen.", contexts=["Bergen"])
    html = history(client, event)
    assert re.search(r"<del>Oslo</del><ins>Bergen</ins>", html)
    assert "<li><ins>Bergen</ins></li>" in html
    for part in ("<h2>Correction</h2>", "<h2>Published</h2>", "It was Bergen.", "erika", "revision 2"):
        assert part in html, part
    assert html.index("revision 2") < html.index("revision 1 ")
    assert re.search(rf'href="/as-of/[0-9]{{14}}{re.escape(address(event))}\.html"', html)


def test_the_event_links_to_its_history_and_each_correction_into_it(client: Client, chief: Actor) -> None:
    event = write(chief)
    correct(chief, event, "It was Bergen.", text="A bridge opens in Bergen.")
    html = client.get(f"{address(event)}.html").content.decode()
    assert f'<a href="{address(event)}/history/">' in html
    assert f'<a href="{address(event)}/history/#revision-2">' in html
    assert 'id="revision-2"' in history(client, event)


def test_what_robots_changed_is_folded_and_their_first_text_is_not(client: Client, chief: Actor) -> None:
    event = write(chief)
    updated_by_robot(event, "A bridge opens in Oslo today.")
    updated_by_robot(event, "A bridge opens in Oslo at noon.")
    html = history(client, event)
    assert html.count('<details class="robots">') == 1
    folded = html[html.index("<details") : html.index("</details>")]
    assert 'id="revision-3"' in folded
    assert 'id="revision-2"' in folded
    assert 'id="revision-1"' not in folded


def held_event(chief: Actor) -> Event:
    """One that was held with a wrong first text, mended while it was, and then published."""
    event = write(chief, "The secret first words.")
    Event.objects.filter(pk=event.pk).update(state=State.HELD)
    correct(chief, event, "The secret note.", text="The words that readers got.")
    event.refresh_from_db()
    release_event(actor=chief, event_id=event.pk, version=event.version)
    return event


def test_what_was_never_public_is_not_told(client: Client, chief: Actor) -> None:
    event = held_event(chief)
    html = history(client, event)
    assert "secret" not in html.replace(address(event), "")
    assert "The words that readers got." in html
    assert "<h2>Published</h2>" in html
    assert html.count('class="version"') == 1


def test_what_changed_while_it_was_withdrawn_is_told_as_one_change(client: Client, chief: Actor) -> None:
    event = write(chief)
    withdraw_event(actor=chief, event_id=event.pk, version=1, reason="To be checked.")
    correct(chief, event, text="A bridge opens in a secret place.")
    correct(chief, event, text="A bridge opens in Bergen.")
    event.refresh_from_db()
    restore_event(actor=chief, event_id=event.pk, version=event.version, note="Checked.")
    html = history(client, event)
    assert "secret" not in html
    assert re.search(r"<del>Oslo</del><ins>Bergen</ins>", html)
    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "Published again",
        "Taken from the public",
        "Published",
    ]
    assert "To be checked." in html


def test_decisions_about_links_are_told_without_the_events_they_name(client: Client, chief: Actor) -> None:
    event = write(chief)
    pin_related(
        actor=chief, event_id=event.pk, target_id=make.make_event("Another secret.").pk, note="Secret."
    )
    html = history(client, event)
    assert "Related events chosen" in html
    assert "ecret" not in html


def test_a_renamed_context_leaves_the_history_as_it_is(client: Client, chief: Actor) -> None:
    event = write(chief)
    rewrite_documents(chief, [event.pk])
    assert history(client, event).count('class="version"') == 1


@pytest.mark.parametrize("state", [State.DRAFT, State.HELD])
def test_what_is_not_public_has_no_history(client: Client, state: State) -> None:
    make.make_event(slug="quiet", state=state)
    assert client.get("/news/2004/02/9/quiet/history/").status_code == 404


def test_what_is_gone_has_no_history(client: Client, chief: Actor) -> None:
    event = write(chief)
    path = f"{address(event)}/history/"
    withdraw_event(actor=chief, event_id=event.pk, version=1, reason="Wrong.")
    assert client.get(path).status_code == 410
    remove_event(actor=chief, event_id=event.pk, version=2, reason="By order of a court.")
    response = client.get(path)
    assert response.status_code == 451
    assert "Oslo" not in response.content.decode().replace(path, "")


def test_other_addresses_lead_to_the_history(client: Client) -> None:
    stays = make.make_event(slug="stays")
    make.former_address(stays, "former")
    make.make_event("Goes.", slug="goes", state=State.MERGED, into=stays)
    for asked in (
        "/news/2004/02/9/former/history/", "/news/2004/02/9/goes/history/", "/news/2004/2/9/stays/history/",
        "/news/2004/02/09/stays/history/", "/news/2004/02/9/stays/history",
    ):  # fmt: skip
        response = client.get(asked)
        assert (response.status_code, response.headers["Location"]) == (301, "/news/2004/02/9/stays/history/")


@pytest.mark.parametrize("path", ["nothing/history/", "index/history/", "%00/history/", "history/history/"])
def test_no_event_no_history(client: Client, path: str) -> None:
    assert client.get(f"/news/2004/02/9/{path}").status_code == 404


def test_older_versions_are_a_page_away(
    client: Client, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.public.history._AT_ONCE", 2)
    event = write(chief)
    for number in (2, 3):
        correct(chief, event, text=f"A bridge opens in Oslo, {number}.")
    first = history(client, event)
    assert 'id="revision-3"' in first
    assert 'id="revision-1"' not in first
    older = re.search(r'rel="next" href="[^"]+(\?before=2)"', first)
    assert older is not None
    second = history(client, event, older[1])
    assert 'id="revision-1"' in second
    assert ("The newest version" in first, "The newest version" in second) == (False, True)


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 30])
def test_a_wrong_place_is_the_beginning(client: Client, chief: Actor, before: str) -> None:
    assert 'id="revision-1"' in history(client, write(chief), f"?before={before}")


def test_an_unchanged_history_is_not_sent_again(client: Client, chief: Actor) -> None:
    event = write(chief)
    path = f"{address(event)}/history/"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    correct(chief, event, text="A bridge opens in Bergen.")
    assert client.get(path, headers={"if-none-match": etag}).status_code == 200


def test_it_costs_the_same_with_more_versions(client: Client, chief: Actor) -> None:
    event = held_event(chief)

    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            history(client, event)
        return len(queries) - 1  # its address, looked up by this test

    # The address; states; revisions; what nobody saw before the first; the document.
    assert cost() == 5
    for number in range(3):
        correct(chief, event, text=f"A bridge opens, {number}.")
    assert cost() == 5
