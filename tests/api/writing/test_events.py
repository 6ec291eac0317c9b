"""Events written through the API: each verb leaves what the desk's leaves."""

from __future__ import annotations

from typing import Any

import pytest

from events.actions.correct import correct_event
from events.api.inputs.events import EventPatch, values_of
from events.models import Change, Context, Event, ReviewItem, Revision
from events.vocabulary import Grade, ReviewKind, Role, State
from tests.api.writing.writers import Program, pointers, problem, program
from tests.factories import make_context, make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db
NEW = {
    "edition": "en", "date": "2004-02-09", "text": "Envoys sign a treaty.", "category": "politics",
}  # fmt: skip


@pytest.fixture
def editor() -> Program:
    return program(Role.EDITOR)


@pytest.fixture
def chief() -> Program:
    return program(Role.CHIEF)


def read(path: str) -> Any:
    return Program(None).get(path)


def test_an_editor_publishes_an_event(editor: Program) -> None:
    asked = {
        **NEW, "contexts": ["Treaties", {"name": "Bridges"}], "lead_context": "Treaties",
        "summary": "Own words.",
        "citations": [{"label": "Gazette", "url": "https://gazette.example/a"}], "note": "From the gazette.",
    }  # fmt: skip
    answer = editor.post("events/", asked)
    assert answer.status_code == 201, answer.content
    where = answer.headers["Location"]
    shown = read(where)
    assert shown.json() == answer.json()
    assert shown.headers["ETag"] == answer.headers["ETag"]
    event = answer.json()
    assert [row["name"] for row in event["contexts"]] == ["Bridges", "Treaties"]
    assert event["lead_context"]["name"] == "Treaties"
    assert event["citations"][0]["url"] == "https://gazette.example/a"
    revision = Revision.objects.get(event=event["id"])
    assert (revision.kind, revision.actor, revision.note) == ("created", editor.user, "From the gazette.")
    assert Change.objects.filter(subject="event", subject_id=event["id"], kind="created").exists()


def test_a_contributors_event_waits_for_an_editor() -> None:
    contributor, editor = program(Role.CONTRIBUTOR), program(Role.EDITOR)
    answer = contributor.post("events/", {**NEW, "note": "I was there."})
    assert answer.status_code == 202, answer.content
    pk = answer.json()["id"]
    assert answer.json() == {"id": pk, "state": "draft", "revision": 1, "merged_into": None}
    assert read(f"events/{pk}/").status_code == 404
    item = ReviewItem.objects.get(kind=ReviewKind.HELD, event=pk)
    assert item.data["by"] == contributor.user.username  # type: ignore[union-attr]
    problem(contributor.post(f"events/{pk}/release/", seen=answer), 403, "right-missing")
    released = editor.post(f"events/{pk}/release/", seen=answer)
    assert released.status_code == 200, released.content
    assert read(f"events/{pk}/").headers["ETag"] == released.headers["ETag"]
    item.refresh_from_db()
    assert item.state == "accepted"


def test_a_draft_makes_no_context_that_readers_would_see(editor: Program) -> None:
    make_context("Treaties")
    refused = editor.post("events/", {**NEW, "draft": True, "contexts": ["Treaties", "Unheard of"]})
    assert "Unheard of" in problem(refused, 422, "refused")["detail"]
    assert not Context.objects.filter(name="Unheard of").exists()
    assert not Event.objects.exists()
    assert editor.post("events/", {**NEW, "draft": True, "contexts": ["Treaties"]}).status_code == 202


def test_a_correction_leaves_the_same_as_one_on_the_desk(editor: Program) -> None:
    other, one = make_event(contexts=["Treaties"]), make_event(contexts=["Treaties"])
    patch = {
        "text": "Envoys of two countries signed a treaty.", "date": "2004-02-10", "category": "politics",
        "contexts": ["Bridges"], "lead_context": "Bridges", "summary": "So they say.",
        "citations": [{"label": "Gazette", "url": "https://gazette.example/a", "picture": ""}],
        "grade": "correction", "note": "Tense.",
    }  # fmt: skip
    answer = editor.patch(f"events/{one.pk}/", patch, seen=read(f"events/{one.pk}/"))
    assert answer.status_code == 200, answer.content
    assert read(f"events/{one.pk}/").headers["ETag"] == answer.headers["ETag"]
    correct_event(
        actor=make_person(name="desk"), event_id=other.pk, version=1, grade=Grade.CORRECTION, note="Tense.",
        values=values_of(EventPatch.read(patch, partial=True)),
    )  # fmt: skip
    mine, theirs = (
        Revision.objects.filter(event=pk).values("kind", "grade", "note", "number", "fields")
        for pk in (one.pk, other.pk)
    )
    assert list(mine) == list(theirs)
    assert list(mine)


