"""``If-Match``: nothing of others is overwritten unseen, on any kind of thing, in any race."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from events.actions.correct import correct_event
from events.actions.withdraw import release_event, withdraw_event
from events.api.writing import base
from events.models import Context, Curation, Event, Revision
from events.vocabulary import Grade, Role, State
from tests.api.writing.writers import Program, pointers, problem, program
from tests.factories import make_context, make_editorial, make_event
from tests.people import make_person


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def read(path: str) -> Any:
    return Program(None).get(path)


CHANGES = [
    ("patch", "events/{event}/", {"text": "x", "grade": "typo"}),
    ("post", "events/{event}/withdraw/", {"reason": "x"}),
    ("post", "events/{event}/restore/", {}),
    ("post", "events/{event}/release/", {}),
    ("post", "events/{event}/reject/", {}),
    ("post", "events/{event}/revert/", {"revision": 1, "note": "x"}),
    ("post", "events/{event}/merge/", {"into": 1}),
    ("post", "events/{event}/unmerge/", {}),
    ("put", "events/{event}/related/{other}/", {"decision": "pin"}),
    ("delete", "events/{event}/related/{other}/", None),
    ("patch", "contexts/{context}/", {"profile": "x"}),
    ("post", "contexts/{context}/merge/", {"into": 1}),
    ("post", "contexts/{context}/unmerge/", {}),
    ("patch", "editorials/{editorial}/", {"title": "x"}),
    ("post", "editorials/{editorial}/publish/", {}),
    ("post", "editorials/{editorial}/withdraw/", {}),
    ("post", "editorials/{editorial}/restore/", {}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=[f"{m} {p}" for m, p, _ in CHANGES])
def test_every_change_needs_the_present_state(method: str, path: str, body: Any) -> None:
    chief = program(Role.CHIEF)
    ids = {
        "event": make_event().pk, "other": make_event("Other.").pk, "context": make_context("Treaties").pk,
        "editorial": make_editorial("A case").pk,
    }  # fmt: skip
    where = path.format(**ids)
    problem(chief.send(method, where, body), 428, "precondition-required")
    problem(chief.send(method, where, body, seen="*"), 428, "precondition-required")
    for stale in ('"7-0"', '"nonsense"', 'W/"1-0"', '"7-0", W/"1-0"', '""', '"01-0"', '"1"', '"1-"'):
        body_of = problem(chief.send(method, where, body, seen=stale), 412, "precondition-failed")
        assert body_of["revision"] == 1, stale
    for malformed in ("1-0", '"1-0', '"1-0" "2-0"', ",", "x" * 3000):
        problem(chief.send(method, where, body, seen=malformed), 400, "bad-request")
    assert not Revision.objects.exists()
    # The right tag among several is enough, and what follows is no longer about the state.
    assert chief.send(method, where, body, seen='"7-0", "1-0"').status_code in {200, 422}


@pytest.mark.django_db
def test_who_was_overtaken_is_told_what_changed() -> None:
    editor = program(Role.EDITOR)
    event = make_event("First.", contexts=["Treaties"])
    seen = read(f"events/{event.pk}/")
    for number, text in ((1, "Second."), (2, "Third.")):
        correct_event(
            actor=make_person(name=f"other{number}"), event_id=event.pk, version=number,
            values={"text": text}, grade=Grade.TYPO,
        )  # fmt: skip
    answer = editor.patch(f"events/{event.pk}/", {"text": "Mine.", "grade": "typo"}, seen=seen)
    body = problem(answer, 412, "precondition-failed")
    assert body["revision"] == 3
    assert body["differs"] == {"text": {"then": "First.", "now": "Third."}}
    context = Context.objects.get()
    seen = read(f"contexts/{context.pk}/")
    assert editor.patch(f"contexts/{context.pk}/", {"profile": "Theirs."}, seen=seen).status_code == 200
    body = problem(
        editor.patch(f"contexts/{context.pk}/", {"profile": "Mine."}, seen=seen), 412, "precondition-failed"
    )
    assert body["differs"] == {"profile": {"then": "", "now": "Theirs."}}


@pytest.mark.django_db
def test_who_may_only_propose_is_not_told_what_stood_there_before_readers_had_it() -> None:
    chief, contributor = make_person(Role.CHIEF), program(Role.CONTRIBUTOR)
    event = make_event("Words of a draft.", state=State.DRAFT)
    correct_event(
        actor=chief, event_id=event.pk, version=1, values={"text": "Words for readers."}, grade=Grade.TYPO
    )
    release_event(actor=chief, event_id=event.pk, version=2)
    for seen in ('"1-0"', '"2-0"'):
        answer = contributor.patch(f"events/{event.pk}/", {"text": "Mine."}, seen=seen)
        body = problem(answer, 412, "precondition-failed")
        assert (body["revision"], "differs" in body) == (3, False)
    answer = program(Role.EDITOR).patch(f"events/{event.pk}/", {"text": "Mine."}, seen='"1-0"')
    assert answer.json()["differs"]["text"] == {"then": "Words of a draft.", "now": "Words for readers."}


@pytest.mark.django_db
def test_what_happened_between_the_look_and_the_write_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes after the precondition was read and before the transaction began."""
    editor, event, chief = program(Role.EDITOR), make_event(), make_person(Role.CHIEF)
    whole, overtaken = base.carry_out, []

    def slowly(*args: Any, **said: Any) -> Any:
        if not overtaken:
            overtaken.append(withdraw_event(actor=chief, event_id=event.pk, version=1, reason="x"))
        return whole(*args, **said)

    monkeypatch.setattr(base, "carry_out", slowly)
    seen = read(f"events/{event.pk}/")
    answer = editor.patch(f"events/{event.pk}/", {"text": "Mine.", "grade": "typo"}, seen=seen)
    assert problem(answer, 412, "precondition-failed")["revision"] == 2
    other = make_event("Other.")
    answer = editor.put(f"events/{event.pk}/related/{other.pk}/", {"decision": "ban"}, seen=seen)
    problem(answer, 412, "precondition-failed")
    event.refresh_from_db()
    assert event.text != "Mine."
    assert not Curation.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["correction", "curation", "context"])
