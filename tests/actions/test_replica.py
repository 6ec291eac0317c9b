"""Who follows ``changes/`` has exactly the public dump, whatever was done (docs/api.md, "Keeping a copy")."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from events.actions.export.jsonl import export_jsonl
from events.actions.recording import Actor
from events.formats.document import event_document, stored_json
from events.models import Change, Document, Event, Revision, Sequence
from events.vocabulary import CHANGE_TYPES, Role
from scripts.replica import OtherArchive, Replica, main, over_http
from tests.actions.busy_archive import Office
from tests.people import make_person

WRITERS, READERS = 8, 2
FILES = ("events", "contexts", "sources", "editorials", "curation", "revisions")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of tasks say nothing that anybody wants to read."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


def fetch(path: str) -> Any:
    """JSON from the API."""
    answer = Client().get(f"/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    found = Replica(tmp_path / "copy.sqlite3", fetch)
    yield found
    found.close()


def differences(replica: Replica, folder: Path) -> list[str]:
    """The lines by which a copy that is up to date and the public dump differ, each with file and side."""
    manifest = export_jsonl(folder / "dump", public=True)  # first: it tells of editorials that are due
    replica.follow()
    assert replica.last == manifest["sequence"] == Sequence.objects.get().last
    replica.write(folder / "copy")
    happened = Change.objects.order_by().values_list("subject", "kind").distinct()
    assert {f"{subject}.{kind}" for subject, kind in happened} <= set(CHANGE_TYPES)
    said = []
    for name in FILES:
        dump = (folder / "dump" / f"{name}.jsonl").read_bytes()
        copy = (folder / "copy" / f"{name}.jsonl").read_bytes()
        if dump != copy:
            mine, theirs = set(dump.split(b"\n")), set(copy.split(b"\n"))
            said += [f"{name}, in another order"] if mine == theirs else []
            said += [f"{name}, only the dump: {line.decode()}" for line in sorted(mine - theirs)]
            said += [f"{name}, only the copy: {line.decode()}" for line in sorted(theirs - mine)]
    return said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("seed", "verbs"),
    [(3, 150), *(pytest.param(seed, 900, marks=pytest.mark.slow) for seed in range(4, 8))],
)
def test_a_copy_that_follows_is_the_dump_whatever_was_done(
    seed: int, verbs: int, replica: Replica, tmp_path: Path
) -> None:
    office = Office(make_person(Role.CHIEF), seed)
    for _ in range(3):
        office.work(verbs // 3)
        assert differences(replica, tmp_path) == []
    assert len(office.done) > 15, office.done


def test_a_copy_may_begin_with_a_dump_and_stop_at_any_page(
    small_archive: None, tmp_path: Path, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_jsonl(tmp_path / "begin", public=True)
    replica.begin_with(tmp_path / "begin")
    assert differences(replica, tmp_path) == []
    Office(make_person(Role.CHIEF, name="other"), 5).work(30)
    monkeypatch.setattr("scripts.replica.PAGE", 7)
    pages = 0

    def stop(_last: int) -> None:
        nonlocal pages
        pages += 1
        raise KeyboardInterrupt

    while replica.last < Sequence.objects.get().last:
        with pytest.raises(KeyboardInterrupt):
            replica.follow(stop)
    assert pages > 2
    assert replica.follow() == 0
    assert differences(replica, tmp_path) == []


def test_a_copy_finds_out_that_the_archive_is_another_one(db: None, replica: Replica) -> None:
    Office(make_person(Role.CHIEF), 6).do_create()
    replica.follow()
    Change.objects.filter(seq=replica.last).erase(subject_id=10**9)
    with pytest.raises(OtherArchive, match="Begin a new copy"):
        replica.follow()
    Change.objects.filter(seq=replica.last).erase_rows()
    with pytest.raises(OtherArchive, match="Begin a new copy"):
        replica.follow()


@pytest.mark.django_db(transaction=True)
def test_the_script_follows_over_http_and_says_what_it_did(
    tmp_path: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Office(make_person(Role.CHIEF), 7).work(12)
    export_jsonl(tmp_path / "dump", public=True)
    last = Sequence.objects.get().last
    asked = ["replica.py", live_server.url, str(tmp_path / "copy"), "--write", str(tmp_path / "written")]
    monkeypatch.setattr("sys.argv", asked)
    assert main() == 0
    assert f"{last:,} changes applied; the copy stands at {last:,}." in capsys.readouterr().out
    for name in FILES:
        mine, theirs = (tmp_path / folder / f"{name}.jsonl" for folder in ("dump", "written"))
        assert mine.read_bytes() == theirs.read_bytes()
    monkeypatch.setattr("sys.argv", [asked[0], f"{live_server.url}/nowhere", *asked[2:]])
    assert main() == 1
    assert f"The copy is as it was at {last:,}." in capsys.readouterr().err


def stale_documents() -> list[int]:
    """The events whose stored document is not what their rows make: two wrote it at once, without looking."""
    corrections: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(event__isnull=False).corrections():
        corrections[revision.event_id or 0].append(revision)
    bodies = dict(Document.objects.values_list("event_id", "body"))
    made = {
        event.pk: stored_json(event_document(event, corrections[event.pk]))
        for event in Event.objects.for_detail()
    }
    return [pk for pk, body in sorted(made.items()) if bodies.get(pk) != body]


class Busy:
    """Threads that do the same thing again and again until told to stop; ``failures``: what went wrong."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def begin(self, act: Callable[[], object], again: Callable[[], bool]) -> None:
        """Start a thread that does *act* as long as *again* says so."""

        def run() -> None:
            try:
                while not self.failures and again():
                    act()
            except BaseException as error:  # noqa: BLE001  the main thread looks at it
                self.failures.append(error)
            finally:
                connection.close()

        self._threads.append(threading.Thread(target=run))
        self._threads[-1].start()

    def wait(self) -> None:
        """Until all have ended."""
        for thread in self._threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [150, pytest.param(10_000, marks=pytest.mark.slow)])
def test_two_copies_that_follow_eight_writers_are_the_dump(
    number: int, tmp_path: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copies follow over HTTP while the writers are at work; nobody is held up to let them read."""
    if number > 1_000:  # Related links, no part of a copy, would be computed by one writer after the other.
        monkeypatch.setattr("events.actions.relate._enqueue", lambda: None)
    for seed in range(WRITERS):
        Office(make_person(Role.CHIEF, name=f"chief{seed}"), seed).do_create()
    offices = [Office(Actor.person(user), 100 + user.pk) for user in User.objects.all()]
    copies = [
        Replica(tmp_path / f"{reader}.sqlite3", over_http(live_server.url), shared=True)
        for reader in range(READERS)
    ]
    writers, readers, finished = Busy(), Busy(), threading.Event()
    for copy in copies:
        readers.begin(copy.follow, lambda: not finished.is_set())
    for office in offices:
        writers.begin(lambda office=office: office.work(5), lambda: Sequence.objects.get().last < number)  # type: ignore[misc]
    writers.wait()
    finished.set()
    readers.wait()
    for failure in (*writers.failures, *readers.failures):
        raise failure
    assert Sequence.objects.get().last >= number
    assert stale_documents() == []
    for place, copy in enumerate(copies):
        assert differences(copy, tmp_path / str(place)) == []
        copy.close()
