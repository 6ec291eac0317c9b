"""``harvest/records/``: outside robots, through the same reconciliation as every harvest."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from events.actions.correct import correct_event
from events.actions.harvesting import run
from events.api.writing import records
from events.harvest.spool import spool
from events.harvest.streams import LINE_MAX
from events.models import Change, Context, Event, Harvest, Origin, ReviewItem, StoredAnswer
from events.vocabulary import ROBOTS, Grade, HarvestState, Role
from tests.api.writing.writers import Program, problem, program
from tests.people import make_person

NDJSON = "application/x-ndjson"
PATH = "harvest/records/?origin=wire"
FIRST = {"id": 1, "date": "2004-02-09", "text": "Envoys of two countries sign a treaty on a bridge."}
SECOND = {"id": 2, "date": "2004-02-09", "text": "A volcano erupts on an island in the south."}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def robot(db: None) -> Program:
    return program(ROBOTS)


def lines(*found: Any) -> bytes:
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in found)


def send(robot: Program, *found: Any, path: str = PATH, **said: Any) -> Any:
    return robot.post(path, lines(*found), media=NDJSON, **said)


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["result"] for row in answer.json()["results"]]


def test_each_record_is_answered_in_order(robot: Program) -> None:
    answer = send(robot, FIRST, b"", SECOND, b"{", {"date": "2004-02-30", "text": "x"})
    assert results(answer) == ["created", "created", "bad", "bad"]
    said = answer.json()
    assert [row["line"] for row in said["results"]] == [1, 3, 4, 5]
    first, second = Event.objects.order_by("pk")
    assert [row["event"] for row in said["results"]] == [first.pk, second.pk, None, None]
    assert first.text == FIRST["text"]
    assert said["counts"]["created"] == 2
    harvest = Harvest.objects.get(pk=said["harvest"])
    assert (harvest.state, harvest.reader, harvest.source_name) == (
        HarvestState.FAILED, "posted", "delivered by wire-robot",
    )  # fmt: skip
    assert Change.objects.filter(subject="event", kind="created").count() == 2
    again = send(robot, FIRST, {**SECOND, "text": "A great volcano erupts on an island in the south."})
    assert results(again) == ["unchanged", "updated"]
    assert [row["event"] for row in again.json()["results"]] == [first.pk, second.pk]


def test_a_correction_survives_a_delivery_and_a_conflict_is_told(robot: Program) -> None:
    send(robot, FIRST)
    event = Event.objects.get()
    editor = make_person()
    correct_event(
        actor=editor, event_id=event.pk, version=1, grade=Grade.TYPO,
        values={"text": "Envoys of three countries sign a treaty on a bridge."},
    )  # fmt: skip
    assert results(send(robot, FIRST)) == ["unchanged"]
    other = {**FIRST, "text": "Envoys of four countries sign a treaty on a bridge."}
    answer = send(robot, other)
    assert results(answer) == ["conflict"]
    event.refresh_from_db()
    assert "three" in event.text
    assert ReviewItem.objects.filter(event=event, kind="conflict").exists()


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({"date": "2004-02-30", "text": "x"}, "/date"), ({"text": "x"}, "/date"),
        ({"date": "2004-02-09"}, "/text"), ({**FIRST, "text": 5}, "/text"),
        ({**FIRST, "text": "x" * 50_001}, "/text"), ({**FIRST, "text": " "}, "/text"),
        ({**FIRST, "contexts": "x"}, "/contexts"), ({**FIRST, "contexts": ["x" * 201]}, "/contexts"),
        ({**FIRST, "citations": [{"url": "javascript:x"}]}, "/citations"),
        ({**FIRST, "edition": "xx"}, "/edition"),
        ({**FIRST, "edition": "zh"}, "/edition"), ({**FIRST, "address": "/etc/passwd"}, "/address"),
        ({**FIRST, "id": [1]}, "/id"), (b'{"date": "2004-02-09", "text": "a", "text": "b"}', ""),
        (b'{"date": "2004-02-09", "text": "\\ud800"}', ""), (b"[]", ""), (b"null", ""), (b"\xff", ""),
        (b"[" * 100_000, ""),
    ],
)  # fmt: skip
def test_a_bad_record_is_pointed_at_and_stops_no_other(robot: Program, line: Any, pointer: str) -> None:
    answer = send(robot, line, SECOND)
    assert results(answer) == ["bad", "created"]
    bad = answer.json()["results"][0]
    assert bad["pointer"] == pointer
    assert bad["detail"]
    assert bad["event"] is None


def test_a_line_without_end_is_one_bad_record(robot: Program) -> None:
    answer = send(robot, b'{"text": "' + b"x" * (LINE_MAX + 10), SECOND)
    assert results(answer) == ["bad", "created"]


def test_a_dry_run_leaves_nothing(robot: Program) -> None:
    send(robot, FIRST)
    before = {model: model.objects.count() for model in (Event, Harvest, Origin, Context, Change)}
    new = {**SECOND, "contexts": ["Volcanoes"]}
    answer = send(robot, FIRST, new, path="harvest/records/?origin=other&dry_run=true")
    assert results(answer) == ["unchanged", "created"]
    answer = send(robot, FIRST, new, path=f"{PATH}&dry_run=true")
    assert results(answer) == ["unchanged", "created"]
    assert [row["event"] for row in answer.json()["results"]] == [Event.objects.get().pk, None]
    assert answer.json()["harvest"] is None
    assert {model: model.objects.count() for model in before} == before
    assert results(send(robot, new)) == ["created"]


def test_what_is_older_overwrites_nothing_and_what_lies_ahead_is_refused(robot: Program) -> None:
    send(robot, FIRST, path=f"{PATH}&moment=2020-01-31T12:30:00Z")
    older = {**FIRST, "text": "An older wording of the treaty on a bridge."}
    answer = send(robot, older, path=f"{PATH}&moment=2019-01-31T12:30:00Z")
    assert results(answer) == ["unchanged"]
    assert Event.objects.get().text == FIRST["text"]
    ahead = (timezone.now() + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    problem(send(robot, SECOND, path=f"{PATH}&moment={ahead}"), 422, "refused")
    assert Event.objects.count() == 1


def test_an_origin_is_described_once(robot: Program) -> None:
    about = "origin_name=%0AThe+Wi%07re&licence=CC+BY+4.0&licence_url=https://creativecommons.org/licenses/by/4.0/"
    assert results(send(robot, FIRST, path=f"{PATH}&{about}&attribution=By+the+Wire")) == ["created"]
    origin = Origin.objects.get()
    assert (origin.name, origin.licence, origin.attribution) == ("The Wire", "CC BY 4.0", "By the Wire")
    assert results(send(robot, FIRST, path=f"{PATH}&{about}")) == ["unchanged"]
    problem(send(robot, FIRST, path=f"{PATH}&licence=mine"), 422, "refused")
    bad = send(robot, FIRST, path="harvest/records/?origin=new&licence_url=javascript:alert(1)")
    problem(bad, 422, "refused")
    assert list(Origin.objects.values_list("slug", "licence")) == [("wire", "CC BY 4.0")]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "origin"), ("origin=", "origin"), ("origin=wire&moment=yesterday", "moment"),
        ("origin=wire&moment=2020-01-31", "moment"), ("origin=wire&edition=xx", "edition"),
        ("origin=wire&dry_run=1", "dry_run"), ("origin=" + "x" * 61, "origin"),
        ("origin=wire&licence=" + "x" * 101, "licence"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(robot: Program, query: str, parameter: str) -> None:
    answer = send(robot, FIRST, path=f"harvest/records/?{query}")
    body = problem(answer, 400, "invalid-parameter")
    assert [fault["parameter"] for fault in body["errors"]] == [parameter]
    problem(send(robot, FIRST, path=f"{PATH}&colour=red"), 400, "unknown-parameter")
    assert not Harvest.objects.exists()


def test_a_robot_does_nothing_else_and_nobody_else_does_this(robot: Program) -> None:
    problem(send(program(Role.EDITOR), FIRST), 403, "right-missing")
    assert results(send(program(Role.CHIEF), FIRST)) == ["created"]
    event = Event.objects.get()
    problem(robot.patch(f"events/{event.pk}/", {"text": "x"}, seen='"1-0"'), 403, "right-missing")
    problem(robot.post("contexts/", {"edition": "en", "name": "x"}), 403, "right-missing")


def test_a_token_may_be_bound_to_one_origin(robot: Program) -> None:
    bound = Program(robot.user, origin="wire")
    assert results(send(bound, FIRST)) == ["created"]
    problem(send(bound, FIRST, path="harvest/records/?origin=other"), 403, "right-missing")
    assert list(Origin.objects.values_list("slug", flat=True)) == ["wire"]
    # Whoever may do more does no more with such a token.
    chief = program(Role.ADMINISTRATOR)
    bound = Program(chief.user, origin="wire")
    assert results(send(bound, FIRST)) == ["unchanged"]
    problem(bound.post("contexts/", {"edition": "en", "name": "x"}), 403, "right-missing")
    assert bound.get("token/").json()["rights"] == ["deliver_records"]
    assert len(chief.get("token/").json()["rights"]) > 1


def test_bodies_are_bounded(robot: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "RECORDS_MOST", 3)
    problem(send(robot, *[FIRST] * 5), 413, "too-large")
    assert results(send(robot, FIRST, SECOND, FIRST)) == ["created", "created", "unchanged"]
    monkeypatch.setattr(records, "BYTES_MOST", 10)
    problem(send(robot, FIRST), 413, "too-large")
    problem(robot.post(PATH, lines(FIRST)), 415, "unsupported-media-type")
    packed = send(robot, FIRST, **{"Content-Encoding": "gzip"})
    problem(packed, 415, "unsupported-media-type")
    assert Harvest.objects.count() == 1


def test_what_killed_requests_left_goes_and_nothing_else(
    robot: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    send(robot, FIRST)
    send(robot, b"{")
    assert list(tmp_path.iterdir()) == []
    killed, other = tmp_path / "newsarchive-delivery-1", tmp_path / "else"
    for folder in (killed, other):
        folder.mkdir()
        (folder / "records.jsonl").write_bytes(lines(SECOND))
    (tmp_path / "newsarchive-delivery-2").symlink_to(other)
    with spool("delivery") as at_work:
        assert not killed.exists()
        assert results(send(robot, SECOND)) == ["created"]
        assert at_work.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"else", "newsarchive-delivery-2"}
    assert [path.name for path in other.iterdir()] == ["records.jsonl"]


def test_a_key_gives_the_same_answer_again(robot: Program) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = send(robot, FIRST, **key), send(robot, FIRST, **key)
    assert first.content == again.content
    assert results(again) == ["created"]
    assert Harvest.objects.count() == 1
    problem(send(robot, SECOND, **key), 422, "idempotency-key-reused")
    problem(send(robot, FIRST, path=f"{PATH}&dry_run=true", **key), 422, "idempotency-key-reused")


def test_a_long_delivery_keeps_its_claim(robot: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_RENEWED_EVERY", 1)
    deliver = records.deliver_records
    seen: list[dt.datetime] = []

    def late(*args: Any, **said: Any) -> Any:
        StoredAnswer.objects.update(claimed_at=timezone.now() - dt.timedelta(hours=1))
        done = deliver(*args, **said)
        seen.append(StoredAnswer.objects.get().claimed_at)
        return done

    monkeypatch.setattr(records, "deliver_records", late)
    assert results(send(robot, FIRST, **{"Idempotency-Key": "one"})) == ["created"]
    assert seen[0] > timezone.now() - dt.timedelta(minutes=1)


@pytest.mark.parametrize("keyed", [True, False])
def test_what_broke_off_is_taken_up_where_it_was(
    robot: Program, monkeypatch: pytest.MonkeyPatch, keyed: bool
) -> None:
    monkeypatch.setattr(run, "_BATCH_FIRST", 1)
    monkeypatch.setattr(run._Pace, "size", 1)
    monkeypatch.setattr(run._Pace, "took", lambda *_: None)
    found = [
        {**FIRST, "id": n, "date": f"2004-02-{n:02}", "text": f"Event number {n} happens."}
        for n in range(1, 5)
    ]
    key = {"Idempotency-Key": "one"} if keyed else {}
    commit, done = run._commit, []

    def fail(*args: Any, **said: Any) -> Any:
        done.append(1)
        if len(done) == 3:
            raise RuntimeError("the power went")
        return commit(*args, **said)

    with monkeypatch.context() as patched:
        patched.setattr(run, "_commit", fail)
        problem(send(robot, *found, **key), 500, "internal-error")
    assert Event.objects.count() == 2
    assert Harvest.objects.get().state == (HarvestState.RUNNING if keyed else HarvestState.FAILED)
    assert not StoredAnswer.objects.exists()
    answer = send(robot, *found, **key)
    assert results(answer) == ["unchanged", "unchanged", "created", "created"]
    assert [row["event"] for row in answer.json()["results"]] == list(
        Event.objects.order_by("date").values_list("pk", flat=True)
    )
    assert Harvest.objects.count() == (1 if keyed else 2)
    assert Event.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_twice_at_once_makes_each_event_once() -> None:
    robots = [program(ROBOTS, name=f"robot{number}") for number in range(3)]
    found = [
        {**FIRST, "id": n, "date": f"2004-02-{n:02}", "text": f"Event number {n} happens."}
        for n in range(1, 20)
    ]
    answers: list[Any] = []

    def work(robot: Program) -> None:
        try:
            answers.append(send(robot, *found))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(robot,)) for robot in robots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [answer.status_code for answer in answers] == [200] * 3
    told = sorted(row["result"] for answer in answers for row in answer.json()["results"])
    assert told == ["created"] * 19 + ["unchanged"] * 38
    assert Event.objects.count() == 19


def test_a_doubtful_record_is_told_and_asked(robot: Program) -> None:
    fire = "At least {} people are killed in a fire at a textile factory in Lahore, Pakistan."
    pair = [
        {"date": "2004-02-09", "text": fire.format(12), "address": "/news/2004/02/9/fire-12"},
        {"date": "2004-02-09", "text": fire.format(19), "address": "/news/2004/02/9/fire-19"},
    ]
    answer = send(robot, *pair)
    assert [row.get("also") for row in answer.json()["results"]].count(["created"]) == 1
    assert sorted(results(answer)) == ["created", "doubtful"]
    assert ReviewItem.objects.filter(kind="duplicate", state="open").count() == 1


def test_faults_of_a_delivery_are_no_secrets(robot: Program) -> None:
    """A reason may quote a line, printable and short."""
    answer = send(robot, {**FIRST, "date": "\u202e" + "9" * 5_000})
    (row,) = answer.json()["results"]
    assert len(row["detail"]) < 300
    assert "\u202e" not in row["detail"]
