"""The review queue: one list, its filters and pages, assignment, and decisions on many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from events.admin.queue import filtering
from events.models import Event, ReviewItem
from events.vocabulary import ReviewKind, ReviewState, Role
from tests.factories import make_context, make_event, make_provenance
from tests.people import make_user
from tests.reviews import ask, conflict, every_kind

QUEUE = "/admin/queue/"


def shown(desk: Client, query: str = "") -> list[int]:
    return [row["item"].pk for row in desk.get(f"{QUEUE}?{query}").context["rows"]]


def queries_of(desk: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(path).status_code == 200
    return len(queries)


def test_the_list_costs_the_same_with_three_of_every_kind_as_with_one(desk: Client) -> None:
    every_kind()
    desk.get(QUEUE)
    one = queries_of(desk, QUEUE)
    every_kind()
    every_kind()
    assert queries_of(desk, QUEUE) == one
    # Session, user, permissions (two), people, ids, rows, harvests, counts, oldest.
    assert one <= 10


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_the_list_and_every_item(sit: Callable[..., Client], role: Role) -> None:
    desk = sit(role)
    for item in every_kind():
        assert escape(item.get_kind_display()) in desk.get(f"{QUEUE}{item.pk}/").content.decode()
    assert len(shown(desk)) == len(ReviewKind)
    page = desk.get(QUEUE).content.decode()
    assert ("Accept…" in page) == (role in (Role.EDITOR, Role.CHIEF, Role.ADMINISTRATOR))


def test_strangers_and_people_without_a_role_see_nothing(sit: Callable[..., Client]) -> None:
    item = conflict()
    for path in (QUEUE, f"{QUEUE}{item.pk}/"):
        assert Client().get(path).status_code == 302
        assert sit(None, name=path).get(path).status_code == 403


def test_counts_say_how_many_of_each_kind_wait_and_since_when(desk: Client) -> None:
    long_ago = timezone.now() - dt.timedelta(days=40)
    ask(make_event(), ReviewKind.HELD, created_at=long_ago)
    ask(make_event(), ReviewKind.HELD)
    ask(make_event(), ReviewKind.REPORT, state=ReviewState.REJECTED)
    answer = desk.get(QUEUE)
    counts = {row["count"].kind: row["count"] for row in answer.context["kinds"]}
    assert (counts["held"].count, counts["report"].count, answer.context["total"]) == (2, 0, 2)
    assert counts["held"].since == long_ago
    assert {row["count"].kind for row in desk.get(f"{QUEUE}?state=rejected").context["kinds"]
            if row["count"].count} == {"report"}  # fmt: skip


def test_each_filter_narrows_the_list(desk: Client) -> None:
    me = User.objects.get(username="editor")
    english = ask(make_event("Envoys sign a treaty.", contexts=["Treaties"]), assigned_to=me)
    chinese = ask(make_event("洪水造成十人死亡。", edition="zh"), ReviewKind.HELD)
    old = ask(make_event("A bridge falls."), created_at=timezone.now() - dt.timedelta(days=10))
    name = ask(None, ReviewKind.CANDIDATE, key="en:Port Azure", data={"name": "Port Azure"})
    done = ask(make_event("Done."), state=ReviewState.REJECTED)
    origin = make_provenance(make_event("Other.")).harvest
    brought = ask(make_event("Brought."), harvest=origin)
    everything = [english.pk, chinese.pk, old.pk, name.pk, brought.pk]
    for query, wanted in {
        "": everything, "kind=held": [chinese.pk], "edition=zh": [chinese.pk],
        "edition=en": [english.pk, old.pk, name.pk, brought.pk], "who=me": [english.pk],
        f"who={me.pk}": [english.pk], "who=nobody": everything[1:], "age=older": [old.pk],
        "age=week": [pk for pk in everything if pk != old.pk], "context=Treaties": [english.pk],
        "context=Nothing": [], "q=treaty+envoys": [english.pk], "q=treaty+bridge": [],
        "q=Azure": [name.pk], "state=rejected": [done.pk],
        f"harvest={origin.pk}": [brought.pk], "order=newest": everything[::-1],
        "kind=nonsense&who=x&harvest=9x&age=1&state=no": everything,
    }.items():  # fmt: skip
        assert shown(desk, query) == wanted, query
    assert len(shown(desk, "state=all")) == 6


def test_pages_go_both_ways_without_counting(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "PAGE", 2)
    event = make_event()
    pks = [ask(event, key=f"k{number}").pk for number in range(5)]
    walked, query = [], ""
    while True:
        answer = desk.get(f"{QUEUE}?{query}")
        walked.append([row["item"].pk for row in answer.context["rows"]])
        if not (query := answer.context["later"]):
            break
    assert walked == [pks[:2], pks[2:4], pks[4:]]
    back = desk.get(f"{QUEUE}?{answer.context['earlier']}")
    assert [row["item"].pk for row in back.context["rows"]] == pks[2:4]
    first = desk.get(f"{QUEUE}?{back.context['earlier']}")
    assert [row["item"].pk for row in first.context["rows"]] == pks[:2]
    assert first.context["earlier"] == ""


def test_items_are_taken_given_and_dropped(desk: Client) -> None:
    items = [ask(make_event(), key=f"k{number}") for number in range(2)]
    other, viewer = make_user(Role.CHIEF, name="carla"), make_user(Role.VIEWER, name="vera")
    selected = [f"{item.pk}:1:" for item in items]
    path = reverse("admin:queue_assign")

    def assigned() -> list[str | None]:
        return list(ReviewItem.objects.order_by("pk").values_list("assigned_to__username", flat=True))

    desk.post(path, {"item": selected, "to": "me"})
    assert assigned() == ["editor", "editor"]
    desk.post(path, {"item": selected[0], "to": "", "person": other.pk})
    desk.post(path, {"item": selected[1], "to": "nobody"})
    assert assigned() == ["carla", None]
    desk.post(path, {"item": selected, "to": "", "person": viewer.pk})
    desk.post(path, {"item": selected, "to": ""})
    assert assigned() == ["carla", None]
    assert LogEntry.objects.filter(change_message__startswith="Assigned to").count() == 4
    assert desk.get(path)["Location"] == desk.get(reverse("admin:queue_bulk"))["Location"] == QUEUE


def test_many_are_decided_after_a_page_says_what_will_be_done(desk: Client) -> None:
    items = [conflict(), conflict(), conflict()]
    Event.objects.filter(pk=items[1].event_id).update(version=5)
    selected = [f"{item.pk}:1:" for item in items]
    path = reverse("admin:queue_bulk")
    asked = desk.post(path, {"item": selected, "answer": "accept", "in": "kind=conflict"})
    assert asked.content.decode().count("upstream’s value is published") == 3
    assert not ReviewItem.objects.exclude(state=ReviewState.OPEN).exists()
    sent = {"seen": asked.context["seen"], "answer": "accept", "confirmed": "1", "note": "Theirs is right."}
    answer = desk.post(path, sent)
    states = list(ReviewItem.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["accepted", "open", "accepted"]
    assert (answer.context["done"], answer.context["refused"]) == (2, 1)
    assert "It has changed since you opened it" in answer.content.decode()
    assert LogEntry.objects.filter(change_message__contains="(one of 3)").count() == 2
    assert desk.post(path, {"answer": "accept"}).status_code == 302


def test_what_a_role_may_not_do_is_refused_for_that_item_only(desk: Client) -> None:
    pair = ask(make_event("One."), ReviewKind.DUPLICATE, other=make_event("Two."))
    kept = conflict()
    sent = {"seen": f"{pair.pk}:1:1 {kept.pk}:1:", "answer": "accept", "confirmed": "1"}
    answer = desk.post(reverse("admin:queue_bulk"), sent)
    assert (answer.context["done"], answer.context["refused"]) == (1, 1)
    assert "your role does not include this" in answer.content.decode()


def test_the_same_replacement_is_answered_on_all_events_at_once(desk: Client) -> None:
    old = {"old": ["Defence Ministry"], "new": ["Ministry of Defence"]}
    same = [
        ask(make_event(contexts=["Ministry of Defence"]), ReviewKind.CONTEXT_REPLACED, key=f"s{n}", data=old)
        for n in range(3)
    ]
    other = ask(make_event(), ReviewKind.CONTEXT_REPLACED, data={"old": ["A"], "new": ["B"]})
    page = desk.get(f"{QUEUE}{same[0].pk}/")
    assert "on all…" in page.content.decode()
    asked = desk.post(reverse("admin:queue_bulk"), {"same": same[0].pk, "answer": "reject"})
    assert len(asked.context["rows"]) == 3
    desk.post(
        reverse("admin:queue_bulk"), {"seen": asked.context["seen"], "answer": "reject", "confirmed": "1"}
    )
    other.refresh_from_db()
    assert other.state == ReviewState.OPEN
    tagged = Event.objects.filter(taggings__context=make_context("Defence Ministry"), taggings__removed=False)
    assert tagged.count() == 3


def test_djangos_own_addresses_of_items_lead_to_the_queue(desk: Client) -> None:
    item = conflict()
    assert desk.get(reverse("admin:events_reviewitem_changelist"))["Location"] == QUEUE
    for pk, status in ((item.pk, 302), ("x", 404)):
        assert desk.get(reverse("admin:events_reviewitem_change", args=[pk])).status_code == status


def test_an_item_that_is_not_there_is_not_found(desk: Client) -> None:
    for name in ("queue_item", "queue_decide", "queue_reopen"):
        asked: Any = desk.get if name == "queue_item" else desk.post
        assert asked(reverse(f"admin:{name}", args=[10**9])).status_code == 404
