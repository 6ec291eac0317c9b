"""events/admin/webhooks.py: webhooks are made, watched, tried and replayed by administrators."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from events.models import Change, Webhook, WebhookDelivery
from events.vocabulary import CHANGE_TYPES, Role
from tests.factories import make_event
from tests.receivers import receiver, status
from tests.webhooks import checked, correct, served

LIST = "/admin/webhooks/"


@pytest.fixture
def admin_desk(sit: Callable[..., Client], settings: LazySettings) -> Client:
    settings.WEBHOOKS_PRIVATE = ["127.0.0.0/8", "::1/128"]
    return sit(Role.ADMINISTRATOR)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def make(desk: Client, url: str, **asked: object) -> tuple[Webhook, Verifier]:
    page = text(desk.post(f"{LIST}new/", {"url": url, **asked}))
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert found is not None, page
    return Webhook.objects.latest("pk"), Verifier(found[0])


def test_a_secret_is_shown_once_and_verifies_what_is_sent(admin_desk: Client) -> None:
    event = make_event()
    with receiver() as there:
        webhook, verifier = make(admin_desk, there.url, note="the  newsroom")
        correct(event, "Changed.")
        served(webhook)
        checked(verifier, there.received[0])
    page = text(admin_desk.get(f"{LIST}{webhook.pk}/"))
    assert "whsec_" not in page + text(admin_desk.get(LIST))
    assert webhook.note == "the newsroom"
    assert "event.corrected" in page
    assert "Healthy" in page
    assert "Disabled" not in page
    said = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert "Made." in said
    assert "whsec_" not in said
    assert there.url not in said


def test_the_page_with_a_secret_is_kept_nowhere(admin_desk: Client) -> None:
    answer = admin_desk.post(f"{LIST}new/", {"url": "https://hooks.example/"})
    assert "no-store" in answer["Cache-Control"]
    assert "whsec_" not in str(answer.cookies)
    webhook = Webhook.objects.get()
    assert "whsec_" not in " ".join(str(value) for value in vars(webhook).values())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://user:word@hooks.example/", "user name"),
        ("ftp://hooks.example/", "https://"),
        ("https://hooks.example/\r\nX: y", "not taken|blanks"),
        ("https://hooks.example/#x", "fragment"),
    ],
)
def test_what_no_message_can_go_to_is_refused_with_what_was_typed(
    admin_desk: Client, url: str, said: str
) -> None:
    page = text(admin_desk.post(f"{LIST}new/", {"url": url, "note": "kept"}))
    assert re.search(said, page)
    assert 'value="kept"' in page
    assert not Webhook.objects.exists()


def test_plain_http_is_refused_on_a_real_site(sit: Callable[..., Client]) -> None:
    page = text(sit(Role.ADMINISTRATOR).post(f"{LIST}new/", {"url": "http://hooks.example/"}))
    assert "must begin with https://" in page


def test_where_it_goes_and_what_it_is_told_of_can_be_changed(admin_desk: Client) -> None:
    webhook, _ = make(admin_desk, "https://hooks.example/")
    page = text(admin_desk.get(f"{LIST}{webhook.pk}/edit/"))
    assert all(f'value="{name}"' in page for name in CHANGE_TYPES)
    admin_desk.post(
        f"{LIST}{webhook.pk}/edit/",
        {"url": "https://other.example/", "types": ["event.withdrawn", "event.created"], "edition": "zh"},
    )
    webhook.refresh_from_db()
    assert (webhook.url, webhook.types, webhook.edition) == (
        "https://other.example/", ["event.created", "event.withdrawn"], "zh",
    )  # fmt: skip
    assert LogEntry.objects.latest("pk").change_message == "Changed: url, edition, types."


def test_failures_show_with_their_answers_and_a_test_can_be_sent(admin_desk: Client) -> None:
    event = make_event()
    with receiver(status(503, body=b"<b>busy</b>"), status(200)) as there:
        webhook, _ = make(admin_desk, there.url)
        correct(event, "Changed.")
        served(webhook)
        page = text(admin_desk.get(f"{LIST}{webhook.pk}/"))
        assert "Failing" in page
        assert "503" in page
        assert "&lt;b&gt;busy&lt;/b&gt;" in page
        admin_desk.post(f"{LIST}{webhook.pk}/test/")
        served(webhook)
    page = text(admin_desk.get(f"{LIST}{webhook.pk}/"))
    assert "Healthy" in page
    assert WebhookDelivery.objects.filter(change=None, state="delivered").count() == 1


def test_it_is_disabled_enabled_and_told_what_it_missed(admin_desk: Client) -> None:
    event = make_event()
    with receiver() as there:
        webhook, _ = make(admin_desk, there.url)
        admin_desk.post(f"{LIST}{webhook.pk}/disable/")
        assert "Disabled by administrator." in text(admin_desk.get(f"{LIST}{webhook.pk}/"))
        correct(event, "Changed.")
        assert served(webhook) == (0, 0, 0)
        answer = admin_desk.post(f"{LIST}{webhook.pk}/test/", follow=True)
        assert "It is disabled; enable it first." in text(answer)
        admin_desk.post(f"{LIST}{webhook.pk}/enable/")
        assert served(webhook).arrived == 1
    assert admin_desk.get(f"{LIST}{webhook.pk}/enable/").status_code == 405
    assert admin_desk.post(f"{LIST}{webhook.pk}/nonsense/").status_code == 404


def test_a_page_that_is_sent_twice_rotates_once(admin_desk: Client) -> None:
    webhook, _ = make(admin_desk, "https://hooks.example/")
    seen = {"seen": webhook.fingerprint}
    assert webhook.fingerprint in text(admin_desk.get(f"{LIST}{webhook.pk}/rotate/"))
    assert "whsec_" in text(admin_desk.post(f"{LIST}{webhook.pk}/rotate/", seen))
    webhook.refresh_from_db()
    answer = admin_desk.post(f"{LIST}{webhook.pk}/rotate/", seen, follow=True)
    assert "It has had a new secret since" in text(answer)
    again = Webhook.objects.get()
    assert again.fingerprint == webhook.fingerprint


def test_a_replay_says_first_what_it_spans(admin_desk: Client) -> None:
    event = make_event()
    with receiver() as there:
        webhook, _ = make(admin_desk, there.url)
        seqs = [correct(event, f"Text {number}.").seq for number in range(3)]
        Change.objects.filter(seq__lte=seqs[0]).erase(at=timezone.now() - dt.timedelta(days=2))
        served(webhook)
        since = Change.objects.get(seq=seqs[1]).at
        page = text(admin_desk.get(f"{LIST}{webhook.pk}/replay/?after=&since={since:%Y-%m-%d}"))
        assert "<strong>2</strong> changes" in page
        assert "Name a number" in text(admin_desk.get(f"{LIST}{webhook.pk}/replay/?after=&since="))
        for said in ("soon", "0001-01-01T00:00:00%2B23:59"):
            assert "Write a moment" in text(admin_desk.get(f"{LIST}{webhook.pk}/replay/?since={said}"))
        assert "Nothing after" in text(admin_desk.get(f"{LIST}{webhook.pk}/replay/?after={seqs[2] + 5}"))
        admin_desk.post(f"{LIST}{webhook.pk}/replay/", {"after": seqs[0]})
        assert served(webhook).arrived == 2
        assert len(there.received) == 5


def test_a_deleted_webhook_is_gone_with_its_records(admin_desk: Client) -> None:
    webhook, _ = make(admin_desk, "https://hooks.example/")
    admin_desk.post(f"{LIST}{webhook.pk}/test/")
    assert "hooks.example" in text(admin_desk.get(f"{LIST}{webhook.pk}/delete/"))
    admin_desk.post(f"{LIST}{webhook.pk}/delete/")
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert admin_desk.get(f"{LIST}{webhook.pk}/").status_code == 404
    said = LogEntry.objects.latest("pk")
    assert (said.object_repr, said.change_message) == (
        f"Webhook {webhook.pk}", "Deleted; it went to hooks.example.",
    )  # fmt: skip


def test_the_page_says_when_nobody_sends(admin_desk: Client) -> None:
    webhook, _ = make(admin_desk, "https://hooks.example/")
    admin_desk.post(f"{LIST}{webhook.pk}/test/")
    assert "manage.py deliver_webhooks" not in text(admin_desk.get(LIST))
    past = timezone.now() - dt.timedelta(minutes=5)
    Webhook.objects.update(next_try_at=past, leased_until=past)
    WebhookDelivery.objects.update(next_try_at=past)
    assert "manage.py deliver_webhooks" in text(admin_desk.get(LIST))
    assert "manage.py deliver_webhooks" in text(admin_desk.get(f"{LIST}{webhook.pk}/"))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_webhook_and_for_three(
    admin_desk: Client, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(count):
        make(admin_desk, f"https://hooks{number}.example/")
        for _ in range(count):
            admin_desk.post(f"{LIST}{Webhook.objects.latest('pk').pk}/test/")
    admin_desk.get(LIST)
    newest = f"{LIST}{Webhook.objects.latest('pk').pk}/"
    # Session, user, two for permissions, the webhooks; then the deliveries.
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        admin_desk.get(LIST)
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        admin_desk.get(newest)
