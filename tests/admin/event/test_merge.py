"""Merging two events at the desk: side by side, either way round, and what comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from events.actions.correct import correct_event
from events.actions.merge import merge_events
from events.models import Event, ReviewItem
from events.vocabulary import Grade, ReviewKind, Role, State
from tests.factories import make_event, make_provenance
from tests.people import make_person


def merge(event: Event) -> str:
    return reverse("admin:events_event_act", args=[event.pk, "merge"])


@pytest.fixture
def pair(db: None) -> tuple[Event, Event]:
    """A double with things of its own, and the event that it is."""
    double = make_event(
        "Two mayors open a bridge.", slug="double", contexts=["Bridges", "Mayors"],
        citations=[("Gazette", "https://gazette.example/", ""), ("Herald", "https://herald.example/", "")],
    )  # fmt: skip
    make_provenance(double)
    ReviewItem.objects.create(kind=ReviewKind.REPORT, key="r", event=double)
    event = make_event(
        "A bridge is opened by two mayors.", slug="bridge", contexts=["Bridges"],
        citations=[("Gazette", "https://gazette.example/", "")],
    )  # fmt: skip
    return double, event


def seen(*events: Event) -> dict[str, int]:
    return {f"version_{event.pk}": event.version for event in events}


def test_the_other_is_chosen_first_and_nothing_is_done(chief_desk: Client, pair: tuple[Event, Event]) -> None:
    asked = chief_desk.get(merge(pair[0])).content.decode()
    assert "admin-autocomplete" in asked
    assert "What moves" not in asked


def test_both_stand_side_by_side_with_what_moves(chief_desk: Client, pair: tuple[Event, Event]) -> None:
    double, event = pair
    answer = chief_desk.get(merge(double), {"target": event.pk})
    shown = answer.content.decode()
    for said in (
        "Two mayors open a bridge.", "A bridge is opened by two mayors.", "<ins>", "<del>",
        "1 address will redirect to it", "/news/2004/02/9/double",
        "1 source that it lacks: Herald", "1 context that it lacks: Mayors",
        "1 record, 0 pins and bans, 1 open question",
    ):  # fmt: skip
        assert said in shown
    assert (answer.context["goes"], answer.context["stays"]) == (double, event)
    turned = chief_desk.get(answer.context["turn"])
    assert (turned.context["goes"], turned.context["stays"]) == (event, double)
    assert Event.objects.published().count() == 2


@pytest.mark.parametrize("turned", [False, True])
def test_either_may_stay(chief_desk: Client, pair: tuple[Event, Event], turned: bool) -> None:
    double, event = pair
    goes, stays = (event, double) if turned else (double, event)
    sent = {"target": event.pk, "stays": stays.pk, "note": "One bridge.", **seen(*pair)}
    assert chief_desk.post(merge(double), sent)["Location"] == reverse(
        "admin:events_event_change", args=[stays.pk]
    )
    goes.refresh_from_db()
    assert (goes.state, goes.merged_into) == (State.MERGED, stays)


@pytest.mark.parametrize("late", [0, 1])
def test_a_change_of_either_in_between_is_shown_and_what_was_typed_kept(
    chief_desk: Client, pair: tuple[Event, Event], late: int
) -> None:
    sent = {"target": pair[1].pk, "note": "My note.", **seen(*pair)}
    correct_event(
        actor=make_person(Role.EDITOR), event_id=pair[late].pk, version=1,
        values={"text": "Reworded meanwhile."}, grade=Grade.TYPO,
    )  # fmt: skip
    answer = chief_desk.post(merge(pair[0]), sent)
    shown = answer.content.decode()
    assert "It has changed since you opened it" in shown
    assert "Since you opened it" in shown
    assert "My note.</textarea>" in shown
    assert f'name="version_{pair[late].pk}" value="2"' in shown
    assert Event.objects.published().count() == 2


@pytest.mark.parametrize("state", [State.LEGAL, State.WITHDRAWN])
def test_what_readers_cannot_have_is_no_choice(
    chief_desk: Client, pair: tuple[Event, Event], state: State
) -> None:
    gone = make_event("Gone.", state=state)
    for target, said in (
        (gone, gone.get_state_display().lower()), (pair[0], "into itself"),
        (make_event("渡轮。", edition="zh"), "two editions"),
    ):  # fmt: skip
        assert said in chief_desk.get(merge(pair[0]), {"target": target.pk}).content.decode()


def test_unmerging_says_what_comes_back(chief_desk: Client, pair: tuple[Event, Event]) -> None:
    double, event = pair
    merge_events(actor=make_person(Role.CHIEF, name="other"), event_id=double.pk, into_id=event.pk)
    path = reverse("admin:events_event_act", args=[double.pk, "unmerge"])
    shown = " ".join(chief_desk.get(path).content.decode().split())
    for said in (
        "1 source that only it had: Herald", "1 context that only it had: Mayors", "1 record, 0 pin",
        "1 question", "/news/2004/02/9/double", "merged by other", "the event itself: published",
    ):  # fmt: skip
        assert said in shown
    third = make_event("A third.")
    merge_events(actor=make_person(Role.CHIEF, name="third"), event_id=event.pk, into_id=third.pk)
    assert "un-merge that one first" in chief_desk.get(path).content.decode()


def test_only_chief_editors_merge(sit: Callable[..., Client], pair: tuple[Event, Event]) -> None:
    desk = sit(Role.EDITOR)
    assert desk.get(merge(pair[0]), {"target": pair[1].pk}).status_code == 403
    assert desk.post(merge(pair[0]), {"target": pair[1].pk, **seen(*pair)}).status_code == 403
