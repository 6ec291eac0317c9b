"""An item's page: the right picture for each kind, its answers, and what was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Context, Event, Provenance, ReviewItem, Revision
from events.vocabulary import ReviewKind, ReviewState, Role, State
from tests.factories import make_context, make_event
from tests.reviews import ask, conflict, dead_source, every_kind, replaced, report


def page(item: ReviewItem) -> str:
    return reverse("admin:queue_item", args=[item.pk])


def decide(desk: Client, item: ReviewItem, answer: str, **said: Any) -> Any:
    versions = {"version": item.event.version if item.event else "", "other_version": ""}
    if item.other is not None:
        versions["other_version"] = item.other.version
    sent = {**versions, "answer": answer, **said}
    return desk.post(reverse("admin:queue_decide", args=[item.pk]), sent)


def state_of(item: ReviewItem) -> str:
    item.refresh_from_db()
    return item.state


def test_an_item_costs_the_same_with_more_around_it(desk: Client) -> None:
    def queries(item: ReviewItem) -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(page(item)).status_code == 200
        return len(found)

    items = every_kind()
    desk.get(page(items[0]))
    few = [queries(item) for item in items]
    for item in items:
        for number in range(3):
            for event in filter(None, (item.event, item.other)):
                edition = event.edition
                event.taggings.create(context=make_context(f"C{number}", edition=edition), how="day")
                event.citations.create(position=number + 5, label=f"Paper {number}")
                ask(event, state=ReviewState.REJECTED, decided_at=event.created_at)
    every_kind()
    assert [queries(item) for item in items] == few
    assert max(few) <= 25


def test_a_conflict_shows_three_sides_and_the_merge(desk: Client) -> None:
    item = conflict(
        base="Ten people die in a flood near the coast.",
        ours="Ten people died in a flood near the coast.",
        upstream="Ten people perish in a flood near the northern coast.",
    )
    shown = desk.get(page(item))
    text = shown.content.decode()
    for part in ("Base", "Ours", "Upstream", "<ins>died</ins>", "<del>die</del>", "<ins>perish</ins>"):
        assert part in text
    assert shown.context["form"]["own"].value() == "Ten people died in a flood near the northern coast."
    other = desk.get(f"{page(item)}?start=upstream").context["form"]["own"].value()
    assert other == "Ten people perish in a flood near the northern coast."


@pytest.mark.parametrize(
    ("answer", "text", "state"),
    [("accept", "Ten people perish in a flood.", "accepted"),
     ("reject", "Ten people died in a flood.", "rejected"),
     ("own", "Ten people lost their lives in a flood.", "accepted")],
)  # fmt: skip
def test_a_conflict_is_answered_by_either_side_or_by_own_words(
    desk: Client, answer: str, text: str, state: str
) -> None:
    item = conflict()
    own = {"own": "Ten people lost their lives in a flood.", "grade": "clarification", "note": "Better."}
    assert decide(desk, item, answer, **own)["Location"] == reverse("admin:queue")
    assert Event.objects.get().text == text
    assert state_of(item) == state
    assert Provenance.objects.get().base == {}
    if answer == "own":
        assert Revision.objects.get().grade == "clarification"
    entry = LogEntry.objects.get(object_id=str(item.pk), content_type__model="reviewitem")
    said = {"accept": "Accepted: Take upstream’s.", "reject": "Rejected: Keep ours."}
    assert entry.change_message == said.get(answer, "Accepted: Own words.")


def test_an_answered_question_is_not_answered_again(desk: Client) -> None:
    item = conflict()
    decide(desk, item, "reject")
    assert "answered already by editor" in decide(desk, item, "accept").content.decode()
    assert Event.objects.get().text == "Ten people died in a flood."


def test_who_was_overtaken_keeps_the_typed_merge_and_sees_what_is_there_now(desk: Client) -> None:
    item = conflict()
    Event.objects.update(version=5, text="Eleven people died in a flood.")
    answer = desk.post(
        reverse("admin:queue_decide", args=[item.pk]),
        {"version": 1, "answer": "own", "own": "My own careful words.", "note": "N."},
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "It has changed since you opened it" in text
    assert "My own careful words." in text
    assert "Eleven" in text
    assert answer.context["form"]["version"].value() == "5"
    assert state_of(item) == ReviewState.OPEN
    assert decide(desk, ReviewItem.objects.get(), "own", own="My own careful words.").status_code == 302
    assert Event.objects.get().text == "My own careful words."


@pytest.mark.parametrize(
    ("field", "upstream", "own", "found"),
    [("date", "2004-02-11", "2004-02-10", lambda event: event.date.isoformat()),
     ("category", "Sports", "health", lambda event: event.category),
     ("lead", "Cold War", "Arms control", lambda event: event.lead.name)],
)  # fmt: skip
def test_single_values_may_be_a_third_one(
    desk: Client, field: str, upstream: str, own: str, found: Callable[[Event], str]
) -> None:
    item = ask(make_event("One."), field=field, data={"base": "x", "ours": "y", "upstream": upstream})
    assert upstream in desk.get(page(item)).content.decode()
    assert decide(desk, item, "own", own=own).status_code == 302
    assert found(Event.objects.get()) == own


def test_an_empty_day_is_no_answer(desk: Client) -> None:
    item = ask(make_event("One."), field="date", data={"base": "x", "ours": "y", "upstream": "2004-02-11"})
    assert "Say which day" in decide(desk, item, "own", own="").content.decode()
    assert decide(desk, item, "nonsense").status_code == 200
    assert state_of(item) == ReviewState.OPEN


def test_of_sets_each_entry_is_kept_or_not(desk: Client) -> None:
    kept, gone = ["Kept", "https://kept.example/", ""], ["Gone", "https://gone.example/", ""]
    new = ["New", "https://new.example/", ""]
    event = make_event(citations=[tuple(kept), tuple(gone)])
    data = {"base": [kept, gone], "ours": [kept, gone], "upstream": [new], "reason": "sources"}
    item = ask(event, ReviewKind.HELD, field="citations", data=data)
    shown = desk.get(page(item))
    assert "All sources would be gone." in shown.content.decode()
    assert [entry["name"].split()[0] for entry in shown.context["entries"]] == ["Kept", "Gone", "New"]
    assert decide(desk, item, "own", keep=["0", "2"]).status_code == 302
    assert [row.label for row in event.citations.order_by("position")] == ["Kept", "New"]


def test_a_held_event_is_released(desk: Client) -> None:
    item = ask(make_event("A new one.", state=State.HELD), ReviewKind.HELD, data={"reason": "junk"})
    text = desk.get(page(item)).content.decode()
    assert "looks damaged" in text
    assert "Release" in text
    decide(desk, item, "accept")
    assert Event.objects.get().state == State.PUBLISHED


def test_duplicates_stand_side_by_side_and_the_chosen_one_stays(
    sit: Callable[..., Client], desk: Client
) -> None:
    older = make_event("Peru votes for a new president.", contexts=["Peru"])
    newer = make_event("Peru votes for a president.", contexts=["Peru"])
    item = ask(newer, ReviewKind.DUPLICATE, other=older)
    text = desk.get(page(item)).content.decode()
    assert "likeness score" in text
    assert "<del>new </del>" in text
    assert "1 shared context," in text
    assert "Merging is a chief editor’s." in text
    assert decide(desk, item, "accept").status_code == 403
    chief = sit(Role.CHIEF)
    assert decide(chief, item, "accept", stays=newer.pk).status_code == 302
    older.refresh_from_db()
    assert older.merged_into == newer


def test_duplicates_are_refused_where_either_moved(chief_desk: Client) -> None:
    item = ask(make_event("One."), ReviewKind.DUPLICATE, other=make_event("Two."))
    Event.objects.filter(pk=item.other_id).update(version=3)
    assert "It has changed" in decide(chief_desk, item, "accept").content.decode()
    assert state_of(item) == ReviewState.OPEN


def test_replaced_contexts_are_merged_by_a_chief_and_all_questions_of_the_pair_answered(
    chief_desk: Client, sit: Callable[..., Client]
) -> None:
    items = [replaced(), replaced()]
    assert "merge the contexts" not in sit(Role.EDITOR).get(page(items[0])).content.decode()
    shown = chief_desk.get(page(items[0]))
    assert "merge the contexts" in shown.content.decode()
    assert shown.context["same"] == 2
    new = Context.objects.get(name="Ministry of Defence")
    decide(chief_desk, items[0], "merge", stays=new.pk)
    assert Context.objects.get(name="Defence Ministry").merged_into == new
    assert [state_of(item) for item in items] == ["accepted", "accepted"]
    assert "Both are Ministry of Defence" in chief_desk.get(page(items[1])).content.decode()


def test_likely_duplicate_contexts_are_merged_or_remembered_as_two(chief_desk: Client) -> None:
    one, two, three = (make_context(name) for name in ("Turkey", "Türkiye", "Turkeys"))
    same = ask(None, ReviewKind.CONTEXT_DUPLICATE, context=one, data={"other": two.pk})
    different = ask(None, ReviewKind.CONTEXT_DUPLICATE, context=one, data={"other": three.pk})
    assert "Türkiye" in chief_desk.get(page(same)).content.decode()
    decide(chief_desk, different, "reject")
    decide(chief_desk, same, "accept", stays=two.pk)
    one.refresh_from_db()
    assert one.merged_into == two
    assert state_of(different) == ReviewState.REJECTED


def test_a_context_that_the_text_names_is_tagged_or_not_meant(desk: Client) -> None:
    nato = make_context("NATO")
    tagged, left = (
        ask(make_event("NATO meets.", contexts=["Kept"]), ReviewKind.CONTEXT_NAMED, context=nato)
        for _ in range(2)
    )
    assert "NATO" in desk.get(page(tagged)).content.decode()
    decide(desk, tagged, "accept")
    decide(desk, left, "reject")
    names = [[row.context.name for row in item.event.taggings.active()] for item in (tagged, left)]
    assert [sorted(row) for row in names] == [["Kept", "NATO"], ["Kept"]]
    assert left.event.taggings.get(context=nato).removed


def test_a_candidate_becomes_another_name(desk: Client) -> None:
    context = make_context("Azure City")
    item = ask(None, ReviewKind.CANDIDATE, key="en:Port Azure",
               data={"name": "Port Azure", "count": 8, "days": 8, "examples": []})  # fmt: skip
    for name, says in (("Nowhere", "There is no context"), ("", "Say of which context")):
        assert says in decide(desk, item, "own", alias_of=name).content.decode()
    decide(desk, item, "own", alias_of="Azure City")
    assert context.aliases.get().name == "Port Azure"


def test_a_report_is_fixed_or_declined_with_a_reason(desk: Client) -> None:
    fixed, declined, edited = report(), report(), report(quote="gone words")
    assert "<del>1975</del>" in desk.get(page(fixed)).content.decode()
    decide(desk, fixed, "accept", own="The treaty of 1957 was signed.", note="Thank you.")
    assert "the reporter will read it" in decide(desk, declined, "reject").content.decode()
    decide(desk, declined, "reject", note="It was 1975.")
    assert "write the fix yourself" in decide(desk, edited, "accept", own=edited.event.text).content.decode()
    decide(desk, edited, "accept", own="The treaty was signed in 1957.")
    assert [Event.objects.get(pk=item.event_id).text for item in (fixed, declined, edited)] == [
        "The treaty of 1957 was signed.", "The treaty of 1975 was signed.", "The treaty was signed in 1957."
    ]  # fmt: skip
    states = [state_of(item) for item in (fixed, declined, edited)]
    assert states == ["accepted", "rejected", "accepted"]
    assert (fixed.data["answer"], declined.data["answer"]) == ("Thank you.", "It was 1975.")


@pytest.mark.parametrize("with_event", [True, False])
def test_a_dead_source_gives_way_to_its_archived_copy(desk: Client, with_event: bool) -> None:
    item = dead_source(with_event=with_event)
    assert "archived copy is cited" in desk.get(page(item)).content.decode()
    decide(desk, item, "accept")
    event = Event.objects.get()
    assert [row.raw_url for row in event.citations.order_by("position")] == [
        "https://archive.example/1", "https://other.example/"
    ]  # fmt: skip
    assert Revision.objects.get().kind == "corrected"


def test_a_dead_source_without_a_copy_is_remembered_as_dead(desk: Client) -> None:
    item = dead_source(archived="")
    assert "only remembered as dead" in desk.get(page(item)).content.decode()
    decide(desk, item, "accept")
    assert state_of(item) == ReviewState.ACCEPTED
    assert not Revision.objects.exists()


def test_after_an_answer_comes_the_next_of_the_same_filter(desk: Client) -> None:
    first, _other, third = conflict(), report(), conflict()
    answer = decide(desk, first, "reject", **{"in": "kind=conflict&who=nobody"})
    assert answer["Location"] == f"{page(third)}?kind=conflict&who=nobody"
    answer = decide(desk, third, "reject", **{"in": "kind=conflict&who=nobody"})
    assert answer["Location"] == f"{reverse('admin:queue')}?kind=conflict&who=nobody"
    assert decide(desk, report(), "reject", note="No.", **{"in": "//evil.example"})["Location"].startswith(
        "/admin/"
    )


def test_a_wrong_no_is_asked_again_by_whoever_said_it(desk: Client, sit: Callable[..., Client]) -> None:
    item = conflict()
    decide(desk, item, "reject")
    again = reverse("admin:queue_reopen", args=[item.pk])
    assert "ask again" in desk.get(page(item)).content.decode()
    other = sit(Role.EDITOR, name="another")
    assert "ask again" not in other.get(page(item)).content.decode()
    assert other.post(again).status_code == 403
    desk.post(again)
    assert state_of(item) == ReviewState.OPEN
    assert Provenance.objects.get().base == {"text": "Ten people die in a flood."}
    assert desk.get(again).status_code == 405


def test_what_was_decided_before_stands_below(desk: Client) -> None:
    first = conflict()
    decide(desk, first, "reject")
    second = ask(first.event, field="summary", data={"base": "", "ours": "", "upstream": "New."})
    text = desk.get(page(second)).content.decode()
    assert "Decided before about this event" in text
    assert "Keep ours by editor" in text


def test_viewers_and_contributors_only_look(sit: Callable[..., Client]) -> None:
    item = conflict()
    for role in (Role.VIEWER, Role.CONTRIBUTOR):
        desk = sit(role)
        assert "Your answer" not in desk.get(page(item)).content.decode()
        for name, args in (("queue_decide", [item.pk]), ("queue_reopen", [item.pk]), ("queue_bulk", []),
                           ("queue_assign", [])):  # fmt: skip
            sent = {"answer": "accept", "item": f"{item.pk}:1:", "to": "me"}
            assert desk.post(reverse(f"admin:{name}", args=args), sent).status_code == 403
    assert state_of(item) == ReviewState.OPEN
