"""``/report/ID/``: a reader's report reaches the editors and nothing else, and its outcome the reader."""

from __future__ import annotations

import re
from html import unescape
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import senders
from events.actions.removal.remove import remove_event
from events.actions.review import reports
from events.actions.review.decide import decide_review
from events.actions.withdraw import withdraw_event
from events.models import Event, ReviewItem
from events.public import report, report_form
from events.senders import Allowance
from events.vocabulary import ReviewKind, ReviewState, Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
TEXT = "The treaty of 1975 is signed in Łódź & elsewhere."
FORM = "application/x-www-form-urlencoded"
HONEST = {"quote": "1975", "fix": "1957", "source": "https://paper.example/1", "message": "Page 3."}


@pytest.fixture
def reader() -> Client:
    """Somebody without a cookie, before a site that checks what it can."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def slow_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if everybody took their time."""
    monkeypatch.setattr(report_form, "YOUNGEST", 0.0)


def ticket_of(client: Client, event: Event) -> str:
    html = client.get(f"/report/{event.pk}/").content.decode()
    found = re.search(r'name="ticket" value="([^"]+)"', html)
    assert found is not None
    return unescape(found[1])


def send(client: Client, event: Event, ticket: str = "", **said: str) -> tuple[int, str]:
    """Status, and where it leads or what it says."""
    form = {"ticket": ticket or ticket_of(client, event), **(said or HONEST)}
    answer = client.post(f"/report/{event.pk}/", form_body(form), content_type=FORM)
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.headers.get("Location", "") or answer.content.decode()


def form_body(form: dict[str, str]) -> str:
    return urlencode(form)


def waiting() -> list[ReviewItem]:
    return list(ReviewItem.objects.open().filter(kind=ReviewKind.REPORT))


def test_the_form_shows_the_text_keeps_no_copy_and_sets_no_cookie(reader: Client) -> None:
    event = make.make_event(TEXT)
    answer = reader.get(f"/report/{event.pk}/", {"quote": "1975"})
    html = answer.content.decode()
    assert "Łódź &amp; elsewhere" in html
    assert re.search(r"<textarea id=\"quote\"[^>]*>\s*1975</textarea>", html)
    assert '<meta name="robots" content="noindex">' in html
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Disallow: /report/" in reader.get("/robots.txt").content.decode()


def test_the_event_leads_to_the_form(reader: Client) -> None:
    event = make.make_event(TEXT)
    html = reader.get(f"/e/{event.pk}", follow=True).content.decode()
    assert f'href="/report/{event.pk}/"' in html


def test_words_to_fill_in_must_stand_in_the_text(reader: Client) -> None:
    event = make.make_event(TEXT)
    html = reader.get(f"/report/{event.pk}/", {"quote": "Buy our pills"}).content.decode()
    assert "pills" not in html


def test_a_report_waits_for_an_editor_and_changes_nothing(reader: Client) -> None:
    event = make.make_event(TEXT)
    status, place = send(reader, event)
    assert status == 303
    item = waiting()[0]
    assert {name: item.data[name] for name in HONEST} == HONEST
    assert item.event_id == event.pk
    event.refresh_from_db()
    assert (event.text, event.version) == (TEXT, 1)
    token = place.removeprefix("/report/outcome/").rstrip("/")
    assert token.partition("-")[2] not in str(item.data) + item.key
    page = reader.get(place)
    assert "It waits for an editor." in page.content.decode()
    assert not page.cookies
    assert page.headers["Cache-Control"] == "no-store"


def test_accepted_the_reporter_is_led_to_the_correction(reader: Client) -> None:
    event = make.make_event(TEXT)
    place = send(reader, event)[1]
    decide_review(actor=make_person(Role.EDITOR), item_id=waiting()[0].pk, accept=True, note="Right, thanks.")
    event.refresh_from_db()
    assert event.text == TEXT.replace("1975", "1957")
    html = reader.get(place).content.decode()
    assert "It was accepted." in html
    assert "Right, thanks." in html
    link = re.search(r'href="(/corrections/\?before=\d+#revision-\d+-\d+)"', html)
    assert link is not None
    path, _, entry = unescape(link[1]).partition("#")
    assert f'id="{entry}"' in reader.get(path).content.decode()


