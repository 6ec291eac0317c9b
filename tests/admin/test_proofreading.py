"""Proofreading at the desk: who sees what, deciding one finding, accepting all of a rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.bulk.running import run_bulk_change
from events.actions.proofreading.run import proofread
from events.models import BulkChange, Event, ReviewItem, Revision
from events.text.proofreading import RULES
from events.vocabulary import ReviewState, Role
from tests.factories import make_event

pytestmark = pytest.mark.django_db
RULES_PAGE = "/admin/proofreading/"


def page(rule: str) -> str:
    return reverse("admin:proofreading_rule", args=[rule])


def decide(client: Client, item: ReviewItem, answer: str, **more: str) -> str:
    return client.post(
        reverse("admin:proofreading_decide", args=[item.pk]), {"answer": answer}, follow=True, **more
    ).content.decode()


def spoil(count: int = 1) -> list[ReviewItem]:
    for number in range(count):
        make_event(f"In town {number} the goverment stays.. It rains.")
    proofread()
    return list(ReviewItem.objects.filter(data__rule="misspelling").order_by("pk"))


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_rules_say_how_often_they_are_right_and_how_many_findings_wait(desk: Client) -> None:
    spoil(2)
    shown = desk.get(RULES_PAGE).content.decode()
    for rule in RULES.values():
        assert reverse("admin:proofreading_rule", args=[rule.id]) in shown
    assert "<strong>4</strong> findings wait" in shown
    assert "(27 of 27 judged)" in shown
    assert "not judged" in shown


def test_a_rule_shows_its_examples_and_its_findings_as_differences(desk: Client) -> None:
    spoil()
    shown = desk.get(page("misspelling")).content.decode()
    assert "<del>goverment</del><ins>government</ins>" in shown
    assert RULES["misspelling"].explanation in shown
    assert "Left alone:" in shown
    assert desk.get(page("no-such-rule")).status_code == 404


def test_a_mark_is_shown_with_the_word_it_stands_after(desk: Client) -> None:
    spoil()
    assert "<del>stays..</del><ins>stays.</ins> It rains." in desk.get(page("doubled-mark")).content.decode()


def test_what_has_no_fix_is_marked_and_corrected_by_hand(desk: Client) -> None:
    event = make_event("A coin weighing , is stolen.")
    proofread()
    shown = desk.get(page("lost-words")).content.decode()
    assert "A coin <mark>weighing </mark>, is stolen." in shown
    assert "Correct it" in shown
    assert reverse("admin:events_event_change", args=[event.pk]) in shown
    assert 'value="accept"' not in shown
    item = ReviewItem.objects.get()
    for path in (reverse("admin:queue"), reverse("admin:queue_item", args=[item.pk])):
        assert "None" not in desk.get(path).content.decode()


def test_everybody_with_a_role_may_look_and_only_editors_decide(sit: Callable[..., Client]) -> None:
    (item,) = spoil()
    for role, status in ((Role.VIEWER, 403), (Role.CONTRIBUTOR, 403)):
        client = sit(role)
        assert client.get(RULES_PAGE).status_code == 200
        assert 'value="accept"' not in client.get(page("misspelling")).content.decode()
        url = reverse("admin:proofreading_decide", args=[item.pk])
        assert client.post(url, {"answer": "accept"}).status_code == status
    assert sit(None).get(RULES_PAGE).status_code == 403
    item.refresh_from_db()
    assert item.state == ReviewState.OPEN


def test_accepting_a_finding_corrects_the_event_and_is_logged(desk: Client) -> None:
    (item,) = spoil()
    shown = decide(desk, item, "accept")
    assert "Accept the fix: goverment" in shown
    assert Event.objects.get().text == "In town 0 the government stays.. It rains."
    revision = Revision.objects.get(number=2)
    assert (revision.grade, revision.actor_name) == ("typo", "editor")
    assert {entry.content_type.model for entry in LogEntry.objects.all()} == {"event", "reviewitem"}


def test_a_finding_that_is_no_error_is_gone_from_the_list(desk: Client) -> None:
    (item,) = spoil()
    decide(desk, item, "ignore")
    item.refresh_from_db()
    assert item.state == ReviewState.REJECTED
    assert "goverment" not in desk.get(page("misspelling")).content.decode().partition("Findings")[2]
    assert Event.objects.get().version == 1


def test_without_a_page_load_the_finding_alone_is_drawn_anew(desk: Client) -> None:
    (item,) = spoil()
    shown = decide(desk, item, "accept", HTTP_HX_REQUEST="true")
    assert shown.startswith(f'\n<li id="finding-{item.pk}"')
    assert "<html" not in shown
    again = decide(desk, item, "accept", HTTP_HX_REQUEST="true")
    assert "answered already" in again


def test_what_was_refused_is_said_and_nothing_is_a_server_error(desk: Client) -> None:
    (item,) = spoil()
    Event.objects.update(text="Nothing of it stands.")
    assert "no longer stand" in decide(desk, item, "accept")
    assert desk.get(reverse("admin:proofreading_decide", args=[item.pk])).status_code == 405
    assert desk.post(reverse("admin:proofreading_decide", args=[10**9])).status_code == 404


def test_a_whole_rule_is_accepted_after_a_look_and_can_be_undone(chief_desk: Client) -> None:
    items = spoil(3)
    look = reverse("admin:proofreading_accept", args=["misspelling"])
    assert look in chief_desk.get(page("misspelling")).content.decode()
    shown = chief_desk.get(look).content.decode()
    assert "<strong>3</strong> fixes in <strong>3</strong> events" in shown
    answer = chief_desk.post(look, {"seen": "3", "without": [str(items[0].pk)]})
    change = BulkChange.objects.get()
    assert answer.headers["Location"] == reverse("admin:bulk_change", args=[change.pk])
    run_bulk_change(change.pk)
    stands = [event.text.split()[4] for event in Event.objects.order_by("pk")]
    assert stands == ["goverment", "government", "government"]
    shown = chief_desk.get(RULES_PAGE).content.decode()
    assert "2 events changed" in shown
    assert reverse("admin:bulk_undo", args=[change.pk]) in shown


def test_more_findings_than_were_seen_are_looked_at_again(chief_desk: Client) -> None:
    spoil(2)
    look = reverse("admin:proofreading_accept", args=["misspelling"])
    shown = chief_desk.post(look, {"seen": "1"}, follow=True).content.decode()
    assert "look again" in shown
    assert not BulkChange.objects.exists()


def test_editors_and_rules_that_only_suggest_accept_nothing_as_a_whole(
    desk: Client, chief_desk: Client
) -> None:
    spoil()
    look = reverse("admin:proofreading_accept", args=["misspelling"])
    assert look not in desk.get(page("misspelling")).content.decode()
    assert desk.post(look, {"seen": "1"}).status_code == 403
    assert chief_desk.get(reverse("admin:proofreading_accept", args=["space-before-mark"])).status_code == 404


def test_findings_are_paged_by_key_and_by_edition(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.admin.proofreading._AT_ONCE", 2)
    for number in range(3):
        make_event(f"Rome {number} [http://news.example/{number}]")
    make_event("總統辭職[http://news.example/4]", edition="zh")
    proofread()
    first = desk.get(page("address-in-text")).content.decode()
    assert first.count('class="words') == 2
    after = ReviewItem.objects.order_by("pk")[1].pk
    assert f"after={after}" in first
    assert desk.get(f"{page('address-in-text')}?after={after}").content.decode().count('class="words') == 2
    assert desk.get(f"{page('address-in-text')}?edition=zh").content.decode().count('class="words') == 1


@pytest.mark.parametrize("path", ["", "misspelling/", "misspelling/accept/"])
def test_pages_cost_no_query_more_for_more_findings(chief_desk: Client, path: str) -> None:
    spoil()
    chief_desk.get(RULES_PAGE + path)
    one = queries(chief_desk, RULES_PAGE + path)
    assert one <= 15
    spoil(2)
    assert queries(chief_desk, RULES_PAGE + path) == one