def test_of_many_writers_with_one_tag_exactly_one_wins(kind: str) -> None:
    event, other, context = make_event(), make_event("Other."), make_context("Treaties")
    writers = [program(Role.EDITOR, name=f"editor{number}") for number in range(6)]
    path = f"contexts/{context.pk}/" if kind == "context" else f"events/{event.pk}/"
    tag = read(path).headers["ETag"]
    start, outcomes, lock = threading.Barrier(len(writers)), Counter[int](), threading.Lock()

    def write(writer: Program, number: int) -> None:
        try:
            start.wait(30)
            if kind == "correction":
                body = {"text": f"By {number}.", "grade": "typo"}
                status = writer.patch(path, body, seen=tag).status_code
            elif kind == "curation":
                body = {"decision": "pin", "note": f"By {number}."}
                status = writer.put(f"{path}related/{other.pk}/", body, seen=tag).status_code
            else:
                status = writer.patch(path, {"profile": f"By {number}."}, seen=tag).status_code
            with lock:
                outcomes[status] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in zip(writers, range(6), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == {200: 1, 412: 5}
    thing = (Context if kind == "context" else Event).objects.get(
        pk=context.pk if kind == "context" else event.pk
    )
    assert thing.version == 2
    assert Revision.objects.count() == 1


@pytest.mark.django_db
def test_a_tag_is_read_of_the_list_of_related_links_too() -> None:
    editor, event, other = program(Role.EDITOR), make_event(), make_event("Other.")
    listed = read(f"events/{event.pk}/related/")
    answer = editor.put(f"events/{event.pk}/related/{other.pk}/", {"decision": "pin"}, seen=listed)
    assert answer.status_code == 200, answer.content
    again = read(f"events/{event.pk}/related/")
    assert (again.json(), again.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
    assert re.match(r'"2-', answer.headers["ETag"])
    assert pointers(
        editor.put(f"events/{event.pk}/related/{other.pk}/", {"decision": "ban", "position": 1}, seen=answer)
    ) == {"/position": "Only a pin has a place."}