def test_declined_the_reporter_reads_why_as_it_was_written(reader: Client) -> None:
    event = make.make_event(TEXT)
    place = send(reader, event)[1]
    actor = make_person(Role.EDITOR)
    decide_review(actor=actor, item_id=waiting()[0].pk, accept=False, note="No: <b>1975</b> is right.")
    html = reader.get(place).content.decode()
    assert "It was declined." in html
    assert "No: &lt;b&gt;1975&lt;/b&gt; is right." in html
    assert "/corrections/?before" not in html


@pytest.mark.parametrize(
    ("said", "part", "words"),
    [
        ({"quote": "1976", "fix": "1957"}, "quote", "do not stand in the text"),
        ({"quote": "1975"}, "fix", "Say what should stand there"),
        ({"quote": "1975", "fix": "1975"}, "fix", "stands there now"),
        ({"fix": "1957"}, "quote", "Say which words"),
        ({"message": "x" * 2001}, "message", "too long"),
        ({"message": "See.", "source": "javascript:alert(1)"}, "source", "no web address"),
        ({"message": " \x00\x1b\n "}, "fix", "or write a message"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    reader: Client, said: dict[str, str], part: str, words: str
) -> None:
    event = make.make_event(TEXT)
    status, html = send(reader, event, **said)
    assert status == 422
    assert re.search(rf'id="{part}"[^>]* aria-invalid="true"', html)
    fault = re.search(rf'id="{part}-fault">([^<]*)<', html)
    assert fault is not None
    assert words in fault[1]
    assert waiting() == []


def test_what_was_written_stands_in_the_form_that_comes_back(reader: Client) -> None:
    event = make.make_event(TEXT)
    status, html = send(
        reader, event, quote='"><script>alert(1)</script>', fix="</textarea><b>", message="Hm."
    )
    assert status == 422
    assert "&quot;&gt;&lt;script&gt;alert(1)" in html
    assert "&lt;/textarea&gt;&lt;b&gt;" in html
    assert "<script>alert" not in html


def test_a_message_alone_is_enough(reader: Client) -> None:
    assert send(reader, make.make_event(TEXT), message="The wrong Łódź.")[0] == 303


def test_control_characters_are_left_out(reader: Client) -> None:
    send(reader, make.make_event(TEXT), quote="19\x0075", fix="19\x1b57", message="a\r\nb")
    data = waiting()[0].data
    assert (data["quote"], data["fix"], data["message"]) == ("1975", "1957", "a b")


@pytest.mark.parametrize("ticket", ["", "x", "WzEsMV0:1tNbC0:forged", "é", "a" * 500])
def test_a_form_that_we_did_not_sign_is_shown_anew(reader: Client, ticket: str) -> None:
    event = make.make_event(TEXT)
    answer = reader.post(f"/report/{event.pk}/", form_body({**HONEST, "ticket": ticket}), content_type=FORM)
    assert answer.status_code == 422
    assert "open for too long" in answer.content.decode()
    assert waiting() == []


def test_the_ticket_of_another_event_is_none(reader: Client) -> None:
    event, other = make.make_event(TEXT), make.make_event("Another.")
    assert send(reader, event, ticket_of(reader, other))[0] == 422
    assert waiting() == []


def test_an_expired_ticket_is_replaced_and_nothing_typed_is_lost(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make.make_event(TEXT)
    ticket = ticket_of(reader, event)
    with monkeypatch.context() as later:
        later.setattr(report_form, "OLDEST", -1.0)
        status, html = send(reader, event, ticket)
    assert status == 422
    assert "Page 3." in html
    fresh = re.search(r'name="ticket" value="([^"]+)"', html)
    assert fresh is not None
    assert send(reader, event, unescape(fresh[1]))[0] == 303


def test_a_ticket_is_one_text_whenever_it_is_signed() -> None:
    ticket = report_form.Ticket(7, 2, 1_796_025_438.9, "nonce")
    with mock.patch("time.time", return_value=1_796_025_439.0):
        first = ticket.signed
    with mock.patch("time.time", return_value=1_796_025_441.5):
        assert ticket.signed == first
        assert report_form.read_ticket(first, 7) == ticket


def test_nobody_fills_it_in_at_once(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make.make_event(TEXT)
    ticket = ticket_of(reader, event)
    with monkeypatch.context() as hasty:
        hasty.setattr(report_form, "YOUNGEST", 600.0)  # a loaded machine takes its time
        status, html = send(reader, event, ticket)
    assert status == 422
    assert ticket in unescape(html)
    assert waiting() == []
    assert send(reader, event, ticket)[0] == 303


def test_the_field_that_nobody_sees_must_stay_empty(reader: Client) -> None:
    event = make.make_event(TEXT)
    assert send(reader, event, **HONEST, website="https://pills.example/")[0] == 422
    assert waiting() == []


def test_sending_a_form_twice_is_sending_it_once(reader: Client) -> None:
    event = make.make_event(TEXT)
    ticket = ticket_of(reader, event)
    first, second = send(reader, event, ticket), send(reader, event, ticket)
    assert first == second
    assert len(waiting()) == 1
    decide_review(actor=make_person(Role.EDITOR), item_id=waiting()[0].pk, accept=False, note="No.")
    assert send(reader, event, ticket) == first
    assert waiting() == []


def test_two_readers_who_say_the_same_are_one_question_with_two_links(reader: Client) -> None:
    event = make.make_event(TEXT)
    one, two = send(reader, event)[1], send(reader, event, quote="1975", fix="1957")[1]
    assert one != two
    assert len(waiting()) == 1
    assert len(waiting()[0].data["tokens"]) == 2
    for place in (one, two):
        assert reader.get(place).status_code == 200
    send(reader, event, quote="1975", fix="1957", message="And another thing.")
    assert len(waiting()) == 2


def test_a_text_that_changed_meanwhile_is_shown_before_the_report_is_taken(reader: Client) -> None:
    event = make.make_event(TEXT)
    ticket = ticket_of(reader, event)
    Event.objects.filter(pk=event.pk).update(version=2)
    status, html = send(reader, event, ticket)
    assert status == 409
    fresh = re.search(r'name="ticket" value="([^"]+)"', html)
    assert fresh is not None
    assert send(reader, event, unescape(fresh[1]))[0] == 303


def test_one_sender_may_send_so_many_a_day_and_no_address_is_kept(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "REPORTS", Allowance("report", 2, 24 * 3600))
    event = make.make_event(TEXT)
    said = [{"message": f"Number {number}."} for number in range(4)]
    assert [send(reader, event, **one)[0] for one in said] == [303, 303, 429, 429]
    assert Client(REMOTE_ADDR="192.0.2.9").post(f"/report/{event.pk}/").status_code == 415
    assert send(Client(REMOTE_ADDR="192.0.2.9"), event, **said[2])[0] == 303
    assert "127.0.0.1" not in str([(item.key, item.data) for item in waiting()])
    assert "127.0.0.1" not in str(getattr(cache, "_cache", ""))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"REMOTE_ADDR": "2001:db8:1:2::7"}, {"REMOTE_ADDR": "2001:db8:1:2:9::1"}, True),
        ({"REMOTE_ADDR": "2001:db8:1:2::7"}, {"REMOTE_ADDR": "2001:db8:1:3::7"}, False),
        ({"REMOTE_ADDR": "::ffff:192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.1"}, True),
        ({"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}, False),
        ({"REMOTE_ADDR": ""}, {"REMOTE_ADDR": "a socket"}, True),
        # What a sender claims of itself stands before what the proxy wrote.
        (
            {"HTTP_X_FORWARDED_FOR": "9.9.9.9, 192.0.2.1"},
            {"HTTP_X_FORWARDED_FOR": "8.8.8.8, 192.0.2.1"},
            True,
        ),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.2"}, False),
    ],
)
def test_who_counts_as_one_sender(
    one: dict[str, str], other: dict[str, str], same: bool, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.BEHIND_PROXY = "HTTP_X_FORWARDED_FOR" in one
    monkeypatch.setattr(report, "REPORTS", Allowance("report", 1, 24 * 3600))
    event = make.make_event(TEXT)
    assert send(Client(**one), event, message="One.")[0] == 303
    assert send(Client(**other), event, message="Two.")[0] == (429 if same else 303)


def test_a_broken_cache_breaks_neither_form_nor_limit(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def add(self, *_: object) -> None:
            raise ConnectionError

    monkeypatch.setattr(senders, "cache", Broken())
    monkeypatch.setattr(report, "REPORTS", Allowance("report", 1, 24 * 3600))
    senders._here.clear()
    event = make.make_event(TEXT)
    assert send(reader, event, message="One.")[0] == 303
    assert send(reader, event, message="Two.")[0] == 429


def test_so_many_may_wait_for_one_event_and_within_an_hour(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "OPEN_MOST", 2)
    monkeypatch.setattr(reports, "HOURLY_MOST", 3)
    event, other = make.make_event(TEXT), make.make_event("Another text.")
    said = [{"message": f"Number {number}."} for number in range(3)]
    assert [send(reader, event, **one)[0] for one in said] == [303, 303, 429]
    assert send(reader, other, message="One.")[0] == 303
    assert send(reader, other, message="Two.")[0] == 429
    ReviewItem.objects.update(state=ReviewState.REJECTED)
    assert send(reader, other, message="Two.")[0] == 303


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.DRAFT, 404), (State.HELD, 404), (State.WITHDRAWN, 410), (State.LEGAL, 451)],
)
def test_what_is_not_public_takes_no_report(reader: Client, state: State, expected: int) -> None:
    event = make.make_event(TEXT, state=state)
    for answer in (
        reader.get(f"/report/{event.pk}/"),
        reader.post(f"/report/{event.pk}/", form_body(HONEST), content_type=FORM),
    ):
        assert answer.status_code == expected
        assert b"treaty" not in answer.content
    assert waiting() == []


def test_a_merged_event_leads_to_the_form_of_the_other(reader: Client) -> None:
    event = make.make_event(TEXT)
    merged = make.make_event("The same.", into=event)
    answer = reader.get(f"/report/{merged.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/report/{event.pk}/")
    for path in (f"/report/0{event.pk}/", f"/report/{event.pk}"):
        assert reader.get(path).headers["Location"] == f"/report/{event.pk}/"


@pytest.mark.parametrize(
    "path",
    [
        "/report/999999/",
        "/report/9999999999999999999/",
        "/report/x/",
        "/report/-1/",
        "/report/",
        "/zh/report/1/",
    ],
)
def test_there_is_no_form_without_an_event(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_only_small_forms_are_read(reader: Client) -> None:
    path = f"/report/{make.make_event(TEXT).pk}/"
    assert reader.post(path, HONEST).status_code == 415
    assert reader.post(path, "{}", content_type="application/json").status_code == 415
    assert reader.post(path, "message=" + "x" * 40_000, content_type=FORM).status_code == 413
    assert reader.post(path, "&".join(["a=1"] * 2000), content_type=FORM).status_code == 400
    assert reader.put(path, "a=1").status_code == 405
    assert reader.post(path, b"%ff%00=%ff&ticket=%ed%a0%80", content_type=FORM).status_code == 422
    assert waiting() == []


@pytest.mark.parametrize(
    "token",
    ["x", "1", "1-", "1-" + "0" * 32, "0-" + "0" * 32, "9" * 19 + "-" + "0" * 32, "١-" + "a" * 32, "%00"],
)
def test_a_guessed_link_says_nothing(reader: Client, token: str) -> None:
    send(reader, make.make_event(TEXT))
    answer = reader.get(f"/report/outcome/{token}/")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_report_of_a_withdrawn_event_repeats_none_of_its_words(reader: Client) -> None:
    event = make.make_event(TEXT)
    place = send(reader, event)[1]
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, reason="Not ours.")
    html = reader.get(place).content.decode()
    assert "1975" not in html
    assert "The event is not public any more." in html


def test_a_legal_removal_takes_the_report_and_its_link_away(reader: Client) -> None:
    event = make.make_event(TEXT)
    place = send(reader, event)[1]
    remove_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, reason="A court said so.")
    assert reader.get(place).status_code == 404


def test_it_speaks_the_language_of_its_event(reader: Client) -> None:
    event = make.make_event("条约于1975年签署。", edition="zh")
    html = reader.get(f"/report/{event.pk}/").content.decode()
    assert '<html lang="zh"' in html
    assert "报告错误" in html
    place = send(reader, event, quote="1975", fix="1957")[1]
    assert "等待编辑处理" in reader.get(place).content.decode()


def test_what_it_costs(reader: Client) -> None:
    event = make.make_event(TEXT)
    place = send(reader, event)[1]

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(path).status_code == 200
        return len(queries)

    form, outcome = cost(f"/report/{event.pk}/"), cost(place)
    assert (form, outcome) == (1, 1)
    for number in range(3):
        send(reader, event, message=f"Number {number}.")
    assert (cost(f"/report/{event.pk}/"), cost(place)) == (form, outcome)