def test_retagging_alone_needs_no_grade(editor: Program) -> None:
    event = make_event(contexts=["Treaties"])
    answer = editor.patch(
        f"events/{event.pk}/", {"contexts": ["Treaties", "Bridges"]}, seen=read(f"events/{event.pk}/")
    )
    assert answer.status_code == 200, answer.content
    assert Revision.objects.latest("pk").kind == "retagged"


def test_a_correction_without_grade_or_note_is_refused(editor: Program) -> None:
    event = make_event()
    seen = read(f"events/{event.pk}/")
    problem(editor.patch(f"events/{event.pk}/", {"text": "Other."}, seen=seen), 422, "refused")
    without = {"text": "Other.", "grade": "correction"}
    problem(editor.patch(f"events/{event.pk}/", without, seen=seen), 422, "refused")
    legal = editor.patch(f"events/{event.pk}/", {"text": "Other.", "grade": "legal", "note": "x"}, seen=seen)
    problem(legal, 422, "invalid-member")
    event.refresh_from_db()
    assert event.version == 1


def test_null_takes_a_member_away(editor: Program) -> None:
    event = make_event(
        contexts=["Treaties"], lead="Treaties", summary="Words.", category="politics",
        citations=[("Gazette", "https://gazette.example/a", "")],
    )  # fmt: skip
    patch = dict.fromkeys(("summary", "lead_context", "contexts", "citations", "category"))
    answer = editor.patch(f"events/{event.pk}/", {**patch, "grade": "typo"}, seen=read(f"events/{event.pk}/"))
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["summary"], said["lead_context"], said["contexts"]) == ("", None, [])
    assert (said["citations"], said["category"]) == ([], "other")
    for name in ("text", "date"):
        refused = editor.patch(f"events/{event.pk}/", {name: None}, seen=answer)
        problem(refused, 422, "invalid-member")
        assert pointers(refused) == {f"/{name}": "It cannot be removed."}


def test_what_was_read_can_be_sent_back(editor: Program) -> None:
    event = make_event(
        contexts=["Treaties", "Bridges"], lead="Treaties",
        citations=[("Gazette", "https://gazette.example/a", "")],
    )  # fmt: skip
    seen = read(f"events/{event.pk}/")
    names = ("date", "text", "summary", "category", "lead_context", "contexts", "citations")
    answer = editor.patch(f"events/{event.pk}/", {name: seen.json()[name] for name in names}, seen=seen)
    assert answer.status_code == 200, answer.content
    assert answer.headers["ETag"] == seen.headers["ETag"]
    assert not Revision.objects.filter(event=event).exists()


def test_an_editor_moves_an_event_and_corrects_it_in_one_request(editor: Program) -> None:
    event = make_event(slug="old-slug")
    patch = {"address": "/news/2004/02/9/new-slug", "text": "Another.", "grade": "typo"}
    answer = editor.patch(f"events/{event.pk}/", patch, seen=read(f"events/{event.pk}/"))
    assert answer.status_code == 200, answer.content
    assert answer.json()["address"] == "/news/2004/02/9/new-slug"
    assert answer.json()["former_addresses"] == ["/news/2004/02/9/old-slug"]
    assert [row.kind for row in Revision.objects.filter(event=event).order_by("number")] == [
        "corrected", "updated",
    ]  # fmt: skip
    for wrong in ("/news/2004/02/10/x", "/zh/news/2004/02/9/x", "x", "/news/2004/02/9/"):
        refused = editor.patch(f"events/{event.pk}/", {"address": wrong}, seen=answer)
        assert list(pointers(refused)) == ["/address"], wrong


def test_either_all_of_a_request_is_done_or_nothing(editor: Program) -> None:
    event = make_event(slug="mine")
    make_event(slug="taken")
    patch = {"address": "/news/2004/02/9/taken", "text": "Another.", "grade": "typo"}
    problem(editor.patch(f"events/{event.pk}/", patch, seen=read(f"events/{event.pk}/")), 422, "refused")
    event.refresh_from_db()
    assert (event.version, event.text) == (1, "Envoys of two countries sign a treaty on a bridge.")
    assert not Revision.objects.exists()


