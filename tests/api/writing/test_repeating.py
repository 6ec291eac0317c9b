"""``Idempotency-Key``: who repeats a request is given the same answer, and nothing is done twice."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events.actions.programs import answered
from events.actions.programs.answered import Claim
from events.actions.removal.remove import remove_event
from events.models import Event, Revision, StoredAnswer
from events.vocabulary import Role
from tests.api.writing.writers import Program, problem, program
from tests.factories import make_event
from tests.people import make_person

NEW = {"edition": "en", "date": "2004-02-09", "text": "Envoys sign a treaty.", "category": "politics"}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def send(writer: Program, body: Any = None, key: str = "one", path: str = "events/", **said: Any) -> Any:
    return writer.post(path, NEW if body is None else body, **{"Idempotency-Key": key}, **said)


@pytest.mark.django_db
def test_a_repeated_request_gets_the_same_answer_and_is_done_once() -> None:
    editor = program(Role.EDITOR)
    first, again = send(editor), send(editor)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert {name: again.headers[name] for name in ("ETag", "Location")} == {
        name: first.headers[name] for name in ("ETag", "Location")
    }
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == 1
    assert send(editor, key='"one"').headers["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_a_key_stands_for_one_request_of_one_account() -> None:
    one, other = program(Role.EDITOR, name="one"), program(Role.EDITOR, name="other")
    assert send(one).status_code == 201
    problem(send(one, {**NEW, "text": "Other."}), 422, "idempotency-key-reused")
    problem(send(one, {"edition": "en", "name": "X"}, path="contexts/"), 422, "idempotency-key-reused")
    made = send(other, {**NEW, "text": "Other."})
    assert (made.status_code, made.json()["text"]) == (201, "Other.")
    seen = make_event()
    path = f"events/{seen.pk}/revert/"
    first = send(one, {"revision": 1, "note": "x"}, "two", path, seen='"1-0"')
    assert first.status_code == 422  # nothing was done, so the key is free again
    problem(send(one, {"revision": 1, "note": "x"}, "one", path, seen='"1-0"'), 422, "idempotency-key-reused")


@pytest.mark.django_db
def test_who_lost_the_right_is_told_nothing_again() -> None:
    editor = program(Role.EDITOR)
    assert send(editor).status_code == 201
    editor.user.groups.clear()  # type: ignore[union-attr]
    problem(send(editor), 403, "right-missing")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "é", '"', "a\\b", '"a"b"'])
def test_what_is_no_key_is_an_error(key: str) -> None:
    problem(send(program(Role.EDITOR), key=key), 400, "bad-request")
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free() -> None:
    editor = program(Role.EDITOR)
    problem(send(editor, {**NEW, "slug": "a b"}), 422, "refused")
    assert not StoredAnswer.objects.exists()
    assert send(editor).status_code == 201


@pytest.mark.django_db
def test_a_request_at_work_is_not_begun_again_until_its_claim_lapses() -> None:
    editor = program(Role.EDITOR)
    send(editor)
    StoredAnswer.objects.update(status=None)
    answer = send(editor)
    problem(answer, 409, "request-at-work")
    assert int(answer.headers["Retry-After"]) > 0
    assert Event.objects.count() == 1
    StoredAnswer.objects.update(claimed_at=timezone.now() - answered.LAPSES)
    assert send(editor).status_code == 201


@pytest.mark.django_db
def test_a_lapsed_claim_writes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holder was held up so long that another took the request over."""
    editor = program(Role.EDITOR)
    hold = Claim.hold

    def late(claim: Claim) -> None:
        StoredAnswer.objects.update(claim="00000000-0000-0000-0000-000000000000")
        hold(claim)

    monkeypatch.setattr(Claim, "hold", late)
    problem(send(editor), 409, "request-at-work")
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["keep", "hold"])
def test_a_crash_between_write_and_answer_leaves_neither(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    editor = program(Role.EDITOR)

    def crash(*_args: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(Claim, where, crash)
        problem(send(editor), 500, "internal-error")
    assert not Event.objects.exists()
    assert not Revision.objects.exists()
    assert send(editor).status_code == 201
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_answers_are_kept_for_a_day() -> None:
    editor = program(Role.EDITOR)
    send(editor)
    call_command("purge_answers", verbosity=0)
    assert StoredAnswer.objects.count() == 1
    StoredAnswer.objects.update(claimed_at=timezone.now() - answered.KEPT - dt.timedelta(seconds=1))
    assert send(editor, {**NEW, "text": "Other."}).status_code == 201
    StoredAnswer.objects.update(claimed_at=timezone.now() - answered.KEPT - dt.timedelta(seconds=1))
    call_command("purge_answers", verbosity=0)
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db
def test_what_is_removed_by_law_is_in_no_kept_answer() -> None:
    editor = program(Role.EDITOR)
    made = send(editor, {**NEW, "text": "A canary sings."})
    remove_event(actor=make_person(Role.CHIEF), event_id=made.json()["id"], version=1, reason="The law.")
    assert not StoredAnswer.objects.filter(body__contains="canary").exists()
    again = send(editor, {**NEW, "text": "A canary sings."})
    assert (again.status_code, again.content) == (201, b"")
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_with_one_key_one_is_done() -> None:
    editor = program(Role.EDITOR)
    writers = [Program(editor.user, token=editor.token) for _ in range(6)]
    start, outcomes, lock = threading.Barrier(len(writers)), Counter[int](), threading.Lock()
    answers: list[bytes] = []

    def write(writer: Program) -> None:
        try:
            start.wait(30)
            answer = send(writer)
            with lock:
                outcomes[answer.status_code] += 1
                answers.append(answer.content if answer.status_code == 201 else b"")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(outcomes) <= {201, 409}
    assert outcomes[201] >= 1
    assert len({content for content in answers if content}) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_repeated_change_is_answered_though_its_state_is_no_longer_the_present_one() -> None:
    """The answer was lost on its way: who asks again still names the state from before."""
    chief, event = program(Role.CHIEF), make_event()
    path, body = f"events/{event.pk}/withdraw/", {"reason": "No news."}
    first = send(chief, body, path=path, seen='"1-0"')
    again = send(chief, body, path=path, seen='"1-0"')
    assert (first.status_code, again.status_code) == (200, 200), again.content
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    problem(send(chief, body, path=path, seen='"2-0"'), 422, "idempotency-key-reused")
    problem(send(chief, body, "two", path=path, seen='"1-0"'), 412, "precondition-failed")
    assert Revision.objects.count() == 1