def test_a_contributors_correction_becomes_a_proposal() -> None:
    contributor, stranger = program(Role.CONTRIBUTOR), program(Role.CONTRIBUTOR, name="another")
    event = make_event()
    patch = {"text": "Envoys signed.", "grade": "correction", "note": "See the gazette."}
    answer = contributor.patch(f"events/{event.pk}/", patch, seen=read(f"events/{event.pk}/"))
    assert answer.status_code == 202, answer.content
    place = answer.headers["Location"]
    assert contributor.get(place).json() == answer.json()
    assert answer.json()["values"] == {"text": "Envoys signed."}
    assert answer.json()["state"] == "open"
    problem(stranger.get(place), 404, "not-found")
    assert program(Role.EDITOR).get(place).status_code == 200
    problem(Program(None).get(place), 401, "token-required")
    event.refresh_from_db()
    assert event.version == 1
    moved = contributor.patch(
        f"events/{event.pk}/", {"address": "/news/2004/02/9/x"}, seen=read(f"events/{event.pk}/")
    )
    assert list(pointers(moved)) == ["/address"]


def test_contributors_learn_nothing_of_what_is_not_public() -> None:
    contributor = program(Role.CONTRIBUTOR)
    for state, status in ((State.DRAFT, 404), (State.HELD, 404), (State.WITHDRAWN, 410), (State.LEGAL, 451)):
        event = make_event("A canary sings.", state=state)
        answer = contributor.patch(f"events/{event.pk}/", {"text": "x"}, seen='"9-0"')
        assert answer.status_code == status
        assert b"canary" not in answer.content


def test_an_event_is_withdrawn_and_restored(chief: Program) -> None:
    event = make_event()
    seen = read(f"events/{event.pk}/")
    problem(chief.post(f"events/{event.pk}/withdraw/", {}, seen=seen), 422, "invalid-member")
    gone = chief.post(f"events/{event.pk}/withdraw/", {"reason": "No news."}, seen=seen)
    assert gone.json() == {"id": event.pk, "state": "withdrawn", "revision": 2, "merged_into": None}
    assert read(f"events/{event.pk}/").status_code == 410
    again = chief.post(f"events/{event.pk}/withdraw/", {"reason": "No news."}, seen=gone)
    problem(again, 422, "refused")
    back = chief.post(f"events/{event.pk}/restore/", seen=gone)
    assert back.status_code == 200, back.content
    assert read(f"events/{event.pk}/").headers["ETag"] == back.headers["ETag"]


def test_events_are_merged_and_unmerged(chief: Program) -> None:
    goes, stays = make_event("One."), make_event("Other.")
    seen = read(f"events/{goes.pk}/")
    nowhere = chief.post(f"events/{goes.pk}/merge/", {"into": 999_999}, seen=seen)
    assert list(pointers(nowhere)) == ["/into"]
    problem(chief.post(f"events/{goes.pk}/merge/", {"into": goes.pk}, seen=seen), 422, "refused")
    merged = chief.post(f"events/{goes.pk}/merge/", {"into": stays.pk}, seen=seen)
    assert merged.json()["merged_into"] == stays.pk
    assert read(f"events/{goes.pk}/").status_code == 301
    problem(chief.patch(f"events/{goes.pk}/", {"text": "x"}, seen=merged), 422, "refused")
    back = chief.post(f"events/{goes.pk}/unmerge/", {"note": "Two."}, seen=merged)
    assert back.status_code == 200, back.content
    assert read(f"events/{goes.pk}/").headers["ETag"] == back.headers["ETag"]


def test_a_correction_is_taken_back(editor: Program) -> None:
    event = make_event("First.")
    seen = read(f"events/{event.pk}/")
    problem(
        editor.post(f"events/{event.pk}/revert/", {"revision": 7, "note": "x"}, seen=seen), 422, "refused"
    )
    changed = editor.patch(f"events/{event.pk}/", {"text": "Second.", "grade": "typo"}, seen=seen)
    once_more = editor.patch(f"events/{event.pk}/", {"text": "Third.", "grade": "typo"}, seen=changed)
    back = editor.post(f"events/{event.pk}/revert/", {"revision": 2, "note": "Better."}, seen=once_more)
    assert back.status_code == 200, back.content
    assert (back.json()["text"], back.json()["revision"]) == ("Second.", 4)


def test_a_draft_is_refused(editor: Program) -> None:
    draft = editor.post("events/", {**NEW, "draft": True})
    refused = editor.post(f"events/{draft.json()['id']}/reject/", {"note": "No."}, seen=draft)
    assert refused.json()["state"] == "withdrawn"
    assert not Change.objects.filter(subject="event").exists()
